"""Telling that a disk is full, whichever part of the store was the first to find out."""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg.errors

from yesword.domain.errors import YeswordError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
# The second: the file that the processes of a SQLite store share could not be made larger.
_SQLITE_FULL: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
_ENOUGH: Final = 1 << 20  # bytes; less holds no hand-over


class DiskFullError(YeswordError):
    """The disk is full. What was recorded before is safe, and nothing of this was recorded. Make room, and do it again."""

    code = "disk_full"


def has_room(folder: Path) -> bool:
    """Whether something can be written there: tried, since a quota or what is kept for root shows in no figure."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * _ENOUGH)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if is_full(error):
            return False
        raise
    return True


def is_full(error: BaseException) -> bool:
    """Whether this error, or one that it came of, says that there is no room left."""
    return any(_says_full(each) for each in chain(error))


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it came of."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorname", None) in _SQLITE_FULL
    return isinstance(error, psycopg.errors.DiskFull | DiskFullError)
