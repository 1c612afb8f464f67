"""A wire between two processes that can be cut, left half-open, or slowed down: a TCP proxy on the loopback.

It is a process of its own (`python -m yesword.faults.wire`), told over its standard input and never disturbed itself.
What it reads it notes at once, whether or not it passes it on.
"""

import contextlib
import json
import os
import selectors
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yesword.faults.tap import Entry, Tap

PASS: Final = "pass"  # noqa: S105 - a mode of the wire
CUT: Final = "cut"
HALF_OPEN: Final = "half_open"
SLOW: Final = "slow"

_READ: Final = 256 * 1024
_CONNECT_S: Final = 0.5
_IDLE_S: Final = 0.5
_AT_ONCE: Final = struct.pack("ii", 1, 0)  # SO_LINGER: a reset instead of a farewell


@dataclass(kw_only=True, eq=False)
class End:
    """One of the two sockets of a connection, and what is on its way to it."""

    socket: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)  # when it is due, and what
    has_ended: bool = False  # it says nothing any more


@dataclass(kw_only=True, eq=False)
class Link:
    """One connection: ours and the peer's end."""

    near: End
    far: End
    tap: Tap | None
    is_dead: bool = False  # half-open: nothing is passed on any more

    def other(self, end: End) -> End:
        return self.far if end is self.near else self.near


@dataclass(kw_only=True, eq=False)
class Wire:
    """All connections through one port."""

    name: str
    listener: socket.socket
    target: tuple[str, int]
    is_tapped: bool = False
    mode: str = PASS
    delay_s: float = 0.0
    links: list[Link] = field(default_factory=list)


class Wires:
    """The loop over all wires, in one thread."""

    def __init__(self, log: Path | None = None) -> None:
        self._selector = selectors.DefaultSelector()
        self._wires: dict[str, Wire] = {}
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._log = None if log is None else os.open(log, flags, 0o600)
        self._is_over = False
        self._told = b""

    def add(self, name: str, target: tuple[str, int], *, is_tapped: bool = False) -> int:
        """A new wire to this address; the port at which it begins."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        listener.setblocking(False)
        wire = Wire(name=name, listener=listener, target=target, is_tapped=is_tapped)
        self._wires[name] = wire
        self._selector.register(listener, selectors.EVENT_READ, wire)
        return int(listener.getsockname()[1])

    def listen_to(self, orders: int) -> None:
        """Lines of JSON on this file: {"wire": …, "mode": …, "delay_s": …}. Its end is the end of all wires."""
        os.set_blocking(orders, False)
        self._selector.register(orders, selectors.EVENT_READ, None)

    def run(self) -> None:
        while not self._is_over:
            self._round()
        for wire in self._wires.values():
            wire.listener.close()
            for link in list(wire.links):
                self._drop(wire, link)
        if self._log is not None:
            os.close(self._log)

    def set_mode(self, name: str, mode: str, delay_s: float = 0.0) -> None:
        """What was cut, or left half-open before, never comes back: its connections are reset."""
        wire = self._wires[name]
        wire.mode, wire.delay_s = mode, delay_s if mode == SLOW else 0.0
        for link in list(wire.links):
            if mode == CUT or link.is_dead:
                self._drop(wire, link)
            elif mode == HALF_OPEN:
                link.is_dead = True
                link.near.waiting.clear()
                link.far.waiting.clear()

    def _round(self) -> None:
        ready = self._selector.select(self._rest_s())
        read: list[tuple[Wire, Link, End, bytes]] = []
        for key, mask in ready:
            if key.data is None:
                self._heed(key.fd)
            elif isinstance(key.data, Wire):
                self._meet(key.data)
            elif mask & selectors.EVENT_READ:
                wire, link, end = key.data
                if link in wire.links:
                    read.append((wire, link, end, _all_of(end)))
                    if end.has_ended:
                        self._selector.unregister(end.socket)  # it would be ready for ever
        self._note(read)
        for wire, link, end, data in read:
            if data and not link.is_dead:
                link.other(end).waiting.append((time.monotonic() + wire.delay_s, data))
        self._pass_on()

    def _rest_s(self) -> float:
        now = time.monotonic()
        ends = (end for wire in self._wires.values() for link in wire.links for end in (link.near, link.far))
        return max(0.0, min((end.waiting[0][0] - now for end in ends if end.waiting), default=_IDLE_S))

    def _note(self, read: Iterable[tuple[Wire, Link, End, bytes]]) -> None:
        """What was there together is noted with the texts first: they were written before what they were read with, or no
        later than it by more than a moment.
        """
        written: list[Entry] = []
        answered: list[Entry] = []
        for _, link, end, data in read:
            if link.tap is None or not data:
                continue
            if end is link.near:
                texts, answers = link.tap.from_us(data)
                written += texts
                answered += answers
            else:
                link.tap.from_peer(data)
        if self._log is not None and (written or answered):
            at = round(time.time(), 6)
            lines = (json.dumps({"at": at, **each}) + "\n" for each in (*written, *answered))
            os.write(self._log, "".join(lines).encode())

    def _pass_on(self) -> None:
        now = time.monotonic()
        for wire in self._wires.values():
            for link in list(wire.links):
                try:
                    is_over = self._pass_link(link, now)
                except OSError:
                    is_over = True
                if is_over:
                    self._drop(wire, link)

    def _pass_link(self, link: Link, now: float) -> bool:
        """Whether the connection is over: one end has, and all that it had said has been passed on."""
        for end in (link.near, link.far):
            while end.waiting and end.waiting[0][0] <= now:
                due, data = end.waiting.popleft()
                try:
                    sent = end.socket.send(data)
                except BlockingIOError:
                    sent = 0
                if sent < len(data):
                    end.waiting.appendleft((max(due, now + 0.005), data[sent:]))
                    break
        return any(end.has_ended and not link.other(end).waiting for end in (link.near, link.far))

    def _meet(self, wire: Wire) -> None:
        with contextlib.suppress(BlockingIOError):
            near, _ = wire.listener.accept()
            if wire.mode == CUT:
                _reset(near)
                return
            try:
                far = socket.create_connection(wire.target, timeout=_CONNECT_S)
            except OSError:
                _reset(near)
                return
            link = Link(near=End(socket=near), far=End(socket=far), tap=Tap() if wire.is_tapped else None)
            wire.links.append(link)
            for end in (link.near, link.far):
                end.socket.setblocking(False)
                end.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._selector.register(end.socket, selectors.EVENT_READ, (wire, link, end))

    def _drop(self, wire: Wire, link: Link) -> None:
        wire.links.remove(link)
        for end in (link.near, link.far):
            if not end.has_ended:
                self._selector.unregister(end.socket)
            _reset(end.socket)

    def _heed(self, orders: int) -> None:
        data = os.read(orders, _READ)
        if not data:
            self._is_over = True
            return
        *lines, self._told = (self._told + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            self.set_mode(order["wire"], order["mode"], float(order.get("delay_s", 0.0)))


def _all_of(end: End) -> bytes:
    """All that is there to be read."""
    pieces = []
    try:
        while True:
            piece = end.socket.recv(_READ)
            if not piece:
                end.has_ended = True
                break
            pieces.append(piece)
    except BlockingIOError:
        pass
    except OSError:
        end.has_ended = True
    return b"".join(pieces)


def _reset(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    sock.close()


def _begun(wires: Wires, wanted: Iterable[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for each in wanted:
        yield each["name"], wires.add(each["name"], (each["host"], each["port"]), is_tapped=each["is_tapped"])


def main() -> None:
    """What is first said on the standard input names the wires; what is printed then are their ports."""
    settings = json.loads(os.read(sys.stdin.fileno(), _READ))
    wires = Wires(Path(settings["log"]))
    print(json.dumps(dict(_begun(wires, settings["wires"]))), flush=True)  # noqa: T201 - what it is asked for
    wires.listen_to(sys.stdin.fileno())
    wires.run()


if __name__ == "__main__":
    main()
