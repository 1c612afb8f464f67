"""Parts of long inbound texts, kept in the store until their text is whole.

A part is acknowledged to its carrier long before the last one comes, so it is a durable row. Whose key seals it is
settled before anybody knows which brand the text is for: a key of the number alone, of no brand, which goes a day after
the last part, or at once when the person is erased.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from yesword.channels.smpp.parts import KeptPart, PartKey
from yesword.domain.heard_numbers import ways_to_write
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store import contacts, programs, strays
from yesword.store.database import Row, Session
from yesword.store.opening import Store
from yesword.store.prepared_keys import KEPT_FOR
from yesword.store.sealing import Seal

NO_BRAND: Final = BrandId(0)
_FOR_EVER: Final = 1 << 62


class StoredParts:
    """The `PartsKeeping` of every account of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, parts: Sequence[KeptPart]) -> None:
        if not parts:
            return
        numbers = list(dict.fromkeys(part.key.number for part in parts))
        owners = dict(zip(numbers, contacts.prepare(self._store, NO_BRAND, numbers), strict=True))
        with self._store.database.write() as session:
            session.many("keep_part", [_row(part, *owners[part.key.number]) for part in parts])

    def kept(self, key: PartKey) -> Sequence[KeptPart]:
        owner = _owner(self._store, key.number)
        seal = None if owner is None else self._store.vault.seal(owner)
        if owner is None or seal is None:
            return []
        with self._store.database.read() as session:
            rows = session.rows("kept_parts", **_place(key, owner))
        return [_part(key, owner, seal, row) for row in rows]

    def forget(self, keys: Sequence[PartKey]) -> None:
        known = [(key, owner) for key in keys if (owner := _owner(self._store, key.number)) is not None]
        if not known:
            return
        with self._store.database.write() as session:
            session.many("forget_parts", [_place(key, owner) for key, owner in known])

    def older_than(self, account: str, at: datetime) -> Sequence[PartKey]:
        with self._store.database.read() as session:
            rows = session.rows("parts_without_rest", account=account, before=to_micros(at))
        seals = self._store.vault.seals(ContactId(row[0]) for row in rows)
        if lost := {row[0] for row in rows} - seals.keys():
            # Their person was erased while the part came in: nobody can read it any more.
            with self._store.database.write() as session:
                session.many(
                    "wipe_lost_parts", [{"bucket": bucket_of(each), "contact_id": each} for each in lost]
                )
        return [_key(account, row, seals[ContactId(row[0])]) for row in rows if ContactId(row[0]) in seals]


def wipe(store: Store, session: Session, brand: BrandId, number: str) -> None:
    """Of a person who is erased: the parts of what they were saying to the brand, and the key that sealed them.

    What is on its way to another brand, which does not erase them, stays: there may be a stop in it. The same goes for
    whole texts of theirs that could be given to nobody, however the carrier wrote the number.
    """
    for written in ways_to_write(number):
        if (owner := _owner(store, written)) is not None:
            _wipe(store, session, brand, owner)


def _wipe(store: Store, session: Session, brand: BrandId, owner: ContactId) -> None:
    whose = {"bucket": bucket_of(owner), "contact_id": owner}
    is_needed = not strays.wipe(session, owner, brand)
    for account, address in session.rows("addresses_of_parts", **whose):
        if _is_anothers(account, address, brand):
            is_needed = True
        else:
            session.run("wipe_parts", **whose, account=account, to_address=address)
    if not is_needed:
        session.after_commit(lambda: _drop_key(store, owner))


def purge(store: Store, accounts: Sequence[str], at: datetime) -> int:
    """Forget what came for accounts that are there no more: nobody puts it together. How many parts."""
    with store.database.write() as session:
        return session.run("purge_parts", accounts=session.texts(accounts), before=to_micros(at - KEPT_FOR))


def _is_anothers(account: str, address: str, brand: BrandId) -> bool:
    sender = programs.sender_at(account, address)
    return sender is not None and any(each.brand != brand for each in programs.on_sender(sender.id))


def _drop_key(store: Store, owner: ContactId) -> None:
    store.vault.rows.drop([owner], _FOR_EVER)
    store.vault.forget_opened()


def _owner(store: Store, number: str) -> ContactId | None:
    """The number's place in the vault: nobody of any brand."""
    digests = store.look_up.digests(NO_BRAND, contacts.PHONE, number)
    return next(iter(store.vault.find(NO_BRAND, contacts.PHONE, digests).values()), None)


def _place(key: PartKey, owner: ContactId) -> dict[str, object]:
    return {
        "bucket": bucket_of(owner),
        "contact_id": owner,
        "account": key.account,
        "to_address": key.to_address,
        "reference": key.reference,
        "total": key.total,
    }


def _sealed_at(owner: ContactId, reference: int, number: int) -> bytes:
    return f"part:{owner}:{reference}:{number}".encode()


def _row(part: KeptPart, owner: ContactId, seal: Seal) -> dict[str, object]:
    return _place(part.key, owner) | {
        "number": part.number,
        "provider_id": part.provider_id,
        "sealed": seal.close(
            _said(part.key.number, part.text), _sealed_at(owner, part.key.reference, part.number)
        ),
        "received_at": to_micros(part.at),
    }


def _part(key: PartKey, owner: ContactId, seal: Seal, row: Row) -> KeptPart:
    number, provider_id, sealed, received_at = row
    _, text = _read(seal.open(bytes(sealed), _sealed_at(owner, key.reference, number)))
    return KeptPart(
        key=key,
        number=number,
        text=text,
        provider_id=provider_id,
        at=from_micros(received_at),
    )


def _key(account: str, row: Row, seal: Seal) -> PartKey:
    owner, to_address, reference, total, number, sealed = row
    written, _ = _read(seal.open(bytes(sealed), _sealed_at(ContactId(owner), reference, number)))
    return PartKey(account=account, number=written, to_address=to_address, reference=reference, total=total)


def _said(number: str, text: str) -> bytes:
    """What is sealed: who sent it, as the carrier wrote the number, and the words. A phone may cut a pair of surrogates."""
    return f"{number}\0{text}".encode("utf-8", "surrogatepass")


def _read(said: bytes) -> tuple[str, str]:
    number, _, text = said.decode("utf-8", "surrogatepass").partition("\0")
    return number, text
