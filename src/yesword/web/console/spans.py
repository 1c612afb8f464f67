"""What the pages of figures share: which days and which program are asked about, bars over days, tables, and the file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yesword.domain.programs import Program
from yesword.web.formats import count
from yesword.web.telling import plain_day

SPANS: Final = (7, 30, 90, 365)  # days
_USUAL: Final = 30
_MOST_BARS: Final = 31
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Which days, and of which program."""

    days: int
    program: Program | None
    since: datetime
    until: datetime

    @property
    def word(self) -> str:
        return days_word(self.days)

    def query(self, **changes: str | int) -> str:
        chosen = {"days": self.days, "program": self.program.key if self.program else ""} | changes
        return urlencode({name: value for name, value in chosen.items() if value})

    def choices(self, running: Sequence[Program]) -> Mapping[str, object]:
        """For the fields by which another one is chosen."""
        return {
            "days": [(each, days_word(each), each == self.days) for each in SPANS],
            "choices": [(each.key, each.name, each == self.program) for each in running],
        }


def chosen(request: HttpRequest, running: Sequence[Program]) -> Span:
    typed = request.GET.get("days", "")
    days = int(typed) if typed in map(str, SPANS) else _USUAL
    now = datetime.now(UTC)
    program = next((each for each in running if each.key == request.GET.get("program")), None)
    return Span(days=days, program=program, since=now - timedelta(days=days), until=now)


def days_word(days: int) -> str:
    return ngettext("%(shown)s day", "%(shown)s days", days) % {"shown": count(days)}


def bars(since: datetime, by_day: Sequence[int]) -> list[tuple[str, int]]:
    """A bar a day; of a long span each bar is several days."""
    width = _width(by_day)
    return [
        (plain_day(since + first * _A_DAY), sum(by_day[first : first + width]))
        for first in range(0, len(by_day), width)
    ]


def bar_note(by_day: Sequence[int]) -> str:
    width = _width(by_day)
    if width == 1:
        return _("A bar is 24 hours; the last one ends now.")
    return _("A bar is %(days)s; the last one ends now.") % {"days": days_word(width)}


def _width(by_day: Sequence[int]) -> int:
    return -(-len(by_day) // _MOST_BARS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    label: str
    text: str
    is_number: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    name: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """All of it on one page, so that it has no pager."""

    id: str
    caption: str
    first: str  # what a line is of
    lines: Sequence[Line]
    note: str = ""

    @property
    def columns(self) -> Sequence[Cell]:
        return self.lines[0].cells


def as_file(
    what: str,
    brand_key: str,
    span: Span,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str | int | None]],
) -> HttpResponse:
    """The same figures as a file. Nobody is named in it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in each.items()} for each in rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{what}-{brand_key}-{span.until:%Y-%m-%d}-{span.days}-days.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _harmless(value: str | int | None) -> str | int | None:
    """A name that begins like a formula must not become one where the file is opened."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
