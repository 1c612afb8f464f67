"""The texts that follow from a person's act: planned in the act's own transaction, so that neither exists alone.

All of them are automatic, and capped together: see `capping`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.consent.capping import may_answer
from yesword.domain import composing
from yesword.domain.events import CONFIRM_LINK, Actor
from yesword.domain.ids import EventId, MessageId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Program
from yesword.ledger.entry import JsonObject
from yesword.store import outgoing
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Act:
    """What the person did, and what shows it. One value, so that a verb's evidence cannot be forgotten."""

    actor: Actor
    route: str
    occurred_at: datetime
    received_at: datetime
    language: str
    evidence: Sequence[JsonObject] = ()
    context: JsonObject | None = None
    wording: str | None = None  # what was shown, where it was not the program's own disclosure
    categories: tuple[str, ...] = ()  # what the person chose of the program's; empty: all of them
    gift: str = ""  # what the welcome says besides: a reward for joining


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Which of the program's texts answers, and what it rests on."""

    kind: MessageKind
    source: str  # the template
    has_way_out: bool = False
    answers: EventId | None = None
    send_by: datetime | None = None
    held_for: EventId | None = None
    is_personal: bool = True  # False: somebody else may have the number, so the text names nobody
    subject: str = ""
    adds: str = ""  # a second text, already composed, in the same message


def answer(
    store: Store,
    session: Session,
    contact: Contact,
    program: Program,
    act: Act,
    sender: int,
    seq: int,
    what: Answer,
    at: datetime,
) -> bool:
    """Queue one text to the contact, in the language of the act. False: this number has had its share of them."""
    return queue(store, session, contact, program, act, sender, seq, what, at) is not None


def queue(
    store: Store,
    session: Session,
    contact: Contact,
    program: Program,
    act: Act,
    sender: int,
    seq: int,
    what: Answer,
    at: datetime,
) -> MessageId | None:
    """The same, and which text it is."""
    is_stop = what.kind is MessageKind.STOP_REPLY
    if not may_answer(session, contact, at, is_stop=is_stop):
        return None
    _, texts = program.texts_in(act.language)
    values = composing.person_values(contact.name, contact.attributes) if what.is_personal else {}
    if what.kind is MessageKind.CONSENT_REQUEST:
        values = {**values, **composing.ASKING}
    write = composing.with_way_out if what.has_way_out else composing.compose
    # The confirmation of a stop rests on the stop: a text that withdraws opens no conversation.
    is_reply = act.actor is Actor.HANDSET and act.route != CONFIRM_LINK and not is_stop
    plan = outgoing.Plan(
        brand=contact.brand,
        contact=contact.id,
        program=program.id,
        program_version=program.version,
        sender=sender,
        message_class=MessageClass.SERVICE,
        kind=what.kind,
        planned_seq=seq,
        due_at=at,
        language=act.language,
        country=contact.country,
        subject=what.subject,
        body=write(what.source, program, texts, values) + what.adds,
        answers=what.answers,
        send_by=what.send_by,
        held_for=what.held_for,
        conversation_at=act.received_at if is_reply else None,
    )
    return outgoing.insert(store, session, [plan], dict(store.vault.seals([contact.id])), at)[0]
