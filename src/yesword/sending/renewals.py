"""Which consents are due to be renewed, by the gate's own terms, and what the person was told about them so far.

Nothing is changed here: the daily step is in `renewal_rounds`, what follows from a yes or a no in `reacting`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.consent import Reminder
from yesword.domain.facts import MessageFacts
from yesword.domain.gate import Term, terms
from yesword.domain.ids import ContactId, EventId, MessageId, ProgramId, bucket_of
from yesword.domain.messages import MessageKind, MessageState, without_link_words
from yesword.domain.programs import Program
from yesword.domain.rules.model.consent import OnSilence
from yesword.domain.state import ConsentState, Grant
from yesword.domain.times import from_micros
from yesword.sending.weighing import Background, Offer, Scales, backgrounds
from yesword.store import contacts, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place

PAGE: Final = 500
ANSWER_COUNTS: Final = timedelta(days=30)  # house rule: so long a yes or a no answers a reminder
_NOT_TOLD: Final = (MessageState.REFUSED, MessageState.CANCELLED, MessageState.EXPIRED)
_REACHED: Final = (MessageState.SENT, MessageState.DELIVERED)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Told:
    """One text that reminds somebody of a consent, queued or gone."""

    id: MessageId
    contact: ContactId
    program: ProgramId
    grant: EventId
    state: MessageState
    language: str
    created_at: datetime
    handed_at: datetime | None
    sealed_body: bytes | None

    def reminder(self, seal: Seal) -> Reminder:
        assert self.handed_at is not None
        assert self.sealed_body is not None
        return Reminder(
            message=self.id,
            text=without_link_words(seal.open(self.sealed_body, place("body", self.id)).decode()),
            language=self.language,
            handed_at=self.handed_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Outlook:
    """How long one consent still holds, by which rules, and what the person was told about it."""

    person: Contact
    program: Program
    state: ConsentState
    before: Background
    grant: Grant
    terms: tuple[Term, ...]
    told: tuple[Told, ...] = ()

    def due(self, at: datetime) -> tuple[Term, ...]:
        """Those for which the time has come to remind or to ask, the earliest end first."""
        found = [term for term in self.terms if term.notice_at <= at]
        if not any(term.binds for term in found):
            return ()
        return tuple(sorted(found, key=lambda term: (term.over_at, term.rule.id)))

    def on_silence(self, at: datetime) -> OnSilence:
        """What becomes of the consent when nobody answers: it ends if any rule says so, else stays if any does.

        A rule that only wants the next text to reconfirm leaves that open.
        """
        meant = {term.on_silence for term in self.due(at)}
        return next(
            (each for each in (OnSilence.LAPSE, OnSilence.KEEP) if each in meant), OnSilence.RECONFIRM
        )

    def is_told(self, at: datetime) -> bool:
        """Whether every rule that wants a reminder by now has had its one."""
        return all(self._told_for(term) for term in self.due(at) if term.binds)

    def _told_for(self, term: Term) -> bool:
        return any(each.created_at >= term.notice_at for each in self.told if each.state not in _NOT_TOLD)

    def ends_at(self, at: datetime) -> datetime | None:
        """When silence ends the consent, if it does."""
        ends = [term.over_at for term in self.due(at) if term.on_silence is OnSilence.LAPSE]
        return min(ends, default=None)

    def lapsed(self, at: datetime) -> Term | None:
        """The rule by which the consent is over. One that is wider than this program does not end with it."""
        if self.grant.scope.program != self.program.id:
            return None
        over = (term for term in self.due(at) if term.on_silence is OnSilence.LAPSE and term.over_at < at)
        return next(over, None)

    def kept(self, at: datetime) -> tuple[Term, Told] | None:
        """The rule by which silence keeps the consent, and the reminder that reached the person.

        Only the rules that want reminders are asked: a consent that grows too old does so whatever was told.
        """
        recurring = [term for term in self.due(at) if term.recurs]
        if any(term.on_silence is OnSilence.LAPSE for term in recurring):
            return None
        for term in recurring:
            if term.on_silence is OnSilence.KEEP:
                reached = [
                    each
                    for each in self.told
                    if each.state in _REACHED
                    and each.handed_at is not None
                    and each.handed_at >= term.notice_at
                ]
                if reached:
                    return term, reached[-1]
        return None


def outlooks(
    store: Store,
    session: Session,
    scales: Scales,
    of: Sequence[Program],
    ids: Iterable[ContactId],
    at: datetime,
    within: timedelta = timedelta(0),
) -> list[Outlook]:
    """The consents of these people for these programs of one brand that are due at `at`, or so long after it.

    A consent that covers several programs is looked at for the first of them.
    """
    standings = contacts.standings(session, ids)
    granted = {each: standing for each, standing in standings.items() if standing.state.grants}
    if not granted or not of:
        return []
    people = contacts.read_many(store, session, granted)
    before = backgrounds(session, granted, at)
    offers = [usual_text(scales, program) for program in of]
    found: list[Outlook] = []
    for contact_id in sorted(granted):
        seen: set[EventId] = set()
        for offer in offers:
            state = granted[contact_id].state
            each = _outlook(scales, offer, people[contact_id], state, before[contact_id], at)
            if each is not None and each.grant.event not in seen and each.due(at + within):
                seen.add(each.grant.event)
                found.append(each)
    said = told(session, {each.person.id for each in found})
    return [_with_told(each, said.get(each.person.id, ())) for each in found]


def usual_text(scales: Scales, program: Program) -> Offer:
    """A text such as the program sends: what the rules say of its consents is what they say of these."""
    usual = MessageFacts(
        message_class=program.message_class, kind=MessageKind.CAMPAIGN, categories=program.categories
    )
    return offer_of(scales, program, usual)


def offer_of(scales: Scales, program: Program, message: MessageFacts) -> Offer:
    return Offer(
        brand=scales.brand(program.brand),
        program=program,
        program_facts=scales.program_facts(program),
        sender=programs.sender_of(program),
        message=message,
    )


def _outlook(
    scales: Scales, offer: Offer, person: Contact, state: ConsentState, before: Background, at: datetime
) -> Outlook | None:
    grant, running = terms(scales.facts(offer, person, state, before, None, at), scales.rules, at)
    if grant is None:
        return None
    return Outlook(
        person=person, program=offer.program, state=state, before=before, grant=grant, terms=running
    )


def _with_told(outlook: Outlook, said: Sequence[Told]) -> Outlook:
    return replace(outlook, told=tuple(each for each in said if each.grant == outlook.grant.event))


def told(session: Session, ids: Iterable[ContactId]) -> Mapping[ContactId, list[Told]]:
    """What these people were told about their consents, oldest first."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    found: dict[ContactId, list[Told]] = {}
    rows = session.rows("renewals_of", ids=session.ids(wanted), buckets=buckets)
    for number, contact, program, grant, state, language, created_at, handed_at, body in rows:
        found.setdefault(ContactId(contact), []).append(
            Told(
                id=MessageId(number),
                contact=ContactId(contact),
                program=ProgramId(program),
                grant=EventId(grant),
                state=MessageState(state),
                language=language,
                created_at=from_micros(created_at),
                handed_at=None if handed_at is None else from_micros(handed_at),
                sealed_body=None if body is None else bytes(body),
            )
        )
    return found


def told_of(session: Session, contact: ContactId, grant: EventId) -> list[Told]:
    """What one person was told about one consent."""
    return [each for each in told(session, [contact]).get(contact, []) if each.grant == grant]


# --- what is due, for readers --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One consent that is due, or soon will be."""

    contact: ContactId
    program: Program
    since: datetime
    notice_at: datetime
    over_at: datetime
    rule: str
    on_silence: OnSilence
    is_told: bool


def due(
    store: Store, scales: Scales, program: Program, at: datetime, within: timedelta = timedelta(0)
) -> Iterator[Due]:
    """Every consent for the program that is due by then, page by page through the brand's contacts."""
    cursor = 0
    while True:
        with store.database.read() as session:
            ids = contacts.page_after(session, program.brand, cursor, PAGE)
            if not ids:
                return
            found = outlooks(store, session, scales, [program], ids, at, within)
        cursor = ids[-1]
        for each in found:
            yield _due(each, at + within)


def _due(outlook: Outlook, by: datetime) -> Due:
    first = next(term for term in outlook.due(by) if term.binds)
    return Due(
        contact=outlook.person.id,
        program=outlook.program,
        since=outlook.grant.since,
        notice_at=first.notice_at,
        over_at=first.over_at,
        rule=first.rule.id,
        on_silence=outlook.on_silence(by),
        is_told=outlook.is_told(by),
    )


# --- answers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Reminded:
    """A consent of which somebody was reminded lately, so that a yes or a no is about it."""

    program: Program
    grant: Grant
    told: Told


def reminded(
    session: Session, contact: ContactId, state: ConsentState, of: Sequence[Program], at: datetime
) -> Reminded | None:
    """The newest reminder that a person can answer: of a consent that still stands."""
    if not state.grants or not any(program.renews for program in of):
        return None
    by_id = {program.id: program for program in of}
    standing = {grant.event: grant for grant in state.grants}
    for each in reversed(told(session, [contact]).get(contact, [])):
        is_open = (
            each.handed_at is not None
            and each.sealed_body is not None
            and timedelta(0) <= at - each.handed_at <= ANSWER_COUNTS
            and state.withdrawal_for(each.program) is None
        )
        if is_open and each.program in by_id and each.grant in standing:
            return Reminded(program=by_id[each.program], grant=standing[each.grant], told=each)
    return None
