"""Long texts: cut into parts for the carrier, and put together again from the parts that come in.

Pure, but for the port that keeps parts: a part is acknowledged to the carrier long before the last one comes, so what
came must outlive the process, and be there whichever bind brings the rest.
Sources: 3GPP TS 23.040 clause 9.2.3.24 (headers); SMPP 3.4 sections 5.3.2.22 to 24 (SAR) and 5.3.2.32 (message_payload).
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from yesword.channels.ports import ChannelError
from yesword.channels.smpp import pdu
from yesword.channels.smpp.alphabets import (
    Alphabet,
    UnencodableError,
    cut_gsm7,
    cut_ucs2,
    encode_gsm7,
    encode_ucs2,
    pack,
)
from yesword.channels.smpp.pdu import ShortMessage

UDH_FLAG: Final = 0x40  # in esm_class: the text begins with a header
MOST_PARTS: Final = 255
_OCTETS: Final = 140  # of one text in the air
_LONGEST_PAYLOAD: Final = 65_535

_SHORT_REFERENCE: Final = 0x00  # elements of a header
_LONG_REFERENCE: Final = 0x08


class LongTexts(enum.StrEnum):
    """How an account's carrier takes texts of more than one segment."""

    UDH_8 = "udh8"  # a header with a reference of one octet: what every carrier takes
    UDH_16 = "udh16"
    SAR = "sar"
    PAYLOAD = "payload"


class TooLongError(ChannelError):
    """The text needs {parts} parts, and a carrier joins at most 255. Make it shorter."""

    code = "too_long"


@dataclass(frozen=True, kw_only=True, slots=True)
class Codings:
    """Which data_coding an account's carrier wants for each alphabet."""

    gsm7: int = 0
    latin1: int = 3
    ucs2: int = 8


_STANDARD_CODINGS: Final = Codings()


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one submit_sm carries."""

    content: bytes = field(repr=False)
    data_coding: int
    esm_class: int = 0
    tlvs: bytes = b""


def parts_of(
    text: str,
    *,
    alphabet: Alphabet,
    long_texts: LongTexts,
    reference: int,
    codings: Codings = _STANDARD_CODINGS,
) -> tuple[Part, ...]:
    """A text as the carrier takes it. `reference` tells the parts of this text from those of another.

    Raises TooLongError.
    """
    if alphabet is not Alphabet.UCS_2:
        try:
            septets = encode_gsm7(text)
        except UnencodableError:
            pass
        else:
            if alphabet is Alphabet.GSM_7:
                if len(septets) <= 160:
                    return (Part(content=septets, data_coding=codings.gsm7),)
                return _long_gsm7(septets, long_texts, reference, codings.gsm7, is_packed=False)
            if alphabet is Alphabet.GSM_7_PACKED:
                if len(septets) <= 160:
                    return (Part(content=pack(septets), data_coding=codings.gsm7),)
                return _long_gsm7(septets, long_texts, reference, codings.gsm7, is_packed=True)
            try:
                return _latin1(text.encode("latin-1"), septets, long_texts, reference, codings.latin1)
            except UnicodeEncodeError:
                pass  # Greek and the euro: in GSM-7 and not in Latin-1
    octets = encode_ucs2(text)
    if len(octets) <= _OCTETS:
        return (Part(content=octets, data_coding=codings.ucs2),)
    if long_texts is LongTexts.PAYLOAD:
        return _payload(octets, codings.ucs2)
    room = (_OCTETS - _header_size(long_texts)) & ~1
    return _joined(cut_ucs2(octets, room), long_texts, reference, codings.ucs2)


def _long_gsm7(
    septets: bytes, long_texts: LongTexts, reference: int, coding: int, *, is_packed: bool
) -> tuple[Part, ...]:
    if long_texts is LongTexts.PAYLOAD:
        return _payload(pack(septets) if is_packed else septets, coding)
    header_bits = _header_size(long_texts) * 8
    room = (_OCTETS * 8 - header_bits) // 7
    pieces = cut_gsm7(septets, room)
    if is_packed:
        fill_bits = -header_bits % 7 if long_texts is not LongTexts.SAR else 0
        pieces = [pack(piece, fill_bits=fill_bits) for piece in pieces]
    return _joined(pieces, long_texts, reference, coding)


def _latin1(
    octets: bytes, septets: bytes, long_texts: LongTexts, reference: int, coding: int
) -> tuple[Part, ...]:
    """One octet a character; cut where its GSM-7 form would be, because that is what goes through the air."""
    if len(septets) <= 160:
        return (Part(content=octets, data_coding=coding),)
    if long_texts is LongTexts.PAYLOAD:
        return _payload(octets, coding)
    room = (_OCTETS - _header_size(long_texts)) * 8 // 7
    pieces = []
    start = 0
    for piece in cut_gsm7(septets, room):
        size = len(piece) - piece.count(0x1B)
        pieces.append(octets[start : start + size])
        start += size
    return _joined(pieces, long_texts, reference, coding)


def _payload(octets: bytes, coding: int) -> tuple[Part, ...]:
    if len(octets) > _LONGEST_PAYLOAD:
        raise TooLongError(parts=len(octets) // _OCTETS)
    return (Part(content=b"", data_coding=coding, tlvs=pdu.tlv(pdu.MESSAGE_PAYLOAD, octets)),)


def _header_size(long_texts: LongTexts) -> int:
    """Octets of the header in the air; with SAR the carrier makes one of the short form."""
    return 7 if long_texts is LongTexts.UDH_16 else 6


def _joined(pieces: Sequence[bytes], long_texts: LongTexts, reference: int, coding: int) -> tuple[Part, ...]:
    total = len(pieces)
    if total > MOST_PARTS:
        raise TooLongError(parts=total)
    if long_texts is LongTexts.SAR:
        return tuple(
            Part(
                content=piece,
                data_coding=coding,
                tlvs=pdu.tlv(pdu.SAR_MSG_REF_NUM, (reference & 0xFFFF).to_bytes(2, "big"))
                + pdu.tlv(pdu.SAR_TOTAL_SEGMENTS, bytes((total,)))
                + pdu.tlv(pdu.SAR_SEGMENT_SEQNUM, bytes((number,))),
            )
            for number, piece in enumerate(pieces, start=1)
        )
    if long_texts is LongTexts.UDH_16:
        start = bytes((6, _LONG_REFERENCE, 4)) + (reference & 0xFFFF).to_bytes(2, "big")
    else:
        start = bytes((5, _SHORT_REFERENCE, 3, reference & 0xFF))
    return tuple(
        Part(content=start + bytes((total, number)) + piece, data_coding=coding, esm_class=UDH_FLAG)
        for number, piece in enumerate(pieces, start=1)
    )


# Coming in


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a part belongs in its text."""

    reference: int
    total: int
    number: int  # from 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What a deliver_sm carries, without its header."""

    octets: bytes = field(repr=False)
    place: Place | None = None
    fill_bits: int = 0  # before the first septet of a packed text


def content_of(message: ShortMessage) -> Content:
    """Take the header off. A header that makes no sense is left out, the rest is the text."""
    octets = message.content
    place = _sar_place(message.tlvs)
    if not message.esm_class & UDH_FLAG or not octets:
        return Content(octets=octets, place=place)
    size = octets[0] + 1
    if size > len(octets):
        return Content(octets=octets, place=place)
    header = octets[1:size]
    position = 0
    while position + 2 <= len(header):
        element, length = header[position], header[position + 1]
        value = header[position + 2 : position + 2 + length]
        if element == _SHORT_REFERENCE and len(value) == length == 3:
            place = _sane(value[0], value[1], value[2]) or place
        elif element == _LONG_REFERENCE and len(value) == length == 4:
            place = _sane(int.from_bytes(value[:2], "big"), value[2], value[3]) or place
        position += 2 + length
    return Content(octets=octets[size:], place=place, fill_bits=-size * 8 % 7)


def _sar_place(tlvs: pdu.Tlvs) -> Place | None:
    try:
        return _sane(
            int.from_bytes(tlvs[pdu.SAR_MSG_REF_NUM][:2], "big"),
            tlvs[pdu.SAR_TOTAL_SEGMENTS][0],
            tlvs[pdu.SAR_SEGMENT_SEQNUM][0],
        )
    except (KeyError, IndexError):
        return None


def _sane(reference: int, total: int, number: int) -> Place | None:
    return (
        Place(reference=reference, total=total, number=number) if total > 1 and 1 <= number <= total else None
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PartKey:
    """Which text a part belongs to: one reference may be in use by many people at once."""

    account: str
    number: str = field(repr=False)
    to_address: str
    reference: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPart:
    key: PartKey
    number: int
    text: str = field(repr=False)
    provider_id: str
    at: datetime


class PartsKeeping(Protocol):
    """Keeps parts until their text is whole. What it holds is personal: it is to be sealed and keyed like a text.

    `keep` returns when the part is durable: only then it is acknowledged. A part with the key and number of one that
    is kept replaces it.
    """

    def keep(self, parts: Sequence[KeptPart]) -> None: ...

    def kept(self, key: PartKey) -> Sequence[KeptPart]:
        """All parts of a text, in any order."""

    def forget(self, keys: Sequence[PartKey]) -> None: ...

    def older_than(self, account: str, at: datetime) -> Sequence[PartKey]:
        """The texts of which no part came since."""


class KeptInMemory:
    """For tests, and for carriers that only send texts whole: gone with the process."""

    def __init__(self) -> None:
        self._texts: dict[PartKey, dict[int, KeptPart]] = {}

    def keep(self, parts: Sequence[KeptPart]) -> None:
        for part in parts:
            self._texts.setdefault(part.key, {})[part.number] = part

    def kept(self, key: PartKey) -> Sequence[KeptPart]:
        return list(self._texts.get(key, {}).values())

    def forget(self, keys: Sequence[PartKey]) -> None:
        for key in keys:
            self._texts.pop(key, None)

    def older_than(self, account: str, at: datetime) -> Sequence[PartKey]:
        return [
            key
            for key, parts in self._texts.items()
            if key.account == account and all(part.at < at for part in parts.values())
        ]


WAIT_FOR_PARTS: Final = timedelta(minutes=10)  # then what came is the text: it may hold a stop
_SAME_TEXT: Final = timedelta(hours=1)  # a reference that comes again after this is another text
MISSING: Final = " … "


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """A text put together. Its id is that of its first part to come, so a part that comes again changes nothing."""

    key: PartKey
    text: str = field(repr=False)
    provider_id: str
    at: datetime


def assemble(kept: Sequence[KeptPart], last: KeptPart) -> Whole | None:
    """The text, if `last` completes what is kept; parts that belong to an older text do not count."""
    parts = {part.number: part for part in current(kept, last)}
    if len(parts) < last.key.total:
        return None
    return joined(list(parts.values()))


def current(kept: Sequence[KeptPart], newest: KeptPart) -> list[KeptPart]:
    """The kept parts of the same text as the newest, with it. References are few and come round again."""
    others = [
        part for part in kept if part.number != newest.number and abs(newest.at - part.at) <= _SAME_TEXT
    ]
    return [*others, newest]


def joined(parts: Sequence[KeptPart]) -> Whole:
    """What there is, in order; a gap is marked."""
    first = min(parts, key=lambda part: (part.at, part.number))
    by_number = {part.number: part.text for part in parts}
    text = "".join(by_number.get(number, MISSING) for number in range(1, first.key.total + 1))
    if not text.isascii():  # a phone may have cut a surrogate pair in two
        text = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
    return Whole(key=first.key, text=text, provider_id=first.provider_id, at=first.at)
