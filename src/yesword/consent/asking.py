"""Asking and being answered: a request, a yes, a no, and a grant that needs no second question."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.capping import may_answer
from yesword.consent.record import Draft, Recorded, append
from yesword.domain import composing
from yesword.domain.events import Actor, Basis, EventKind, Grade, Scope
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

REQUEST_LAPSES: Final = timedelta(hours=24)  # house rule: a yes after a day answers another moment
REQUEST_USEFUL: Final = timedelta(minutes=30)  # a question that comes later than this is no longer an answer
# House rule: a form is filled in at any hour, and the night must not swallow what it asks for. So its question may wait
# for lawful hours, and no longer than leaves a while to answer before the request lapses.
REQUEST_HELD: Final = timedelta(hours=20)


def ask(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    act: Act,
    sender: int,
    at: datetime,
) -> Recorded | None:
    """Record a request and queue the one text that puts the question. The person's own act must have led to it.

    None, and no request, where the number has had its share of automatic texts: a question that nobody saw is none.
    """
    if not may_answer(session, contact, at):
        return None
    recorded = note_request(store, session, brand, contact, program, act, at)
    put(store, session, contact, program, act, sender, recorded.seq, recorded.events[-1].id, at)
    return recorded


def put(
    store: Store,
    session: Session,
    contact: Contact,
    program: Program,
    act: Act,
    sender: int,
    seq: int,
    request: EventId,
    at: datetime,
    *,
    asked_for_at: datetime | None = None,
) -> bool:
    """Queue the text that puts the question of a request. False: the number has had its share of automatic texts.

    `asked_for_at`: when a form had asked for it, where the act is not that form.
    """
    question = Answer(
        kind=MessageKind.CONSENT_REQUEST,
        source=composing.question_of(program, act.language),
        answers=request,
        send_by=_useful_until(act, asked_for_at, at),
    )
    return answer(store, session, contact, program, act, sender, seq, question, at)


def _useful_until(act: Act, asked_for_at: datetime | None, at: datetime) -> datetime:
    """Who has just texted waits for the answer; who filled in a form at night does not."""
    filled_in_at = act.received_at if act.actor is Actor.PERSON else asked_for_at
    soon = at + REQUEST_USEFUL
    return soon if filled_in_at is None else max(soon, filled_in_at + REQUEST_HELD)


def note_request(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    act: Act,
    at: datetime,
) -> Recorded:
    """Record that a yes is awaited, and send nothing: the handset has to act by itself."""
    draft = replace(_draft(EventKind.REQUESTED, program, act), lapses_at=act.received_at + REQUEST_LAPSES)
    return append(store, session, brand, contact, [draft], at)


def confirm(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    request: EventId,
    act: Act,
    sender: int,
    at: datetime,
) -> Recorded:
    """A yes from the handset to an open request, by text or by the link of the question: evidence of the highest grade,
    and the welcome.
    """
    draft = replace(
        _draft(EventKind.CONFIRMED, program, act), answers=request, basis=Basis.EXPRESS_WRITTEN, grade=Grade.A
    )
    recorded = append(store, session, brand, contact, [draft], at)
    if recorded.state.grant_for(program.id) is not None:
        answer(store, session, contact, program, act, sender, recorded.seq, welcome(program, act), at)
    return recorded


def grant(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    act: Act,
    grade: Grade,
    sender: int,
    at: datetime,
    *,
    basis: Basis = Basis.EXPRESS_WRITTEN,
    welcomes: bool = True,
) -> Recorded | None:
    """A grant by a single act, such as a keyword to a program with single opt-in, and the welcome.

    None, and no grant, where the number has had its share of automatic texts: nobody joins without being told so.
    An act of long ago that is only recorded now `welcomes` nobody: they were told where they agreed.
    """
    if welcomes and not may_answer(session, contact, at):
        return None
    draft = replace(_draft(EventKind.GRANTED, program, act), basis=basis, grade=grade)
    recorded = append(store, session, brand, contact, [draft], at)
    if welcomes and recorded.state.grant_for(program.id) is not None:
        answer(store, session, contact, program, act, sender, recorded.seq, welcome(program, act), at)
    return recorded


def decline(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    request: EventId,
    act: Act,
    at: datetime,
) -> Recorded:
    """A no to an open request."""
    draft = replace(_draft(EventKind.REFUSED, program, act), answers=request)
    return append(store, session, brand, contact, [draft], at)


def refuse_for_good(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: Program,
    request: EventId,
    act: Act,
    at: datetime,
) -> Recorded:
    """A no to an open request, and to whatever else the brand might ask from a page."""
    no = replace(_draft(EventKind.REFUSED, program, act), answers=request)
    to_all = replace(no, scope=Scope(), reason="never_again")
    return append(store, session, brand, contact, [no, to_all], at)


def _draft(kind: EventKind, program: Program, act: Act) -> Draft:
    return Draft(
        kind=kind,
        scope=Scope(
            program=program.id,
            purposes=(program.purpose,),
            categories=act.categories or program.categories,
        ),
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=act.received_at,
        program=program,
        language=act.language,
        evidence=act.evidence,
        context=act.context or {},
        wording=act.wording,
    )


def welcome(program: Program, act: Act) -> Answer:
    _, texts = program.texts_in(act.language)
    gift = f" {act.gift}" if act.gift else ""
    return Answer(kind=MessageKind.WELCOME, source=texts.welcome, has_way_out=True, adds=gift)
