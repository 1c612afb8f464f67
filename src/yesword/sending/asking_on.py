"""The second of two questions: what somebody ticked together with a program that they have just confirmed.

An application for a job asks about this job and about others. One text asks at a time: the second goes when the first
was answered with yes, while the answers of the form still count.
"""

from yesword.consent import Answer, answer
from yesword.consent.asking import REQUEST_USEFUL
from yesword.domain.messages import MessageKind
from yesword.domain.state import Request
from yesword.sending.thread import Thread
from yesword.store import asked_numbers, contacts, programs


def ask_what_was_ticked_too(thread: Thread, confirmed: Request) -> None:
    """`confirmed`: the request whose yes has just come. One that was noted in the very same act waits no longer."""
    for request in thread.state.requests:
        is_of_same_act = request.asked_at == confirmed.asked_at and request.event != confirmed.event
        program_id = request.scope.program
        if not is_of_same_act or not request.is_own_act or program_id is None:
            continue
        if thread.at > request.lapses_at or thread.state.withdrawal_for(program_id) is not None:
            continue
        if request.program_version is None:
            program = programs.current(program_id)
        else:
            program = programs.version(program_id, request.program_version)
        seq = contacts.standings(thread.session, [thread.contact.id])[thread.contact.id].seq
        _, texts = program.texts_in(thread.act.language)
        question = Answer(
            kind=MessageKind.CONSENT_REQUEST,
            source=texts.consent_request,
            answers=request.event,
            send_by=thread.at + REQUEST_USEFUL,
        )
        is_put = answer(
            thread.store,
            thread.session,
            thread.contact,
            program,
            thread.act,
            programs.sender_of(program).id,
            seq,
            question,
            thread.at,
        )
        if is_put and thread.contact.number is not None:
            number = thread.contact.number
            asked_numbers.note(thread.store, thread.session, number, request.event, None, thread.at)
