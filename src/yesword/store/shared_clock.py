"""One time for all machines that share a database: the database's own.

What a machine believes of the time decides when a text is due, stale or kept for the morning. Two machines whose clocks
differ must not decide it differently, and none may take a lease for over that another has just renewed.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import Error

from yesword.domain.times import from_micros
from yesword.store.opening import Store

ASK_EVERY_S: Final = 10.0
_TRIES: Final = 3
_EXACT_S: Final = 0.02  # from the question to the answer: so far behind the time may be, and never ahead
_USEFUL_S: Final = 0.25


class SharedClock:
    """The time by the database. Between two looks this machine only counts on, by a count that nobody can set.

    On SQLite all processes are on one machine, and its clock is everybody's.
    """

    def __init__(self, store: Store, count: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._count = count
        self._known: tuple[datetime, float] | None = None  # what time it was at which count
        self._asked_at = 0.0  # the count of the last look, whatever came of it

    def __call__(self) -> datetime:
        if self._store.database.vendor == "sqlite":
            return datetime.now(UTC)
        known = self._known
        if known is None or self._count() - self._asked_at > ASK_EVERY_S:
            known = self._known = self._asked(known)
            self._asked_at = self._count()
        at, count = known
        return at + timedelta(seconds=self._count() - count)

    def _asked(self, known: tuple[datetime, float] | None) -> tuple[datetime, float]:
        """While the database does not answer, time goes on as it was known: whatever comes next will say what is wrong.

        So it does while it answers late. Whoever is stopped for seconds between the question and the answer cannot tell when
        in between it was given.
        """
        try:
            took_s, found = min(self._looks(), key=lambda look: look[0])
        except Error:
            if known is None:
                raise
            return known
        return found if known is None or took_s <= _USEFUL_S else known

    def _looks(self) -> Iterator[tuple[float, tuple[datetime, float]]]:
        """Up to the first that is exact."""
        for _ in range(_TRIES):
            before = self._count()
            with self._store.database.read() as session:
                row = session.first("server_clock")
            after = self._count()
            assert row is not None
            yield after - before, (from_micros(row[0]), after)  # never ahead: it was given by then
            if after - before <= _EXACT_S:
                return
