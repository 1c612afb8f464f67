"""How the characters of a text become octets for one carrier, and back; and where a long text is cut.

The GSM 7-bit alphabet itself, and how many segments a text has, are `yesword.domain.text`'s to say; here are the octets.
Sources: 3GPP TS 23.038 clauses 4, 6.1.2.1.1 (packing), 6.2.1; SMPP 3.4 section 5.2.19 (data_coding).
"""

import codecs
import enum
from typing import Final

from yesword.channels.ports import ChannelError

ESCAPE: Final = 0x1B
_UNDEFINED: Final = "\ufffe"  # how a charmap says: nothing here

_DEFAULT: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
assert len(_DEFAULT) == 128
_EXTENSION: Final = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_CHARMAP: Final = codecs.charmap_build(_DEFAULT + _UNDEFINED * 128)
_ESCAPED: Final = str.maketrans({sign: "\x1b" + _DEFAULT[octet] for sign, octet in _EXTENSION.items()})
_EXTENDED: Final = {octet: sign for sign, octet in _EXTENSION.items()}


class Alphabet(enum.StrEnum):
    """What an account's carrier takes as its default alphabet. What does not fit goes as UCS-2."""

    GSM_7 = "gsm7"  # one septet an octet: what nearly every carrier takes
    GSM_7_PACKED = "gsm7_packed"  # eight septets in seven octets
    LATIN_1 = "latin1"
    UCS_2 = "ucs2"


class UnencodableError(ChannelError):
    """The text does not fit the alphabet {alphabet}."""

    code = "unencodable"


def encode_gsm7(text: str) -> bytes:
    """One octet a septet. Raises UnencodableError."""
    if "\x1b" in text:  # it would turn the character after it into another
        raise UnencodableError(alphabet="GSM-7")
    try:
        return codecs.charmap_encode(text, "strict", _CHARMAP)[0]
    except UnicodeEncodeError:
        pass
    try:
        return codecs.charmap_encode(text.translate(_ESCAPED), "strict", _CHARMAP)[0]
    except UnicodeEncodeError:
        raise UnencodableError(alphabet="GSM-7") from None


def decode_gsm7(septets: bytes) -> str:
    """Any octets have an answer: an escape that makes no character is a space, as TS 23.038 wants it shown."""
    if max(septets, default=0) > 127:
        septets = bytes(octet & 0x7F for octet in septets)
    if ESCAPE not in septets:
        return codecs.charmap_decode(septets, "strict", _DEFAULT)[0]
    text: list[str] = []
    is_escaped = False
    for octet in septets:
        if is_escaped:
            # What the extension table lacks shows as the default alphabet has it; a second escape is reserved.
            text.append(" " if octet == ESCAPE else _EXTENDED.get(octet, _DEFAULT[octet]))
            is_escaped = False
        elif octet == ESCAPE:
            is_escaped = True
        else:
            text.append(_DEFAULT[octet])
    if is_escaped:
        text.append(" ")
    return "".join(text)


def pack(septets: bytes, *, fill_bits: int = 0) -> bytes:
    """Eight septets in seven octets, after `fill_bits` that bring a header to a septet's border.

    Seven bits that would be left over at the end are filled with a carriage return, so that nobody reads an `@` there.
    """
    value = 0
    shift = fill_bits
    for septet in septets:
        value |= septet << shift
        shift += 7
    if septets and (shift % 8 == 1 or (shift % 8 == 0 and septets[-1] == 0x0D)):
        value |= (
            0x0D << shift
        )  # in the second case so that the carriage return that was meant is not taken for a filling
        shift += 7
    return value.to_bytes((shift + 7) // 8, "little")


def unpack(octets: bytes, *, fill_bits: int = 0, count: int | None = None) -> bytes:
    """The septets in packed octets. Without their `count`, a filling carriage return at the end is left out."""
    value = int.from_bytes(octets, "little") >> fill_bits
    room = max(0, (len(octets) * 8 - fill_bits) // 7)
    wanted = room if count is None else min(count, room)
    septets = bytes((value >> (7 * index)) & 0x7F for index in range(wanted))
    if count is None and (len(octets) * 8 - fill_bits) % 7 == 0 and septets.endswith(b"\r"):
        return septets[:-1]
    return septets


def encode_ucs2(text: str) -> bytes:
    """UTF-16, big end first. Half a surrogate pair is passed on as it is."""
    return text.encode("utf-16-be", "surrogatepass")


def decode_ucs2(octets: bytes) -> str:
    """Any octets have an answer: what is left of half a unit is lost."""
    return octets[: len(octets) & ~1].decode("utf-16-be", "surrogatepass")


def cut_gsm7(septets: bytes, room: int) -> list[bytes]:
    """Pieces of at most `room` septets; an escape and what it escapes stay together."""
    pieces = []
    start, end = 0, len(septets)
    while end - start > room:
        border = start + room
        if _is_escape(septets, border - 1):
            border -= 1
        pieces.append(septets[start:border])
        start = border
    pieces.append(septets[start:])
    return pieces


def _is_escape(septets: bytes, position: int) -> bool:
    """Whether an escape stands there. No sign of the extension table has the escape's own value after it."""
    return septets[position] == ESCAPE


def cut_ucs2(octets: bytes, room: int) -> list[bytes]:
    """Pieces of at most `room` octets (an even number); surrogate pairs stay together."""
    pieces = []
    start, end = 0, len(octets)
    while end - start > room:
        border = start + room
        if 0xD8 <= octets[border - 2] <= 0xDB and 0xDC <= octets[border] <= 0xDF:
            border -= 2
        pieces.append(octets[start:border])
        start = border
    pieces.append(octets[start:])
    return pieces


_LAYOUT: Final = b"\t\n\r"


class Coding(enum.StrEnum):
    """How octets that come in are to be read."""

    DEFAULT = "default"  # as the account's alphabet says
    ASCII = "ascii"
    LATIN_1 = "latin1"
    UCS_2 = "ucs2"
    BINARY = "binary"
    CYRILLIC = "iso8859_5"
    HEBREW = "iso8859_8"
    JIS = "shift_jis"
    KOREAN = "euc_kr"


_CODINGS: Final = {
    0x00: Coding.DEFAULT,
    0x01: Coding.ASCII,
    0x02: Coding.BINARY,
    0x03: Coding.LATIN_1,
    0x04: Coding.BINARY,
    0x05: Coding.JIS,
    0x06: Coding.CYRILLIC,
    0x07: Coding.HEBREW,
    0x08: Coding.UCS_2,
    0x0D: Coding.JIS,
    0x0E: Coding.KOREAN,
}


def coding_of(data_coding: int) -> Coding:
    """Of a data_coding, the specification's own values and the groups of GSM that carriers pass through."""
    if data_coding in _CODINGS:
        return _CODINGS[data_coding]
    if data_coding >> 4 == 0xF:  # data coding and message class
        return Coding.BINARY if data_coding & 0x04 else Coding.DEFAULT
    if data_coding >> 4 == 0xE:  # message waiting, with a text in UCS-2
        return Coding.UCS_2
    if data_coding >> 6 == 0:  # general data coding
        return {0x08: Coding.UCS_2, 0x04: Coding.BINARY}.get(data_coding & 0x0C, Coding.DEFAULT)
    return Coding.DEFAULT


def decode(octets: bytes, data_coding: int, alphabet: Alphabet, *, fill_bits: int = 0) -> str:
    """The text in octets. Whatever comes has an answer: a stop must not be lost for a wrong data_coding."""
    coding = coding_of(data_coding)
    if coding is Coding.DEFAULT:
        if alphabet is Alphabet.GSM_7_PACKED:
            return decode_gsm7(unpack(octets, fill_bits=fill_bits))
        if alphabet is Alphabet.GSM_7:
            # Beyond 127 it is no GSM-7, whatever the account says.
            return decode_gsm7(octets) if max(octets, default=0) < 128 else octets.decode("latin-1")
        if alphabet is Alphabet.UCS_2 and len(octets) % 2 == 0 and b"\0" in octets:
            return decode_ucs2(octets)
        return octets.decode("latin-1")
    if coding is Coding.UCS_2:
        return decode_ucs2(octets)
    if coding is Coding.ASCII and any(octet < 0x20 and octet not in _LAYOUT for octet in octets):
        return decode_gsm7(
            octets
        )  # some call GSM-7 so: what ASCII keeps for control, GSM-7 has letters and the escape
    if coding in {Coding.BINARY, Coding.LATIN_1, Coding.ASCII}:
        return octets.decode("latin-1")
    return octets.decode(coding.value, "replace")
