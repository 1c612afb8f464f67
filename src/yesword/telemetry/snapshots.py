"""Small files in the run folder, one a process, that say every second what it has counted.

A process takes the first place of its role that is free, and goes on from what was counted there: over a restart no count
falls, and at most the last second of a process that was killed is lost. A lock that ends with the process says who lives.
"""

import contextlib
import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import structlog

from yesword.telemetry.catalogue import FIGURES, Kind
from yesword.telemetry.tally import TALLY, Counted, Histogram, Tally

log = structlog.get_logger("yesword.telemetry")

_EVERY_S: Final = 1.0
_ALIVE_EVERY_S: Final = 10.0  # written anew even if nothing was counted
_MOST_SLOTS: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Of one process, as it was `at` (seconds since 1970)."""

    role: str
    slot: int
    is_alive: bool
    pid: int
    at: float
    counted: Counted


def folder_of(run: Path) -> Path:
    folder = run / "figures"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def read(run: Path) -> Sequence[Snapshot]:
    """Of every process that ran here, alive or not. A file that cannot be read is as if it were not there."""
    found = []
    for path in sorted(folder_of(run).glob("*.json")):
        role, _, slot = path.stem.rpartition("-")
        stored = _load(path)
        if stored is None or not role or not slot.isdigit():
            continue
        found.append(
            Snapshot(
                role=role,
                slot=int(slot),
                is_alive=_is_held(path.with_suffix(".lock")),
                pid=stored[0],
                at=stored[1],
                counted=stored[2],
            )
        )
    return found


@contextlib.contextmanager
def keeping(run: Path, role: str, tally: Tally = TALLY) -> Iterator[None]:
    """Write what this process counts until it is over, in a thread of its own. Trouble with the files stops no work."""
    with contextlib.ExitStack() as stack:
        try:
            place = stack.enter_context(_place(folder_of(run), role))
            if (before := _load(place)) is not None:
                tally.go_on_from(before[2])
        except OSError as error:
            log.warning("figures_not_kept", role=role, trouble=type(error).__name__)
            yield
            return
        has_ended = threading.Event()
        writing = threading.Thread(
            target=_write_on, args=(place, tally, has_ended), name="figures", daemon=True
        )
        writing.start()
        try:
            yield
        finally:
            has_ended.set()
            writing.join()


def write(path: Path, tally: Tally) -> None:
    """Whole or not at all."""
    counted = tally.counted()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_text(
            json.dumps(
                {
                    "pid": os.getpid(),
                    "at": time.time(),
                    "values": [[name, labels, value] for (name, labels), value in counted.values.items()],
                    "histograms": [
                        [name, labels, each.counts, each.total]
                        for (name, labels), each in counted.histograms.items()
                    ],
                }
            ),
            encoding="utf-8",
        )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_on(path: Path, tally: Tally, has_ended: threading.Event) -> None:
    changes, written_at, is_told = -1, 0.0, False
    is_over = False
    while not is_over:
        is_over = has_ended.wait(_EVERY_S if written_at else 0)
        now = time.monotonic()
        if tally.changes == changes and now - written_at < _ALIVE_EVERY_S and not is_over:
            continue
        changes, written_at = tally.changes, now
        try:
            write(path, tally)
            is_told = False
        except OSError as error:  # a full disk must not end a worker for the sake of its figures
            if not is_told:
                log.warning("figures_not_written", trouble=type(error).__name__)
            is_told = True


@contextlib.contextmanager
def _place(folder: Path, role: str) -> Iterator[Path]:
    for slot in range(_MOST_SLOTS):
        lock = (folder / f"{role}-{slot}.lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        with lock:
            yield folder / f"{role}-{slot}.json"
        return
    raise BlockingIOError


def _is_held(lock: Path) -> bool:
    try:
        file: IO[bytes] = lock.open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _load(path: Path) -> tuple[int, float, Counted] | None:
    """What stands in a file. What this version does not count is left out."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return int(stored["pid"]), float(stored["at"]), _counted(stored)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _counted(stored: dict[str, Any]) -> Counted:
    values = {
        (name, tuple(labels)): float(value)
        for name, labels, value in stored["values"]
        if name in FIGURES and len(FIGURES[name].labels) == len(labels)
    }
    histograms = {
        (name, tuple(labels)): Histogram(counts=list(counts), total=float(total))
        for name, labels, counts, total in stored["histograms"]
        if name in FIGURES
        and FIGURES[name].kind is Kind.HISTOGRAM
        and len(counts) == len(FIGURES[name].steps) + 1
    }
    return Counted(values=values, histograms=histograms)
