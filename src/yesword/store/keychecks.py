"""Recognising the keys of a store. A wrong pepper opens everything and finds nobody: every stop would seem lifted."""

import contextlib
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import ContactId, bucket_of
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.keyfiles import PEPPER, WRAPPING, KeyMissingError, Keys, key_file
from yesword.store.sealing import LookUp, UnreadableError, place
from yesword.store.vault import Vault

_SOME: Final = 500  # look-ups that are tried
_MESSAGE: Final = b"yesword: this key belongs to this store"


class WrongKeyError(YeswordError):
    """The key {name} is not the one that this store was made with. Nothing is sent; put the right file into the keys folder."""

    code = "key_wrong"


def check_keys(session: Session, keys: Keys, folder: object) -> tuple[int, ...]:
    """Raise KeyMissingError or WrongKeyError unless every key that the store knows is here. New ones become known.

    Returns the peppers among the new ones: of these only the look-ups can say whether they are the store's.
    """
    known = {name: bytes(digest) for name, digest in session.rows("key_checks")}
    here = dict(_named(keys))
    for name, digest in known.items():
        if name not in here:
            raise KeyMissingError(folder=folder, name=f"{name}.key")
        if not hmac.compare_digest(digest, _check(here[name])):
            raise WrongKeyError(name=f"{name}.key")
    for name in here.keys() - known.keys():
        session.run("insert_key_check", name=name, digest=_check(here[name]))
    return tuple(each for each in keys.peppers if f"{PEPPER}-{each}" not in known)


def refuse_strange(session: Session, vault: Vault, look_up: LookUp, peppers: Iterable[int]) -> None:
    """Raise WrongKeyError where people are found under a pepper of this number, and none of a few under this one.

    A pepper by which nobody is found yet was just made.
    """
    for pepper in peppers:
        fits = list(_tried(session, vault, look_up, pepper))
        if fits and not any(fits):
            raise WrongKeyError(name=f"{PEPPER}-{pepper}.key")


def _tried(session: Session, vault: Vault, look_up: LookUp, pepper: int) -> Iterator[bool]:
    """Of some people whose number a pepper of this number has hashed: whether this one leads to them."""
    rows = vault.rows.look_ups_after(-1, _SOME)
    under = sorted({row[0] for row in rows if row[1] > 0 and (row[2], row[3]) == (PHONE, pepper)})
    stored = {(row[0], bytes(row[3])) for row in vault.rows.look_ups_of(under) if row[2] == PHONE}
    seals = vault.seals(ContactId(each) for each in under)
    buckets = sorted({bucket_of(each) for each in under}) if session.vendor == "postgresql" else 0
    for contact, brand, _, sealed, *_ in session.rows(
        "contacts_by_id", ids=session.ids(under), buckets=buckets
    ):
        seal = seals.get(ContactId(contact))
        if seal is None or sealed is None:
            continue
        with contextlib.suppress(UnreadableError):
            number = seal.open(bytes(sealed), place("number", contact)).decode()
            yield (contact, look_up.digest(brand, PHONE, number, pepper)) in stored


def missing_key(session: Session, folder: Path) -> KeyMissingError | None:
    """The first of the keys that the store knows whose file is not there."""
    for name in sorted(name for name, _ in session.rows("key_checks")):
        kind, _, number = name.partition("-")
        if not key_file(folder, kind, int(number)).exists():
            return KeyMissingError(folder=folder, name=f"{name}.key")
    return None


def forget_key(session: Session, kind: str, number: int) -> None:
    """A key that nothing needs any more may be taken away."""
    session.run("delete_key_check", name=f"{kind}-{number}")


def _named(keys: Keys) -> Iterator[tuple[str, bytes]]:
    kinds: Mapping[str, Mapping[int, bytes]] = {WRAPPING: keys.wrapping, PEPPER: keys.peppers}
    for kind, numbered in kinds.items():
        for number, key in numbered.items():
            yield f"{kind}-{number}", key


def _check(key: bytes) -> bytes:
    return hmac.digest(key, _MESSAGE, hashlib.sha256)
