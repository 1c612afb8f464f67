"""A carrier that does exactly what a test says, frame by frame, and the accounts with it."""

import contextlib
import select
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from yesword.channels import HandOver
from yesword.channels.smpp import SmppAccount, SmppChannel, pdu
from yesword.channels.smpp.pdu import Frames
from yesword.domain.decisions import Decision, Verdict

APPROVED = Decision(verdict=Verdict.SEND, at=datetime(2026, 3, 1, 9, tzinfo=UTC))
PATIENCE_S = 10


class Peer:
    """One bind, as the carrier sees it."""

    def __init__(self, sock):
        self.sock = sock
        sock.settimeout(PATIENCE_S)
        self.frames = Frames()
        self.got = []

    def next(self, command=None):
        """The next frame, or the next with this command; the others are passed over."""
        while True:
            while self.got:
                frame = self.got.pop(0)
                if command is None or frame[0] == command:
                    return frame
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionResetError("the client hung up")
            self.got += self.frames.feed(data)

    def last_words(self):
        """The commands that come until the client hangs up, which it must."""
        commands = []
        with contextlib.suppress(ConnectionResetError):
            while True:
                commands.append(self.next()[0])
        return commands

    def send(self, *frames):
        self.sock.sendall(b"".join(frames))

    def answer(self, frame, *, status=0, message_id=""):
        body = message_id.encode() + b"\0" if not status else b""
        self.send(pdu.pdu(frame[0] | pdu.RESPONSE, frame[2], body, status=status))

    def has_hung_up(self):
        """Whether the client is gone, and had not said more."""
        can_be_read, _, _ = select.select([self.sock], [], [], 0)
        return bool(can_be_read) and self.sock.recv(1, socket.MSG_PEEK) == b""

    def close(self):
        self.sock.close()


class Door:
    """Listens, and grants binds."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(PATIENCE_S)
        self.port = self.listening.getsockname()[1]
        self.peers = []

    def accept(self, *, status=0):
        """The next bind of somebody who still waits for it."""
        while True:
            sock, _ = self.listening.accept()
            peer = Peer(sock)
            self.peers.append(peer)
            asked = peer.next()
            if not peer.has_hung_up():
                break
        peer.asked = asked[0], pdu.read_bind(asked[3])
        peer.send(pdu.pdu(asked[0] | pdu.RESPONSE, asked[2], b"smsc\0", status=status))
        return peer

    def close(self):
        self.listening.close()
        for peer in self.peers:
            peer.close()


@pytest.fixture
def door():
    door = Door()
    yield door
    door.close()


@pytest.fixture
def account(door):
    def make(**settings):
        fixed = {
            "name": "main",
            "host": "127.0.0.1",
            "port": door.port,
            "system_id": "linde",
            "password": "secret",
            "max_per_second": 10_000,
            "window": 1_000,
            "answer_timeout_s": 5,
        }
        return SmppAccount(**(fixed | settings))

    return make


@pytest.fixture
def channels():
    """Makes channels that are closed at the end."""
    made = []

    def make(account, **settings):
        made.append(SmppChannel(account, **settings))
        return made[-1]

    yield make
    for channel in made:
        channel.close()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(4) as pool:
        yield pool


@contextlib.contextmanager
def receiving(receiver, handler):
    """A receiver at work in a thread of its own."""
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(receiver.run, handler, stop)
        try:
            yield running
        finally:
            stop.set()
        running.result(PATIENCE_S)


@pytest.fixture
def in_background():
    return receiving


@pytest.fixture
def handovers():
    def make(count, *, first=1, text="Hej!", number=None):
        return [
            HandOver(
                message_id=first + index,
                attempt_id=1000 + first + index,
                sender="800123",
                number=number or f"+467012{index:05d}",
                text=text,
                decision=APPROVED,
            )
            for index in range(count)
        ]

    return make
