"""What another system says that a person wants: weighed, and taken as far as its evidence goes.

Its yes grants only with source, date and wording at hand, at grade D, and where the point asks for a confirmation, only
if the other system claims one; else a request is noted that sends nothing. What it tells late is the record of an old
yes, like a row of an import: with its true date, and without a welcome. Its no is remembered of people who are known
here. Its end of a consent ends it, and is remembered of anybody, as calls come in any order. Nothing that it says lifts
a stop.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from yesword.collect.joining import Joined, Joining, NobodyThereError, join_within, prepared
from yesword.collect.points import Point
from yesword.collect.sources import Shown, Source
from yesword.consent import Act, Draft, Withdrawn, append, meet, withdraw
from yesword.consent.record import row_evidence
from yesword.domain import phone
from yesword.domain.collecting.asking import FRESH, Course
from yesword.domain.collecting.hooks import CLOCKS_DIFFER, Told, Wish
from yesword.domain.collecting.points import Confirming
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.phone import PhoneError, PhoneNumber
from yesword.domain.times import to_micros
from yesword.store import contacts, programs
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store

if TYPE_CHECKING:
    from yesword.collect.triggers import Closed

_ROUTES: Final = {"lead_ad": "lead_ad", "application": "application"}
_CHECKOUT: Final = "checkout"
MOST_AGE: Final = timedelta(days=730)  # a yes that is told when it is older than this has to be given anew


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What came of it. `ended`: stops that have to be drained before anybody is told that they stand; `closed`: orders and
    applications of which the same is true.
    """

    joined: Joined | None = None
    ended: tuple[tuple[ContactId, Withdrawn], ...] = ()
    closed: tuple["Closed", ...] = ()

    def __add__(self, later: "Heard") -> "Heard":
        return Heard(
            joined=self.joined or later.joined,
            ended=(*self.ended, *later.ended),
            closed=(*self.closed, *later.closed),
        )


NOTHING: Final = Heard()


def route_of(point: Point) -> str:
    return _ROUTES.get(point.definition.kind.value, _CHECKOUT)


def number_of(source: Source, told: Told) -> PhoneNumber | None:
    """None where there is no number, or none that can be read for certain."""
    return number_in(told.number, told.country, programs.brand(source.brand).country)


def number_in(written: str, country: str, own: str) -> PhoneNumber | None:
    """A number as somebody wrote it: of the country that they name, or else of the brand's own."""
    for each in dict.fromkeys((country or own, own)) if written else ():
        try:
            return phone.parse(written, country=each)
        except PhoneError:
            continue
    return None


def is_new(session: Session, source: Source, name: str, at: datetime) -> bool:
    """Whether this is told for the first time; it is remembered as told, in the transaction of what follows from it."""
    digest = hashlib.sha256(name.encode()).digest()
    return bool(session.run("see_hook", source_id=source.id, digest=digest, seen_at=to_micros(at)))


def person_for(
    store: Store, source: Source, told: Told, number: PhoneNumber, at: datetime
) -> NewContact | None:
    """Who is made if nobody has the number, prepared before a transaction begins; None where somebody has it."""
    with store.database.read() as session:
        if contacts.find(store, session, source.brand, number.e164) is not None:
            return None
    return prepared(store, joining(source, source.point, told, number, None, None, at))


def hear(
    store: Store,
    session: Session,
    source: Source,
    point: Point,
    told: Told,
    wish: Wish,
    number: PhoneNumber,
    person: NewContact | None,
    at: datetime,
) -> Heard:
    """Take one answer about the program of one point. `person`: from `person_for`."""
    if wish is Wish.UNSAID:
        return NOTHING
    said_at = told.said_at if told.said_at and told.said_at <= at + CLOCKS_DIFFER else None
    contact = _known(store, session, source, number)
    if wish is Wish.ENDED and contact is None:
        contact = _met(store, session, source, number, person, at)
    if wish is not Wish.YES:
        if contact is None:
            return NOTHING  # nothing is kept of somebody who is not known here, and wants nothing
        return _no(store, session, source, point, told, wish, contact, said_at, at)
    # The same yes stands in every later message, and must not come back as a new one after it was taken back.
    if said_at and not is_new(session, source, f"yes:{point.id}:{number.e164}:{said_at.isoformat()}", at):
        return NOTHING
    if contact is not None and said_at is not None:
        state = contacts.standings(session, [contact.id])[contact.id].state
        stop = state.withdrawal_for(point.program.id)
        if stop is not None and said_at <= stop.at:
            return NOTHING
    shown = source.shown(told.form, point, told.language)
    made = joining(source, point, told, number, shown, said_at, at)
    joined = join_within(store, session, made, person, at)
    if joined.course is Course.GRANT and joined.event is not None:
        session.run(
            "insert_arrival",
            bucket=bucket_of(joined.event),
            event_id=joined.event,
            source_id=source.id,
            form=told.form,
            contact_id=joined.contact,
            program_id=point.program.id,
            arrived_at=to_micros(at),
        )
    return Heard(joined=joined)


def hear_again(store: Store, session: Session, source: Source, told: Told, number: PhoneNumber) -> Heard:
    """Of what was told before only an end has anything left to do: that nothing which it covers is still on its way."""
    contact = _known(store, session, source, number)
    if told.wish is not Wish.ENDED or contact is None:
        return NOTHING
    state = contacts.standings(session, [contact.id])[contact.id].state
    stop = state.withdrawal_for(source.point.program.id)
    if stop is None:
        return NOTHING
    ended = Withdrawn(event=stop.event, seq=stop.seq, program=stop.scope.program)
    return Heard(ended=((contact.id, ended),))


def joining(
    source: Source,
    point: Point,
    told: Told,
    number: PhoneNumber,
    shown: Shown | None,
    said_at: datetime | None,
    at: datetime,
) -> Joining:
    """The act as the record is to have it: said by another system, with what it gave as evidence and what it lacks."""
    is_double = point.definition.confirming is not Confirming.NONE
    proof = {
        "date": said_at is not None,
        "wording": shown is not None,
        "confirmation": told.is_confirmed or not is_double,
        "recency": said_at is None or at - said_at <= MOST_AGE,
    }
    lacks = [part for part, is_there in proof.items() if not is_there]
    language = shown.language if shown else told.language or source.language
    act = Act(
        actor=Actor.API,
        route=route_of(point),
        occurred_at=said_at or at,
        received_at=at,
        language=language,
        evidence=[row_evidence("import_row", dict(told.row), f"{source.provider.value}:{told.ref}")],
        context={
            "origin": told.origin,
            "form": told.form or None,
            "claims_confirmation": told.is_confirmed,
            "lacks": list(lacks),
        },
        # Where nobody knows what was shown, nothing is pinned rather than something else.
        wording=shown.wording if shown else "",
    )
    return Joining(
        brand=source.brand,
        program=point.program,
        number=number,
        act=act,
        confirming=Confirming.ASK if lacks else Confirming.NONE,
        point=point,
        source=f"{source.provider.value}-{source.id}",
        name=told.name,
        welcomes=said_at is None or at - said_at <= FRESH,
    )


def _no(
    store: Store,
    session: Session,
    source: Source,
    point: Point,
    told: Told,
    wish: Wish,
    contact: Contact,
    said_at: datetime | None,
    at: datetime,
) -> Heard:
    state = contacts.standings(session, [contact.id])[contact.id].state
    brand, program = programs.brand(source.brand), point.program
    grant, request = state.grant_for(program.id), state.request_for(program.id)
    evidence = [row_evidence("import_row", dict(told.row), f"{source.provider.value}:{told.ref}")]
    if wish is Wish.ENDED:
        # Old news of an end stands in every later message, too: who has joined again since stays in.
        # Shops tell whole seconds: of what happened in the same one, the end counts.
        is_old = grant is not None and said_at is not None and said_at < grant.since.replace(microsecond=0)
        if is_old:
            return NOTHING
        if grant is None and request is None:
            _refuse(store, session, source, point, told, contact, "ended_elsewhere", said_at, at)
            return NOTHING
        act = Act(
            actor=Actor.API,
            route=route_of(point),
            occurred_at=said_at or at,
            received_at=at,
            language=contact.language or source.language,
            evidence=evidence,
            context={"origin": told.origin},
        )
        ended = withdraw(store, session, brand, contact, act, at, program=program, reason="ended_elsewhere")
        return Heard(ended=((contact.id, ended),))
    # A box that a member leaves empty takes nothing back; nobody ticks again what they have said already.
    if grant is None:
        _refuse(store, session, source, point, told, contact, "box_left_empty", said_at, at)
    return NOTHING


def _refuse(
    store: Store,
    session: Session,
    source: Source,
    point: Point,
    told: Told,
    contact: Contact,
    reason: str,
    said_at: datetime | None,
    at: datetime,
) -> None:
    """Remember that they want nothing, once: an older yes that is told later must not let them in."""
    state = contacts.standings(session, [contact.id])[contact.id].state
    program = point.program
    is_refused = any(each.program in (None, program.id) for each in state.refusals)
    if is_refused or state.withdrawal_for(program.id) is not None:
        return
    draft = Draft(
        kind=EventKind.REFUSED,
        scope=Scope(program=program.id, purposes=(program.purpose,), categories=program.categories),
        actor=Actor.API,
        route=route_of(point),
        occurred_at=said_at or at,
        received_at=at,
        program=program,
        language=contact.language or source.language,
        evidence=[row_evidence("import_row", dict(told.row), f"{source.provider.value}:{told.ref}")],
        context={"origin": told.origin},
        reason=reason,
    )
    append(store, session, programs.brand(source.brand), contact, [draft], at)


def _met(
    store: Store,
    session: Session,
    source: Source,
    number: PhoneNumber,
    person: NewContact | None,
    at: datetime,
) -> Contact:
    """Somebody of whom the first that is told is an end: the yes before it may still be on its way."""
    if person is not None:
        meet(store, session, programs.brand(source.brand), [person], at)
    contact = _known(store, session, source, number)
    if contact is None:
        raise NobodyThereError
    return contact


def _known(store: Store, session: Session, source: Source, number: PhoneNumber) -> Contact | None:
    found = contacts.find(store, session, source.brand, number.e164)
    return None if found is None else contacts.read(store, session, found)
