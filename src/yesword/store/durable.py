"""Files that survive a crash: lines that are appended whole, and files that are replaced whole. Durable on return."""

import fcntl
import os
import secrets
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
    with path.open("ab+") as file:
        os.fchmod(file.fileno(), _MODE)
        fcntl.flock(file, fcntl.LOCK_EX)
        _cut_torn_end(file)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Put this in the file's place: a reader sees the old or the new, whole."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("xb") as file:
        os.fchmod(file.fileno(), _MODE)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
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
