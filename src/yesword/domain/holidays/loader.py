"""Reads calendars from TOML, and refuses what it does not know: a misspelt holiday is a text on Christmas Day.

The schema in words: one table per calendar, named by its id, with `name`, `source`, `confidence`, perhaps
`verified_on` and `substitution`, and `holidays`: a list of inline tables, one a line, each with `name` and `on` (see
`days`), perhaps `substitution`, and the years it holds: `from`, `to`, `every` (years, counted from `from`), `except`.
"""

import enum
import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from importlib import resources
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.holidays.calendars import Calendar, Confidence, Holiday, Substitution
from yesword.domain.holidays.days import OnListed, Rule, read_rule

T = TypeVar("T")
E = TypeVar("E", bound=enum.StrEnum)

_ID: Final = re.compile(r"[a-z]{2}(-[a-z]+)?")
_KINDS: Final[dict[type, str]] = {
    str: "a string",
    int: "a whole number",
    list: "a list",
    dict: "a table",
    date: "a date such as 2026-01-31",
}
_RULES: Final = (
    'a day such as "1 January", "third Monday of January", "Saturday on or after 20 June", '
    '"2 days before Easter", "Orthodox Easter", 2022-06-03 or a list of such dates'
)


class CalendarError(YeswordError):
    """{file}, line {line}: {what}. Expected {expected}."""

    code = "bad_holiday_calendar"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A calendar in a file, or one of its holidays, to tell the line of what is wrong in it."""

    file: str
    text: str
    calendar: str
    holiday: int | None = None  # which of its holidays

    def refuse(self, what: str, expected: str, key: str = "") -> CalendarError:
        return CalendarError(file=self.file, line=self._line(key), what=what, expected=expected)

    def _line(self, key: str) -> int:
        lines = self.text.splitlines()
        head = re.compile(rf'\s*\[?"?{re.escape(self.calendar)}"?\b')
        start = next((n for n, line in enumerate(lines) if head.match(line)), 0)
        next_head = (n for n, line in enumerate(lines) if n > start and line.startswith("["))
        body = range(start + 1, next(next_head, len(lines)))
        if self.holiday is not None:
            entries = [n for n in body if lines[n].lstrip().startswith("{")]
            return (entries[self.holiday] if self.holiday < len(entries) else start) + 1
        given = re.compile(rf"\s*{re.escape(key)}\s*=")
        return next((n for n in body if key and given.match(lines[n])), start) + 1


class _Table:
    """One TOML table, read key by key; `done` refuses what was not asked for."""

    def __init__(self, values: Mapping[str, Any], name: str, place: _Place) -> None:
        self.name = name
        self.place = place
        self._rest = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self._rest.pop(key, default)
        # bool is an int to Python, and a datetime a date; neither is to a reader.
        if type(value) is not kind:
            what = f"{self.name} has no {key}" if value is None else f"{self.name} has {key} = {value!r}"
            raise self.wrong(what, f"{key} to be {_KINDS[kind]}", key)
        return value

    def maybe(self, key: str, kind: type[T]) -> T | None:
        return self.take(key, kind) if key in self._rest else None

    def word(self, key: str, kind: type[E], default: E | None = None) -> E:
        value = self.take(key, str, default and default.value)
        if value not in set(kind):
            what = f"{self.name} has {key} = {value!r}"
            raise self.wrong(what, f"{key} to be one of {', '.join(kind)}", key)
        return kind(value)

    def raw(self, key: str) -> Any:
        return self._rest.pop(key, None)

    def done(self, known: str) -> None:
        for key in self._rest:
            raise self.wrong(f"{self.name} has an unknown key {key}", known, key)

    def wrong(self, what: str, expected: str, key: str = "") -> CalendarError:
        return self.place.refuse(what, expected, key)


def read_calendars(text: str, file: str) -> tuple[Calendar, ...]:
    """All calendars of one file."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise CalendarError(
            file=file, line=line[1] if line else 1, what=error, expected="valid TOML"
        ) from error
    return tuple(
        _calendar(name, table, _Place(file=file, text=text, calendar=name)) for name, table in values.items()
    )


def _calendar(calendar_id: str, values: object, place: _Place) -> Calendar:
    if not isinstance(values, dict) or not _ID.fullmatch(calendar_id):
        raise place.refuse(f"{calendar_id} is no calendar", 'a table with an id such as "fr" or "us-al"')
    table = _Table(values, calendar_id, place)
    substitution = table.word("substitution", Substitution, Substitution.NONE)
    entries = table.take("holidays", list)
    if not entries:
        raise table.wrong(f"{calendar_id} has no holidays", "one or more", "holidays")
    calendar = Calendar(
        id=calendar_id,
        name=table.take("name", str),
        source=table.take("source", str),
        confidence=table.word("confidence", Confidence),
        verified_on=table.maybe("verified_on", date),
        holidays=tuple(_holiday(each, nth, substitution, place) for nth, each in enumerate(entries)),
    )
    table.done("name, source, confidence, verified_on, substitution or holidays")
    return calendar


def _holiday(values: object, nth: int, substitution: Substitution, calendar: _Place) -> Holiday:
    place = _Place(file=calendar.file, text=calendar.text, calendar=calendar.calendar, holiday=nth)
    if not isinstance(values, dict):
        raise place.refuse(
            f"{calendar.calendar} has {values!r} among its holidays", "a table with name and on"
        )
    name = values.get("name")
    table = _Table(
        values, f"{calendar.calendar}, {name}" if name else f"a holiday of {calendar.calendar}", place
    )
    holiday = Holiday(
        name=table.take("name", str),
        on=_rule(table),
        substitution=table.word("substitution", Substitution, substitution),
        from_year=table.take("from", int, MINYEAR),
        to_year=table.take("to", int, MAXYEAR),
        every=table.take("every", int, 1),
        except_years=_years(table),
    )
    table.done("name, on, substitution, from, to, every or except")
    if holiday.from_year > holiday.to_year:
        raise table.wrong(f"{table.name} ends before it begins", "from to be no later than to")
    if holiday.every < 1 or (holiday.every > 1 and holiday.from_year == MINYEAR):
        raise table.wrong(
            f"{table.name} has every = {holiday.every}", "1 or more years, counted from a given year"
        )
    return holiday


def _rule(table: _Table) -> Rule:
    value = table.raw("on")
    if type(value) is date:
        return OnListed(listed=(value,))
    if isinstance(value, list) and value and all(type(each) is date for each in value):
        return OnListed(listed=tuple(value))
    rule = read_rule(value) if isinstance(value, str) else None
    if rule is None:
        what = f"{table.name} has no on" if value is None else f"{table.name} has on = {value!r}"
        raise table.wrong(what, _RULES, "on")
    return rule


def _years(table: _Table) -> tuple[int, ...]:
    years = table.maybe("except", list) or []
    if not all(type(each) is int for each in years):
        raise table.wrong(f"{table.name} has except = {years!r}", "except to be a list of years", "except")
    return tuple(years)


@functools.cache
def shipped_calendars() -> dict[str, Calendar]:
    """Every calendar that comes with the package, by id."""
    folder = resources.files("yesword.domain.holidays").joinpath("data")
    files = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name
    )
    calendars: dict[str, Calendar] = {}
    for file in files:
        text = file.read_text("utf-8")
        for calendar in read_calendars(text, file.name):
            if calendar.id in calendars:
                place = _Place(file=file.name, text=text, calendar=calendar.id)
                raise place.refuse(f"calendar {calendar.id} stands twice", "each id once")
            calendars[calendar.id] = calendar
    return dict(sorted(calendars.items()))
