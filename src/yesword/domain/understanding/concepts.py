"""What words are about, whatever their language: "stop", "ophouden" and "sluta" are one concept, "appointment" another.

The words are data, a file a language (`concepts/en.csv`): whole words, or beginnings of words marked by a star. They serve
the model, which learns a pattern once for all languages; nothing is decided by a concept alone.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import ClassVar, Final

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.normalise import normalise

_COLUMNS: Final = ["concept", "words"]
_TABLES: Final = "concepts"
_SHORTEST_BEGINNING: Final = 2
_REMEMBERED_WORDS: Final = 16_384


class ConceptTableError(YeswordError):
    """Row {row} of the {language} concepts is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.concept_row"


class Lexicon:
    """The words of one language, each with the concepts that it may stand for."""

    def __init__(self, language: str, lines: Iterable[str]) -> None:
        self.whole: dict[str, tuple[str, ...]] = {}
        self.beginnings: dict[str, tuple[str, ...]] = {}
        rows = csv.DictReader(lines)
        if rows.fieldnames != _COLUMNS:
            raise ConceptTableError(language=language, row=1, problem=f"columns are {rows.fieldnames}")
        for number, row in enumerate(rows, start=2):
            words = (row["words"] or "").split()
            if not row["concept"] or not words:
                raise ConceptTableError(language=language, row=number, problem="concept or words are missing")
            for word in words:
                plain = normalise(word.removesuffix("*")).words
                if len(plain) != 1 or (word.endswith("*") and len(plain[0]) < _SHORTEST_BEGINNING):
                    raise ConceptTableError(
                        language=language, row=number, problem=f"{word!r} is not one word"
                    )
                table = self.beginnings if word.endswith("*") else self.whole
                known = table.get(plain[0], ())
                if row["concept"] not in known:
                    table[plain[0]] = (*known, row["concept"])

    def of(self, word: str) -> frozenset[str]:
        """The concepts of a plain word; none if it is not known."""
        found = set(self.whole.get(word, ()))
        for length in range(_SHORTEST_BEGINNING, len(word) + 1):
            if concepts := self.beginnings.get(word[:length]):
                found.update(concepts)
        return frozenset(found)


@cache
def _lexicons() -> dict[str, Lexicon]:
    folder = resources.files(__package__).joinpath(_TABLES)
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name
    )
    return {
        (language := file.name.removesuffix(".csv")): Lexicon(language, file.read_text("utf-8").splitlines())
        for file in files
    }


@lru_cache(_REMEMBERED_WORDS)
def _by_language(word: str) -> dict[str, frozenset[str]]:
    """The concepts of a word in each language that knows it."""
    return {language: concepts for language, lexicon in _lexicons().items() if (concepts := lexicon.of(word))}


def concepts_of(words: Sequence[str]) -> list[tuple[str, ...]]:
    """For each word its concepts, in the order of their names, as the language reads it that knows most of the words.

    Where several know as many, what any of them says counts.
    """
    known = [_by_language(word) for word in words]
    counts = Counter([language for concepts in known for language in concepts])
    most = max(counts.values(), default=0)
    spoken = tuple(sorted([language for language, count in counts.items() if count == most]))
    return [_read_as(word, spoken) for word in words]


@lru_cache(_REMEMBERED_WORDS)
def _read_as(word: str, spoken: tuple[str, ...]) -> tuple[str, ...]:
    known = _by_language(word)
    return tuple(sorted({concept for language in spoken for concept in known.get(language, ())}))
