"""A set of packs: what is in it, how packs descend from each other, and between which days nothing in it changes."""

import functools
import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final, Self

from yesword.domain.errors import YeswordError
from yesword.domain.hours import zone
from yesword.domain.rules.loader import read_packs, shipped_packs
from yesword.domain.rules.model import Pack, Rule
from yesword.domain.rules.model.content import Label

FOREVER: Final = datetime.max.replace(tzinfo=UTC)
ALWAYS_BEFORE: Final = datetime.min.replace(tzinfo=UTC)


class UnknownRuleError(YeswordError):
    """There is no rule or pack "{id}". `yesword rules list` names them all."""

    code = "unknown_rule"


class RuleBook:
    """Two books with the same packs are equal, in whatever order these were given."""

    __slots__ = ("_by_id", "_starts", "digest", "labels", "packs", "plans")

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(sorted(packs, key=lambda pack: pack.id))
        self._by_id = {pack.id: pack for pack in self.packs}
        self.digest = _digest(self.packs)
        days = {day for pack in self.packs for rule in pack.rules for day in rule.borders}
        self._starts = tuple(sorted(days))
        self.labels = tuple(
            sorted(
                {
                    (rule.parameter.literal, rule.parameter.position.value)
                    for pack in self.packs
                    for rule in pack.rules
                    if isinstance(rule.parameter, Label)
                }
            )
        )
        self.plans: dict[Any, tuple[Any, ...]] = {}  # the gate's, compiled from these packs and no others

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
        if pack_id not in self._by_id:
            raise UnknownRuleError(id=pack_id)
        return self._by_id[pack_id]

    def rule(self, rule_id: str) -> Rule:
        for pack in self.packs:
            for rule in pack.rules:
                if rule.id == rule_id:
                    return rule
        raise UnknownRuleError(id=rule_id)

    def place_name(self, country: str, region: str | None) -> str:
        """What the packs call a place; its code where no pack is about it alone."""
        own = [
            pack
            for pack in self.packs
            if pack.reach.has_place(country, region) and len(pack.reach.countries) < 2
        ]
        deepest = max(own, key=lambda pack: len(self.lineage(pack)), default=None)
        return deepest.name if deepest else region or country

    def lineage(self, pack: Pack) -> tuple[Pack, ...]:
        """Root first."""
        above = self.lineage(self._by_id[pack.parent]) if pack.parent in self._by_id else ()
        return (*above, pack)

    def lineages(
        self, country: str, region: str | None, *, may_be_any_region: bool = False
    ) -> Iterator[tuple[Pack, ...]]:
        """The lineages that speak about a place, each root first.

        Somebody who is somewhere in a country, nobody knows where, may be in any of its regions, and in none that has
        a pack of its own.
        """
        found = [pack for pack in self.packs if pack.reach.has_place(country, region)]
        inner = {above.id for pack in found for above in self.lineage(pack)[:-1]}
        lines = [self.lineage(pack) for pack in found if pack.id not in inner]
        if may_be_any_region and region is None:
            regions = (pack for pack in self.packs if (pack.reach.region or "").startswith(f"{country}-"))
            lines += [self.lineage(pack) for pack in regions]
        return iter(lines)

    def day(self, at: datetime, zone_name: str) -> date:
        """The day of the law at a moment: that of the calendar where the person is."""
        return at.astimezone(zone(zone_name)).date()

    def stretch(self, at: datetime, zones: Iterable[str]) -> tuple[datetime, datetime]:
        """Since when, and until when, the same rules are in force as at this moment, wherever in these zones."""
        since, until = ALWAYS_BEFORE, FOREVER
        for name in zones:
            index = bisect_right(self._starts, at, key=functools.partial(_midnight, zone_name=name))
            if index:
                since = max(since, _midnight(self._starts[index - 1], name))
            if index < len(self._starts):
                until = min(until, _midnight(self._starts[index], name))
        return since, until

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleBook) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@functools.cache
def _shipped_book() -> RuleBook:
    return RuleBook(shipped_packs())


def _digest(packs: Iterable[Pack]) -> str:
    lines = "".join(f"{pack.id} {pack.digest}\n" for pack in packs)
    return hashlib.sha256(lines.encode()).hexdigest()


def _midnight(day: date, zone_name: str) -> datetime:
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)
