"""Finds the rules that speak to one text: which packs reach it, which rules are in force, which stand for which.

A lineage runs from a root (a country, the EU) to its leaf (a state, a member); in it, a child's rule stands for its
parent's rule on the same matter where the parent's may be relaxed, or holds beside it. Everything that is left, of all
lineages, of the sender's own country, of the industry, the house and the brand, is held to at once.
"""

import functools
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, Self, TypeVar

from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules import model
from yesword.domain.rules.loader import read_packs, shipped_packs
from yesword.domain.rules.model import Merge, Pack, Parameter, Rule

P = TypeVar("P", bound=Parameter)

PlaceKey = tuple[str, str | None]  # country, region
FOREVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What chooses the rules of a text. `number_country` is where the number is from, whoever holds it."""

    places: frozenset[PlaceKey]
    number_country: str
    brand_country: str
    message_class: MessageClass
    kind: MessageKind


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceHours:
    """The hours that hold for somebody in this place."""

    country: str
    region: str | None
    name: str
    rules: tuple[tuple[Rule, model.Hours], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules for one question at one time, each with its parameter; those closest to the person come first."""

    packs: tuple[str, ...]
    until: datetime  # from then on, others may be in force
    hours: tuple[tuple[PlaceKey, PlaceHours], ...]
    caps: tuple[tuple[Rule, model.Cap], ...]
    way_out: tuple[tuple[Rule, model.WayOut], ...]
    naming: tuple[tuple[Rule, model.Naming], ...]
    length: tuple[tuple[Rule, model.Length], ...]
    stop_confirmation: tuple[tuple[Rule, model.StopConfirmation], ...]
    consent: tuple[tuple[Rule, model.Consent], ...]
    asking_by_text: tuple[tuple[Rule, model.AskingByText], ...]
    double_opt_in: tuple[tuple[Rule, model.DoubleOptIn], ...]
    staleness: tuple[tuple[Rule, model.Staleness], ...]
    conversation: tuple[tuple[Rule, model.Conversation], ...]
    age: tuple[tuple[Rule, model.Age], ...]

    def hours_in(self, place: PlaceKey) -> PlaceHours:
        return next(hours for key, hours in self.hours if key == place)


class RuleBook:
    """A set of packs. Two books with the same packs are equal, in whatever order these were given."""

    __slots__ = ("_by_id", "_starts", "digest", "packs")

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(sorted(packs, key=lambda pack: pack.id))
        self._by_id = {pack.id: pack for pack in self.packs}
        self.digest = _digest(self.packs)
        days = {
            day
            for pack in self.packs
            for rule in pack.rules
            for day in (rule.effective_from, rule.effective_to)
        }
        self._starts = tuple(sorted(_midnight(day) for day in days - {date.min, date.max}))

    @classmethod
    def load(cls) -> "RuleBook":
        """The packs that ship with Yesword; read once."""
        return _shipped_book()

    @classmethod
    def read(cls, files: dict[str, str]) -> Self:
        """Packs from texts (file name → TOML)."""
        return cls(read_packs(files))

    def with_packs(self, packs: Iterable[Pack]) -> "RuleBook":
        return RuleBook((*self.packs, *packs))

    def without(self, *ids: str) -> "RuleBook":
        return RuleBook(pack for pack in self.packs if pack.id not in ids)

    def pack(self, pack_id: str) -> Pack:
        return self._by_id[pack_id]

    def rule(self, rule_id: str) -> Rule:
        return next(rule for pack in self.packs for rule in pack.rules if rule.id == rule_id)

    def place_name(self, country: str, region: str | None) -> str:
        """What the packs call a place; its code where no pack is about it alone."""
        own = [
            pack
            for pack in self.packs
            if pack.reach.has_place(country, region) and len(pack.reach.countries) < 2
        ]
        deepest = max(own, key=lambda pack: len(self.lineage(pack)), default=None)
        return deepest.name if deepest else region or country

    def resolve(self, asked: Asked, at: datetime) -> Rules:
        return _resolve(self, asked, bisect_right(self._starts, at))

    def lineage(self, pack: Pack) -> tuple[Pack, ...]:
        """Root first."""
        above = self.lineage(self._by_id[pack.parent]) if pack.parent in self._by_id else ()
        return (*above, pack)

    def lineages(
        self, country: str, region: str | None, *, may_be_any_region: bool = False
    ) -> Iterator[tuple[Pack, ...]]:
        """The lineages that speak about a place, each root first.

        Somebody who is somewhere in a country, nobody knows where, may be in any of its regions.
        """
        found = [pack for pack in self.packs if pack.reach.has_place(country, region)]
        if may_be_any_region and region is None:
            found += [pack for pack in self.packs if (pack.reach.region or "").startswith(f"{country}-")]
        inner = {above.id for pack in found for above in self.lineage(pack)[:-1]}
        return (self.lineage(pack) for pack in found if pack.id not in inner)

    def epoch(self, index: int) -> tuple[date, datetime]:
        """A day on which the rules of this stretch are in force, and when it ends."""
        start = self._starts[index - 1].date() if index else date.min
        until = self._starts[index] if index < len(self._starts) else FOREVER
        return start, until

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleBook) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@functools.cache
def _shipped_book() -> RuleBook:
    return RuleBook(shipped_packs())


def _digest(packs: Iterable[Pack]) -> str:
    import hashlib

    lines = "".join(f"{pack.id} {pack.digest}\n" for pack in packs)
    return hashlib.sha256(lines.encode()).hexdigest()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@functools.lru_cache(maxsize=4096)
def _resolve(book: RuleBook, asked: Asked, index: int) -> Rules:
    on, until = book.epoch(index)
    places = sorted(asked.places, key=lambda place: (place[0], place[1] or ""))
    everywhere = [pack for pack in book.packs if pack.reach.is_everywhere]
    by_number = [pack for pack in book.packs if asked.number_country in pack.reach.number_countries]
    own = [settle(line, on) for line in book.lineages(asked.brand_country, None)]
    common = [rule for rules in own for rule in rules]
    common += [rule for pack in (*by_number, *everywhere) for rule in settle((pack,), on)]
    local = {place: _local(book, place, on) for place in places}
    # A number's country has its say even when the person is elsewhere.
    abroad = [rule for line in book.lineages(asked.number_country, None) for rule in settle(line, on)]
    rules = _ordered(rule for each in (*local.values(), common, abroad) for rule in each)
    concerned = [rule for rule in rules if rule.parameter.concerns(asked.message_class, asked.kind)]

    def of(kind: type[P]) -> tuple[tuple[Rule, P], ...]:
        return tuple((rule, rule.parameter) for rule in concerned if isinstance(rule.parameter, kind))

    return Rules(
        packs=tuple(dict.fromkeys(rule.pack for rule in rules)),
        until=until,
        hours=tuple((place, _place_hours(book, place, local[place], common, asked)) for place in places),
        caps=of(model.Cap),
        way_out=of(model.WayOut),
        naming=of(model.Naming),
        length=of(model.Length),
        stop_confirmation=of(model.StopConfirmation),
        consent=of(model.Consent),
        asking_by_text=of(model.AskingByText),
        double_opt_in=of(model.DoubleOptIn),
        staleness=of(model.Staleness),
        conversation=of(model.Conversation),
        age=of(model.Age),
    )


def _local(book: RuleBook, place: PlaceKey, on: date) -> list[Rule]:
    return [rule for line in book.lineages(*place, may_be_any_region=True) for rule in settle(line, on)]


def settle(line: tuple[Pack, ...], on: date) -> list[Rule]:
    """The rules of a lineage, root first, that hold on a day.

    A rule that may not decide never takes the place of one that does.
    """
    held: list[Rule] = []
    for pack in line:
        rules = [rule for rule in pack.rules if rule.is_in_force(on)]
        replaced = {rule.parameter.slot for rule in rules if rule.is_enforced and rule.merge is Merge.REPLACE}
        held = [rule for rule in held if rule.parameter.slot not in replaced or _is_fixed(rule)]
        held += rules
    return held


def _is_fixed(rule: Rule) -> bool:
    return rule.is_enforced and not rule.may_relax


def _ordered(rules: Iterable[Rule]) -> list[Rule]:
    """Once each: the place's own before its country's, law before the industry, the house last."""
    once = {rule.id: rule for rule in rules}
    return sorted(once.values(), key=lambda rule: (rule.is_house, _is_code(rule), -rule.depth, rule.id))


def _is_code(rule: Rule) -> bool:
    return rule.layer in (model.Layer.CODE, model.Layer.CARRIER, model.Layer.PROVIDER)


def _place_hours(
    book: RuleBook, place: PlaceKey, local: list[Rule], common: list[Rule], asked: Asked
) -> PlaceHours:
    def speaks(rule: Rule) -> bool:
        return isinstance(rule.parameter, model.Hours) and rule.parameter.concerns(
            asked.message_class, asked.kind
        )

    is_silent = not any(
        isinstance(rule.parameter, model.Hours)
        and rule.is_enforced
        and asked.message_class in rule.parameter.classes
        for rule in local
    )
    found = [rule for rule in (*local, *common) if speaks(rule) and (is_silent or not rule.where_silent)]
    rules = tuple(
        (rule, rule.parameter) for rule in _ordered(found) if isinstance(rule.parameter, model.Hours)
    )
    return PlaceHours(country=place[0], region=place[1], name=book.place_name(*place), rules=rules)
