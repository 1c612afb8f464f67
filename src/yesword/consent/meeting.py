"""Meeting somebody: a contact is made, and starts as stopped if a stop of theirs outlived an earlier one."""

from collections.abc import Sequence
from datetime import datetime

from yesword.consent.record import Draft, append_many
from yesword.domain.events import SUPPRESSION, Actor, ConsentEvent, EventKind, Scope
from yesword.domain.ids import EventId
from yesword.domain.state import EMPTY, ConsentState, apply
from yesword.store import contacts, suppressions
from yesword.store.contacts import Contact, NewContact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow


def meet(
    store: Store, session: Session, brand: BrandRow, people: Sequence[NewContact], at: datetime
) -> list[Contact]:
    """Make these contacts of the brand; those that somebody else made meanwhile are left out of the answer.

    Whoever is suppressed is withdrawn from the first moment, so that only their own handset lets them in again.
    """
    made = contacts.insert(session, people, at)
    stopped = suppressions.find(store, session, brand.id, [person.number for person in made if person.number])
    changes = [
        (person, [_stop(stopped[person.number])])
        for person in made
        if person.number is not None and person.number in stopped
    ]
    if changes:
        append_many(store, session, brand, changes, at)
    return made


def stranger(store: Store, session: Session, person: Contact) -> ConsentState:
    """How somebody who is not known here would stand, if they were met now. `person` has no record."""
    if person.number is None:
        return EMPTY
    found = suppressions.find(store, session, person.brand, [person.number]).get(person.number)
    if found is None:
        return EMPTY
    stop = _stop(found)
    event = ConsentEvent(
        id=EventId(0),
        brand=person.brand,
        contact=person.id,
        seq=1,
        kind=stop.kind,
        scope=stop.scope,
        actor=stop.actor,
        route=stop.route,
        occurred_at=stop.occurred_at,
        received_at=stop.received_at,
        reason=stop.reason,
    )
    return apply(EMPTY, event)


def _stop(suppression: suppressions.Suppression) -> Draft:
    return Draft(
        kind=EventKind.WITHDRAWN,
        scope=Scope(),
        actor=Actor.SYSTEM,
        route=SUPPRESSION,
        occurred_at=suppression.since,
        received_at=suppression.since,
        reason=suppression.cause,
    )
