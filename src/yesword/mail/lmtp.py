"""Taking letters as a mail server on this machine hands them on: LMTP (RFC 2033), one connection after the other.

Whoever takes a letter is asked before its text comes whether an address is anybody's, and after it whether anything could be
made of it: what is refused, the mail server tells its sender. A letter is only ours once it has been acted on.
"""

import contextlib
import re
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

import structlog

from yesword.domain.errors import YeswordError
from yesword.mail.reading import LARGEST
from yesword.mail.servers import Door

log = structlog.get_logger("yesword.lmtp")

MOST_RECIPIENTS: Final = 100
_LINE: Final = 2_000  # bytes; RFC 5321 asks for 512, and extensions for somewhat more
_PIECE: Final = 65_536
_PATIENCE_S: Final = 60.0  # with a mail server that says nothing
_POLL_S: Final = 0.5
_PATH: Final = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>(.*)", re.IGNORECASE | re.DOTALL)


class Taker(Protocol):
    def knows(self, recipient: str) -> bool:
        """Whether letters may come to this address."""

    def take(self, recipient: str, raw: bytes) -> bool:
        """Act on a letter. Whether anything could be made of it. What it raises is told as a trouble that will pass."""


class NoDoorError(YeswordError):
    """Letters cannot be taken at {where}: {why}."""

    code = "mail_no_door"


def serve(door: Door, taker: Taker, has_ended: threading.Event) -> None:
    """Take letters until told to stop. Raises NoDoorError."""
    with _listening(door) as server:
        server.taker, server.has_ended = taker, has_ended
        while not has_ended.is_set():
            server.handle_request()


@contextlib.contextmanager
def _listening(door: Door) -> Iterator["_Server"]:
    try:
        if door.path:
            _make_room(Path(door.path))
            server: _Server = _UnixServer(cast("Any", door.path), _Conversation)
            Path(door.path).chmod(0o660)  # the mail server is in our group, or is nobody that we know
        else:
            server = _Server((door.host, door.port), _Conversation)
    except OSError as error:
        raise NoDoorError(where=door.shown, why=error.strerror or type(error).__name__) from None
    with server:
        server.timeout = _POLL_S
        yield server
    if door.path:
        Path(door.path).unlink(missing_ok=True)


def _make_room(path: Path) -> None:
    """A socket that a dead process has left is nobody's; anything else stays."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe, contextlib.suppress(FileNotFoundError):
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(None, "another process listens there")


class _Server(socketserver.TCPServer):
    allow_reuse_address = True
    request_queue_size = 20
    taker: Taker
    has_ended: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        """A connection that broke: its mail server tries again."""
        log.warning("conversation_broke", code=type(sys.exception()).__name__)


class _UnixServer(_Server):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)


@dataclass(slots=True)
class _Envelope:
    has_sender: bool = False
    recipients: tuple[str, ...] = ()


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    timeout = _PATIENCE_S

    def handle(self) -> None:
        self._say("220 yesword LMTP")
        self._has_greeted, self._envelope = False, _Envelope()
        with contextlib.suppress(TimeoutError):
            while not self.server.has_ended.is_set():
                line = self.rfile.readline(_LINE + 1)
                if not line:
                    return
                if len(line) > _LINE:
                    self._say("500 5.5.2 That line is too long")
                    return
                words = line.decode("utf-8", "replace").rstrip("\r\n")
                verb, _, rest = words.partition(" ")
                if verb.upper() == "QUIT":
                    self._say("221 2.0.0 Bye")
                    return
                self._answer(verb.upper(), rest)
        self._say("421 4.3.2 Closing")

    def _answer(self, verb: str, rest: str) -> None:
        match verb:
            case "LHLO":
                self._has_greeted, self._envelope = True, _Envelope()
                self._say(
                    *("250-yesword", "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-8BITMIME"),
                    *("250-SMTPUTF8", f"250 SIZE {LARGEST}"),
                )
            case "HELO" | "EHLO":
                self._say("500 5.5.1 This is LMTP: LHLO")
            case "NOOP":
                self._say("250 2.0.0 Yes")
            case "RSET":
                self._envelope = _Envelope()
                self._say("250 2.0.0 Forgotten")
            case "VRFY":
                self._say("252 2.5.0 Try it")
            case _ if not self._has_greeted:
                self._say("503 5.5.1 LHLO first")
            case "MAIL":
                self._sender(rest)
            case "RCPT":
                self._recipient(rest)
            case "DATA":
                self._letter()
            case _:
                self._say("500 5.5.1 That is not known here")

    def _sender(self, rest: str) -> None:
        found = _PATH.fullmatch(rest)
        size = re.search(r"\bSIZE=(\d{1,12})\b", found[2], re.IGNORECASE) if found else None
        if found is None:
            self._say("501 5.5.4 MAIL FROM:<address>")
        elif self._envelope.has_sender:
            self._say("503 5.5.1 There is a sender already")
        elif size is not None and int(size[1]) > LARGEST:
            self._say("552 5.3.4 That is larger than any answer")
        else:
            self._envelope.has_sender = True
            self._say("250 2.1.0 Go on")

    def _recipient(self, rest: str) -> None:
        found = _PATH.fullmatch(rest)
        if found is None or not found[1]:
            self._say("501 5.5.4 RCPT TO:<address>")
        elif not self._envelope.has_sender:
            self._say("503 5.5.1 MAIL first")
        elif len(self._envelope.recipients) >= MOST_RECIPIENTS:
            self._say("452 4.5.3 Too many at once")
        elif not self.server.taker.knows(found[1]):
            self._say("550 5.1.1 Nobody has that address")
        else:
            self._envelope.recipients += (found[1],)
            self._say("250 2.1.5 Go on")

    def _letter(self) -> None:
        """An answer for each recipient, as LMTP has it."""
        recipients, self._envelope = self._envelope.recipients, _Envelope()
        if not recipients:
            self._say("503 5.5.1 RCPT first")
            return
        self._say("354 End with a dot on a line of its own")
        raw = self._read_letter()
        for recipient in recipients:
            self._say(self._taken(recipient, raw))

    def _taken(self, recipient: str, raw: bytes | None) -> str:
        if raw is None:
            return "552 5.3.4 That is larger than any answer"
        try:
            is_understood = self.server.taker.take(recipient, raw)
        except Exception:
            log.exception("letter_not_taken")
            return "451 4.3.0 Not now, try again later"
        if is_understood:
            return "250 2.6.0 Done"
        return "550 5.6.0 No program understood that letter: please write to a person"

    def _read_letter(self) -> bytes | None:
        """To the dot, however long it is; None: it is too long to be kept."""
        pieces: list[bytes] = []
        size, begins = 0, True
        while not ((piece := self.rfile.readline(_PIECE)) == b".\r\n" and begins):
            if not piece:
                raise ConnectionAbortedError("the letter has no end")
            size += len(piece)
            if size <= LARGEST:
                pieces.append(piece[1:] if begins and piece.startswith(b".") else piece)
            begins = piece.endswith(b"\n")
        return b"".join(pieces) if size <= LARGEST else None

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
