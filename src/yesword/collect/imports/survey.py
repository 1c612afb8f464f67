"""The first reading of a file: which rows can be taken, and which one counts where several have the same number.

A few numbers a row are all that is kept, so that a million rows fit anywhere. Stops come first in the second reading
because they are known from the first; and because rows are weighed and not just met, their order makes no difference.
"""

from array import array
from collections.abc import Callable, Iterator
from enum import IntEnum

from yesword.collect.imports.claims import Claim, Custom, Judged, fingerprint, interpret, judge, rank
from yesword.collect.imports.headings import Layout
from yesword.collect.imports.reading import Record, Source
from yesword.domain.errors import YeswordError
from yesword.domain.phone import NumberKind, PhoneNumber

Refuse = Callable[[Record, YeswordError], None]
Tick = Callable[[int], None]


class _Fate(IntEnum):
    REFUSED = 0
    DUPLICATE = 1
    STOP = 2
    CLAIM = 3


class Survey:
    """What became of each row in the first reading, by its number among the rows."""

    def __init__(self) -> None:
        self._fates = bytearray()
        self._digits = array("Q")
        self._plans = array("H")  # which country and kind of number
        self._plan_numbers: dict[tuple[str, NumberKind], int] = {}
        self._known_plans: list[tuple[str, NumberKind]] = []
        self._ranks = array("Q")
        self._ties = array("Q")
        self._best: dict[int, int] = {}

    @property
    def rows(self) -> int:
        return len(self._fates)

    @property
    def duplicates(self) -> int:
        return self._fates.count(_Fate.DUPLICATE)

    @property
    def stops(self) -> int:
        return self._fates.count(_Fate.STOP)

    @property
    def claims(self) -> int:
        return self._fates.count(_Fate.CLAIM)

    def refuse(self) -> None:
        self._add(_Fate.REFUSED, 0, 0, 0, 0)

    def take(self, record: Record, judged: Judged) -> None:
        number = judged.number
        digits = int(number.e164[1:])
        plan = self._plan_numbers.setdefault((number.country, number.kind), len(self._known_plans))
        if plan == len(self._known_plans):
            self._known_plans.append((number.country, number.kind))
        self._add(
            _Fate.STOP if judged.is_opt_out else _Fate.CLAIM, digits, plan, rank(judged), fingerprint(record)
        )
        mine = len(self._fates) - 1
        other = self._best.setdefault(digits, mine)
        if other != mine:
            mine_is_better = (self._ranks[mine], self._ties[mine]) > (self._ranks[other], self._ties[other])
            better, worse = (mine, other) if mine_is_better else (other, mine)
            self._best[digits] = better
            self._fates[worse] = _Fate.DUPLICATE

    def _add(self, fate: _Fate, digits: int, plan: int, weight: int, tie: int) -> None:
        self._fates.append(fate)
        self._digits.append(digits)
        self._plans.append(plan)
        self._ranks.append(weight)
        self._ties.append(tie)

    def _number(self, place: int) -> PhoneNumber:
        country, kind = self._known_plans[self._plans[place]]
        return PhoneNumber(e164=f"+{self._digits[place]}", country=country, kind=kind)

    def stops_again(self, source: Source, layout: Layout, custom: Custom) -> Iterator[Claim]:
        return self._again(_Fate.STOP, source, layout, custom)

    def claims_again(self, source: Source, layout: Layout, custom: Custom) -> Iterator[Claim]:
        return self._again(_Fate.CLAIM, source, layout, custom)

    def _again(self, fate: _Fate, source: Source, layout: Layout, custom: Custom) -> Iterator[Claim]:
        if fate not in self._fates:
            return
        for record in source.records():
            place = record.number - 1
            if self._fates[place] == fate:
                yield interpret(record, layout, custom, self._number(place))


def survey(source: Source, layout: Layout, custom: Custom, refuse: Refuse, tick: Tick) -> Survey:
    """Read every row once. `refuse` hears of those that cannot be taken, `tick` of how many more were read."""
    found = Survey()
    for record in source.records():
        try:
            found.take(record, judge(record, layout, custom))
        except YeswordError as error:
            found.refuse()
            refuse(record, error)
        if record.number % 1000 == 0:
            tick(1000)
    return found
