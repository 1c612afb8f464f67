"""Answers by the link of a question: the yes, and the no for good, where the question comes from a name.

The word of the link went to that handset in a text, and works once and for as long as its question is open; a yes is
therefore the handset's own act, as a texted one is. What it was put to is read from the request itself: the page shows
those very words, and the yes is pinned to them.
"""

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from yesword.collect import one_person, rewards
from yesword.consent import Act, confirm, refuse_for_good
from yesword.domain import composing
from yesword.domain.events import CONFIRM_LINK, Actor
from yesword.domain.ids import to_text
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState, Request
from yesword.proof.evidence.files import let_go_on_confirming
from yesword.proof.evidence.opening import record_of
from yesword.sending import asking_on
from yesword.store import asked_numbers, confirm_links, contacts, programs, tallies
from yesword.store.confirm_links import ConfirmLink
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store


class Answered(enum.StrEnum):
    YES = "yes"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Question:
    """What a link answers. It is over once it was answered by whichever way, taken back by a stop, or lapsed."""

    link: ConfirmLink
    contact: Contact
    program: Program  # the version that was asked about
    language: str  # of the words
    words: str  # what was shown when the person asked for the texts
    is_over: bool


def find(store: Store, word: str, at: datetime) -> Question | None:
    """None where the word is none of ours, is long past, or the person is gone."""
    with store.database.read() as session:
        link = confirm_links.find(store, session, word)
        contact = None if link is None else contacts.read(store, session, link.contact)
        if link is None or contact is None or contact.erased_at is not None or contact.number is None:
            return None
        state = contacts.standings(session, [contact.id])[contact.id].state
        asked = next(
            (each for each in record_of(store, session, contact) if each.event.id == link.request), None
        )
    if asked is None:
        return None
    version = asked.event.program_version
    program = programs.current(link.program) if version is None else programs.version(link.program, version)
    language = asked.event.language or program.default_language
    notice = asked.sections.get("notice")
    shown = notice.get("text") if isinstance(notice, dict) else None
    return Question(
        link=link,
        contact=contact,
        program=program,
        language=language,
        words=str(shown) if shown else composing.disclosure(program, language),
        is_over=_open(link, state, at) is None,
    )


def say_yes(store: Store, question: Question, at: datetime) -> bool:
    """Join, once. False: it was over by then, and nothing has changed."""
    return _answer(store, question, Answered.YES, at)


def say_never(store: Store, question: Question, at: datetime) -> bool:
    """Never be asked again by this brand from a page. False as above."""
    return _answer(store, question, Answered.NEVER, at)


def _answer(store: Store, question: Question, answered: Answered, at: datetime) -> bool:
    link = question.link
    with store.database.write() as session:
        # Locked before it is read: of two taps at once one answers, and the other finds the question over.
        row = session.first(
            "raise_standing", events=0, bucket=question.contact.bucket, contact_id=question.contact.id
        )
        contact = contacts.read(store, session, question.contact.id)
        if row is None or contact is None or contact.erased_at is not None:
            return False
        state = ConsentState.from_bytes(bytes(row[1]))
        request = _open(link, state, at)
        if request is None or not confirm_links.use(session, link, at):
            return False
        act = _act(question, at)
        brand = programs.brand(contact.brand)
        if answered is Answered.NEVER:
            refuse_for_good(store, session, brand, contact, question.program, request.event, act, at)
        else:
            _confirm(store, session, question, contact, state, request, act, at)
        asked_numbers.answered(session, request.event, at)
    return True


def _confirm(
    store: Store,
    session: Session,
    question: Question,
    contact: Contact,
    state: ConsentState,
    request: Request,
    act: Act,
    at: datetime,
) -> None:
    gift = rewards.gift_after_question(session, contact, request.event, act.language)
    confirmed = confirm(
        store,
        session,
        programs.brand(contact.brand),
        contact,
        question.program,
        request.event,
        replace(act, gift=gift),
        programs.sender_of(question.program).id,
        at,
    )
    point, source = asked_numbers.asked_where(session, request.event)
    if point is not None:
        tallies.joined(session, point, source, confirmed.events[-1].id, contact.id, at)
    let_go_on_confirming(store, session, contact, request.event, at)
    one_person.put_together(store, session, contact, at)
    asking_on.ask_what_was_ticked_too(store, session, contact, state, act, request, at)


def _open(link: ConfirmLink, state: ConsentState, at: datetime) -> Request | None:
    """The question of the link, if it still waits for its answer."""
    request = state.request_for(link.program)
    if link.used_at is not None or request is None or request.event != link.request:
        return None
    return request if at <= request.lapses_at else None


def _act(question: Question, at: datetime) -> Act:
    return Act(
        actor=Actor.HANDSET,
        route=CONFIRM_LINK,
        occurred_at=at,
        received_at=at,
        language=question.language,
        context={
            "message": to_text("msg", question.link.message),
            "request": to_text("evt", question.link.request),
        },
        wording=question.words,
    )
