"""When consent was given, as files write it. A date that may mean two days is refused, never guessed.

`31.03.2024` puts the day first wherever it is written. `03/04/2024` and `03-04-2024` follow the custom of the file's
country: month first in the United States and the few that follow it, day first elsewhere; in Canada, which uses both,
and where no country is known, they are ambiguous unless one of the two is above 12. A clock without a zone is taken
for UTC, and a date without a clock for midnight UTC: the row itself stays in the evidence as it was given.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from yesword.collect.imports.refusals import (
    ConsentDateAmbiguousError,
    ConsentDateFutureError,
    ConsentDateImpossibleError,
    ConsentDateTooOldError,
    ConsentDateUnreadableError,
    RefusedRowError,
)

# Unicode CLDR, short date pattern of English: M/d/yy in these, y-MM-dd (and both others in use) in Canada.
_MONTH_FIRST: Final = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "UM", "FM", "MH", "PW", "PH"})
_EITHER: Final = frozenset({"CA"})
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(hours=14)  # a clock without a zone may be as far ahead of UTC
_EXCEL_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)  # day 0 of serial dates since March 1900

_CLOCK: Final = (
    r"(?:(?:\s*,\s*|\s+|[Tt])(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?"
)
_YEAR_FIRST: Final = re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})" + _CLOCK)
_COMPACT: Final = re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)" + _CLOCK)
_YEAR_LAST: Final = re.compile(r"(?P<a>\d{1,2})(?P<by>[-/.])\s?(?P<b>\d{1,2})(?P=by)\s?(?P<y>\d{4})" + _CLOCK)
_DAY_NAMED: Final = re.compile(
    r"(?P<d>\d{1,2})\.?[\s-]+(?P<name>[^\W\d]{3,})\.?,?[\s-]+(?P<y>\d{4})" + _CLOCK
)
_MONTH_NAMED: Final = re.compile(
    r"(?P<name>[^\W\d]{3,})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})" + _CLOCK
)
_SERIAL: Final = re.compile(r"(?P<days>\d{5})(?:[.,](?P<part>\d+))?")
_SECONDS: Final = re.compile(r"\d{9,10}")
_MILLISECONDS: Final = re.compile(r"\d{12,13}")
_MONTHS: Final = {
    name: month
    for month, names in enumerate(
        (
            "jan", "feb", "mar maa mrt mär maerz", "apr", "may mei mai maj", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


def consent_date(cell: str, *, country: str | None, at: datetime) -> datetime:
    """The moment that the cell means in a file of `country`, read at `at`. Raises one of the `ConsentDate…` refusals."""
    found = _read(" ".join(cell.split()), country)
    if isinstance(found, type):
        raise found()
    if found < _EARLIEST:
        raise ConsentDateTooOldError
    if found > at + _AHEAD:
        raise ConsentDateFutureError
    return found


@lru_cache(maxsize=8192)
def _read(text: str, country: str | None) -> datetime | type[RefusedRowError]:
    """Cached, refusals included: files repeat the days of a campaign thousands of times."""
    try:
        return _written_date(text, country) or _counted_date(text) or ConsentDateUnreadableError
    except RefusedRowError as error:
        return type(error)
    except (ValueError, OverflowError):
        return ConsentDateImpossibleError


def _written_date(text: str, country: str | None) -> datetime | None:
    if not text.isascii() and any(char.isdecimal() and not char.isascii() for char in text):
        return None
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _moment(found, month=int(found["m"]), day=int(found["d"]))
    if found := _YEAR_LAST.fullmatch(text):
        day, month = _day_and_month(int(found["a"]), int(found["b"]), found["by"], country)
        return _moment(found, month=month, day=day)
    if found := _DAY_NAMED.fullmatch(text) or _MONTH_NAMED.fullmatch(text):
        name = found["name"].casefold()
        named = _MONTHS.get(name[:3]) or _MONTHS.get(name)
        return None if named is None else _moment(found, month=named, day=int(found["d"]))
    return None


def _day_and_month(first: int, second: int, separator: str, country: str | None) -> tuple[int, int]:
    if separator == "." or first == second or first > 12:
        return first, second
    if second > 12:
        return second, first
    if country is None or country in _EITHER:
        raise ConsentDateAmbiguousError
    return (second, first) if country in _MONTH_FIRST else (first, second)


def _moment(found: re.Match[str], *, month: int, day: int) -> datetime:
    date = datetime(int(found["y"]), month, day, tzinfo=UTC)
    if found["hour"] is None:
        return date
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ConsentDateImpossibleError
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    part = int((found["part"] or "0").ljust(6, "0")[:6])
    # 24:00 ends a day, and a clock may show the 60th second; neither is a mistake of the file.
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ConsentDateImpossibleError
    clock = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=part)
    return date + clock - _offset(found["zone"])


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone[0] not in "+-":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise ConsentDateImpossibleError
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


def _counted_date(text: str) -> datetime | None:
    if found := _SERIAL.fullmatch(text):
        seconds = round(float(f"0.{found['part'] or 0}") * 86_400)
        return _EXCEL_EPOCH + timedelta(days=int(found["days"]), seconds=seconds)
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) // 1000, UTC)
    return None
