"""What whoever imports a file adds to its rows: source, date and wording, for all of them or by source and date range.

Most systems export that somebody agreed, and not to what. The wording stood on a page that the operator knows; here it is
said once for all rows that came in there. What a row says itself always counts before it.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from yesword.collect.imports.errors import WordingTableError
from yesword.collect.imports.headings import plain

MOST_RULES: Final = 200
_COLUMNS: Final = ("source", "from", "until", "wording")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingRule:
    """Rows from this source, dated within these days, had this wording. What is left empty holds for every row."""

    wording: str
    source: str = ""
    since: date | None = None
    until: date | None = None  # the last day that counts

    def holds(self, source: str, consented_at: datetime | None) -> bool:
        if self.source and _plain(self.source) != _plain(source):
            return False
        if self.since is None and self.until is None:
            return True
        if consented_at is None:
            return False
        day = consented_at.date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def to_json(self) -> list[str]:
        return [self.source, _iso(self.since), _iso(self.until), self.wording]


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """What holds for every row that does not say it itself."""

    source: str = ""
    consented_at: datetime | None = None
    wording: str = ""
    rules: tuple[WordingRule, ...] = ()  # before `wording`; the first that holds counts

    def wording_for(self, source: str, consented_at: datetime | None) -> str:
        return next((rule.wording for rule in self.rules if rule.holds(source, consented_at)), self.wording)

    def to_json(self) -> dict[str, object]:
        return {
            "source": self.source,
            "date": "" if self.consented_at is None else self.consented_at.isoformat(),
            "wording": self.wording,
            "rules": [rule.to_json() for rule in self.rules],
        }


NOTHING_ATTACHED: Final = Attached()


def read_rules(path: Path) -> tuple[WordingRule, ...]:
    """The table from a CSV file with the columns source, from, until and wording. Raises `WordingTableError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise WordingTableError(line=1) from error
    if not rows or tuple(cell.strip().lower() for cell in rows[0]) != _COLUMNS:
        raise WordingTableError(line=1)
    return rules_of(rows[1:], first_line=2)


def rules_of(rows: Iterable[Iterable[str]], *, first_line: int = 1) -> tuple[WordingRule, ...]:
    """The table from cells: source, first day, last day, wording. Empty rows are passed over."""
    return tuple(_rules(rows, first_line))


def _rules(rows: Iterable[Iterable[str]], first_line: int) -> Iterator[WordingRule]:
    for line, row in enumerate(rows, first_line):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != len(_COLUMNS) or not cells[3] or line - first_line >= MOST_RULES:
            raise WordingTableError(line=line)
        source, since, until, wording = cells
        rule = WordingRule(source=source, since=_day(since, line), until=_day(until, line), wording=wording)
        if rule.since is not None and rule.until is not None and rule.since > rule.until:
            raise WordingTableError(line=line)
        yield rule


def _day(cell: str, line: int) -> date | None:
    if not cell:
        return None
    if not _DAY.fullmatch(cell):
        raise WordingTableError(line=line)
    try:
        return date.fromisoformat(cell)
    except ValueError as error:
        raise WordingTableError(line=line) from error


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


_plain: Final = lru_cache(maxsize=1024)(plain)
