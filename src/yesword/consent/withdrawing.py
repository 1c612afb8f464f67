"""Ending a grant, and what START brings back.

A withdrawal is one transaction: lock, event, fold, cancel what is queued, call back what is being handed over, and hold
the one confirmation until the drain is over. Draining and acknowledging are the caller's, after the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.asking import welcome
from yesword.consent.record import Draft, append
from yesword.domain.events import OTHER_OWNER, Basis, EventKind, Grade, Scope
from yesword.domain.ids import EventId, ProgramId, bucket_of
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.times import to_micros
from yesword.store import contacts, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

# 47 CFR 64.1200(a)(12): within five minutes a confirmation is presumed to fall within the consent.
CONFIRM_WITHIN: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    event: EventId
    seq: int
    program: ProgramId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """Who confirms a stop, and from which sender."""

    program: Program
    sender: int
    language: str = ""  # of the text, where it is not that of the act
    adds: str = ""  # what follows it in the same text, composed: a question, or the same in another language
    subject: str = ""
    is_personal: bool = True
    source: str = ""  # the template, where it is none of the two with which the program confirms
    asked_at: datetime | None = None  # when the person wrote, where it was understood only later


def withdraw(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    at: datetime,
    *,
    program: Program | None = None,
    confirmation: Confirmation | None = None,
    reason: str | None = None,
) -> Withdrawn:
    """End a program, or everything of the brand."""
    (ended,) = _end(
        store, session, brand, contact, act, [_withdrawal(act, program, reason)], confirmation, at
    )
    return ended


def withdraw_each(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    at: datetime,
    *,
    ended: Sequence[Program],
    confirmation: Confirmation | None = None,
    reason: str | None = None,
) -> tuple[Withdrawn, ...]:
    """End these programs and no other: an event each, and one confirmation, which waits until all are drained."""
    drafts = [_withdrawal(act, program, reason) for program in ended]
    return _end(store, session, brand, contact, act, drafts, confirmation, at)


def _withdrawal(act: Act, program: Program | None, reason: str | None) -> Draft:
    return Draft(
        kind=EventKind.WITHDRAWN,
        scope=Scope(program=program.id if program else None),
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=act.received_at,
        program=program,
        language=act.language,
        evidence=act.evidence,
        context=act.context or {},
        reason=reason,
    )


def invalidate(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    at: datetime,
    *,
    confirmation: Confirmation | None = None,
    reason: str,
) -> Withdrawn:
    """Somebody else has the number now: everything ends, and what its former owner allowed never comes back.

    Nor does what was known of them reach the new owner: it is hidden until somebody says it anew.
    """
    draft = Draft(
        kind=EventKind.INVALIDATED,
        scope=Scope(),
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=act.received_at,
        language=act.language,
        evidence=act.evidence,
        context=act.context or {},
        reason=reason,
    )
    (ended,) = _end(store, session, brand, contact, act, [draft], confirmation, at)
    contacts.hide_owner(store, session, contact.id, act.received_at)
    return ended


def _end(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    drafts: Sequence[Draft],
    confirmation: Confirmation | None,
    at: datetime,
) -> tuple[Withdrawn, ...]:
    recorded = append(store, session, brand, contact, drafts, at)
    ended = tuple(
        Withdrawn(event=each.id, seq=each.seq, program=each.scope.program) for each in recorded.events
    )
    for each in ended:
        place = {
            "bucket": bucket_of(contact.id),
            "contact_id": contact.id,
            "seq": each.seq,
            "program_id": each.program,
        }
        session.put("cancel_queued", [{**place, "now": to_micros(at)}])
        session.put("recall_sending", [place])
    if confirmation is not None:
        act = replace(act, language=confirmation.language or act.language)
        said = _said(confirmation, act, ended[-1])
        answer(
            store, session, contact, confirmation.program, act, confirmation.sender, recorded.seq, said, at
        )
    return ended


def _said(confirmation: Confirmation, act: Act, ended: Withdrawn) -> Answer:
    _, texts = confirmation.program.texts_in(act.language)
    usual = texts.stop if ended.program is None else texts.stop_program
    return Answer(
        kind=MessageKind.STOP_REPLY,
        source=confirmation.source or usual,
        answers=ended.event,
        held_for=ended.event,
        send_by=(confirmation.asked_at or act.received_at) + CONFIRM_WITHIN,
        is_personal=confirmation.is_personal,
        subject=confirmation.subject,
        adds=confirmation.adds,
    )


def restart(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    at: datetime,
    programs_here: Sequence[Program],
    *,
    of: EventId | None = None,
    but: ProgramId | None = None,
    reason: str = "start_after_stop",
    welcomes: bool = True,
) -> list[Program]:
    """START: bring back what the newest stop had ended, each as a new grant, and nothing else.

    A person who never had a grant gets none. `of`: what this one stop had ended; `but` this program, which stays stopped.
    """
    state = contacts.standings(session, [contact.id])[contact.id].state
    back: dict[ProgramId, Basis] = {}
    for withdrawal in state.withdrawals:
        if act.received_at <= withdrawal.at or of not in (None, withdrawal.event):
            continue  # sent before the stop, or with it: the stop is the last word
        if withdrawal.route == OTHER_OWNER:
            continue  # whoever has the number now brings back nothing that its former owner allowed
        for ended in withdrawal.ended:
            each = ended.scope.program
            if each is not None and each != but and withdrawal.covers(each):
                back[each] = ended.basis
    known = {each.id: each for each in programs_here} | {
        program: programs.current(program)
        for program in back
        if program not in {each.id for each in programs_here}
    }
    drafts = [
        Draft(
            kind=EventKind.GRANTED,
            scope=Scope(
                program=program, purposes=(known[program].purpose,), categories=known[program].categories
            ),
            actor=act.actor,
            route=act.route,
            occurred_at=act.occurred_at,
            received_at=act.received_at,
            program=known[program],
            basis=Basis.EXPRESS_WRITTEN,
            grade=Grade.A,
            language=act.language,
            evidence=act.evidence,
            context=act.context or {},
            reason=reason,
        )
        for program in back
    ]
    if not drafts:
        return []
    recorded = append(store, session, brand, contact, drafts, at)
    returned = [known[program] for program in back if recorded.state.grant_for(program) is not None]
    for program in returned if welcomes else ():
        sender = programs.sender_of(program).id
        answer(store, session, contact, program, act, sender, recorded.seq, welcome(program, act), at)
    return returned
