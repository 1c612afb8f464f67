"""The vault's tables in a SQLite file of their own."""

import functools
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yesword.store.outages import naming_damage

if TYPE_CHECKING:
    from yesword.store.vault import Proposed

# A deleted key must not lie in a free page: secure_delete overwrites it.
_OPEN = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-8000;"
_CREATE = """
CREATE TABLE IF NOT EXISTS subject_key (
  contact_id BIGINT PRIMARY KEY, wrapped BLOB, wrapping INTEGER NOT NULL, destroyed_at BIGINT, prepared_at BIGINT
);
CREATE TABLE IF NOT EXISTS look_up (
  brand_id BIGINT NOT NULL, kind TEXT NOT NULL, digest BLOB NOT NULL, pepper INTEGER NOT NULL,
  contact_id BIGINT NOT NULL, PRIMARY KEY (brand_id, kind, digest)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS look_up_of_contact ON look_up (contact_id);
CREATE INDEX IF NOT EXISTS subject_key_prepared ON subject_key (prepared_at) WHERE prepared_at IS NOT NULL;
"""
_SOME = 900  # parameters of one statement


@functools.cache
def _telling(path: Path) -> Any:
    """Connections that name their file where it is damaged. Any command may be the first to find out, or any row."""

    class Cursor(sqlite3.Cursor):
        def execute(self, *arguments: Any) -> "Cursor":
            with naming_damage(path):
                return super().execute(*arguments)

        def executemany(self, *arguments: Any) -> "Cursor":
            with naming_damage(path):
                return super().executemany(*arguments)

        def executescript(self, *arguments: Any) -> Any:
            with naming_damage(path):
                return super().executescript(*arguments)

        def fetchone(self) -> Any:
            with naming_damage(path):
                return super().fetchone()

        def fetchall(self) -> list[Any]:
            with naming_damage(path):
                return super().fetchall()

        def __next__(self) -> Any:
            with naming_damage(path):
                return super().__next__()

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        # Of their own accord these three ask for a plain one.
        def execute(self, *arguments: Any) -> Any:
            return self.cursor().execute(*arguments)

        def executemany(self, *arguments: Any) -> Any:
            return self.cursor().executemany(*arguments)

        def executescript(self, *arguments: Any) -> Any:
            return self.cursor().executescript(*arguments)

    return Connection


class SqliteRows:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=10, isolation_level=None, factory=_telling(self._path)
            )
            connection.executescript(_OPEN + _CREATE)
            self._path.chmod(0o600)
            self._local.connection = connection
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def keys(self, contact_ids: Sequence[int]) -> list[tuple[int, bytes | None, int, bool]]:
        return self._of(
            "SELECT contact_id, wrapped, wrapping, destroyed_at IS NOT NULL FROM subject_key WHERE contact_id IN",
            contact_ids,
        )

    def find(self, brand: int, kind: str, digests: Sequence[bytes]) -> list[tuple[bytes, int]]:
        return self._of(
            "SELECT digest, contact_id FROM look_up WHERE brand_id = ? AND kind = ? AND digest IN",
            digests,
            (brand, kind),
        )

    def propose(
        self, brand: int, kind: str, pepper: int, wrapping: int, rows: "Sequence[Proposed]", at: int | None
    ) -> list[int]:
        with self._writing() as connection:
            known = dict(self.find(brand, kind, [digest for row in rows for digest in row.digests]))
            owners, fresh = [], []
            for row in rows:
                owner = next((known[digest] for digest in row.digests if digest in known), None)
                if owner is None:
                    owner = known[row.digests[0]] = row.contact_id
                    fresh.append(row)
                owners.append(owner)
            connection.executemany(
                "INSERT INTO look_up VALUES (?, ?, ?, ?, ?)",
                [(brand, kind, row.digests[0], pepper, row.contact_id) for row in fresh],
            )
            connection.executemany(
                "INSERT INTO subject_key (contact_id, wrapped, wrapping, prepared_at) VALUES (?, ?, ?, ?)",
                [(row.contact_id, row.wrapped, wrapping, at) for row in fresh],
            )
            if at is not None:
                made = {row.contact_id for row in fresh}
                connection.executemany(
                    "UPDATE subject_key SET prepared_at = ? WHERE contact_id = ?",
                    [(at, owner) for owner in set(owners) - made],
                )
        return owners

    def prepared_before(self, before: int, count: int) -> list[int]:
        rows = self._connection.execute(
            "SELECT contact_id FROM subject_key WHERE prepared_at < ? ORDER BY prepared_at LIMIT ?",
            (before, count),
        )
        return [row[0] for row in rows.fetchall()]

    def settle(self, contact_ids: Sequence[int]) -> None:
        with self._writing() as connection:
            connection.executemany(
                "UPDATE subject_key SET prepared_at = NULL WHERE contact_id = ?",
                [(each,) for each in contact_ids],
            )

    def drop(self, contact_ids: Sequence[int], before: int) -> int:
        dropped = 0
        with self._writing() as connection:
            for each in contact_ids:
                gone = connection.execute(
                    "DELETE FROM subject_key WHERE contact_id = ? AND prepared_at < ?", (each, before)
                ).rowcount
                if gone:
                    connection.execute("DELETE FROM look_up WHERE contact_id = ?", (each,))
                dropped += gone
        return dropped

    def forget(self, contact_id: int, wrapped: bytes, wrapping: int) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM look_up WHERE contact_id = ?", (contact_id,))
            connection.execute(
                "INSERT INTO subject_key (contact_id, wrapped, wrapping) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (-contact_id, wrapped, wrapping),
            )

    def replace(self, contact_id: int, wrapped: bytes, wrapping: int, at: int) -> None:
        with self._writing() as connection:
            connection.execute(
                "UPDATE subject_key SET wrapped = ?, wrapping = ?, destroyed_at = ? WHERE contact_id = ?",
                (wrapped, wrapping, at, contact_id),
            )
            connection.execute("DELETE FROM subject_key WHERE contact_id = ?", (-contact_id,))

    def enter(self, brand: int, kind: str, digest: bytes, pepper: int, contact_id: int) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO look_up VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (brand, kind, digest, pepper, contact_id),
            )

    def rewrap(self, rows: Sequence[tuple[int, bytes, bytes, int]]) -> None:
        with self._writing() as connection:
            connection.executemany(
                "UPDATE subject_key SET wrapped = ?, wrapping = ? WHERE contact_id = ? AND wrapped = ?",
                [(anew, wrapping, contact_id, before) for contact_id, before, anew, wrapping in rows],
            )

    def keys_after(self, cursor: int, count: int) -> list[tuple[int, bytes | None, int]]:
        return self._connection.execute(
            "SELECT contact_id, wrapped, wrapping FROM subject_key WHERE contact_id > ? ORDER BY contact_id LIMIT ?",
            (cursor, count),
        ).fetchall()

    def look_ups_after(self, cursor: int, count: int) -> list[tuple[int, int, str, int]]:
        return self._connection.execute(
            "SELECT contact_id, brand_id, kind, pepper FROM look_up WHERE contact_id > ? ORDER BY contact_id LIMIT ?",
            (cursor, count),
        ).fetchall()

    def look_ups_of(self, contact_ids: Sequence[int]) -> list[tuple[int, int, str, bytes, int]]:
        return self._of(
            "SELECT contact_id, brand_id, kind, digest, pepper FROM look_up WHERE contact_id IN", contact_ids
        )

    def count_look_ups(self, kind: str) -> int:
        rows = self._connection.execute(
            "SELECT count(*) FROM look_up WHERE brand_id > 0 AND kind = ?", (kind,)
        )
        return int(rows.fetchone()[0])

    def prepared_among(self, contact_ids: Sequence[int]) -> list[int]:
        rows = self._of(
            "SELECT contact_id FROM subject_key WHERE prepared_at IS NOT NULL AND contact_id IN", contact_ids
        )
        return [row[0] for row in rows]

    def unsettle(self, contact_ids: Sequence[int], at: int) -> None:
        with self._writing() as connection:
            connection.executemany(
                "UPDATE subject_key SET prepared_at = ? WHERE contact_id = ? AND prepared_at IS NULL",
                [(at, each) for each in contact_ids],
            )

    def lead(self, brand: int, kind: str, digest: bytes, contact_id: int) -> None:
        with self._writing() as connection:
            connection.execute(
                "UPDATE look_up SET contact_id = ? WHERE brand_id = ? AND kind = ? AND digest = ?",
                (contact_id, brand, kind, digest),
            )

    def rehash(self, rows: Sequence[tuple[int, int, str, bytes, int]]) -> None:
        with self._writing() as connection:
            connection.executemany(
                "UPDATE look_up SET digest = ?, pepper = ? WHERE contact_id = ? AND brand_id = ? AND kind = ?",
                [
                    (digest, pepper, contact_id, brand, kind)
                    for contact_id, brand, kind, digest, pepper in rows
                ],
            )

    def in_use(self) -> tuple[set[int], set[int]]:
        connection = self._connection
        wrapping = connection.execute("SELECT DISTINCT wrapping FROM subject_key WHERE wrapped IS NOT NULL")
        return {row[0] for row in wrapping}, {
            row[0] for row in connection.execute("SELECT DISTINCT pepper FROM look_up")
        }

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of any query: for whoever looks at the tables themselves."""
        return self._connection.execute(sql).fetchall()

    def scrub(self) -> None:
        # The write-ahead log still holds the pages as they were before.
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection

    def _of(self, sql: str, values: Sequence[object], before: tuple[object, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        found = []
        for start in range(0, len(values), _SOME):
            some = values[start : start + _SOME]
            marks = ",".join("?" * len(some))
            found += self._connection.execute(f"{sql} ({marks})", (*before, *some)).fetchall()
        return found
