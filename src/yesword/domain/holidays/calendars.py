"""Holiday calendars: what a law calls a holiday, and which days of a year that makes.

Mere Sundays are in no calendar, though many a statute lists them: the hours of a rule pack say what a Sunday means. Days
proclaimed at short notice are in none either; whoever asks brings those along.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final

from yesword.domain.holidays.days import Rule


class Substitution(enum.StrEnum):
    """What a law does with a holiday that falls on a weekend.

    But for the last two, the day itself stays a holiday beside its substitute, also where a statute says that the
    substitute comes instead: to bar one day too many is the safer mistake.
    """

    NONE = "none"
    NEAREST_WEEKDAY = "nearest_weekday"  # Saturday to Friday, Sunday to Monday: United States
    SUNDAY_TO_MONDAY = "sunday_to_monday"  # to Monday, whatever Monday is: South Africa
    NEXT_WEEKDAY = "next_weekday"  # to the next weekday that is no holiday: United Kingdom, New Zealand
    SUNDAY_TO_NEXT_DAY = "sunday_to_next_day"  # to the next day that is no holiday: Japan
    MOVED_TO_SATURDAY = "moved_to_saturday"  # Sunday to Saturday, and Sunday is none: the Dutch King's Day
    MOVED_TO_MONDAY = "moved_to_monday"  # to the next Monday, but for a Friday: Saint Brigid's Day


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shift:
    days: tuple[int, ...]  # how far a holiday goes that falls on Monday, Tuesday, ... Sunday
    seeks_free: bool = False  # goes on to the first day that is neither a holiday nor a substitute yet
    is_instead: bool = False  # the day itself is no holiday then


_SHIFTS: Final = {
    Substitution.NONE: _Shift(days=(0, 0, 0, 0, 0, 0, 0)),
    Substitution.NEAREST_WEEKDAY: _Shift(days=(0, 0, 0, 0, 0, -1, 1)),
    Substitution.SUNDAY_TO_MONDAY: _Shift(days=(0, 0, 0, 0, 0, 0, 1)),
    Substitution.NEXT_WEEKDAY: _Shift(days=(0, 0, 0, 0, 0, 2, 1), seeks_free=True),
    Substitution.SUNDAY_TO_NEXT_DAY: _Shift(days=(0, 0, 0, 0, 0, 0, 1), seeks_free=True),
    Substitution.MOVED_TO_SATURDAY: _Shift(days=(0, 0, 0, 0, 0, 0, -1), is_instead=True),
    Substitution.MOVED_TO_MONDAY: _Shift(days=(0, 6, 5, 4, 0, 2, 1), is_instead=True),
}


class Confidence(enum.StrEnum):
    """How far a calendar was checked, in the words of the rule packs."""

    FOUND = "found"  # the text of the law, or a report that lists its days, was read
    KNOWN = "known"


@dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    name: str
    on: Rule
    substitution: Substitution
    from_year: int = MINYEAR
    to_year: int = MAXYEAR
    every: int = 1  # years, counted from `from_year`: election days
    except_years: tuple[int, ...] = ()

    def dates(self, year: int) -> tuple[date, ...]:
        """The days it falls on, before any substitution."""
        is_kept = (
            self.from_year <= year <= self.to_year
            and (year - self.from_year) % self.every == 0
            and year not in self.except_years
        )
        return tuple(self.on.dates(year)) if is_kept else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    id: str
    name: str
    source: str  # the law, in plain words
    confidence: Confidence
    verified_on: date | None
    holidays: tuple[Holiday, ...]

    def days_off(self, year: int) -> dict[date, str]:
        """Every holiday of a year with its name. The years beside it are read too: 31 December may be New Year's."""
        years = range(max(year - 1, MINYEAR + 1), min(year + 1, MAXYEAR - 1) + 1)
        falling = [(day, each) for y in years for each in self.holidays for day in each.dates(y)]
        falling.sort(key=lambda fall: fall[0])
        taken = {day for day, _ in falling}
        names: dict[date, str] = {}
        substitutes: dict[date, str] = {}
        for day, holiday in falling:
            shift = _SHIFTS[holiday.substitution]
            substitute = _shifted(day, shift, taken)
            if substitute != day:
                taken.add(substitute)
                name = holiday.name if shift.is_instead else f"{holiday.name} (observed)"
                substitutes.setdefault(substitute, name)
            if substitute == day or not shift.is_instead:
                names[day] = f"{names[day]} and {holiday.name}" if day in names else holiday.name
        return {day: name for day, name in sorted((substitutes | names).items()) if day.year == year}


def _shifted(day: date, shift: _Shift, taken: Collection[date]) -> date:
    by = shift.days[day.weekday()]
    if by == 0:
        return day
    substitute = day + timedelta(by)
    while shift.seeks_free and substitute in taken:
        substitute += timedelta(1)
    return substitute
