"""Days and times as every command takes them: one way of reading, and one sentence where something cannot be read.

A day stands for its beginning in UTC, or for its end where an option says until when. A time names its zone: two people
in two places must not mean two moments by the same command.
"""

from datetime import UTC, date, datetime, time
from typing import Final, TypeVar

from yesword.cli.misuse import MisuseError

Moment = TypeVar("Moment", date, datetime)

_EARLIEST_YEAR: Final = 2000
_LATEST_YEAR: Final = 2099


class NotATimeError(MisuseError):
    """{text} is not a day or a time. Write it as 2026-11-22, or as 2026-11-22T20:30-05:00."""

    code = "not_a_time"


class TimeWithoutZoneError(MisuseError):
    """{text} does not say whose time it is. Add the offset, as in 2026-11-22T20:30-05:00, or Z for UTC."""

    code = "time_without_zone"


class FarTimeError(MisuseError):
    """{text} is too far away. Name a year from 2000 to 2099."""

    code = "far_time"


def read_time(text: str, *, is_until: bool = False) -> datetime:
    """The moment, in UTC. Of a day its beginning, or with `is_until` its last. Raises a MisuseError."""
    day = _as_day(text)
    if day is not None:
        return datetime.combine(_near(day, text), time.max if is_until else time.min, UTC)
    at = _parsed(text)
    if at.tzinfo is None:
        raise TimeWithoutZoneError(text=text)
    _near(at, text)
    return at.astimezone(UTC)


def read_day(text: str) -> date:
    """The day; of a time the day on the clock that it was read from. Raises a MisuseError."""
    day = _as_day(text)
    if day is not None:
        return _near(day, text)
    at = _parsed(text)
    if at.tzinfo is None:
        raise TimeWithoutZoneError(text=text)
    return _near(at, text).date()


def _as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotATimeError(text=text) from None


def _near(at: Moment, text: str) -> Moment:
    if not _EARLIEST_YEAR <= at.year <= _LATEST_YEAR:
        raise FarTimeError(text=text)
    return at
