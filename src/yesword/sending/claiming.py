"""The claim: due messages, their standings locked or compared, every other fact read after, the gate asked, all written.

Which lanes of the queue may go, and how much of each, is settled before a row is read: what must wait for its turn stays
as it is. One transaction of one worker. On PostgreSQL the locks come first and skip what others hold, so that a claim never waits
and a withdrawal never deadlocks with it. On SQLite the gate is asked before the one write lock is taken, and what
changed in between is left queued.
"""

from collections import Counter
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
from yesword.domain.lanes import Lane
from yesword.domain.messages import KINDS, MessageClass, MessageKind, MessageState
from yesword.domain.pacing import Round
from yesword.domain.times import from_micros, to_micros
from yesword.sending.campaigns import PARKED, CampaignTexts
from yesword.sending.pacing import Pacer
from yesword.sending.weighing import Background, Offer, Scales, Weighed, asks_for_consent, backgrounds
from yesword.sending.writing import Written, write_template, write_text
from yesword.store import confirm_links, contacts, leave_links, webhooks
from yesword.store.contacts import Contact, StandingRow
from yesword.store.database import Row, Session
from yesword.store.holds import APART, FREE, HELD_APART, Held, held
from yesword.store.limits import CappedDay
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place
from yesword.store.webhooks import Notice, WebhookKind
from yesword.telemetry.catalogue import DECISIONS
from yesword.telemetry.tally import TALLY

LEASE: Final = timedelta(seconds=30)
_GROUPS: Final = (
    16  # buckets are claimed in groups, so that one contact is never claimed by two workers at once
)
_GROUP_LOCK: Final = 730_581_100
_LANE, _DUE_AT = 23, 22  # columns of a due message
_BEFORE_ALL: Final = -(1 << 62)
ANY_ROOM: Final[Mapping[int, int]] = {}  # every account takes whatever there is


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
    planned_at: datetime


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
    lane: Lane
    days: tuple[CappedDay, ...] = ()  # that it counts for, until it comes back


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one claim took. `seen` counts all that it looked at: 0 means that nothing is due."""

    claimant: Claimant
    seen: int
    claimed: tuple[Claimed, ...] = ()


def claim(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    at: datetime,
    limit: int,
    *,
    pacer: Pacer | None = None,
    rooms: Mapping[int, int] = ANY_ROOM,
) -> Claim:
    """Decide up to `limit` due messages, of those that the pacer lets go now, and take what the gate lets go too.

    `rooms`: how many texts an account takes now, where that is known.
    """
    pacer = pacer or Pacer()
    if store.database.vendor == "sqlite":
        with store.database.read() as session:
            valve = held(session)
            lanes = () if valve.reasons else due_lanes(session, at)
            rows = _take(session, pacer.round(session, lanes, rooms, at), lanes, at, limit) if lanes else []
            judged = judge(store, session, scales, rows, at, lock=False, valve=valve) if rows else []
        if not rows:
            return Claim(claimant=claimant, seen=0)
        fates = _fates(store, scales, claimant, pacer, judged, rows, at)
        with store.database.write() as session:
            if held(session) != valve:
                return Claim(claimant=claimant, seen=0)  # the next claim looks anew
            return _write(store, session, claimant, pacer, _unchanged(session, fates), len(rows), at)
    return _claim_a_group(store, scales, claimant, at, limit, pacer, rooms)


def _claim_a_group(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    at: datetime,
    limit: int,
    pacer: Pacer,
    rooms: Mapping[int, int],
) -> Claim:
    with store.database.read() as session:
        lanes = due_lanes(session, at)
        free = pacer.round(session, lanes, rooms, at) if lanes else None
    by_group: dict[int, list[Lane]] = {}
    for lane in lanes:
        if free is not None and free.room(lane) >= 1:
            by_group.setdefault(lane.group, []).append(lane)
    width = 1024 // _GROUPS
    for group in _in_turn(by_group, claimant.token):
        with store.database.write() as session:
            valve = held(session, lock=True)
            if valve.reasons:
                return Claim(claimant=claimant, seen=0)
            is_ours = session.first("try_group_lock", key=_GROUP_LOCK + group)
            if not is_ours or not is_ours[0]:
                continue
            buckets = group * width, (group + 1) * width - 1
            own = by_group[group]
            sharing = pacer.round(session, own, rooms, at, lock=True)
            rows = _take(session, sharing, own, at, limit, buckets)
            if rows:
                judged = judge(store, session, scales, rows, at, lock=True, valve=valve)
                fates = _fates(store, scales, claimant, pacer, judged, rows, at)
                return _write(store, session, claimant, pacer, fates, len(rows), at)
    return Claim(claimant=claimant, seen=0)


def _in_turn(by_group: Mapping[int, Sequence[Lane]], token: int) -> list[int]:
    """Groups with something urgent first; the others from another one each time."""
    return sorted(
        by_group,
        key=lambda group: (
            not any(lane.is_urgent for lane in by_group[group]),
            (group - token) % _GROUPS,
        ),
    )


def due_lanes(session: Session, at: datetime) -> Sequence[Lane]:
    """The lanes in which something is due."""
    return [Lane.of_number(row[0]) for row in session.rows("due_lanes", now=to_micros(at))]


def _take(
    session: Session,
    sharing: Round,
    lanes: Sequence[Lane],
    at: datetime,
    limit: int,
    buckets: tuple[int, int] | None = None,
) -> list[Row]:
    """Up to `limit` rows, as they are shared out among the lanes; what one does not use goes to the others.

    With `buckets`, under a lock. In the order of urgency and age, as the texts of one person are judged.
    """
    rows: list[Row] = []
    last: dict[Lane, tuple[int, int]] = {}
    urgency = {lane.number: lane.priority for lane in lanes}
    used_up: set[Lane] = set()
    while len(rows) < limit:
        shares = sharing.share([lane for lane in lanes if lane not in used_up], limit - len(rows))
        if not shares:
            break
        for lane, count in shares.items():
            after_due_at, after_id = last.get(lane, (_BEFORE_ALL, 0))
            which = {"lane": lane.number, "now": to_micros(at), "count": count}
            which |= {"after_due_at": after_due_at, "after_id": after_id}
            if buckets is None:
                found = session.rows("due_messages", **which)
            else:
                found = session.rows("take_due_messages", first=buckets[0], last=buckets[1], **which)
            rows += found
            if len(found) == count:
                last[lane] = found[-1][_DUE_AT], found[-1][0]
            else:
                used_up.add(lane)
                sharing.give_back(lane, count - len(found))
    rows.sort(key=lambda row: (urgency[row[_LANE]], row[_DUE_AT], row[0]))
    return rows


def judge(
    store: Store,
    session: Session,
    scales: Scales,
    rows: Sequence[Row],
    at: datetime,
    *,
    lock: bool,
    valve: Held = FREE,
) -> list[Judged]:
    """Ask the gate about each message, those of one contact in order, so that caps count.

    What may go and belongs to a held account or brand waits apart until it is let go.
    """
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
        if valve.scopes and one.decision.verdict is Verdict.SEND:
            scope = valve.scope_of(one.account, each.brand)
            one = one if scope is None else replace(one, weighed=_parked(one.weighed, scope.held_until))
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
            send_by=_useful_until(queued, at),
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


def _useful_until(queued: Queued, at: datetime) -> datetime | None:
    """Its own end, or else the house rule for its kind, which counts only once it is over: until then such a text waits
    for hours and caps as one without an end of its own.
    """
    if queued.send_by is not None:
        return queued.send_by
    is_over = at > (end := queued.planned_at + KINDS[queued.kind].useful_for)
    return end if is_over else None


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


def _fates(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    pacer: Pacer,
    judged: Sequence[Judged],
    rows: Sequence[Row],
    at: datetime,
) -> list[Fate]:
    numbers = {row[0]: row[_LANE] for row in rows}
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
    own |= {"decision_id": row["id"], "reason": _reason(decision)}
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
        _reason(judged.decision),
        at,
    )


def _write(
    store: Store,
    session: Session,
    claimant: Claimant,
    pacer: Pacer,
    fates: Sequence[Fate],
    seen: int,
    at: datetime,
) -> Claim:
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in _WRITES}
    for fate in fates:
        for name, row in fate.writes:
            rows[name].append(row)
    for name in _WRITES:
        session.many(name, rows[name])
    _tell_refused(store, session, fates)
    _count(fates)
    claimed = tuple(fate.claimed for fate in fates if fate.claimed is not None)
    pacer.spend(session, (each.lane for each in claimed), at)
    return Claim(claimant=claimant, seen=seen, claimed=claimed)


def _count(fates: Sequence[Fate]) -> None:
    decisions = (each.judged.decision for each in fates)
    for (verdict, code), number in Counter((each.verdict.value, _reason(each)) for each in decisions).items():
        TALLY.add(DECISIONS, verdict, code, by=number)


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
    "insert_confirm_link",
    *("postpone_message", "refuse_message"),
)


def _linked(
    store: Store, judged: Judged, at: datetime
) -> tuple[Judged, tuple[tuple[str, dict[str, object]], ...]]:
    """The text with links of its own where they are due, and what is to be written of them."""
    text, queued, writes = judged.text, judged.queued, []
    if (given := leave_links.give(text)) is not None:
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
    if request is not None and queued.program is not None and (given := confirm_links.give(text)) is not None:
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
        planned_at=from_micros(row[21]),
    )
