"""The journal's stops by their event, whom it knows as erased, and what is suppressed since, in a file that is thrown away: as many as there are do not fit into memory."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from yesword.domain.times import to_micros
from yesword.store.journal import Erased, Gone, Stop


def said_in(line: Erased) -> dict[str, Any]:
    """What a line says of an erasure that the row of it says, too."""
    until = line.retain_until
    return {
        "brand": line.brand,
        "asked_at": to_micros(line.at),
        "asked_by": line.by,
        "ground": line.ground,
        "policy": line.policy,
        "retain_until": None if until is None else to_micros(until),
    }


class StopIndex:
    """To be filled once, and then asked."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="yesword-")
        self._rows = sqlite3.connect(Path(self._folder.name) / "stops.sqlite3", isolation_level=None)
        self._rows.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE stop (event INTEGER PRIMARY KEY, digest BLOB NOT NULL, pepper INTEGER NOT NULL,"
            " brand INTEGER NOT NULL, at INTEGER NOT NULL);"
            "CREATE INDEX stop_by_digest ON stop (digest);"
            "CREATE TABLE erased (contact INTEGER NOT NULL, line TEXT NOT NULL);"
            "CREATE INDEX erased_by_contact ON erased (contact);"
            "CREATE TABLE gone (brand INTEGER NOT NULL, kind TEXT NOT NULL, digest BLOB NOT NULL, month INTEGER NOT NULL, pepper INTEGER NOT NULL,"
            " PRIMARY KEY (brand, kind, digest)) WITHOUT ROWID;"
        )

    def add(self, stops: Iterable[Stop]) -> None:
        """Of an event that is there already, the first line counts."""
        self._rows.execute("BEGIN")
        self._rows.executemany(
            "INSERT OR IGNORE INTO stop VALUES (?, ?, ?, ?, ?)",
            [(stop.event, stop.digest, stop.pepper, stop.brand, to_micros(stop.at)) for stop in stops],
        )
        self._rows.execute("COMMIT")

    def add_erased(self, lines: Iterable[Erased]) -> None:
        self._rows.execute("BEGIN")
        self._rows.executemany(
            "INSERT INTO erased VALUES (?, ?)", [(line.contact, json.dumps(said_in(line))) for line in lines]
        )
        self._rows.execute("COMMIT")

    def erased_lines(self, contact: int) -> list[dict[str, Any]]:
        """What each line of them says, the oldest first."""
        rows = self._rows.execute("SELECT line FROM erased WHERE contact = ? ORDER BY rowid", (contact,))
        return [json.loads(row[0]) for row in rows]

    def has_erased(self, contact: int) -> bool:
        return self._rows.execute("SELECT 1 FROM erased WHERE contact = ?", (contact,)).fetchone() is not None

    def add_gone(self, lines: Iterable[Gone]) -> None:
        """Of a number that came back and was erased again, the first line counts: that is when it was suppressed."""
        self._rows.execute("BEGIN")
        self._rows.executemany(
            "INSERT OR IGNORE INTO gone VALUES (?, ?, ?, ?, ?)",
            [(line.brand, line.kind, line.digest, to_micros(line.month), line.pepper) for line in lines],
        )
        self._rows.execute("COMMIT")

    def gone_since(self, brand: int, kind: str, digest: bytes) -> int | None:
        """The month since which this is suppressed, in microseconds."""
        row = self._rows.execute(
            "SELECT month FROM gone WHERE brand = ? AND kind = ? AND digest = ?", (brand, kind, digest)
        ).fetchone()
        return None if row is None else int(row[0])

    def lines_of(self, brand: int, digest: bytes) -> list[tuple[int, int]]:
        """(pepper, when) of each line with this digest, be it of a stop or of an erasure."""
        return self._rows.execute(
            "SELECT pepper, at FROM stop WHERE digest = ? AND brand = ?"
            " UNION SELECT pepper, month FROM gone WHERE digest = ? AND brand = ?",
            (digest, brand, digest, brand),
        ).fetchall()

    def get(self, event: int) -> tuple[bytes, int] | None:
        """The digest of the number that was stopped, and the pepper that made it."""
        row = self._rows.execute("SELECT digest, pepper FROM stop WHERE event = ?", (event,)).fetchone()
        return None if row is None else (row[0], row[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()
        self._folder.cleanup()
