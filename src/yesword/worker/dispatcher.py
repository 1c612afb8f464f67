"""The dispatcher: feed, claim, hand over, record, in one thread that may be killed at any moment.

It also does what somebody must do now and then: apply delivery reports, let go of confirmations of stops, settle what a
dead worker left, look once a day at consents that grow old, and move verdicts on.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from yesword.channels.ports import Channel, Outcome, OutcomeStatus
from yesword.consent import journaling, restoring
from yesword.consent.refinding import hold_if_lost
from yesword.domain.errors import YeswordError
from yesword.domain.messages import MessageKind
from yesword.domain.rules import RuleBook
from yesword.privacy import erasing
from yesword.reporting import watching
from yesword.sending import (
    campaigns,
    deliveries,
    draining,
    gaps,
    halting,
    handing,
    recovery,
    renewal_rounds,
    report_ids,
    routing,
    verdicts,
)
from yesword.sending.claiming import Claim, claim
from yesword.sending.fates import Claimant
from yesword.sending.pacing import Pacer
from yesword.sending.weighing import Scales
from yesword.store import holds, models
from yesword.store.fullness import DiskFullError, is_full
from yesword.store.locality import owner_lock
from yesword.store.opening import Store
from yesword.telemetry.catalogue import CLAIMS, PACE, RESTS
from yesword.telemetry.tally import TALLY
from yesword.telemetry.tracing import Steps
from yesword.worker.lifeline import lifeline

log = structlog.get_logger("yesword.dispatcher")

_BATCH_S: Final = 0.05  # a claim takes what the channel takes in this time, so that a drain waits for little;
# of a carrier that answers later than that, what it takes until its first answer, which is waited for in any case
_CLAIM_S: Final = 0.06  # from the claim to its record, for a drain waits that long for what was claimed
_SMALLEST: Final = 50
_LARGEST: Final = 1000
_IDLE_S: Final = 0.05
_CHORES_EVERY_S: Final = 0.25
_REAP_EVERY_S: Final = 2.0
_COUNT_EVERY_S: Final = 300.0  # all people: that takes some tenths of a second a million
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
    pacer: Pacer = field(default_factory=Pacer)
    # How fast carrier and store are shows only as they work. What was claimed when a process dies is uncertain, and a
    # stop waits until the claim that has its text is recorded.
    _trusted: int = _SMALLEST
    _renewal_due: float = 0.0
    _watched_at: datetime | None = None
    _matched_at: datetime | None = None
    _away: dict[int, datetime | None] = field(default_factory=dict)
    _resting: dict[int, datetime] = field(
        default_factory=dict
    )  # accounts, and since when they rest without a break
    _renewals_at: datetime | None = None  # of consents: when to look again whether the daily round is due

    def send_due(self) -> int:
        """One claim, handed over and recorded. The number of messages it looked at."""
        with lifeline():
            # Under the timer: whoever renewed at most so long ago is dead before another host may settle its claim.
            if time.monotonic() >= self._renewal_due:
                recovery.renew(self.store, self.owner, self.clock())
                self._renewal_due = time.monotonic() + _RENEW_EVERY_S
            steps, began = Steps(), time.monotonic()
            with steps.step("claim"):
                batch = claim(
                    self.store,
                    self.scales,
                    Claimant(owner=self.owner, token=time.time_ns()),
                    self.clock(),
                    self._size(),
                    pacer=self.pacer,
                    rooms=self._rooms(),
                )
            if batch.claimed:
                with steps.step("hand_over"):
                    outcomes = handing.hand_over_claim(self.store, self.channels, batch, self.clock())
                with steps.step("record"):
                    handing.record(self.store, batch, outcomes, self.clock())
                self._trust(time.monotonic() - began)
                self._heed(batch, outcomes)
                self._follow_up(batch)
                TALLY.add(CLAIMS)
                steps.tell("send", seen=batch.seen, claimed=len(batch.claimed))
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
        self._tell_pace()
        moved = campaigns.feed(self.store, at)
        moved += self._match_reports(at)
        moved += deliveries.apply(self.store, at=self.clock())
        moved += draining.release(self.store, at)
        moved += halting.release(self.store, at)
        moved += self._lead_around(at)
        moved += self._watch(at)
        moved += self._renewals(at)
        moved += erasing.finish(self.store, at)
        for verdict in models.CampaignVerdict.objects.filter(is_done=False).select_related("campaign"):
            verdicts.advance(self.store, self.scales, verdict)
            moved += 1
        return moved

    def _match_reports(self, at: datetime) -> int:
        """Every few seconds: reports whose id is written in another way than the one that was given."""
        if self._matched_at is not None and at < self._matched_at + report_ids.EVERY:
            return 0
        self._matched_at = at
        return report_ids.match(self.store, at)

    def _watch(self, at: datetime) -> int:
        """Once a minute: whether too many leave, complain or cannot be reached; and bring back what may go on."""
        moved = watching.release(self.store, at)
        if self._watched_at is None or at >= self._watched_at + watching.EVERY:
            self._watched_at = at
            moved += watching.watch(self.store, at)
        return moved

    def _lead_around(self, at: datetime) -> int:
        """What waits for an account that has been away for long may go by another one."""
        self._resting = {
            account: self._resting.get(account, at)
            for account, channel in self.channels.items()
            if channel.rests_s > 0
        }
        away = frozenset(each for each, since in self._resting.items() if since <= at - routing.PATIENCE)
        return routing.lead_around(self.store, away, at) if away else 0

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
        next_count = time.monotonic() + _COUNT_EVERY_S
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
                gaps.look(self.store, self.clock())
                self._note_carriers()
                uncertain = recovery.reap(self.store, self.clock(), keep=self.owner)
                if uncertain:
                    log.warning("hand_overs_uncertain", messages=uncertain)
                next_reap = now + _REAP_EVERY_S
            if now >= next_count:
                if hold_if_lost(self.store, self.clock()):
                    log.error("look_ups_are_missing")
                next_count = time.monotonic() + _COUNT_EVERY_S
            if not seen and not moved:
                time.sleep(_IDLE_S)

    def _note_carriers(self) -> None:
        """Since when a carrier takes nothing: noted when it begins and when it is over."""
        at = self.clock()
        for account, channel in self.channels.items():
            is_away = channel.rests_s > 0
            if account in self._away and is_away == (self._away[account] is not None):
                continue  # noted; and at the first look in any case, for whoever noted it before may have died since
            self._away[account] = at if is_away else None
            gaps.note_away(self.store, account, self._away[account])

    def _meet_new_accounts(self) -> None:
        if self.connect is not None and models.Account.objects.count() != len(self.channels):
            for account, channel in self.connect(self.store).items():
                self.channels.setdefault(account, channel)

    def _tell_pace(self) -> None:
        for account, channel in self.channels.items():
            TALLY.put(PACE, channel.takes_per_second, str(account))
            TALLY.put(RESTS, channel.rests_s, str(account))

    def _trust(self, took_s: float) -> None:
        """Claim more next time, or less where a stop would have waited for long."""
        grown = self._trusted * _CLAIM_S / max(took_s, _CLAIM_S / 2)
        self._trusted = min(_LARGEST, max(_SMALLEST, int(grown)))

    def _size(self) -> int:
        rooms = sum(_room(channel) for channel in self.channels.values())
        return max(1, min(_LARGEST, self._trusted, rooms))

    def _rooms(self) -> dict[int, int]:
        """What each account takes in the time of one claim. For one that rests nothing is claimed: it stays queued."""
        return {
            account: 0 if channel.rests_s > 0 else _room(channel)
            for account, channel in self.channels.items()
        }

    def _heed(self, batch: Claim, outcomes: Sequence[Outcome]) -> None:
        """Once a lane, however many of its texts were throttled: they were all written before the first answer."""
        throttled = {each.message_id for each in outcomes if each.status is OutcomeStatus.THROTTLED}
        if throttled:
            for lane in {each.lane for each in batch.claimed if each.judged.queued.id in throttled}:
                self.pacer.throttled(lane, self.clock())

    def _is_resting(self) -> bool:
        return bool(self.channels) and all(channel.rests_s > 0 for channel in self.channels.values())


def _room(channel: Channel) -> int:
    return max(1, int(channel.takes_per_second * max(_BATCH_S, channel.answers_in_s)))


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
            headless=missing.headless,
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
        hold_if_lost(store, clock())
        gaps.look(store, clock())
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
