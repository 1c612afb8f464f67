"""What a carrier has brought and nobody has taken yet: stops first, whatever came before them.

A stop may not wait behind a thousand answers to a question. What the same number wrote before it goes with it, in the order
in which it came, or somebody who joins and leaves again at once would be left joined.
"""

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

TEXTS: Final = 50  # taken at once, and then acknowledged: a stop that comes meanwhile waits so long
MOST: Final = (
    500  # reports, or texts of whoever stops: all stops are committed before the first of them is drained
)

Each = TypeVar("Each")


class Waiting(Generic[Each]):
    """`number_of` says who wrote, the same of every spelling of a number, and None of a report."""

    def __init__(self, number_of: Callable[[Each], str | None], is_urgent: Callable[[Each], bool]) -> None:
        self._number_of = number_of
        self._is_urgent = is_urgent
        self._all: list[tuple[Each, str | None]] = []
        self._urgent: set[str | None] = set()  # numbers

    def __len__(self) -> int:
        return len(self._all)

    @property
    def has_urgent(self) -> bool:
        return bool(self._urgent)

    def add(self, brought: Iterable[Each]) -> None:
        for each in brought:
            number = self._number_of(each)
            self._all.append((each, number))
            if self._is_urgent(each):
                self._urgent.add(number)

    def next(self) -> list[Each]:
        """What is to be taken now, in the order in which it came: what is of whoever stops, or else what came first."""
        room = {True: MOST if self._urgent else TEXTS, False: MOST}
        taken: list[Each] = []
        rest: list[tuple[Each, str | None]] = []
        for each, number in self._all:
            is_text = number is not None
            if room[is_text] and (not self._urgent or number in self._urgent):
                room[is_text] -= 1
                taken.append(each)
            else:
                rest.append((each, number))
        self._all = rest
        self._urgent &= {number for _, number in rest}
        return taken
