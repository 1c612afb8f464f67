"""Where a process runs, and whether another one still lives: facts of the kernel, not of clocks.

A lock on an open file ends with the process, whatever ended it. So on one host a free owner lock proves that its owner
can no longer write to a carrier.
"""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from yesword.domain.errors import YeswordError
from yesword.domain.ids import MAKERS
from yesword.store.durable import is_in_place


class TooManyProcessesError(YeswordError):
    """All {count} places for processes that make ids are taken in {folder}. Stop one that is no longer needed."""

    code = "too_many_processes"


class BadMakersError(YeswordError):
    """YESWORD_MAKERS cannot be {value}. Give the numbers of this machine's processes, such as 0-7; there are 0 to {last}."""

    code = "bad_makers"


def run_folder(data_folder: Path) -> Path:
    folder = data_folder / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def locality(folder: Path) -> str:
    """Names this host since its last boot: only here can owner locks be looked at."""
    path = folder / "locality"
    boot = Path("/proc/sys/kernel/random/boot_id")
    boot_id = boot.read_text().strip() if boot.exists() else str(int(Path("/").stat().st_ctime))
    with contextlib.suppress(FileNotFoundError):
        known = path.read_text().split()
        if len(known) == 2 and known[1] == boot_id:
            return known[0]
    draft = path.with_name(f".locality.{secrets.token_hex(4)}")
    draft.write_text(f"{secrets.token_hex(8)} {boot_id}")
    draft.replace(path)
    return path.read_text().split()[0]


def makers(environ: Mapping[str, str] = os.environ) -> range:
    """The numbers from which processes here may take theirs. Raises BadMakersError.

    Locks on files are seen on one machine only. Machines that share a database each need numbers of their own, or two
    processes could make the same id.
    """
    written = environ.get("YESWORD_MAKERS")
    if not written:
        return range(MAKERS)
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", written)
    if found is None or not int(found[1]) <= int(found[2]) < MAKERS:
        raise BadMakersError(value=written, last=MAKERS - 1)
    return range(int(found[1]), int(found[2]) + 1)


def take_maker(folder: Path) -> tuple[int, IO[bytes]]:
    """One of the numbers that tell id makers apart, held until the file is closed or the process ends."""
    ours = makers()
    first = secrets.randbelow(len(ours))
    for step in range(len(ours)):
        number = ours[(first + step) % len(ours)]
        file = (folder / f"maker-{number}").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        return number, file
    raise TooManyProcessesError(count=len(ours), folder=folder)


@contextlib.contextmanager
def owner_lock(folder: Path, owner: str) -> Iterator[None]:
    """Held for as long as this process may be in the middle of a hand-over. Raises BlockingIOError where another holds it."""
    path = folder / f"owner-{owner}"
    while True:
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not is_in_place(path, file):
                continue  # whoever had it took it away meanwhile, and another may have put one there
            yield
            path.unlink(missing_ok=True)
            return


def is_gone(folder: Path, owner: str) -> bool:
    """Whether the owner, on this host, can no longer write: nobody holds its lock."""
    try:
        file = (folder / f"owner-{owner}").open("rb")
    except FileNotFoundError:
        return True
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
