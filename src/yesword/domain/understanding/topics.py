"""Which program a stop is about, where the person says so: "only the shoe offers", "keep the reminders".

A program is known by its own words (name, categories, keywords) and by what people call texts of its purpose, which is
data (`topics.csv`). Whether the words limit a stop at all is settled in `phrases`.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Context
from yesword.domain.understanding.normalise import normalise

_COLUMNS: Final = ["language", "purpose", "words"]
_EMAIL: Final = "email"  # no purpose of a program: the other channel
_SHORTEST_STEM: Final = 4  # of a program's own words; "shoes" is known by "shoe"


class TopicTableError(YeswordError):
    """Row {row} of the topics is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.topic_row"


def read_topics(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    """What people call the texts of each purpose: words, or the beginnings of words, marked by a star."""
    rows = csv.DictReader(lines)
    if rows.fieldnames != _COLUMNS:
        raise TopicTableError(row=1, problem=f"columns are {rows.fieldnames}")
    table: dict[str, frozenset[str]] = {}
    for number, row in enumerate(rows, start=2):
        words = row["words"].split()
        if not words or any(not normalise(word.removesuffix("*")).words for word in words):
            raise TopicTableError(row=number, problem=f"words {row['words']!r}")
        plain = {normalise(word.removesuffix("*")).text + "*" * word.endswith("*") for word in words}
        table[row["purpose"]] = table.get(row["purpose"], frozenset()) | plain
    return table


@cache
def _topics() -> dict[str, frozenset[str]]:
    table = resources.files(__package__).joinpath("topics.csv")
    return read_topics(table.read_text("utf-8").splitlines())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Called:
    """Words by which something is meant, and beginnings of words."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]

    def count(self, words: Sequence[str]) -> int:
        return sum([word in self.whole or word.startswith(self.beginnings) for word in words])


def _called(words: Iterable[str]) -> _Called:
    known = sorted(set(words))
    return _Called(
        whole=frozenset(word for word in known if not word.endswith("*")),
        beginnings=tuple(word[:-1] for word in known if word.endswith("*")),
    )


@cache
def _program_called(names: tuple[str, ...]) -> _Called:
    words: set[str] = set()
    for name in names:
        words |= _topics().get(name.casefold(), frozenset())
        words |= {
            word[: max(_SHORTEST_STEM, len(word) - 2)] + "*" if len(word) >= _SHORTEST_STEM else word
            for word in normalise(name).words
        }
    return _called(words)


@cache
def _email_called() -> _Called:
    return _called(_topics()[_EMAIL])


def program_named(words: Sequence[str], context: Context) -> str | None:
    """The key of the one program that these plain words are about; none where it could be several."""
    counts = {key: _program_called(names).count(words) for key, names in context.program_topics}
    most = max(counts.values(), default=0)
    best = [key for key, count in counts.items() if count == most]
    return best[0] if most and len(best) == 1 else None


def names_email(words: Sequence[str]) -> bool:
    """Whether the words name e-mail, which is to end as well."""
    return _email_called().count(words) > 0
