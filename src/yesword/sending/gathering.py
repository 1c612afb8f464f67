"""Calls that each bring a little, stored together: while one transaction runs, whoever comes waits for the next, which takes
all of them. One by one, most of the time would go into beginning and ending.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from yesword.store.opening import Store

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(eq=False, slots=True)
class _Brought(Generic[Item, Result]):
    store: Store
    account: int
    items: Sequence[Item]
    results: list[Result] = field(default_factory=list)
    is_done: bool = False


class Gatherer(Generic[Item, Result]):
    """`work` says for each item of one account what became of it. `lost` stands for those of whom it could say nothing."""

    def __init__(self, work: Callable[[Store, int, Sequence[Item]], Sequence[Result]], lost: Result) -> None:
        self._work = work
        self._lost = lost
        self._changed = threading.Condition()
        self._waiting: list[_Brought[Item, Result]] = []
        self._is_working = False

    def __call__(self, store: Store, account: int, items: Sequence[Item]) -> list[Result]:
        """Whoever comes while nobody works does it for all who wait. What it raises reaches whoever did the work."""
        mine = _Brought[Item, Result](store, account, items)
        with self._changed:
            self._waiting.append(mine)
            while self._is_working and not mine.is_done:
                self._changed.wait()
            if mine.is_done:
                return mine.results
            self._is_working = True
            waiting, self._waiting = self._waiting, []
        try:
            for some in _alike(waiting):
                self._do(some)
        finally:
            with self._changed:
                for each in waiting:
                    if not each.is_done:
                        each.results, each.is_done = [self._lost] * len(each.items), True
                self._is_working = False
                self._changed.notify_all()
        return mine.results

    def _do(self, some: Sequence[_Brought[Item, Result]]) -> None:
        results = iter(
            self._work(some[0].store, some[0].account, [item for each in some for item in each.items])
        )
        for each in some:
            each.results = [next(results) for _ in each.items]
            each.is_done = True


def _alike(waiting: Sequence[_Brought[Item, Result]]) -> list[list[_Brought[Item, Result]]]:
    """Those of one account together, in the order in which they came."""
    found: dict[tuple[int, int], list[_Brought[Item, Result]]] = {}
    for each in waiting:
        found.setdefault((id(each.store), each.account), []).append(each)
    return list(found.values())
