"""Bulk checking of numbers: which of a file can be texted at all, and what is wrong with the others. Nothing is stored."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from yesword.collect.imports.errors import NoHeaderError, NoPhoneColumnError
from yesword.collect.imports.headings import Layout
from yesword.collect.imports.quick_numbers import QuickNumbers
from yesword.collect.imports.reading import Record, open_source
from yesword.collect.imports.refusals import LandlineError
from yesword.collect.imports.running import understand
from yesword.domain.errors import YeswordError
from yesword.domain.phone import PhoneError, PhoneNumber, parse


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """Every row is a number that can be texted, a double of one, or wrong for one reason."""

    rows: int
    good: int
    doubles: int
    countries: Mapping[str, int]  # of the good ones
    kinds: Mapping[str, int]
    wrong: Mapping[str, tuple[int, str]]  # code → how many, and the sentence

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "good": self.good,
            "doubles": self.doubles,
            "countries": dict(self.countries),
            "kinds": dict(self.kinds),
            "wrong": [
                {"code": code, "count": count, "sentence": sentence}
                for code, (count, sentence) in self.wrong.items()
            ],
        }


def check_numbers(path: Path, country: str | None, cleaned: TextIO | None = None) -> Checked:
    """Check the numbers of a file: a column of them, or one a line. `cleaned` gets each good one once, in full.

    `country`: of national numbers. Raises an `ImportFileError`, `UnknownCountryError` or OSError.
    """
    if country is not None:
        _known(country)
    read = QuickNumbers().parse
    writer = None if cleaned is None else csv.writer(cleaned)
    if writer is not None:
        writer.writerow(("number", "country", "kind", "line"))
    countries: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    sentences: dict[str, str] = {}
    seen: set[int] = set()
    rows = doubles = 0
    for line, raw in _numbers(path):
        rows += 1
        try:
            number = _textable(read(raw, country))
        except YeswordError as error:
            wrong[error.code] += 1
            sentences.setdefault(error.code, str(error))
            continue
        digits = int(number.e164[1:])
        if digits in seen:
            doubles += 1
            continue
        seen.add(digits)
        countries[number.country] += 1
        kinds[number.kind.value] += 1
        if writer is not None:
            writer.writerow((number.e164, number.country, number.kind.value, line))
    return Checked(
        rows=rows,
        good=len(seen),
        doubles=doubles,
        countries=dict(countries.most_common()),
        kinds=dict(kinds.most_common()),
        wrong={code: (count, sentences[code]) for code, count in wrong.most_common()},
    )


def _textable(number: PhoneNumber) -> PhoneNumber:
    if not number.may_text:
        raise LandlineError
    return number


def _numbers(path: Path) -> Iterator[tuple[int, str]]:
    """Line and cell of each number."""
    source = open_source(path)
    try:
        _, layout = understand(source)
    except (NoHeaderError, NoPhoneColumnError):
        place = _place_without_names(source.header)
        yield source.header_line, source.header[place]
        for record in source.records():
            yield record.line, record.cells[place] if place < len(record.cells) else ""
        return
    for record in source.records():
        yield record.line, _cell(record, layout)


def _cell(record: Record, layout: Layout) -> str:
    cells = [record.cells[place].strip() for place in layout.phones if place < len(record.cells)]
    return next((cell for cell in cells if cell), "")


def _place_without_names(header: tuple[str, ...]) -> int:
    """Which column holds numbers where the first line is one already. Raises `NoPhoneColumnError`."""
    for place, cell in enumerate(header):
        if sum(character.isdecimal() for character in cell) >= _DIGITS:
            return place
    raise NoPhoneColumnError(columns=", ".join(name[:40] for name in header))


_DIGITS = 7


def _known(country: str) -> None:
    try:
        parse("0", country=country)
    except PhoneError as error:
        if error.code == "phone_unknown_country":
            raise
