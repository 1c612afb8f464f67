"""The journal: what must survive a store that is put back from a backup, in files of its own, apart from the store.

Here are the head that each log signed last, below which it must never be signed again, and every stop, under the keyed
digest of its number. No file holds a number.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.times import from_micros, to_micros
from yesword.store import durable

_VERSION: Final = 1
_LONGEST_LINE: Final = 256  # bytes; a stop takes some 170
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
            json.dumps(
                [
                    _VERSION,
                    stop.event,
                    stop.brand,
                    stop.digest.hex(),
                    stop.pepper,
                    stop.program,
                    stop.kind,
                    to_micros(stop.at),
                ],
                separators=(",", ":"),
            )
            + "\n"
            for stop in stops
        )
        durable.append(self.folder / f"stops-{stops[-1].at:%Y-%m}.jsonl", lines.encode())

    def stops(self) -> Iterator[Stop]:
        """Every stop, the oldest file first. Raises DamagedJournalError; a last line that was cut by a crash is passed over."""
        for path in sorted(self.folder.glob("stops-*.jsonl")):
            yield from _read(path)

    def newest(self, count: int) -> list[Stop]:
        """The last ones that were written."""
        found: list[Stop] = []
        for path in sorted(self.folder.glob("stops-*.jsonl"), reverse=True):
            found = [*_read(path, last=count - len(found)), *found]
            if len(found) >= count:
                break
        return found[-count:]

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


def _read(path: Path, last: int | None = None) -> Iterator[Stop]:
    """The stops of a file, or its last ones, read from its end."""
    with path.open("rb") as file:
        start = 0
        if last is not None:
            start = max(0, file.seek(0, os.SEEK_END) - last * _LONGEST_LINE)
        file.seek(start)
        lines = file.read().split(b"\n")
    before = 0
    if start:
        lines = lines[1:]  # its first one began before
        before = path.read_bytes()[:start].count(b"\n") + 1 if _is_damaged(lines) else 0
    for number, line in enumerate(
        lines[:-1], before + 1
    ):  # what follows the last line break was never acknowledged
        try:
            yield _stop(json.loads(line))
        except (ValueError, TypeError) as error:
            raise DamagedJournalError(line=number, file=path.name) from error


def _is_damaged(lines: list[bytes]) -> bool:
    for line in lines[:-1]:
        try:
            _stop(json.loads(line))
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
