"""How the simulated carrier is spoken to: one compact JSON object a line, over TCP on the loopback.

The client opens with `{"hello":{"token":…,"role":"submit|receive|control","account":…}}` and gets
`{"welcome":{…}}` or `{"error":…}`. After that:

    submit    → {"submit":[[ref,from,to,text],…]}
              ← {"accepted":[[ref,id],…],"refused":[[ref,code],…],"throttled":[ref,…]}   (empty lists left out)
    receive   ← {"items":[[key,"text",id,number,address,text,at_ms],[key,"report",id,state,error,at_ms,ref],…]}
              → {"ack":[key,…],"nack":[key,…]}
    control   → {"id":n,"op":…,…}   ← {"id":n,"result":…} or {"id":n,"error":code,"detail":…}

A report echoes the `ref` of the submit that it is about, or null.
JSON is written in ASCII: a line ends only where a frame ends, and even half a surrogate pair gets through.
"""

import json
import select
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from yesword.channels.ports import (
    CarrierUnreachableError,
    ChannelError,
    DeliveryReport,
    InboundItem,
    InboundText,
    ReportState,
    SignInRefusedError,
)

Role = Literal["submit", "receive", "control"]
ROLES: Final = frozenset(("submit", "receive", "control"))

LONGEST_HELLO: Final = 4096  # bytes that a stranger may send
LONGEST_LINE: Final = 16 * 1024 * 1024
READ_SIZE: Final = 256 * 1024


class FrameError(ChannelError):
    """The simulated carrier and its client do not understand each other: {why}. Check that both have one version."""

    code = "frame"


_encoder = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_decoder = json.JSONDecoder()


def encode(frame: object) -> bytes:
    return _encoder.encode(frame).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    try:
        frame = _decoder.decode(line.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise FrameError(why="a line is no JSON") from error
    if not isinstance(frame, dict):
        raise FrameError(why="a line is no JSON object")
    return frame


class Lines:
    """Cuts a stream of bytes into lines."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.longest = longest
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole now, without their ends."""
        if b"\n" not in data:
            self._rest += data
            lines: list[bytes] = []
        else:
            *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self.longest or any(len(line) > self.longest for line in lines):
            raise FrameError(why=f"a line has more than {self.longest} bytes")
        return lines


def to_item(account: str, raw: list[Any]) -> InboundItem:
    """What a receiver hands on, from the form on the wire."""
    match raw:
        case [int(), "text", str(provider_id), str(number), str(address), str(text), int(at_ms)]:
            return InboundText(
                account=account,
                provider_id=provider_id,
                sender_number=number,
                to_address=address,
                text=text,
                received_at=datetime.fromtimestamp(at_ms / 1000, UTC),
            )
        case [
            int(),
            "report",
            str(provider_id),
            str(state),
            str() | None as error,
            int(at_ms),
            int() | None as ref,
        ]:
            return DeliveryReport(
                account=account,
                provider_id=provider_id,
                message_id=ref,
                state=ReportState(state),
                error_code=error,
                at=datetime.fromtimestamp(at_ms / 1000, UTC),
            )
    raise FrameError(why="an item of an unknown kind")


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """Where a simulated carrier listens, and the word that it wants to hear."""

    port: int
    token: str = field(repr=False)
    host: str = "127.0.0.1"
    connect_timeout_s: float = 2.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def connect(endpoint: Endpoint, role: Role, account: str = "") -> socket.socket:
    """A connection that has been let in.

    Raises CarrierUnreachableError or SignInRefusedError.
    """
    try:
        sock = socket.create_connection((endpoint.host, endpoint.port), timeout=endpoint.connect_timeout_s)
    except OSError as error:
        raise CarrierUnreachableError(endpoint=endpoint, why=error.strerror or "no answer") from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(encode({"hello": {"token": endpoint.token, "role": role, "account": account}}))
        answer = decode(_first_line(sock))
    except (OSError, FrameError) as error:
        sock.close()
        raise CarrierUnreachableError(endpoint=endpoint, why=str(error)) from error
    if "welcome" not in answer:
        sock.close()
        raise SignInRefusedError(endpoint=endpoint, why=answer.get("error", "no welcome"))
    return sock


def is_spent(sock: socket.socket) -> bool:
    """Whether the carrier hung up on an idle connection, or says what nobody asked for."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _first_line(sock: socket.socket) -> bytes:
    """One line and nothing after it: a receiver's first items may share a packet with the welcome."""
    line = b""
    while not line.endswith(b"\n"):
        waiting = sock.recv(LONGEST_HELLO, socket.MSG_PEEK)
        if not waiting or len(line) > LONGEST_HELLO:
            raise FrameError(why="no welcome came")
        line += sock.recv(waiting.find(b"\n") + 1 or len(waiting))
    return line
