"""Finding kept proof of erased people by their number: for a claim, and for nothing else.

A number may have been erased more than once, each time with a record whose proof is kept: each has a place of its own.
"""

from collections.abc import Sequence
from typing import Final

from yesword.domain.ids import BrandId, ContactId
from yesword.store.opening import Store

HOLD_LOOK_UP: Final = "held_phone"
PLACES: Final = 8  # erasures of one number whose proof is kept at the same time


def enter(store: Store, brand: BrandId, number: str, contact: ContactId) -> None:
    """Let the contact's kept proof be found. Doing it again changes nothing; beyond the last place nobody is entered."""
    found = _found(store, brand, number)
    if contact in found.values():
        return
    for value in _values(number):
        if value not in found:
            newest = store.look_up.newest
            digest = store.look_up.digest(brand, HOLD_LOOK_UP, value)
            store.vault.rows.enter(brand, HOLD_LOOK_UP, digest, newest, contact)
            return


def find(store: Store, brand: BrandId, number: str) -> list[ContactId]:
    """The erased contacts that had this number and whose proof is kept, the oldest first."""
    return sorted(set(_found(store, brand, number).values()))


def find_many(store: Store, brand: BrandId, numbers: Sequence[str]) -> dict[str, list[ContactId]]:
    """The same of many numbers; those that nobody held are left out."""
    asked = {
        digest: number
        for number in numbers
        for value in _values(number)
        for digest in store.look_up.digests(brand, HOLD_LOOK_UP, value)
    }
    found: dict[str, list[ContactId]] = {}
    for digest, contact in store.vault.find(brand, HOLD_LOOK_UP, list(asked)).items():
        found.setdefault(asked[digest], []).append(contact)
    return {number: sorted(set(each)) for number, each in found.items()}


def _found(store: Store, brand: BrandId, number: str) -> dict[str, ContactId]:
    asked = {
        digest: value
        for value in _values(number)
        for digest in store.look_up.digests(brand, HOLD_LOOK_UP, value)
    }
    held = store.vault.find(brand, HOLD_LOOK_UP, list(asked))
    return {asked[digest]: contact for digest, contact in held.items()}


def _values(number: str) -> list[str]:
    return [number, *(f"{number}#{place}" for place in range(2, PLACES + 1))]
