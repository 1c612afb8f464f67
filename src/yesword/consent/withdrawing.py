"""Ending a grant, and what START brings back.

A withdrawal is one transaction: lock, event, fold, cancel what is queued, call back what is being handed over, and hold
the one confirmation until the drain is over. Draining and acknowledging are the caller's, after the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.asking import welcome
from yesword.consent.record import Draft, append
from yesword.domain.events import Basis, EventKind, Grade, Scope
from yesword.domain.ids import EventId, ProgramId, bucket_of
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.domain.times import to_micros
from yesword.store import programs
from yesword.store.contacts import Contact, standings
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


def withdraw(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    at: datetime,
    *,
    program: Program | None = None,
    confirm_as: Program | None = None,
    sender: int | None = None,
    reason: str | None = None,
) -> Withdrawn:
    """End a program, or everything of the brand. `confirm_as` and `sender` say who confirms it, if anybody."""
    scope = Scope(program=program.id if program else None)
    draft = Draft(
        kind=EventKind.WITHDRAWN,
        scope=scope,
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
    recorded = append(store, session, brand, contact, [draft], at)
    event, seq = recorded.events[-1].id, recorded.seq
    place = {
        "bucket": bucket_of(contact.id),
        "contact_id": contact.id,
        "seq": seq,
        "program_id": scope.program,
    }
    session.run("cancel_queued", **place, now=to_micros(at))
    session.run("recall_sending", **place)
    if confirm_as is not None and sender is not None:
        _, texts = confirm_as.texts_in(act.language)
        confirmation = Answer(
            kind=MessageKind.STOP_REPLY,
            source=texts.stop if program is None else texts.stop_program,
            answers=event,
            held_for=event,
            send_by=act.received_at + CONFIRM_WITHIN,
        )
        answer(store, session, contact, confirm_as, act, sender, seq, confirmation, at)
    return Withdrawn(event=event, seq=seq, program=scope.program)


def restart(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    act: Act,
    at: datetime,
    programs_here: Sequence[Program],
) -> list[Program]:
    """START: bring back what the newest stop had ended, each as a new grant, and nothing else.

    What is answered with a welcome is the caller's list; a person who never had a grant gets none.
    """
    state = standings(session, [contact.id])[contact.id].state
    back: dict[ProgramId, Basis] = {}
    for withdrawal in state.withdrawals:
        if act.received_at <= withdrawal.at:
            continue  # sent before the stop, or with it: the stop is the last word
        for ended in withdrawal.ended:
            if ended.scope.program is not None and withdrawal.covers(ended.scope.program):
                back[ended.scope.program] = ended.basis
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
            reason="start_after_stop",
        )
        for program in back
    ]
    if not drafts:
        return []
    recorded = append(store, session, brand, contact, drafts, at)
    returned = [known[program] for program in back if recorded.state.grant_for(program) is not None]
    for each in returned:
        answer(
            store,
            session,
            contact,
            each,
            act,
            programs.sender_of(each).id,
            recorded.seq,
            welcome(each, act),
            at,
        )
    return returned
