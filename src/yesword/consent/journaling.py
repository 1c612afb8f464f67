"""Stops, written to the journal once they are committed: what a store that is put back is told of what it has forgotten."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import codec, ids
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import ContactId
from yesword.domain.times import to_micros
from yesword.store import contacts, erasures, suppressions
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
        session.gather_for_after(stops, store.journal.write)


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
    _part_erased(store)
    with store.database.read() as session:
        lately = [
            codec.loads(ConsentEvent, bytes(row[0]))
            for row in session.rows("stops_lately", stamp=ids.stamp_at(at - _DAY), since=to_micros(at - _DAY))
        ]
        # Of whoever is erased, or is being erased, there is a line of another kind, and none with an event.
        missed = [
            event
            for event in lately
            if event.id not in known and erasures.read(session, event.contact) is None
        ]
        people = {event.contact: _read(store, session, event.contact) for event in missed}
    found = [
        _stop(store, contact, contact.number, event)
        for event in missed
        if (contact := people[event.contact]) is not None and contact.number is not None
    ]
    store.journal.write(sorted(found, key=lambda stop: stop.at))
    return len(found) + _catch_up_traces(store, at)


def _part_erased(store: Store) -> None:
    """What an earlier version kept on one line: who was erased, and the digest of whose number that is."""
    if parted := store.journal.part_erased():
        with store.database.write() as session:
            for line in parted:
                suppressions.suppress_gone(session, line)


def _catch_up_traces(store: Store, at: datetime) -> int:
    """The same of those of which there is no event: numbers that nobody here has, and e-mail that ended."""
    told = {(stop.brand, stop.digest) for stop in store.journal.newest(_LOOKED_AT)}
    told |= {(line.brand, line.digest) for line in store.journal.gone()}
    with store.database.write() as session:
        missed = [
            each for each in suppressions.lately(session, at - _DAY) if (each.brand, each.digest) not in told
        ]
        for each in missed:
            cause = each.cause if each.kind == suppressions.MAIL else None
            suppressions.journal(
                store, session, each.brand, [each.digest], each.since, mail_cause=cause, pepper=each.pepper
            )
    return len(missed)


def _read(store: Store, session: Session, contact: ContactId) -> Contact | None:
    """None where the key is gone: a store that was put back may have somebody who was erased since."""
    try:
        return contacts.read(store, session, contact)
    except UnreadableError:
        return None
