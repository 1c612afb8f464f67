"""The claim: due messages, their standings locked or compared, every other fact read after, the gate asked, all written.

One transaction of one worker. On PostgreSQL the locks come first and skip what others hold, so that a claim never waits
and a withdrawal never deadlocks with it. On SQLite the gate is asked before the one write lock is taken, and what
changed in between is left queued.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from yesword.domain import codec
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.facts import MessageFacts, SentFact
from yesword.domain.gate.pausing import CODE as REPUTATION
from yesword.domain.gate.pausing import is_held
from yesword.domain.ids import BrandId, ContactId, EventId, MessageId, bucket_of
from yesword.domain.messages import KINDS, MessageClass, MessageKind, MessageState
from yesword.domain.times import from_micros, to_micros
from yesword.sending.campaigns import PARKED, CampaignTexts
from yesword.sending.weighing import Background, Offer, Scales, Weighed, asks_for_consent, backgrounds
from yesword.sending.writing import Written, write_template, write_text
from yesword.store import contacts, leave_links, webhooks
from yesword.store.contacts import Contact, StandingRow
from yesword.store.database import Row, Session
from yesword.store.holds import held_for
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place
from yesword.store.webhooks import Notice, WebhookKind

LEASE: Final = timedelta(seconds=30)
_GROUPS: Final = (
    16  # buckets are claimed in groups, so that one contact is never claimed by two workers at once
)
_GROUP_LOCK: Final = 730_581_100


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimant:
    """Who claims. The token is new for each claim, so that a late record cannot touch a later one."""

    owner: str
    token: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """A due message as its row has it."""

    id: MessageId
    brand: int
    contact: ContactId
    program: int
    program_version: int
    campaign: int | None
    sender: int
    message_class: MessageClass
    kind: MessageKind
    subject: str
    categories: tuple[str, ...]
    language: str
    send_by: datetime | None
    planned_seq: int
    answers: int | None
    conversation_at: datetime | None
    trigger: str | None
    sealed_body: bytes | None
    occasion: str
    event_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Judged:
    """A due message with the gate's answer, and the seq under which it was given."""

    queued: Queued
    weighed: Weighed
    seq: int
    text: str
    number: str
    subject: str  # the person's random id
    sender: str
    account: int
    seal: Seal

    @property
    def decision(self) -> Decision:
        return self.weighed.decision


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Claimed:
    """A message that is ours to hand over, and nobody else's."""

    judged: Judged
    attempt: int
    at: datetime
    decision_digest: str  # SHA-256 of the decision as it is stored, in hexadecimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one claim took. `seen` counts all that it looked at: 0 means that nothing is due."""

    claimant: Claimant
    seen: int
    claimed: tuple[Claimed, ...] = ()


def claim(store: Store, scales: Scales, claimant: Claimant, at: datetime, limit: int) -> Claim:
    """Decide up to `limit` due messages, and take those that may go now."""
    if store.database.vendor == "sqlite":
        with store.database.read() as session:
            if held_for(session):
                return Claim(claimant=claimant, seen=0)
            rows = session.rows("due_messages", now=to_micros(at), first=0, last=1023, count=limit)
            judged = judge(store, session, scales, rows, at, lock=False)
        if not rows:
            return Claim(claimant=claimant, seen=0)
        fates = [_fate(store, scales, claimant, each, at) for each in judged]
        with store.database.write() as session:
            if held_for(session):
                return Claim(claimant=claimant, seen=0)
            return _write(store, session, claimant, _unchanged(session, fates), len(rows))
    return _claim_a_group(store, scales, claimant, at, limit)


def _claim_a_group(store: Store, scales: Scales, claimant: Claimant, at: datetime, limit: int) -> Claim:
    with store.database.read() as session:
        if session.first("due_messages", now=to_micros(at), first=0, last=1023, count=1) is None:
            return Claim(claimant=claimant, seen=0)
    width = 1024 // _GROUPS
    start = claimant.token % _GROUPS
    for step in range(_GROUPS):
        group = (start + step) % _GROUPS
        with store.database.write() as session:
            if held_for(session, lock=True):
                return Claim(claimant=claimant, seen=0)
            is_ours = session.first("try_group_lock", key=_GROUP_LOCK + group)
            if not is_ours or not is_ours[0]:
                continue
            first = group * width
            rows = session.rows(
                "take_due_messages", now=to_micros(at), first=first, last=first + width - 1, count=limit
            )
            if rows:
                judged = judge(store, session, scales, rows, at, lock=True)
                fates = [_fate(store, scales, claimant, each, at) for each in judged]
                return _write(store, session, claimant, fates, len(rows))
    return Claim(claimant=claimant, seen=0)


def judge(
    store: Store, session: Session, scales: Scales, rows: Sequence[Row], at: datetime, *, lock: bool
) -> list[Judged]:
    """Ask the gate about each message, those of one contact in order, so that caps count."""
    queued = [_queued(row) for row in rows]
    ids = {each.contact for each in queued}
    standings = contacts.standings(session, ids, lock=lock)
    people = contacts.read_many(store, session, standings)
    seals = store.vault.seals(standings)
    asking = {each.contact for each in queued if asks_for_consent(each.kind)}
    before = backgrounds(session, standings, at, asking=asking)
    scales.refresh()
    campaigns = CampaignTexts(each.campaign for each in queued)
    judged = []
    for each in queued:
        standing = standings.get(each.contact)
        person = people.get(each.contact)
        if standing is None or person is None:
            continue  # somebody writes this person's record just now: the next claim takes it
        one = _judge_one(scales, each, standing, person, seals, before[each.contact], campaigns, at)
        judged.append(one)
        if one.decision.verdict is Verdict.SEND:
            _remember(before[each.contact], one, at)
    return judged


def _remember(before: Background, judged: Judged, at: datetime) -> None:
    """A text that is about to go counts when the next one to the same person is judged."""
    queued = judged.queued
    if asks_for_consent(queued.kind):
        before.requests += 1
    if KINDS[queued.kind].counts:
        before.add(
            SentFact(
                at=at,
                program=judged.weighed.facts.program.id if judged.weighed.facts.program else None,
                subject=queued.subject,
                message_class=queued.message_class,
                event_at=queued.event_at,
            )
        )


def _judge_one(
    scales: Scales,
    queued: Queued,
    standing: StandingRow,
    person: Contact,
    seals: Mapping[ContactId, Seal],
    before: Background,
    campaigns: CampaignTexts,
    at: datetime,
) -> Judged:
    program = scales.program(queued.program, queued.program_version)
    sender = scales.sender(queued.sender)
    seal = seals.get(queued.contact)
    offer = Offer(
        brand=scales.brand(queued.brand),
        program=program,
        program_facts=scales.program_facts(program),
        sender=sender,
        campaign=queued.campaign,
        message=MessageFacts(
            message_class=queued.message_class,
            kind=queued.kind,
            categories=queued.categories,
            subject=queued.subject,
            planned_seq=queued.planned_seq,
            send_by=queued.send_by,
            answers=None if queued.answers is None else EventId(queued.answers),
            conversation_at=queued.conversation_at,
            trigger=queued.trigger,
            is_cancelled=campaigns.is_cancelled(queued.campaign),
            is_mixed=campaigns.is_mixed(queued.campaign),
            occasion=queued.occasion,
            event_at=queued.event_at,
        ),
    )
    state = standing.state
    if seal is None:
        written = Written(text="", weighed=scales.weigh(offer, person, state, before, "", at))
    elif queued.sealed_body is None:
        template = campaigns.template(queued.campaign, person.language)
        written = write_template(scales, offer, template, person, state, before, at)
    else:
        text = seal.open(queued.sealed_body, place("body", queued.id)).decode()
        written = write_text(scales, offer, text, person, state, before, at)
    weighed = written.weighed
    if campaigns.is_paused(queued.campaign) and weighed.decision.verdict is not Verdict.REFUSE:
        weighed = _parked(weighed, PARKED)
    elif is_held(weighed.decision):
        weighed = _parked(weighed, scales.pauses(offer)[0].held_until)
    return Judged(
        queued=queued,
        weighed=weighed,
        seq=standing.seq,
        text=written.text,
        number=person.number or "",
        subject=person.subject,
        sender=sender.facts.address,
        account=sender.account,
        seal=seal or Seal(bytes(32)),
    )


def _parked(weighed: Weighed, until: datetime) -> Weighed:
    """It stays in the queue, and loses nothing by it, until somebody resumes."""
    return replace(weighed, decision=replace(weighed.decision, verdict=Verdict.WAIT, not_before=until))


def _unchanged(session: Session, fates: Sequence["Fate"]) -> list["Fate"]:
    """Those whose record and whose row are as they were when the gate was asked."""
    ids = [fate.judged.queued.id for fate in fates]
    queued = {row[0] for row in session.rows("queued_of", ids=session.ids(ids))}
    seqs = contacts.standing_seqs(session, {fate.judged.queued.contact for fate in fates})
    return [
        fate
        for fate in fates
        if fate.judged.queued.id in queued and seqs.get(fate.judged.queued.contact) == fate.judged.seq
    ]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Fate:
    """What is to be written of one judged message. Made before the write lock is taken, which is held for long enough."""

    judged: Judged
    writes: tuple[tuple[str, dict[str, object]], ...]  # query, parameters
    claimed: Claimed | None = None
    refusal: Notice | None = None  # for others who want to hear of it


def _fate(store: Store, scales: Scales, claimant: Claimant, judged: Judged, at: datetime) -> Fate:
    bucket = bucket_of(judged.queued.id)
    own: dict[str, object] = {"bucket": bucket, "id": judged.queued.id}
    decision = judged.decision
    if decision.not_before is not None and decision.not_before >= PARKED:
        why = "paused" if decision.not_before == PARKED else REPUTATION
        parked = own | {"decision_id": None, "reason": why, "due_at": to_micros(decision.not_before)}
        return Fate(judged=judged, writes=(("postpone_message", parked),))
    body = decision.to_bytes()
    row = _decision_row(store, scales, judged, body)
    own |= {"decision_id": row["id"], "reason": _reason(decision)}
    if decision.verdict is Verdict.SEND:
        judged, links = _linked(store, judged, at)
        claimed = Claimed(
            judged=judged,
            attempt=store.ids.make(bucket),
            at=at,
            decision_digest=sha256(body).hexdigest(),
        )
        attempt: dict[str, object] = {
            "bucket": bucket,
            "id": claimed.attempt,
            "message_id": judged.queued.id,
            "account_id": judged.account,
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


def _refusal(scales: Scales, judged: Judged, at: datetime) -> Notice:
    queued = judged.queued
    program = scales.program(queued.program, queued.program_version)
    return webhooks.message_refused(
        queued.contact,
        judged.subject,
        queued.id,
        queued.kind.value,
        program.key if program else None,
        _reason(judged.decision),
        at,
    )


def _write(store: Store, session: Session, claimant: Claimant, fates: Sequence[Fate], seen: int) -> Claim:
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in _WRITES}
    for fate in fates:
        for name, row in fate.writes:
            rows[name].append(row)
    for name in _WRITES:
        session.many(name, rows[name])
    _tell_refused(store, session, fates)
    claimed = tuple(fate.claimed for fate in fates if fate.claimed is not None)
    return Claim(claimant=claimant, seen=seen, claimed=claimed)


def _tell_refused(store: Store, session: Session, fates: Sequence[Fate]) -> None:
    refused: dict[BrandId, list[Notice]] = {}
    for fate in fates:
        if fate.refusal is not None:
            refused.setdefault(BrandId(fate.judged.queued.brand), []).append(fate.refusal)
    for brand, notices in refused.items():
        if endpoints := webhooks.listening(session, brand, WebhookKind.MESSAGE_REFUSED):
            webhooks.tell(store, session, endpoints, notices, notices[0].at)


_WRITES: Final = (
    *("insert_decision", "claim_message", "insert_attempt", "insert_leave_link"),
    *("postpone_message", "refuse_message"),
)


def _linked(
    store: Store, judged: Judged, at: datetime
) -> tuple[Judged, tuple[tuple[str, dict[str, object]], ...]]:
    """The text with a link of its own where one is due, and what is to be written of it."""
    given = leave_links.give(judged.text)
    if given is None:
        return judged, ()
    text, word = given
    queued = judged.queued
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
    return replace(judged, text=text), (("insert_leave_link", row),)


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


def _reason(decision: Decision) -> str:
    return decision.reasons[0].code if decision.reasons else ""


def _final_state(decision: Decision) -> MessageState:
    return {"expired": MessageState.EXPIRED, "cancelled": MessageState.CANCELLED}.get(
        _reason(decision), MessageState.REFUSED
    )


def _queued(row: Row) -> Queued:
    return Queued(
        id=MessageId(row[0]),
        brand=row[1],
        contact=ContactId(row[2]),
        program=row[3],
        program_version=row[4],
        campaign=row[5],
        sender=row[6],
        message_class=MessageClass(row[7]),
        kind=MessageKind(row[8]),
        subject=row[9],
        categories=tuple(row[10].split("\n")) if row[10] else (),
        language=row[11],
        send_by=None if row[12] is None else from_micros(row[12]),
        planned_seq=row[13],
        answers=row[14],
        conversation_at=None if row[15] is None else from_micros(row[15]),
        trigger=row[16],
        sealed_body=None if row[17] is None else bytes(row[17]),
        occasion=row[19],
        event_at=None if row[20] is None else from_micros(row[20]),
    )
