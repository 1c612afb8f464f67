"""A colleague invites somebody to a program while they talk: the program's own question, as an answer in the thread.

It goes once in a conversation, to people who wrote first, and to nobody who has said no or stopped. The person's yes in
the thread is the consent; until it comes there is only a note that somebody asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.consent import Act, note_request
from yesword.consent.record import text_evidence
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, EventKind
from yesword.domain.ids import InboundId, ProgramId, to_text
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.triage import TriageKind, Verb
from yesword.domain.understanding import Kind
from yesword.proof.evidence.opening import record_of
from yesword.sending import triage
from yesword.sending.invitations import IN_TALK, LASTS, may_be_invited, question
from yesword.sending.triage import Item, Settled
from yesword.store import contacts, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

_KINDS: Final = frozenset({TriageKind.QUESTION})  # a complaint is no moment to sell
_WANTS_LESS: Final = frozenset(
    {Kind.OPT_OUT, Kind.NARROW, Kind.DECLINE}
)  # and who wants less is not offered more


class NotInvitableError(YeswordError):
    """{program} cannot be offered to this person: they are in, they said no or stopped, or they were asked in this conversation."""

    code = "not_invitable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """A program that this person may be invited to, and the text that would go."""

    program: Program
    text: str


def offers(store: Store, session: Session, item: Item) -> Sequence[Offered]:
    """What may be offered in answer to a text; nothing where it is no moment for it."""
    person = contacts.read(store, session, item.contact)
    if person is None or item.kind not in _KINDS or Verb.ANSWER not in item.verbs:
        return ()
    if _WANTS_LESS.intersection((item.read.kind, *item.read.kinds)):
        return ()
    state = contacts.standings(session, [item.contact])[item.contact].state
    if _was_invited(store, session, person, state, item.received_at):
        return ()
    return [
        Offered(program=each, text=question(each, person.language))
        for each in programs.of_brand(item.brand)
        if may_be_invited(state, each.id) and state.request_for(each.id) is None
    ]


def invite(
    store: Store, session: Session, row_id: InboundId, program_id: ProgramId, user: int, at: datetime
) -> Settled:
    """Put the question, as an answer to the person's text. Raises NotInvitableError, and what `triage.answer` raises."""
    first = triage.read(store, session, row_id)
    contact = first.contact
    person = contacts.read(store, session, contact)
    assert person is not None, "a text is of a contact"
    session.first("raise_standing", events=0, bucket=person.bucket, contact_id=contact)
    item = triage.read(store, session, row_id)  # as it is under the lock
    if Verb.ANSWER not in item.verbs:  # somebody was faster, or the person has left
        return triage.answer(store, session, row_id, user, item.note or "…", at)
    found = next((each for each in offers(store, session, item) if each.program.id == program_id), None)
    if found is None:
        named = next((each.name for each in programs.of_brand(item.brand) if each.id == program_id), "?")
        raise NotInvitableError(program=named)
    language, _ = found.program.texts_in(person.language)
    act = Act(
        actor=Actor.AGENT,
        route=IN_TALK,
        occurred_at=at,
        received_at=at,
        language=language,
        evidence=() if item.text is None else (text_evidence("inbound_text", item.text, item.id),),
        context={"user": user, "inbound": to_text("inb", item.id)},
        wording=found.text,
    )
    noted = note_request(store, session, programs.brand(item.brand), person, found.program, act, at)
    return triage.answer(
        store, session, row_id, user, found.text, at, asks=noted.events[-1].id, language=language
    )


def _was_invited(
    store: Store, session: Session, person: Contact, state: ConsentState, since: datetime
) -> bool:
    """Whether somebody has asked in this conversation, about whatever: a week without a question ends one."""
    if not state.seq:
        return False
    return any(
        each.event.kind is EventKind.REQUESTED
        and each.event.route == IN_TALK
        and each.event.received_at >= since - LASTS
        for each in record_of(store, session, person)
    )
