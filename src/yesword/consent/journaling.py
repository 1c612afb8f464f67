"""Stops, written to the journal once they are committed: what a store that is put back is told of what it has forgotten."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import codec, ids
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import ContactId
from yesword.domain.times import to_micros
from yesword.store import contacts
from yesword.store.contacts import PHONE, Contact
from yesword.store.database import Session
from yesword.store.journal import Stop
from yesword.store.opening import Store
from yesword.store.sealing import UnreadableError

_DAY: Final = timedelta(days=1)
_LOOKED_AT: Final = 100_000  # lines of the journal, from its end

STOPS: Final = frozenset({EventKind.WITHDRAWN, EventKind.INVALIDATED, EventKind.ERASED})


def journal(
    store: Store, session: Session, recorded: Iterable[tuple[Contact, Iterable[ConsentEvent]]]
) -> None:
    """Have the stops among these events written, before whoever asked for them hears that they stand."""
    stops = [
        _stop(store, contact, contact.number, event)
        for contact, events in recorded
        for event in events
        if event.kind in STOPS and contact.number is not None
    ]
    if stops:
        session.after_commit(lambda: store.journal.write(stops))


def _stop(store: Store, contact: Contact, number: str, event: ConsentEvent) -> Stop:
    return Stop(
        event=event.id,
        brand=contact.brand,
        digest=store.look_up.digest(contact.brand, PHONE, number),
        pepper=store.look_up.newest,
        program=event.scope.program,
        kind=event.kind.value,
        at=event.received_at,
    )


def catch_up(store: Store, at: datetime) -> int:
    """Write the stops of the last day that a process committed and did not live to write. Their number."""
    known = {stop.event for stop in store.journal.newest(_LOOKED_AT)}
    with store.database.read() as session:
        lately = [
            codec.loads(ConsentEvent, bytes(row[0]))
            for row in session.rows("stops_lately", stamp=ids.stamp_at(at - _DAY), since=to_micros(at - _DAY))
        ]
        missed = [event for event in lately if event.id not in known]
        people = {event.contact: _read(store, session, event.contact) for event in missed}
    found = [
        _stop(store, contact, contact.number, event)
        for event in missed
        if (contact := people[event.contact]) is not None and contact.number is not None
    ]
    store.journal.write(sorted(found, key=lambda stop: stop.at))
    return len(found)


def _read(store: Store, session: Session, contact: ContactId) -> Contact | None:
    """None where the key is gone: a store that was put back may have somebody who was erased since."""
    try:
        return contacts.read(store, session, contact)
    except UnreadableError:
        return None
