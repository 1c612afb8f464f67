"""The journal: what must survive a store that is put back from a backup, in files of its own, apart from the store.

Here are the head that each log signed last, below which it must never be signed again, every stop, under the keyed
digest of its number, and every erasure, under the same. No file holds a number.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, ProgramId
from yesword.domain.times import from_micros, to_micros
from yesword.store import durable

_VERSION: Final = 1
_LONGEST_LINE: Final = 256  # bytes; a stop or an erasure takes some 170
_STOPS: Final = "stops"
_ERASURES: Final = "erasures"
_ERASED: Final = "erased"
_HEAD: Final = re.compile(r"log-([0-9]+)\.checkpoint")


class DamagedJournalError(YeswordError):
    """Line {line} of {file} in the journal cannot be read. It was cut or changed. Put the file back from its copy; until then nothing is sent."""

    code = "journal_damaged"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Stop:
    """One stop, as the journal keeps it."""

    event: int
    brand: BrandId
    digest: bytes
    pepper: int
    program: ProgramId | None  # None: everything of the brand
    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Erased:
    """One erasure, as the journal keeps it: enough to do it again in a store that does not know of it.

    Of somebody whose proof was kept there are two in the end; the later one counts.
    """

    contact: ContactId
    brand: BrandId
    digest: bytes | None  # None: the number could not be read any more, and an earlier line has it
    pepper: int
    at: datetime  # when it was asked for
    ground: str
    policy: str  # of retention
    by: int | None  # a user
    retain_until: datetime | None  # until then the proof is kept; None: all of it goes


Line = TypeVar("Line", Stop, Erased)


class Journal:
    """The folder of the journal. `YESWORD_JOURNAL` puts it on another disk than the store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, stops: list[Stop]) -> None:
        """Append stops; they are durable when this returns."""
        if not stops:
            return
        lines = "".join(
            _line(
                stop.event,
                stop.brand,
                stop.digest.hex(),
                stop.pepper,
                stop.program,
                stop.kind,
                to_micros(stop.at),
            )
            for stop in stops
        )
        durable.append(self.folder / f"{_STOPS}-{stops[-1].at:%Y-%m}.jsonl", lines.encode())

    def write_erased(self, erased: Erased) -> None:
        """Append an erasure; it is durable when this returns."""
        line = _line(
            _ERASED,
            erased.contact,
            erased.brand,
            "" if erased.digest is None else erased.digest.hex(),
            erased.pepper,
            to_micros(erased.at),
            erased.ground,
            erased.policy,
            erased.by,
            None if erased.retain_until is None else to_micros(erased.retain_until),
        )
        durable.append(self.folder / f"{_ERASURES}-{erased.at:%Y-%m}.jsonl", line.encode())

    def stops(self) -> Iterator[Stop]:
        """Every stop, the oldest file first. Raises DamagedJournalError; a last line that was cut by a crash is passed over."""
        for path in self._files(_STOPS):
            yield from _read(path, _stop)

    def erased(self) -> Iterator[Erased]:
        """Every erasure, in the same way."""
        for path in self._files(_ERASURES):
            yield from _read(path, _erased)

    def newest(self, count: int) -> list[Stop]:
        """The last stops that were written."""
        return _newest(self._files(_STOPS), _stop, count)

    def newest_erased(self, count: int) -> list[Erased]:
        """The last erasures that were written."""
        return _newest(self._files(_ERASURES), _erased, count)

    def head(self, log_id: int) -> str | None:
        """The signed head below which this log must never be signed again; None if none is known."""
        try:
            return self._head(log_id).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def heads(self) -> dict[int, str]:
        """Every signed head that is known, by the id of its log."""
        found = (_HEAD.fullmatch(path.name) for path in self.folder.iterdir())
        return {int(each[1]): (self.folder / each[0]).read_text(encoding="utf-8") for each in found if each}

    def begin(self, log_id: int, note: str) -> None:
        """Know a log that is about to be made. One that is known already stays as it is."""
        if self.head(log_id) is None:
            self.raise_head(log_id, note)

    def raise_head(self, log_id: int, note: str) -> None:
        """Whole or not at all; durable when this returns."""
        durable.replace(self._head(log_id), note.encode())

    def _head(self, log_id: int) -> Path:
        return self.folder / f"log-{log_id}.checkpoint"

    def _files(self, kind: str) -> list[Path]:
        return sorted(self.folder.glob(f"{kind}-*.jsonl"))


def _line(*fields: object) -> str:
    return json.dumps([_VERSION, *fields], separators=(",", ":")) + "\n"


def _newest(files: list[Path], read: Callable[[list[Any]], Line], count: int) -> list[Line]:
    found: list[Line] = []
    for path in reversed(files):
        found = list(_read(path, read, last=count - len(found))) + found
        if len(found) >= count:
            break
    return found[-count:]


def _read(path: Path, read: Callable[[list[Any]], Line], last: int | None = None) -> Iterator[Line]:
    """The lines of a file, or its last ones, read from its end."""
    with path.open("rb") as file:
        start = 0
        if last is not None:
            start = max(0, file.seek(0, os.SEEK_END) - last * _LONGEST_LINE)
        file.seek(start)
        lines = file.read().split(b"\n")
    before = 0
    if start:
        lines = lines[1:]  # its first one began before
        before = path.read_bytes()[:start].count(b"\n") + 1 if _is_damaged(lines, read) else 0
    for number, line in enumerate(
        lines[:-1], before + 1
    ):  # what follows the last line break was never acknowledged
        try:
            yield read(json.loads(line))
        except (ValueError, TypeError) as error:
            raise DamagedJournalError(line=number, file=path.name) from error


def _is_damaged(lines: list[bytes], read: Callable[[list[Any]], Line]) -> bool:
    for line in lines[:-1]:
        try:
            read(json.loads(line))
        except (ValueError, TypeError):
            return True
    return False


def _stop(fields: list[Any]) -> Stop:
    version, event, brand, digest, pepper, program, kind, at = fields
    if version != _VERSION:
        raise ValueError("another version")
    return Stop(
        event=event,
        brand=BrandId(brand),
        digest=bytes.fromhex(digest),
        pepper=pepper,
        program=None if program is None else ProgramId(program),
        kind=kind,
        at=from_micros(at),
    )


def _erased(fields: list[Any]) -> Erased:
    version, kind, contact, brand, digest, pepper, at, ground, policy, by, until = fields
    if (version, kind) != (_VERSION, _ERASED):
        raise ValueError("another version")
    return Erased(
        contact=ContactId(contact),
        brand=BrandId(brand),
        digest=bytes.fromhex(digest) or None,
        pepper=pepper,
        at=from_micros(at),
        ground=ground,
        policy=policy,
        by=by,
        retain_until=None if until is None else from_micros(until),
    )
