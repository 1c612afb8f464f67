"""The grammar of free text: word patterns with clause borders, objects and guards.

The patterns are data, a file a language (`phrases/en.csv`; `xx` holds what all share). One pattern is words in order:

    stop/quit        one of these words           [the/your]   perhaps one of these
    @texts           one word of a named set      *2           up to two words of any kind
    ^                a clause starts here         $            a clause ends here
                                                  $$           nothing follows but politeness
    ,                a pause, stop or new line    [,]          perhaps one; nothing else crosses them
    ( ... )          what the match names: the words around it must be there, and are not what it is about

A guard is a pattern that vetoes every match that it overlaps without lying wholly inside it: "don't stop"
vetoes "stop texting me", but not "if you don't stop texting me". How a text is matched is in `phrases`.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar, Final, Literal

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Kind, Scope
from yesword.domain.understanding.keywords import ANY_LANGUAGE, courtesies_around_a_stop
from yesword.domain.understanding.normalise import LINE, PAUSE_MARK, STOP_MARK, normalise

GUARD: Final = "guard"
# What a pattern may mean, first the one that wins, and whether it ends texts by itself.
MEANINGS: Final[dict[str, tuple[Kind, bool]]] = {
    "opt_out": (Kind.OPT_OUT, True),
    "wrong_number": (Kind.WRONG_NUMBER, True),
    "erasure": (Kind.PRIVACY_REQUEST, True),
    "complaint": (Kind.COMPLAINT, True),
    "access": (Kind.PRIVACY_REQUEST, False),
    "help": (Kind.HELP, False),
    "opt_in": (Kind.OPT_IN, False),
}
_COLUMNS = ["meaning", "scope", "confidence", "pattern"]
_TABLES = "phrases"
_SET = "set"
_LONGEST_GAP = 4
_MARK = ","
_PAUSES = frozenset({PAUSE_MARK, STOP_MARK, LINE})
_NAMED = ("(", ")")
_BORDERS: dict[str, Literal["start", "end", "last"]] = {"^": "start", "$": "end", "$$": "last"}


class PhraseTableError(YeswordError):
    """Row {row} of the {language} phrases is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.phrase_row"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One element of a pattern."""

    does: Literal["word", "mark", "gap", "start", "end", "last"]
    words: frozenset[str] = frozenset()
    may_be_missing: bool = False
    longest: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One row of the table."""

    language: str
    meaning: str
    scope: Scope
    confidence: float
    pattern: str
    steps: tuple[Step, ...]
    named: tuple[int, int] | None  # the steps of what it is about, where that is not all of them
    needed: tuple[frozenset[str], ...]  # of each step that may not be missing, the words


class Grammar:
    """The patterns, and the words that open and close a clause.

    Which patterns a text can match at all is told at once, by a bit a pattern: the text must hold a word of each of
    its steps.
    """

    def __init__(self, phrases: tuple[Phrase, ...], openers: frozenset[str], closers: frozenset[str]) -> None:
        self.phrases = phrases
        self.openers = openers
        self.closers = closers
        most = max((len(phrase.needed) for phrase in phrases), default=0)
        self._steps: list[dict[str, int]] = [{} for _ in range(most)]
        self._without = [0] * most  # the patterns that have no such step
        frequent = Counter(word for phrase in phrases for words in phrase.needed for word in words)
        for place, phrase in enumerate(phrases):
            bit = 1 << place
            # The rarest first, so that most texts are done after one step.
            needed = sorted(phrase.needed, key=lambda words: max(frequent[word] for word in words))
            for index in range(most):
                if index >= len(needed):
                    self._without[index] |= bit
                    continue
                step = self._steps[index]
                for word in needed[index]:
                    step[word] = step.get(word, 0) | bit

    def candidates(self, words: Iterable[str]) -> Iterator[Phrase]:
        """The patterns of which each step has a word here, in whatever order they stand."""
        present = frozenset(words)
        left = -1
        for step, without in zip(self._steps, self._without, strict=True):
            alive = without
            for word in present:
                alive |= step.get(word, 0)
            left &= alive
            if not left:
                return
        while left > 0:
            lowest = left & -left
            yield self.phrases[lowest.bit_length() - 1]
            left ^= lowest


def read_phrases(tables: Iterable[tuple[str, Iterable[str]]]) -> Grammar:
    """The grammar of tables, each under its language; refuses what it does not know."""
    sets: dict[tuple[str, str], frozenset[str]] = {}
    phrases = tuple(phrase for language, lines in tables for phrase in _read_table(language, lines, sets))
    polite = {words[0] for words in courtesies_around_a_stop() if len(words) == 1}
    return Grammar(
        phrases,
        openers=sets.get((ANY_LANGUAGE, "openers"), frozenset()) | polite,
        closers=sets.get((ANY_LANGUAGE, "closers"), frozenset()) | polite,
    )


def _read_table(
    language: str, lines: Iterable[str], sets: dict[tuple[str, str], frozenset[str]]
) -> Iterator[Phrase]:
    rows = csv.DictReader(lines)
    if rows.fieldnames != _COLUMNS:
        raise PhraseTableError(language=language, row=1, problem=f"columns are {rows.fieldnames}")
    for number, row in enumerate(rows, start=2):
        try:
            if row["meaning"] == _SET:
                name, _, words = row["pattern"].partition(" = ")
                sets[language, name] = _plain(words.split())
            else:
                yield _phrase(language, row, sets)
        except ValueError as error:
            raise PhraseTableError(language=language, row=number, problem=str(error)) from error


def _phrase(language: str, row: dict[str, str], sets: dict[tuple[str, str], frozenset[str]]) -> Phrase:
    meaning = row["meaning"]
    if meaning != GUARD and meaning not in MEANINGS:
        raise ValueError(f"meaning {meaning!r}")
    elements = row["pattern"].split()
    steps = tuple(_step(element, language, sets) for element in elements if element not in _NAMED)
    first = next((step for step in steps if step.does != "start"), None)
    if first is None or first.does != "word" or first.may_be_missing:
        raise ValueError("a pattern begins with a word that must be there")
    return Phrase(
        language=language,
        meaning=meaning,
        scope=Scope(row["scope"] or Scope.UNSPECIFIED),
        confidence=float(row["confidence"] or 0.9),
        pattern=row["pattern"],
        steps=steps,
        named=_named(elements),
        needed=tuple(step.words for step in steps if step.does == "word" and not step.may_be_missing),
    )


def _named(elements: list[str]) -> tuple[int, int] | None:
    if not any(element in _NAMED for element in elements):
        return None
    if [element for element in elements if element in _NAMED] != [*_NAMED]:
        raise ValueError("what is named stands between one ( and one )")
    opens, closes = (elements.index(bracket) for bracket in _NAMED)
    if closes == opens + 1:
        raise ValueError("nothing is named")
    return opens, closes - 1


def _plain(words: list[str]) -> frozenset[str]:
    plain = [normalise(word).tokens for word in words]
    if not plain or any(len(tokens) != 1 for tokens in plain):
        raise ValueError(f"{words} are not single words")
    return frozenset(tokens[0] for tokens in plain)


def _step(element: str, language: str, sets: dict[tuple[str, str], frozenset[str]]) -> Step:
    if element in _BORDERS:
        return Step(does=_BORDERS[element])
    if element.startswith("*"):
        longest = int(element[1:])
        if not 1 <= longest <= _LONGEST_GAP:
            raise ValueError(f"gap {element}")
        return Step(does="gap", longest=longest)
    if element in {_MARK, f"[{_MARK}]"}:
        return Step(does="mark", words=_PAUSES, may_be_missing=element != _MARK)
    may_be_missing = element.startswith("[")
    if "*" in element or element.endswith("]") != may_be_missing:
        raise ValueError(f"element {element}")
    words: set[str] = set()
    for word in element.strip("[]").split("/"):
        if not word.startswith("@"):
            words |= _plain([word])
        elif (language, word[1:]) in sets:
            words |= sets[language, word[1:]]
        else:
            raise ValueError(f"no set {word}")
    return Step(does="word", words=frozenset(words), may_be_missing=may_be_missing)


@cache
def grammar() -> Grammar:
    files = sorted(
        (
            file
            for file in resources.files(__package__).joinpath(_TABLES).iterdir()
            if file.name.endswith(".csv")
        ),
        key=lambda file: file.name,
    )
    return read_phrases(
        (file.name.removesuffix(".csv"), file.read_text("utf-8").splitlines()) for file in files
    )
