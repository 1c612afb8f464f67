"""What the gate asks of holiday calendars. Years are computed once; a question is then one look into a dictionary."""

import functools
from collections.abc import Iterable
from datetime import date, timedelta

from yesword.domain.errors import YeswordError
from yesword.domain.holidays.calendars import Calendar
from yesword.domain.holidays.days import SATURDAY
from yesword.domain.holidays.loader import shipped_calendars

PROCLAIMED = "Proclaimed holiday"


class UnknownCalendarError(YeswordError):
    """There is no holiday calendar "{calendar}". There are {known}."""

    code = "unknown_calendar"


def calendar_ids() -> tuple[str, ...]:
    return tuple(shipped_calendars())


def calendar(calendar_id: str) -> Calendar:
    found = shipped_calendars().get(calendar_id)
    if found is None:
        raise UnknownCalendarError(calendar=calendar_id, known=", ".join(calendar_ids()))
    return found


@functools.lru_cache(maxsize=1024)
def _days_off(calendar_id: str, year: int) -> dict[date, str]:
    return calendar(calendar_id).days_off(year)


def is_holiday(calendar_id: str, day: date, proclaimed: Iterable[date] = ()) -> str | None:
    """The holiday's English name, or None on any other day. `proclaimed` are further days, entered by hand."""
    name = _days_off(calendar_id, day.year).get(day)
    if name is None and day in proclaimed:
        return PROCLAIMED
    return name


def business_days_after(calendar_id: str, start: date, n: int, proclaimed: Iterable[date] = ()) -> date:
    """The nth business day after a day, which is not counted itself: neither weekends nor holidays count."""
    further = frozenset(proclaimed)
    day, left = start, n
    while left > 0:
        day += timedelta(1)
        if day.weekday() < SATURDAY and is_holiday(calendar_id, day, further) is None:
            left -= 1
    return day
