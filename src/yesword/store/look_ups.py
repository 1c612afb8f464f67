"""Whether everybody is still found by their number: the look-ups of the vault against the people in the store.

Somebody whose look-up is gone would be taken for somebody new when they are met again, and their stop would be forgotten.
Nothing else has the digests of numbers, so each is made anew from the number that the person's own key opens.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yesword.domain.ids import BrandId, ContactId, bucket_of, to_text
from yesword.store import contact_marks, invitees
from yesword.store.contact_marks import COLUMNS
from yesword.store.contacts import PHONE
from yesword.store.database import Row, Session
from yesword.store.erasures import DONE, HELD, KEYLESS, STOPPED
from yesword.store.misfits import Fault, Misfit, misfit
from yesword.store.sealing import Seal, UnreadableError, place
from yesword.store.suppressions import MAIL
from yesword.store.vault import OF_PEOPLE

if TYPE_CHECKING:
    from yesword.store.opening import Store

_PAGE: Final = 500
_TABLE: Final = "look_up"
_NOBODY: Final = 0  # the brand of look-ups that are no person's
_FAR: Final = 1 << 62  # microseconds: later than anything that was prepared
_MANY: Final = 100_000
_NUMBER, _ADDRESS, _MERGED = (COLUMNS.index(each) for each in ("sealed_number", "sealed_mail", "merged_into"))

LookUpRow = tuple[int, str, bytes, int]
"""(brand, kind, digest, pepper)"""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Unfound:
    """Somebody whom their number does not lead to."""

    contact: ContactId
    brand: int
    number: str | None  # None: their key is gone too, as in the older copy of a vault


def of_contacts(store: "Store", ids: Sequence[int]) -> Mapping[int, frozenset[LookUpRow]]:
    """The look-ups that lead to each of these."""
    found: dict[int, set[LookUpRow]] = {}
    for contact, brand, kind, digest, pepper in store.vault.rows.look_ups_of(list(ids)):
        found.setdefault(contact, set()).add((brand, kind, bytes(digest), pepper))
    return {contact: frozenset(rows) for contact, rows in found.items()}


def misfits_of(
    store: "Store",
    brand: int,
    row: Sequence[object],
    seal: Seal,
    look_ups: frozenset[LookUpRow],
) -> Iterator[Misfit]:
    """What does not fit of one living person: the number, and the address where one is known, each under one digest."""
    contact = ContactId(int(str(row[0])))
    name = to_text("con", contact)
    number = _opened(seal, contact, row[_NUMBER], "number")
    if number is not None and row[_MERGED] is None:
        found = {each for each in look_ups if each[1] == PHONE}
        wanted = {(brand, PHONE, digest, pepper) for digest, pepper in _digests(store, brand, PHONE, number)}
        if not found:
            yield misfit(Fault.LOOK_UP_MISSING, _TABLE, contact=name)
        elif len(found) != 1 or not found <= wanted:
            yield misfit(Fault.LOOK_UP_DIFFERS, _TABLE, contact=name, what="number")
    mail = _opened(seal, contact, row[_ADDRESS], MAIL)
    if mail is not None:
        digests = {digest for digest, _ in _digests(store, brand, MAIL, mail)}
        own = {each[2] for each in look_ups if each[1] == MAIL}
        if own - digests or not (own or _leads_here(store, brand, contact, digests)):
            yield misfit(Fault.LOOK_UP_DIFFERS, _TABLE, contact=name, what="e-mail address")
    strange = {kind for _, kind, _, _ in look_ups} - OF_PEOPLE
    if strange:
        yield misfit(Fault.LOOK_UP_DIFFERS, _TABLE, contact=name, what=" and ".join(sorted(strange)))


def _leads_here(store: "Store", brand: int, contact: ContactId, digests: Iterable[bytes]) -> bool:
    """Whether the address is that of somebody who was found to be this contact."""
    owners = set(store.vault.find(BrandId(brand), MAIL, list(digests)).values())
    with store.database.read() as session:
        return contact in invitees.merged(session, owners).values()


def of_nobody(store: "Store", brand: int) -> Iterator[Misfit]:
    """Look-ups that lead to nobody: not to a person who lives, nor to one who is about to be made."""
    if store.keys_trouble is not None:
        return
    cursor = -1
    while rows := store.vault.rows.look_ups_after(cursor, _PAGE):
        cursor = rows[-1][0]
        owners = {
            contact
            for contact, of_brand, kind, _ in rows
            if kind in OF_PEOPLE and of_brand != _NOBODY and brand in (-1, of_brand)
        }
        astray = _not_living(store, owners)
        # Once more: somebody may have been made, or erased, in between.
        astray &= set(of_contacts(store, sorted(astray)))
        prepared = set(store.vault.rows.prepared_among(sorted(astray)))
        for contact in sorted(_not_living(store, astray - prepared)):
            yield misfit(Fault.LOOK_UP_OF_NOBODY, _TABLE, contact=to_text("con", contact))


def _not_living(store: "Store", ids: set[int]) -> set[int]:
    wanted = sorted(ids)
    buckets = sorted({bucket_of(each) for each in wanted})
    with store.database.read() as session:
        rows = session.rows(
            "living_contacts",
            ids=session.ids(wanted),
            buckets=buckets if session.vendor == "postgresql" else 0,
        )
    return ids - {row[0] for row in rows}


def seem_lost(store: "Store") -> bool:
    """Whether there are fewer look-ups than people with a number, or some that lead to people who were erased.

    Counted, so a look-up that was changed is not noticed. Counting is not done in one moment: `unfound` and `come_back`
    say of whom it is true.
    """
    if any(True for _ in come_back(store)):
        return True
    with store.database.read() as session:
        people = _people(session)
    waiting = store.vault.rows.prepared_before(_FAR, _MANY)
    unmade = _unmade(store, waiting)
    return people > store.vault.rows.count_look_ups(PHONE) - unmade


def _people(session: Session) -> int:
    row = session.first("count_findable", stopped=STOPPED, keyless=KEYLESS)
    return int(row[0]) if row else 0


def _unmade(store: "Store", prepared: Sequence[int]) -> int:
    """How many of these have a look-up of a number, and no row."""
    unmade = 0
    for start in range(0, len(prepared), _PAGE):
        some = prepared[start : start + _PAGE]
        with store.database.read() as session:
            made = {row[0] for row in contact_marks.read(session, [ContactId(each) for each in some])}
        of = of_contacts(store, [each for each in some if each not in made])
        unmade += sum(kind == PHONE for rows in of.values() for _, kind, _, _ in rows)
    return unmade


def come_back(store: "Store") -> Iterator[ContactId]:
    """People who were erased, and to whom the vault leads again: it was put back from an older copy."""
    place = (-1, -1)
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "erased_after", bucket=place[0], contact_id=place[1], done=DONE, held=HELD, count=_PAGE
            )
        if not rows:
            return
        place = rows[-1]
        yield from map(ContactId, sorted(of_contacts(store, [contact for _, contact in rows])))


def unfound(store: "Store") -> Iterator[Unfound]:
    """Everybody whom their number does not lead to, in the order of their ids."""
    cursor = -1
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "findable_after",
                cursor=cursor,
                cursor_bucket=bucket_of(max(cursor, 0)),
                count=_PAGE,
                stopped=STOPPED,
                keyless=KEYLESS,
            )
        if not rows:
            return
        cursor = rows[-1][0]
        yield from _unfound(store, rows)


def _unfound(store: "Store", rows: Sequence[Row]) -> Iterator[Unfound]:
    ids = [ContactId(row[0]) for row in rows]
    seals, look_ups = store.vault.seals(ids), of_contacts(store, ids)
    for contact, brand, sealed in rows:
        has_one = any(kind == PHONE for _, kind, _, _ in look_ups.get(contact, ()))
        seal = seals.get(ContactId(contact))
        number = None if seal is None else _opened(seal, contact, sealed, "number")
        if not has_one and (seal is None or number is not None):
            yield Unfound(contact=ContactId(contact), brand=brand, number=number)


def _digests(store: "Store", brand: int, kind: str, value: str) -> list[tuple[bytes, int]]:
    return [(store.look_up.digest(brand, kind, value, pepper), pepper) for pepper in store.look_up.versions]


def _opened(seal: Seal, contact: int, sealed: object, what: str) -> str | None:
    """None where there is none, or it does not open: that is told of the row."""
    if not isinstance(sealed, bytes | memoryview):
        return None
    try:
        return seal.open(bytes(sealed), place(what, contact)).decode()
    except UnreadableError:
        return None
