"""What each character becomes: a plain letter, a mark, a sign, a space or nothing. Also letters that pass for others.

Case, width and accents go here. Words and texts belong to `normalise`.
"""

import unicodedata
from functools import lru_cache
from typing import Final

LINE = "\n"
STOP_MARK = "."
QUESTION_MARK = "?"
PAUSE_MARK = ","
MARKS = frozenset({LINE, STOP_MARK, QUESTION_MARK, PAUSE_MARK})

# Signs that people send in place of a word; every other emoji is decoration.
SIGNS = frozenset("🛑✋🚫⛔👍👎")

APOSTROPHES = frozenset("'`´‘’‚‛ʹʻʼʽˈ′＇")
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
# Letters and digits that pass for Latin letters.
LOOK_ALIKES: Final = str.maketrans("асеіјорѕхутмвнкαειοκνρτυχ0134578", "aceijopsxytmbhkaeiokvptuxoieastb")


def is_invisible(char: str) -> bool:
    """Characters that take no part in a word: formats, joiners, variation selectors, skin tones."""
    return (
        unicodedata.category(char) in {"Cf", "Me"}
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or ord(char) in _SKIN_TONES
        or char in APOSTROPHES
        or char in _HANGUL_FILLERS
    )


def is_joining(char: str) -> bool:
    """Whether a character belongs to the one before it: accents, vowel signs, parts of a Hangul syllable."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"


@lru_cache(maxsize=4096)
def fold(cluster: str) -> str:
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
    if is_invisible(char) or unicodedata.combining(char):
        return ""
    return char if unicodedata.category(char)[0] in "LNM" else " "
