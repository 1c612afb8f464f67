"""A SQLite store whose disk is full: a limit on its pages, and rows that take up what was left of them."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created

_NO_LIMIT = 1 << 30


class FullDisk:
    """Full until somebody makes room. Connections that are opened meanwhile are held to it, too."""

    def __init__(self) -> None:
        self.is_full = False

    def fill(self) -> None:
        self.is_full = True
        raw = self._raw()
        raw.execute("CREATE TABLE IF NOT EXISTS filler (body BLOB)")
        self._limit(raw)
        size = 1 << 16
        while size:  # ever smaller, until not even the last page has room
            try:
                raw.execute("INSERT INTO filler VALUES (zeroblob(?))", (size,))
            except sqlite3.OperationalError:
                size //= 2

    def make_room(self) -> None:
        self.is_full = False
        self._limit(self._raw())

    def _opened(self, connection: Any, **_: Any) -> None:
        self._limit(connection.connection)

    def _limit(self, raw: sqlite3.Connection) -> None:
        raw.execute(f"PRAGMA max_page_count={1 if self.is_full else _NO_LIMIT}")

    @staticmethod
    def _raw() -> sqlite3.Connection:
        connections["default"].ensure_connection()
        raw = connections["default"].connection
        assert isinstance(raw, sqlite3.Connection)
        return raw


@contextlib.contextmanager
def full_disk() -> Iterator[FullDisk]:
    disk = FullDisk()
    connection_created.connect(disk._opened)
    try:
        yield disk
    finally:
        connection_created.disconnect(disk._opened)
        disk.is_full = False
