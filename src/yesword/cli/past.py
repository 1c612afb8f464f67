"""Moments that have to have been: what nobody can know of yet is not asked about."""

from datetime import date, datetime

from yesword.cli.misuse import MisuseError
from yesword.cli.moments import read_time


class FutureMomentError(MisuseError):
    """{text} is still to come: what has not happened yet cannot be shown. Name a time up to now, or leave it out."""

    code = "moment_in_future"


def read_past(text: str, now: datetime, *, is_until: bool = False) -> datetime:
    """The moment in UTC; with `is_until`, of today up to now. Raises FutureMomentError, and what `read_time` raises."""
    at = read_time(text, is_until=is_until)
    if at <= now:
        return at
    if is_until and _is_day(text) and at.date() == now.date():
        return now
    raise FutureMomentError(text=text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True
