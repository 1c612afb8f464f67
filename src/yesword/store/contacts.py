"""Contacts as rows: made with their look-up and their standing, read with their number only when a key is at hand."""

import functools
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Final

from yesword.domain import codec
from yesword.domain.ages import SaidAge
from yesword.domain.ids import BrandId, ContactId, bucket_of, random_bucket
from yesword.domain.parties import RecipientKind
from yesword.domain.phone import PhoneNumber
from yesword.domain.places import Place, Whereabouts, places_for
from yesword.domain.state import EMPTY, ConsentState
from yesword.domain.times import from_micros, to_micros
from yesword.store import contact_marks
from yesword.store.database import Row, Session
from yesword.store.sealing import Seal, UnreadableError, place

if TYPE_CHECKING:
    from yesword.store.opening import Store

PHONE = "phone"
NOTHING_SAID: Final = Whereabouts()
# So many people who are made at once share a random bucket: their rows lie side by side, and a fraction of the pages is
# written. A bucket still tells nothing of a number.
_NEIGHBOURS: Final = 32


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Contact:
    """A person as one brand knows them. `number` is E.164, or None once its key is destroyed."""

    id: ContactId
    brand: BrandId
    subject: str
    number: str | None
    country: str
    number_kind: str
    may_text: bool
    places: tuple[Place, ...]
    name: str
    language: str
    attributes: Mapping[str, str]
    adult_since: datetime | None
    source: str
    created_at: datetime
    recipient: RecipientKind = RecipientKind.PERSON
    # Since then somebody else has the number. What was known of its former owner is not read, until it is said anew.
    hidden_since: datetime | None = None
    erased_at: datetime | None = None
    # Since then it is kept, and used for nothing else.
    restricted_since: datetime | None = None
    said_age: SaidAge | None = None  # where that is younger than of age

    @property
    def bucket(self) -> int:
        return bucket_of(self.id)

    def __repr__(self) -> str:
        return f"<Contact {self.id}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NewContact:
    """What is known of a person who is about to become a contact; its key is already in the vault."""

    id: ContactId
    seal: Seal
    number: PhoneNumber
    brand: BrandId
    name: str = ""
    language: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    # Only what is concluded from it is kept: where the person may be, and no address.
    whereabouts: Whereabouts = NOTHING_SAID
    recipient: RecipientKind = RecipientKind.PERSON
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingRow:
    contact: ContactId
    seq: int
    state: ConsentState


def find(store: "Store", session: Session, brand: BrandId, number: str) -> ContactId | None:
    """Which contact of the brand has the number, if any."""
    return find_many(store, session, brand, [number]).get(number)


def find_many(
    store: "Store", session: Session, brand: BrandId, numbers: Sequence[str]
) -> dict[str, ContactId]:
    """Who has these numbers. One that was only prepared is nobody's yet; who is being erased, nobody's any more."""
    asked = {digest: number for number in numbers for digest in store.look_up.digests(brand, PHONE, number)}
    found = store.vault.find(brand, PHONE, list(asked))
    wanted = sorted(set(found.values()))
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    made = {row[0] for row in session.rows("living_contacts", ids=session.ids(wanted), buckets=buckets)}
    return {asked[digest]: contact for digest, contact in found.items() if contact in made}


def prepare(store: "Store", brand: BrandId, numbers: Sequence[str]) -> list[tuple[ContactId, Seal]]:
    """Ids and durable keys for contacts that are about to be made. A number gets the same ones each time it is asked."""
    buckets = chain.from_iterable(repeat(random_bucket(), _NEIGHBOURS) for _ in count())
    return store.vault.prepare(
        brand,
        PHONE,
        store.look_up.newest,
        [store.look_up.digests(brand, PHONE, number) for number in numbers],
        lambda: store.ids.make(next(buckets)),
    )


def insert(session: Session, people: Sequence[NewContact], at: datetime) -> list[Contact]:
    """Make contacts with their standings. Those that somebody else made meanwhile are left out of the answer."""
    return insert_ready(session, [ready(person, at) for person in people])


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Ready:
    """A contact that is sealed and written down already, and only has to be put into the store."""

    contact: Contact
    row: Mapping[str, object]


def ready(person: NewContact, at: datetime) -> Ready:
    """Do what costs time before a transaction begins."""
    contact = _made(person, at)
    return Ready(contact=contact, row=_row(contact, person.seal))


def insert_ready(session: Session, people: Sequence[Ready]) -> list[Contact]:
    """As `insert`."""
    if session.vendor == "sqlite":
        # Nobody else writes meanwhile, so who is here can be asked beforehand, and the rest goes in at once.
        wanted = session.ids(each.contact.id for each in people)
        known = {row[0] for row in session.rows("contacts_by_id", ids=wanted, buckets=0)} if people else set()
        put = [each for each in people if each.contact.id not in known]
        session.many("insert_contact", [each.row for each in put])
    else:
        put = [each for each in people if session.run("insert_contact", **each.row)]
    blank = EMPTY.to_bytes()
    session.many(
        "insert_standing",
        [
            {
                "bucket": each.contact.bucket,
                "contact_id": each.contact.id,
                "brand_id": each.contact.brand,
                "state": blank,
            }
            for each in put
        ],
    )
    return [each.contact for each in put]


def _made(person: NewContact, at: datetime) -> Contact:
    return Contact(
        id=person.id,
        brand=person.brand,
        subject=secrets.token_hex(16),
        number=person.number.e164,
        country=person.number.country,
        number_kind=person.number.kind.value,
        may_text=person.number.may_text,
        places=places_for(person.number, person.whereabouts),
        name=person.name,
        language=person.language,
        attributes=dict(person.attributes),
        adult_since=None,
        source=person.source,
        created_at=at,
        recipient=person.recipient,
    )


def unmet(brand: BrandId, number: PhoneNumber, at: datetime) -> Contact:
    """Whoever has the number, of whom nothing else is known: to ask the gate about, and never kept."""
    return Contact(
        id=ContactId(0),
        brand=brand,
        subject="",
        number=number.e164,
        country=number.country,
        number_kind=number.kind.value,
        may_text=number.may_text,
        places=places_for(number),
        name="",
        language="",
        attributes={},
        adult_since=None,
        source="",
        created_at=at,
    )


def _row(contact: Contact, seal: Seal) -> dict[str, object]:
    assert contact.number is not None
    row = {
        "bucket": contact.bucket,
        "id": contact.id,
        "brand_id": contact.brand,
        "subject": contact.subject,
        "sealed_number": seal.close(contact.number.encode(), place("number", contact.id)),
        "sealed_mail": None,
        "country": contact.country,
        "number_kind": contact.number_kind,
        "may_text": int(contact.may_text),
        "places": _places_written(contact.places),
        "name": contact.name,
        "language": contact.language,
        "attributes": json.dumps(dict(contact.attributes), ensure_ascii=False),
        "adult_since": None,
        "recipient": contact.recipient.value,
        "source": contact.source,
        "created_at": to_micros(contact.created_at),
    }
    return {**row, "mac": contact_marks.mark_new(seal, row)}


def read_many(store: "Store", session: Session, ids: Iterable[ContactId]) -> dict[ContactId, Contact]:
    wanted = sorted(set(ids))
    buckets = sorted({bucket_of(each) for each in wanted})
    rows = session.rows(
        "contacts_by_id", ids=session.ids(wanted), buckets=buckets if session.vendor == "postgresql" else 0
    )
    seals = store.vault.seals(wanted)
    return {ContactId(row[0]): _contact(row, seals.get(ContactId(row[0]))) for row in rows}


def among(session: Session, ids: Iterable[ContactId]) -> set[ContactId]:
    """Which of these have a row here, also of people who were erased."""
    wanted = sorted(set(ids))
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    return {
        ContactId(row[0]) for row in session.rows("contacts_by_id", ids=session.ids(wanted), buckets=buckets)
    }


def read(store: "Store", session: Session, contact_id: ContactId) -> Contact | None:
    return read_many(store, session, [contact_id]).get(contact_id)


def _contact(row: Row, seal: Seal | None) -> Contact:
    is_hidden = row[15] is not None
    return Contact(
        id=ContactId(row[0]),
        brand=BrandId(row[1]),
        subject=row[2],
        number=_number(row, seal),
        country=row[4],
        number_kind=row[5],
        may_text=bool(row[6]),
        places=_places(bytes(row[7])),
        name="" if is_hidden else row[8],
        language=row[9],
        attributes={} if is_hidden else json.loads(row[10]),
        adult_since=None if row[11] is None else from_micros(row[11]),
        source=row[12],
        created_at=from_micros(row[13]),
        recipient=RecipientKind(row[14]),
        hidden_since=from_micros(row[15]) if is_hidden else None,
        erased_at=None if row[16] is None else from_micros(row[16]),
        restricted_since=None if row[17] is None else from_micros(row[17]),
        said_age=None if row[18] is None else SaidAge(years=row[18], on=from_micros(row[19])),
    )


def _number(row: Row, seal: Seal | None) -> str | None:
    """Of somebody whose erasure broke off, it is sealed under the key that is still to take the place of this one."""
    sealed, is_erased = row[3], row[16] is not None
    if seal is None or sealed is None:
        return None
    try:
        return seal.open(bytes(sealed), place("number", row[0])).decode()
    except UnreadableError:
        if not is_erased:
            raise
        return None


def learn(
    store: "Store", session: Session, contact: Contact, name: str, attributes: Mapping[str, str]
) -> None:
    """What a person said of themselves, where nothing was known: it takes the place of nothing. `rectify` does."""
    session.run(
        "learn_contact",
        bucket=contact.bucket,
        id=contact.id,
        name=contact.name or name,
        attributes=json.dumps({**attributes, **contact.attributes}, ensure_ascii=False),
    )
    contact_marks.renew(store, session, [contact.id])


def learn_age(store: "Store", session: Session, contact: Contact, said: SaidAge) -> None:
    """How old the person said to be, where nothing was known, or less; no birth date is kept."""
    of = {"bucket": contact.bucket, "id": contact.id}
    since = said.adult_since
    if since is not None:
        session.run("learn_age", **of, adult_since=to_micros(since))
    else:
        session.run("learn_youth", **of, years=said.years, said_at=to_micros(said.on))
    contact_marks.renew(store, session, [contact.id])


def hide_owner(store: "Store", session: Session, contact: ContactId, since: datetime) -> None:
    """Somebody else has the number now, whose name and attributes these are not."""
    session.run("hide_owner", bucket=bucket_of(contact), id=contact, hidden_since=to_micros(since))
    contact_marks.renew(store, session, [contact])


@functools.lru_cache(maxsize=1024)
def _places_written(places: tuple[Place, ...]) -> bytes:
    return codec.dumps(places)


@functools.lru_cache(maxsize=1024)
def _places(stored: bytes) -> tuple[Place, ...]:
    """There are few different sets of places, and many people in each."""
    return codec.loads(tuple[Place, ...], stored)


def standings(
    session: Session, ids: Iterable[ContactId], *, lock: bool = False
) -> dict[ContactId, StandingRow]:
    """The standings of these contacts. With `lock` (PostgreSQL), those that somebody writes just now are left out."""
    if not (wanted := sorted(set(ids))):
        return {}
    rows = session.rows(
        "lock_standings" if lock else "standings",
        ids=session.ids(wanted),
        buckets=sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0,
    )
    return {
        ContactId(contact): StandingRow(
            contact=ContactId(contact), seq=seq, state=ConsentState.from_bytes(bytes(state))
        )
        for contact, seq, state in rows
    }


def page_after(session: Session, brand: BrandId, cursor: int, count: int) -> list[ContactId]:
    """The next contacts of the brand, in the order of their ids."""
    rows = session.rows(
        "contacts_after", brand_id=brand, cursor=cursor, cursor_bucket=bucket_of(cursor), count=count
    )
    return [ContactId(row[0]) for row in rows]


def standing_seqs(session: Session, ids: Iterable[ContactId]) -> dict[ContactId, int]:
    """Only where each record stands: what a claim compares and a plan pins."""
    wanted = sorted(set(ids))
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    return {
        ContactId(row[0]): row[1]
        for row in session.rows("standings", ids=session.ids(wanted), buckets=buckets)
    }
