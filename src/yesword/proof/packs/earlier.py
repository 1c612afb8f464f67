"""Earlier records of a number: of people who were erased, and whose proof is kept to answer a claim and for nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yesword.domain.ids import ContactId
from yesword.proof.packs.dossier import Dossier
from yesword.store import contacts, erasures
from yesword.store.contacts import Contact
from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Kept:
    """Somebody who was erased, and of whom the proof is left, sealed under the key of legal holds."""

    contact: Contact
    erased_at: datetime
    until: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EarlierDossier:
    """What can still be opened of an earlier record."""

    kept: Kept
    dossier: Dossier
    id: str  # of its own pack


def kept_of(store: Store, ids: Sequence[ContactId]) -> tuple[Kept, ...]:
    """Those of them whose proof is kept, the one that was erased last first."""
    with store.database.read() as session:
        people = contacts.read_many(store, session, ids)
        rows = {each: erasures.read(session, each) for each in people}
    found = [
        Kept(contact=person, erased_at=person.erased_at, until=row.retain_until.date())
        for each, person in people.items()
        if person.erased_at is not None and (row := rows[each]) is not None and row.retain_until is not None
    ]
    return tuple(sorted(found, key=lambda each: each.erased_at, reverse=True))
