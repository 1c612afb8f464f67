"""When a holiday falls: the few ways in which laws name a day, and the words that calendars write them in.

"1 January"                                       that date
"third Monday of January", "last Monday of May"   a weekday counted in its month
"Easter", "Orthodox Easter"                       Easter Sunday of the western or the eastern church
"Saturday on or after 20 June"                    the weekday nearest a date; also "on or before", "after", "before"
"47 days before Easter", "1 day after ..."        counted from any of the above
2022-06-03, or a list of such dates               proclaimed once, or fixed by a table
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from yesword.domain.holidays.easter import orthodox_easter, western_easter

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SATURDAY: Final = 5
SUNDAY: Final = 6


class Rule(Protocol):
    def dates(self, year: int) -> Iterable[date]:
        """The days that the rule names when it is read for a year; one counted from 1 January may lie outside it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDate:
    month: int
    day: int

    def dates(self, year: int) -> tuple[date, ...]:
        return (date(year, self.month, self.day),)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnNthWeekday:
    nth: int  # 1 to 4, or -1 for the last: a fifth does not come every year
    weekday: int
    month: int

    def dates(self, year: int) -> tuple[date, ...]:
        if self.nth > 0:
            return (_next(date(year, self.month, 7 * self.nth - 6), self.weekday),)
        after = date(year + self.month // 12, self.month % 12 + 1, 1)
        return (_next(after - timedelta(days=7), self.weekday),)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnEaster:
    is_orthodox: bool

    def dates(self, year: int) -> tuple[date, ...]:
        return (orthodox_easter(year) if self.is_orthodox else western_easter(year),)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnWeekdayNear:
    weekday: int
    anchor: OnDate
    week_from: int  # days from the anchor to the first of the seven among which the weekday is sought

    def dates(self, year: int) -> tuple[date, ...]:
        return tuple(_next(day + timedelta(self.week_from), self.weekday) for day in self.anchor.dates(year))


@dataclass(frozen=True, kw_only=True, slots=True)
class OnOffset:
    days: int
    anchor: Rule

    def dates(self, year: int) -> tuple[date, ...]:
        return tuple(day + timedelta(self.days) for day in self.anchor.dates(year))


@dataclass(frozen=True, kw_only=True, slots=True)
class OnListed:
    listed: tuple[date, ...]

    def dates(self, year: int) -> tuple[date, ...]:
        return tuple(day for day in self.listed if day.year == year)


def _next(day: date, weekday: int) -> date:
    """The first such weekday on or after a day."""
    return day + timedelta((weekday - day.weekday()) % 7)


_NTH: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_WEEK_FROM: Final = {"on or after": 0, "after": 1, "on or before": -6, "before": -7}
_MONTH: Final = rf"(?P<month>{'|'.join(MONTHS)})"
_WEEKDAY: Final = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_DATE: Final = re.compile(rf"(?P<day>[1-9]\d?) {_MONTH}")
_NTH_WEEKDAY: Final = re.compile(rf"(?P<nth>{'|'.join(_NTH)}) {_WEEKDAY} of {_MONTH}")
_NEAR: Final = re.compile(rf"{_WEEKDAY} (?P<side>{'|'.join(_WEEK_FROM)}) (?P<anchor>\d.*)")
_OFFSET: Final = re.compile(r"(?P<days>[1-9]\d{0,2}) days? (?P<side>before|after) (?P<anchor>.+)")
_EASTER: Final = {"Easter": OnEaster(is_orthodox=False), "Orthodox Easter": OnEaster(is_orthodox=True)}


def read_rule(words: str) -> Rule | None:
    """The rule that the words tell, or None where they tell none."""
    if words in _EASTER:
        return _EASTER[words]
    if found := _NTH_WEEKDAY.fullmatch(words):
        return OnNthWeekday(
            nth=_NTH[found["nth"]],
            weekday=WEEKDAYS.index(found["weekday"]),
            month=MONTHS.index(found["month"]) + 1,
        )
    if found := _NEAR.fullmatch(words):
        near = _read_date(found["anchor"])
        weekday = WEEKDAYS.index(found["weekday"])
        return near and OnWeekdayNear(weekday=weekday, anchor=near, week_from=_WEEK_FROM[found["side"]])
    if found := _OFFSET.fullmatch(words):
        anchor = None if _OFFSET.fullmatch(found["anchor"]) else read_rule(found["anchor"])
        days = int(found["days"]) * (1 if found["side"] == "after" else -1)
        return anchor and OnOffset(days=days, anchor=anchor)
    return _read_date(words)


def _read_date(words: str) -> OnDate | None:
    found = _DATE.fullmatch(words)
    if found is None:
        return None
    rule = OnDate(month=MONTHS.index(found["month"]) + 1, day=int(found["day"]))
    try:
        rule.dates(2001)  # a common year: 29 February is no yearly holiday
    except ValueError:
        return None
    return rule
