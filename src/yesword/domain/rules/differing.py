"""How two days differ in law: the rules that come into force, end, are no longer stayed, or give way to another.

Pure: it reads the packs and their dates, and asks nobody about a text. What the change means for people and messages on
record is asked in `sending.repercussions`.
"""

import enum
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yesword.domain.errors import YeswordError
from yesword.domain.rules.book import ALWAYS_BEFORE, FOREVER, RuleBook
from yesword.domain.rules.model import Pack, Rule, Status
from yesword.domain.rules.resolve import settle

_DAY = timedelta(days=1)


class TurnedDaysError(YeswordError):
    """{since} is not before {until}. Give the earlier day first: --from {until} --to {since}."""

    code = "turned_days"


class Change(enum.StrEnum):
    COMES = "comes"  # into force
    UNSTAYED = "unstayed"  # into force, for its stay is over
    ENDS = "ends"
    REPLACED = "replaced"  # ends, and another rule of the pack on the same matter follows it that day
    GIVES_WAY = "gives_way"  # is in force still, but a child pack's rule stands for it in that lineage
    RETURNS = "returns"  # speaks in the lineage again, for what stood for it has ended


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """`on` is the first day on which it is so."""

    on: date
    change: Change
    rule: Rule
    lineage: str = ""  # the leaf pack of the lineage in which it gives way or returns
    others: tuple[str, ...] = ()  # the rules that follow it, stand for it, or stood for it


def differences(
    book: RuleBook, since: date, until: date, packs: Collection[str] = ()
) -> Iterator[Difference]:
    """Every change after `since`, up to and with `until`, in the order of the days. With `packs`, theirs only."""
    if since >= until:
        raise TurnedDaysError(since=since, until=until)
    wanted = {book.pack(pack).id for pack in packs} or {pack.id for pack in book.packs}
    borders = {pack.id: {day for rule in pack.rules for day in rule.borders} for pack in book.packs}
    for day in sorted(day for day in set().union(*borders.values()) if since < day <= until):
        for pack in book.packs:
            if pack.id in wanted:
                yield from _within(pack, day)
        moving = {pack for pack, days in borders.items() if day in days}
        for line in _lines(book, moving):
            yield from (each for each in _along(line, day) if _packs_of(each, book) & wanted)


class LawOf(RuleBook):
    """The same packs, but at every moment those rules are in force that are on one day."""

    __slots__ = ("_day",)

    def __init__(self, book: RuleBook, day: date) -> None:
        super().__init__(book.packs)
        self._day = day

    def day(self, at: datetime, zone_name: str) -> date:
        del at, zone_name
        return self._day

    def stretch(self, at: datetime, zones: Iterable[str]) -> tuple[datetime, datetime]:
        del at, zones
        return ALWAYS_BEFORE, FOREVER


def _within(pack: Pack, day: date) -> Iterator[Difference]:
    began = [rule for rule in pack.rules if rule.is_in_force(day) and not rule.is_in_force(day - _DAY)]
    for rule in pack.rules:
        if rule in began:
            is_freed = rule.status is Status.STAYED and rule.stayed_until == day
            yield Difference(on=day, change=Change.UNSTAYED if is_freed else Change.COMES, rule=rule)
        elif rule.is_in_force(day - _DAY) and not rule.is_in_force(day):
            followers = tuple(
                each.id
                for each in began
                if each.parameter.slot == rule.parameter.slot and each.when == rule.when
            )
            change = Change.REPLACED if followers else Change.ENDS
            yield Difference(on=day, change=change, rule=rule, others=followers)


def _lines(book: RuleBook, moving: AbstractSet[str]) -> Iterator[tuple[Pack, ...]]:
    """The lineage of each pack that inherits, if any of its packs changes."""
    for pack in book.packs:
        line = book.lineage(pack)
        if len(line) > 1 and any(each.id in moving for each in line):
            yield line


def _along(line: tuple[Pack, ...], day: date) -> Iterator[Difference]:
    """Rules of parents that speak in the lineage on one of the two days only, although they are in force on both."""
    before = {rule.id: rule for rule in settle(line, day - _DAY)}
    after = {rule.id: rule for rule in settle(line, day)}
    if before.keys() == after.keys():
        return
    for rule in (rule for pack in line[:-1] for rule in pack.rules):
        if (rule.id in before) == (rule.id in after):
            continue
        if not (rule.is_in_force(day) and rule.is_in_force(day - _DAY)):
            continue
        came, went = (after, before) if rule.id in before else (before, after)
        others = tuple(
            each.id
            for each in came.values()
            if each.id not in went and each.parameter.slot == rule.parameter.slot
        )
        change = Change.GIVES_WAY if rule.id in before else Change.RETURNS
        yield Difference(on=day, change=change, rule=rule, lineage=line[-1].id, others=others)


def _packs_of(difference: Difference, book: RuleBook) -> set[str]:
    return {difference.lineage, difference.rule.pack, *(book.rule(each).pack for each in difference.others)}
