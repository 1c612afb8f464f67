"""After look-ups were lost from the vault: holding all sending, and making people found by their number again.

Somebody may have been met anew meanwhile and taken for a stranger. Then both are one: the older record is the one that is
found from now on, and what the younger allowed ends, since a stop in the older was not known when it was given.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from yesword.consent.record import Draft, append
from yesword.domain.events import Actor, EventKind, Scope
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import to_micros
from yesword.store import contact_marks, contacts, holds, look_ups, programs
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.look_ups import Unfound
from yesword.store.opening import Store

ROUTE: Final = "look_up"
REASON: Final = "met_twice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refound:
    entered: int  # who are found by their number again
    joined: int  # of them, who had been met anew: what they allowed then has ended
    lost: int  # whose key is gone too: see `restoring.replay`
    gone: int  # who were erased, and whom the vault knew again: it forgets them once more


def find_again(store: Store, at: datetime, *, is_dry_run: bool = False) -> Refound:
    """Enter what is missing. Safe to do twice."""
    entered = joined = lost = gone = 0
    for contact in look_ups.come_back(store):
        gone += 1
        if not is_dry_run:
            store.vault.forget(contact)
            store.vault.destroy(contact, to_micros(at))
    for each in look_ups.unfound(store):
        if each.number is None:
            lost += 1
            continue
        digests = store.look_up.digests(each.brand, PHONE, each.number)
        others = store.vault.find(BrandId(each.brand), PHONE, list(digests))
        entered += 1
        joined += bool(others)
        if is_dry_run:
            continue
        for digest, other in others.items():
            _join(store, each, other, digest, at)
        if not others:
            store.vault.rows.enter(each.brand, PHONE, digests[0], store.look_up.newest, each.contact)
    return Refound(entered=entered, joined=joined, lost=lost, gone=gone)


def hold_if_lost(store: Store, at: datetime) -> bool:
    """Send nothing while there are people whom their number does not lead to. Whether that was found now.

    Somebody who has stopped would be taken for somebody new.
    """
    with store.database.read() as session:
        if holds.LOOK_UPS in holds.held_for(session):
            return False
    if not look_ups.seem_lost(store) or not any(
        True for _ in chain(look_ups.come_back(store), look_ups.unfound(store))
    ):
        return False
    with store.database.write() as session:
        holds.hold(session, holds.LOOK_UPS, at)
    return True


def _join(store: Store, elder: Unfound, younger: ContactId, digest: bytes, at: datetime) -> None:
    with store.database.write() as session:
        contact = contacts.read(store, session, younger)
        if contact is not None and contact.erased_at is None:
            if contacts.standings(session, [younger])[younger].seq:
                _end(store, session, contact, at)
            session.run("join_contact", bucket=bucket_of(younger), id=younger, into=elder.contact)
            contact_marks.renew(store, session, [younger])
    store.vault.rows.lead(elder.brand, PHONE, digest, elder.contact)


def _end(store: Store, session: Session, contact: contacts.Contact, at: datetime) -> None:
    draft = Draft(
        kind=EventKind.WITHDRAWN,
        scope=Scope(),
        actor=Actor.SYSTEM,
        route=ROUTE,
        occurred_at=at,
        received_at=at,
        reason=REASON,
    )
    append(store, session, programs.brand(contact.brand), contact, [draft], at)
