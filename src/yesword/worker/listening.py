"""Noting that somebody listens, account by account; and after a gap, fetching what was missed before texts go again.

A carrier with a list of what came in is asked for it. One without brings again what nobody took: then the gap is closed
when it has been quiet for a while; where the carrier calls in, and waits longer between its calls the longer nobody
answered, for as long as nobody did.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from yesword.channels.ports import ChannelError, Handler, InboundItem, Listens, Missed, MissedItems
from yesword.domain.errors import YeswordError
from yesword.sending import gaps
from yesword.sending.taking import take
from yesword.store.models import SendingHold
from yesword.store.opening import Store
from yesword.store.shared_clock import SharedClock
from yesword.worker import channels

log = structlog.get_logger("yesword.listening")

EVERY_S: Final = 3.0
_BATCH: Final = 200
_LONGEST_REST_S: Final = 300.0  # before a carrier that does not tell what came in is asked again
_MOST_COUNTED: Final = 10
_LONGEST_PAUSE_S: Final = 900.0  # between two calls of a provider: Vonage waits the longest of all


@dataclass(kw_only=True)
class Ear:
    """One account's: what listens, and when it was last disturbed."""

    account: int
    listens: object  # a receiver, or whatever else says `is_listening`
    take: Handler
    longest_pause_s: float = 0.0  # before the carrier brings again what nobody took
    up_since: float | None = None
    busy_at: float = field(default=float("-inf"))
    asked_in_vain: int = 0  # times in a row that a carrier did not tell what came in
    asks_again_at: float = field(default=float("-inf"))
    has_ended: bool = False

    def handle(self, items: list[InboundItem]) -> list[bool]:
        """For the receiver: the same as `take`, and notes that something came in."""
        self.busy_at = time.monotonic()
        verdicts = self.take(items)
        self.busy_at = time.monotonic()
        return verdicts

    @property
    def is_up(self) -> bool:
        """Whether the carrier can reach us now. What cannot tell is taken to listen as long as it runs."""
        if self.has_ended:
            return False
        return self.listens.is_listening if isinstance(self.listens, Listens) else True

    @property
    def may_ask(self) -> bool:
        """After each time in vain it waits longer."""
        return time.monotonic() >= self.asks_again_at

    def ask(self, carrier: Missed, since: datetime) -> MissedItems | None:
        """As `missed_since`."""
        self.asks_again_at = time.monotonic() + min(EVERY_S * 2**self.asked_in_vain, _LONGEST_REST_S)
        self.asked_in_vain = min(self.asked_in_vain + 1, _MOST_COUNTED)
        found = carrier.missed_since(since)
        self.asked_in_vain, self.asks_again_at = 0, float("-inf")
        return found

    def quiet_s(self) -> float:
        """For how long it has been up, with nothing coming in."""
        return 0.0 if self.up_since is None else time.monotonic() - max(self.up_since, self.busy_at)


def round_of(store: Store, ears: Iterable[Ear], at: datetime) -> None:
    """Note who listens, and close the gaps that can be closed."""
    for ear in ears:
        is_up = ear.is_up
        ear.up_since = (ear.up_since or time.monotonic()) if is_up else None
        gap = gaps.beat(store, ear.account, at, is_up=is_up)
        if gap is not None and is_up:
            _catch_up(store, ear, gap, at)


def _catch_up(store: Store, ear: Ear, gap: SendingHold, at: datetime) -> None:
    missed = None
    if isinstance(ear.listens, Missed):
        if not ear.may_ask:
            return
        missed = ear.ask(ear.listens, gaps.pull_since(gap))
    if missed is not None:
        # A text that had come before is the same text: its provider's id says so.
        if all(_take(ear, missed.items)):
            stopped = gaps.withdraw_blocked(store, ear.account, missed.opted_out, at)
            log.info("missed_texts_fetched", account=ear.account, texts=len(missed.items), blocked=stopped)
            gaps.close(store, gap, at, gaps.PULLED)
    elif (quiet_s := ear.quiet_s()) >= gaps.settle_time().total_seconds():
        away_s = (at - (gap.since or gap.began_at)).total_seconds() - quiet_s
        if quiet_s >= min(ear.longest_pause_s, away_s):
            gaps.close(store, gap, at, gaps.SETTLED)


def _take(ear: Ear, items: Sequence[InboundItem]) -> Iterable[bool]:
    for start in range(0, len(items), _BATCH):
        yield from ear.take(list(items[start : start + _BATCH]))


def run(
    store: Store, ears: Callable[[], Sequence[Ear]], stop: threading.Event, clock: Callable[[], datetime]
) -> None:
    """Until told to stop. What fails for one account is told, and tried again."""
    try:
        while not stop.is_set():
            try:
                for ear in ears():
                    _noted(store, ear, clock())
            except Exception:
                log.exception("listening_not_noted")
                store.database.close()
            stop.wait(EVERY_S)
    finally:
        store.database.close()
        store.vault.close()


def _noted(store: Store, ear: Ear, at: datetime) -> None:
    try:
        round_of(store, [ear], at)
    except ChannelError as error:
        log.warning("missed_texts_not_told", account=ear.account, code=error.code, reason=error.message)
    except Exception as error:
        log.exception("listening_not_noted", account=ear.account, code=type(error).__name__)
        store.database.close()


class Doors:
    """The ears of accounts whose carriers call in: as long as our pages are served, they can."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ears: dict[int, Ear] = {}

    def __call__(self) -> Sequence[Ear]:
        called = channels.called_in(self._store)
        for account, missed in called.items():
            ear = self._ears.get(account)
            if ear is None:
                ear = self._ears[account] = Ear(
                    account=account,
                    listens=missed,
                    take=partial(take, self._store, account),
                    longest_pause_s=_LONGEST_PAUSE_S,
                )
            ear.listens = missed  # as the account is set up by now
        return [ear for account, ear in self._ears.items() if account in called]


@contextlib.contextmanager
def at_the_door(store: Callable[[], Store]) -> Iterator[None]:
    """For the process that serves the pages: notes in a thread that carriers can call in.

    A store that cannot be opened yet is tried again: as long as it cannot, no call is taken either.
    """
    stop = threading.Event()

    def note() -> None:
        while not stop.is_set():
            try:
                opened = store()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                code = error.code if isinstance(error, YeswordError) else type(error).__name__
                log.error("store_not_opened", code=code)  # noqa: TRY400 - told every time, no traceback
                stop.wait(EVERY_S)
            else:
                run(opened, Doors(opened), stop, SharedClock(opened))

    thread = threading.Thread(target=note, name="listening", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(EVERY_S)
