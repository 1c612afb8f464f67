"""The vault's tables in PostgreSQL, in the schema `keys`: a backup of the store can leave that out."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from yesword.store.vault import Proposed

_CREATE = """
CREATE SCHEMA IF NOT EXISTS keys;
CREATE TABLE IF NOT EXISTS keys.subject_key (
  contact_id BIGINT PRIMARY KEY, wrapped BYTEA, wrapping INTEGER NOT NULL, destroyed_at BIGINT
);
CREATE TABLE IF NOT EXISTS keys.look_up (
  brand_id BIGINT NOT NULL, kind TEXT NOT NULL, digest BYTEA NOT NULL, pepper INTEGER NOT NULL,
  contact_id BIGINT NOT NULL, PRIMARY KEY (brand_id, kind, digest)
);
CREATE INDEX IF NOT EXISTS look_up_of_contact ON keys.look_up (contact_id);
"""


class PostgresRows:
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
                if connection.execute("SELECT to_regclass('keys.look_up_of_contact')").fetchone() == (None,):
                    connection.execute(_CREATE)
            self._local.connection = connection
        return connection

    def keys(self, contact_ids: Sequence[int]) -> list[tuple[int, bytes | None, int]]:
        return self._connection.execute(
            "SELECT contact_id, wrapped, wrapping FROM keys.subject_key WHERE contact_id = ANY(%s)",
            [list(contact_ids)],
        ).fetchall()

    def find(self, brand: int, kind: str, digests: Sequence[bytes]) -> list[tuple[bytes, int]]:
        return self._connection.execute(
            "SELECT digest, contact_id FROM keys.look_up WHERE brand_id = %s AND kind = %s AND digest = ANY(%s)",
            [brand, kind, list(digests)],
        ).fetchall()

    def propose(
        self, brand: int, kind: str, pepper: int, wrapping: int, rows: "Sequence[Proposed]"
    ) -> list[int]:
        # In the order of the digests: two batches with the same numbers wait for each other, and never crosswise.
        ordered = sorted(rows, key=lambda row: row.digests[0])
        with self._connection.transaction(), self._connection.cursor() as cursor:
            known = dict(self.find(brand, kind, [digest for row in rows for digest in row.digests]))
            older = {row.contact_id for row in rows if any(digest in known for digest in row.digests[1:])}
            cursor.executemany(
                "INSERT INTO keys.look_up VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [
                    (brand, kind, row.digests[0], pepper, row.contact_id)
                    for row in ordered
                    if row.contact_id not in older
                ],
            )
            known |= dict(self.find(brand, kind, [row.digests[0] for row in rows]))
            owners = [next(known[digest] for digest in row.digests if digest in known) for row in rows]
            ours = {owner for owner, row in zip(owners, rows, strict=True) if owner == row.contact_id}
            cursor.executemany(
                "INSERT INTO keys.subject_key VALUES (%s, %s, %s, NULL)",
                [(row.contact_id, row.wrapped, wrapping) for row in rows if row.contact_id in ours],
            )
        return owners

    def forget(self, contact_id: int, wrapped: bytes, wrapping: int) -> None:
        with self._connection.transaction():
            self._connection.execute("DELETE FROM keys.look_up WHERE contact_id = %s", [contact_id])
            self._connection.execute(
                "INSERT INTO keys.subject_key VALUES (%s, %s, %s, NULL) ON CONFLICT DO NOTHING",
                [-contact_id, wrapped, wrapping],
            )

    def replace(self, contact_id: int, wrapped: bytes, wrapping: int, at: int) -> None:
        with self._connection.transaction():
            self._connection.execute(
                "UPDATE keys.subject_key SET wrapped = %s, wrapping = %s, destroyed_at = %s WHERE contact_id = %s",
                [wrapped, wrapping, at, contact_id],
            )
            self._connection.execute("DELETE FROM keys.subject_key WHERE contact_id = %s", [-contact_id])

    def enter(self, brand: int, kind: str, digest: bytes, pepper: int, contact_id: int) -> None:
        self._connection.execute(
            "INSERT INTO keys.look_up VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [brand, kind, digest, pepper, contact_id],
        )

    def rewrap(self, rows: Sequence[tuple[int, bytes, bytes, int]]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE keys.subject_key SET wrapped = %s, wrapping = %s WHERE contact_id = %s AND wrapped = %s",
                [(anew, wrapping, contact_id, before) for contact_id, before, anew, wrapping in rows],
            )

    def keys_after(self, cursor: int, count: int) -> list[tuple[int, bytes | None, int]]:
        return self._connection.execute(
            "SELECT contact_id, wrapped, wrapping FROM keys.subject_key WHERE contact_id > %s ORDER BY contact_id LIMIT %s",
            [cursor, count],
        ).fetchall()

    def look_ups_after(self, cursor: int, count: int) -> list[tuple[int, int, str, int]]:
        return self._connection.execute(
            "SELECT contact_id, brand_id, kind, pepper FROM keys.look_up WHERE contact_id > %s ORDER BY contact_id LIMIT %s",
            [cursor, count],
        ).fetchall()

    def rehash(self, rows: Sequence[tuple[int, int, str, bytes, int]]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE keys.look_up SET digest = %s, pepper = %s WHERE contact_id = %s AND brand_id = %s AND kind = %s",
                [
                    (digest, pepper, contact_id, brand, kind)
                    for contact_id, brand, kind, digest, pepper in rows
                ],
            )

    def in_use(self) -> tuple[set[int], set[int]]:
        wrapping = self._connection.execute(
            "SELECT DISTINCT wrapping FROM keys.subject_key WHERE wrapped IS NOT NULL"
        ).fetchall()
        peppers = self._connection.execute("SELECT DISTINCT pepper FROM keys.look_up").fetchall()
        return {row[0] for row in wrapping}, {row[0] for row in peppers}

    def scrub(self) -> None:
        # The rows as they were lie in the table until it is vacuumed.
        self._connection.execute("VACUUM keys.subject_key")
        self._connection.execute("VACUUM keys.look_up")

    def close(self) -> None:
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection
