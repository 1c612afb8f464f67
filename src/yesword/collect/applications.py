"""Applications for jobs: two answers, about this job and about others, each an event of its own program.

A yes goes the way that the point says; a no is a refusal that is remembered. Where the point asks by text, the question
about this job goes first, and the general one only once that was answered with yes: nobody is asked two things at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.collect import tickets
from yesword.collect.backing import form_evidence
from yesword.collect.joining import Joined, Joining, join_within, prepared
from yesword.collect.points import Point
from yesword.consent import Act, Draft, append, meet
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.applications import (
    GENERAL,
    GENERAL_VERSION,
    general_text,
    specific_text,
)
from yesword.domain.collecting.asking import Course
from yesword.domain.collecting.points import Confirming, PointDefinition
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.ledger.entry import JsonObject
from yesword.proof.evidence.files import AcceptedFile
from yesword.store import contacts, models, programs
from yesword.store.contacts import NewContact
from yesword.store.database import Session
from yesword.store.opening import Store

ROUTE = "application"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Application:
    """What somebody answered when they applied."""

    brand: BrandId
    point: Point
    number: PhoneNumber
    language: str
    specific: bool  # about this job
    general: bool | None  # about others; None: that was not asked
    occurred_at: datetime
    name: str = ""
    reference: str = ""  # of the application, in the system that has it
    actor: Actor = Actor.PERSON  # API: another system tells what was answered there
    source: str = ""
    nonce: str = ""
    imprint: bytes = b""  # of the page and what was sent from it
    evidence: Sequence[JsonObject] = ()
    files: Sequence[AcceptedFile] = ()
    probe: Sequence[AcceptedFile] = ()  # how the first question stood on the screen
    said_age: SaidAge | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    confirming: Confirming | None = (
        None  # where it cannot be as the point says: a text that asks would go too late
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A no. `event` None: it was remembered already, or nobody with this number is known."""

    contact: ContactId | None
    event: EventId | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    specific: Joined | Refused
    general: Joined | Refused | None


def general_program(point: Point) -> Program | None:
    """The program that the second question is about; None where the point asks only one."""
    return general_of(point.definition, point.brand)


def general_of(definition: PointDefinition, brand: BrandId) -> Program | None:
    """The same of a point that may not be published yet: in the version whose words are shown."""
    key = definition.setting(GENERAL)
    row = models.Program.objects.filter(brand_id=brand, key=key).first() if key else None
    if row is None:
        return None
    return programs.version(ProgramId(row.pk), int(definition.setting(GENERAL_VERSION) or row.version))


def apply(store: Store, application: Application, at: datetime) -> Applied:
    """Take both answers, in one transaction with what shows them. Raises UsedTicketError."""
    first, second = _questions(application)
    person = _person(store, application, first)
    with store.database.write() as session:
        if application.nonce:
            tickets.use(session, application.nonce, at, application.imprint)
        asks = _confirming(application) is Confirming.ASK and application.actor is Actor.PERSON
        # A request that is only noted goes first: a yes by text answers the newest one, which is the specific.
        if second is not None and second.is_yes and first.is_yes and asks:
            noted = _take(store, session, application, second, person, at, confirming=Confirming.REVERSE)
            return Applied(specific=_take(store, session, application, first, person, at), general=noted)
        return Applied(
            specific=_take(store, session, application, first, person, at),
            general=None if second is None else _take(store, session, application, second, person, at),
        )


def note_beside_code(store: Store, application: Application, at: datetime) -> None:
    """What a code on the page does not carry: each no, and the yes to the second question, which waits for the first."""
    first, second = _questions(application)
    carried = first if first.is_yes else second
    beside = [each for each in (first, second) if each is not None and each is not carried]
    person = _person(store, application, first) if beside else None
    with store.database.write() as session:
        for each in beside:
            _take(store, session, application, each, person, at, confirming=Confirming.REVERSE)


def _questions(application: Application) -> "tuple[_Question, _Question | None]":
    point, general = application.point, general_program(application.point)
    first = _Question(
        program=point.program,
        wording=specific_text(point.definition, point.program, application.language),
        is_yes=application.specific,
    )
    if general is None or application.general is None:
        return first, None
    wording = general_text(point.definition, general, application.language)
    return first, _Question(program=general, wording=wording, is_yes=application.general)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Question:
    program: Program
    wording: str
    is_yes: bool


def _person(store: Store, application: Application, first: _Question) -> NewContact | None:
    with store.database.read() as session:
        if contacts.find(store, session, application.brand, application.number.e164) is not None:
            return None
    return prepared(store, _joining(application, first, _confirming(application)))


def _confirming(application: Application) -> Confirming:
    return application.confirming or application.point.definition.confirming


def _take(
    store: Store,
    session: Session,
    application: Application,
    question: _Question,
    person: NewContact | None,
    at: datetime,
    *,
    confirming: Confirming | None = None,
) -> Joined | Refused:
    joining = _joining(application, question, confirming or _confirming(application))
    if not question.is_yes:
        return _refuse(store, session, application, joining, person, at)
    found = contacts.find(store, session, application.brand, application.number.e164)
    return join_within(store, session, joining, None if found else person, at)


def _refuse(
    store: Store,
    session: Session,
    application: Application,
    joining: Joining,
    person: NewContact | None,
    at: datetime,
) -> Refused:
    """Remember a no. It bars nothing that the handset itself asks for later."""
    brand = programs.brand(application.brand)
    found = contacts.find(store, session, application.brand, application.number.e164)
    if found is None and person is not None:
        meet(store, session, brand, [person], at)
        found = contacts.find(store, session, application.brand, application.number.e164)
    contact = None if found is None else contacts.read(store, session, found)
    if contact is None:
        return Refused(contact=None, event=None)
    session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
    state = contacts.standings(session, [contact.id])[contact.id].state
    program, act = joining.program, joining.act
    is_known = any(each.program == program.id for each in state.refusals)
    if is_known or state.grant_for(program.id) is not None:
        # A no on a form ends nothing that the person has said before: that takes a stop.
        return Refused(contact=contact.id, event=None)
    draft = Draft(
        kind=EventKind.REFUSED,
        scope=Scope(program=program.id, purposes=(program.purpose,), categories=program.categories),
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=act.received_at,
        program=program,
        language=act.language,
        wording=act.wording,
        context=act.context or {},
        evidence=[*act.evidence, form_evidence(application.point)],
    )
    event = append(store, session, brand, contact, [draft], at).events[-1].id
    return Refused(contact=contact.id, event=event)


def _joining(application: Application, question: _Question, confirming: Confirming) -> Joining:
    act = Act(
        actor=application.actor,
        route=ROUTE,
        occurred_at=application.occurred_at,
        received_at=application.occurred_at,
        language=application.language,
        evidence=application.evidence,
        wording=question.wording,
        context={
            "answer": "yes" if question.is_yes else "no",
            **({"application": application.reference} if application.reference else {}),
            **({"age": f"{application.said_age.years}+"} if application.said_age and question.is_yes else {}),
        },
    )
    return Joining(
        brand=application.brand,
        program=question.program,
        number=application.number,
        act=act,
        confirming=confirming,
        point=application.point,
        source=application.source,
        name=application.name,
        attributes=application.attributes,
        files=_files(application, question) if question.is_yes else (),
        said_age=application.said_age if question.is_yes else None,
    )


def _files(application: Application, question: _Question) -> tuple[AcceptedFile, ...]:
    is_first = question.program.id == application.point.definition.program
    return (*application.files, *(application.probe if is_first else ()))


def is_asked_next(taken: Joined | Refused | None) -> bool:
    """Whether the general question waits for the yes to the specific one."""
    return isinstance(taken, Joined) and taken.course is Course.WAIT
