"""Free text: a small grammar of word patterns with clause borders, objects and guards.

The patterns are data, a file a language (`phrases/en.csv`; `xx` holds what all share). One pattern is words in order:

    stop/quit        one of these words           [the/your]   perhaps one of these
    @texts           one word of a named set      *2           up to two words of any kind
    ^                a clause starts here         $            a clause ends here

A guard is a pattern that vetoes every match that it overlaps without lying wholly inside it: "don't stop"
vetoes "stop texting me", but not "if you don't stop texting me". Matching walks sets of positions, so a
text of any length costs time in proportion to it. Single words and whole messages belong to `keywords`.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar, Literal

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Context, Intent, Kind, Scope
from yesword.domain.understanding.keywords import ANY_LANGUAGE, courtesies_around_a_stop
from yesword.domain.understanding.normalise import MARKS, SIGNS, Normalised, normalise

_COLUMNS = ["meaning", "scope", "confidence", "pattern"]
_TABLES = "phrases"
_GUARD = "guard"
_SET = "set"
# What a pattern may mean, first the one that wins, and whether it ends texts by itself.
_MEANINGS: dict[str, tuple[Kind, bool]] = {
    "opt_out": (Kind.OPT_OUT, True),
    "wrong_number": (Kind.WRONG_NUMBER, True),
    "erasure": (Kind.PRIVACY_REQUEST, True),
    "complaint": (Kind.COMPLAINT, True),
    "access": (Kind.PRIVACY_REQUEST, False),
    "help": (Kind.HELP, False),
    "opt_in": (Kind.OPT_IN, False),
}
_RANK = {meaning: rank for rank, meaning in enumerate(_MEANINGS)}
_LONGEST_GAP = 4


class PhraseTableError(YeswordError):
    """Row {row} of the {language} phrases is not understood: {problem}. Correct the table."""

    code: ClassVar[str] = "understanding.phrase_row"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One element of a pattern."""

    does: Literal["word", "gap", "start", "end"]
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
    needed: frozenset[str] | None  # words of which one must be in the text, beside the first: a quick no


@dataclass(frozen=True, kw_only=True, slots=True)
class _Match:
    phrase: Phrase
    first: int
    after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Grammar:
    """The patterns under the words that they begin with, and the words that open and close a clause."""

    by_first_word: dict[str, tuple[Phrase, ...]]
    openers: frozenset[str]
    closers: frozenset[str]


def read_phrases(tables: Iterable[tuple[str, Iterable[str]]]) -> Grammar:
    """The grammar of tables, each under its language; refuses what it does not know."""
    sets: dict[tuple[str, str], frozenset[str]] = {}
    by_first_word: dict[str, list[Phrase]] = {}
    for language, lines in tables:
        for phrase in _read_table(language, lines, sets):
            first = next(step for step in phrase.steps if step.does != "start")
            for word in first.words:
                by_first_word.setdefault(word, []).append(phrase)
    polite = {words[0] for words in courtesies_around_a_stop() if len(words) == 1}
    return Grammar(
        by_first_word={word: tuple(phrases) for word, phrases in by_first_word.items()},
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
    if meaning != _GUARD and meaning not in _MEANINGS:
        raise ValueError(f"meaning {meaning!r}")
    steps = tuple(_step(element, language, sets) for element in row["pattern"].split())
    first = next((step for step in steps if step.does != "start"), None)
    if first is None or first.does != "word" or first.may_be_missing:
        raise ValueError("a pattern begins with a word that must be there")
    needed = [step.words for step in steps if step.does == "word" and not step.may_be_missing]
    return Phrase(
        language=language,
        meaning=meaning,
        scope=Scope(row["scope"] or Scope.UNSPECIFIED),
        confidence=float(row["confidence"] or 0.9),
        pattern=row["pattern"],
        steps=steps,
        needed=min(needed[1:], key=len, default=None),
    )


def _plain(words: list[str]) -> frozenset[str]:
    plain = [normalise(word).tokens for word in words]
    if not plain or any(len(tokens) != 1 for tokens in plain):
        raise ValueError(f"{words} are not single words")
    return frozenset(tokens[0] for tokens in plain)


def _step(element: str, language: str, sets: dict[tuple[str, str], frozenset[str]]) -> Step:
    if element in {"^", "$"}:
        return Step(does="start" if element == "^" else "end")
    if element.startswith("*"):
        longest = int(element[1:])
        if not 1 <= longest <= _LONGEST_GAP:
            raise ValueError(f"gap {element}")
        return Step(does="gap", longest=longest)
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


def read_phrase(form: Normalised, context: Context) -> Intent | None:
    """What the free text says, the wish to leave before all else."""
    matches = _standing(_matches(form.tokens))
    if not matches:
        return None
    matches.sort(key=lambda m: (_RANK[m.phrase.meaning], -m.phrase.confidence, m.first - m.after))
    best = matches[0]
    kind, is_withdrawal = _MEANINGS[best.phrase.meaning]
    kinds = dict.fromkeys(_MEANINGS[match.phrase.meaning][0] for match in matches)
    alike = [m.phrase.language for m in matches if (m.first, m.after) == (best.first, best.after)]
    return Intent(
        kind=kind,
        scope=next(
            (m.phrase.scope for m in matches if m.phrase.scope is not Scope.UNSPECIFIED), Scope.UNSPECIFIED
        ),
        confidence=best.phrase.confidence,
        span=form.span(best.first, best.after),
        matched=" ".join(form.tokens[best.first : best.after]),
        rule=f"phrase: {best.phrase.pattern}",
        is_withdrawal=is_withdrawal,
        language=next((hint for hint in context.languages if hint in alike), best.phrase.language),
        also=tuple(other for other in kinds if other is not kind),
    )


def _matches(tokens: tuple[str, ...]) -> list[_Match]:
    table = grammar()
    found: list[_Match] = []
    present = frozenset(tokens)
    for first, token in enumerate(tokens):
        for phrase in table.by_first_word.get(token, ()):
            if phrase.needed is not None and phrase.needed.isdisjoint(present):
                continue
            after = _end_of(phrase, tokens, first, table)
            if after is not None:
                found.append(_Match(phrase=phrase, first=first, after=after))
    return found


def _end_of(phrase: Phrase, tokens: tuple[str, ...], first: int, table: Grammar) -> int | None:
    """Where the longest match that begins at `first` ends."""
    places = {first}
    for step in phrase.steps:
        if step.does == "start":
            places = {at for at in places if _is_start(tokens, at, table)}
        elif step.does == "end":
            places = {at for at in places if _is_end(tokens, at, table)}
        elif step.does == "gap":
            places |= _skipped(tokens, places, step.longest)
        else:
            taken = {at + 1 for at in places if at < len(tokens) and tokens[at] in step.words}
            places = places | taken if step.may_be_missing else taken
        if not places:
            return None
    return max(places)


def _skipped(tokens: tuple[str, ...], places: set[int], longest: int) -> set[int]:
    reached: set[int] = set()
    for at in places:
        for after in range(at + 1, min(at + longest, len(tokens)) + 1):
            if tokens[after - 1] in MARKS:
                break
            reached.add(after)
    return reached


def _is_start(tokens: tuple[str, ...], at: int, table: Grammar) -> bool:
    return at == 0 or tokens[at - 1] in MARKS or tokens[at - 1] in SIGNS or tokens[at - 1] in table.openers


def _is_end(tokens: tuple[str, ...], at: int, table: Grammar) -> bool:
    return at == len(tokens) or tokens[at] in MARKS or tokens[at] in SIGNS or tokens[at] in table.closers


def _standing(matches: list[_Match]) -> list[_Match]:
    """The matches that no guard vetoes. Guards are looked up by word, so that many cost no more each."""
    guards: dict[int, list[_Match]] = {}
    for match in matches:
        if match.phrase.meaning == _GUARD:
            for at in range(match.first, match.after):
                guards.setdefault(at, []).append(match)
    return [
        match
        for match in matches
        if match.phrase.meaning != _GUARD
        and all(
            match.first <= guard.first and guard.after <= match.after
            for at in range(match.first, match.after)
            for guard in guards.get(at, ())
        )
    ]
