"""Orders and applications that texts may inform about: opened, and closed with everything that was queued for them.

What is open is a grant on the basis of a trigger, limited to that one order; it permits information, never promotion,
and no stop gives way to it. What is closed has expired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.collect.hearsay import route_of
from yesword.collect.sources import Source
from yesword.consent import Draft, append, meet
from yesword.consent.record import row_evidence
from yesword.domain.collecting.hooks import Told
from yesword.domain.events import Actor, Basis, EventKind, Grade, Limits, Scope, trigger_ref
from yesword.domain.ids import ContactId, EventId, ProgramId, bucket_of
from yesword.domain.phone import PhoneNumber
from yesword.domain.programs import Program
from yesword.domain.times import to_micros
from yesword.store import contacts, programs
from yesword.store.contacts import NewContact
from yesword.store.database import Row, Session
from yesword.store.opening import Store

LASTS: Final = timedelta(days=90)  # one that nobody closes ends by itself
_KIND: Final = "trigger"  # of its keyed digest


def open_trigger(
    store: Store,
    session: Session,
    source: Source,
    told: Told,
    number: PhoneNumber,
    person: NewContact | None,
    at: datetime,
) -> str | None:
    """What texts about it have to name; None where there may be none, or where it was opened before."""
    program = source.informs
    if program is None or _rows(store, session, source, told.ref):
        return None
    brand = programs.brand(source.brand)
    if person is not None:
        meet(store, session, brand, [person], at)
    found = contacts.find(store, session, source.brand, number.e164)
    contact = None if found is None else contacts.read(store, session, found)
    if contact is None or not contact.may_text:
        return None
    state = contacts.standings(session, [contact.id])[contact.id].state
    is_refused = any(each.program in (None, program.id) for each in state.refusals)
    if state.withdrawal_for(program.id) is not None or is_refused:
        return None
    trigger = store.ids.make(contact.bucket)
    draft = Draft(
        kind=EventKind.GRANTED,
        scope=Scope(program=program.id, purposes=(program.purpose,), categories=program.categories),
        actor=Actor.API,
        route=route_of(source.point),
        occurred_at=at,
        received_at=at,
        program=program,
        basis=Basis.TRIGGER,
        grade=Grade.D,
        limits=Limits(trigger=trigger, ends_at=at + LASTS),
        evidence=[row_evidence("import_row", dict(told.row), f"{source.provider.value}:{told.ref}")],
        context={"origin": told.origin},
    )
    recorded = append(store, session, brand, contact, [draft], at)
    session.run(
        "insert_trigger",
        bucket=contact.bucket,
        id=trigger,
        source_id=source.id,
        digest=store.look_up.digest(source.brand, _KIND, _name(source, told.ref)),
        contact_id=contact.id,
        program_id=program.id,
        event_id=recorded.events[-1].id,
        opened_at=to_micros(at),
    )
    return trigger_ref(trigger)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """Something that was closed: whoever told of it is answered once no text about it is on its way."""

    contact: ContactId
    ref: str  # what its texts name


def close_trigger(
    store: Store, session: Session, source: Source, told: Told, at: datetime
) -> tuple[Closed, ...]:
    """Everything of this name that is closed now, also what was before, so that being told again drains again.

    Texts that wait for it are cancelled, and those that are being handed over are called back. In this transaction the
    record comes first: its lock waits for a claim that is under way, whose texts are on their way then.
    """
    closed = []
    for trigger, contact_id, program_id, event, closed_at in _rows(store, session, source, told.ref):
        contact = contacts.read(store, session, ContactId(contact_id))
        if contact is None or contact.erased_at is not None:
            continue
        ref = trigger_ref(trigger)
        closed.append(Closed(contact=contact.id, ref=ref))
        if closed_at is not None:
            continue
        place = {"bucket": bucket_of(trigger)}
        append(
            store,
            session,
            programs.brand(source.brand),
            contact,
            [_expiry(source, told, programs.current(ProgramId(program_id)), EventId(event), at)],
            at,
        )
        session.run("close_trigger", **place, id=trigger, closed_at=to_micros(at), closing=told.closing)
        about = {**place, "contact_id": contact_id, "trigger_ref": ref}
        session.run("cancel_of_trigger", **about, now=to_micros(at))
        session.run("recall_of_trigger", **about)
    return tuple(closed)


def is_on_its_way(session: Session, closed: Closed) -> bool:
    """Whether a text about it is being handed over."""
    row = session.first(
        "sending_of_trigger",
        bucket=bucket_of(closed.contact),
        contact_id=closed.contact,
        trigger_ref=closed.ref,
    )
    return row is not None and row[0] > 0


def _expiry(source: Source, told: Told, program: Program, event: EventId, at: datetime) -> Draft:
    return Draft(
        kind=EventKind.EXPIRED,
        scope=Scope(program=program.id),
        actor=Actor.API,
        route=route_of(source.point),
        occurred_at=at,
        received_at=at,
        program=program,
        answers=event,
        reason=told.closing or "closed",
        context={"origin": told.origin},
    )


def _rows(store: Store, session: Session, source: Source, ref: str) -> Sequence[Row]:
    """By the digests under each pepper: one that was opened under an older one is found, too."""
    name = _name(source, ref)
    return [
        row
        for digest in store.look_up.digests(source.brand, _KIND, name)
        for row in session.rows("trigger_of_ref", source_id=source.id, digest=digest)
    ]


def _name(source: Source, ref: str) -> str:
    return f"{source.id}:{ref}"
