"""The phrases of the wordings: a small notation that people who know a language can write, and its matching.

    msg & data rates       these words, whatever their case, with any blanks between
    reminder*              a word that begins so; *korting* has it inside; a star alone is any word
    # texts                a number, in figures or in the language's words
    reply @ to             a code word of letters and figures
    (stop|end) now         one or the other; (the |)terms with or without
    stop…at any time       up to five words between, within one sentence

A phrase begins and ends with a whole word.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError

Span = tuple[int, int]

_GAP: Final = r"(?:[^\w.!?\n]+\w+){0,5}?[^\w.!?\n]+"
_SIGN: Final = re.compile(r"\s+|\*|#|@|…|[()|]|[^\s*#@…()|]+")
# What word processors make of an apostrophe, and blanks of other widths: one character each, so that places stay.
_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "})


class BadPhraseError(YeswordError):
    """The phrase "{phrase}" cannot be read: {problem}. Correct it."""

    code = "bad_phrase"


@dataclass(frozen=True, slots=True)
class Phrase:
    expression: str
    literal: str  # in small letters, what any text with the phrase has in it; a quick way to say no

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.expression)


@functools.cache
def _pattern(expression: str) -> re.Pattern[str]:
    """When it is first needed: most phrases of most languages never are."""
    return re.compile(expression, re.IGNORECASE)


def plain(text: str) -> str:
    """The text as phrases are matched against it: character for character as long."""
    return text.translate(_PLAIN)


def compiled(phrase: str, numbers: Mapping[str, int]) -> Phrase:
    signs = _SIGN.findall(phrase)
    if not phrase.strip() or phrase != phrase.strip():
        raise BadPhraseError(phrase=phrase, problem="it is empty, or has blanks around it")
    if "…" in (signs[0], signs[-1]):
        raise BadPhraseError(phrase=phrase, problem="it begins or ends with a gap")
    depth, parts, literals = 0, [], [""]
    for place, sign in enumerate(signs):
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or (sign == "|" and not depth):
            raise BadPhraseError(phrase=phrase, problem="its brackets do not match")
        is_plain = not depth and sign not in (")", "*", "#", "@", "…")
        if is_plain and not sign.isspace():
            literals[-1] += sign.casefold()
        else:
            literals.append("")
        parts.append(_piece(signs, place, numbers))
    if depth:
        raise BadPhraseError(phrase=phrase, problem="its brackets do not match")
    before = r"(?<!\w)" if _is_word(signs[0], signs[0][0]) else ""
    after = r"(?!\w)" if _is_word(signs[-1], signs[-1][-1]) else ""
    return Phrase(f"{before}{''.join(parts)}{after}", max(literals, key=len))


def _piece(signs: list[str], place: int, numbers: Mapping[str, int]) -> str:
    sign = signs[place]
    if sign == "*":
        return r"\w*" if _touches_word(signs, place) else r"\w+"
    if sign == "#":
        words = "".join(f"|{re.escape(word)}(?!\\w)" for word in sorted(numbers, key=len, reverse=True))
        return rf"(?:\d+(?:[.,]\d+)?{words})"
    if sign == "(":
        return "(?:"
    return {"@": r"\w+", "…": _GAP, ")": ")", "|": "|"}.get(sign) or (
        r"\s+" if sign.isspace() else re.escape(sign)
    )


def _touches_word(signs: list[str], place: int) -> bool:
    beside = signs[max(place - 1, 0) : place] + signs[place + 1 : place + 2]
    return any(sign not in ("(", "|", "…", ")") and not sign.isspace() for sign in beside) or any(
        sign == ")" for sign in signs[max(place - 1, 0) : place]
    )


def _is_word(sign: str, outermost: str) -> bool:
    return sign in ("*", "#", "@", "(", ")") or outermost.isalnum()


def spans(phrases: Iterable[Phrase], text: str) -> Iterator[Span]:
    """Where the phrases stand in a text that is `plain`."""
    folded = text.casefold()
    for phrase in phrases:
        if phrase.literal in folded:
            yield from (match.span() for match in phrase.pattern.finditer(text))


def is_in(phrases: Iterable[Phrase], text: str) -> bool:
    return next(spans(phrases, text), None) is not None


def sentence_around(text: str, span: Span, ends: str = ".!?\n") -> Span:
    """From the mark that ends a sentence before the span to the next one behind it."""
    start = max(text.rfind(mark, 0, span[0]) for mark in ends) + 1
    return start, min((place for mark in ends if (place := text.find(mark, span[1])) >= 0), default=len(text))


class Many:
    """Many phrases, to be looked for in many texts: each is tried only where three letters of it are in the text."""

    __slots__ = ("_always", "_by_letters")

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_letters: dict[str, list[Phrase]] = {}
        always = []
        for phrase in dict.fromkeys(phrases):
            if len(phrase.literal) < _LETTERS:
                always.append(phrase)
            else:
                rarest = min(
                    _letters(phrase.literal), key=lambda three: (sum(map(_COMMON.count, three)), three)
                )
                self._by_letters.setdefault(rarest, []).append(phrase)
        self._always = tuple(always)

    def near(self, text: str) -> Iterator[Phrase]:
        """The phrases that may be in the text."""
        yield from self._always
        for three in self._by_letters.keys() & _letters(text.casefold()):
            yield from self._by_letters[three]


_LETTERS: Final = 3
_COMMON: Final = " etaoinsr"


def _letters(text: str) -> set[str]:
    return set(map("".join, zip(text, text[1:], text[2:], strict=False)))


def merged(found: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap made one."""
    whole: list[Span] = []
    for start, end in sorted(found):
        if whole and start < whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return tuple(whole)
