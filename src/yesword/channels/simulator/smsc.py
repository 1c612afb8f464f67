"""The simulated carrier's door for SMPP: the same network, phones, faults and log, behind binds and short messages.

Whoever binds gives the account as system id and, unless there is a password, the carrier's token. It joins the parts of a long text
before it takes it, as a phone would. How it misbehaves beyond what `behaviour` has is set when it starts.
"""

import asyncio
import enum
import hmac
import ssl
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from yesword.channels.ports import ReportState
from yesword.channels.simulator.network import ABSENT, INVALID_NUMBER, OPTED_OUT, Answers, Row
from yesword.channels.smpp import pdu, status
from yesword.channels.smpp.account import BindKind
from yesword.channels.smpp.addresses import ALPHANUMERIC, INTERNATIONAL, ISDN, NETWORK_SPECIFIC, NO_PLAN
from yesword.channels.smpp.alphabets import Alphabet, UnencodableError, decode, encode_gsm7, encode_ucs2
from yesword.channels.smpp.parts import Content, content_of
from yesword.channels.smpp.pdu import Frame, Frames, PduError, ShortMessage

if TYPE_CHECKING:
    from yesword.channels.simulator.carrier import Carrier

REFERENCE: Final = 0x1400  # an optional parameter of its own, in which it echoes the sender's reference
STATUSES: Final = {OPTED_OUT: 0x401, "unknown_subscriber": 0x402, "spam": 0x403}
OTHER_REFUSAL: Final = 0x4FF
_OWN_CODES: Final = {INVALID_NUMBER: status.RINVDSTADR, **STATUSES}
_BINDS: Final = {kind.value: kind for kind in BindKind}
_RECEIPT: Final = 0x04
_ABSENT_CAUSE: Final = bytes((3, 0, 27))  # a GSM network; absent subscriber
_WORDS: Final = {
    ReportState.DELIVERED: ("DELIVRD", 2),
    ReportState.FAILED: ("UNDELIV", 5),
    ReportState.EXPIRED: ("EXPIRED", 3),
    ReportState.REJECTED: ("REJECTD", 8),
    ReportState.UNKNOWN: ("UNKNOWN", 7),
}


class ReportForm(enum.StrEnum):
    TEXT = "text"
    TLV = "tlv"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class SmscSettings:
    port: int = 0
    ready_path: Path | None = None  # gets the port
    password: str | None = field(
        default=None, repr=False
    )  # instead of the token, which is longer than some can say
    certificate: Path | None = None  # with its key: speaks TLS
    client_authorities: Path | None = None  # wants a certificate of those who call
    report_form: ReportForm = ReportForm.BOTH
    has_decimal_reports: bool = False  # ids are hexadecimal when it takes a text, decimal when it reports
    garbage_after: int | None = None  # each connection gets nonsense after so many submits
    unbind_after: int | None = None  # each connection is unbound after so many submits
    is_deaf_to_enquiries: bool = False

    def tls_context(self) -> ssl.SSLContext | None:
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        if self.client_authorities is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.client_authorities)
        return context


class SmppConnection(asyncio.Protocol):
    """What `connection.Connection` is for the simulator's own protocol."""

    def __init__(self, carrier: "Carrier", settings: SmscSettings) -> None:
        self._carrier = carrier
        self._settings = settings
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None
        self._kind: BindKind | None = None
        self._open: dict[
            object, deque[int]
        ] = {}  # our reference of a text to the sequence numbers that it came with
        self._parts: dict[tuple[str, str, int, int], dict[int, str]] = {}
        self._part_ids = 0
        self._pieces: list[bytes] = []  # answers to what is being read, written together
        self.account = ""
        self.number = 0
        self.submits = 0
        self.is_cut = False
        self.brought: dict[int, tuple[str, float]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.number = self._carrier.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        self._carrier.left(self)

    def data_received(self, data: bytes) -> None:
        rows: list[Row] = []
        settled: dict[str, list[int]] = {"ack": [], "nack": []}
        for frame in self._frames.feed(data):
            command, told, sequence, _ = frame
            if command == pdu.SUBMIT_SM:
                self._submit(frame, rows)
            elif command == pdu.DELIVER_SM | pdu.RESPONSE:
                settled["ack" if told == status.ROK else "nack"].append(sequence)
            else:
                self._other(frame)
        if any(settled.values()):
            self._carrier.settle(self, settled)
        if rows:
            self._carrier.take(self, rows)
            self._misbehave()
        if self._frames.fault is not None:
            self._pieces.append(pdu.pdu(pdu.GENERIC_NACK, 0, status=0x02))
        self._flush()
        if self._frames.fault is not None:
            self.hang_up()

    def _other(self, frame: Frame) -> None:
        command, _, sequence, body = frame
        if command in _BINDS and self._kind is None:
            self._bind(_BINDS[command], sequence, body)
        elif command == pdu.ENQUIRE_LINK:
            if not self._settings.is_deaf_to_enquiries:
                self._pieces.append(pdu.pdu(command | pdu.RESPONSE, sequence))
        elif command == pdu.UNBIND:
            self._pieces.append(pdu.pdu(command | pdu.RESPONSE, sequence))
            self._flush()
            self.hang_up()
        elif not command & pdu.RESPONSE:
            self._pieces.append(pdu.pdu(pdu.GENERIC_NACK, sequence, status=status.RINVCMDID))

    def _bind(self, kind: BindKind, sequence: int, body: bytes) -> None:
        try:
            asked = pdu.read_bind(body)
        except PduError:
            self._frames.fault = PduError(why="a bind that cannot be read")
            return
        own = self._settings.password
        if own is None:
            is_right = self._carrier.is_token(asked.password)
        else:
            is_right = hmac.compare_digest(own.encode(), asked.password.encode())
        self._pieces.append(
            pdu.pdu(
                kind.value | pdu.RESPONSE,
                sequence,
                pdu.cstring("simulator"),
                status=status.ROK if is_right else status.RINVPASWD,
            )
        )
        if not is_right:
            self._flush()
            self.hang_up()
            return
        self._kind, self.account = kind, asked.system_id
        if kind is not BindKind.TRANSMITTER:
            self._flush()  # the answer to the bind goes before the first text
            self._carrier.receive(self)

    # Submits

    def _submit(self, frame: Frame, rows: list[Row]) -> None:
        _, _, sequence, body = frame
        try:
            message = pdu.read_short_message(body)
        except PduError:
            self._answer_submit(sequence, status.RINVMSGLEN)
            return
        if self._kind in {None, BindKind.RECEIVER}:
            self._answer_submit(sequence, status.RINVBNDSTS)
            return
        content = content_of(message)
        text = decode(content.octets, message.data_coding, Alphabet.GSM_7, fill_bits=content.fill_bits)
        number = message.destination
        if message.destination_ton == INTERNATIONAL:
            number = "+" + number.removeprefix("+")
        if content.place is not None:
            whole = self._joined(message, content, text)
            if whole is None:
                self._part_ids += 1
                self._answer_submit(sequence, status.ROK, f"part-{self.number}-{self._part_ids}")
                return
            text = whole
        echo = message.tlvs.get(REFERENCE, b"")
        ref = int(echo) if echo.isdigit() else sequence
        self._open.setdefault(ref, deque()).append(sequence)
        rows.append((ref, message.source, number, text))

    def _joined(self, message: ShortMessage, content: Content, text: str) -> str | None:
        """The whole text when its last part is here."""
        place = content.place
        assert place is not None, "only parts are joined"
        key = (message.source, message.destination, place.reference, place.total)
        known = self._parts.setdefault(key, {})
        known[place.number] = text
        if len(known) < place.total:
            return None
        del self._parts[key]
        return "".join(known[number] for number in sorted(known))

    def answer(self, answers: Answers) -> None:
        """To what the network made of texts; in one write with whatever else is to be said."""
        for ref, message_id in answers.accepted:
            self._answer_submit(self._sequence(ref), status.ROK, message_id)
        for ref, code in answers.refused:
            told = pdu.tlv(pdu.ADDITIONAL_STATUS_INFO_TEXT, code.encode("ascii", "replace") + b"\0")
            self._answer_submit(self._sequence(ref), _OWN_CODES.get(code, OTHER_REFUSAL), "", told)
        for ref in answers.throttled:
            self._answer_submit(self._sequence(ref), status.RTHROTTLED)
        self._flush()

    def _sequence(self, ref: object) -> int:
        sequences = self._open[ref]
        sequence = sequences.popleft()
        if not sequences:
            del self._open[ref]
        return sequence

    def _answer_submit(self, sequence: int, told: int, message_id: str = "", tlvs: bytes = b"") -> None:
        body = message_id.encode("ascii") + b"\0" + tlvs
        self._pieces.append(
            pdu.HEADER.pack(16 + len(body), pdu.SUBMIT_SM | pdu.RESPONSE, told, sequence) + body
        )

    def _misbehave(self) -> None:
        limit = self._settings.garbage_after
        if limit is not None and self.submits >= limit:
            self._pieces.append(b"GET / HTTP/1.1\r\n\r\n")
        limit = self._settings.unbind_after
        if limit is not None and self.submits >= limit:
            self._pieces.append(pdu.pdu(pdu.UNBIND, 1))

    # What it brings

    def bring(self, items: list[list[Any]]) -> None:
        for item in items:
            message = self._report(item) if item[1] == "report" else self._text(item)
            self._pieces.append(
                pdu.pdu(pdu.DELIVER_SM, item[0] & pdu.LAST_SEQUENCE, pdu.short_message_body(message))
            )
        self._flush()

    def _text(self, item: list[Any]) -> ShortMessage:
        _, _, message_id, number, address, text, _ = item
        try:
            content, coding = encode_gsm7(text), 0
        except UnencodableError:
            content, coding = encode_ucs2(text), 8
        return _addressed(
            number,
            address,
            content,
            coding=coding,
            tlvs={pdu.RECEIPTED_MESSAGE_ID: message_id.encode() + b"\0"},
        )

    def _report(self, item: list[Any]) -> ShortMessage:
        _, _, message_id, state, error, at_ms, ref = item
        if self._settings.has_decimal_reports:
            message_id = str(int(message_id, 16))
        word, number = _WORDS[ReportState(state)]
        done = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%y%m%d%H%M%S")
        form = self._settings.report_form
        content = (
            f"id:{message_id} sub:001 dlvrd:001 submit date:{done} done date:{done} stat:{word} err:000 text:"
            if form is not ReportForm.TLV
            else ""
        )
        tlvs = {}
        if form is not ReportForm.TEXT:
            tlvs = {
                pdu.RECEIPTED_MESSAGE_ID: message_id.encode() + b"\0",
                pdu.MESSAGE_STATE: bytes((number,)),
            }
        if error == ABSENT:
            tlvs[pdu.NETWORK_ERROR_CODE] = _ABSENT_CAUSE
        if ref is not None:
            tlvs[REFERENCE] = str(ref).encode("ascii")
        return _addressed("", "", content.encode("ascii"), coding=0, tlvs=tlvs, esm_class=_RECEIPT)

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces:
            self.write(b"".join(pieces))

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def cut(self) -> None:
        """As when the network breaks: nothing more is said, what was asked stays unanswered."""
        self.is_cut = True
        if self._transport is not None:
            self._transport.abort()


def _addressed(
    number: str, address: str, content: bytes, *, coding: int, tlvs: dict[int, bytes], esm_class: int = 0
) -> ShortMessage:
    is_number = address.removeprefix("+").isdigit()
    is_full = address.startswith("+")
    return ShortMessage(
        source=number.removeprefix("+"),
        source_ton=INTERNATIONAL,
        source_npi=ISDN,
        destination=address.removeprefix("+"),
        destination_ton=INTERNATIONAL if is_full else NETWORK_SPECIFIC if is_number else ALPHANUMERIC,
        destination_npi=ISDN if is_full else NO_PLAN,
        esm_class=esm_class,
        data_coding=coding,
        content=content,
        tlvs=tlvs,
    )
