"""The frames of SMPP 3.4: to bytes and from bytes. What they mean for a text is not here.

Source: Short Message Peer to Peer Protocol Specification v3.4, chapters 4 and 5. What comes from outside is read
within strict bounds: whatever is wrong with it is a `PduError`, and nothing else.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from yesword.channels.ports import ChannelError

GENERIC_NACK: Final = 0x80000000
BIND_RECEIVER: Final = 0x00000001
BIND_TRANSMITTER: Final = 0x00000002
QUERY_SM: Final = 0x00000003
SUBMIT_SM: Final = 0x00000004
DELIVER_SM: Final = 0x00000005
UNBIND: Final = 0x00000006
BIND_TRANSCEIVER: Final = 0x00000009
ENQUIRE_LINK: Final = 0x00000015
DATA_SM: Final = 0x00000103
ALERT_NOTIFICATION: Final = 0x00000102
RESPONSE: Final = 0x80000000  # set in the command of every answer

INTERFACE_VERSION: Final = 0x34

# Optional parameters, by their names in the specification.
USER_MESSAGE_REFERENCE: Final = 0x0204
SAR_MSG_REF_NUM: Final = 0x020C
SAR_TOTAL_SEGMENTS: Final = 0x020E
SAR_SEGMENT_SEQNUM: Final = 0x020F
NETWORK_ERROR_CODE: Final = 0x0423
MESSAGE_PAYLOAD: Final = 0x0424
MESSAGE_STATE: Final = 0x0427
RECEIPTED_MESSAGE_ID: Final = 0x001E
ADDITIONAL_STATUS_INFO_TEXT: Final = 0x001D

HEADER: Final = struct.Struct(">IIII")  # length, command, status, sequence number
_TLV: Final = struct.Struct(">HH")
LONGEST_PDU: Final = 128 * 1024  # a message_payload of 64 KiB and all else that may stand beside it
LAST_SEQUENCE: Final = 0x7FFFFFFF

Tlvs = Mapping[int, bytes]


class PduError(ChannelError):
    """The carrier sent a frame that cannot be read: {why}. Ask the carrier, and send along the account's log."""

    code = "pdu"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortMessage:
    """The body of submit_sm, deliver_sm and data_sm, as far as a text needs it."""

    source: str
    source_ton: int
    source_npi: int
    destination: str
    destination_ton: int
    destination_npi: int
    esm_class: int
    data_coding: int
    registered_delivery: int = 0
    content: bytes = field(repr=False)  # short_message, or the payload where that is empty
    tlvs: Tlvs = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class BindRequest:
    system_id: str
    password: str = field(repr=False)
    system_type: str
    interface_version: int


Frame = tuple[int, int, int, bytes]  # command, status, sequence number, body


class Frames:
    """Cuts a stream of bytes into frames, until one makes no sense: from there on the stream is out of step."""

    def __init__(self, longest: int = LONGEST_PDU) -> None:
        self._longest = longest
        self._rest = b""
        self.fault: PduError | None = None

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now. What came before a fault is still given out."""
        if self._rest:
            data = self._rest + data
        frames: list[Frame] = []
        position, end, unpack = 0, len(data), HEADER.unpack_from
        while end - position >= 16 and self.fault is None:
            length, command, status, sequence = unpack(data, position)
            if not 16 <= length <= self._longest:
                self.fault = PduError(why=f"its length is {length}")
                return frames
            if end - position < length:
                break
            frames.append((command, status, sequence, data[position + 16 : position + length]))
            position += length
        self._rest = data[position:]
        return frames


def pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return HEADER.pack(16 + len(body), command, status, sequence) + body


def cstring(text: str) -> bytes:
    """A text that ends with a null. Nulls within it would move every field after it."""
    return text.encode("latin-1", "replace").replace(b"\0", b"") + b"\0"


def tlv(tag: int, value: bytes) -> bytes:
    return _TLV.pack(tag, len(value)) + value


def bind(
    command: int,
    sequence: int,
    *,
    system_id: str,
    password: str,
    system_type: str = "",
    address_range: str = "",
) -> bytes:
    body = b"".join(
        (
            cstring(system_id),
            cstring(password),
            cstring(system_type),
            bytes((INTERFACE_VERSION, 0, 0)),
            cstring(address_range),
        )
    )
    return pdu(command, sequence, body)


def query(sequence: int, message_id: str, *, source: str, ton: int, npi: int) -> bytes:
    return pdu(QUERY_SM, sequence, cstring(message_id) + bytes((ton, npi)) + cstring(source))


def short_message_body(message: ShortMessage, *, validity: str = "") -> bytes:
    """The body of a submit_sm or deliver_sm. Content that does not fit the field goes as message_payload."""
    content, tlvs = message.content, dict(message.tlvs)
    if len(content) > 254:
        tlvs[MESSAGE_PAYLOAD] = content
        content = b""
    return b"".join(
        (
            b"\0",
            bytes((message.source_ton, message.source_npi)),
            cstring(message.source),
            bytes((message.destination_ton, message.destination_npi)),
            cstring(message.destination),
            bytes((message.esm_class, 0, 0, 0)),
            cstring(validity),
            bytes((message.registered_delivery, 0, message.data_coding, 0, len(content))),
            content,
            *(tlv(tag, value) for tag, value in tlvs.items()),
        )
    )


def data_body(message: ShortMessage) -> bytes:
    """The body of a data_sm: its content is always the payload."""
    return b"".join(
        (
            b"\0",
            bytes((message.source_ton, message.source_npi)),
            cstring(message.source),
            bytes((message.destination_ton, message.destination_npi)),
            cstring(message.destination),
            bytes((message.esm_class, message.registered_delivery, message.data_coding)),
            tlv(MESSAGE_PAYLOAD, message.content),
            *(tlv(tag, value) for tag, value in message.tlvs.items()),
        )
    )


class _Body:
    """Reads a body from its start to its end, never past it."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def string(self, longest: int) -> str:
        """A text that ends with a null; `longest` counts it, with room for carriers that go over the limit."""
        end = self._data.find(b"\0", self._position, self._position + longest)
        if end < 0:
            raise PduError(why="a text in it has no end, or is too long")
        text = self._data[self._position : end].decode("latin-1")
        self._position = end + 1
        return text

    def octets(self, count: int) -> bytes:
        end = self._position + count
        if end > len(self._data):
            raise PduError(why="it ends too early")
        octets = self._data[self._position : end]
        self._position = end
        return octets

    def tlvs(self) -> dict[int, bytes]:
        return _tlvs_from(self._data, self._position)


_ADDRESS: Final = (
    66  # data_sm allows 65 octets; submit_sm and deliver_sm 21, which not every carrier keeps to
)
_ID: Final = 256  # 65 by the letter; carriers differ


# The fixed part of a submit_sm or deliver_sm, in one look: ten times as many come in as anything else.
_SHORT_MESSAGE: Final = re.compile(
    rb"[^\0]{0,31}\0"  # service_type
    rb"(..)([^\0]{0,65})\0"
    rb"(..)([^\0]{0,65})\0"
    rb"(.).."  # esm_class, protocol_id, priority_flag
    rb"[^\0]{0,31}\0[^\0]{0,31}\0"  # schedule_delivery_time, validity_period
    rb"(.).(.).(.)",  # registered_delivery, replace_if_present, data_coding, default message, length
    re.DOTALL,
)


def read_short_message(body: bytes) -> ShortMessage:
    """The body of a submit_sm or deliver_sm. Raises PduError."""
    match = _SHORT_MESSAGE.match(body)
    if match is None:
        raise PduError(why="a field in it is too long, or it ends too early")
    source_kind, source, destination_kind, destination, esm_class, reports, coding, length = match.groups()
    start = match.end()
    end = start + length[0]
    if end > len(body):
        raise PduError(why="it ends too early")
    content = body[start:end]
    tlvs = _tlvs_from(body, end) if end < len(body) else {}
    return ShortMessage(
        source=source.decode("latin-1"),
        source_ton=source_kind[0],
        source_npi=source_kind[1],
        destination=destination.decode("latin-1"),
        destination_ton=destination_kind[0],
        destination_npi=destination_kind[1],
        esm_class=esm_class[0],
        data_coding=coding[0],
        registered_delivery=reports[0],
        content=content or tlvs.get(MESSAGE_PAYLOAD, b""),
        tlvs=tlvs,
    )


def read_data(body: bytes) -> ShortMessage:
    """The body of a data_sm. Raises PduError."""
    reader = _Body(body)
    reader.string(32)
    source_ton, source_npi = reader.octets(2)
    source = reader.string(_ADDRESS)
    destination_ton, destination_npi = reader.octets(2)
    destination = reader.string(_ADDRESS)
    esm_class, registered_delivery, data_coding = reader.octets(3)
    tlvs = reader.tlvs()
    return ShortMessage(
        source=source,
        source_ton=source_ton,
        source_npi=source_npi,
        destination=destination,
        destination_ton=destination_ton,
        destination_npi=destination_npi,
        esm_class=esm_class,
        data_coding=data_coding,
        registered_delivery=registered_delivery,
        content=tlvs.get(MESSAGE_PAYLOAD, b""),
        tlvs=tlvs,
    )


def read_bind(body: bytes) -> BindRequest:
    reader = _Body(body)
    system_id, password, system_type = reader.string(64), reader.string(64), reader.string(64)
    version, _ton, _npi = reader.octets(3)
    return BindRequest(
        system_id=system_id, password=password, system_type=system_type, interface_version=version
    )


def read_id(body: bytes) -> str:
    """The message id of a submit_sm_resp, as the carrier wrote it; some leave the null out, some the whole body."""
    end = body.find(b"\0")
    if end < 0:
        end = len(body)
    if end > _ID:
        raise PduError(why="the id of a message is too long")
    return body[:end].decode("latin-1")


def read_status_text(body: bytes) -> str | None:
    """What the carrier says about a refusal in words, where it does; never a reason to fail."""
    end = body.find(b"\0")
    for start in {0, end + 1}:  # a refusal may have no id, and then the parameters begin at once
        try:
            text = _tlvs_from(body, start).get(ADDITIONAL_STATUS_INFO_TEXT)
        except PduError:
            continue
        if text:
            return text.rstrip(b"\0").decode("latin-1")
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryAnswer:
    message_id: str
    final_date: str
    state: int
    error: int


def read_query_answer(body: bytes) -> QueryAnswer:
    reader = _Body(body)
    message_id, final_date = reader.string(_ID), reader.string(32)
    state, error = reader.octets(2)
    return QueryAnswer(message_id=message_id, final_date=final_date, state=state, error=error)


def _tlvs_from(body: bytes, start: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position, end, unpack = start, len(body), _TLV.unpack_from
    while position < end:
        if end - position < 4:
            raise PduError(why="an optional parameter ends too early")
        tag, length = unpack(body, position)
        position += 4 + length
        if position > end:
            raise PduError(why="an optional parameter ends too early")
        found[tag] = body[position - length : position]
    return found
