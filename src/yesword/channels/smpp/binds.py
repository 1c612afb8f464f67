"""The binds of an account: opened when they are needed, kept alive when idle, opened again when they break.

A carrier that cannot be reached is tried again after pauses that double, each cut at random between nothing and its
whole (full jitter), so that the binds of many workers do not knock at the same moment.
"""

import contextlib
import random
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from yesword.channels.pace import Backoff
from yesword.channels.ports import CarrierUnreachableError, ChannelError
from yesword.channels.smpp.account import BindKind, SmppAccount
from yesword.channels.smpp.pdu import Frame
from yesword.channels.smpp.session import Session, open_session

log = structlog.get_logger("yesword.smpp")

_FIRST_S: Final = 0.2
_MOST_S: Final = 30.0
_GOODBYE_S: Final = 0.5  # for all binds together
_KEEPER_S: Final = 0.2  # how often idle binds are looked at


def _full_jitter() -> float:
    """For `Backoff`, which takes half of the pause for sure: brings its factor between nothing and one."""
    return 2.0 * random.random() - 1.0  # noqa: S311 - spreads knocks, no secret


class _Slot:
    """The place of one bind."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self.session: Session | None = None
        self.backoff = Backoff(first_s=_FIRST_S, most_s=_MOST_S, jitter=jitter)
        self.opening = threading.Lock()  # held while the carrier is asked: that may take seconds
        self.in_vain = 0  # binds in a row that were lost without a word from the carrier


class Binds:
    """Safe for threads: one may hand over on the sessions while another takes in from them."""

    def __init__(
        self,
        account: SmppAccount,
        kind: BindKind,
        *,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = _full_jitter,
    ) -> None:
        self._account = account
        self._kind = kind
        self._clock = clock
        self._slots = [_Slot(jitter) for _ in range(account.binds)]
        self._lock = threading.RLock()
        self._is_listening = False
        self._bell: tuple[socket.socket, socket.socket] | None = None  # rung when something came in
        self._keeper: threading.Thread | None = None
        self._over = threading.Event()
        self._orphans: deque[tuple[Session, Frame]] = deque()  # what lost sessions brought: it may be a stop
        self.failure: ChannelError | None = None

    @property
    def rests_s(self) -> float:
        """For how long no bind is up or will be tried."""
        if self.is_up:
            return 0.0
        now = self._clock()
        return min(slot.backoff.rests_s(now) for slot in self._slots)

    @property
    def is_up(self) -> bool:
        """Whether at least one bind stands."""
        return any(slot.session is not None and slot.session.lost is None for slot in self._slots)

    def live(self) -> list[Session]:
        """The binds that are up. If none is, one is opened, where its pause is over."""
        up = self._up()
        for slot in self._slots if not up else ():
            with slot.opening:
                is_up = slot.session is not None or self._open(slot)
            if is_up:
                return self._up()
            if isinstance(self.failure, CarrierUnreachableError):
                break  # the others would wait as long for the same
        return up

    def round(self, wait_s: float) -> None:
        """Look at every bind that no hand-over reads: take in what came, keep it alive, open what is down."""
        idle = [session for session in self._up() if not session.is_busy]
        for slot in self._slots:
            if slot.session is None and slot.opening.acquire(blocking=False):
                try:
                    if slot.session is None and self._open(slot) and slot.session is not None:
                        idle.append(slot.session)
                finally:
                    slot.opening.release()
        poll = select.poll()
        bell = self._bell if wait_s else None  # it rings for whoever waits
        if bell is not None:
            poll.register(bell[0], select.POLLIN)
        by_number = {}
        for session in idle:
            with contextlib.suppress(OSError, ValueError):  # the other thread has closed it just now
                poll.register(session, select.POLLIN | (select.POLLOUT if session.is_blocked else 0))
                by_number[session.fileno()] = session
        for number, _ in poll.poll(wait_s * 1000):
            if number in by_number:
                by_number[number].flush()
                by_number[number].read()
        if bell is not None:
            with contextlib.suppress(BlockingIOError):
                bell[0].recv(4096)
        for session in idle:
            if not session.is_busy:
                session.keep_alive()

    # Taking in

    def listen(self, *, is_on: bool) -> None:
        """Whether somebody takes in what carriers bring; while nobody does, they are asked to bring it again."""
        with self._lock:
            self._is_listening = is_on
            if is_on and self._bell is None:
                self._bell = socket.socketpair()
                for end in self._bell:
                    end.setblocking(False)
            elif not is_on and self._bell is not None:
                for end in self._bell:
                    end.close()
                self._bell = None
            for session in self._up():
                session.on_inbound = self._tell if is_on else None

    def inbound(self, most: int) -> list[tuple[Session, Frame]]:
        with self._lock:
            found = [self._orphans.popleft() for _ in range(min(most, len(self._orphans)))]
            for slot in self._slots:
                if slot.session is not None:
                    found += [(slot.session, frame) for frame in slot.session.inbound(most - len(found))]
            return found

    def _tell(self) -> None:
        bell = self._bell
        if bell is not None:
            with contextlib.suppress(OSError):  # full: it rings already
                bell[1].send(b".")

    # Their life

    def keep(self) -> None:
        """Keep idle binds alive in a thread of its own, until `close`."""
        with self._lock:
            if self._keeper is None or not self._keeper.is_alive():
                self._over.clear()
                self._keeper = threading.Thread(
                    target=self._keep, name=f"smpp-{self._account.name}", daemon=True
                )
                self._keeper.start()

    def _keep(self) -> None:
        while not self._over.wait(_KEEPER_S):
            self.round(0)

    def close(self) -> None:
        """Say goodbye on every bind. The next use opens others."""
        self._over.set()
        self._say_goodbye()
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.join()
            self._say_goodbye()  # to what it opened meanwhile

    def _say_goodbye(self) -> None:
        with self._lock:
            sessions = [slot.session for slot in self._slots if slot.session is not None]
            for session in sessions:
                session.start_goodbye()
            deadline = time.monotonic() + _GOODBYE_S
            for session in sessions:
                session.end_goodbye(deadline)
            for slot in self._slots:
                slot.session = None
                slot.in_vain = 0

    def _up(self) -> list[Session]:
        with self._lock:
            for slot in self._slots:
                session = slot.session
                if session is None:
                    continue
                if session.lost is None and not session.is_busy:
                    session.read()  # the carrier may have hung up meanwhile
                if session.lost is not None and not session.is_busy:
                    self._note_loss(slot, session)
            return [slot.session for slot in self._slots if slot.session is not None]

    def _note_loss(self, slot: _Slot, session: Session) -> None:
        slot.session = None
        self._orphans.extend((session, frame) for frame in session.inbound(1 << 30))
        slot.in_vain = 0 if session.has_spoken else slot.in_vain + 1
        if slot.in_vain > 1:  # it lets us in and throws us out
            slot.backoff.failed(self._clock())
        log.warning("smpp_bind_lost", account=self._account.name, reason=session.lost)

    def _open(self, slot: _Slot) -> bool:
        if slot.backoff.rests_s(self._clock()) > 0:
            return False
        try:
            session = open_session(
                self._account,
                self._kind,
                clock=self._clock,
                on_inbound=self._tell if self._is_listening else None,
            )
        except ChannelError as error:  # a certificate that cannot be read, too: somebody may mend it
            slot.backoff.failed(self._clock())
            if self.failure is None or self.failure.message != error.message:
                log.warning(
                    "smpp_bind_failed", account=self._account.name, code=error.code, reason=error.message
                )
            self.failure = error
            return False
        if slot.in_vain <= 1:
            slot.backoff.succeeded()
        self.failure = None
        with self._lock:
            slot.session = session
            if self._is_listening:
                session.on_inbound = self._tell
        log.info("smpp_bound", account=self._account.name, kind=self._kind.name.lower())
        return True
