"""Reads packs from TOML into typed rules, and refuses what it does not know: a misspelt key is a law not enforced.

The schema in words: `[pack]` with id, name, parent, what it reaches, and defaults for its rules; then `[[rule]]`
tables, each an envelope and exactly one parameter table.
"""

import functools
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from importlib import resources
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.events import Grade
from yesword.domain.hours import DAY_MINUTES, Week, Window
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules import model

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class PackError(YeswordError):
    """{file}, line {line}: {what}. Expected {expected}."""

    code = "bad_rule_pack"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A pack's text, to tell the line of what is wrong in it."""

    file: str
    text: str

    def refuse(self, what: str, expected: str, *, key: str = "", within: str = "") -> PackError:
        return PackError(file=self.file, line=self._line(key, within), what=what, expected=expected)

    def _line(self, key: str, within: str) -> int:
        lines = self.text.splitlines()
        start = next((n for n, line in enumerate(lines) if within and f'"{within}"' in line), 0)
        if not key:
            return start + 1
        starts_with_key = re.compile(rf"\s*\[*([\w.]+\.)?{re.escape(key)}\b")
        found = [n for n, line in enumerate(lines) if starts_with_key.match(line)]
        return next((n for n in found if n >= start), start) + 1


class Table:
    """One TOML table, read key by key; `done` refuses what was not asked for."""

    def __init__(self, source: Source, values: Mapping[str, Any], *, name: str, within: str = "") -> None:
        self.source = source
        self.name = name
        self.within = within
        self._rest = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self._rest.pop(key, default)
        # bool is an int to Python, and a datetime a date; neither is to a reader.
        is_kind = isinstance(value, kind) and (type(value) is kind)
        if not is_kind:
            what = f"{self.name} has no {key}" if value is None else f"{key} = {value!r}"
            raise self.wrong(what, f"{key} to be {_KINDS[kind]}", key=key)
        assert isinstance(value, kind)
        return value

    def enum(self, key: str, kind: type[E], default: E | None = None) -> E:
        value = self._rest.pop(key, default)
        return value if isinstance(value, kind) else self._member(key, kind, value)

    def enums(self, key: str, kind: type[E], default: tuple[E, ...] | None = None) -> tuple[E, ...]:
        if key not in self._rest and default is not None:
            return default
        return tuple(self._member(key, kind, each) for each in self.take(key, list))

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list)
        if not all(isinstance(each, str) for each in values):
            raise self.wrong(f"{key} = {values!r}", f"{key} to be a list of strings", key=key)
        return tuple(values)

    def has(self, key: str) -> bool:
        return key in self._rest

    def among(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if key in self._rest]

    def table(self, key: str) -> "Table":
        return Table(self.source, self.take(key, dict), name=key, within=self.within)

    def done(self, known: str) -> None:
        for key in self._rest:
            raise self.wrong(f"{self.name} has an unknown key {key}", known, key=key)

    def wrong(self, what: str, expected: str, *, key: str = "") -> PackError:
        return self.source.refuse(what, expected, key=key, within=self.within)

    def _member(self, key: str, kind: type[E], value: object) -> E:
        members = {_spelling(member): member for member in kind}
        if not isinstance(value, str) or value not in members:
            what = f"{self.name} has no {key}" if value is None else f"{key} = {value!r}"
            raise self.wrong(what, f"{key} to be one of {', '.join(members)}", key=key)
        return members[value]


_KINDS: Final[dict[type, str]] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    date: "a date such as 2026-01-31",
}


def _spelling(member: Enum) -> str:
    """Enums are written by their value, but for ordered ones, whose values are numbers."""
    return member.value if isinstance(member.value, str) else member.name.lower()


def _hours(table: Table) -> model.Hours:
    days: dict[str, tuple[Window, ...]] = {}
    if table.has("every_day"):
        days = dict.fromkeys(WEEKDAYS, _windows(table, "every_day"))
    for day in WEEKDAYS:
        if table.has(day):
            days[day] = _windows(table, day)
    classes = table.enums("classes", MessageClass)
    exempt_kinds = table.enums("exempt_kinds", MessageKind, ())
    if (basis := table.take("zone", str, "recipient")) != "recipient":
        raise table.wrong(f"zone = {basis!r}", 'zone to be "recipient"', key="zone")
    table.done(f"classes, exempt_kinds, zone, every_day or {', '.join(WEEKDAYS)}")
    if set(days) != set(WEEKDAYS):
        raise table.wrong("not every weekday has windows", f"every_day, or each of {', '.join(WEEKDAYS)}")
    week = Week(days=tuple(days[day] for day in WEEKDAYS))
    return model.Hours(classes=classes, week=week, exempt_kinds=exempt_kinds)


def _windows(table: Table, key: str) -> tuple[Window, ...]:
    return tuple(_window(table, key, text) for text in table.strings(key))


def _window(table: Table, key: str, text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    hours = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if not start < end <= DAY_MINUTES:
        raise table.wrong(f"{key} has {text!r}", 'a window within one day such as "08:00-20:00"', key=key)
    return start, end


def _positive(table: Table, key: str) -> int:
    value = table.take(key, int)
    if value < 1:
        raise table.wrong(f"{key} = {value}", f"{key} to be 1 or more", key=key)
    return value


def _cap(table: Table) -> model.Cap:
    return model.Cap(
        classes=table.enums("classes", MessageClass),
        count=_positive(table, "count"),
        seconds=_positive(table, "seconds"),
        key=table.enum("key", model.CapKey),
    )


def _way_out(table: Table) -> model.WayOut:
    return model.WayOut(
        policy=table.enum("policy", model.WayOutPolicy),
        kinds=table.enums("kinds", MessageKind),
        is_by_reply=table.take("is_by_reply", bool, default=False),
    )


def _stop_confirmation(table: Table) -> model.StopConfirmation:
    return model.StopConfirmation(
        is_allowed=table.take("is_allowed", bool), max_latency_s=_positive(table, "max_latency_s")
    )


def _consent(table: Table) -> model.Consent:
    return model.Consent(
        message_class=table.enum("class", MessageClass),
        standard=table.enum("standard", model.Standard),
        lowest_grade=table.enum("lowest_grade", Grade, Grade.D),
    )


def _double_opt_in(table: Table) -> model.DoubleOptIn:
    return model.DoubleOptIn(
        mode=table.enum("mode", model.ConfirmationMode), classes=table.enums("classes", MessageClass)
    )


def _staleness(table: Table) -> model.Staleness:
    return model.Staleness(
        classes=table.enums("classes", MessageClass),
        first_text_days=_positive(table, "first_text_days"),
        idle_days=_positive(table, "idle_days"),
    )


def _age(table: Table) -> model.Age:
    return model.Age(
        categories=table.strings("categories"),
        minimum=_positive(table, "minimum"),
        is_banned=table.take("is_banned", bool, default=False),
    )


_PARAMETERS: Final[dict[str, Callable[[Table], model.Parameter]]] = {
    "hours": _hours,
    "cap": _cap,
    "way_out": _way_out,
    "naming": lambda table: model.Naming(kinds=table.enums("kinds", MessageKind)),
    "length": lambda table: model.Length(segments=_positive(table, "segments")),
    "stop_confirmation": _stop_confirmation,
    "consent": _consent,
    "asking_by_text": lambda table: model.AskingByText(is_promotional=table.take("is_promotional", bool)),
    "double_opt_in": _double_opt_in,
    "staleness": _staleness,
    "conversation": lambda table: model.Conversation(reply_within_s=_positive(table, "reply_within_s")),
    "age": _age,
}


def read_pack(text: str, file: str, parents: Mapping[str, model.Pack] | None = None) -> model.Pack:
    """One pack. Its parent must have been read before it, and be among `parents`."""
    source = Source(file=file, text=text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise PackError(file=file, line=line[1] if line else 1, what=error, expected="valid TOML") from error
    root = Table(source, values, name="the file")
    head = root.table("pack")
    head.within = pack_id = head.take("id", str)
    name = head.take("name", str)
    parent = _parent(head, parents or {})
    reach = _reach(head)
    defaults = head.table("defaults") if head.has("defaults") else Table(source, {}, name="defaults")
    shared: dict[str, Any] = {
        key: defaults.take(key, kind) for key, kind in _DEFAULTS.items() if defaults.has(key)
    }
    defaults.done(f"one of {', '.join(_DEFAULTS)}")
    head.done("id, name, parent, countries, region, number_countries, everywhere or defaults")
    depth = _depth(parent, parents or {})
    tables = root.take("rule", list)
    root.done("the tables pack and rule only")
    rules = tuple(_rule(source, {**shared, **table}, pack_id, name, depth) for table in tables)
    _refuse_doubles(source, rules)
    if parent is not None:
        _refuse_relaxing(source, rules, _ancestors(parent, parents or {}))
    # Comments and order of keys say nothing that a decision rests on.
    canonical = json.dumps(values, sort_keys=True, default=str, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return model.Pack(
        id=pack_id, name=name, parent=parent, reach=reach, rules=rules, digest=digest, file=file
    )


_DEFAULTS: Final[dict[str, type]] = {
    "layer": str,
    "confidence": str,
    "verified_on": date,
    "citation": str,
    "source": str,
}


def _parent(head: Table, parents: Mapping[str, model.Pack]) -> str | None:
    if not head.has("parent"):
        return None
    parent = head.take("parent", str)
    if parent not in parents:
        raise head.wrong(f"parent = {parent!r}", "the id of another pack", key="parent")
    return parent


def _reach(head: Table) -> model.Reach:
    region = head.take("region", str) if head.has("region") else None
    if region is not None and not _REGION.fullmatch(region):
        raise head.wrong(f"region = {region!r}", "region to be a code such as US-FL", key="region")
    reach = model.Reach(
        countries=_countries(head, "countries"),
        region=region,
        number_countries=_countries(head, "number_countries"),
        is_everywhere=head.take("everywhere", bool, default=False),
    )
    if reach == model.Reach():
        raise head.wrong("the pack reaches nobody", "countries, region, number_countries or everywhere")
    return reach


def _countries(head: Table, key: str) -> tuple[str, ...]:
    codes = head.strings(key) if head.has(key) else ()
    for code in codes:
        if not _COUNTRY.fullmatch(code):
            raise head.wrong(f"{key} has {code!r}", f"{key} to be two-letter country codes", key=key)
    return codes


def _rule(source: Source, values: Mapping[str, Any], pack: str, pack_name: str, depth: int) -> model.Rule:
    rule_id = values.get("id")
    if not isinstance(rule_id, str):
        raise source.refuse("a rule has no id", f'id to be a string that starts with "{pack}."', within=pack)
    table = Table(source, values, name=f"rule {rule_id}", within=rule_id)
    if not table.take("id", str).startswith(f"{pack}."):
        raise table.wrong(f"id = {rule_id!r}", f'an id that starts with "{pack}."', key="id")
    given = table.among(_PARAMETERS)
    if len(given) != 1:
        what = f"rule {rule_id} has {len(given)} parameters"
        raise table.wrong(what, f"exactly one of {', '.join(_PARAMETERS)}")
    parameter_table = table.table(given[0])
    parameter = _PARAMETERS[given[0]](parameter_table)
    parameter_table.done(f"only what {given[0]} has")
    rule = model.Rule(
        id=rule_id,
        pack=pack,
        pack_name=pack_name,
        depth=depth,
        layer=table.enum("layer", model.Layer),
        status=table.enum("status", model.Status, model.Status.IN_FORCE),
        citation=table.take("citation", str),
        source=table.take("source", str),
        verified_on=table.take("verified_on", date),
        confidence=table.enum("confidence", model.Confidence),
        severity=table.enum("severity", model.Severity),
        may_relax=table.take("may_relax", bool, default=False),
        merge=table.enum("merge", model.Merge, model.Merge.REPLACE),
        where_silent=table.take("where_silent", bool, default=False),
        effective_from=table.take("effective_from", date, date.min),
        effective_to=table.take("effective_to", date, date.max),
        parameter=parameter,
    )
    table.done("an envelope key or one parameter")
    return rule


def _ancestors(pack: str | None, parents: Mapping[str, model.Pack]) -> tuple[model.Pack, ...]:
    found = []
    while pack is not None:
        found.append(parents[pack])
        pack = parents[pack].parent
    return tuple(found)


def _depth(parent: str | None, parents: Mapping[str, model.Pack]) -> int:
    return len(_ancestors(parent, parents))


def _refuse_doubles(source: Source, rules: Iterable[model.Rule]) -> None:
    seen = set()
    for rule in rules:
        if rule.id in seen:
            raise source.refuse(f"rule {rule.id} stands twice", "each id once", within=rule.id)
        seen.add(rule.id)


def _refuse_relaxing(source: Source, rules: Iterable[model.Rule], ancestors: Iterable[model.Pack]) -> None:
    fixed = {
        rule.parameter.slot: rule
        for pack in ancestors
        for rule in pack.rules
        if rule.is_enforced and not rule.may_relax
    }
    for rule in rules:
        over = fixed.get(rule.parameter.slot)
        if over is not None and rule.is_enforced and rule.merge is model.Merge.REPLACE:
            what = f"rule {rule.id} would replace {over.id}, which may not be relaxed"
            raise source.refuse(what, 'merge = "strictest"', within=rule.id)


def read_packs(files: Mapping[str, str]) -> tuple[model.Pack, ...]:
    """All packs of a set of files (name → text), whatever order they come in, parents before children."""
    waiting = dict(files)
    read: dict[str, model.Pack] = {}
    while waiting:
        ready = {file: text for file, text in waiting.items() if _named_parent(text) in {None, *read}}
        # What is left over names a parent that nobody is; reading it says so.
        for file, text in (ready or waiting).items():
            pack = read_pack(text, file, read)
            if pack.id in read:
                raise PackError(
                    file=file, line=1, what=f"pack {pack.id} stands twice", expected="each id once"
                )
            read[pack.id] = pack
            del waiting[file]
    return tuple(read[pack] for pack in sorted(read))


def _named_parent(text: str) -> str | None:
    found = re.search(r'^parent\s*=\s*"([^"]*)"', text, re.MULTILINE)
    return found[1] if found else None


@functools.cache
def shipped_packs() -> tuple[model.Pack, ...]:
    folder = resources.files("yesword.domain.rules").joinpath("packs")
    files = {each.name: each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".toml")}
    return read_packs(files)
