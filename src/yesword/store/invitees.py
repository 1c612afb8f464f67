"""Invitees: people whom a brand knows by e-mail, with or without a number. Without one they cannot be texted.

The address is sealed under the person's own key, and found by a keyed digest in the vault, as numbers are. Whoever wants
no more e-mail is suppressed by their address, which is another thing than a stop of texts: neither is asked for the other.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain import codec
from yesword.domain.ids import BrandId, ContactId, bucket_of, random_bucket
from yesword.domain.parties import RecipientKind
from yesword.domain.state import EMPTY
from yesword.domain.times import to_micros
from yesword.store import contact_marks, suppressions
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place
from yesword.store.suppressions import MAIL

LEFT: Final = "mail_left"  # they want no more letters
COMPLAINED: Final = "mail_complaint"
BOUNCED: Final = "mail_bounced"  # there is no such box
ERASED: Final = "erased"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NewInvitee:
    """Somebody of whom only the address is known; the key is already in the vault."""

    id: ContactId
    seal: Seal
    mail: str  # in its one spelling
    brand: BrandId
    name: str = ""
    language: str = ""
    source: str = ""


def find_many(store: Store, session: Session, brand: BrandId, mails: Sequence[str]) -> dict[str, ContactId]:
    """Who has these addresses. One that was only prepared is nobody's yet; who is erased, nobody's any more."""
    asked = {digest: mail for mail in mails for digest in store.look_up.digests(brand, MAIL, mail)}
    found = store.vault.find(brand, MAIL, list(asked))
    wanted = sorted(set(found.values()))
    rows = session.rows("living_contacts", ids=session.ids(wanted), buckets=_buckets(session, wanted))
    made = {row[0] for row in rows}
    moved = merged(session, wanted)
    return {
        asked[digest]: moved.get(contact, contact) for digest, contact in found.items() if contact in made
    }


def prepare(store: Store, brand: BrandId, mails: Sequence[str]) -> list[tuple[ContactId, Seal]]:
    """Ids and durable keys, as `contacts.prepare` gives for numbers."""
    return store.vault.prepare(
        brand,
        MAIL,
        store.look_up.newest,
        [store.look_up.digests(brand, MAIL, mail) for mail in mails],
        lambda: store.ids.make(random_bucket()),
    )


def insert(session: Session, people: Sequence[NewInvitee], at: datetime) -> int:
    """Make them, each with a standing of its own: what they say about texts goes onto their record. How many are new."""
    blank, made = EMPTY.to_bytes(), 0
    for person in people:
        bucket = bucket_of(person.id)
        is_new = session.run("insert_contact", **_row(person, at))
        if is_new:
            session.run(
                "insert_standing", bucket=bucket, contact_id=person.id, brand_id=person.brand, state=blank
            )
        made += is_new
    return made


def _row(person: NewInvitee, at: datetime) -> dict[str, object]:
    row: dict[str, object] = {
        "bucket": bucket_of(person.id),
        "id": person.id,
        "brand_id": person.brand,
        "subject": secrets.token_hex(16),
        "sealed_number": None,
        "sealed_mail": _sealed(person.seal, person.id, person.mail),
        "country": "",
        "number_kind": "",
        "may_text": 0,
        "places": codec.dumps(()),
        "name": person.name,
        "language": person.language,
        "attributes": "{}",
        "adult_since": None,
        "recipient": RecipientKind.PERSON.value,
        "source": person.source,
        "created_at": to_micros(at),
    }
    return {**row, "mac": contact_marks.mark_new(person.seal, row)}


def announce(store: Store, brand: BrandId, contact: ContactId, mail: str) -> None:
    """Make somebody who is known by number be found by address, too; before `attach`, as keys go before rows."""
    digest = store.look_up.digest(brand, MAIL, mail)
    store.vault.rows.enter(brand, MAIL, digest, store.look_up.newest, contact)


def attach(store: Store, session: Session, contact: ContactId, mail: str, seal: Seal) -> None:
    session.run(
        "attach_mail", bucket=bucket_of(contact), id=contact, sealed_mail=_sealed(seal, contact, mail)
    )
    contact_marks.renew(store, session, [contact])


def merged(session: Session, ids: Iterable[ContactId]) -> Mapping[ContactId, ContactId]:
    """Which of these have been found to be somebody with a number, and whom."""
    wanted = sorted(set(ids))
    rows = session.rows("merged_into", ids=session.ids(wanted), buckets=_buckets(session, wanted))
    return {ContactId(each): ContactId(into) for each, into in rows}


def merged_of(session: Session, contact: ContactId) -> Sequence[ContactId]:
    """Those who were found to be this contact."""
    return [ContactId(row[0]) for row in session.rows("merged_of", id=contact)]


def merge(store: Store, session: Session, invitee: ContactId, into: ContactId) -> bool:
    """Make one of two: the address is sealed anew under the key of the contact with the number; the other row points there.

    The digest of the address goes on leading to that row, and so to the contact. False: they cannot be one.
    """
    mail, seal = mails(store, session, [invitee]).get(invitee), store.vault.seal(into)
    if mail is None or seal is None:
        return False
    if not session.run("merge_invitee", bucket=bucket_of(invitee), id=invitee, into=into):
        return False
    contact_marks.renew(store, session, [invitee])
    attach(store, session, into, mail, seal)
    return True


def mails(store: Store, session: Session, ids: Iterable[ContactId]) -> Mapping[ContactId, str]:
    """The addresses of these people, as far as they have one and it opens; of one of two, that of both."""
    moved = merged(session, wanted := sorted(set(ids)))
    owners = sorted({moved.get(each, each) for each in wanted})
    rows = session.rows("mails_of_contacts", ids=session.ids(owners), buckets=_buckets(session, owners))
    seals = store.vault.seals(ContactId(row[0]) for row in rows)
    found = {
        ContactId(row[0]): seals[ContactId(row[0])].open(bytes(row[1]), place(MAIL, row[0])).decode()
        for row in rows
        if ContactId(row[0]) in seals
    }
    return {each: found[owner] for each in wanted if (owner := moved.get(each, each)) in found}


def suppress(store: Store, session: Session, brand: BrandId, mail: str, cause: str, at: datetime) -> bool:
    """Write to this address no more. False: it is suppressed already, and the first reason stands.

    The journal hears of it, so that a store which is put back from a backup does not write to them again.
    """
    digest = store.look_up.digest(brand, MAIL, mail)
    is_new = suppressions.insert(session, brand, MAIL, digest, store.look_up.newest, cause, at)
    if is_new:
        suppressions.journal(store, session, brand, [digest], at, mail_cause=cause)
    return is_new


def suppressed(store: Store, session: Session, brand: BrandId, mails: Sequence[str]) -> Mapping[str, str]:
    """Address → why nothing more is written to it, under whichever pepper."""
    asked = {digest.hex(): mail for mail in mails for digest in store.look_up.digests(brand, MAIL, mail)}
    rows = session.rows("suppressions", brand_id=brand, kind=MAIL, digests=session.texts(asked))
    return {asked[row[0]]: row[1] for row in rows}


def _sealed(seal: Seal, contact: ContactId, mail: str) -> bytes:
    return seal.close(mail.encode(), place(MAIL, contact))


def _buckets(session: Session, ids: Iterable[ContactId]) -> object:
    return sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
