"""What people choose within what they allowed: fewer texts, other topics, a pause. Choices only ever narrow here.

Whoever has shown that the handset is theirs may widen them again: see `chosen`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.events import Preferences

PAUSE: Final = timedelta(days=30)
MONTH_DAYS: Final = 30


def paused(before: Preferences, at: datetime) -> Preferences:
    """Nothing for thirty days, or for as long as was chosen before."""
    until = at + PAUSE
    return replace(before, paused_until=max(until, before.paused_until or until))


def fewer(before: Preferences, count: int = 1, days: int = MONTH_DAYS) -> Preferences:
    """At most so many texts, unless even fewer were chosen before."""
    if before.count is not None and before.window_days is not None:
        is_fewer = before.count * days < count * before.window_days
        if is_fewer:
            return before
    return replace(before, count=count, window_days=days)


def without(before: Preferences, categories: tuple[str, ...]) -> Preferences:
    """None about these, nor about what was left out before."""
    return replace(before, without_categories=tuple(sorted({*before.without_categories, *categories})))
