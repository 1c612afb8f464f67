"""Lists of numbers that somebody else keeps: a number a line, or columns for the number, a date, and whose list it is.

What such a list means is for whoever asked for it: a provider's opt-outs, numbers that were given up. No line is kept or
said again, since it may hold anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from yesword.collect.imports.dates import consent_date
from yesword.collect.imports.errors import EmptyFileError
from yesword.collect.imports.headings import lay_out, plain
from yesword.collect.imports.reading import Record, Source, open_source
from yesword.collect.imports.refusals import ConsentDateFutureError, RefusedRowError
from yesword.domain.phone import PhoneError, PhoneNumber, parse

# As `plain` leaves them. "tn" is what the Reassigned Numbers Database calls a number.
_NUMBERS: Final = frozenset(
    ("to", "tn", "recipient", "destination", "deactivated number", "opted out number", "destination number")
)
_SENDERS: Final = frozenset(
    ("from", "sender", "sender id", "source", "originator", "short code", "our number", "inbound number")
)
_DATES: Final = frozenset(
    [
        *("date", "at", "since", "created at", "created", "timestamp", "time", "updated at"),
        *("opted out at", "opt out date", "opt out at", "optout date", "unsubscribed at", "date opted out"),
        *("opted out timestamp", "datum", "dato", "tidpunkt", "zeitpunkt"),
        *("date of deactivation", "deactivation date", "deactivated at", "deactivated on", "deactivated"),
        *("date of reassignment", "reassignment date", "reassigned at", "reassigned on"),
        *("disconnect date", "disconnected at", "disconnected on", "permanent disconnect date"),
        *("date of most recent permanent disconnection", "effective date"),
    ]
)
_KINDS: Final = frozenset(("status", "type", "result", "reason", "response", "kind", "event"))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class NumberLine:
    """One row. `number` is None where none can be read. Of a cell with a date that means nothing, `at` is None."""

    line: int
    number: PhoneNumber | None
    at: datetime | None = None
    sender: str = ""
    kind: str = ""  # as `plain` leaves it
    is_day: bool = False  # `at` is a day, and not a moment of it
    is_ahead: bool = False  # the date is still to come, so `at` is None
    is_unclear: bool = False  # what stands in its place is no date, so `at` is None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Columns:
    number: int | None  # None: the first cell of each line that is one
    at: int | None = None
    sender: int | None = None
    kind: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberFile:
    digest: str  # SHA-256 of the file's bytes
    source: Source
    columns: _Columns
    country: str | None
    at: datetime

    @property
    def has_dates(self) -> bool:
        """Of a file without column names, whether its first line has one."""
        if self.columns.number is None:
            first = self._bare(self.source.header, self.source.header_line)
            return first.at is not None or first.is_ahead
        return self.columns.at is not None

    def lines(self) -> Iterator[NumberLine]:
        """Every line that is not blank. Raises `FileChangedError`."""
        if self.columns.number is None:
            yield self._line(Record(number=0, line=self.source.header_line, cells=self.source.header))
        for record in self.source.records():
            yield self._line(record)

    def _line(self, record: Record) -> NumberLine:
        if self.columns.number is None:
            return self._bare(record.cells, record.line)
        written = _cell(record, self.columns.at)
        at, is_ahead = self._date(written)
        return NumberLine(
            line=record.line,
            number=_number(_cell(record, self.columns.number), self.country),
            at=at,
            sender=_cell(record, self.columns.sender),
            kind=plain(_cell(record, self.columns.kind)),
            is_day=":" not in written,
            is_ahead=is_ahead,
            is_unclear=bool(written) and at is None and not is_ahead,
        )

    def _bare(self, cells: Sequence[str], line: int) -> NumberLine:
        """Without column names: the first number, and of the other cells the first date and the first word."""
        places = range(len(cells))
        found = {place: _number(cells[place], self.country) for place in places}
        number = next((place for place in places if found[place] is not None), None)
        others = [cells[place].strip() for place in places if place != number]
        moments = {each: self._date(each) for each in others}
        at = next((each for each, (moment, _) in moments.items() if moment is not None), "")
        words = (plain(each) for each in others if each and not any(map(str.isdecimal, each)))
        return NumberLine(
            line=line,
            number=None if number is None else found[number],
            at=moments[at][0] if at else None,
            kind=next((each for each in words if each), ""),
            is_day=":" not in at,
            is_ahead=not at and any(is_ahead for _, is_ahead in moments.values()),
        )

    def _date(self, cell: str) -> tuple[datetime | None, bool]:
        """What the cell means, and whether that is still to come."""
        try:
            return consent_date(cell, country=self.country, at=self.at) if cell else None, False
        except RefusedRowError as error:
            return None, isinstance(error, ConsentDateFutureError)


def open_numbers(path: Path, *, country: str | None, at: datetime) -> NumberFile:
    """Raises an `ImportFileError` where the file cannot be used. An empty one has no lines, and is an error, too."""
    source = open_source(path)
    if not any(cell.strip() for cell in source.header):
        raise EmptyFileError
    return NumberFile(
        digest=source.digest, source=source, columns=_columns(source, country), country=country, at=at
    )


def _columns(source: Source, country: str | None) -> _Columns:
    if any(_number(cell, country) for cell in source.header):
        return _Columns(number=None)
    names = [plain(name) for name in source.header]
    number = _place(names, _NUMBERS)
    return _Columns(
        number=lay_out(source.header).phones[0] if number is None else number,
        at=_place(names, _DATES),
        sender=_place(names, _SENDERS),
        kind=_place(names, _KINDS),
    )


def _place(names: Sequence[str], known: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in known), None)


def _cell(record: Record, place: int | None) -> str:
    return record.cells[place].strip() if place is not None and place < len(record.cells) else ""


def _number(text: str, country: str | None) -> PhoneNumber | None:
    """Carriers write numbers without the plus, as they stand in the networks."""
    try:
        return parse(text.strip(), country=country)
    except PhoneError:
        if not (text.strip().isascii() and text.strip().isdecimal()):
            return None
    try:
        return parse(f"+{text.strip()}", country=None)
    except PhoneError:
        return None
