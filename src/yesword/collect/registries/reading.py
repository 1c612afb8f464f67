"""The file of answers: one number a line, or columns for the number, whether it is listed, and since when.

A list without column names is read as numbers only; where it has several columns, such as area code and number, they
are one number together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from yesword.collect.imports import cells
from yesword.collect.imports.dates import consent_date
from yesword.collect.imports.errors import ImportFileError
from yesword.collect.imports.headings import lay_out, plain
from yesword.collect.imports.reading import Record, Source, open_source
from yesword.collect.imports.refusals import RefusedRowError
from yesword.domain.phone import PhoneError, PhoneNumber, parse

_LISTED: Final = frozenset(
    [
        "listed",
        "is listed",
        "registered",
        "on the list",
        "in registry",
        "geregistreerd",
        "ingeschreven",
        "gelistet",
        "eingetragen",
        "listad",
        "registrerad",
        "listet",
        "registreret",
    ]
)
_SINCE: Final = frozenset(
    [
        "since",
        "listed since",
        "listed on",
        "registered since",
        "registered on",
        "registration date",
        "sinds",
        "geregistreerd op",
        "seit",
        "eingetragen am",
        "sedan",
        "registrerad den",
        "siden",
        "registreret den",
    ]
)
_NOT_LISTED: Final = frozenset(["clear", "not listed", "not registered", "absent"])


class ListedOrClearError(ImportFileError):
    """The file does not say which numbers are listed. Say with --listed or --clear that all are, or that none is; or add a column "listed"."""

    code = "registry_listed_or_clear"


class ListedTwiceError(ImportFileError):
    """The file has a column "{column}", so leave out --listed and --clear: each row says it for itself."""

    code = "registry_listed_twice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of the file. A number is None where none can be read; nothing here repeats what stood there."""

    line: int
    number: PhoneNumber | None
    is_listed: bool | None
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Columns:
    number: int | None  # None: the whole line
    listed: int | None = None
    since: int | None = None


def read_answers(path: Path, *, country: str | None, is_listed: bool | None, at: datetime) -> Iterator[Line]:
    """Every line. `is_listed` is what holds for all. Raises an `ImportFileError` before the first one."""
    source = open_source(path)
    columns = _columns(source, country)
    if columns.listed is None and is_listed is None:
        raise ListedOrClearError
    if columns.listed is not None and is_listed is not None:
        raise ListedTwiceError(column=source.header[columns.listed])
    return _lines(source, columns, country, is_listed=is_listed, at=at)


def _columns(source: Source, country: str | None) -> _Columns:
    if _number(source.header, country) is not None:
        return _Columns(number=None)
    names = [plain(name) for name in source.header]
    return _Columns(
        number=lay_out(source.header).phones[0],
        listed=next((place for place, name in enumerate(names) if name in _LISTED), None),
        since=next((place for place, name in enumerate(names) if name in _SINCE), None),
    )


def _lines(
    source: Source, columns: _Columns, country: str | None, *, is_listed: bool | None, at: datetime
) -> Iterator[Line]:
    records: Iterator[Record] = source.records()
    if columns.number is None:
        yield Line(line=source.header_line, number=_number(source.header, country), is_listed=is_listed)
    for record in records:
        if columns.number is None:
            yield Line(line=record.line, number=_number(record.cells, country), is_listed=is_listed)
            continue
        since = _cell(record, columns.since)
        yield Line(
            line=record.line,
            number=_number([_cell(record, columns.number)], country),
            is_listed=_is_listed(_cell(record, columns.listed)) if columns.listed is not None else is_listed,
            since=_moment(since, country, at) if since else None,
        )


def _cell(record: Record, place: int | None) -> str:
    return record.cells[place].strip() if place is not None and place < len(record.cells) else ""


def _number(parts: Sequence[str], country: str | None) -> PhoneNumber | None:
    try:
        return parse("".join(part.strip() for part in parts), country=country)
    except PhoneError:
        return None


def _is_listed(cell: str) -> bool | None:
    bare = plain(cell)
    if bare in _LISTED:
        return True
    return False if bare in _NOT_LISTED else cells.yes_or_no(cell)


def _moment(cell: str, country: str | None, at: datetime) -> datetime | None:
    try:
        return consent_date(cell, country=country, at=at)
    except RefusedRowError:
        return None  # a listing of which nobody knows since when binds at once
