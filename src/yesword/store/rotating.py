"""Rotating the keys that seal and find: a new one is made, everything is moved to it, the old one can be taken away.

It may be stopped and called again: what is still under an older key shows in the vault. Nothing else may have the store
open meanwhile, because whoever opened it before does not know the new key and would find nobody.
"""

import fcntl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import MAKERS, ContactId
from yesword.store import contacts, invitees, suppressions
from yesword.store.keychecks import forget_key
from yesword.store.keyfiles import PEPPER, WRAPPING, key_file, next_key
from yesword.store.opening import Store, open_store

_PAGE: Final = 500
_LOWEST: Final = -(1 << 63)  # second keys stand under ids below zero

Progress = Callable[[int], None]  # how many have been moved


class StoreInUseError(YeswordError):
    """Another process has the store in {folder} open. Stop everything, rotate, and start again."""

    code = "store_in_use"


class KeyInUseError(YeswordError):
    """{name} is still needed: {why}. It stays."""

    code = "key_in_use"


class NoSuchKeyError(YeswordError):
    """There is no key {name} here, or it is the newest of its kind, which stays. `yesword keys list` shows them."""

    code = "no_such_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyUse:
    """One key file, and whether anything needs it."""

    kind: str
    number: int
    is_newest: bool
    is_needed: bool


def rotate(store: Store, kind: str, progress: Progress = lambda _: None) -> Store:
    """Make the next key of a kind (WRAPPING or PEPPER), and move everything to it. The store, opened anew.

    An earlier rotation that was stopped is finished first, without another key. Raises StoreInUseError.
    """
    if is_in_use(store):
        raise StoreInUseError(folder=store.folder)
    if not _is_unfinished(store, kind):
        next_key(store.folder, kind)
    folder, url = store.folder, store.url
    store.close()
    again = open_store(folder, url)
    try:
        moved = 0
        for count in _rewrap(again) if kind == WRAPPING else _rehash(again):
            moved += count
            progress(moved)
        again.vault.rows.scrub()
    except BaseException:
        again.close()
        raise
    return again


def uses(store: Store) -> list[KeyUse]:
    """Every wrapping key and pepper of the store."""
    wrapping, peppers = _needed(store)
    newest = store.vault.newest_wrapping
    found = [
        KeyUse(kind=WRAPPING, number=each, is_newest=each == newest, is_needed=each in wrapping)
        for each in sorted(store.vault.wrapping_numbers)
    ]
    return found + [
        KeyUse(
            kind=PEPPER,
            number=each,
            is_newest=each == store.look_up.newest,
            is_needed=each in peppers,
        )
        for each in sorted(store.look_up.versions)
    ]


def retire(store: Store, kind: str, number: int) -> None:
    """Take away a key that nothing needs. Raises KeyInUseError, NoSuchKeyError."""
    name = f"{kind}-{number}.key"
    found = next((each for each in uses(store) if (each.kind, each.number) == (kind, number)), None)
    if found is None or found.is_newest:
        raise NoSuchKeyError(name=name)
    if found.is_needed:
        raise KeyInUseError(name=name, why=_WHY[kind])
    with store.database.write() as session:
        forget_key(session, kind, number)
    key_file(store.folder, kind, number).unlink()


_WHY: Final = {
    WRAPPING: "people's keys are wrapped with it; rotate again to move them",
    PEPPER: "numbers are found by it, or suppressed by it after an erasure, and those cannot be hashed anew",
}


def is_in_use(store: Store) -> bool:
    """Whether any other process has this store open on this host."""
    taken = 0
    for number in range(MAKERS):
        path = store.run / f"maker-{number}"
        if not path.exists():
            continue
        with path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                taken += 1
    return taken > 1  # one of them is ours


def _needed(store: Store) -> tuple[set[int], set[int]]:
    wrapping, peppers = store.vault.rows.in_use()
    with store.database.read() as session:
        peppers |= suppressions.peppers_in_use(session)
    return wrapping, peppers


def _is_unfinished(store: Store, kind: str) -> bool:
    wrapping, peppers = store.vault.rows.in_use()
    if kind == WRAPPING:
        return bool({each for each in wrapping if each > 0} - {store.vault.newest_wrapping})
    return bool(peppers - {store.look_up.newest})


def _rewrap(store: Store) -> Iterator[int]:
    cursor = _LOWEST
    while rows := store.vault.rows.keys_after(cursor, _PAGE):
        cursor = rows[-1][0]
        older = [
            (contact, bytes(wrapped), number)
            for contact, wrapped, number in rows
            if wrapped is not None and 0 < number < store.vault.newest_wrapping
        ]
        if older:
            store.vault.rewrap(older)
        yield len(rows)


def _rehash(store: Store) -> Iterator[int]:
    """Under the newest pepper. A number that nobody here can read stays under the older one, and so keeps that needed."""
    cursor = -1
    while rows := store.vault.rows.look_ups_after(cursor, _PAGE):
        cursor = rows[-1][0]
        with store.database.read() as session:
            people = contacts.read_many(store, session, [ContactId(row[0]) for row in rows])
            mails = invitees.mails(store, session, people)
        anew = []
        for contact, brand, kind, pepper in rows:
            person = people.get(ContactId(contact))
            known = None if person is None else person.number
            if kind == suppressions.MAIL:
                known = mails.get(ContactId(contact))
            if pepper != store.look_up.newest and known is not None:
                digest = store.look_up.digest(brand, kind, known)
                anew.append((contact, brand, kind, digest, store.look_up.newest))
        store.vault.rows.rehash(anew)
        yield len(rows)
