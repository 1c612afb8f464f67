"""The vault: each contact's key, wrapped, in a database of its own with a backup of its own.

A key is committed here before the row that it seals is committed in the store. A crash between the two leaves a key
without a row, which harms nobody; the other way round would leave a row that nobody can read. Destroying a key is what
erases a person.
"""

import functools
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import psycopg

from yesword.domain.ids import ContactId
from yesword.store.keyfiles import Keys
from yesword.store.sealing import Seal, new_key, place

_CREATE = """
CREATE TABLE IF NOT EXISTS {prefix}subject_key (
  contact_id BIGINT PRIMARY KEY, wrapped {blob}, wrapping INTEGER NOT NULL, destroyed_at BIGINT
)"""


class _Rows(Protocol):
    def insert(self, rows: list[tuple[int, bytes]]) -> None: ...
    def select(self, contact_ids: list[int]) -> list[tuple[int, bytes | None]]: ...
    def close(self) -> None: ...


class _SqliteRows:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            connection.execute(_CREATE.format(prefix="", blob="BLOB"))
            self._path.chmod(0o600)
            self._local.connection = connection
        return connection

    def insert(self, rows: list[tuple[int, bytes]]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany("INSERT INTO subject_key VALUES (?, ?, 1, NULL)", rows)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def select(self, contact_ids: list[int]) -> list[tuple[int, bytes | None]]:
        found = self._connection.execute(
            f"SELECT contact_id, wrapped FROM subject_key WHERE contact_id IN ({','.join('?' * len(contact_ids))})",  # noqa: S608 - only question marks
            contact_ids,
        )
        return found.fetchall()

    def close(self) -> None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection


class _PostgresRows:
    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(self._url, autocommit=True)
            # Two first starts at once must not both create the schema.
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(7305810)")
                connection.execute("CREATE SCHEMA IF NOT EXISTS keys")
                connection.execute(_CREATE.format(prefix="keys.", blob="BYTEA"))
            self._local.connection = connection
        return connection

    def insert(self, rows: list[tuple[int, bytes]]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany("INSERT INTO keys.subject_key VALUES (%s, %s, 1, NULL)", rows)

    def select(self, contact_ids: list[int]) -> list[tuple[int, bytes | None]]:
        return self._connection.execute(
            "SELECT contact_id, wrapped FROM keys.subject_key WHERE contact_id = ANY(%s)", [contact_ids]
        ).fetchall()

    def close(self) -> None:
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection


class Vault:
    """Makes and opens contacts' keys."""

    def __init__(self, rows: _Rows, keys: Keys) -> None:
        self._rows = rows
        self._wrapping = Seal(keys.wrapping)
        self._opened = functools.lru_cache(maxsize=4096)(self._open)

    def make(self, contact_ids: Iterable[ContactId]) -> dict[ContactId, Seal]:
        """New keys, durable when this returns."""
        keys = {contact_id: new_key() for contact_id in contact_ids}
        self._rows.insert(
            [(each, self._wrapping.close(key, place("key", each))) for each, key in keys.items()]
        )
        return {contact_id: Seal(key) for contact_id, key in keys.items()}

    def seals(self, contact_ids: Iterable[ContactId]) -> Mapping[ContactId, Seal]:
        """The keys of these contacts; those that were destroyed are left out."""
        wanted = sorted(set(contact_ids))
        found: dict[ContactId, Seal] = {}
        for start in range(0, len(wanted), 1000):
            for contact_id, wrapped in self._rows.select(list(wanted[start : start + 1000])):
                if wrapped is not None:
                    found[ContactId(contact_id)] = self._opened(contact_id, bytes(wrapped))
        return found

    def seal(self, contact_id: ContactId) -> Seal | None:
        return self.seals([contact_id]).get(contact_id)

    def close(self) -> None:
        """Close this thread's connection."""
        self._rows.close()

    def _open(self, contact_id: int, wrapped: bytes) -> Seal:
        return Seal(self._wrapping.open(wrapped, place("key", contact_id)))


def open_vault(data_folder: Path, url: str | None, keys: Keys) -> Vault:
    """The vault of a store: a file beside the SQLite store, or the schema `keys` in PostgreSQL."""
    return Vault(_SqliteRows(data_folder / "keys.sqlite3") if url is None else _PostgresRows(url), keys)
