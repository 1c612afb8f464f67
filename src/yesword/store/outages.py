"""Telling that a database cannot be worked with at all: a file that is damaged, a server that is not reached.

Whichever command finds out, `cli.main` says it in a sentence. Workers and pages outlive a server that is away for a while:
that is `reconnecting`, and theirs.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from yesword.domain.errors import YeswordError
from yesword.store.configuration import databases
from yesword.store.fullness import chain

_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")  # and their kinds
# As PostgreSQL classes them: connections, whoever connects, no such database, a server that stops or starts.
_AWAY: Final = ("08", "28", "3D", "57P")


class DamagedFileError(YeswordError):
    """The database file {file} is damaged: {reason}. Stop everything, keep a copy of it as it is, and put the newest backup of it back; then run `yesword store resume`. See docs/how-to/back-up-keys.md."""

    code = "file_damaged"


class UnreachableDatabaseError(YeswordError):
    """PostgreSQL at {host}, port {port}, does not let us in: {reason}. Start it, or correct the address that --database-url or YESWORD_DATABASE_URL gives."""

    code = "database_unreachable"


def outage(error: BaseException) -> YeswordError | None:
    """What this error, or one that it came of, says of the database as a whole. None: something else is wrong."""
    for each in chain(error):
        if isinstance(each, DamagedFileError | UnreachableDatabaseError):
            return each
        if isinstance(each, sqlite3.Error) and _says_damaged(each):
            return DamagedFileError(file=databases()["default"]["NAME"], reason=each)
        if isinstance(each, psycopg.OperationalError) and _says_away(each):
            return _unreachable(each)
    return None


@contextlib.contextmanager
def naming_damage(path: Path) -> Iterator[None]:
    """Whatever is done with a file of our own, so that not the store's is blamed for its damage."""
    try:
        yield
    except sqlite3.Error as error:
        if _says_damaged(error):
            raise DamagedFileError(file=path, reason=error) from error
        raise


def refuse_empty(folder: Path) -> None:
    """A store that has been made has tables: SQLite would take an empty file for a new one. Raises DamagedFileError."""
    file = folder / "yesword.sqlite3"
    if file.exists() and not file.stat().st_size:
        raise DamagedFileError(file=file, reason="it is empty")


def _says_damaged(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorname", None) or "").startswith(_DAMAGED)


def _says_away(error: psycopg.OperationalError) -> bool:
    return error.sqlstate is None or error.sqlstate.startswith(_AWAY)


def _unreachable(error: psycopg.OperationalError) -> UnreachableDatabaseError:
    """By the address that was given, without who connects and with which password."""
    told = databases()["default"]
    # libpq says in one line what it tried, and after the last colon but one why that failed.
    line = str(error).strip().splitlines()[0] if str(error).strip() else "no reason is given"
    reason = line.rpartition(" failed: ")[2].strip().rstrip(".")
    return UnreachableDatabaseError(
        host=told.get("HOST") or "its default host", port=told.get("PORT") or "5432", reason=reason
    )
