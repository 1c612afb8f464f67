"""The vault's tables in PostgreSQL, in the schema `keys`: a backup of the store can leave that out."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yesword.store.configuration import LIVELY

if TYPE_CHECKING:
    from yesword.store.vault import Proposed

_CREATE = """
CREATE SCHEMA IF NOT EXISTS keys;
CREATE TABLE IF NOT EXISTS keys.subject_key (
  contact_id BIGINT PRIMARY KEY, wrapped BYTEA, wrapping INTEGER NOT NULL, destroyed_at BIGINT, prepared_at BIGINT
);
CREATE TABLE IF NOT EXISTS keys.look_up (
  brand_id BIGINT NOT NULL, kind TEXT NOT NULL, digest BYTEA NOT NULL, pepper INTEGER NOT NULL,
  contact_id BIGINT NOT NULL, PRIMARY KEY (brand_id, kind, digest)
);
CREATE INDEX IF NOT EXISTS subject_key_prepared ON keys.subject_key (prepared_at) WHERE prepared_at IS NOT NULL;
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
            told: dict[str, Any] = {**LIVELY, **conninfo_to_dict(self._url)}
            connection = psycopg.connect(**told, autocommit=True)
            # Two first starts at once must not both create the schema.
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(7305810)")
                if connection.execute("SELECT to_regclass('keys.look_up_of_contact')").fetchone() == (None,):
                    connection.execute(_CREATE)
            self._local.connection = connection
        return connection

    def keys(self, contact_ids: Sequence[int]) -> list[tuple[int, bytes | None, int, bool]]:
        return self._connection.execute(
            "SELECT contact_id, wrapped, wrapping, destroyed_at IS NOT NULL FROM keys.subject_key WHERE contact_id = ANY(%s)",
            [list(contact_ids)],
        ).fetchall()

    def find(self, brand: int, kind: str, digests: Sequence[bytes]) -> list[tuple[bytes, int]]:
        return self._connection.execute(
            "SELECT digest, contact_id FROM keys.look_up WHERE brand_id = %s AND kind = %s AND digest = ANY(%s)",
            [brand, kind, list(digests)],
        ).fetchall()

    def propose(
        self, brand: int, kind: str, pepper: int, wrapping: int, rows: "Sequence[Proposed]", at: int | None
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
                "INSERT INTO keys.subject_key (contact_id, wrapped, wrapping, prepared_at) VALUES (%s, %s, %s, %s)",
                [(row.contact_id, row.wrapped, wrapping, at) for row in rows if row.contact_id in ours],
            )
            others = sorted(set(owners) - ours)
            if at is not None and others:
                cursor.execute(
                    "UPDATE keys.subject_key SET prepared_at = %s WHERE contact_id = ANY(%s)", [at, others]
                )
                # Somebody let go of one a moment ago: then nobody has that number, and the next round makes a new key.
                is_gone = cursor.rowcount < len(others)
            else:
                is_gone = False
        return self.propose(brand, kind, pepper, wrapping, rows, at) if is_gone else owners

    def prepared_before(self, before: int, count: int) -> list[int]:
        rows = self._connection.execute(
            "SELECT contact_id FROM keys.subject_key WHERE prepared_at < %s ORDER BY prepared_at LIMIT %s",
            [before, count],
        )
        return [row[0] for row in rows.fetchall()]

    def settle(self, contact_ids: Sequence[int]) -> None:
        self._connection.execute(
            "UPDATE keys.subject_key SET prepared_at = NULL WHERE contact_id = ANY(%s)", [list(contact_ids)]
        )

    def drop(self, contact_ids: Sequence[int], before: int) -> int:
        with self._connection.transaction():
            gone = self._connection.execute(
                "DELETE FROM keys.subject_key WHERE contact_id = ANY(%s) AND prepared_at < %s RETURNING contact_id",
                [list(contact_ids), before],
            ).fetchall()
            self._connection.execute(
                "DELETE FROM keys.look_up WHERE contact_id = ANY(%s)", [[row[0] for row in gone]]
            )
        return len(gone)

    def forget(self, contact_id: int, wrapped: bytes, wrapping: int) -> None:
        with self._connection.transaction():
            self._connection.execute("DELETE FROM keys.look_up WHERE contact_id = %s", [contact_id])
            self._connection.execute(
                "INSERT INTO keys.subject_key (contact_id, wrapped, wrapping) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
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

    def look_ups_of(self, contact_ids: Sequence[int]) -> list[tuple[int, int, str, bytes, int]]:
        return self._connection.execute(
            "SELECT contact_id, brand_id, kind, digest, pepper FROM keys.look_up WHERE contact_id = ANY(%s)",
            [list(contact_ids)],
        ).fetchall()

    def count_look_ups(self, kind: str) -> int:
        row = self._connection.execute(
            "SELECT count(*) FROM keys.look_up WHERE brand_id > 0 AND kind = %s", [kind]
        ).fetchone()
        return int(row[0]) if row else 0

    def prepared_among(self, contact_ids: Sequence[int]) -> list[int]:
        rows = self._connection.execute(
            "SELECT contact_id FROM keys.subject_key WHERE prepared_at IS NOT NULL AND contact_id = ANY(%s)",
            [list(contact_ids)],
        )
        return [row[0] for row in rows.fetchall()]

    def unsettle(self, contact_ids: Sequence[int], at: int) -> None:
        self._connection.execute(
            "UPDATE keys.subject_key SET prepared_at = %s WHERE contact_id = ANY(%s) AND prepared_at IS NULL",
            [at, list(contact_ids)],
        )

    def lead(self, brand: int, kind: str, digest: bytes, contact_id: int) -> None:
        self._connection.execute(
            "UPDATE keys.look_up SET contact_id = %s WHERE brand_id = %s AND kind = %s AND digest = %s",
            [contact_id, brand, kind, digest],
        )

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
