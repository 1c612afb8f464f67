"""The receiving end at the simulated carrier: acknowledges an item only when its handler has it safe."""

import random
import select
import socket
import threading
import time
from typing import Any, Final

from yesword.channels.pace import Backoff
from yesword.channels.ports import CarrierUnreachableError, Handler
from yesword.channels.simulator.protocol import (
    READ_SIZE,
    Endpoint,
    FrameError,
    Lines,
    connect,
    decode,
    encode,
    to_item,
)

_STOP_SEEN_WITHIN_S: Final = 0.05
_ACKNOWLEDGE_WITHIN_S: Final = 5.0


class SimulatorReceiver:
    def __init__(self, endpoint: Endpoint, *, account: str = "simulator") -> None:
        self._endpoint = endpoint
        self._account = account
        self._backoff = Backoff(jitter=random.random)
        self.is_listening = False

    def run(self, handler: Handler, stop: threading.Event) -> None:
        """As the port says. Raises SignInRefusedError: a wrong token does not heal by waiting."""
        while not stop.is_set():
            try:
                sock = connect(self._endpoint, "receive", self._account)
            except CarrierUnreachableError:
                stop.wait(self._backoff.failed(time.monotonic()))
                continue
            with sock:
                try:
                    self.is_listening = True
                    self._receive(sock, handler, stop)
                except _HungUp:
                    self.is_listening = False
                    stop.wait(self._backoff.failed(time.monotonic()))

    def _receive(self, sock: socket.socket, handler: Handler, stop: threading.Event) -> None:
        sock.settimeout(_ACKNOWLEDGE_WITHIN_S)
        lines = Lines()
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        while not stop.is_set():
            if not poll.poll(_STOP_SEEN_WITHIN_S * 1000):
                continue
            raw = self._read(sock, lines)
            if not raw:
                continue
            self._backoff.succeeded()
            try:
                items = [to_item(self._account, item) for item in raw]
            except (FrameError, ValueError) as error:
                raise _HungUp from error
            verdicts = handler(items)
            assert len(verdicts) == len(items), "one answer for each item"
            done = [item[0] for item, is_done in zip(raw, verdicts, strict=True) if is_done]
            refused = [item[0] for item, is_done in zip(raw, verdicts, strict=True) if not is_done]
            try:
                sock.sendall(encode({"ack": done, "nack": refused}))
            except OSError as error:
                raise _HungUp from error

    def _read(self, sock: socket.socket, lines: Lines) -> list[list[Any]]:
        """The items of all frames that are whole by now."""
        try:
            data = sock.recv(READ_SIZE)
            if not data:
                raise _HungUp
            return [item for line in lines.feed(data) for item in decode(line)["items"]]
        except (OSError, FrameError, KeyError, TypeError) as error:
            raise _HungUp from error


class _HungUp(Exception):  # noqa: N818 - it never leaves this module
    """The connection is of no use any more; what was not acknowledged comes again."""
