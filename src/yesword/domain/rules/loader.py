"""Reads packs from TOML into typed rules, and refuses what it does not know: a misspelt key is a law not enforced.

The schema in words: `[pack]` with id, name, parent, what it reaches, and defaults for its rules; then `[[rule]]`
tables, each an envelope, perhaps a table `when`, and exactly one parameter table. The fields of each parameter are
those of its class in `model`.
"""

import functools
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from importlib import resources
from typing import Any, Final

from yesword.domain import holidays
from yesword.domain.hours import DAY_MINUTES, UnknownZoneError, Week, Window, zone
from yesword.domain.rules import compiled, model
from yesword.domain.rules.model.stopping import Stopping
from yesword.domain.rules.model.times import Hours
from yesword.domain.rules.tables import PackError, Source, Table

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
RECIPIENT: Final = "recipient"


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
    head.done(
        "id, name, parent, countries, region, number_countries, senders, providers, everywhere or defaults"
    )
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
        has_senders=head.take("senders", bool, default=False),
        providers=head.strings("providers") if head.has("providers") else (),
        is_everywhere=head.take("everywhere", bool, default=False),
    )
    if reach == model.Reach():
        raise head.wrong(
            "the pack reaches nobody", "countries, region, number_countries, providers or everywhere"
        )
    return reach


def _countries(head: Table, key: str) -> tuple[str, ...]:
    codes = head.strings(key) if head.has(key) else ()
    for code in codes:
        if not _COUNTRY.fullmatch(code):
            raise head.wrong(f"{key} has {code!r}", f"{key} to be two-letter country codes", key=key)
    return codes


# --- rules ---------------------------------------------------------------------------------------------------


def _rule(source: Source, values: Mapping[str, Any], pack: str, pack_name: str, depth: int) -> model.Rule:
    rule_id = values.get("id")
    if not isinstance(rule_id, str):
        raise source.refuse("a rule has no id", f'id to be a string that starts with "{pack}."', within=pack)
    table = Table(source, values, name=f"rule {rule_id}", within=rule_id)
    if not table.take("id", str).startswith(f"{pack}."):
        raise table.wrong(f"id = {rule_id!r}", f'an id that starts with "{pack}."', key="id")
    given = table.among(model.PARAMETERS)
    if len(given) != 1:
        what = f"rule {rule_id} has {len(given)} parameters"
        raise table.wrong(what, f"exactly one of {', '.join(model.PARAMETERS)}")
    parameter = _parameter(table.table(given[0]))
    when = table.table("when").read(model.When) if table.has("when") else model.ALWAYS
    rule: model.Rule = table.read(
        model.Rule,
        id=rule_id,
        pack=pack,
        pack_name=pack_name,
        depth=depth,
        parameter=parameter,
        when=when,
    )
    if rule.effective_from >= rule.effective_to:
        raise table.wrong("the rule ends before it begins", "effective_to to be later", key="effective_to")
    if rule.stayed_until is not None and rule.status is not model.Status.STAYED:
        raise table.wrong("stayed_until is given", 'status = "stayed" with it', key="stayed_until")
    if rule.severity is model.Severity.RECORD and not isinstance(parameter, model.OnRecord):
        raise table.wrong(
            'severity = "record"', f"another severity, for {given[0]} decides texts", key="severity"
        )
    return rule


def _parameter(table: Table) -> model.Parameter:
    if table.name == Hours.table:
        return _hours(table)
    parameter: model.Parameter = table.read(model.PARAMETERS[table.name])
    if isinstance(parameter, Stopping) and parameter.calendar:
        _refuse_unknown_calendar(table, parameter.calendar)
    return parameter


def _hours(table: Table) -> Hours:
    days: dict[str, tuple[Window, ...]] = {}
    if table.has("every_day"):
        days = dict.fromkeys(WEEKDAYS, _windows(table, "every_day"))
    for day in WEEKDAYS:
        if table.has(day):
            days[day] = _windows(table, day)
    if set(days) != set(WEEKDAYS):
        raise table.wrong("not every weekday has windows", f"every_day, or each of {', '.join(WEEKDAYS)}")
    calendar = table.take("calendar", str, "")
    if calendar:
        _refuse_unknown_calendar(table, calendar)
    holiday = _windows(table, "holidays") if table.has("holidays") else ()
    where = table.take("zone", str, RECIPIENT)
    if where != RECIPIENT:
        try:
            zone(where)
        except UnknownZoneError:
            raise table.wrong(
                f"zone = {where!r}", f'zone to be "{RECIPIENT}" or an IANA name', key="zone"
            ) from None
    week = Week(days=tuple(days[day] for day in WEEKDAYS), calendar=calendar or None, holiday=holiday)
    return table.read(Hours, week=week, zone=where)


def _refuse_unknown_calendar(table: Table, calendar: str) -> None:
    if calendar not in holidays.calendar_ids():
        known = ", ".join(sorted(holidays.calendar_ids()))
        raise table.wrong(f"calendar = {calendar!r}", f"one of {known}", key="calendar")


def _windows(table: Table, key: str) -> tuple[Window, ...]:
    return tuple(_window(table, key, text) for text in table.strings(key))


def _window(table: Table, key: str, text: str) -> Window:
    found = _WINDOW.fullmatch(text)
    hours = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if not start < end <= DAY_MINUTES:
        raise table.wrong(f"{key} has {text!r}", 'a window within one day such as "08:00-20:00"', key=key)
    return start, end


# --- lineages ------------------------------------------------------------------------------------------------


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
    over = {rule.parameter.slot: rule for pack in ancestors for rule in pack.rules if rule.is_enforced}
    for rule in rules:
        parents = over.get(rule.parameter.slot)
        if parents is None or not rule.is_enforced or rule.merge is not model.Merge.REPLACE:
            continue
        if not parents.may_relax:
            what = f"rule {rule.id} would replace {parents.id}, which may not be relaxed"
            raise source.refuse(what, 'merge = "strictest"', within=rule.id)
        if rule.when not in (model.ALWAYS, parents.when):
            what = f"rule {rule.id} holds for some texts only, and would replace {parents.id} for all"
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
    return compiled.load(files) or read_packs(files)
