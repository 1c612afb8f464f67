"""What the queue of replies shows beside its rows: who wrote, how they stand, the text that they reply to, what the gate
would say of an answer. The queue itself, and what may be done with it, is `sending.triage`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.decisions import Decision
from yesword.domain.facts import MessageFacts
from yesword.domain.ids import BrandId, ContactId, EventId, MessageId, bucket_of
from yesword.domain.messages import MessageClass, MessageKind, for_colleagues
from yesword.domain.state import ConsentState, Withdrawal
from yesword.domain.times import from_micros
from yesword.domain.triage import TriageKind
from yesword.sending import privacy_requests, triage
from yesword.sending.privacy_requests import PrivacyRequest
from yesword.sending.triage import Item, Place
from yesword.sending.triage.queue import answering_program
from yesword.sending.weighing import Background, Offer, Scales, backgrounds
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store
from yesword.store.sealing import UnreadableError, place


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class OwnText:
    """A text of ours, as colleagues read it: without what is for the handset alone."""

    text: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Row:
    """One text that asks for somebody. `person` is None once erased."""

    item: Item
    person: Contact | None
    state: ConsentState | None
    replies_to: OwnText | None
    request: PrivacyRequest | None  # that the text made, or repeats

    @property
    def stops(self) -> tuple[Withdrawal, ...]:
        """The stops that the text led to, as far as they stand."""
        return stops_of(self.state, self.item.events)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class QueuePage:
    rows: tuple[Row, ...]
    counts: Mapping[TriageKind, int]
    settled: tuple[Row, ...]  # lately, newest first
    users: Mapping[int, str]  # who settled them
    next_after: Place | None


def stops_of(state: ConsentState | None, events: Collection[EventId]) -> tuple[Withdrawal, ...]:
    return () if state is None else tuple(each for each in state.withdrawals if each.event in events)


def queue_page(store: Store, brand: BrandId, after: Place | None, count: int, settled: int) -> QueuePage:
    """The next rows by urgency, how many of each kind are open, and what was settled last."""
    with store.database.read() as session:
        items = triage.queue(store, session, brand, after, count + 1)
        done = triage.settled(store, session, brand, settled)
        counts = triage.counts(session, brand)
        shown = [*items[:count], *done]
        people = contacts.read_many(store, session, {each.contact for each in shown})
        standings = contacts.standings(session, {each.contact for each in shown})
        requests = {
            each.request: privacy_requests.read(store, session, each.request)
            for each in items[:count]
            if each.request is not None
        }
    own = own_texts(store, [each.read.message for each in items[:count] if each.read.message is not None])
    rows = [
        Row(
            item=each,
            person=people.get(each.contact),
            state=standings[each.contact].state if each.contact in standings else None,
            replies_to=own.get(each.read.message) if each.read.message is not None else None,
            request=requests.get(each.request) if each.request is not None else None,
        )
        for each in shown
    ]
    return QueuePage(
        rows=tuple(rows[: len(rows) - len(done)]),
        counts=counts,
        settled=tuple(rows[len(rows) - len(done) :]),
        users=user_names([each.settled_by for each in done]),
        next_after=items[count - 1].place if len(items) > count else None,
    )


def user_names(ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {each for each in ids if each is not None}
    return {each.pk: str(each) for each in models.User.objects.filter(pk__in=wanted)} if wanted else {}


def own_texts(store: Store, ids: Sequence[MessageId]) -> dict[MessageId, OwnText]:
    """Texts of ours by their ids; those whose key is gone are left out."""
    if not ids:
        return {}
    with store.database.read() as session:
        buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
        rows = session.rows("messages_by_ids", ids=session.ids(sorted(set(ids))), buckets=buckets)
    seals = store.vault.seals([ContactId(row[1]) for row in rows])
    found = {}
    for row in rows:
        message, contact, body, handed_at = MessageId(row[0]), ContactId(row[1]), row[9], row[12]
        if body is None or contact not in seals:
            continue
        try:
            text = seals[contact].open(bytes(body), place("body", message)).decode(errors="replace")
        except UnreadableError:
            continue
        found[message] = OwnText(
            text=for_colleagues(row[5], text), at=None if handed_at is None else from_micros(handed_at)
        )
    return found


def would_answer(store: Store, scales: Scales, item: Item, text: str, at: datetime) -> Decision | None:
    """What the gate would say of this answer now. None where there is nobody, or no program, to ask about."""
    with store.database.read() as session:
        person = contacts.read(store, session, item.contact)
        standings = contacts.standings(session, [item.contact])
        before = backgrounds(session, standings, at)
    own = [each for each in programs.on_sender(item.read.sender) if each.brand == item.brand]
    if person is None or not own or item.contact not in standings:
        return None
    state = standings[item.contact].state
    program = answering_program(own, state)
    offer = Offer(
        brand=scales.brand(item.brand),
        program=program,
        program_facts=scales.program_facts(program),
        sender=programs.sender_by_id(item.read.sender),
        message=MessageFacts(
            message_class=MessageClass.CONVERSATIONAL,
            kind=MessageKind.REPLY,
            planned_seq=state.seq,
            conversation_at=item.received_at,
        ),
    )
    return scales.weigh(offer, person, state, before.get(item.contact, Background()), text, at).decision
