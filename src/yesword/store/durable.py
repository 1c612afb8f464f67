"""Files that survive a crash: lines that are appended whole, and files that are replaced whole. Durable on return."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

_MODE: Final = 0o600
_BLOCK: Final = 4096


def append(path: Path, lines: bytes) -> None:
    """Append lines, each of which ends in a line break, to a file of lines.

    A last line that a crash has cut short was never acknowledged, and is taken away: what is appended to it would be
    lost with it.
    """
    is_new = not path.exists()
    with _locked(path) as file:
        _cut_torn_end(file)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync(path.parent)


def rewrite(path: Path, change: Callable[[bytes], bytes], *, dated: datetime | None = None) -> None:
    """Change a file of lines as a whole, while nobody appends to it. `dated`: when it is to look written."""
    with _locked(path) as file:
        _cut_torn_end(file)
        file.seek(0)
        before = file.read()
        if (after := change(before)) != before:
            replace(path, after, dated=dated)


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file that is in this place once it is ours alone: whoever had it before may have put another one there."""
    while True:
        with path.open("ab+") as file:
            os.fchmod(file.fileno(), _MODE)
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_in_place(path, file):
                yield file
                return


def is_in_place(path: Path, file: IO[bytes]) -> bool:
    """Whether this open file is still the one that is found there."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def replace(path: Path, data: bytes, *, dated: datetime | None = None) -> None:
    """Put this in the file's place: a reader sees the old or the new, whole."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("xb") as file:
        os.fchmod(file.fileno(), _MODE)
        file.write(data)
        file.flush()
        if dated is not None:
            os.utime(file.fileno(), (dated.timestamp(), dated.timestamp()))
        os.fsync(file.fileno())
    draft.replace(path)
    sync(path.parent)


def create(path: Path, data: bytes) -> None:
    """Write whole or not at all; of two processes that try at once, one wins and both read the same."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync(path.parent)


def sync(folder: Path) -> None:
    """That a file is in its folder has to reach the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cut_torn_end(file: IO[bytes]) -> None:
    end = at = file.seek(0, os.SEEK_END)
    while at:
        start = max(0, at - _BLOCK)
        file.seek(start)
        found = file.read(at - start).rfind(b"\n")
        if found >= 0:
            if start + found + 1 < end:
                file.truncate(start + found + 1)
            return
        at = start
    file.truncate(0)
