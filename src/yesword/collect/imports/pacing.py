"""How much goes into one transaction, so that a STOP never waits for an import."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# For how long a transaction may work; making it durable comes on top, and takes as long for few rows as for many. On SQLite
# it keeps every other writer out; on PostgreSQL only who writes about the very same people waits for it.
HOLD_S: Final[Mapping[str, float]] = MappingProxyType({"sqlite": 0.012, "postgresql": 0.2})
MOST: Final = 1000
_FEWEST: Final = 20


class Pace:
    """How many rows fit into a transaction of that length, learnt from the last one."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self.size = 50

    def learn(self, rows: int, worked_s: float) -> None:
        if rows >= self.size:  # a last handful tells nothing
            fitting = rows * self._hold_s / max(worked_s, 0.001)
            self.size = round(min(MOST, max(_FEWEST, (self.size + fitting) / 2)))
