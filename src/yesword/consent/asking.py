"""Asking and being answered: a request, a yes, a no, and a grant that needs no second question."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.capping import may_answer
from yesword.consent.record import Draft, Recorded, append
from yesword.domain.events import Basis, EventKind, Grade, Scope
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageKind
from yesword.domain.programs import Program
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

REQUEST_LAPSES: Final = timedelta(hours=24)  # house rule: a yes after a day answers another moment
REQUEST_USEFUL: Final = timedelta(minutes=30)  # a question that comes later than this is no longer an answer


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
    _, texts = program.texts_in(act.language)
    question = Answer(
        kind=MessageKind.CONSENT_REQUEST,
        source=texts.consent_request,
        answers=recorded.events[-1].id,
        send_by=at + REQUEST_USEFUL,
    )
    answer(store, session, contact, program, act, sender, recorded.seq, question, at)
    return recorded


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
    """A yes from the handset to an open request: evidence of the highest grade, and the welcome."""
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
) -> Recorded | None:
    """A grant by a single act, such as a keyword to a program with single opt-in, and the welcome.

    None, and no grant, where the number has had its share of automatic texts: nobody joins without being told so.
    """
    if not may_answer(session, contact, at):
        return None
    draft = replace(_draft(EventKind.GRANTED, program, act), basis=basis, grade=grade)
    recorded = append(store, session, brand, contact, [draft], at)
    if recorded.state.grant_for(program.id) is not None:
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
    return append(
        store,
        session,
        brand,
        contact,
        [replace(_draft(EventKind.REFUSED, program, act), answers=request)],
        at,
    )


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
