"""Joining: what an act on a collection point leads to, in one transaction with its evidence.

Every way in ends here, except the handset's own keyword and what comes in files. What may be done with a number is
decided in `domain.collecting.asking`; who acted, and what shows it, is what each way in brings along.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from yesword.collect import rewards, tickets
from yesword.collect.backing import files_evidence, form_evidence, page_evidence
from yesword.collect.points import Point
from yesword.consent import Act, ask, grant, meet, note_request
from yesword.domain import composing
from yesword.domain.ages import SaidAge
from yesword.domain.collecting.asking import Case, Course, course
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.events import Actor, Basis, EventKind, Grade
from yesword.domain.evidence import Happening, grade
from yesword.domain.ids import BrandId, ContactId, EventId
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.state import ConsentState
from yesword.proof.evidence.files import AcceptedFile
from yesword.proof.evidence.grades import evidence_of
from yesword.store import asked_numbers, contacts, programs, tallies
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import disclosure_digest
from yesword.store.tallies import Tallied

AN_HOUR: Final = timedelta(hours=1)
MOST_AN_HOUR: Final = 500  # questions that one point may lead to; a point may lower it
TICKS_AN_HOUR: Final = 50  # people whom a page may let in by a tick alone; a point may raise it as far
# A form that asks many and hears from few is being abused: the breaker looks at the last day.
BREAKER_AFTER: Final = 40
BREAKER_SHARE: Final = 0.05


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Joining:
    """Who is said to want what, and what shows it."""

    brand: BrandId
    program: Program  # the version whose wording was shown
    number: PhoneNumber
    act: Act
    confirming: Confirming
    point: Point | None = None
    source: str = ""  # the tag of the link by which they came
    name: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    files: Sequence[AcceptedFile] = ()  # kept under the person's key
    basis: Basis = Basis.EXPRESS_WRITTEN
    nonce: str = ""  # of the page, which is used up by this
    imprint: bytes = b""  # of the page and what was sent from it
    said_age: SaidAge | None = None
    welcomes: bool = True  # False: it is told so late that a text about it would come out of the blue


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    course: Course
    contact: ContactId
    event: EventId | None = None
    grade: Grade | None = None


def join(store: Store, joining: Joining, at: datetime) -> Joined:
    """Do what may be done. What is shown to whoever acted must not depend on it: a page would tell who is known.

    Raises UsedTicketError where the page was answered before.
    """
    while True:
        person = _prepared(store, joining)
        # Who was erased since they were looked for is met anew, as somebody whom nobody knows.
        with contextlib.suppress(NobodyThereError), store.database.write() as session:
            return join_within(store, session, joining, person, at)


def join_within(
    store: Store, session: Session, joining: Joining, person: NewContact | None, at: datetime
) -> Joined:
    """The same within a transaction. `person`: who is made if nobody has the number yet."""
    if joining.nonce:
        tickets.use(session, joining.nonce, at, joining.imprint)
    contact, state = _met(store, session, joining, person, at)
    what = course(_case(store, session, joining, contact, state, at))
    act = _with_evidence(store, session, joining, contact, what, at)
    reached = _grade(joining, act, at) if what is Course.GRANT else None
    if reached is Grade.E:
        what, reached = (
            Course.WAIT,
            None,
        )  # such evidence is never a grant: the handset has to speak for itself
    brand = programs.brand(joining.brand)
    sender = programs.sender_of(joining.program).id
    verb = (store, session, brand, contact, joining.program, act)
    event: EventId | None = None
    if reached is not None:
        verb = (*verb[:-1], replace(act, gift=_gift(session, joining, contact)))
        granted = grant(*verb, reached, sender, at, basis=joining.basis, welcomes=joining.welcomes)
        what = Course.CAPPED if granted is None else what
        event = granted.events[-1].id if granted else None
        if event is not None and _is_typed_by_anybody(joining):
            # A stranger's number can be typed here as well: what it leads to is counted as a question is.
            asked_numbers.note(store, session, joining.number.e164, event, _point_id(joining), at)
            asked_numbers.answered(session, event, at)
    elif what is Course.ASK:
        asked = ask(*verb, sender, at)
        what = Course.CAPPED if asked is None else what
        event = asked.events[-1].id if asked else None
        if event is not None and contact.number is not None:
            asked_numbers.note(
                store, session, contact.number, event, _point_id(joining), at, source=joining.source
            )
    elif what is Course.WAIT:
        event = note_request(*verb, at).events[-1].id
    if event is not None:
        _learn(store, session, joining, contact, what, event, at)
    return Joined(course=what, contact=contact.id, event=event, grade=reached)


def _prepared(store: Store, joining: Joining) -> NewContact | None:
    with store.database.read() as session:
        if contacts.find(store, session, joining.brand, joining.number.e164) is not None:
            return None
    return prepared(store, joining)


def prepared(store: Store, joining: Joining) -> NewContact:
    """Who is made, if nobody has the number; with a key that is durable before anything is sealed under it."""
    ((contact_id, seal),) = contacts.prepare(store, joining.brand, [joining.number.e164])
    return NewContact(
        id=contact_id,
        seal=seal,
        number=joining.number,
        brand=joining.brand,
        name=joining.name,
        language=joining.act.language,
        attributes=joining.attributes,
        source=joining.act.route,
    )


class NobodyThereError(Exception):
    """The person was erased between being found and being locked: ask again, as of somebody whom nobody knows."""


def _met(
    store: Store, session: Session, joining: Joining, person: NewContact | None, at: datetime
) -> tuple[Contact, ConsentState]:
    if person is not None:
        meet(store, session, programs.brand(joining.brand), [person], at)
    found = contacts.find(store, session, joining.brand, joining.number.e164)
    contact = None if found is None else contacts.read(store, session, found)
    if contact is None:
        raise NobodyThereError
    # Locked before it is read: two submissions at once must not both be the first.
    row = session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
    if row is None:
        raise NobodyThereError
    return contact, ConsentState.from_bytes(bytes(row[1]))


def _case(
    store: Store, session: Session, joining: Joining, contact: Contact, state: ConsentState, at: datetime
) -> Case:
    return Case(
        state=state,
        program=joining.program.id,
        confirming=joining.confirming,
        actor=joining.act.actor,
        occurred_at=joining.act.occurred_at,
        at=at,
        may_text=contact.may_text,
        serves_country=contact.country in _countries(joining),
        asked=asked_numbers.read(store, session, joining.number.e164, at),
        is_point_capped=joining.point is not None and is_capped(session, joining.point, at),
        sender_can_receive=programs.sender_of(joining.program).facts.can_receive,
    )


def _countries(joining: Joining) -> tuple[str, ...]:
    listed = joining.point.definition.countries if joining.point else ()
    return listed or (programs.brand(joining.brand).country,)


def is_capped(session: Session, point: Point, at: datetime) -> bool:
    """Whether the point asks nobody by text for now: it has asked too many, or too few of them answered."""
    lately, _ = asked_numbers.by_point(session, point.id, at - AN_HOUR)
    usual = TICKS_AN_HOUR if point.definition.confirming is Confirming.NONE else MOST_AN_HOUR
    if lately >= int(point.definition.setting("most_an_hour") or usual):
        return True
    asked, answered = asked_numbers.by_point(session, point.id, at - timedelta(days=1))
    return asked >= BREAKER_AFTER and answered < asked * BREAKER_SHARE


def _with_evidence(
    store: Store, session: Session, joining: Joining, contact: Contact, what: Course, at: datetime
) -> Act:
    """The act with everything that shows it: what is kept of nobody's act stays out of the store."""
    if what not in (Course.GRANT, Course.ASK, Course.WAIT):
        return joining.act
    items = list(joining.act.evidence)
    if joining.point is not None:
        items += [form_evidence(joining.point), *page_evidence(joining.point, joining.act.language)]
    digest = disclosure_digest(_wording(joining, joining.act))
    items += files_evidence(store, session, contact, joining.files, digest, at)
    source = {"source": joining.source} if joining.source else {}
    context = {**(joining.act.context or {}), **source}
    return replace(joining.act, evidence=items, context=context)


def _grade(joining: Joining, act: Act, at: datetime) -> Grade:
    happening = Happening(
        kind=EventKind.GRANTED,
        actor=act.actor,
        route=act.route,
        occurred_at=act.occurred_at,
        received_at=at,
        basis=joining.basis,
        disclosure=disclosure_digest(_wording(joining, act)),
    )
    return grade(happening, evidence_of(act.evidence)).grade


def _is_typed_by_anybody(joining: Joining) -> bool:
    """On a page of ours that is open to the world, without a person of ours or a shop's server in between."""
    is_open = joining.point is not None and joining.point.definition.kind in _OPEN_PAGES
    return is_open and joining.act.actor is Actor.PERSON


_OPEN_PAGES: Final = frozenset({PointKind.FORM, PointKind.POPUP, PointKind.APPLICATION})


def _point_id(joining: Joining) -> int | None:
    return joining.point.id if joining.point else None


def _wording(joining: Joining, act: Act) -> str:
    """What was shown, to the letter."""
    return act.wording or composing.disclosure(joining.program, act.language)


def _gift(session: Session, joining: Joining, contact: Contact) -> str:
    if joining.point is None:
        return ""
    return rewards.gift_for(session, contact, joining.point, joining.act.language)


_TALLIED: Final = {Course.ASK: Tallied.ASKED, Course.WAIT: Tallied.NOTED}


def _learn(
    store: Store,
    session: Session,
    joining: Joining,
    contact: Contact,
    what: Course,
    event: EventId,
    at: datetime,
) -> None:
    """Count it, and keep what was said besides. A stranger could have typed it, so it takes the place of nothing."""
    if joining.point is not None:
        if what is Course.GRANT:
            tallies.joined(session, joining.point.id, joining.source, event, contact.id, at)
        else:
            tallies.add(session, joining.point.id, joining.source, _TALLIED[what], at)
    if joining.said_age is not None:
        contacts.learn_age(store, session, contact, joining.said_age)
    if what is Course.GRANT:
        contacts.learn(store, session, contact, joining.name, dict(joining.attributes))
