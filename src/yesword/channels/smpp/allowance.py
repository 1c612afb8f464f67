"""How many submits an account may write now. Pure: the clock is passed in."""

from typing import Final

_BURST_S: Final = 0.1  # what was not used of the last tenth of a second may be used at once


class Allowance:
    def __init__(self, per_second: float, now: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * _BURST_S)
        self._left = self._most
        self._at = now

    def room(self, now: float) -> int:
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._per_second)
        self._at = now
        return int(self._left)

    def spend(self, count: int) -> None:
        self._left -= count

    @property
    def next_in_s(self) -> float:
        """How long until one more may be written."""
        return max(0.0, (1.0 - self._left) / self._per_second)
