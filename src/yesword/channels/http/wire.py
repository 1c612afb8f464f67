"""HTTP/1.1 in bytes: a request to write, and a reply that comes in pieces. Pure; the standard library parses.

What arrives is collected until it is a whole reply, and then read by `http.client`. Replies of providers are small.
"""

import http.client
import io
import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from yesword import __version__
from yesword.channels.http.provider import Reply, Request, UnreadableReplyError

if TYPE_CHECKING:
    import socket

LONGEST_REPLY: Final = 1024 * 1024
_LONGEST_HEAD: Final = 64 * 1024
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")
_TARGET: Final = re.compile(r"[\x21-\x7e]+")


class BadRequestError(UnreadableReplyError):
    """A request cannot be made: its {what} holds what may not stand there."""

    code = "carrier_request"


def to_bytes(request: Request) -> bytes:
    """The whole request. Raises BadRequestError where a header or the address could be taken for something else."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": parts.netloc,
        "User-Agent": f"yesword/{__version__}",
        "Accept": "application/json",
        "Content-Length": str(len(request.body)),
        **request.headers,
    }
    if not _TOKEN.fullmatch(request.method):
        raise BadRequestError(what="method")
    if not _TARGET.fullmatch(target):
        raise BadRequestError(what="address")
    for name, value in headers.items():
        if not (_TOKEN.fullmatch(name) and _VALUE.fullmatch(value)):
            raise BadRequestError(what=f"header {name[:40]!r}")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + request.body


class Replying:
    """The bytes of one reply, as they come."""

    def __init__(self, method: str) -> None:
        self._method = method
        self._data = bytearray()
        self._length: int | None = None  # of the head, once it is whole
        self._response: http.client.HTTPResponse
        self._has_ended = False
        self.stays_open = False  # whether another request may follow on this connection

    @property
    def has_begun(self) -> bool:
        return bool(self._data)

    def end(self) -> None:
        """The other side closed."""
        self._has_ended = True

    def feed(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > LONGEST_REPLY:
            raise UnreadableReplyError(what="it is too long")

    def reply(self) -> Reply | None:
        """The reply, once it is whole. Raises UnreadableReplyError for what is no HTTP, or is cut short."""
        reply = self._read()
        if reply is None and self._has_ended:
            raise UnreadableReplyError(what="it is cut short")
        return reply

    def _read(self) -> Reply | None:
        if self._length is None and (head := self._head()) is not None:
            self._response, self._length = _begin(self._data, self._method), head
        if self._length is None:
            return None
        response = self._response
        if not response.chunked and response.length is not None:
            whole = self._length + response.length
            if whole > LONGEST_REPLY:
                raise UnreadableReplyError(what="it is too long")
            if len(self._data) < whole:
                return None
            body = bytes(self._data[self._length : whole])
            self.stays_open = not response.will_close and len(self._data) == whole
        elif response.chunked:
            found = _unchunked(self._data, self._length)
            if found is None:
                return None
            body, end = found
            self.stays_open = not response.will_close and len(self._data) == end
        elif self._has_ended:
            body = bytes(self._data[self._length :])
        else:
            return None  # it lasts until the other side closes
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(status=response.status, headers=headers, body=body)

    def _head(self) -> int | None:
        """Its length, once it is whole. An interim "100 Continue" is taken off."""
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            if not self._data.startswith(_CONTINUE):
                return end + 4
            del self._data[: end + 4]
        if len(self._data) > _LONGEST_HEAD:
            raise UnreadableReplyError(what="its head is too long")
        return None


_CONTINUE: Final = b"HTTP/1.1 100"
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")


def _begin(data: bytearray, method: str) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(cast("socket.socket", _Bytes(data)), method=method)
    try:
        response.begin()
    except (http.client.HTTPException, ValueError) as error:
        raise UnreadableReplyError(what="it is no HTTP") from error
    return response


def _unchunked(data: bytearray, start: int) -> tuple[bytes, int] | None:
    """A body in chunks (RFC 9112, section 7.1) and where it ends; None while something is missing. Trailers are dropped.

    The standard library takes a stream that ends early for one that is whole.
    """
    body = bytearray()
    while (end := data.find(b"\r\n", start)) >= 0:
        size = bytes(data[start:end]).partition(b";")[0].strip()
        if not _SIZE.fullmatch(size):
            raise UnreadableReplyError(what="it is no HTTP")
        length, start = int(size, 16), end + 2
        if length == 0:
            last = data.find(b"\r\n\r\n", end)
            return None if last < 0 else (bytes(body), last + 4)
        if len(data) < start + length + 2:
            return None
        if data[start + length : start + length + 2] != b"\r\n":
            raise UnreadableReplyError(what="it is no HTTP")
        body += data[start : start + length]
        start += length + 2
    return None


class _Bytes:
    """What has arrived, in the form in which the standard library wants a connection."""

    def __init__(self, data: bytearray) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        del mode
        return io.BytesIO(self._data)
