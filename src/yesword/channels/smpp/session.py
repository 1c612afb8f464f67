"""One bind: a connection that has been let in, its frames both ways, and its signs of life.

The thread that hands over and the thread that takes in may share one; whoever reads sorts what comes for both. No
submit waits in user space: a frame is made when the socket takes bytes, and only the rest of what was begun is kept.
"""

import contextlib
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from yesword.channels.ports import (
    CONNECTION_LOST,
    NO_ANSWER,
    CarrierUnreachableError,
    SignInRefusedError,
)
from yesword.channels.smpp import pdu, status
from yesword.channels.smpp.account import BindKind, SmppAccount
from yesword.channels.smpp.pdu import Frame, Frames
from yesword.channels.smpp.status import Meaning, status_of

READ_SIZE: Final = 256 * 1024
_READS: Final = 8  # in a row, so that one carrier does not keep the others waiting
_MOST_INBOX: Final = 5_000  # texts and reports that nobody took yet; more are asked to come again
_MOST_UNSENT: Final = 1024 * 1024  # octets of our answers to a carrier that does not read them
_SUBMIT_ANSWER: Final = pdu.SUBMIT_SM | pdu.RESPONSE
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Session:
    def __init__(
        self,
        account: SmppAccount,
        sock: socket.socket,
        *,
        clock: Callable[[], float] = time.monotonic,
        on_inbound: Callable[[], None] | None = None,
    ) -> None:
        """`on_inbound` is told when texts or reports wait; without it they are asked to come again."""
        self._account = account
        self._socket = sock
        self._is_tls = isinstance(sock, ssl.SSLSocket)
        self._clock = clock
        self.on_inbound = on_inbound
        self._lock = threading.RLock()
        self._frames = Frames()
        self._rest = b""
        self._sequence = 1  # 1 was the bind
        self._answers: list[Frame] = []
        self._inbox: deque[Frame] = deque()
        self._heard_at = clock()
        self._enquired_at: float | None = None
        self._is_unbound = False
        self.is_busy = False  # a hand-over reads it; others leave it alone
        self.has_spoken = False  # since it granted the bind
        self.lost: str | None = None  # why it is of no use any more

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def is_blocked(self) -> bool:
        """Whether something that was begun still waits for the socket."""
        return bool(self._rest)

    def sequences(self, count: int) -> int:
        """The first of `count` sequence numbers that nobody else gets."""
        with self._lock:
            if self._sequence + count >= pdu.LAST_SEQUENCE:
                self._sequence = 0
            first = self._sequence + 1
            self._sequence += count
            return first

    # Writing

    def begin(self, data: bytes) -> bool:
        """Write new frames, if the socket takes any of it. False: not one byte went out."""
        with self._lock:
            if self.lost or self._rest:
                return False
            try:
                sent = self._socket.send(data)
            except BlockingIOError:
                return False
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                sent = 0  # TLS may have sealed it already: from here on it counts as written
            except OSError:
                self._read_last()
                self.lose(CONNECTION_LOST)
                return self._is_tls
            self._rest = data[sent:]
            return True

    def flush(self) -> bool:
        """Go on with what was begun; says whether a byte went out."""
        with self._lock:
            if not self._rest or self.lost:
                return False
            try:
                sent = self._socket.send(self._rest)
            except _NOT_NOW:
                return False
            except OSError:
                self._read_last()
                self.lose(CONNECTION_LOST)
                return False
            self._rest = self._rest[sent:]
            return sent > 0

    def control(self, data: bytes) -> None:
        """Write frames that may wait: answers to the carrier, signs of life."""
        with self._lock:
            if self.lost:
                return
            self._rest += data
            if len(self._rest) > _MOST_UNSENT:
                self.lose(CONNECTION_LOST)
            else:
                self.flush()

    # Reading

    def read(self) -> None:
        """Take in and sort what came."""
        with self._lock:
            for _ in range(_READS):
                if self.lost or not self._read_once():
                    return
            # TLS keeps what it has opened to itself, where no poll sees it.
            while isinstance(self._socket, ssl.SSLSocket) and not self.lost and self._socket.pending():
                self._read_once()

    def _read_once(self) -> bool:
        """Says whether there may be more."""
        try:
            data = self._socket.recv(READ_SIZE)
        except _NOT_NOW:
            return False
        except OSError:
            data = b""
        if not data:
            self.lose(CONNECTION_LOST)
            return False
        self.heard(data)
        return self._is_tls or len(data) == READ_SIZE

    def heard(self, data: bytes) -> None:
        """Sort what came. A carrier that talks nonsense is left: what it has not answered stays unknown."""
        self._heard_at = self._clock()
        self._enquired_at = None
        self.has_spoken = True
        for frame in self._frames.feed(data):
            self.sort(frame)
        if self._frames.fault is not None:
            self.lose(CONNECTION_LOST)

    def cut(self, data: bytes) -> list[Frame]:
        """The frames in what came before the bind was granted. Raises OSError where it is nonsense."""
        frames = self._frames.feed(data)
        if self._frames.fault is not None:
            raise ConnectionAbortedError(None, "it does not speak SMPP")
        return frames

    def sort(self, frame: Frame) -> None:
        command, _, sequence, _ = frame
        if command == _SUBMIT_ANSWER:
            self._answers.append(frame)
        elif command in {pdu.DELIVER_SM, pdu.DATA_SM}:
            if self.on_inbound is None or len(self._inbox) >= _MOST_INBOX:
                self.control(answer_to(frame, status.RX_T_APPN))
            else:
                self._inbox.append(frame)
                if len(self._inbox) == 1:
                    self.on_inbound()
        elif command == pdu.ENQUIRE_LINK:
            self.control(pdu.pdu(command | pdu.RESPONSE, sequence))
        elif command == pdu.GENERIC_NACK:
            self._answers.append(frame)
        elif command == pdu.UNBIND:
            self.control(pdu.pdu(command | pdu.RESPONSE, sequence))
            self.lose(CONNECTION_LOST)
        elif command == pdu.UNBIND | pdu.RESPONSE:
            self._is_unbound = True
        elif not command & pdu.RESPONSE and command != pdu.ALERT_NOTIFICATION:
            self.control(pdu.pdu(pdu.GENERIC_NACK, sequence, status=status.RINVCMDID))

    def answers(self) -> list[Frame]:
        """The answers to submits since the last call."""
        if not self._answers:
            return []
        with self._lock:
            answers, self._answers = self._answers, []
        return answers

    @property
    def has_answers(self) -> bool:
        return bool(self._answers)

    def inbound(self, most: int) -> list[Frame]:
        """Texts and reports that came, oldest first; each is to be answered."""
        with self._lock:
            return [self._inbox.popleft() for _ in range(min(most, len(self._inbox)))]

    def _read_last(self) -> None:
        """What the carrier still said before it hung up on a write."""
        with contextlib.suppress(OSError):
            while data := self._socket.recv(READ_SIZE):
                self.heard(data)

    # Its life

    def keep_alive(self) -> None:
        """Ask an idle carrier whether it is there; give up one that does not say so."""
        with self._lock:
            now = self._clock()
            if self._enquired_at is not None:
                if now - self._enquired_at > self._account.answer_timeout_s:
                    self.lose(NO_ANSWER)
            elif now - self._heard_at > self._account.enquire_every_s:
                self._enquired_at = now
                self.control(pdu.pdu(pdu.ENQUIRE_LINK, self.sequences(1)))

    def lose(self, why: str) -> None:
        """It is of no use any more: hang up. What came until now can still be taken."""
        with self._lock:
            if self.lost is None:
                self.lost = why
                self._socket.close()

    def start_goodbye(self) -> None:
        """Say that we go. What the carrier brings from here on is better brought to another bind."""
        with self._lock:
            self.on_inbound = None
            self.control(pdu.pdu(pdu.UNBIND, self.sequences(1)))

    def end_goodbye(self, deadline: float) -> None:
        """Wait until the carrier has said it, too, or until `deadline` of the monotonic clock; then hang up."""
        with self._lock:
            while self.lost is None and not self._is_unbound and (left := deadline - time.monotonic()) > 0:
                poll = select.poll()
                poll.register(self, select.POLLIN)
                poll.poll(left * 1000)
                self.read()
            self.lose(CONNECTION_LOST)


def answer_to(frame: Frame, with_status: int) -> bytes:
    """The answer to a deliver_sm or data_sm; its message id is always empty."""
    command, _, sequence, _ = frame
    return pdu.pdu(command | pdu.RESPONSE, sequence, b"\0", status=with_status)


def open_session(
    account: SmppAccount,
    kind: BindKind,
    *,
    clock: Callable[[], float] = time.monotonic,
    on_inbound: Callable[[], None] | None = None,
) -> Session:
    """A bind that the carrier has granted.

    Raises CarrierUnreachableError or SignInRefusedError.
    """
    deadline = time.monotonic() + account.connect_timeout_s
    try:
        sock = _connected(account)
    except OSError as error:  # of TLS, too
        raise CarrierUnreachableError(
            endpoint=account.endpoint, why=error.strerror or str(error) or "no answer"
        ) from error
    session = Session(account, sock, clock=clock, on_inbound=on_inbound)
    try:
        sock.sendall(
            pdu.bind(
                kind.value,
                1,
                system_id=account.system_id,
                password=account.password,
                system_type=account.system_type,
                address_range=account.address_range,
            )
        )
        answer, others = _answer_to_bind(sock, kind.value | pdu.RESPONSE, deadline, session)
    except OSError as error:
        session.lose(NO_ANSWER)
        raise CarrierUnreachableError(
            endpoint=account.endpoint, why=error.strerror or "no answer to the bind"
        ) from error
    told = status_of(answer[1])
    if told.meaning is not Meaning.TAKEN:
        session.lose(CONNECTION_LOST)
        kind_of_error = SignInRefusedError if told.meaning is Meaning.SIGN_IN else CarrierUnreachableError
        raise kind_of_error(endpoint=account.endpoint, why=str(told))
    sock.setblocking(False)
    for frame in others:
        session.sort(frame)
    return session


def _connected(account: SmppAccount) -> socket.socket:
    context = None if account.tls is None else account.tls.context()
    sock = socket.create_connection((account.host, account.port), timeout=account.connect_timeout_s)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is None or account.tls is None:
            return sock
        return context.wrap_socket(sock, server_hostname=account.tls.server_name or account.host)
    except BaseException:
        sock.close()
        raise


def _answer_to_bind(
    sock: socket.socket, wanted: int, deadline: float, session: Session
) -> tuple[Frame, list[Frame]]:
    """The carrier's answer, and the frames that it sent right behind it."""
    while (left := deadline - time.monotonic()) > 0:
        sock.settimeout(left)
        data = sock.recv(READ_SIZE)
        if not data:
            raise ConnectionResetError(None, "it hung up")
        frames = session.cut(data)
        for index, frame in enumerate(frames):
            if frame[0] in {wanted, pdu.GENERIC_NACK}:
                return frame, frames[index + 1 :]
    raise TimeoutError
