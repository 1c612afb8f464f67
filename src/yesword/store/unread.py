"""The last resort of whoever looks at a whole store: what cannot be read ends one part of the look, and is told.

What can be foreseen is told where it is read. A database that does not work at all is no finding: then the look ends.
"""

import contextlib
import sqlite3
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from yesword.domain.errors import YeswordError
from yesword.store.fullness import chain
from yesword.store.misfits import Fault, Misfits, misfit
from yesword.store.outages import outage

# SQLite could not work, whatever it was asked.
_AT_REST: Final = (
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL"),
    *("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_NOMEM"),
)


@contextlib.contextmanager
def told(misfits: Misfits, where: str, part: str) -> Iterator[None]:
    """Do what follows as far as that goes; where it broke off, and why, is one of the things that do not fit."""
    try:
        yield
    except Exception as error:
        if any(_is_at_rest(each) for each in chain(error)) or outage(error) is not None:
            raise
        misfits.add(misfit(Fault.NOT_LOOKED_AT, where, part=part, reason=_reason(error)))


def _is_at_rest(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorname", None) or "").startswith(_AT_REST)
    return isinstance(error, OSError | psycopg.OperationalError | psycopg.InterfaceError)


def _reason(error: Exception) -> str:
    """In our own words, or in Python's, with the line that can tell a programmer more."""
    if isinstance(error, YeswordError):
        return error.message
    *_, last = traceback.extract_tb(error.__traceback__)
    said = str(error) or "nothing more is said"
    return f"{said} ({type(error).__name__}, {Path(last.filename).name} line {last.lineno})."
