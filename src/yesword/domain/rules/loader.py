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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from itertools import pairwise
from typing import Any, Final, TypeVar

from yesword.domain import holidays
from yesword.domain.hours import DAY_MINUTES, UnknownZoneError, Week, Window, zone
from yesword.domain.places.model import UnknownRegionError
from yesword.domain.places.regions import read_region, regions_of
from yesword.domain.rules import compiled, model
from yesword.domain.rules.model.stopping import Stopping
from yesword.domain.rules.model.times import Hours
from yesword.domain.rules.sources import EXPECTED as SOURCE_EXPECTED
from yesword.domain.rules.sources import find_source
from yesword.domain.rules.tables import PackError, Source, Table, keys_of, toml_error
from yesword.domain.toml_lines import Block

T = TypeVar("T")

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK: Final = ("every_day", *WEEKDAYS, "calendar", "holidays", "zone")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")
_WINDOW: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
RECIPIENT: Final = "recipient"


def read_pack(text: str, file: str, parents: Mapping[str, model.Pack] | None = None) -> model.Pack:
    """One pack. Its parent must have been read before it, and be among `parents`.

    Raises the first `PackError` of the file, which names the others: one a rule, and one each for what the pack itself
    says.
    """
    source, known, mistakes = Source(file=file, text=text), parents or {}, _Mistakes()
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise toml_error(source, error) from error
    root = Table(source, values, name="the file")
    mistakes.kept(lambda: root.refuse_unknown(("pack", "rule"), "the tables pack and rule only"), None)
    head = root.table("pack")
    mistakes.kept(lambda: head.refuse_unknown(_HEAD, f"one of {', '.join(_HEAD)}"), None)
    pack_id = _id(head, "pack")
    name = mistakes.kept(lambda: head.words("name"), "")
    parent = mistakes.kept(lambda: _parent(head, known), None)
    reach = mistakes.kept(lambda: _reach(head, parent, known), model.Reach())
    defaults = mistakes.kept(lambda: head.table("defaults") if head.has("defaults") else None, None)
    whole = _Whole(
        source=source,
        id=pack_id,
        name=name,
        depth=_depth(parent, known),
        shared={} if defaults is None else _shared(defaults, mistakes),
        defaults=range(0) if defaults is None else defaults.block,
    )
    tables: list[Any] = mistakes.kept(lambda: root.take("rule", list), [])
    rules = _rules(whole, tables, _ancestors(parent, known), mistakes)
    mistakes.raise_first()
    # Comments and order of keys say nothing that a decision rests on.
    canonical = json.dumps(values, sort_keys=True, default=str, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return model.Pack(
        id=pack_id, name=name, parent=parent, reach=reach, rules=rules, digest=digest, file=file
    )


class _Mistakes:
    """What is wrong in one file, so that all of it can be told at once."""

    def __init__(self) -> None:
        self._found: list[PackError] = []

    def kept(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except PackError as error:
            self._found.append(error)
            return instead

    def raise_first(self) -> None:
        once = {error.message: error for error in self._found}  # every rule has the defaults' mistakes
        if once:
            first, *others = once.values()
            first.others = tuple(others)
            raise first


@dataclass(frozen=True, kw_only=True, slots=True)
class _Whole:
    """What a rule has from its pack."""

    source: Source
    id: str
    name: str
    depth: int
    shared: Mapping[str, Any]  # its defaults
    defaults: Block


_HEAD: Final = (
    *("id", "name", "parent", "countries", "region", "number_countries"),
    *("senders", "providers", "everywhere", "defaults"),
)
# What a rule may leave to its pack. The second is put for what cannot be read, so that only this is complained of.
_DEFAULTS: Final[dict[str, tuple[type, Any]]] = {
    "layer": (str, "statute"),
    "confidence": (str, "found"),
    "verified_on": (date, date.min),
    "citation": (str, "unread"),
    "source": (str, "house"),
}


def _shared(defaults: Table, mistakes: _Mistakes) -> dict[str, Any]:
    expected = f"one of {', '.join(_DEFAULTS)}"
    mistakes.kept(lambda: defaults.refuse_unknown(_DEFAULTS, expected), None)
    shared = {}
    for key, (kind, unread) in _DEFAULTS.items():
        if defaults.has(key):
            shared[key] = mistakes.kept(functools.partial(defaults.take, key, kind), unread)
    return shared


def _id(table: Table, of: str) -> str:
    found = table.words("id")
    if not _ID.fullmatch(found):
        expected = f"the id of a {of} to be small letters, digits, - and _, in parts with a dot between"
        raise table.wrong(f"id = {found!r}", expected, key="id")
    return found


def _parent(head: Table, parents: Mapping[str, model.Pack]) -> str | None:
    if not head.has("parent"):
        return None
    parent = head.take("parent", str)
    if parent not in parents:
        raise head.wrong(f"parent = {parent!r}", "the id of another pack", key="parent")
    return parent


def _reach(head: Table, parent: str | None, parents: Mapping[str, model.Pack]) -> model.Reach:
    reach = model.Reach(
        countries=_countries(head, "countries"),
        region=_region(head, parent, parents),
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


def _region(head: Table, parent: str | None, parents: Mapping[str, model.Pack]) -> str | None:
    if not head.has("region"):
        return None
    region = head.take("region", str)
    what = f"region = {region!r}"
    if not _REGION.fullmatch(region):
        raise head.wrong(what, "region to be a code such as US-FL", key="region")
    country = region[:2]
    if regions_of(country) and not _is_region(region):
        known = ", ".join(regions_of(country))
        raise head.wrong(what, f"a region of {country}: one of {known}", key="region")
    over = next((each for each in _ancestors(parent, parents) if each.reach.countries), None)
    if over is not None and country not in over.reach.countries:
        countries = ", ".join(over.reach.countries)
        raise head.wrong(what, f"a region of a country of its parent {over.id}: {countries}", key="region")
    return region


def _is_region(region: str) -> bool:
    try:
        return read_region(region) == region
    except UnknownRegionError:
        return False


def _countries(head: Table, key: str) -> tuple[str, ...]:
    codes = head.strings(key) if head.has(key) else ()
    for code in codes:
        if not _COUNTRY.fullmatch(code):
            raise head.wrong(f"{key} has {code!r}", f"{key} to be two-letter country codes", key=key)
    return codes


# --- rules ---------------------------------------------------------------------------------------------------


def _rules(
    whole: _Whole, tables: list[Any], ancestors: Sequence[model.Pack], mistakes: _Mistakes
) -> tuple[model.Rule, ...]:
    blocks = whole.source.lines.tables("rule")
    found: dict[str, model.Rule] = {}
    for number, values in enumerate(tables):
        block = blocks[number] if number < len(blocks) else None

        def read(values: object = values, block: Block | None = block) -> model.Rule:
            rule = _rule(whole, values, block)
            if rule.id in found:
                table = Table(whole.source, {}, name="rule", block=block)
                raise table.wrong(f"rule {rule.id} stands twice", "each id once", key="id")
            _refuse_relaxing(Table(whole.source, {}, name="rule", block=block), rule, ancestors)
            return rule

        rule = mistakes.kept(read, None)
        if rule is not None:
            found[rule.id] = rule
    return tuple(found.values())


def _rule(whole: _Whole, values: object, block: Block | None) -> model.Rule:
    if not isinstance(values, Mapping):
        raise Table(whole.source, {}, name="rule").wrong("rule is a list", "tables, each under [[rule]]")
    table = Table(
        whole.source, {**whole.shared, **values}, name="the rule", block=block, beside=whole.defaults
    )
    if not table.has("id"):
        raise table.wrong("a rule has no id", f'id to be a string that starts with "{whole.id}."')
    rule_id = _id(table, "rule")
    table.name = f"rule {rule_id}"
    if not rule_id.startswith(f"{whole.id}."):
        raise table.wrong(f"id = {rule_id!r}", f'an id that starts with "{whole.id}."', key="id")
    parameter = _parameter(_parameter_table(table))
    when = table.table("when").read(model.When) if table.has("when") else model.ALWAYS
    rule: model.Rule = table.read(
        model.Rule,
        id=rule_id,
        pack=whole.id,
        pack_name=whole.name,
        depth=whole.depth,
        parameter=parameter,
        when=when,
    )
    if find_source(rule.source) is None:
        raise table.wrong(f"source = {rule.source!r}", SOURCE_EXPECTED, key="source")
    if rule.effective_from >= rule.effective_to:
        raise table.wrong("the rule ends before it begins", "effective_to to be later", key="effective_to")
    if rule.stayed_until is not None and rule.status is not model.Status.STAYED:
        raise table.wrong("stayed_until is given", 'status = "stayed" with it', key="stayed_until")
    if rule.severity is model.Severity.RECORD and not isinstance(parameter, model.OnRecord):
        expected = f"another severity, for {parameter.table} decides texts"
        raise table.wrong('severity = "record"', expected, key="severity")
    return rule


def _parameter_table(table: Table) -> Table:
    given = table.among(model.PARAMETERS)
    if len(given) == 1:
        return table.table(given[0])
    expected = f"exactly one of {', '.join(model.PARAMETERS)}"
    if not given:
        table.refuse_unknown((*keys_of(model.Rule), "when"), expected)
    raise table.wrong(f"{table.name} has {len(given)} parameters", expected)


def _parameter(table: Table) -> model.Parameter:
    if table.name == Hours.table:
        return _hours(table)
    parameter: model.Parameter = table.read(model.PARAMETERS[table.name])
    if isinstance(parameter, Stopping) and parameter.calendar:
        _refuse_unknown_calendar(table, parameter.calendar)
    return parameter


def _hours(table: Table) -> Hours:
    known = (*_WEEK, *(key for key in keys_of(Hours) if key not in ("week", "zone")))
    table.refuse_unknown(known, f"one of {', '.join(known)}")
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
    windows = tuple(_window(table, key, text) for text in table.strings(key))
    for (_, ends), (starts, _) in pairwise(windows):
        if starts < ends:
            what = f"{key} has a window that begins before the one before it ends"
            raise table.wrong(what, "windows one after the other, of which none overlaps the next", key=key)
    return windows


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


def _refuse_relaxing(table: Table, rule: model.Rule, ancestors: Iterable[model.Pack]) -> None:
    over = {each.parameter.slot: each for pack in ancestors for each in pack.rules if each.is_enforced}
    parents = over.get(rule.parameter.slot)
    if parents is None or not rule.is_enforced or rule.merge is not model.Merge.REPLACE:
        return
    if not parents.may_relax:
        what = f"rule {rule.id} would replace {parents.id}, which may not be relaxed"
        raise table.wrong(what, 'merge = "strictest"')
    if rule.when not in (model.ALWAYS, parents.when):
        what = f"rule {rule.id} holds for some texts only, and would replace {parents.id} for all"
        raise table.wrong(what, 'merge = "strictest"')


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
