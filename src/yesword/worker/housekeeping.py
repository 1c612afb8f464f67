"""The daily round of what must not be kept for ever, in a thread of its own: addresses, files, old texts, held proof.

What pages leave behind goes every minute: it is only kept for as long as it can still be answered. Contests close on time,
and what was done in the console gets its place in the log.

People who have been silent for long are not erased by it: that is somebody's decision, and `yesword privacy retain` does it.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.collect import contest_draws
from yesword.collect.forgetting import forget
from yesword.privacy import retaining
from yesword.proof import trail
from yesword.sending import dead_numbers, gone_numbers, inbound_parts, rereading
from yesword.store import models, sent_tallies
from yesword.store.opening import Store
from yesword.worker import opt_outs

log = structlog.get_logger("yesword.housekeeping")

EVERY: Final = timedelta(days=1)
_LOOK_EVERY_S: Final = 60.0


def is_due(at: datetime) -> bool:
    """Whether a day has passed since a round began, or one was stopped before its end."""
    newest = models.RetentionRun.objects.order_by("-pk").first()
    return newest is None or newest.ended_at is None or newest.started_at + EVERY <= at


def run(store: Store, has_ended: threading.Event, clock: Callable[[], datetime]) -> None:
    """Until told to stop. A chore that fails is told, and done the next time; the others are done all the same."""
    lists: set[tuple[str, int, int]] = set()  # dropped files that this process has read
    chores: Mapping[str, Callable[[datetime], object]] = {
        "forgetting": lambda at: forget(store, at),
        "trail": lambda at: trail.state(store, at) if trail.is_due(at) else None,
        "contests": lambda at: contest_draws.keep_time(store, at),
        "parts": lambda at: inbound_parts.purge(
            store, [each.key for each in models.Account.objects.all()], at
        ),
        "rereading": lambda at: rereading.read_again(store, at),
        "opt_outs": lambda at: opt_outs.ask_around(store, at),
        "gone_numbers": lambda at: gone_numbers.look(store, at, lists),
        "tallies": lambda at: _roll_up(store, at) if is_due(at) else None,
        "dead_numbers": lambda at: dead_numbers.sweep(store, at) if is_due(at) else None,
        # Last: once it has run, none of these is due until tomorrow.
        "retention": lambda at: _retain(store, at, has_ended) if is_due(at) else None,
    }
    try:
        while not has_ended.wait(_LOOK_EVERY_S):
            for name, chore in chores.items():
                try:
                    chore(clock())
                except Exception:
                    log.exception("housekeeping_failed", chore=name)
                    store.database.close()
    finally:
        store.database.close()
        store.vault.close()


def _roll_up(store: Store, at: datetime) -> None:
    with store.database.write() as session:
        sent_tallies.roll_up(session, at)


def _retain(store: Store, at: datetime, has_ended: threading.Event) -> None:
    retaining.run(store, at, is_stopped=has_ended.is_set, with_people=False)
