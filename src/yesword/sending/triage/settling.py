"""What somebody does about a text: confirm a stop or undo it, stop, answer, or be done.

Each runs in the caller's transaction and takes the standing's lock first, so that of two people one is first. To do the
same twice changes nothing. Whether somebody may undo is asked by whoever calls; `finish` comes after the commit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.consent import Act, Confirmation, Withdrawn, correct, invalidate, withdraw
from yesword.consent.record import text_evidence
from yesword.consent.withdrawing import CONFIRM_WITHIN
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, EventKind
from yesword.domain.ids import ContactId, EventId, InboundId, to_text
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.domain.triage import BECOMES, VERBS, TriageKind, TriageState, Verb
from yesword.domain.understanding import Kind
from yesword.sending import privacy_requests
from yesword.sending.draining import drain_all
from yesword.sending.privacy_requests import State
from yesword.sending.triage.queue import Item, answering_program, conversation, read
from yesword.store import contacts, outgoing, people, programs, triage
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store

ROUTE: Final = "agent"
_USEFUL: Final = timedelta(hours=24)  # an answer that cannot go within a day answers another moment


class AlreadySettledError(YeswordError):
    """{who} has looked at this text already, on {when}: {what}."""

    code = "already_settled"


class NotForThisError(YeswordError):
    """A text of this kind ({kind}) is not for "{verb}". Possible: {verbs}."""

    code = "not_for_this"


class EmptyAnswerError(YeswordError):
    """The answer says nothing. Write what the person should read."""

    code = "empty_answer"


class WithdrawnPersonError(YeswordError):
    """The person has left, and this text opens no conversation. Nothing can be sent until they write again."""

    code = "withdrawn_person"


class CannotTextError(YeswordError):
    """Nobody can be reached by text at this number any more. Nothing was sent."""

    code = "cannot_text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of it. `is_new` False: the same person had done the same before."""

    item: Item
    withdrawn: tuple[tuple[ContactId, Withdrawn], ...] = ()
    is_new: bool = True


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Case:
    """An open row with its person, under the standing's lock."""

    store: Store
    session: Session
    item: Item
    person: Contact
    state: ConsentState
    verb: Verb
    user: int
    at: datetime

    def settle_stop(self) -> Settled:
        """It was a stop; what it asked for besides is left to be met."""
        item, becomes = self.item, BECOMES[self.verb]
        triage.settle_stop(self.store, self.session, item.contact, item.id, becomes, self.user, "", self.at)
        return Settled(item=read(self.store, self.session, item.id))

    def settle(self, note: str = "", withdrawn: Withdrawn | None = None) -> Settled:
        triage.settle(
            self.store,
            self.session,
            self.item.contact,
            self.item.id,
            BECOMES[self.verb],
            self.user,
            note,
            self.at,
            event=withdrawn.event if withdrawn else None,
        )
        return Settled(
            item=read(self.store, self.session, self.item.id),
            withdrawn=((self.item.contact, withdrawn),) if withdrawn else (),
        )

    @property
    def is_asked(self) -> bool:
        """Whether a privacy request of it waits to be met."""
        if self.item.request is None:
            return False
        return privacy_requests.read(self.store, self.session, self.item.request).state is State.OPEN

    def act(self) -> Act:
        """What a colleague does on the strength of the person's text."""
        item = self.item
        shown = () if item.text is None else (text_evidence("inbound_text", item.text, item.id),)
        return Act(
            actor=Actor.AGENT,
            route=ROUTE,
            occurred_at=item.received_at,
            received_at=self.at,
            language=self.language,
            evidence=shown,
            context={"user": self.user, "inbound": to_text("inb", item.id)},
        )

    @property
    def language(self) -> str:
        return self.program.texts_in(self.person.language)[0]

    @property
    def program(self) -> Program:
        own = [each for each in programs.on_sender(self.item.read.sender) if each.brand == self.item.brand]
        if not own:
            known = self.item.read.program
            assert known is not None, "a text to a brand was to a program of it"
            return programs.current(known)
        return answering_program(own, self.state)


def confirm(store: Store, session: Session, row_id: InboundId, user: int, at: datetime) -> Settled:
    """It was a stop, as it was read. A number that somebody else has now is known to be so from here on."""
    found = _begin(store, session, row_id, Verb.CONFIRM, user, at)
    if isinstance(found, Settled):
        return found
    stands = any(each.event in found.item.events and not each.lifted for each in found.state.withdrawals)
    is_valid = found.state.invalid_since is None and not found.state.is_erased
    # Whoever has come back since, from the same handset, is the one who has the number now.
    if Kind.WRONG_NUMBER not in found.item.read.kinds or not (stands and is_valid):
        return found.settle_stop()
    ended = invalidate(
        store,
        session,
        programs.brand(found.item.brand),
        found.person,
        found.act(),
        at,
        reason=Kind.WRONG_NUMBER.value,
    )
    settled = found.settle_stop()
    return Settled(item=settled.item, withdrawn=((found.item.contact, ended),))


def undo(store: Store, session: Session, row_id: InboundId, user: int, reason: str, at: datetime) -> Settled:
    """It was no stop: all that it had ended goes on. The reason stays in the person's record.

    Raises what `consent.correcting.correct` raises, and then changes nothing.
    """
    found = _begin(store, session, row_id, Verb.UNDO, user, at)
    if isinstance(found, Settled):
        return found
    assert found.item.event is not None, "a probable stop has ended something"
    brand = programs.brand(found.item.brand)
    correct(store, session, brand, found.person, found.item.event, user, reason, at)
    return Settled(item=read(store, session, row_id))


def stop(store: Store, session: Session, row_id: InboundId, user: int, at: datetime) -> Settled:
    """It was a stop after all: everything of the brand ends. Confirmed, if the person wrote only just now."""
    found = _begin(store, session, row_id, Verb.STOP, user, at)
    if isinstance(found, Settled):
        return found
    sender = programs.sender_by_id(found.item.read.sender)
    confirms = (
        at - found.item.received_at <= CONFIRM_WITHIN
        and not sender.facts.carrier_answers_stop
        and found.state.withdrawal_for(None) is None
    )
    confirmation = Confirmation(program=found.program, sender=sender.id, asked_at=found.item.received_at)
    ended = withdraw(
        store,
        session,
        programs.brand(found.item.brand),
        found.person,
        found.act(),
        at,
        confirmation=confirmation if confirms else None,
        reason=TriageKind.PERHAPS_STOP.value,
    )
    return found.settle(withdrawn=ended)


def answer(
    store: Store,
    session: Session,
    row_id: InboundId,
    user: int,
    text: str,
    at: datetime,
    *,
    asks: EventId | None = None,
    language: str = "",
) -> Settled:
    """Write back, in the thread that the person began. The gate has the last word, as for every text.

    An answer does not meet a privacy request, which stays open. `asks`: the request whose question the text puts.
    """
    text = text.strip().encode(errors="replace").decode()
    found = _begin(store, session, row_id, Verb.ANSWER, user, at)
    if isinstance(found, Settled):
        if found.item.note != text:  # the words of the answer that went
            raise _too_late(found.item)
        return found
    if not text:
        raise EmptyAnswerError
    item, person, program = found.item, found.person, found.program
    if item.settled_by is not None and item.note == text:
        return Settled(item=item, is_new=False)
    seal = store.vault.seal(person.id)
    if seal is None or person.number is None or not person.may_text:
        raise CannotTextError
    if not conversation(found.state, program.id, item.received_at):
        raise WithdrawnPersonError
    plan = outgoing.Plan(
        brand=item.brand,
        contact=person.id,
        program=program.id,
        program_version=program.version,
        sender=item.read.sender,
        message_class=MessageClass.CONVERSATIONAL,
        kind=MessageKind.REPLY,
        planned_seq=found.state.seq,
        due_at=at,
        send_by=at + _USEFUL,
        language=language or found.language,
        country=person.country,
        body=text,
        answers=asks,
        conversation_at=item.received_at,
    )
    outgoing.insert(store, session, [plan], {person.id: seal}, at)
    if not found.is_asked:
        return found.settle(note=text)
    triage.keep_answer(store, session, person.id, item.id, user, text, at)
    return Settled(item=read(store, session, item.id))


def done(
    store: Store, session: Session, row_id: InboundId, user: int, at: datetime, note: str = ""
) -> Settled:
    """Nothing more to do. Of a privacy request: what was asked is done, and its clock stops."""
    found = _begin(store, session, row_id, Verb.DONE, user, at)
    if isinstance(found, Settled):
        return found
    note = note.strip()
    if found.item.request is not None and found.is_asked:
        privacy_requests.close(store, session, found.item.request, user, at, note)
    return found.settle(note=note)


def finish(store: Store, settled: Settled) -> bool:
    """After the commit: True once nothing that a stop covers is on its way any more."""
    return drain_all(store, settled.withdrawn)


def _begin(
    store: Store, session: Session, row_id: InboundId, verb: Verb, user: int, at: datetime
) -> _Case | Settled:
    contact = read(store, session, row_id).contact
    person = contacts.read(store, session, contact)
    assert person is not None, "a text is of a contact"
    standing = session.first("raise_standing", events=0, bucket=person.bucket, contact_id=contact)
    assert standing is not None, "a contact always has a standing"
    state = ConsentState.from_bytes(bytes(standing[1]))
    item = read(store, session, row_id)
    if _is_said_already(item, verb):
        return Settled(item=item, withdrawn=_withdrawn(item, state, verb), is_new=False)
    if verb not in VERBS[item.kind]:
        raise NotForThisError(verb=verb.value, kind=item.kind.value, verbs=", ".join(VERBS[item.kind]))
    if item.state is not TriageState.OPEN:
        return _again(item, state, verb, user)
    return _Case(
        store=store, session=session, item=item, person=person, state=state, verb=verb, user=user, at=at
    )


def _again(item: Item, state: ConsentState, verb: Verb, user: int) -> Settled:
    """The same by the same person is done already, but for its drain; anything else came too late."""
    if item.settled_by != user or item.state is not BECOMES[verb]:
        raise _too_late(item)
    return Settled(item=item, withdrawn=_withdrawn(item, state, verb), is_new=False)


def _too_late(item: Item) -> AlreadySettledError:
    when = f"{item.settled_at:%Y-%m-%d %H:%M} UTC" if item.settled_at else "?"
    return AlreadySettledError(who=people.called(item.settled_by), when=when, what=item.state.value)


def _is_said_already(item: Item, verb: Verb) -> bool:
    """Whether a stop has been confirmed or undone whose row stayed for what it asks for besides."""
    if item.kind is not TriageKind.PRIVACY_REQUEST or item.event is None:
        return False
    return verb is Verb.UNDO if item.is_undone else verb is Verb.CONFIRM


def _withdrawn(item: Item, state: ConsentState, verb: Verb) -> tuple[tuple[ContactId, Withdrawn], ...]:
    """What it withdrew then, as far as it stands: it is drained again."""
    if verb not in {Verb.STOP, Verb.CONFIRM}:
        return ()
    return tuple(
        (item.contact, Withdrawn(event=each.event, seq=each.seq, program=each.scope.program))
        for each in state.withdrawals
        if each.event in item.events or (verb is Verb.CONFIRM and each.kind is EventKind.INVALIDATED)
    )
