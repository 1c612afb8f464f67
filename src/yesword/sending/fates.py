"""What becomes of each message that was judged: all that is to be written of it. Made before the write lock is taken, which
is held for long enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from yesword.domain import codec
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.gate.pausing import CODE as REPUTATION
from yesword.domain.ids import bucket_of
from yesword.domain.lanes import Lane
from yesword.domain.messages import MessageKind, MessageState
from yesword.domain.times import to_micros
from yesword.sending.campaigns import PARKED
from yesword.sending.due import lane_of
from yesword.sending.judging import Judged
from yesword.sending.pacing import Pacer
from yesword.sending.weighing import Scales
from yesword.store import confirm_links, leave_links, webhooks
from yesword.store.database import Row
from yesword.store.holds import APART, HELD_APART
from yesword.store.limits import CappedDay
from yesword.store.opening import Store
from yesword.store.sealing import place
from yesword.store.webhooks import Notice

LEASE: Final = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimant:
    """Who claims. The token is new for each claim, so that a late record cannot touch a later one."""

    owner: str
    token: int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Claimed:
    """A message that is ours to hand over, and nobody else's."""

    judged: Judged
    attempt: int
    at: datetime
    decision_digest: str  # SHA-256 of the decision as it is stored, in hexadecimal
    lane: Lane
    days: tuple[CappedDay, ...] = ()  # that it counts for, until it comes back


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Fate:
    """What is to be written of one judged message. Made before the write lock is taken, which is held for long enough."""

    judged: Judged
    writes: tuple[tuple[str, dict[str, object]], ...]  # query, parameters
    claimed: Claimed | None = None
    refusal: Notice | None = None  # for others who want to hear of it


def fates(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    pacer: Pacer,
    judged: Sequence[Judged],
    rows: Sequence[Row],
    at: datetime,
) -> list[Fate]:
    numbers = {row[0]: lane_of(row) for row in rows}
    lanes = {number: Lane.of_number(number) for number in set(numbers.values())}
    days = {number: pacer.days(lane, at) for number, lane in lanes.items()}
    found = []
    for each in judged:
        number = numbers[each.queued.id]
        found.append(_fate(store, scales, claimant, each, lanes[number], days[number], at))
    return found


def _fate(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    judged: Judged,
    lane: Lane,
    days: tuple[CappedDay, ...],
    at: datetime,
) -> Fate:
    bucket = bucket_of(judged.queued.id)
    own: dict[str, object] = {"bucket": bucket, "id": judged.queued.id}
    decision = judged.decision
    if decision.not_before is not None and decision.not_before >= PARKED:
        why = _why_parked(decision.not_before)
        parked = own | {"decision_id": None, "reason": why, "due_at": to_micros(decision.not_before)}
        return Fate(judged=judged, writes=(("postpone_message", parked),))
    body = decision.to_bytes()
    row = _decision_row(store, scales, judged, body)
    own |= {"decision_id": row["id"], "reason": reason(decision)}
    if decision.verdict is Verdict.SEND:
        judged, links = _linked(store, judged, at)
        claimed = Claimed(
            judged=judged,
            attempt=store.ids.make(bucket),
            at=at,
            decision_digest=sha256(body).hexdigest(),
            lane=lane,
            days=days,
        )
        attempt: dict[str, object] = {
            "bucket": bucket,
            "id": claimed.attempt,
            "message_id": judged.queued.id,
            "account_id": judged.account,
            "sender_id": judged.queued.sender,
            "owner": claimant.owner,
            "claim_token": claimant.token,
            "claimed_at": to_micros(at),
        }
        claim_row = own | _claim_fields(claimant, judged, at)
        writes = (("insert_decision", row), ("claim_message", claim_row), ("insert_attempt", attempt))
        return Fate(judged=judged, writes=(*writes, *links), claimed=claimed)
    if decision.verdict is Verdict.WAIT:
        assert decision.not_before is not None
        waiting = own | {"due_at": to_micros(decision.not_before)}
        return Fate(judged=judged, writes=(("insert_decision", row), ("postpone_message", waiting)))
    refused = own | {"state": _final_state(decision).value, "ended_at": to_micros(at)}
    both = (("insert_decision", row), ("refuse_message", refused))
    return Fate(judged=judged, writes=both, refusal=_refusal(scales, judged, at))


def _why_parked(until: datetime) -> str:
    if until == PARKED:
        return "paused"
    return HELD_APART if until >= APART else REPUTATION


def _refusal(scales: Scales, judged: Judged, at: datetime) -> Notice:
    queued = judged.queued
    program = scales.program(queued.program, queued.program_version)
    return webhooks.message_refused(
        queued.contact,
        judged.subject,
        queued.id,
        queued.kind.value,
        program.key if program else None,
        reason(judged.decision),
        at,
    )


def _linked(
    store: Store, judged: Judged, at: datetime
) -> tuple[Judged, tuple[tuple[str, dict[str, object]], ...]]:
    """The text with links of its own where they are due, and what is to be written of them."""
    text, queued, writes = judged.text, judged.queued, []
    if (given := leave_links.LINKS.give(text)) is not None:
        text, word = given
        row = leave_links.row(
            store,
            word,
            brand=queued.brand,
            program=queued.program,
            contact=queued.contact,
            message=queued.id,
            campaign=queued.campaign,
            at=at,
        )
        writes.append(("insert_leave_link", row))
    request = queued.answers if queued.kind is MessageKind.CONSENT_REQUEST else None
    if (
        request is not None
        and queued.program is not None
        and (given := confirm_links.LINKS.give(text)) is not None
    ):
        text, word = given
        row = confirm_links.row(
            store,
            word,
            brand=queued.brand,
            program=queued.program,
            contact=queued.contact,
            message=queued.id,
            request=request,
            at=at,
        )
        writes.append(("insert_confirm_link", row))
    return (replace(judged, text=text) if writes else judged), tuple(writes)


def _claim_fields(claimant: Claimant, judged: Judged, at: datetime) -> dict[str, object]:
    # Anew even where there is one: a line may have come to it.
    body = judged.seal.close(judged.text.encode(), place("body", judged.queued.id))
    text = judged.weighed.facts.text
    return {
        "owner": claimant.owner,
        "claim_token": claimant.token,
        "lease_until": to_micros(at + LEASE),
        "sealed_body": body,
        "segments": text.segments if text else None,
        "handed_at": to_micros(at),
    }


def _decision_row(store: Store, scales: Scales, judged: Judged, body: bytes) -> dict[str, object]:
    bucket = bucket_of(judged.queued.id)
    return {
        "bucket": bucket,
        "id": store.ids.make(bucket),
        "message_id": judged.queued.id,
        "at": to_micros(judged.decision.at),
        "verdict": judged.decision.verdict.value,
        "body": body,
        "facts": codec.dumps(judged.weighed.facts),
        "versions": scales.versions,
    }


def reason(decision: Decision) -> str:
    return decision.reasons[0].code if decision.reasons else ""


def _final_state(decision: Decision) -> MessageState:
    return {"expired": MessageState.EXPIRED, "cancelled": MessageState.CANCELLED}.get(
        reason(decision), MessageState.REFUSED
    )
