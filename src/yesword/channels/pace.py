"""How fast a carrier takes texts, and when to try one again that is away. Pure: the clock is passed in."""

import random
from collections.abc import Callable
from typing import Final

_SLOWEST: Final = 0.1  # texts a second: something must go out, or nothing could ever be learnt


class Pace:
    """An estimate of what a carrier takes a second, never above what the account allows.

    Learnt from the spread of the answers within one hand-over, not from its whole length: a distant carrier that
    answers a whole window 100 ms later is not slow. Answers that come all at once say nothing against the
    allowed rate, so the estimate grows back. How long the first answer takes is learnt beside it: what a carrier
    takes in that time can be under way at once.
    """

    def __init__(self, allowed_per_s: float) -> None:
        self._allowed = max(allowed_per_s, _SLOWEST)
        self._estimate = self._allowed
        self._first_s = 0.0

    @property
    def per_second(self) -> float:
        return self._estimate

    @property
    def answers_in_s(self) -> float:
        """0 as long as nothing is known."""
        return self._first_s

    def learn(self, *, after_first: int, spread_s: float, first_s: float = 0.0) -> None:
        """`first_s` after the beginning came the first answers, and in the `spread_s` after them `after_first` more."""
        self._first_s = first_s
        grown = self._estimate * 2
        measured = after_first / spread_s if spread_s > 0 and after_first else grown
        self._estimate = max(_SLOWEST, min(self._allowed, measured, grown))

    def slow_down(self) -> None:
        """The carrier throttled."""
        self._estimate = max(_SLOWEST, self._estimate / 2)


class Backoff:
    """Doubling pauses with jitter, so that many workers do not knock at the same moment."""

    def __init__(
        self, *, first_s: float = 0.1, most_s: float = 5.0, jitter: Callable[[], float] = random.random
    ) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._jitter = jitter
        self._failures = 0
        self._until = 0.0

    def failed(self, now: float) -> float:
        """Note a failure at `now`; returns the pause in seconds."""
        pause = min(self._most_s, self._first_s * 2.0 ** min(self._failures, 30)) * (0.5 + self._jitter() / 2)
        self._failures += 1
        self._until = now + pause
        return pause

    def succeeded(self) -> None:
        self._failures = 0
        self._until = 0.0

    def rests_s(self, now: float) -> float:
        return max(0.0, self._until - now)
