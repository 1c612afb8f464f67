"""The one gate to the networks: the only function that hands texts to a channel, and the record of what became of them."""

import time
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.channels.errors import CarrierError
from yesword.channels.ports import RECALLED, Channel, HandOver, Outcome, OutcomeStatus
from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.messages import KINDS, STARTED_BY_US, MessageState
from yesword.domain.times import to_micros
from yesword.sending import carrier_stops, dead_numbers, handed, routing
from yesword.sending.claiming import Claim
from yesword.sending.fates import Claimed
from yesword.store import holds, limits, sent_tallies
from yesword.store.database import Vendor
from yesword.store.handed import Attempted
from yesword.store.opening import Store
from yesword.store.sent_tallies import Sent
from yesword.telemetry.catalogue import CARRIER_ERRORS, HANDED_OVER, OUTCOMES
from yesword.telemetry.tally import TALLY

log = structlog.get_logger("yesword.handing")

_AGAIN_AFTER: Final = timedelta(seconds=1)
_OPTED_OUT: Final = "opted_out"
_PATIENCE_S: Final = 6.0  # for writing; with the longest wait for answers it stays below the lifeline


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What became of a batch, counted."""

    sent: int = 0
    failed: int = 0
    given_back: int = 0
    uncertain: int = 0


def hand_over(
    channel: Channel, approved: Sequence[HandOver], recall: Callable[[], Container[int]]
) -> Iterator[Outcome]:
    """Everything that goes to a phone goes through here. A `HandOver` cannot be made without a decision to send."""
    return channel.submit(approved, recall=recall)


def hand_over_claim(
    store: Store, channels: Mapping[int, Channel], claim: Claim, at: datetime
) -> list[Outcome]:
    """Hand over what a claim took, account by account. What a withdrawal called back in time is given back
    at once; the other outcomes are the caller's to record.

    A carrier that is slow is given no more after a few seconds: what is not written by then is for a later claim, so
    that whoever hands over is never at it for longer than its lease allows.
    """
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + _PATIENCE_S
    by_account: dict[int, list[Claimed]] = {}
    for claimed in claim.claimed:
        by_account.setdefault(claimed.judged.account, []).append(claimed)
    for account, group in by_account.items():
        approved = [
            HandOver(
                message_id=each.judged.queued.id,
                attempt_id=each.attempt,
                sender=each.judged.sender,
                number=each.judged.number,
                text=each.judged.text,
                decision=each.judged.decision,
            )
            for each in group
        ]
        if time.monotonic() > deadline or account not in channels:
            # Another account was slow, or this one is newer than we are: not written, and for a later claim.
            outcomes += [Outcome.of(each, OutcomeStatus.UNWRITTEN) for each in approved]
            continue
        TALLY.add(HANDED_OVER, str(account), by=len(approved))
        for outcome in hand_over(channels[account], approved, _recall(store, claim, deadline)):
            if outcome.error_code == RECALLED:
                record(store, claim, [outcome], at)  # at once: a drain waits for it
            else:
                outcomes.append(outcome)
    return outcomes


def _recall(store: Store, claim: Claim, deadline: float) -> Callable[[], frozenset[int]]:
    """Which of the claim's messages a withdrawal has called back, or a halt; asked at most every five milliseconds.

    A withdrawal marks its messages, so that they are cancelled. Those that a halt calls back go back into the queue, and
    so does all that is not written at the deadline.
    """
    whole = frozenset(each.judged.queued.id for each in claim.claimed)
    asked_at = float("-inf")
    known: frozenset[int] = frozenset()

    def recall() -> frozenset[int]:
        nonlocal asked_at, known
        if time.monotonic() > deadline:
            return whole
        if time.monotonic() - asked_at > 0.005:
            with store.database.read() as session:
                rows = session.rows(
                    "recalled_of_claim", owner=claim.claimant.owner, claim_token=claim.claimant.token
                )
                valve = holds.held(session)
            asked_at, known = time.monotonic(), frozenset(row[0] for row in rows)
            if valve:
                known |= _halted(claim, valve)
        return known

    return recall


def _halted(claim: Claim, valve: holds.Held) -> frozenset[int]:
    return frozenset(
        each.judged.queued.id
        for each in claim.claimed
        if valve.reasons or valve.scope_of(each.judged.account, each.judged.queued.brand)
    )


def record(store: Store, claim: Claim, outcomes: Sequence[Outcome], at: datetime) -> Told:
    """Write down what became of a claim, only where it is still ours; what was written is logged in any case."""
    claimed: dict[int, Claimed] = {each.judged.queued.id: each for each in claim.claimed}
    refused = [(claimed[each.message_id], each) for each in outcomes if each.status is OutcomeStatus.REFUSED]
    detours = routing.detours(store, refused) if refused else {}
    became = _Became(token=claim.claimant.token, vendor=store.database.vendor, at=at)
    for outcome in outcomes:
        became.add(claimed[outcome.message_id], outcome, detours.get(outcome.message_id))
    prepared = handed.prepare(became.written)
    with store.database.write() as session:
        for name, group in became.rows.items():
            session.many(name, group)
        sent_tallies.add(session, became.sent)
        limits.count(session, became.unused)
        handed.log(store, session, claim.claimant.owner, prepared, at)
        carrier_stops.note(store, session, became.stopped, at)
    # Apart: it takes locks in an order of its own. What a crash leaves here, the daily sweep finds.
    dead_numbers.judge(store, became.dead, at)
    _count(claimed, outcomes)
    _tell_refusals(refused)
    return Told(**became.counts)


_GIVEN_BACK: Final = "given_back"
_COUNTED: Final = {
    OutcomeStatus.ACCEPTED: "sent",
    OutcomeStatus.REFUSED: "failed",
    OutcomeStatus.THROTTLED: _GIVEN_BACK,
    OutcomeStatus.UNWRITTEN: _GIVEN_BACK,
    OutcomeStatus.UNKNOWN: "uncertain",
}
_STATES: Final = {
    "sent": MessageState.SENT,
    "failed": MessageState.FAILED,
    "uncertain": MessageState.UNCERTAIN,
}
_ROWS: Final = (
    *("end_attempt", "record_message", "give_back_message", "reroute_message", "insert_provider_ref"),
)


@dataclass(kw_only=True, slots=True)
class _Became:
    """What became of a claim, text by text, as it is written down."""

    token: int
    vendor: Vendor
    at: datetime
    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: {name: [] for name in _ROWS})
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_STATES, 0) | {_GIVEN_BACK: 0})
    written: list[Attempted] = field(default_factory=list)
    stopped: list[ContactId] = field(default_factory=list)
    dead: list[ContactId] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    unused: Counter[limits.CappedDay] = field(default_factory=Counter)

    def add(self, each: Claimed, outcome: Outcome, detour: routing.Detour | None) -> None:
        if (attempted := handed.written(each, outcome)) is not None:
            self.written.append(attempted)
        self.rows["end_attempt"].append(
            {
                "bucket": bucket_of(outcome.message_id),
                "id": outcome.attempt_id,
                "outcome": outcome.status.value,
                "provider_id": outcome.provider_id,
                "error_code": outcome.error_code,
                "ended_at": to_micros(self.at),
            }
        )
        may_repeat = KINDS[each.judged.queued.kind].may_repeat
        is_again = outcome.status is OutcomeStatus.UNKNOWN and may_repeat
        name = _GIVEN_BACK if detour is not None or is_again else _COUNTED[outcome.status]
        self.counts[name] += 1
        if detour is not None:
            self.rows["reroute_message"].append(self._own(outcome) | detour.row(self.at))
        elif name == _GIVEN_BACK:
            self._give_back(each, outcome)
        else:
            self._end(each, outcome, _STATES[name])

    def _give_back(self, each: Claimed, outcome: Outcome) -> None:
        was_written = outcome.status is OutcomeStatus.UNKNOWN
        if not was_written:
            self.unused.subtract(each.days)
        due_at = to_micros(self.at + _wait(outcome))
        own = self._own(outcome)
        self.rows["give_back_message"].append(own | {"due_at": due_at, "was_written": int(was_written)})

    def _end(self, each: Claimed, outcome: Outcome, state: MessageState) -> None:
        queued = each.judged.queued
        self.rows["record_message"].append(
            self._own(outcome)
            | {
                "state": state.value,
                "reason": outcome.error_code or "",
                "meaning": None if outcome.meaning is None else outcome.meaning.value,
                "ended_at": to_micros(self.at),
            }
        )
        if queued.kind in STARTED_BY_US:
            self.sent.append(_tallied(each, sent_tallies.slot_of(self.vendor, bucket_of(queued.id))))
        if outcome.provider_id is not None:
            self.rows["insert_provider_ref"].append(
                {
                    "account_id": each.judged.account,
                    "provider_id": outcome.provider_id,
                    "bucket": bucket_of(outcome.message_id),
                    "message_id": outcome.message_id,
                    "attempt_id": outcome.attempt_id,
                }
            )
        if outcome.meaning is CarrierError.OPTED_OUT or outcome.error_code == _OPTED_OUT:
            self.stopped.append(queued.contact)
        elif outcome.meaning in dead_numbers.PERMANENT:
            self.dead.append(queued.contact)

    def _own(self, outcome: Outcome) -> dict[str, object]:
        """Names the message, as long as it is ours."""
        return {
            "bucket": bucket_of(outcome.message_id),
            "id": outcome.message_id,
            "claim_token": self.token,
        }


def _tell_refusals(refused: Sequence[tuple[Claimed, Outcome]]) -> None:
    """What carriers say beside their codes, once for each code of an account: it may tell how to mend it."""
    of_code = Counter((each.judged.account, outcome.error_code) for each, outcome in refused)
    said = {
        (each.judged.account, outcome.error_code): outcome.error_text for each, outcome in reversed(refused)
    }
    for (account, code), count in of_code.items():
        log.info("texts_refused", account=account, code=code, said=said[account, code], count=count)


def _count(claimed: Mapping[int, Claimed], outcomes: Sequence[Outcome]) -> None:
    accounts = [str(claimed[each.message_id].judged.account) for each in outcomes]
    known = Counter((account, each.status.value) for account, each in zip(accounts, outcomes, strict=True))
    meant = Counter(
        (account, each.meaning.value)
        for account, each in zip(accounts, outcomes, strict=True)
        if each.meaning is not None
    )
    for figure, found in ((OUTCOMES, known), (CARRIER_ERRORS, meant)):
        for labels, number in found.items():
            TALLY.add(figure, *labels, by=number)


def _tallied(each: Claimed, slot: int) -> Sent:
    queued = each.judged.queued
    return sent_tallies.sent(
        at=each.at,
        slot=slot,
        brand=queued.brand,
        sender=queued.sender,
        program=queued.program,
        campaign=queued.campaign,
    )


def _wait(outcome: Outcome) -> timedelta:
    return _AGAIN_AFTER if outcome.status is not OutcomeStatus.UNKNOWN else timedelta(0)
