"""The vault: each contact's key, wrapped, and which number is whose, in a database of its own with a backup of its own.

A key is committed here before the row that it seals is committed in the store. A crash between the two leaves a key
without a row, which harms nobody; the other way round would leave a row that nobody can read.

Destroying a key, and with it the look-up of its number, is what erases a person: a store that was backed up before holds
nothing by which a number could be guessed, because the digests of numbers are here and nowhere else.
"""

import functools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId
from yesword.store.keyfiles import Keys
from yesword.store.sealing import Seal, UnreadableError, new_key, place
from yesword.store.vault_postgresql import PostgresRows
from yesword.store.vault_sqlite import SqliteRows

OF_PEOPLE: Final = frozenset(
    {"phone", "mail"}
)  # kinds of look-up whose owners have a row in the store, once made


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Proposed:
    """A contact that may be about to be made: `digests` of its number, newest pepper first."""

    digests: tuple[bytes, ...]
    contact_id: ContactId
    wrapped: bytes


class Rows(Protocol):
    """The two tables, on either database. Everything that a call writes is durable when it returns."""

    def keys(self, contact_ids: Sequence[int]) -> list[tuple[int, bytes | None, int, bool]]:
        """(contact, wrapped key or None, number of the wrapping key, whether it took the place of a destroyed one)."""

    def find(self, brand: int, kind: str, digests: Sequence[bytes]) -> list[tuple[bytes, int]]:
        """(digest, contact)."""

    def propose(
        self, brand: int, kind: str, pepper: int, wrapping: int, rows: Sequence[Proposed], at: int | None
    ) -> list[int]:
        """Enter those whose number nobody has, with their keys; for each row, who has its number now.

        All of them are marked as prepared `at`, unless that is None, so that nobody lets go of their keys meanwhile.
        """

    def prepared_before(self, before: int, count: int) -> list[int]:
        """Contacts that were prepared before then and may not have been made since, the oldest first."""

    def settle(self, contact_ids: Sequence[int]) -> None:
        """They have been made: their keys stay."""

    def drop(self, contact_ids: Sequence[int], before: int) -> int:
        """Destroy the keys and the look-ups of those that nobody has prepared again since `before`; how many."""

    def forget(self, contact_id: int, wrapped: bytes, wrapping: int) -> None:
        """Forget whose number it was, and keep a second key beside the contact's, unless there is one."""

    def replace(self, contact_id: int, wrapped: bytes, wrapping: int, at: int) -> None:
        """Destroy a contact's key, and put the second one in its place."""

    def enter(self, brand: int, kind: str, digest: bytes, pepper: int, contact_id: int) -> None:
        """One more way to find a contact."""

    def rewrap(self, rows: Sequence[tuple[int, bytes, bytes, int]]) -> None:
        """(contact, wrapped before, wrapped anew, number of the wrapping key). A key that changed meanwhile is left."""

    def keys_after(self, cursor: int, count: int) -> list[tuple[int, bytes | None, int]]: ...

    def look_ups_after(self, cursor: int, count: int) -> list[tuple[int, int, str, int]]:
        """(contact, brand, kind, pepper), by contact."""

    def look_ups_of(self, contact_ids: Sequence[int]) -> list[tuple[int, int, str, bytes, int]]:
        """(contact, brand, kind, digest, pepper)."""

    def count_look_ups(self, kind: str) -> int:
        """How many lead to people of some brand."""

    def prepared_among(self, contact_ids: Sequence[int]) -> list[int]:
        """Those of these that may not have been made yet."""

    def unsettle(self, contact_ids: Sequence[int], at: int) -> None:
        """Their rows went again, as if they had never been made: from `at` on their keys wait to be let go of."""

    def lead(self, brand: int, kind: str, digest: bytes, contact_id: int) -> None:
        """Let a digest lead to somebody else."""

    def rehash(self, rows: Sequence[tuple[int, int, str, bytes, int]]) -> None:
        """(contact, brand, kind, digest, pepper): under another pepper."""

    def in_use(self) -> tuple[set[int], set[int]]:
        """Numbers of wrapping keys and of peppers that some row needs."""

    def scrub(self) -> None:
        """Leave no trace of what was destroyed in the files."""

    def close(self) -> None: ...


class HoldKeyMissingError(YeswordError):
    """Proof that has to be kept cannot be locked away: the key of legal holds is not on this machine. Put hold-1.key back into the keys folder; what was begun goes on by itself."""

    code = "hold_key_missing"


class Vault:
    """Makes and opens contacts' keys, and finds contacts."""

    def __init__(self, rows: Rows, keys: Keys) -> None:
        self.rows = rows
        self._wrapping = {number: Seal(key) for number, key in keys.wrapping.items()}
        self._wrapping |= {-number: Seal(key) for number, key in keys.holds.items()}
        self._newest = max(keys.wrapping)
        self._opened = functools.lru_cache(maxsize=4096)(self._open)

    def find(self, brand: BrandId, kind: str, digests: Sequence[bytes]) -> dict[bytes, ContactId]:
        """Who has these numbers. A contact that somebody was about to make when they died is found, too."""
        return {bytes(digest): ContactId(each) for digest, each in self.rows.find(brand, kind, digests)}

    def prepare(
        self,
        brand: BrandId,
        kind: str,
        pepper: int,
        digests: Sequence[tuple[bytes, ...]],
        make_id: Callable[[], int],
    ) -> list[tuple[ContactId, Seal]]:
        """An id and a durable key for each number; for one that is known, or prepared already, those that it has."""
        keys = {ContactId(make_id()): new_key() for _ in digests}
        proposed = [
            Proposed(digests=each, contact_id=contact_id, wrapped=self.wrap(contact_id, key))
            for each, (contact_id, key) in zip(digests, keys.items(), strict=True)
        ]
        at = time.time_ns() // 1000 if kind in OF_PEOPLE else None
        given = self.rows.propose(brand, kind, pepper, self._newest, proposed, at)
        owners = [ContactId(each) for each in given]
        known = self.seals(owner for owner in owners if owner not in keys)
        return [(owner, known[owner] if owner in known else Seal(keys[owner])) for owner in owners]

    def seals(self, contact_ids: Iterable[ContactId]) -> Mapping[ContactId, Seal]:
        """The keys of these contacts; those that were destroyed are left out."""
        wanted = sorted(set(contact_ids))
        found: dict[ContactId, Seal] = {}
        for start in range(0, len(wanted), 1000):
            for contact_id, wrapped, number, second in self.rows.keys(list(wanted[start : start + 1000])):
                if wrapped is not None and number in self._wrapping:
                    found[ContactId(contact_id)] = self._opened(
                        contact_id, _bytes(wrapped), number, bool(second)
                    )
        return found

    def seal(self, contact_id: ContactId) -> Seal | None:
        return self.seals([contact_id]).get(contact_id)

    def forget(self, contact_id: ContactId, *, is_held: bool = False) -> Seal:
        """Forget whose number it was, and make the second key, under which the little that stays is to be sealed.

        From now on nobody finds this contact by its number. Calling it again gives the same key. `is_held`: only
        who has the key of legal holds can open what it seals.
        """
        second = -contact_id
        wrapping = self._hold if is_held else self._newest
        self.rows.forget(contact_id, self._wrapped(second, new_key(), wrapping), wrapping)
        ((_, wrapped, number, _),) = self.rows.keys([second])
        assert wrapped is not None
        return self._open(second, bytes(wrapped), number)

    def destroy(self, contact_id: ContactId, at: int) -> None:
        """Destroy a contact's key; the second one takes its place. Nothing happens if there is no second one.

        What the first sealed is unreadable when this returns, in every copy of the store. `at` in microseconds.
        """
        second = -contact_id
        found = self.rows.keys([second])
        if found:
            ((_, wrapped, number, _),) = found
            assert wrapped is not None
            key = self._wrapping[number].open(bytes(wrapped), place("key", second))
            self.rows.replace(contact_id, self._wrapped(contact_id, key, number), number, at)
            self._opened.cache_clear()
        self.rows.scrub()

    def forget_opened(self) -> None:
        """Keep no opened key in memory of whom there may be none any more."""
        self._opened.cache_clear()

    def wrap(self, contact_id: ContactId, key: bytes) -> bytes:
        return self._wrapped(contact_id, key, self._newest)

    def _wrapped(self, owner: int, key: bytes, number: int) -> bytes:
        return self._wrapping[number].close(key, place("key", owner))

    @property
    def _hold(self) -> int:
        """The number of the key of legal holds: below zero, so that it is never taken for one that all may use."""
        number = min(self._wrapping)
        if number >= 0:
            raise HoldKeyMissingError
        return number

    def rewrap(self, rows: Iterable[tuple[int, bytes, int]]) -> None:
        """Wrap these keys, each given as it is wrapped now and by which number, by the newest wrapping key."""
        self.rows.rewrap(
            [
                (
                    each,
                    wrapped,
                    self.wrap(ContactId(each), self._wrapping[number].open(wrapped, place("key", each))),
                    self._newest,
                )
                for each, wrapped, number in rows
            ]
        )

    @property
    def newest_wrapping(self) -> int:
        return self._newest

    @property
    def wrapping_numbers(self) -> tuple[int, ...]:
        """Of the keys that may wrap any contact's key, so without those of legal holds."""
        return tuple(number for number in self._wrapping if number > 0)

    def close(self) -> None:
        """Close this thread's connection."""
        self.rows.close()

    def _open(self, contact_id: int, wrapped: bytes, number: int, is_second: bool = False) -> Seal:  # noqa: FBT001, FBT002 - kept by what it is given
        return Seal(self._wrapping[number].open(wrapped, place("key", contact_id)), is_second=is_second)


def _bytes(wrapped: object) -> bytes:
    """A wrapped key as it is stored: SQLite keeps a text there, too, if somebody puts one. Raises UnreadableError."""
    if not isinstance(wrapped, bytes | memoryview):
        raise UnreadableError(what="key")
    return bytes(wrapped)


def open_vault(data_folder: Path, url: str | None, keys: Keys) -> Vault:
    """The vault of a store: a file beside the SQLite store, or the schema `keys` in PostgreSQL."""
    return Vault(SqliteRows(data_folder / "keys.sqlite3") if url is None else PostgresRows(url), keys)
