"""From bytes to records: which encoding, which separator, where a record ends. What a column means is in `headings`.

The file is read as a stream, twice, so a million rows need no memory of their own.
"""

import codecs
import csv
import hashlib
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yesword.collect.imports.errors import (
    EmptyFileError,
    FileChangedError,
    NotTextError,
    SpreadsheetGivenError,
)

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_LINES_A_RECORD: Final = 50  # a quote that stays open longer was never meant as one
MAX_RECORD: Final = 32_768  # characters
_CHUNK: Final = 1 << 20
_ZIP: Final = b"PK\x03\x04"  # .xlsx and .ods
_OLE: Final = b"\xd0\xcf\x11\xe0"  # .xls
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # what Excel writes above the names


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One row as the file has it. Where its cells cannot be told apart, the whole line is the only cell."""

    number: int  # 1, 2, 3 … among the rows, column names and blank lines aside
    line: int  # of the file, where the row begins, counted from 1
    cells: tuple[str, ...]
    is_open: bool = False  # a quote that is never closed
    is_long: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file whose form is known. Its records can be read again and again, as long as nobody changes it."""

    path: Path
    digest: str  # SHA-256 of its bytes, hexadecimal; never to be stored, see `known_files`
    size: int
    encoding: str  # as Python names it
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    stamp: tuple[int, int]

    def records(self) -> Iterator[Record]:
        """Every row that is not blank. Raises `FileChangedError` when it is no longer the file that was opened."""
        if _stamp(self.path) != self.stamp:
            raise FileChangedError
        with self.path.open(encoding=self.encoding, errors="replace", newline=None) as file:
            lines = _Lines(file)
            for _ in range(self.header_line):
                lines.next()
            yield from _records(lines, self.delimiter)
        if _stamp(self.path) != self.stamp:
            raise FileChangedError


def open_source(path: Path) -> Source:
    """Find out how the file is written. Raises an `ImportFileError`, or OSError."""
    stamp = _stamp(path)
    digest, encoding = _digest_and_encoding(path)
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        delimiter, header, header_line = _header(_Lines(file))
    return Source(
        path=path,
        digest=digest,
        size=stamp[0],
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        header_line=header_line,
        stamp=stamp,
    )


def text_of(data: bytes) -> str:
    """A list that is held whole, such as an upload, decoded as a file is. Raises SpreadsheetGivenError, NotTextError."""
    encoding = _encoding(
        data[:4],
        has_nul=b"\x00" in data,
        is_utf8=_decodes(codecs.getincrementaldecoder("utf-8")(), data, is_last=True),
        is_western=_decodes(codecs.getincrementaldecoder("cp1252")(), data),
    )
    text = data.decode(encoding, errors="replace")
    if "\x00" in text:
        raise NotTextError
    return text


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _digest_and_encoding(path: Path) -> tuple[str, str]:
    """A byte-order mark decides; else UTF-8 if the whole file is, else what Windows wrote before that."""
    digest = hashlib.sha256()
    utf8 = codecs.getincrementaldecoder("utf-8")()
    western = codecs.getincrementaldecoder("cp1252")()
    is_utf8, is_western, has_nul, head = True, True, False, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:4]
            digest.update(chunk)
            has_nul = has_nul or b"\x00" in chunk
            is_utf8 = is_utf8 and _decodes(utf8, chunk)
            is_western = is_western and _decodes(western, chunk)
        is_utf8 = is_utf8 and _decodes(utf8, b"", is_last=True)
    return digest.hexdigest(), _encoding(head, has_nul=has_nul, is_utf8=is_utf8, is_western=is_western)


def _encoding(head: bytes, *, has_nul: bool, is_utf8: bool, is_western: bool) -> str:
    if head.startswith((_ZIP, _OLE)):
        raise SpreadsheetGivenError
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if has_nul:
        raise NotTextError
    if is_utf8:
        return "utf-8-sig"
    # Five bytes mean nothing in Windows' table; Latin-1 gives every byte a character.
    return "cp1252" if is_western else "latin-1"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_last: bool = False) -> bool:
    with suppress(UnicodeDecodeError):
        decoder.decode(chunk, is_last)
        return True
    return False


class _Lines:
    """Lines without their ends, which can be put back; the line's number goes with it."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.number = 0

    def next(self) -> str | None:
        if self._back:
            self.number += 1
            return self._back.popleft()
        line = next(self._file, None)
        if line is None:
            return None
        self.number += 1
        return line.removesuffix("\n")

    def put_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def _header(lines: _Lines) -> tuple[str, tuple[str, ...], int]:
    told = None
    while (line := lines.next()) is not None:
        if told is None and (found := _SEPARATOR_LINE.fullmatch(line)):
            told = found[1]
            continue
        delimiter = told or _likeliest(line)
        if _is_blank(line, delimiter):
            continue
        cells, _ = _record_from(line, lines, delimiter)
        return delimiter, tuple(" ".join(cell.split()) for cell in cells), lines.number
    raise EmptyFileError


def _likeliest(line: str) -> str:
    """The separator that parts the column names into most columns; a comma where there is only one."""
    return max(DELIMITERS, key=lambda each: len(_split(line, each)))


def _is_blank(line: str, delimiter: str) -> bool:
    return not line.strip(f' \t\n"{delimiter}')


def _records(lines: _Lines, delimiter: str) -> Iterator[Record]:
    number = 0
    while (line := lines.next()) is not None:
        at = lines.number
        cells, is_open = _record_from(line, lines, delimiter)
        if _is_blank("".join(cells), delimiter):  # a quoted cell may go on below a line without a word
            continue
        number += 1
        is_long = sum(map(len, cells)) + len(cells) > MAX_RECORD
        yield Record(number=number, line=at, cells=tuple(cells), is_open=is_open, is_long=is_long)


def _record_from(line: str, lines: _Lines, delimiter: str) -> tuple[list[str], bool]:
    """The cells of the record that begins with this line, and whether a quote in it stays open."""
    if '"' not in line:
        return line.split(delimiter), False
    taken = [line]
    text = line
    while _open_quote(delimiter).match(text):
        following = lines.next()
        if following is None or len(taken) == MAX_LINES_A_RECORD or len(text) > MAX_RECORD:
            lines.put_back(taken[1:] if following is None else [*taken[1:], following])
            return [line], True
        taken.append(following)
        text = f"{text}\n{following}"
    return _split(text, delimiter), False


def _split(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return text.split(delimiter)
    if len(text) > MAX_RECORD:
        return [text]  # refused for its length; the parser has a limit of its own
    return next(csv.reader([text], delimiter=delimiter), [])


_PATTERNS: Final[dict[str, re.Pattern[str]]] = {}


def _open_quote(delimiter: str) -> re.Pattern[str]:
    """Matches a text whose last field begins with a quote that is not closed. Only at its start is a quote one."""
    if delimiter not in _PATTERNS:
        d = re.escape(delimiter)
        quoted = r'"(?:[^"]|"")*+"' + rf"[^{d}]*+"
        bare = rf'(?!")[^{d}]*+'
        _PATTERNS[delimiter] = re.compile(rf'(?:(?:{quoted}|{bare}){d})*+"(?:[^"]|"")*+\Z')
    return _PATTERNS[delimiter]


def same_file(one: Path, other: Path) -> bool:
    with suppress(FileNotFoundError):
        return one.samefile(other)
    return False
