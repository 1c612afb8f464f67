"""A witness that a partner or an auditor runs: the server of c2sp.org/tlog-witness, with no store of ours.

POST /add-checkpoint         a log asks for a cosignature
GET  /<origin hash>/checkpoint   what was cosigned last for a log
GET  /                       in plain words: which logs are watched, how far, and the witness's key
"""

import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.ledger.add_checkpoint import (
    MAX_REQUEST_BYTES,
    PATH,
    SIZE_TYPE,
    Refused,
    consider,
    read_request,
)
from yesword.ledger.checkpoint import VerifierKey
from yesword.ledger.cosignature import add_cosignatures, cosign
from yesword.proof.witness_folder import Head, keep_head, origin_hash, read_head, read_key

log = structlog.get_logger("yesword.witness")

_MAX_CONNECTIONS: Final = 64
_IDLE_S: Final = 10.0
_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: HTTPStatus
    body: str
    content_type: str = _TEXT


@dataclass(kw_only=True, slots=True)
class _Watched:
    """One log. The lock is held from the look at the head until the next one is on the disk, so that two requests cannot both continue the same head."""

    origin: str
    keys: tuple[VerifierKey, ...]
    head: Head | None
    lock: threading.Lock = field(default_factory=threading.Lock)


class WitnessDesk:
    """Decides, keeps and cosigns; one for a folder, which whoever makes it has locked."""

    def __init__(
        self,
        folder: Path,
        keys: Sequence[VerifierKey],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises NoWitnessKeyError, DamagedWitnessKeyError, DamagedWitnessHeadError."""
        self._folder = folder
        self._now = now
        self._signer = read_key(folder)
        self._watched = {
            origin: _Watched(
                origin=origin,
                keys=tuple(key for key in keys if key.name == origin),
                head=read_head(folder, origin, self._signer),
            )
            for origin in dict.fromkeys(key.name for key in keys)
        }

    def add_checkpoint(self, body: bytes) -> Reply:
        """Answers when what it cosigned is on the disk for good. Raises OSError when it cannot be kept; then nothing was cosigned."""
        try:
            request = read_request(body)
        except YeswordError as error:
            return Reply(status=HTTPStatus.BAD_REQUEST, body=f"{error.message}\n")
        watched = self._watched.get(request.origin)
        if watched is None:
            refused = consider(None, request, ())
            assert isinstance(refused, Refused)
            return _refusal(refused)
        with watched.lock:
            found = consider(watched.head.checkpoint if watched.head else None, request, watched.keys)
            if isinstance(found, Refused):
                if found.status is HTTPStatus.UNPROCESSABLE_ENTITY:
                    # Signed by the log, and no continuation of what we saw: it may prove that the log is false.
                    log.warning("refused", origin=watched.origin, checkpoint=request.checkpoint)
                return _refusal(found)
            at = self._now()
            line = cosign(found.checkpoint, self._signer, at)
            head = Head(checkpoint=found.checkpoint, at=at, note=add_cosignatures(found.note, line))
            keep_head(self._folder, head)
            watched.head = head
        log.info("cosigned", origin=watched.origin, size=head.checkpoint.size)
        return Reply(status=HTTPStatus.OK, body=line)

    def last_checkpoint(self, path: str) -> Reply:
        for watched in self._watched.values():
            if path == f"/{origin_hash(watched.origin)}/checkpoint" and watched.head:
                return Reply(status=HTTPStatus.OK, body=watched.head.note)
        return Reply(status=HTTPStatus.NOT_FOUND, body="Nothing is here. See / for what there is.\n")

    def describe(self) -> Reply:
        lines = [
            "A witness (c2sp.org/tlog-witness): it cosigns a log's checkpoints as long as each continues the last.",
            "",
            f"Its key: {self._signer.witness_key}",
            "",
            "It watches:",
        ]
        for watched in self._watched.values():
            head = watched.head
            lines += [
                "",
                watched.origin,
                *(f"  key   {key}" for key in watched.keys),
                f"  size  {head.checkpoint.size:,}, cosigned on {head.at:%Y-%m-%d %H:%M:%S} UTC: /{origin_hash(watched.origin)}/checkpoint"
                if head
                else "  size  nothing cosigned yet",
            ]
        return Reply(status=HTTPStatus.OK, body="\n".join(lines) + "\n")


def _refusal(refused: Refused) -> Reply:
    if refused.size is not None:
        return Reply(status=refused.status, body=f"{refused.size}\n", content_type=SIZE_TYPE)
    return Reply(status=refused.status, body=f"{refused.reason}\n")


class WitnessServer(ThreadingHTTPServer):
    """Raises OSError when the address is taken."""

    daemon_threads = True
    request_queue_size = _MAX_CONNECTIONS
    block_on_close = False

    def __init__(self, desk: WitnessDesk, host: str, port: int) -> None:
        self.desk = desk
        self._places = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address
        error = sys.exception()
        if not isinstance(error, OSError):  # whoever hung up is no trouble of ours
            log.error("request_failed", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"  # the protocol wants connections kept alive
    server_version = "yesword-witness"
    sys_version = ""
    timeout = _IDLE_S

    def do_GET(self) -> None:
        desk = self.server.desk
        self._reply(desk.describe() if self.path == "/" else desk.last_checkpoint(self.path))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or self.headers.get("Transfer-Encoding"):
            self._hang_up(HTTPStatus.LENGTH_REQUIRED, "A request tells its length.")
            return
        if len(length) > len(str(MAX_REQUEST_BYTES)) or int(length) > MAX_REQUEST_BYTES:
            self._hang_up(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has at most {MAX_REQUEST_BYTES} bytes."
            )
            return
        body = self.rfile.read(int(length))
        if self.path != PATH:
            self._reply(Reply(status=HTTPStatus.NOT_FOUND, body=f"Requests go to {PATH}.\n"))
            return
        try:
            reply = self.server.desk.add_checkpoint(body)
        except OSError:
            log.exception("not_kept")
            reply = Reply(
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
                body="The checkpoint could not be kept, so it was not cosigned.\n",
            )
        self._reply(reply)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        """Nothing: a line a request would hold addresses."""

    def _hang_up(self, status: HTTPStatus, body: str) -> None:
        self.close_connection = True  # what follows is not read
        self._reply(Reply(status=status, body=f"{body}\n"))

    def _reply(self, reply: Reply) -> None:
        data = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
