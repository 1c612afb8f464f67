"""Connections that are kept: opened in threads of their own, looked at before they are used, closed when they are old.

What may block (a name to look up, a connection, a handshake) happens in a thread that never sees a text. What comes out
is a socket that does not block.
"""

import contextlib
import queue
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from yesword.channels.ports import CarrierUnreachableError

_OLDEST_IDLE_S: Final = 20.0  # many providers close after 60, some after 30
_PORTS: Final = {"https": 443, "http": 80}


class Connections:
    """Of one account, to one host. Used by one thread."""

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float,
        context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self.port = parts.port or _PORTS.get(parts.scheme, 443)
        self._is_tls = parts.scheme != "http"
        self._context = context
        self._timeout_s = timeout_s
        self._clock = clock
        self._idle: list[tuple[socket.socket, float]] = []  # the one used last is used next
        self._opened: queue.SimpleQueue[socket.socket | OSError] = queue.SimpleQueue()
        self.opening = 0
        self._round = 0  # grows with each `close`: what was begun before is of no use then
        self._lock = threading.Lock()
        # A thread that opened one says so here, so that whoever waits on sockets wakes up.
        self._bells: tuple[socket.socket, socket.socket] | None = None

    @property
    def bell(self) -> socket.socket:
        """Can be read once there is something to `meet`."""
        return self._make_bell()[0]

    def _make_bell(self) -> tuple[socket.socket, socket.socket]:
        if self._bells is None:
            self._bells = socket.socketpair()
            for each in self._bells:
                each.setblocking(False)
        return self._bells

    @property
    def idle(self) -> int:
        return len(self._idle)

    def open(self, count: int) -> None:
        """Begin to open so many."""
        self._make_bell()
        for _ in range(count):
            self.opening += 1
            threading.Thread(
                target=self._open, args=(self._round,), name=f"open-{self.host}", daemon=True
            ).start()

    def meet(self) -> OSError | None:
        """Take in what was opened since. The last failure, if there was one."""
        if self._bells is not None:
            with contextlib.suppress(BlockingIOError):
                while self._bells[0].recv(4096):
                    pass
        failure: OSError | None = None
        with contextlib.suppress(queue.Empty):
            while True:
                found = self._opened.get_nowait()
                self.opening -= 1
                if isinstance(found, OSError):
                    failure = found
                else:
                    self._idle.append((found, self._clock()))
        return failure

    def take(self) -> socket.socket | None:
        """One on which a request can be written now; None where there is none."""
        while self._idle:
            sock, since = self._idle.pop()
            if self._clock() - since <= _OLDEST_IDLE_S and not _is_spent(sock):
                return sock
            sock.close()
        return None

    def tidy(self) -> None:
        """Let go of those that the other side has closed, or that are old."""
        kept = []
        for sock, since in self._idle:
            if self._clock() - since <= _OLDEST_IDLE_S and not _is_spent(sock):
                kept.append((sock, since))
            else:
                sock.close()
        self._idle = kept

    def give_back(self, sock: socket.socket) -> None:
        self._idle.append((sock, self._clock()))

    def wait(self, seconds: float) -> None:
        """For something to `meet`."""
        poll = select.poll()
        poll.register(self.bell, select.POLLIN)
        poll.poll(seconds * 1000)

    def close(self) -> None:
        with self._lock:
            self._round += 1
            self.meet()
            self.opening = 0
            for sock, _ in self._idle:
                sock.close()
            self._idle.clear()
            for each in self._bells or ():
                each.close()
            self._bells = None

    def unreachable(self, failure: OSError) -> CarrierUnreachableError:
        why = failure.strerror or type(failure).__name__
        return CarrierUnreachableError(endpoint=f"{self.host}:{self.port}", why=why)

    def _open(self, asked_in: int) -> None:
        try:
            found: socket.socket | OSError = self._connected()
        except OSError as error:
            found = error
        except ValueError as error:  # a host that is no name
            found = OSError(0, str(error))
        with self._lock:
            if asked_in == self._round:
                self._opened.put(found)
                if self._bells is not None:
                    with contextlib.suppress(BlockingIOError):  # it has been rung often enough
                        self._bells[1].send(b"!")
            elif not isinstance(found, OSError):
                found.close()

    def _connected(self) -> socket.socket:
        sock = socket.create_connection((self.host, self.port), timeout=self._timeout_s)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._is_tls:
                context = self._context or ssl.create_default_context()
                sock = context.wrap_socket(sock, server_hostname=self.host)
            sock.setblocking(False)
        except OSError:
            sock.close()
            raise
        return sock


def _is_spent(sock: socket.socket) -> bool:
    """Whether the other side has closed an idle connection, or says what nobody asked for."""
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    except OSError:
        return True
    return True
