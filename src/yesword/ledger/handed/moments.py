"""Moments as records write them, read back: to the millisecond, in UTC, one text for one moment."""

from datetime import datetime

from yesword.domain.times import from_micros, iso_millis, to_micros


def whole_millis(at: datetime) -> datetime:
    """The moment as a record can write it: what is compared with records has to be cut as they are."""
    micros = to_micros(at)
    return from_micros(micros - micros % 1000)


def read_moment(text: str) -> datetime:
    """The inverse of `iso_millis`. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or iso_millis(at) != text:
        raise ValueError("not a moment")
    return at
