"""The texts that follow from a person's act: planned in the act's own transaction, so that neither exists alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.domain import composing
from yesword.domain.events import Actor
from yesword.domain.ids import EventId
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Which of the program's texts answers, and what it rests on."""

    kind: MessageKind
    source: str  # the template
    has_way_out: bool = False
    answers: EventId | None = None
    send_by: datetime | None = None
    held_for: EventId | None = None


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
) -> None:
    """Queue one text to the contact, in the language of the act."""
    _, texts = program.texts_in(act.language)
    person = composing.person_values(contact.name, contact.attributes)
    write = composing.with_way_out if what.has_way_out else composing.compose
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
        body=write(what.source, program, texts, person),
        answers=what.answers,
        send_by=what.send_by,
        held_for=what.held_for,
        conversation_at=act.received_at if act.actor is Actor.HANDSET else None,
    )
    outgoing.insert(store, session, [plan], dict(store.vault.seals([contact.id])), at)
