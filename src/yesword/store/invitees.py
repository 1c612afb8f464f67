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
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal, place

MAIL: Final = "mail"  # kind of the look-up, and of the suppression
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
    return {asked[digest]: contact for digest, contact in found.items() if contact in made}


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
    return {
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


def announce(store: Store, brand: BrandId, contact: ContactId, mail: str) -> None:
    """Make somebody who is known by number be found by address, too; before `attach`, as keys go before rows."""
    digest = store.look_up.digest(brand, MAIL, mail)
    store.vault.rows.enter(brand, MAIL, digest, store.look_up.newest, contact)


def attach(session: Session, contact: ContactId, mail: str, seal: Seal) -> None:
    session.run(
        "attach_mail", bucket=bucket_of(contact), id=contact, sealed_mail=_sealed(seal, contact, mail)
    )


def mails(store: Store, session: Session, ids: Iterable[ContactId]) -> Mapping[ContactId, str]:
    """The addresses of these people, as far as they have one and it opens."""
    wanted = sorted(set(ids))
    rows = session.rows("mails_of_contacts", ids=session.ids(wanted), buckets=_buckets(session, wanted))
    seals = store.vault.seals(ContactId(row[0]) for row in rows)
    return {
        ContactId(row[0]): seals[ContactId(row[0])].open(bytes(row[1]), place(MAIL, row[0])).decode()
        for row in rows
        if ContactId(row[0]) in seals
    }


def suppress(store: Store, session: Session, brand: BrandId, mail: str, cause: str, at: datetime) -> bool:
    """Write to this address no more. False: it is suppressed already, and the first reason stands."""
    return bool(
        session.run(
            "insert_suppression",
            brand_id=brand,
            kind=MAIL,
            digest=store.look_up.digest(brand, MAIL, mail).hex(),
            pepper=store.look_up.newest,
            cause=cause,
            since=to_micros(at),
        )
    )


def suppressed(store: Store, session: Session, brand: BrandId, mails: Sequence[str]) -> Mapping[str, str]:
    """Address → why nothing more is written to it, under whichever pepper."""
    asked = {digest.hex(): mail for mail in mails for digest in store.look_up.digests(brand, MAIL, mail)}
    rows = session.rows("suppressions", brand_id=brand, kind=MAIL, digests=session.texts(asked))
    return {asked[row[0]]: row[1] for row in rows}


def _sealed(seal: Seal, contact: ContactId, mail: str) -> bytes:
    return seal.close(mail.encode(), place(MAIL, contact))


def _buckets(session: Session, ids: Iterable[ContactId]) -> object:
    return sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
