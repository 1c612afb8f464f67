"""Lawful hours: whether a moment is open in every place, and the first moment that is.

A week of windows is wall-clock time; what is lawful depends on the wall clock of each zone, so nothing here does
arithmetic in local time. Zones come from the pinned tzdata package, never from the machine, so that a decision comes
out the same everywhere.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module, resources
from typing import Final
from zoneinfo import ZoneInfo

from yesword.domain.errors import YeswordError
from yesword.domain.holidays import is_holiday

DAY_MINUTES: Final = 24 * 60
# Windows repeat weekly. The second week covers a change of the clock or a row of holidays in the first.
HORIZON_DAYS: Final = 14
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)

Window = tuple[int, int]  # minutes of the day: from, up to but not including


class UnknownZoneError(YeswordError):
    """There is no time zone "{zone}". Use a name of the tz database, such as Europe/Amsterdam."""

    code = "unknown_zone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """Open windows of each weekday, Monday first. The last minute of a window is closed: 08:00-20:00 ends at 19:59.

    On a holiday of the calendar, and on a day that was proclaimed one, the windows of holidays hold instead.
    """

    days: tuple[tuple[Window, ...], ...]
    calendar: str | None = None
    holiday: tuple[Window, ...] = ()
    proclaimed: tuple[date, ...] = ()

    @classmethod
    def daily(cls, start: int, end: int) -> "Week":
        return cls(days=(((start, end),),) * 7)

    def is_open(self, local: datetime) -> bool:
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.windows_on(local))

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows of a local date."""
        if self.calendar is not None and self.is_holiday(day):
            return self.holiday
        return self.days[day.weekday()]

    def is_holiday(self, day: date) -> bool:
        if self.calendar is None:
            return False
        on = date(day.year, day.month, day.day)  # a datetime is a date too, but equal to none
        return on in self.proclaimed or is_holiday(self.calendar, on) is not None


Clock = tuple[Week, str]  # a week, and the zone whose clocks it is read on


@functools.cache
def zone(name: str) -> ZoneInfo:
    area, _, place = name.rpartition("/")
    package = ".".join(("tzdata.zoneinfo", *area.split("/"))) if area else "tzdata.zoneinfo"
    try:
        with resources.files(package).joinpath(place).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ModuleNotFoundError, ValueError):
        raise UnknownZoneError(zone=name) from None


def tz_version() -> str:
    return f"tzdata {import_module('tzdata').IANA_VERSION}"


def is_open(week: Week, zone_name: str, at: datetime) -> bool:
    return week.is_open(at.astimezone(zone(zone_name)))


def next_open(clocks: Sequence[Clock], at: datetime) -> datetime | None:
    """The first moment, not before `at`, that is open on every clock: `at` itself or a whole minute.

    None when there is none within two weeks: the windows of the places do not overlap.
    """
    moment = at
    end = at + timedelta(days=HORIZON_DAYS)
    while moment <= end:
        later = moment
        for week, zone_name in clocks:
            opening = _next_open_on(week, zone_name, later, end)
            if opening is None:
                return None
            later = opening
        if later == moment:
            return moment
        moment = later
    return None


def open_until(clocks: Sequence[Clock], at: datetime) -> datetime:
    """Until when all clocks, open at `at`, surely stay open: a moment after `at` up to which nobody need look again."""
    until = at + _DAY
    for week, zone_name in clocks:
        tz = zone(zone_name)
        local = at.astimezone(tz)
        minute = local.hour * 60 + local.minute
        end = max(
            (close for start, close in week.windows_on(local) if start <= minute < close), default=minute
        )
        closing = (
            at - timedelta(seconds=local.second, microseconds=local.microsecond) + (end - minute) * _MINUTE
        )
        if closing.astimezone(tz).utcoffset() != local.utcoffset():
            closing = at  # the clocks change before then: look again
        until = min(until, closing)
    return until


def _next_open_on(week: Week, zone_name: str, at: datetime, end: datetime) -> datetime | None:
    tz = zone(zone_name)
    local = at.astimezone(tz)
    if week.is_open(local):
        return at
    for ordinal in range(local.toordinal(), end.astimezone(tz).toordinal() + 1):
        # The next day too: what a change of the clock opens late today may come after tomorrow's first window.
        near = (*_openings(week, zone_name, ordinal), *_openings(week, zone_name, ordinal + 1))
        found = min((each for each in near if each > at), default=None)
        if found is not None:
            return found
    return None


@functools.lru_cache(maxsize=4096)
def _openings(week: Week, zone_name: str, ordinal: int) -> tuple[datetime, ...]:
    """Moments around a local date at which the clock may come to stand in a window.

    These are the windows' starts, at either reading of an hour that comes twice, and each change of the clock: it
    can skip a start, and it can turn back into a window that had closed.
    """
    tz = zone(zone_name)
    day = datetime.fromordinal(ordinal)
    starts = (start for start, _ in week.windows_on(day))
    walls = [datetime.combine(day, time(start // 60, start % 60)) for start in starts]
    readings = [wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for wall in walls for fold in (0, 1)]
    moments = {*readings, *_clock_changes(tz, day.replace(tzinfo=UTC))}
    return tuple(sorted(each for each in moments if week.is_open(each.astimezone(tz))))


def _clock_changes(tz: ZoneInfo, day: datetime) -> Iterator[datetime]:
    """Changes of the offset in a local day, wherever between UTC-12 and UTC+14 the zone lies."""
    low = day - timedelta(hours=15)
    for _ in range(9):
        high = low + _DAY / 4
        if low.astimezone(tz).utcoffset() != high.astimezone(tz).utcoffset():
            yield _bisect(tz, low, high)
        low = high


def _bisect(tz: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = low.astimezone(tz).utcoffset()
    while high - low > _MINUTE:
        middle = low + (high - low) // _MINUTE // 2 * _MINUTE
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
