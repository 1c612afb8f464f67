"""The table of known words: leaving, joining, yes, no, help, and what politeness puts around them.

The words are data (`keywords.csv`, all languages at once). How a message of such words is read belongs to `commands`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Kind
from yesword.domain.understanding.normalise import SIGNS, normalise

COURTESY = "courtesy"
PREFACE = "preface"  # no thanks, stop: says nothing before a STOP, and everything before a START
_KINDS = frozenset(
    {Kind.OPT_OUT, Kind.OPT_IN, Kind.CONFIRM, Kind.DECLINE, Kind.NARROW, Kind.HELP, COURTESY, PREFACE}
)
_COLUMNS = ["language", "kind", "word", "source", "note", "per_se", "weak", "everything"]

ANY_LANGUAGE = "xx"


class KeywordTableError(YeswordError):
    """Row {row} of the keyword table is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.keyword_row"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyword:
    """One row of the table."""

    language: str
    kind: str
    word: str
    source: str
    note: str
    is_per_se: bool
    is_weak: bool  # not enough alone: has another everyday meaning
    is_everything: bool  # the word itself says that all programs end


def read_keywords(lines: Iterator[str]) -> Iterator[Keyword]:
    """The rows of a keyword table; refuses what it does not know."""
    rows = csv.DictReader(lines)
    if rows.fieldnames != _COLUMNS:
        raise KeywordTableError(row=1, problem=f"columns are {rows.fieldnames}")
    for number, row in enumerate(rows, start=2):
        if row["kind"] not in _KINDS:
            raise KeywordTableError(row=number, problem=f"kind {row['kind']!r}")
        flags = [row[name] for name in ("per_se", "weak", "everything")]
        if any(flag not in {"", "yes"} for flag in flags):
            raise KeywordTableError(row=number, problem=f"flags {flags}")
        if not row["word"] or not row["source"]:
            raise KeywordTableError(row=number, problem="word or source is empty")
        yield Keyword(
            language=row["language"],
            kind=row["kind"],
            word=row["word"],
            source=row["source"],
            note=row["note"],
            is_per_se=flags[0] == "yes",
            is_weak=flags[1] == "yes",
            is_everything=flags[2] == "yes",
        )


@cache
def all_keywords() -> tuple[Keyword, ...]:
    table = resources.files(__package__).joinpath("keywords.csv")
    with table.open(encoding="utf-8") as lines:
        return tuple(read_keywords(lines))


Words = tuple[str, ...]


@cache
def keywords_by_words() -> dict[Words, tuple[Keyword, ...]]:
    """Every keyword under its plain words."""
    table: dict[Words, tuple[Keyword, ...]] = {}
    for keyword in all_keywords():
        words = normalise(keyword.word).words
        if not words:
            raise KeywordTableError(row=keyword.word, problem="nothing is left of the word")
        table[words] = (*table.get(words, ()), keyword)
    return table


@cache
def _by_kind(*, weak: bool) -> dict[str, dict[Words, tuple[Keyword, ...]]]:
    table: dict[str, dict[Words, tuple[Keyword, ...]]] = {kind: {} for kind in _KINDS}
    for words, rows in keywords_by_words().items():
        for row in rows:
            if weak or not row.is_weak:
                table[row.kind][words] = (*table[row.kind].get(words, ()), row)
    return table


def found(words: Words, kind: str, *, weak: bool = False) -> tuple[Keyword, ...]:
    """The rows of a kind that are exactly these words; words that are not enough alone only where they may be weak."""
    return _by_kind(weak=weak)[kind].get(words, ())


@cache
def courtesies() -> frozenset[Words]:
    """What may stand around any command without changing it."""
    return frozenset(_by_kind(weak=True)[COURTESY])


@cache
def courtesies_around_a_stop() -> frozenset[Words]:
    """What may stand around an opt-out, which wins over whatever it is said with."""
    return courtesies() | frozenset(_by_kind(weak=True)[PREFACE])


@cache
def words_around_a_stop() -> frozenset[str]:
    """Each word that a message of opt-out words, commands and courtesies can hold. Any other word makes it free text."""
    tables = (_by_kind(weak=False)[kind] for kind in (Kind.OPT_OUT, Kind.OPT_IN, Kind.HELP))
    commands = {word for table in tables for words in table for word in words}
    return SIGNS | commands | {word for words in courtesies_around_a_stop() for word in words}


def language_of(rows: Sequence[Keyword], hints: Sequence[str]) -> str | None:
    """The hinted language that has the word, else the only one that has it."""
    languages = {row.language for row in rows}
    for hint in hints:
        if hint in languages:
            return hint
    return next(iter(languages)) if len(languages) == 1 and languages != {ANY_LANGUAGE} else None
