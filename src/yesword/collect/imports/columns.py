"""The columns of a file before it is imported: the guess of what each is, and its first rows, masked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from yesword.collect.imports.errors import NoPhoneColumnError
from yesword.collect.imports.headings import CHOICES, choose
from yesword.collect.imports.reading import open_source
from yesword.collect.imports.running import understand
from yesword.collect.imports.systems import recognise, seems_suppressions

_ROWS: Final = 5
_SHOWN: Final = 60  # characters of a cell
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"(?<=\w)\w", re.UNICODE)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Preview:
    """A file as it would be read. No cell is shown in full."""

    names: tuple[str, ...]
    guess: tuple[str, ...]  # of `headings.CHOICES`, one a column
    rows: tuple[tuple[str, ...], ...]
    system: str
    seems_opt_outs: bool


def preview(path: Path) -> Preview:
    """Raises an `ImportFileError` or OSError. Where no column of numbers is known, the guess leaves that open."""
    source = open_source(path)
    try:
        system, layout = understand(source)
        names, guess = tuple(name for name, _ in layout.described()), tuple(layout.taken_for())
    except NoPhoneColumnError:
        system = recognise(source.header)
        names, guess = source.header, ("",) * len(source.header)
    rows = tuple(
        tuple(masked(cell) for cell in record.cells[: len(names)])
        for record in islice(source.records(), _ROWS)
    )
    return Preview(
        names=names,
        guess=guess,
        rows=rows,
        system="" if system is None else system.name,
        seems_opt_outs=seems_suppressions(source.header, path.name),
    )


def chosen_columns(path: Path, wanted: Mapping[str, str]) -> tuple[str, ...]:
    """The guess, with some columns taken for something else. Raises `BadColumnError` and the like."""
    source = open_source(path)
    try:
        guess: tuple[str, ...] = tuple(understand(source)[1].taken_for())
    except NoPhoneColumnError:
        guess = ("",) * len(source.header)
    meant = {name.strip(): "" if what.strip() == "nothing" else what.strip() for name, what in wanted.items()}
    return choose(source.header, guess, meant)


def masked(cell: str) -> str:
    """Enough of a cell to tell what kind it is: of each word the first letter, of a number the last two digits."""
    text = " ".join(cell.split())[:_SHOWN]
    if len(_DIGIT.findall(text)) > _FEW and not _DATE.search(text):
        return _DIGIT.sub("•", text[:-2]) + text[-2:]
    return text if _DATE.fullmatch(text) or text.lower() in _TELLING else _WORD.sub("•", text)


_FEW: Final = 4
_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
)
_TELLING: Final = frozenset(
    [
        "yes",
        "no",
        "ja",
        "nej",
        "nein",
        "nee",
        "subscribed",
        "unsubscribed",
        "true",
        "false",
        "0",
        "1",
        "opt-in",
        "opt-out",
        "stop",
        "start",
        "pending",
    ]
)

__all__ = ["CHOICES", "Preview", "chosen_columns", "masked", "preview"]
