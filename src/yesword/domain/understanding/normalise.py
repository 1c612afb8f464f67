"""A text as words in one plain form, each word knowing where it stood in the text as received.

Case, width, accents, invisible marks, emoji, stretched letters and mail signatures go. Line breaks and
the pauses that end a clause stay, as tokens of their own: the grammar needs them. No meaning here.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LINE = "\n"
STOP_MARK = "."
QUESTION_MARK = "?"
PAUSE_MARK = ","
MARKS = frozenset({LINE, STOP_MARK, QUESTION_MARK, PAUSE_MARK})
_STRENGTH = {PAUSE_MARK: 0, STOP_MARK: 1, QUESTION_MARK: 2, LINE: 3}

# Signs that people send in place of a word; every other emoji is decoration.
SIGNS = frozenset("🛑✋🚫⛔👍👎")

_APOSTROPHES = frozenset("'`´‘’‚‛ʹʻʼʽˈ′＇")
_LINE_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_MARK_OF = {
    **dict.fromkeys(".!;…。｡؛।", STOP_MARK),
    **dict.fromkeys("?؟", QUESTION_MARK),
    **dict.fromkeys(",:،、()[]{}–—―", PAUSE_MARK),
}
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_HANGUL_FILLERS = frozenset("\u115f\u1160")
# Letters that Unicode does not decompose but that people leave out when a keyboard lacks them.
_PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)

_DEVICE_WORDS = (
    "iphone iphonea iphonen iphonesta ipad ipadu samsung galaxy android pixel huawei xiaomi oneplus nokia "
    "motorola blackberry smartphone mobile mobiel mobil mobiltelefon mobiltelefoon mobieltje handy phone "
    "telefoon telefon outlook ios mail gmail yahoo pro max mini ultra plus"
)
_DEVICES = frozenset(_DEVICE_WORDS.split())
_STRETCHED = re.compile(r"([^\W\d_])\1\1+")
_LONGEST_DEVICE_NAME = 4
_BEFORE_DEVICE = tuple(
    tuple(phrase.split())
    for phrase in (
        "sent from my",
        "sent from",
        "sent via",
        "get outlook for",
        "verstuurd vanaf mijn",
        "verzonden vanaf mijn",
        "verstuurd vanaf",
        "verzonden met mijn",
        "skickat fran min",
        "skickat fran",
        "von meinem",
        "von meiner",
        "gesendet von meinem",
        "gesendet mit",
        "sendt fra min",
        "sendt fra",
        "envoye de mon",
        "envoye depuis mon",
        "enviado desde mi",
        "enviado do meu",
        "inviato da",
        "inviato dal mio",
        "lahetetty",
        "wyslane z",
        "wyslano z",
    )
)
_AFTER_DEVICE = frozenset({"gesendet", "verstuurd", "verzonden", "geschickt"})
_SIGNATURE_STARTS = frozenset(phrase[0] for phrase in _BEFORE_DEVICE)


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
        return tuple(token for token in self.tokens if token not in MARKS)

    def span(self, first: int, after: int) -> tuple[int, int] | None:
        """The place in the original of the tokens from `first` up to `after`, without marks at the edges."""
        while first < after and self.tokens[first] in MARKS:
            first += 1
        while after > first and self.tokens[after - 1] in MARKS:
            after -= 1
        return (self.starts[first], self.ends[after - 1]) if first < after else None

    def lines(self) -> tuple[tuple[int, int], ...]:
        """The token ranges of the lines."""
        borders = [i for i, token in enumerate(self.tokens) if token == LINE]
        return tuple(zip([0, *(b + 1 for b in borders)], [*borders, len(self.tokens)], strict=True))


def _is_invisible(char: str) -> bool:
    """Characters that take no part in a word: formats, joiners, variation selectors, skin tones."""
    return (
        unicodedata.category(char) in {"Cf", "Me"}
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or ord(char) in _SKIN_TONES
        or char in _APOSTROPHES
        or char in _HANGUL_FILLERS
    )


@lru_cache(maxsize=4096)
def _fold(cluster: str) -> str:
    """One character with its combining marks, in plain form: letters, a mark, a sign or a space."""
    folded = cluster
    for _ in range(3):  # folding case can make new marks, and dropping marks new cases
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", folded).casefold())
        folded = "".join(c for c in folded if not "\u0300" <= c <= "\u036f").translate(_PLAIN)
    folded = unicodedata.normalize("NFC", folded)
    return "".join(_place(c) for c in folded)


def _place(char: str) -> str:
    if char in SIGNS:
        return char
    if char in _LINE_BREAKS:
        return LINE
    if char in _MARK_OF:
        return _MARK_OF[char]
    if _is_invisible(char) or unicodedata.combining(char):
        return ""
    return char if unicodedata.category(char)[0] in "LNM" else " "


def _clusters(text: str) -> list[tuple[str, int, int]]:
    """Characters with what combines with them, and where they stood; invisible ones left out."""
    if text.isascii():
        return [(c, i, i + 1) for i, c in enumerate(text) if c not in _APOSTROPHES]
    clusters: list[tuple[str, int, int]] = []
    for i, char in enumerate(text):
        if _is_invisible(char):
            continue
        joins = unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
        # A pile of marks on one letter is noise; cutting it keeps the work linear.
        if joins and clusters and len(clusters[-1][0]) < 8:
            before, start, _ = clusters[-1]
            clusters[-1] = (before + char, start, i + 1)
        elif not joins or not clusters:
            clusters.append((char, i, i + 1))
    return clusters


def _unstretch(word: str) -> str:
    """No keyword has the same letter three times: stoooop is stop. Digits may repeat."""
    return _STRETCHED.sub(r"\1", word)


def _signature_length(tokens: list[str], at: int) -> int:
    """How many tokens from `at` are a mail program's signature; 0 if none."""
    for phrase in _BEFORE_DEVICE:
        after = at + len(phrase)
        if tuple(tokens[at:after]) != phrase:
            continue
        end = after
        while (
            end < len(tokens) and end - after < _LONGEST_DEVICE_NAME and _is_device(tokens[end], end > after)
        ):
            end += 1
        if end > after:
            return end - at + (end < len(tokens) and tokens[end] in _AFTER_DEVICE)
    return 0


def _is_device(token: str, is_later: bool) -> bool:  # noqa: FBT001
    """A device's name, or the number of its model after one."""
    return token in _DEVICES or (is_later and len(token) <= 3 and token[-1].isdigit())


def _is_extending(token: str, tokens: list[str]) -> bool:
    """Marks at the start, and weaker marks after stronger ones, say nothing."""
    return token not in MARKS or (bool(tokens) and tokens[-1] not in MARKS)


def normalise(text: str) -> Normalised:
    """Pure and idempotent: the form of a form is itself. Never fails, whatever the text holds."""
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    word: list[str] = []
    word_start = word_end = 0

    def add(token: str, start: int, end: int) -> None:
        if _is_extending(token, tokens):
            tokens.append(token)
            starts.append(start)
            ends.append(end)
        elif tokens and _STRENGTH[token] > _STRENGTH[tokens[-1]]:
            tokens[-1] = token

    def close() -> None:
        if word:
            add(_unstretch("".join(word)), word_start, word_end)
            word.clear()

    for cluster, start, end in _clusters(text):
        for char in _fold(cluster):
            if char in MARKS or char in SIGNS:
                close()
                add(char, start, end)
            elif char == " ":
                close()
            else:
                if not word:
                    word_start = start
                word.append(char)
                word_end = end
    close()
    if not _SIGNATURE_STARTS.isdisjoint(tokens):
        return _without_signatures(tokens, starts, ends)
    if tokens and tokens[-1] in MARKS:
        del tokens[-1], starts[-1], ends[-1]
    return Normalised(tokens=tuple(tokens), starts=tuple(starts), ends=tuple(ends))


def _without_signatures(tokens: list[str], starts: list[int], ends: list[int]) -> Normalised:
    kept: list[int] = []
    shown: list[str] = []
    i = 0
    while i < len(tokens):
        length = _signature_length(tokens, i) if tokens[i] in _SIGNATURE_STARTS else 0
        if not length:
            if _is_extending(tokens[i], shown):
                kept.append(i)
                shown.append(tokens[i])
            elif shown and _STRENGTH[tokens[i]] > _STRENGTH[shown[-1]]:
                shown[-1] = tokens[i]
            i += 1
            continue
        if shown and shown[-1] in MARKS:
            shown[-1] = LINE
        elif shown:
            kept.append(i)
            shown.append(LINE)
        i += length
    while shown and shown[-1] in MARKS:
        kept.pop()
        shown.pop()
    return Normalised(
        tokens=tuple(shown), starts=tuple(starts[i] for i in kept), ends=tuple(ends[i] for i in kept)
    )
