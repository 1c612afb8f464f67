"""The dispatcher: feed, claim, hand over, record, in one thread that may be killed at any moment.

It also does what somebody must do now and then: apply delivery reports, let go of forgotten confirmations, settle what a
dead worker left, look once a day at consents that grow old, and move verdicts on.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from yesword.channels.ports import Channel
from yesword.consent import journaling, restoring
from yesword.domain.errors import YeswordError
from yesword.domain.messages import MessageKind
from yesword.domain.rules import RuleBook
from yesword.privacy import erasing
from yesword.reporting import watching
from yesword.sending import audience, campaigns, deliveries, draining, handing, recovery, renewal_rounds
from yesword.sending.claiming import Claim, Claimant, claim
from yesword.sending.weighing import Scales
from yesword.store import holds, models
from yesword.store.fullness import DiskFullError, is_full
from yesword.store.locality import owner_lock
from yesword.store.opening import Store
from yesword.worker.lifeline import lifeline

log = structlog.get_logger("yesword.dispatcher")

_BATCH_S: Final = 0.05  # a claim takes what the channel takes in this time, so that a drain waits for little
_SMALLEST: Final = 50
_LARGEST: Final = 1000
_IDLE_S: Final = 0.05
_CHORES_EVERY_S: Final = 0.25
_REAP_EVERY_S: Final = 2.0
_RENEW_EVERY_S: Final = 5.0
_ROUNDS_EVERY: Final = timedelta(minutes=1)
_ROOM_EVERY_S: Final = 5.0

Clock = Callable[[], datetime]


class AlreadyDispatchingError(YeswordError):
    """Another dispatcher already works on the store in {folder}. A SQLite store has one; stop the other first."""

    code = "already_dispatching"


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Dispatcher:
    store: Store
    scales: Scales
    channels: dict[int, Channel]
    owner: str
    connect: Callable[[Store], Mapping[int, Channel]] | None = None  # for accounts that are added meanwhile
    clock: Clock = utc_now
    # Grows with each claim: how fast a carrier is shows only in its answers, and what was claimed when a process
    # dies is uncertain.
    _trusted: int = _SMALLEST
    _renewal_due: float = 0.0
    _watched_at: datetime | None = None
    _renewals_at: datetime | None = None  # of consents: when to look again whether the daily round is due

    def send_due(self) -> int:
        """One claim, handed over and recorded. The number of messages it looked at."""
        with lifeline():
            # Under the timer: whoever renewed at most so long ago is dead before another host may settle its claim.
            if time.monotonic() >= self._renewal_due:
                recovery.renew(self.store, self.owner, self.clock())
                self._renewal_due = time.monotonic() + _RENEW_EVERY_S
            batch = claim(
                self.store,
                self.scales,
                Claimant(owner=self.owner, token=time.time_ns()),
                self.clock(),
                self._size(),
            )
            if batch.claimed:
                outcomes = handing.hand_over_claim(self.store, self.channels, batch, self.clock())
                handing.record(self.store, batch, outcomes, self.clock())
                self._follow_up(batch)
        return batch.seen

    def _follow_up(self, batch: Claim) -> None:
        """Who was just reminded of a consent that silence keeps has it kept; what is missed here, a round finds."""
        queued = (each.judged.queued for each in batch.claimed)
        reminded = [(each.brand, each.contact) for each in queued if each.kind is MessageKind.RENEWAL]
        if reminded:
            renewal_rounds.follow_up(self.store, self.scales, reminded, self.clock())

    def settle(self, limit: int = 100_000) -> None:
        """Send all that is due now, as tests and the story do."""
        self.chores()
        for _ in range(limit):
            if not self.send_due() and not self.chores():
                return

    def chores(self) -> int:
        """The small rounds. The number of rows that they moved."""
        at = self.clock()
        self._meet_new_accounts()
        moved = campaigns.feed(self.store, at)
        moved += deliveries.apply(self.store)
        moved += draining.release_forgotten(self.store, at)
        moved += self._watch(at)
        moved += self._renewals(at)
        moved += erasing.finish(self.store, at)
        for verdict in models.CampaignVerdict.objects.filter(is_done=False).select_related("campaign"):
            audience.advance(self.store, self.scales, verdict)
            moved += 1
        return moved

    def _watch(self, at: datetime) -> int:
        """Once a minute: whether too many leave, complain or cannot be reached; and bring back what may go on."""
        moved = watching.release(self.store, at)
        if self._watched_at is None or at >= self._watched_at + watching.EVERY:
            self._watched_at = at
            moved += watching.watch(self.store, at)
        return moved

    def _renewals(self, at: datetime) -> int:
        """The daily rounds, page by page; whether one is due is looked up once a minute."""
        if self._renewals_at is not None and at < self._renewals_at:
            return 0
        looked_at = renewal_rounds.advance(self.store, self.scales, at)
        self._renewals_at = None if looked_at else at + _ROUNDS_EVERY
        return looked_at

    def run(self, is_over: Callable[[], bool]) -> None:
        """Work until told to stop; what was claimed by then is handed over and recorded."""
        next_chores = next_reap = 0.0
        while not is_over():
            seen = 0
            if not self._is_resting():
                seen = self.send_due()
            now = time.monotonic()
            moved = 0
            if now >= next_chores:
                moved = self.chores()
                next_chores = time.monotonic() + (0 if moved else _CHORES_EVERY_S)
            if now >= next_reap:
                hold_if_restored(self.store, self.clock())
                uncertain = recovery.reap(self.store, self.clock(), keep=self.owner)
                if uncertain:
                    log.warning("hand_overs_uncertain", messages=uncertain)
                next_reap = now + _REAP_EVERY_S
            if not seen and not moved:
                time.sleep(_IDLE_S)

    def _meet_new_accounts(self) -> None:
        if self.connect is not None and models.Account.objects.count() != len(self.channels):
            for account, channel in self.connect(self.store).items():
                self.channels.setdefault(account, channel)

    def _size(self) -> int:
        rate = sum(channel.takes_per_second for channel in self.channels.values())
        size = max(1, min(_LARGEST, self._trusted, int(rate * _BATCH_S)))
        self._trusted = min(_LARGEST, self._trusted * 2)
        return size

    def _is_resting(self) -> bool:
        return bool(self.channels) and all(channel.rests_s > 0 for channel in self.channels.values())


def hold_if_restored(store: Store, at: datetime) -> None:
    """A store that was put back from a backup does not know who has stopped since: nothing is sent from it."""
    with store.database.read() as session:
        if holds.RESTORED in holds.held_for(session):
            return
    if missing := restoring.forgotten(store):
        log.error(
            "store_is_older_than_its_journal",
            stops=missing.stops,
            erasures=missing.erasures,
            logs=missing.logs,
        )
        with store.database.write() as session:
            holds.hold(session, holds.RESTORED, at)


@contextlib.contextmanager
def dispatching(
    store: Store,
    channels: Mapping[int, Channel],
    rules: RuleBook,
    clock: Clock = utc_now,
    connect: Callable[[Store], Mapping[int, Channel]] | None = None,
) -> Iterator[Dispatcher]:
    """A dispatcher with its owner lock, known to the store; on SQLite the only one."""
    with contextlib.ExitStack() as stack:
        if store.database.vendor == "sqlite":
            try:
                stack.enter_context(owner_lock(store.run, "dispatcher"))
            except BlockingIOError:
                raise AlreadyDispatchingError(folder=store.folder) from None
        owner = recovery.new_owner()
        stack.enter_context(owner_lock(store.run, owner))
        recovery.enrol(store, owner, clock())
        recovery.reap(store, clock(), keep=owner)
        hold_if_restored(store, clock())
        journaling.catch_up(store, clock())
        yield Dispatcher(
            store=store,
            scales=Scales(rules),
            channels=dict(channels),
            owner=owner,
            clock=clock,
            connect=connect,
        )
        recovery.leave(store, owner)


def keep_dispatching(
    store: Store,
    channels: Callable[[Store], Mapping[int, Channel]],
    rules: RuleBook,
    rest: Callable[[float], bool],
    clock: Clock = utc_now,
) -> None:
    """Send what is due until told to stop, and nothing at all while the disk is full.

    What could not be written down is not known to have gone: it is uncertain, is never sent again, and whoever starts
    anew settles it so. `rest` waits for at most so many seconds, and says whether it is over.
    """
    is_told = False
    while not rest(0):
        try:
            with dispatching(store, channels(store), rules, clock, channels) as dispatcher:
                is_told = False
                dispatcher.run(lambda: rest(0))
                return
        except Exception as error:
            if not is_full(error):
                raise
            store.database.close()
            store.vault.close()
            if not is_told:
                said = DiskFullError()
                log.error("disk_full_so_nothing_is_sent", code=said.code, reason=said.message)  # noqa: TRY400 - the sentence says it all
                is_told = True
            rest(_ROOM_EVERY_S)
