"""Slips of the finger: words that are a letter or two away from an opt-out word, and are no word of their own.

Neighbours that mean something else (`neighbours.csv`: shop, spot, quite) are guarded by name. A slip is never certain:
whoever made it is stopped, and a person may look.
"""

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import combinations
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Kind
from yesword.domain.understanding.keywords import Keyword, all_keywords, keywords_by_words
from yesword.domain.understanding.normalise import normalise

_SHORTEST: Final = 5  # of four letters, too many words are a letter away from another
_SHORT: Final = frozenset({"stop", "quit"})  # but these two are what people are told to text
_LONG: Final = 9  # where two slips still leave no doubt
_A_SLIP: Final = "slip of the thumb"  # the table's own note: a slip of a slip is none
_COLUMNS: Final = ["language", "word"]


class NeighbourTableError(YeswordError):
    """Row {row} of the innocent neighbours is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.neighbour_row"


def is_one_slip(written: str, meant: str) -> bool:
    """One letter too many, too few, another, or two swapped (Damerau distance of exactly 1)."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(written), len(meant)) and written[start] == meant[start]:
        start += 1
    rest, own = written[start:], meant[start:]
    return (
        rest[1:] == own
        or rest == own[1:]
        or rest[1:] == own[1:]
        or (len(rest) == len(own) >= 2 and rest[0] == own[1] and rest[1] == own[0] and rest[2:] == own[2:])
    )


def meant_by(word: str) -> tuple[Keyword, ...]:
    """The opt-out word that this is a slip of, if it is one: its rows in the table."""
    if (
        len(word) < _SHORTEST - 1
        or not word.isalpha()
        or word in neighbours()
        or (word,) in keywords_by_words()
    ):
        return ()
    near = {meant for form in _without_letters(word) for meant in _near().get(form, ())}
    close = [meant for meant in near if distance(word, meant) <= _allowed(meant)]
    best = min(close, key=lambda meant: (distance(word, meant), meant), default=None)
    return _words().get(best, ()) if best is not None else ()


def _allowed(meant: str) -> int:
    return 2 if len(meant) >= _LONG else 1


def distance(one: str, other: str) -> int:
    """How many letters too many, too few, wrong or swapped lie between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]


@cache
def _words() -> dict[str, tuple[Keyword, ...]]:
    """Opt-out words that are one word of letters and enough alone."""
    table: dict[str, tuple[Keyword, ...]] = {}
    for row in all_keywords():
        words = normalise(row.word).words
        is_meant = row.kind == Kind.OPT_OUT and not row.is_weak and row.note != _A_SLIP
        if is_meant and len(words) == 1:
            word = words[0]
            if (len(word) >= _SHORTEST or word in _SHORT) and word.isalpha():
                table[word] = (*table.get(word, ()), row)
    return table


@cache
def _near() -> dict[str, tuple[str, ...]]:
    """Each opt-out word under all that is left of it without a letter or two: a slip leaves one of those as well."""
    table: dict[str, tuple[str, ...]] = {}
    for word in _words():
        for form in _without_letters(word, _allowed(word)):
            table[form] = (*table.get(form, ()), word)
    return table


def _without_letters(word: str, most: int = 2) -> set[str]:
    if len(word) > 2 * _LONG + 4:
        return set()
    forms = {word}
    for count in range(1, min(most, len(word) - 2) + 1):
        for places in combinations(range(len(word)), count):
            forms.add("".join([char for at, char in enumerate(word) if at not in places]))
    return forms


@cache
def neighbours() -> frozenset[str]:
    table = resources.files(__package__).joinpath("neighbours.csv")
    with table.open(encoding="utf-8") as lines:
        return frozenset(read_neighbours(lines))


def read_neighbours(lines: Iterator[str]) -> Iterator[str]:
    """The plain form of each innocent word; refuses what is not one word."""
    rows = csv.DictReader(lines)
    if rows.fieldnames != _COLUMNS:
        raise NeighbourTableError(row=1, problem=f"columns are {rows.fieldnames}")
    for number, row in enumerate(rows, start=2):
        words = normalise(row["word"]).words
        if len(words) != 1:
            raise NeighbourTableError(row=number, problem=f"{row['word']!r} is not one word")
        yield words[0]
