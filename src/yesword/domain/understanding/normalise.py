"""A text as words in one plain form, each word knowing where it stood in the text as received.

Case, width, accents, invisible marks, emoji, stretched letters and mail signatures go. Line breaks and
the pauses that end a clause stay, as tokens of their own: the grammar needs them. No meaning here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import Final

from yesword.domain.understanding import signatures
from yesword.domain.understanding.characters import (
    APOSTROPHES,
    LINE,
    LOOK_ALIKES,
    MARKS,
    PAUSE_MARK,
    QUESTION_MARK,
    SIGNS,
    STOP_MARK,
    fold,
    is_invisible,
    is_joining,
)

__all__ = ["LINE", "MARKS", "PAUSE_MARK", "QUESTION_MARK", "SIGNS", "STOP_MARK", "Normalised", "normalise"]

_STRENGTH = {PAUSE_MARK: 0, STOP_MARK: 1, QUESTION_MARK: 2, LINE: 3}
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_NOTHING = "'"  # stands for a character that takes no part in a word
_ODD = "\ufffe"  # stands for one that cannot be read by itself
_APART = "".join(sorted(MARKS | SIGNS))
_PIECE = re.compile(f"[{_APART}]|[^ {_APART}]+")
_FIRST_STAND_IN: Final = 0xF0000  # private use: no text has these left after folding
_MOST_ACCENTS = 8
_MOST_REMEMBERED = 8_192  # characters; what strangers send must not fill the memory
_LONGEST_REMEMBERED = 320  # characters of a text


@dataclass(frozen=True, kw_only=True, slots=True)
class Normalised:
    """Words and marks in order; `starts` and `ends` are their places in the original."""

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def text(self) -> str:
        return " ".join(self.tokens)

    @property
    def words(self) -> tuple[str, ...]:
        if MARKS.isdisjoint(self.tokens):
            return self.tokens
        return tuple([token for token in self.tokens if token not in MARKS])

    def span(self, first: int, after: int) -> tuple[int, int] | None:
        """The place in the original of the tokens from `first` up to `after`, without marks at the edges."""
        while first < after and self.tokens[first] in MARKS:
            first += 1
        while after > first and self.tokens[after - 1] in MARKS:
            after -= 1
        return (self.starts[first], self.ends[after - 1]) if first < after else None

    def lines(self) -> tuple[tuple[int, int], ...]:
        """The token ranges of the lines."""
        if LINE not in self.tokens:
            return ((0, len(self.tokens)),)
        borders = [i for i, token in enumerate(self.tokens) if token == LINE]
        return tuple(zip([0, *(b + 1 for b in borders)], [*borders, len(self.tokens)], strict=True))

    def unmasked(self) -> "Normalised":
        """With Latin letters for all that was picked to look like them, digits and other alphabets; itself if none was."""
        if all(token.isascii() and (token.isalpha() or token.isdigit()) for token in self.tokens):
            return self
        tokens = tuple(unmasked(token) for token in self.tokens)
        return self if tokens == self.tokens else replace(self, tokens=tokens)


def unmasked(word: str) -> str:
    """A word without its mask: st0p, ѕтор. Plain numbers, and words that stay foreign letters, are left alone."""
    if word.isdigit() or (word.isascii() and word.isalpha()):
        return word
    bare = word.translate(LOOK_ALIKES)
    return bare if bare.isascii() else word


class _OneForOne(dict[int, str]):
    """What each character becomes, if that can be one character; filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self._free = count()
        self.long: dict[str, str] = {}  # stand-in → the letters that it stands for: ß is ss

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST_REMEMBERED:
            return _ODD
        char = chr(code)
        if char in APOSTROPHES or is_invisible(char):
            plain = _NOTHING
        elif is_joining(char):
            plain = _ODD
        else:
            plain = fold(char) or _NOTHING
            if len(plain) > 1:
                plain = self._stand_in(plain)
        self[code] = plain
        return plain

    def _stand_in(self, letters: str) -> str:
        if not letters.isalpha():
            return _ODD
        stand_in = chr(_FIRST_STAND_IN + next(self._free))  # two threads may be here at once
        self.long[stand_in] = letters
        return stand_in


_one_for_one = _OneForOne()


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Words, marks and signs of a text in which every character can be read by itself."""
    for found in _PIECE.finditer(text):
        piece, start, end = found.group(), found.start(), found.end()
        if _NOTHING in piece:
            bare = piece.lstrip(_NOTHING)
            start += len(piece) - len(bare)
            end -= len(bare) - len(bare.rstrip(_NOTHING))
            piece = bare.replace(_NOTHING, "")
            if not piece:
                continue
        if piece[0] >= "\U000f0000" or not piece.isalnum():
            piece = "".join([_one_for_one.long.get(char, char) for char in piece])
        yield piece, start, end


def _pieces_of_clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """The same for any text: characters together with what combines with them. Slower, and the measure of the other."""
    word: list[str] = []
    word_start = word_end = 0
    for cluster, start, end in _clusters(text):
        for char in fold(cluster):
            if char in MARKS or char in SIGNS or char == " ":
                if word:
                    yield "".join(word), word_start, word_end
                    word.clear()
                if char != " ":
                    yield char, start, end
            else:
                if not word:
                    word_start = start
                word.append(char)
                word_end = end
    if word:
        yield "".join(word), word_start, word_end


def _clusters(text: str) -> list[tuple[str, int, int]]:
    """Characters with what combines with them, and where they stood; invisible ones left out."""
    clusters: list[tuple[str, int, int]] = []
    for i, char in enumerate(text):
        if is_invisible(char):
            continue
        joins = is_joining(char)
        # A pile of marks on one letter is noise; cutting it keeps the work linear.
        if joins and clusters and len(clusters[-1][0]) < _MOST_ACCENTS:
            before, start, _ = clusters[-1]
            clusters[-1] = (before + char, start, i + 1)
        elif not joins or not clusters:
            clusters.append((char, i, i + 1))
    return clusters


def _pieces_of(text: str) -> Iterator[tuple[str, int, int]]:
    plain = text.translate(_one_for_one)
    return _pieces_of_clusters(text) if _ODD in plain else _pieces(plain)


def normalise(text: str) -> Normalised:
    """Pure and idempotent: the form of a form is itself. Never fails, whatever the text holds."""
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _normalised(text)


@lru_cache(maxsize=1024)
def _remembered(text: str) -> Normalised:
    """A text that came in is asked for six times on its way: by what listens, reads, enters and answers."""
    return _normalised(text)


def forget() -> None:
    """Read every text as if for the first time: for whoever measures."""
    _remembered.cache_clear()


def _normalised(text: str) -> Normalised:
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _pieces_of(text):
        if piece not in MARKS:
            # No keyword has the same letter three times: stoooop is stop. Digits may repeat.
            is_stretched = len(piece) > 2 and len(set(piece)) < len(piece) - 1
            word = _STRETCHED.sub(r"\1", piece) if is_stretched else piece
        elif not tokens:
            continue  # a mark at the start says nothing, nor does a weaker one after a stronger
        elif tokens[-1] in MARKS:
            if _STRENGTH[piece] > _STRENGTH[tokens[-1]]:
                tokens[-1] = piece
            continue
        else:
            word = piece
        tokens.append(word)
        starts.append(start)
        ends.append(end)
    if not signatures.STARTS.isdisjoint(tokens):
        return _without_signatures(tokens, starts, ends)
    if tokens and tokens[-1] in MARKS:
        del tokens[-1], starts[-1], ends[-1]
    return Normalised(tokens=tuple(tokens), starts=tuple(starts), ends=tuple(ends))


def _without_signatures(tokens: list[str], starts: list[int], ends: list[int]) -> Normalised:
    kept: list[int] = []
    shown: list[str] = []
    i = 0
    while i < len(tokens):
        length = signatures.length_at(tokens, i) if tokens[i] in signatures.STARTS else 0
        if length:
            if shown and shown[-1] in MARKS:
                shown[-1] = LINE
            elif shown:
                kept.append(i)
                shown.append(LINE)
            i += length
            continue
        token = tokens[i]
        if token not in MARKS or (shown and shown[-1] not in MARKS):
            kept.append(i)
            shown.append(token)
        elif shown and _STRENGTH[token] > _STRENGTH[shown[-1]]:
            shown[-1] = token
        i += 1
    while shown and shown[-1] in MARKS:
        kept.pop()
        shown.pop()
    return Normalised(
        tokens=tuple(shown), starts=tuple(starts[i] for i in kept), ends=tuple(ends[i] for i in kept)
    )
