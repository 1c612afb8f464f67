"""Stops, written to the journal once they are committed: what a store that is put back is told of what it has forgotten."""

from collections.abc import Iterable
from typing import Final

from yesword.domain.events import ConsentEvent, EventKind
from yesword.store.contacts import PHONE, Contact
from yesword.store.database import Session
from yesword.store.journal import Stop
from yesword.store.opening import Store

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
