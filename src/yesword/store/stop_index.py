"""The journal's stops by their event, and whom it knows as erased, in a file that is thrown away: as many as there are do not fit into memory."""

import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from yesword.store.journal import Erased, Stop


class StopIndex:
    """To be filled once, and then asked."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="yesword-")
        self._rows = sqlite3.connect(Path(self._folder.name) / "stops.sqlite3", isolation_level=None)
        self._rows.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE stop (event INTEGER PRIMARY KEY, digest BLOB NOT NULL, pepper INTEGER NOT NULL);"
            "CREATE TABLE erased (contact INTEGER PRIMARY KEY);"
        )

    def add(self, stops: Iterable[Stop]) -> None:
        """Of an event that is there already, the first line counts."""
        self._rows.execute("BEGIN")
        self._rows.executemany(
            "INSERT OR IGNORE INTO stop VALUES (?, ?, ?)",
            [(stop.event, stop.digest, stop.pepper) for stop in stops],
        )
        self._rows.execute("COMMIT")

    def add_erased(self, lines: Iterable[Erased]) -> None:
        self._rows.execute("BEGIN")
        self._rows.executemany("INSERT OR IGNORE INTO erased VALUES (?)", [(line.contact,) for line in lines])
        self._rows.execute("COMMIT")

    def has_erased(self, contact: int) -> bool:
        return self._rows.execute("SELECT 1 FROM erased WHERE contact = ?", (contact,)).fetchone() is not None

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
