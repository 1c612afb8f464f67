"""The journal: what must survive a store that is put back from a backup, in files of its own, apart from the store.

Here are the head that each log signed last, below which it must never be signed again, every stop, under the keyed
digest of its number or of its e-mail address, and every erasure. No file holds a number or an address.

Of an erasure there are lines of two kinds, which nothing joins: who was erased, and, with the month alone, the keyed digest
of a number that is suppressed since. Those of a month are sorted by the digest, and their file looks as old as the month,
so that neither order nor time tells whose number it was. The stops of whoever is erased are taken out.
"""

import functools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, ProgramId
from yesword.domain.times import from_micros, month_of, to_micros
from yesword.store import durable

_VERSION: Final = 1
_PARTED: Final = 2  # of an erasure's line: without the digest, which has a line of its own
_LONGEST_LINE: Final = 256  # bytes; a stop or an erasure takes some 170
_STOPS: Final = "stops"
_ERASURES: Final = "erasures"
_ERASED: Final = "erased"
_GONE: Final = "gone"
_OLD_ERASED: Final = b'[1,"erased",'
_PHONE: Final = "phone"  # kind of the look-up, as `contacts.PHONE`
_HEAD: Final = re.compile(r"log-([0-9]+)\.checkpoint")
_MAIL: Final = "mail:"  # before the cause, where it is e-mail that ended


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
    kind: str  # of the event; or, where e-mail ended, `mail_stop` of the cause
    at: datetime

    @property
    def mail_cause(self) -> str | None:
        """Why nothing more is written to an address. None: it is a number, and texts ended."""
        return self.kind.removeprefix(_MAIL) if self.kind.startswith(_MAIL) else None


def mail_stop(cause: str) -> str:
    """The kind of a stop of e-mail."""
    return f"{_MAIL}{cause}"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Erased:
    """One erasure, as the journal keeps it: enough to do it again in a store that does not know of it.

    Of somebody whose proof was kept there are two in the end; the later one counts.
    """

    contact: ContactId
    brand: BrandId
    at: datetime  # when it was asked for
    ground: str
    policy: str  # of retention
    by: int | None  # a user
    retain_until: datetime | None  # until then the proof is kept; None: all of it goes


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Gone:
    """A number or an address that is suppressed since somebody was erased: whose it was, no line tells."""

    brand: BrandId
    kind: str  # of the look-up: a number or an address
    digest: bytes
    pepper: int
    month: datetime  # of the erasure: its first moment, in UTC


Line = TypeVar("Line", Stop, Erased, Gone)


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

    def write_erased(self, erased: Erased, gone: Iterable[Gone] = ()) -> None:
        """Keep an erasure, and first what is suppressed since; they are durable when this returns."""
        self._write_gone(gone)
        path = self.folder / f"{_ERASURES}-{erased.at:%Y-%m}.jsonl"
        durable.append(path, _erased_line(erased).encode())

    def _write_gone(self, gone: Iterable[Gone]) -> None:
        """Each between its neighbours. Files are many, and so small, because each is written anew."""
        for each in gone:
            place = f"{_GONE}-{each.month:%Y-%m}-{each.digest.hex()[0]}.jsonl"
            line = _line(_GONE, each.brand, each.kind, each.digest.hex(), each.pepper).encode()
            with_it = functools.partial(_with_line, line=line)
            durable.rewrite(self.folder / place, with_it, dated=each.month)

    def forget_stops(self, digests: Iterable[bytes], since: datetime) -> None:
        """Take out the stops under these digests, of whoever is erased: with an event and a moment they would tell whose they were.

        `since`: none of them came in before that month.
        """
        wanted = [each.hex().encode() for each in digests]
        for path in self._files(_STOPS) if wanted else ():
            if path.name < f"{_STOPS}-{since:%Y-%m}" or not _holds(path.read_bytes(), wanted):
                continue
            durable.rewrite(path, functools.partial(_without, wanted=wanted))

    def part_erased(self) -> list[Gone]:
        """Part the lines that an earlier version wrote, each with the person and the digest in it. The digests."""
        parted: list[Gone] = []
        for path in self._files(_ERASURES):
            if _OLD_ERASED not in path.read_bytes():
                continue
            parted += (found := _of_old_lines(path))
            self._write_gone(found)
            durable.rewrite(path, _parted)
        return parted

    def stops(self) -> Iterator[Stop]:
        """Every stop, the oldest file first. Raises DamagedJournalError; a last line that was cut by a crash is passed over."""
        for path in self._files(_STOPS):
            yield from _read(path, _stop)

    def erased(self) -> Iterator[Erased]:
        """Every erasure, in the same way."""
        for path in self._files(_ERASURES):
            yield from _read(path, _erased)

    def gone(self) -> Iterator[Gone]:
        """Every number and address that is suppressed since an erasure, the oldest month first."""
        for path in self._files(_ERASURES):
            if _OLD_ERASED in path.read_bytes():
                yield from _of_old_lines(path)
        for path in self._files(_GONE):
            yield from _read(path, functools.partial(_gone, month=_month_in(path)))

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


def _erased_line(erased: Erased) -> str:
    fields = [
        _PARTED,
        _ERASED,
        erased.contact,
        erased.brand,
        to_micros(erased.at),
        erased.ground,
        erased.policy,
        erased.by,
        None if erased.retain_until is None else to_micros(erased.retain_until),
    ]
    return json.dumps(fields, separators=(",", ":")) + "\n"


def _with_line(lines: bytes, line: bytes) -> bytes:
    return b"".join(sorted({*lines.splitlines(keepends=True), line}))


def _holds(data: bytes, digests: list[bytes]) -> bool:
    return any(each in data for each in digests)


def _without(lines: bytes, wanted: list[bytes]) -> bytes:
    return b"".join(line for line in lines.splitlines(keepends=True) if not _holds(line, wanted))


def _of_old_lines(path: Path) -> list[Gone]:
    return [each for each in _read(path, _gone_of_old) if each.digest]


def _parted(lines: bytes) -> bytes:
    """The same erasures without their digests. What cannot be read stays, and is named whenever it is read."""
    return b"".join(
        _erased_line(_erased(json.loads(line))).encode() if line.startswith(_OLD_ERASED) else line
        for line in lines.splitlines(keepends=True)
    )


def _month_in(path: Path) -> datetime:
    year, month = path.name.split("-")[1:3]
    return datetime(int(year), int(month), 1, tzinfo=UTC)


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
    version, kind, contact, brand, *rest = fields
    if (version, kind) not in ((_VERSION, _ERASED), (_PARTED, _ERASED)):
        raise ValueError("another version")
    at, ground, policy, by, until = rest[2:] if version == _VERSION else rest
    return Erased(
        contact=ContactId(contact),
        brand=BrandId(brand),
        at=from_micros(at),
        ground=ground,
        policy=policy,
        by=by,
        retain_until=None if until is None else from_micros(until),
    )


def _gone(fields: list[Any], month: datetime) -> Gone:
    version, name, brand, kind, digest, pepper = fields
    if (version, name) != (_VERSION, _GONE):
        raise ValueError("another version")
    return Gone(brand=BrandId(brand), kind=kind, digest=bytes.fromhex(digest), pepper=pepper, month=month)


def _gone_of_old(fields: list[Any]) -> Gone:
    """What such a line tells of the number: of a line that has been parted, or had none, no digest."""
    erased = _erased(fields)
    digest, pepper = (fields[4], fields[5]) if fields[0] == _VERSION else ("", 0)
    return Gone(
        brand=erased.brand,
        kind=_PHONE,
        digest=bytes.fromhex(digest),
        pepper=pepper,
        month=month_of(erased.at),
    )
