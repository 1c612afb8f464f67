"""Time as the project keeps it: aware UTC in code, whole microseconds since 1970 in rows and bytes."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00Z; a naive time is refused by the subtraction."""
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def month_of(at: datetime) -> datetime:
    """The first moment of its month in UTC: all that is kept of a time that must not be told apart from others."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def iso_millis(at: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, the one form that records and proofs use; a naive time is refused."""
    if at.tzinfo is UTC:
        return f"{at.isoformat(timespec='milliseconds')[:-6]}Z"
    return from_micros(to_micros(at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
