"""Who has the number now, as far as anybody knows: a code of theirs, what the brand has confirmed, and signs against it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from yesword.consent.reassigned import reassigned_at
from yesword.domain import codec
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.privacy import traces
from yesword.privacy.access import Proof
from yesword.privacy.restricting import NobodyThereError
from yesword.store import contacts
from yesword.store.contacts import Contact
from yesword.store.database import Row
from yesword.store.opening import Store

# Long enough to come back to one's page; a number may go to somebody else without any sign.
SECOND_PROOF_LASTS: Final = timedelta(days=30)


def confirm_second_proof(store: Store, contact: Contact, by: int, at: datetime) -> None:
    """The brand has seen, in another way than by the handset, that whoever asks is the person."""
    with store.database.write() as session:
        known = contacts.read(store, session, contact.id)
        if known is None or known.erased_at is not None:
            raise NobodyThereError
        session.run(
            "confirm_second_proof",
            bucket=known.bucket,
            contact_id=known.id,
            confirmed_at=to_micros(at),
            confirmed_by=by,
        )
        traces.leave("privacy.second_proof", traces.about(known.id), by)


def second_proof_until(store: Store, contact: Contact, at: datetime) -> datetime | None:
    """Until when what the brand has confirmed counts; None where it has confirmed nothing, or that counts no more."""
    proof = completed(store, contact, Proof(since=at), at)
    if not proof.is_second:
        return None
    with store.database.read() as session:
        confirmed = _confirmed_at(session.first("second_proof", **_place(contact.id)))
    return None if confirmed is None else confirmed + SECOND_PROOF_LASTS


def completed(store: Store, contact: Contact, proof: Proof, at: datetime) -> Proof:
    """The same proof with all else that is known by now of who has the number."""
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=contact.bucket, contact_id=contact.id)
        confirmed = _confirmed_at(session.first("second_proof", **_place(contact.id)))
    sign = reassigned_at(contact, [codec.loads(ConsentEvent, bytes(row[1])) for row in rows])
    is_second = (
        confirmed is not None and at - confirmed < SECOND_PROOF_LASTS and (sign is None or confirmed > sign)
    )
    return replace(proof, is_second=is_second, reassigned_at=sign)


def _place(contact: ContactId) -> dict[str, int]:
    return {"bucket": bucket_of(contact), "contact_id": contact}


def _confirmed_at(row: Row | None) -> datetime | None:
    return None if row is None else from_micros(row[0])
