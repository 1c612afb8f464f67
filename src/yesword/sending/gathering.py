"""Calls that each bring a little, stored together, by one thread: while one transaction runs, whoever comes waits for the next,
which takes all of them.

One by one, most of the time would go into beginning and ending; and a connection that always does the work knows where
everything is, while those of many threads would spoil what each other remembers.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from yesword.store.opening import Store

Item = TypeVar("Item")
Result = TypeVar("Result")

_IDLE_S: Final = 2.0  # then the thread ends, and its connections with it


@dataclass(eq=False, slots=True)
class _Brought(Generic[Item, Result]):
    account: int
    items: Sequence[Item]
    results: list[Result] = field(default_factory=list)
    error: BaseException | None = None
    is_done: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False, slots=True)
class _Lane(Generic[Item, Result]):
    """What waits for the thread that works on one store."""

    store: Store
    waiting: list[_Brought[Item, Result]] = field(default_factory=list)


class Gatherer(Generic[Item, Result]):
    """`work` says for each item of one account what became of it. What it raises reaches all whose items it had."""

    def __init__(self, work: Callable[[Store, int, Sequence[Item]], Sequence[Result]]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._lanes: dict[int, _Lane[Item, Result]] = {}  # by store

    def __call__(self, store: Store, account: int, items: Sequence[Item]) -> list[Result]:
        mine = _Brought[Item, Result](account, items)
        with self._changed:
            lane = self._lanes.get(id(store))
            if lane is None:
                lane = _Lane[Item, Result](store)
                threading.Thread(target=self._serve, args=(lane,), name="gathering", daemon=True).start()
                # Only now: nobody may wait for a thread that could not be started.
                self._lanes[id(store)] = lane
            lane.waiting.append(mine)
            self._changed.notify_all()
        mine.is_done.wait()
        if mine.error is not None:
            raise mine.error
        return mine.results

    def _serve(self, lane: _Lane[Item, Result]) -> None:
        try:
            while some := self._next(lane):
                for each in _alike(some):
                    self._do(lane.store, each)
        finally:
            lane.store.database.close()
            lane.store.vault.close()

    def _next(self, lane: _Lane[Item, Result]) -> Sequence[_Brought[Item, Result]]:
        """All that waits; nothing where nobody has come for a while."""
        with self._changed:
            self._changed.wait_for(lambda: lane.waiting, _IDLE_S)
            if not lane.waiting:
                del self._lanes[id(lane.store)]
            some, lane.waiting = lane.waiting, []
            return some

    def _do(self, store: Store, some: Sequence[_Brought[Item, Result]]) -> None:
        try:
            results = iter(self._work(store, some[0].account, [item for each in some for item in each.items]))
            for each in some:
                each.results = [next(results) for _ in each.items]
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            for each in some:
                each.error = error
        for each in some:
            each.is_done.set()


def _alike(waiting: Sequence[_Brought[Item, Result]]) -> list[list[_Brought[Item, Result]]]:
    """Those of one account together, in the order in which they came."""
    found: dict[int, list[_Brought[Item, Result]]] = {}
    for each in waiting:
        found.setdefault(each.account, []).append(each)
    return list(found.values())
