"""The second of two questions: what somebody ticked together with a program that they have just confirmed.

An application for a job asks about this job and about others. One text asks at a time: the second goes when the first
was answered with yes, while the answers of the form still count.
"""

from dataclasses import replace
from datetime import datetime

from yesword.consent import Act
from yesword.consent.asking import put
from yesword.domain.state import ConsentState, Request
from yesword.store import asked_numbers, contacts, programs
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


def ask_what_was_ticked_too(
    store: Store,
    session: Session,
    contact: Contact,
    state: ConsentState,
    act: Act,
    confirmed: Request,
    at: datetime,
) -> None:
    """`confirmed`: the request whose yes has just come. One that was noted in the very same act waits no longer.

    `state`: before that yes.
    """
    others = replace(state, requests=tuple(each for each in state.requests if each.event != confirmed.event))
    ask_what_was_noted(store, session, contact, others, act, confirmed.asked_at, at)


def ask_what_was_noted(
    store: Store,
    session: Session,
    contact: Contact,
    state: ConsentState,
    act: Act,
    noted_at: datetime,
    at: datetime,
) -> None:
    """The same where the first yes came by the code of a page: what was noted as that was shown."""
    for request in state.requests:
        program_id = request.scope.program
        if request.asked_at != noted_at or not request.is_own_act or program_id is None:
            continue
        if at > request.lapses_at or state.withdrawal_for(program_id) is not None:
            continue
        if request.program_version is None:
            program = programs.current(program_id)
        else:
            program = programs.version(program_id, request.program_version)
        seq = contacts.standings(session, [contact.id])[contact.id].seq
        sender = programs.sender_of(program).id
        noted = (request.event, at)
        is_put = put(
            store, session, contact, program, act, sender, seq, *noted, asked_for_at=request.asked_at
        )
        if is_put and contact.number is not None:
            asked_numbers.note(store, session, contact.number, request.event, None, at)
