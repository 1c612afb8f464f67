"""How a text travels: its encoding, its length in that encoding, and what each segment carries.

Here live the GSM 7-bit alphabet and the cutting of long texts. What may be sent, and to whom, does not.

Sources: 3GPP TS 23.038 clause 6.2.1 (default alphabet) and 6.2.1.1 (basic extension table), 6.1.2.3.1 (an
escape and the character after it stay in one segment); TS 23.040 clause 9.2.3.24 (a long text gives six of
its 140 octets in each segment to the header that joins the segments).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Encoding(StrEnum):
    """How the characters become octets. The value is the name shown to people and programs."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


# TS 23.038 clause 6.2.1, row by row, without position 0x1B, the escape to the extension table. It holds
# capital Ç but no small ç, and Greek capitals only where Latin has no look-alike.
_DEFAULT_ALPHABET: Final = frozenset(
    "@£$¥èéùìòÇ\N{LINE FEED}Øø\N{CARRIAGE RETURN}Åå"
    "\N{GREEK CAPITAL LETTER DELTA}_"
    "\N{GREEK CAPITAL LETTER PHI}\N{GREEK CAPITAL LETTER GAMMA}\N{GREEK CAPITAL LETTER LAMDA}"
    "\N{GREEK CAPITAL LETTER OMEGA}\N{GREEK CAPITAL LETTER PI}\N{GREEK CAPITAL LETTER PSI}"
    "\N{GREEK CAPITAL LETTER SIGMA}\N{GREEK CAPITAL LETTER THETA}\N{GREEK CAPITAL LETTER XI}"
    "ÆæßÉ"
    " !\"#\N{CURRENCY SIGN}%&'()*+,-./0123456789:;<=>?"
    "\N{INVERTED EXCLAMATION MARK}ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ\N{SECTION SIGN}"
    "\N{INVERTED QUESTION MARK}abcdefghijklmnopqrstuvwxyzäöñüà"
)
# TS 23.038 clause 6.2.1.1. Each costs two septets: the escape and itself.
_EXTENSION_TABLE: Final = frozenset("\N{FORM FEED}^{}\\[~]|\N{EURO SIGN}")
_GSM_7: Final = _DEFAULT_ALPHABET | _EXTENSION_TABLE

_LAST_BMP: Final = 0xFFFF  # beyond it, UTF-16 spends a pair of units on a character
_SURROGATES: Final = range(0xD800, 0xE000)

# Units of (a text that fits alone, one segment of a longer text).
_ROOM: Final = {Encoding.GSM_7: (160, 153), Encoding.UCS_2: (70, 67)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    encoding: Encoding
    units: int  # GSM-7: septets, escapes included; UCS-2: UTF-16 code units. Room left at a border is not counted
    segments: int  # at least 1: an empty SMS is still one
    culprits: tuple[str, ...]  # the distinct characters that GSM-7 lacks, in order of appearance


def measure(text: str) -> Measure:
    """The encoding that the text needs, and its size in it. Any `str` has an answer, lone surrogates included."""
    text = _paired(text)
    culprits = _culprits(text)
    encoding = Encoding.UCS_2 if culprits else Encoding.GSM_7
    units = _units(text, encoding)
    alone, _ = _ROOM[encoding]
    segments = 1 if units <= alone else sum(1 for _ in _cuts(text, encoding))
    return Measure(encoding=encoding, units=units, segments=segments, culprits=culprits)


def split(text: str) -> tuple[str, ...]:
    """What each segment carries. Joined, the pieces are the text; as many as `measure(text).segments`."""
    text = _paired(text)
    encoding = Encoding.UCS_2 if _culprits(text) else Encoding.GSM_7
    alone, _ = _ROOM[encoding]
    if _units(text, encoding) <= alone:
        return (text,)
    ends = list(_cuts(text, encoding))
    return tuple(text[start:end] for start, end in zip([0, *ends], ends, strict=False))


def _paired(text: str) -> str:
    """The text with two surrogates that follow each other joined into the character they stand for.

    Python can hold them apart, a handset cannot: cut between them, both halves would be lost.
    """
    if text.isascii() or not any(ord(character) in _SURROGATES for character in set(text)):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _culprits(text: str) -> tuple[str, ...]:
    foreign = set(text) - _GSM_7
    return tuple(sorted(foreign, key=text.index))


def _units(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return len(text) + sum(text.count(character) for character in _EXTENSION_TABLE)
    return len(text) + sum(1 for character in text if ord(character) > _LAST_BMP)


def _cost(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in _EXTENSION_TABLE else 1
    return 2 if ord(character) > _LAST_BMP else 1


def _cuts(text: str, encoding: Encoding) -> Iterator[int]:
    """Where each segment of a long text ends. A character of two units goes over the border whole.

    That is why dividing is wrong: 153 times `]` is 306 septets, but 76 fill a segment, so three are needed.
    """
    _, room = _ROOM[encoding]
    if _units(text, encoding) == len(text):  # no character of two units, so nothing can straddle a border
        yield from range(room, len(text), room)
        yield len(text)
        return
    used = 0
    for position, character in enumerate(text):
        cost = _cost(character, encoding)
        if used + cost > room:
            yield position
            used = 0
        used += cost
    yield len(text)
