"""Free text: a small grammar of word patterns with clause borders, objects and guards.

The patterns are data, a file a language (`phrases/en.csv`; `xx` holds what all share). One pattern is words in order:

    stop/quit        one of these words           [the/your]   perhaps one of these
    @texts           one word of a named set      *2           up to two words of any kind
    ^                a clause starts here         $            a clause ends here
                                                  $$           nothing follows but politeness
    ,                a pause, stop or new line    [,]          perhaps one; nothing else crosses them
    ( ... )          what the match names: the words around it must be there, and are not what it is about

A guard is a pattern that vetoes every match that it overlaps without lying wholly inside it: "don't stop"
vetoes "stop texting me", but not "if you don't stop texting me". Matching walks sets of positions, so a
text of any length costs time in proportion to it. Single words and whole messages belong to `keywords`.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import ClassVar, Final, Literal

from yesword.domain.errors import YeswordError
from yesword.domain.understanding.intent import Context, Intent, Kind, Right, Scope
from yesword.domain.understanding.keywords import ANY_LANGUAGE, courtesies_around_a_stop
from yesword.domain.understanding.normalise import (
    LINE,
    MARKS,
    PAUSE_MARK,
    SIGNS,
    STOP_MARK,
    Normalised,
    normalise,
)

_COLUMNS = ["meaning", "scope", "confidence", "pattern"]
_TABLES = "phrases"
_GUARD = "guard"
# How the rule of an intent begins that only a guard brought about.
VETO: Final = "veto"
GUARD: Final = "guard"
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
_RIGHTS = {"erasure": Right.ERASURE, "access": Right.ACCESS}
_RANK = {meaning: rank for rank, meaning in enumerate(_MEANINGS)}
_LONGEST_GAP = 4
_LONGEST_FAREWELL = 12  # words of politeness that may follow a last clause
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
    first: frozenset[str]  # the words that it begins with


@dataclass(frozen=True, kw_only=True, slots=True)
class _Match:
    phrase: Phrase
    first: int
    after: int
    named: tuple[int, int]  # the place of what it is about, within the match


@dataclass(frozen=True, kw_only=True, slots=True)
class Grammar:
    """The patterns, each under the words of its rarest step, and the words that open and close a clause."""

    phrases: tuple[Phrase, ...]
    by_rare_word: dict[str, tuple[int, ...]]  # places in `phrases`
    openers: frozenset[str]
    closers: frozenset[str]


def read_phrases(tables: Iterable[tuple[str, Iterable[str]]]) -> Grammar:
    """The grammar of tables, each under its language; refuses what it does not know."""
    sets: dict[tuple[str, str], frozenset[str]] = {}
    phrases = tuple(phrase for language, lines in tables for phrase in _read_table(language, lines, sets))
    frequent = Counter(word for phrase in phrases for words in _needed(phrase) for word in words)
    by_rare_word: dict[str, list[int]] = {}
    for place, phrase in enumerate(phrases):
        rare = min(_needed(phrase), key=lambda words: max(frequent[word] for word in words))
        for word in rare:
            by_rare_word.setdefault(word, []).append(place)
    polite = {words[0] for words in courtesies_around_a_stop() if len(words) == 1}
    return Grammar(
        phrases=phrases,
        by_rare_word={word: tuple(places) for word, places in by_rare_word.items()},
        openers=sets.get((ANY_LANGUAGE, "openers"), frozenset()) | polite,
        closers=sets.get((ANY_LANGUAGE, "closers"), frozenset()) | polite,
    )


def _needed(phrase: Phrase) -> list[frozenset[str]]:
    """The words of each step that may not be missing, the first step first."""
    return [step.words for step in phrase.steps if step.does == "word" and not step.may_be_missing]


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
        first=first.words,
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


def read_phrase(form: Normalised, context: Context) -> Intent | None:
    """What the free text says, the wish to leave before all else."""
    found = _matches(form.tokens)
    matches = _standing(found)
    if not matches:
        return _guarded(form, found) if found else None
    matches.sort(key=lambda m: (_RANK[m.phrase.meaning], -m.phrase.confidence, m.first - m.after))
    best = matches[0]
    kind, is_withdrawal = _MEANINGS[best.phrase.meaning]
    kinds = dict.fromkeys(_MEANINGS[match.phrase.meaning][0] for match in matches)
    meanings = {match.phrase.meaning for match in matches}
    doubt = math.prod(
        1 - sure for sure in {m.phrase.pattern: m.phrase.confidence for m in _like(best, matches)}.values()
    )
    alike = [m.phrase.language for m in matches if (m.first, m.after) == (best.first, best.after)]
    return Intent(
        kind=kind,
        scope=next(
            (m.phrase.scope for m in matches if m.phrase.scope is not Scope.UNSPECIFIED), Scope.UNSPECIFIED
        ),
        confidence=round(1 - doubt, 3),
        span=form.span(*best.named),
        matched=" ".join(form.tokens[slice(*best.named)]),
        rule=f"phrase: {best.phrase.pattern}",
        is_withdrawal=is_withdrawal,
        language=next((hint for hint in context.languages if hint in alike), best.phrase.language),
        right=next((right for meaning, right in _RIGHTS.items() if meaning in meanings), None),
        also=tuple(other for other in kinds if other is not kind),
    )


def _guarded(form: Normalised, found: Sequence[_Match]) -> Intent | None:
    """That only a guard was there: "don't stop" says more than nothing does."""
    guard = max(found, key=lambda match: (match.phrase.meaning == _GUARD, match.after - match.first))
    if guard.phrase.meaning != _GUARD:
        return None
    # It vetoes what it overlapped, and also what the model may think where little else is said.
    is_veto = guard.after - guard.first >= len(form.tokens) - 1 or any(
        match.phrase.meaning != _GUARD for match in found
    )
    return Intent(
        kind=Kind.OTHER,
        confidence=0.95,
        span=form.span(guard.first, guard.after),
        matched=" ".join(form.tokens[guard.first : guard.after]),
        rule=f"{VETO if is_veto else GUARD}: {guard.phrase.pattern}",
        language=guard.phrase.language,
    )


def _like(best: _Match, matches: Sequence[_Match]) -> list[_Match]:
    """The matches that say the same in other words, elsewhere in the text: two doubts are less than one."""
    return [
        match
        for match in matches
        if match.phrase.meaning == best.phrase.meaning
        and (match is best or match.after <= best.first or match.first >= best.after)
    ]


def _matches(tokens: tuple[str, ...]) -> list[_Match]:
    table = grammar()
    found: list[_Match] = []
    candidates = {place for token in set(tokens) for place in table.by_rare_word.get(token, ())}
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    for candidate in sorted(candidates):
        phrase = table.phrases[candidate]
        # Whichever are fewer: a long text must not be walked once for each of a thousand phrases.
        words = phrase.first if len(phrase.first) < len(places) else places.keys() & phrase.first
        firsts = sorted(place for word in words for place in places.get(word, ()))
        found += [match for first in firsts if (match := _match(phrase, tokens, first, table))]
    return found


def _match(phrase: Phrase, tokens: tuple[str, ...], first: int, table: Grammar) -> _Match | None:
    """The longest match that begins at `first`, of those that name the earliest words."""
    if phrase.named is None:
        ends = _reached(phrase.steps, tokens, {first}, table)
        after = max(ends, default=first)
        return _Match(phrase=phrase, first=first, after=after, named=(first, after)) if ends else None
    opens, closes = phrase.named
    for start in sorted(_reached(phrase.steps[:opens], tokens, {first}, table)):
        for end in sorted(_reached(phrase.steps[opens:closes], tokens, {start}, table), reverse=True):
            if ends := _reached(phrase.steps[closes:], tokens, {end}, table):
                return _Match(phrase=phrase, first=first, after=max(ends), named=(start, end))
    return None


def _reached(steps: tuple[Step, ...], tokens: tuple[str, ...], places: set[int], table: Grammar) -> set[int]:
    """Where these steps can end that begin at one of the places."""
    for step in steps:
        if step.does == "start":
            places = {at for at in places if _is_start(tokens, at, table)}
        elif step.does == "end":
            places = {at for at in places if _is_end(tokens, at, table)}
        elif step.does == "last":
            places = {at for at in places if _is_last(tokens, at, table)}
        elif step.does == "gap":
            places = places | _skipped(tokens, places, step.longest)
        else:
            taken = {at + 1 for at in places if at < len(tokens) and tokens[at] in step.words}
            places = places | taken if step.may_be_missing else taken
        if not places:
            break
    return places


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


def _is_last(tokens: tuple[str, ...], at: int, table: Grammar) -> bool:
    rest = tokens[at : at + _LONGEST_FAREWELL + 1]
    return len(rest) <= _LONGEST_FAREWELL and all(
        token in MARKS or token in SIGNS or token in table.closers for token in rest
    )


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
