"""The folders of files that were uploaded to be imported: whom their rows show, until when they stay, what says how far one is.

Each upload has a folder of its own with the file as it was given, the rejected rows, and how far its import is. Bringing
a file in and importing it are not here. What somebody has written elsewhere is theirs, and is not looked for.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from yesword.collect.imports.errors import EmptyFileError, FileChangedError, ImportFileError
from yesword.collect.imports.known_files import names
from yesword.collect.imports.quick_numbers import QuickNumbers
from yesword.collect.imports.reading import open_source
from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.domain.phone import calling_code_of
from yesword.domain.spellings import plain_digits, shows
from yesword.store import durable, models, programs
from yesword.store.contacts import PHONE
from yesword.store.journal import Gone
from yesword.store.opening import Store

GIVEN: Final = "given"
REJECTED: Final = "rejected.csv"
STATE: Final = "state.json"
_MASKED: Final = "…"
_MONTH: Final = timedelta(days=32)
_LONGEST: Final = timedelta(hours=1)  # that an upload takes
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DIGITS: Final = re.compile(r"[+(]{0,2}\d(?:[ \t()./'-]*\d){5,}")

Shows = Callable[[str], bool]


def folder_of(store: Store) -> Path:
    return store.folder / "imports"


def read_state(store: Store, path: Path) -> dict[str, Any]:
    """How far an upload is. Where it holds the plain digest of its file, as it once did, it is written anew with the keyed one."""
    members: dict[str, Any] = json.loads(path.read_text())
    if "digest" in members:
        digest = str(members.pop("digest"))
        brand = _brand(members)
        members["names"] = [] if brand is None or not digest else list(names(store, brand, digest))
        durable.replace(path, json.dumps(members).encode())
    return members


# --- whom they show ---------------------------------------------------------------------------------------------


def count_rows(store: Store, number: str) -> int:
    """How many rows show the number (E.164)."""
    return sum(rows for folder in _folders(store) for _, rows, _ in _rows_to_go(folder, _shows(number)))


def take_out(store: Store, number: str) -> int:
    """Take out the rows that show the number, and the number itself from what says how far an upload is. How many rows."""
    with _alone(store):
        return sum(_take_out(folder, _shows(number)) for folder in _folders(store))


def take_out_gone(store: Store, gone: Iterable[Gone]) -> int:
    """The same of whoever is only known by the keyed digest of their number, in files that are no younger than the erasure."""
    months: dict[tuple[int, bytes], datetime] = {}
    for each in gone:
        if each.kind == PHONE:
            key = int(each.brand), each.digest
            months[key] = max(each.month, months.get(key, each.month))
    if not months:
        return 0
    with _alone(store):
        return sum(_take_out(each, _shows_gone(store, each, months)) for each in _folders(store))


def over(store: Store, before: datetime) -> list[Path]:
    """The folders of uploads that were begun before then."""
    return [folder for folder in _folders(store) if _began_at(folder) < before]


def let_go(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _folders(store: Store) -> list[Path]:
    folder = folder_of(store)
    found = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    for each in found:
        with contextlib.suppress(OSError, ValueError):
            read_state(store, each / STATE)
    return found


@contextlib.contextmanager
def _alone(store: Store) -> Iterator[None]:
    """So that of two who take rows out of one file, none brings back what the other has taken."""
    folder = folder_of(store)
    if not folder.is_dir():
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _state(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / STATE).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _brand(state: dict[str, Any]) -> BrandId | None:
    """Of the program that it is imported into."""
    program = state.get("program")
    rows = models.Program.objects.filter(pk=program) if isinstance(program, int) else ()
    return next((BrandId(each.brand_id) for each in rows), None)


def _began_at(folder: Path) -> datetime:
    try:
        return datetime.fromisoformat(_state(folder)["began_at"])
    except (KeyError, ValueError, TypeError):
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)


def _is_coming_in(folder: Path) -> bool:
    """Whether its file may still be written to: whoever is erased now is not in what comes after."""
    is_young = datetime.fromtimestamp(folder.stat().st_mtime, UTC) > datetime.now(UTC) - _LONGEST
    return is_young and not (folder / STATE).exists()


def _shows(number: str) -> Shows:
    code = calling_code_of(number)
    return lambda text: shows(text, number, code)


def _shows_gone(store: Store, folder: Path, months: dict[tuple[int, bytes], datetime]) -> Shows:
    state = _state(folder)
    own = _brand(state)
    brands = {BrandId(brand) for brand, _ in months} if own is None else {own}
    began_at, read = _began_at(folder), QuickNumbers().parse
    wanted = state.get("wanted")
    chosen = wanted.get("country") if isinstance(wanted, dict) else None

    def is_gone(text: str, brand: BrandId, country: str) -> bool:
        try:
            number = read(text, country).e164
        except YeswordError:
            return False
        digests = store.look_up.digests(brand, PHONE, number)
        return any(began_at < months[brand, each] + _MONTH for each in digests if (brand, each) in months)

    def is_shown(text: str) -> bool:
        found = [each[0] for each in _DIGITS.finditer(plain_digits(text))]
        return any(
            is_gone(each, brand, chosen or programs.brand(brand).country)
            for each in found
            for brand in brands
        )

    return is_shown


# --- files of rows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rest:
    """What stays of a file; None: nothing of it."""

    data: bytes | None


def _rows_to_go(folder: Path, is_shown: Shows) -> Iterator[tuple[Path, int, _Rest]]:
    """(file, how many rows show somebody, what is left without them), of each file of rows that shows them."""
    if _is_coming_in(folder):
        return
    found = [each for each in folder.rglob("*") if each.is_file() and each.name != STATE]
    # First what was given: an import that is reading it stops then, and leaves no rejected rows.
    for path in sorted(found, key=lambda each: (each.parent.name != GIVEN, each)):
        with contextlib.suppress(FileNotFoundError, FileChangedError):  # its import ends, or begins, just now
            rows, rest = _without(path, is_shown)
            if rows:
                yield path, rows, rest


def _take_out(folder: Path, is_shown: Shows) -> int:
    count = 0
    for path, rows, rest in _rows_to_go(folder, is_shown):
        count += rows
        with contextlib.suppress(FileNotFoundError):
            if rest.data is None:
                path.unlink()
            else:
                written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                durable.replace(path, rest.data, dated=written_at)
    path, state = folder / STATE, _state(folder)
    masked = _masked(state, is_shown)
    if masked != state:
        durable.replace(path, json.dumps(masked).encode())
    return count


def _masked(value: Any, is_shown: Shows) -> Any:
    match value:
        case str():
            return _MASKED if is_shown(value) else value
        case list():
            return [_masked(each, is_shown) for each in value]
        case dict():
            return {_MASKED if is_shown(key) else key: _masked(each, is_shown) for key, each in value.items()}
        case _:
            return value


def _without(path: Path, is_shown: Shows) -> tuple[int, _Rest]:
    """Of a file that is no table at all, nobody can tell whom it shows, and no import can take it: then all of it goes."""
    data = path.read_bytes()
    try:
        source = open_source(path)
    except EmptyFileError:
        return 0, _Rest(data=data)
    except ImportFileError:
        return 1, _Rest(data=None)
    # As it was: with the mark at its start only where it had one, and with bytes that mean nothing.
    encoding = "utf-8" if source.encoding == "utf-8-sig" else source.encoding
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    text = data.decode(encoding, errors)
    if not is_shown(text):
        return 0, _Rest(data=data)
    lines = _LINE.findall(text)
    starts = [source.header_line, *(record.line - 1 for record in source.records())]
    blocks = [(0, starts[0]), *zip(starts[1:], [*starts[2:], len(lines)], strict=True)]
    going = [(start, end) for start, end in blocks if is_shown("".join(lines[start:end]))]
    for start, end in reversed(going):
        del lines[start:end]
    is_empty = path.name == REJECTED and set(blocks[1:]) <= set(going)
    return len(going), _Rest(data=None if is_empty else "".join(lines).encode(encoding, errors))
