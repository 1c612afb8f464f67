"""What a golden case may say: its keys, what each may hold, and the error that tells file, line and what was expected.

What the keys mean is in `golden`. Everything is checked here, so that nothing there has to ask again.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

from yesword.domain.decisions import Verdict
from yesword.domain.errors import YeswordError
from yesword.domain.events import Grade
from yesword.domain.facts import Cause
from yesword.domain.hours import UnknownZoneError, zone
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, RecipientKind, SenderTrait
from yesword.domain.places import PlaceEvidence, UnknownRegionError
from yesword.domain.places.regions import read_region, regions_of
from yesword.domain.question import Supposed
from yesword.domain.rules.model.content import Forbidden
from yesword.domain.rules.model.when import Route
from yesword.domain.toml_lines import Block, TomlLines, broken_line

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TEXTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "good": {},
    "nameless": {"names_brand": False},
    "without way out": {"has_way_out": False},
    "two segments": {"encoding": "UCS-2", "segments": 2},
    "reconfirming": {"reconfirms": True},
}


class GoldenError(YeswordError):
    """{file}, line {line}: {what}. Expected {expected}."""

    code = "bad_golden_case"
    others: tuple["GoldenError", ...] = ()  # what else is wrong in the file


class _WrongError(Exception):
    """A value is not what it has to be; what was expected is the argument."""


# --- what a value may be -------------------------------------------------------------------------------------

_Check = Callable[[Any], None]
_YEARS: Final = range(1970, 2101)
_CENTURY_DAYS: Final = 36_525
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _expect(claim: bool, expected: str) -> None:  # noqa: FBT001 - reads as `assert`
    if not claim:
        raise _WrongError(expected)


def _words(value: Any) -> None:
    _expect(isinstance(value, str) and bool(value.strip()), "a string that says something")


def _string(value: Any) -> None:
    _expect(isinstance(value, str), "a string")


def _flag(value: Any) -> None:
    _expect(isinstance(value, bool), "true or false")


def _number(most: int, least: int = 0) -> _Check:
    def check(value: Any) -> None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        _expect(is_number and least <= value <= most, f"a number from {least:,} to {most:,}")

    return check


def _count(value: Any) -> None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000
    _expect(is_count, "a whole number from 0 to 10,000")


_SECONDS: Final = _number(_CENTURY_DAYS * 86_400)
_DAYS: Final = _number(_CENTURY_DAYS)


def _moment(value: Any) -> None:
    is_moment = isinstance(value, datetime) and value.tzinfo is not None and value.year in _YEARS
    _expect(is_moment, "a moment with its offset, such as 2026-11-22T15:00:00-05:00")


def _clock(value: Any) -> None:
    _expect(isinstance(value, str) and bool(_TIME.fullmatch(value)), 'a time of day such as "20:00"')


def _among(known: Collection[str]) -> _Check:
    def check(value: Any) -> None:
        _expect(isinstance(value, str) and value in known, f"one of {', '.join(known)}")

    return check


def _member(kind: type[Enum]) -> _Check:
    return _among([each.value for each in kind])


def _list(check: _Check, of: str) -> _Check:
    def check_all(value: Any) -> None:
        _expect(isinstance(value, list), f"a list of {of}")
        for each in value:
            try:
                check(each)
            except _WrongError as wrong:
                raise _WrongError(f"a list of {of}, each {wrong}") from None

    return check_all


def _country(value: Any) -> None:
    _expect(isinstance(value, str) and bool(_COUNTRY.fullmatch(value)), "a two-letter code of a country")


def _region(value: Any) -> None:
    _expect(isinstance(value, str) and bool(_REGION.fullmatch(value)), "a region such as US-FL")
    # Where every region is known, one that is not there is misspelt; elsewhere only the shape can be told.
    if regions_of(value[:2]):
        try:
            read_region(value)
        except UnknownRegionError:
            raise _WrongError(f"one of {', '.join(regions_of(value[:2]))}") from None


def _country_or_region(value: Any) -> None:
    if isinstance(value, str) and "-" in value:
        _region(value)
    else:
        _country(value)


def _place(value: Any) -> None:
    parts = value.split() if isinstance(value, str) else []
    _expect(len(parts) == 2, 'a place with its time zone, such as "US-FL America/New_York"')
    _country_or_region(parts[0])
    try:
        zone(parts[1])
    except UnknownZoneError:
        raise _WrongError("a time zone of the tz database, such as America/New_York") from None


def _table(needed: Mapping[str, _Check], more: Mapping[str, _Check]) -> _Check:
    checks = {**needed, **more}

    def check(value: Any) -> None:
        _expect(isinstance(value, dict), f"a table with {', '.join(checks)}")
        _expect(needed.keys() <= value.keys(), f"a table with {', '.join(needed)}")
        _expect(value.keys() <= checks.keys(), f"a table with no more than {', '.join(checks)}")
        for key, each in value.items():
            try:
                checks[key](each)
            except _WrongError as wrong:
                raise _WrongError(f"its {key} to be {wrong}") from None

    return check


_registry: Final = _table({"listed": _flag}, {"days_ago": _DAYS, "since_days_ago": _DAYS})


def _registries(value: Any) -> None:
    _expect(isinstance(value, dict), "a table of registries")
    for key, each in value.items():
        try:
            _registry(each)
        except _WrongError as wrong:
            raise _WrongError(f"registries.{key} to be {wrong}, such as {{ listed = true }}") from None


_strings: Final = _list(_words, "strings")
_CHECKS: Final[Mapping[str, _Check]] = {
    "name": _words, "rule": _words, "verdict": _member(Verdict), "at": _moment, "not_before": _moment,
    "noted": _flag, "is_reached": _flag, "local": _clock, "until": _clock,
    "weekday": _among(WEEKDAYS), "until_weekday": _among(WEEKDAYS),
    "places": _list(_place, "places"), "number_country": _country, "evidence": _member(PlaceEvidence),
    "consent": _member(Supposed), "kind": _member(MessageKind), "class": _member(MessageClass),
    "categories": _strings, "is_mixed": _flag,
    "brand_country": _country, "brand_region": _region, "brand_traits": _list(_member(SenderTrait), "traits"),
    "sent_hours_ago": _list(_number(_CENTURY_DAYS * 24), "hours"), "granted_days_ago": _DAYS,
    "grade": _member(Grade), "is_confirmed": _flag, "any_hour": _flag,
    "relation": _table(
        {"origin": _member(Origin)},
        {"days_ago": _DAYS, "told": _flag, "same_entity": _flag, "categories": _strings},
    ),
    "stopped_s_ago": _SECONDS, "wrote_s_ago": _SECONDS, "stopped_program": _flag,
    "adult_days_ago": _number(_CENTURY_DAYS, -_CENTURY_DAYS), "recipient": _member(RecipientKind),
    "registries": _registries,
    "sender": _member(Route), "sender_address": _words, "registered": _strings, "provider": _string,
    "text": _among(TEXTS), "labels": _strings, "contains": _list(_member(Forbidden), "elements"),
    "characters": _count,
    "occasion": _string, "event_hours_ago": _number(_CENTURY_DAYS * 24, -_CENTURY_DAYS * 24),
    "asked_by_text": _flag, "asked_before": _count, "may_invite": _flag,
    "proclaimed": _table(
        {"cause": _member(Cause), "place": _country_or_region, "from": _moment, "to": _moment, "name": _words},
        {},
    ),
}  # fmt: skip
KEYS: Final = tuple(_CHECKS)


# --- a file --------------------------------------------------------------------------------------------------


def read_tables(text: str, file: str) -> list[dict[str, Any]]:
    """The cases of a file as tables, each with what is usual there, once all of them hold to the schema.

    Raises the first `GoldenError` of the file, which names the others.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = re.sub(r" \(at .*\)$", "", str(error))
        line = broken_line(error, text)
        raise GoldenError(file=file, line=line, what=what, expected="valid TOML") from error
    found = _Cases(text, file)
    tables = found.read(values)
    if found.mistakes:
        first, *others = found.mistakes
        first.others = tuple(others)
        raise first
    return tables


class _Cases:
    def __init__(self, text: str, file: str) -> None:
        self.mistakes: list[GoldenError] = []
        self._lines = TomlLines(text)
        self._file = file

    def read(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        for key in values:
            if key not in ("usual", "case"):
                self._refuse(f"nobody knows {key}", "the tables [usual] and [[case]] only", key)
        usual, cases = values.get("usual", {}), values.get("case")
        if not isinstance(usual, dict):
            self._refuse("usual is no table", "one table [usual]", "usual")
            usual = {}
        if not isinstance(cases, list) or not cases or not all(isinstance(each, dict) for each in cases):
            self._refuse("there is no case", "each case as a table under [[case]]", "case")
            return []
        self._check("what is usual", usual, next(iter(self._lines.tables("usual")), self._lines.all))
        blocks = self._lines.tables("case")
        names: set[str] = set()
        for number, case in enumerate(cases):
            block = blocks[number] if number < len(blocks) else self._lines.all
            self._case(usual, case, block, names)
        return [{**usual, **case} for case in cases]

    def _case(self, usual: Mapping[str, Any], case: Mapping[str, Any], block: Block, names: set[str]) -> None:
        name = case.get("name")
        called = f'case "{name}"' if isinstance(name, str) else "a case without a name"
        self._check(called, case, block)
        whole = {**usual, **case}
        for needed, expected in _NEEDED.items():
            if needed not in whole:
                self._refuse(f"{called} has no {needed}", expected, "name", block)
        if whole.get("places") == []:
            self._refuse(f"{called} has no places", _NEEDED["places"], "places", block)
        if isinstance(name, str) and name in names:
            self._refuse(f"{called} stands twice", "each name once", "name", block)
        names.add(str(name))
        for key, what, expected in _disagreements(whole, case):
            self._refuse(f"{called} {what}", expected, key, block)

    def _check(self, called: str, values: Mapping[str, Any], block: Block) -> None:
        for key, value in values.items():
            if key not in _CHECKS:
                self._refuse(
                    f"{called} says {key}, which nobody knows", f"one of {', '.join(KEYS)}", key, block
                )
                continue
            try:
                _CHECKS[key](value)
            except _WrongError as wrong:
                self._refuse(f"{called} has {key} = {_told(value)}", f"{key} to be {wrong}", key, block)

    def _refuse(self, what: str, expected: str, key: str, block: Block | None = None) -> None:
        within = self._lines.all if block is None else block
        line = self._lines.find(key, within) or self._lines.find("name", within) or within.start + 1
        self.mistakes.append(GoldenError(file=self._file, line=line, what=what, expected=expected))


_NEEDED: Final[Mapping[str, str]] = {
    "name": "name to say what the case shows",
    "rule": "rule to be the id of the rule that it pins",
    "verdict": f"verdict to be one of {', '.join(Verdict)}",
    "places": 'places to be a list such as ["US-FL America/New_York"]',
}


def _disagreements(whole: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Keys that do not go together: the key, what is wrong, and what was expected."""
    if not whole.get("is_reached", True) and whole.get("verdict") != Verdict.SEND:
        yield "is_reached", "is not reached by the rule's pack", 'verdict = "send" with it'
    if "at" not in whole and "local" not in whole:
        yield "name", "has no at", 'at, a moment with its offset, or local, a time of day such as "20:00"'
    if "at" in case and "local" in case:
        yield "local", "has at and local", "one of the two"
    if "local" not in whole:
        for key in ("until", "weekday", "until_weekday"):
            if key in whole:
                yield key, f"has {key} without local", "local with it, or not_before instead"
    elif "not_before" in case:
        yield "not_before", "has not_before with local", "until instead"
    if whole.get("until_weekday") is not None and "until" not in whole:
        yield "until_weekday", "has until_weekday without until", "until with it"


def _told(value: Any) -> str:
    """About as it would stand in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_told(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_told(each)}' for key, each in value.items())} }}"
    return str(value)
