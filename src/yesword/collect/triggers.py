"""Orders and applications that texts may inform about: opened, and closed with everything that was queued for them.

What is open is a grant on the basis of a trigger, limited to that one order; it permits information, never promotion,
and no stop gives way to it. What is closed has expired.
"""

from collections.abc import Sequence
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


def close_trigger(store: Store, session: Session, source: Source, told: Told, at: datetime) -> bool:
    """Whether something was open. Texts that wait for it are cancelled; one on its way may still arrive."""
    is_any = False
    for trigger, contact_id, program_id, event, closed_at in _rows(store, session, source, told.ref):
        if closed_at is not None:
            continue
        contact = contacts.read(store, session, ContactId(contact_id))
        if contact is None:
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
        session.run(
            "cancel_of_trigger",
            **place,
            contact_id=contact_id,
            trigger_ref=trigger_ref(trigger),
            now=to_micros(at),
        )
        is_any = True
    return is_any


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
