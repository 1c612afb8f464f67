"""Reading free text by the grammar of phrases: what it says, which of its words say so, and what a guard vetoes.

Matching walks sets of positions, so a text of any length costs time in proportion to it. The patterns are in `grammar`;
single words and whole messages belong to `commands`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yesword.domain.understanding.grammar import GUARD, MEANINGS, Grammar, Phrase, Step, grammar
from yesword.domain.understanding.intent import Context, Intent, Kind, Right, Scope
from yesword.domain.understanding.normalise import MARKS, SIGNS, Normalised

# How the rule of an intent begins that only a guard brought about, whether it overlapped a phrase or not.
VETO: Final = "veto"
GUARDED: Final = "guard"
_RIGHTS = {"erasure": Right.ERASURE, "access": Right.ACCESS}
_RANK = {meaning: rank for rank, meaning in enumerate(MEANINGS)}
_LONGEST_FAREWELL = 12  # words of politeness that may follow a last clause


@dataclass(frozen=True, kw_only=True, slots=True)
class _Match:
    phrase: Phrase
    first: int
    after: int
    named: tuple[int, int]  # the place of what it is about, within the match


def read_phrase(form: Normalised, context: Context) -> Intent | None:
    """What the free text says, the wish to leave before all else."""
    found = _matches(form.tokens)
    matches = _standing(found)
    if not matches:
        return _guarded(form, found) if found else None
    matches.sort(key=lambda m: (_RANK[m.phrase.meaning], -m.phrase.confidence, m.first - m.after))
    best = matches[0]
    kind, is_withdrawal = MEANINGS[best.phrase.meaning]
    kinds = dict.fromkeys(MEANINGS[match.phrase.meaning][0] for match in matches)
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
    guard = max(found, key=lambda match: (match.phrase.meaning == GUARD, match.after - match.first))
    if guard.phrase.meaning != GUARD:
        return None
    # It vetoes what it overlapped, and also what the model may think where little else is said.
    is_veto = (
        guard.after - guard.first >= len(form.tokens) - 1
        or _is_clause(guard, form.tokens)
        or any(match.phrase.meaning != GUARD for match in found)
    )
    return Intent(
        kind=Kind.OTHER,
        confidence=0.95,
        span=form.span(guard.first, guard.after),
        matched=" ".join(form.tokens[guard.first : guard.after]),
        rule=f"{VETO if is_veto else GUARDED}: {guard.phrase.pattern}",
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
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens):
        places.setdefault(token, []).append(place)
    for phrase in table.candidates(places):
        # Whichever are fewer: a long text must not be walked once for each of a thousand phrases.
        words = phrase.needed[0] if len(phrase.needed[0]) < len(places) else places.keys() & phrase.needed[0]
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


def _is_clause(match: _Match, tokens: tuple[str, ...]) -> bool:
    """Whether it is all that is said between two marks: "don't stop" above a name."""
    return (match.first == 0 or tokens[match.first - 1] in MARKS) and (
        match.after == len(tokens) or tokens[match.after] in MARKS
    )


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
        if match.phrase.meaning == GUARD:
            for at in range(match.first, match.after):
                guards.setdefault(at, []).append(match)
    return [
        match
        for match in matches
        if match.phrase.meaning != GUARD
        and all(
            match.first <= guard.first and guard.after <= match.after
            for at in range(match.first, match.after)
            for guard in guards.get(at, ())
        )
    ]
