"""The gate's answer to each due message: every fact read, those of one person in order, and the text as it would go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yesword.domain.decisions import Decision, Verdict
from yesword.domain.facts import MessageFacts, SentFact
from yesword.domain.gate.pausing import is_held
from yesword.domain.ids import ContactId, EventId
from yesword.domain.messages import KINDS
from yesword.sending.campaigns import PARKED, CampaignTexts
from yesword.sending.due import Queued
from yesword.sending.weighing import Background, Offer, Scales, Weighed, asks_for_consent, backgrounds
from yesword.sending.writing import Written, write_template, write_text
from yesword.store import contacts
from yesword.store.contacts import Contact, StandingRow
from yesword.store.database import Row, Session
from yesword.store.holds import FREE, Held
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place


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
    due = [Queued.of(row) for row in rows]
    ids = {each.contact for each in due}
    standings = contacts.standings(session, ids, lock=lock)
    people = contacts.read_many(store, session, standings)
    seals = store.vault.seals(standings)
    asking = {each.contact for each in due if asks_for_consent(each.kind)}
    before = backgrounds(session, standings, at, asking=asking)
    scales.refresh()
    campaigns = CampaignTexts(each.campaign for each in due)
    judged = []
    for each in due:
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
