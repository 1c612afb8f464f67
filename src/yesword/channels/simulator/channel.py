"""The channel to the simulated carrier: a blocking client for a process with one thread that may be killed at any
moment.

No byte waits in user space for a better time: a frame is made and written right after the last look at what was
recalled, and only when the socket takes bytes.
"""

import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from yesword.channels.pace import Backoff, Pace
from yesword.channels.ports import (
    CONNECTION_LOST,
    NO_ANSWER,
    RECALL_EVERY_S,
    RECALLED,
    UNREACHABLE,
    CarrierUnreachableError,
    ChannelError,
    HandOver,
    HandOverOpenError,
    Outcome,
    OutcomeStatus,
    Recall,
    SignInRefusedError,
    refuse_repeats,
)
from yesword.channels.simulator.protocol import (
    READ_SIZE,
    Endpoint,
    FrameError,
    Lines,
    connect,
    decode,
    encode,
    is_spent,
)

_THROTTLED_REST_S: Final = 0.2


class SimulatorChannel:
    def __init__(
        self,
        endpoint: Endpoint,
        *,
        account: str = "simulator",
        takes_per_second: float = 20_000,
        window: int = 1_000,
        chunk: int = 100,
        answer_timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`window` texts may be unanswered; `chunk` of them share a frame. A carrier that answers nothing for
        `answer_timeout_s` while it owes an answer is given up.
        """
        self._endpoint = endpoint
        self._account = account
        self._window = window
        self._chunk = min(chunk, window)
        self._answer_timeout_s = answer_timeout_s
        self._clock = clock
        self._pace = Pace(takes_per_second)
        self._backoff = Backoff()
        self._throttled_until = 0.0
        self._failure: ChannelError | None = None
        self._socket: socket.socket | None = None
        self._lines = Lines()
        self._is_open = False  # a hand-over is being read

    @property
    def takes_per_second(self) -> float:
        return self._pace.per_second

    @property
    def answers_in_s(self) -> float:
        return self._pace.answers_in_s

    @property
    def rests_s(self) -> float:
        now = self._clock()
        return max(self._backoff.rests_s(now), self._throttled_until - now, 0.0)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def submit(self, handovers: Sequence[HandOver], *, recall: Recall | None = None) -> Iterator[Outcome]:
        if self._is_open:
            raise HandOverOpenError(channel=self._account)
        refuse_repeats(handovers)
        if not handovers:
            return
        self._is_open = True
        try:
            try:
                sock = self._connected()
            except ChannelError as error:
                for handover in handovers:
                    yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, UNREACHABLE, error.message)
                return
            run = _Run(handovers, sock, self._lines, recall, self._clock, self._window, self._chunk)
            is_whole = False
            try:
                yield from run.outcomes(self._answer_timeout_s)
                is_whole = run.lost is None
            finally:
                if not is_whole:
                    self.close()  # lost, or the reader went away: late answers must not meet the next hand-over
            self._learn(run)
        finally:
            self._is_open = False

    def _learn(self, run: "_Run") -> None:
        if run.throttled:
            self._pace.slow_down()
            self._throttled_until = self._clock() + _THROTTLED_REST_S
        elif run.lost is None:
            self._pace.learn(
                after_first=run.answered_after_first,
                spread_s=run.answer_spread_s,
                first_s=run.first_answer_s,
            )

    def _connected(self) -> socket.socket:
        """The connection, opened if need be.

        Raises CarrierUnreachableError or SignInRefusedError; between two attempts it raises the last one again.
        """
        if self._socket is not None and is_spent(self._socket):
            self.close()
        if self._socket is not None:
            return self._socket
        if self._failure is not None and self._backoff.rests_s(self._clock()) > 0:
            raise self._failure
        try:
            self._socket = connect(self._endpoint, "submit", self._account)
        except (CarrierUnreachableError, SignInRefusedError) as error:
            self._backoff.failed(self._clock())
            self._failure = error
            raise
        self._backoff.succeeded()
        self._failure = None
        self._socket.setblocking(False)
        self._lines = Lines()
        return self._socket


class _Run:
    """One hand-over on one connection: what waits, what is written, what is answered."""

    def __init__(
        self,
        handovers: Sequence[HandOver],
        sock: socket.socket,
        lines: Lines,
        recall: Recall | None,
        clock: Callable[[], float],
        window: int,
        chunk: int,
    ) -> None:
        self._waiting = deque(handovers)
        self._unanswered: dict[int, HandOver] = {}
        self._frame = memoryview(b"")  # the rest of a frame of which some bytes are written
        self._socket = sock
        self._lines = lines
        self._recall = recall
        self._clock = clock
        self._window = window
        self._chunk = chunk
        self._began_at = clock()
        self._first_answer_at: float | None = None
        self._is_full = False  # the socket took no byte of a frame; wait until it does
        self.lost: str | None = None  # why the connection is of no use any more
        self.throttled = 0
        self.answered_after_first = 0
        self.answer_spread_s = 0.0
        self.first_answer_s = 0.0

    def outcomes(self, answer_timeout_s: float) -> Iterator[Outcome]:
        poll = select.poll()
        moved_at = self._clock()
        while self._waiting or self._unanswered:
            if back := self._recalled():
                yield from back
                continue  # the reader may have taken its time: look again before a byte goes out
            if self._frame or self._may_write():
                try:
                    moved_at = self._clock() if self._write() else moved_at
                except OSError:
                    yield from self._last_answers()
                    self.lost = CONNECTION_LOST
            if self.lost:
                yield from self._all_lost()
                return
            is_blocked = self._is_full or bool(self._frame)
            poll.register(self._socket, select.POLLIN | (select.POLLOUT if is_blocked else 0))
            ready = poll.poll(0 if self._may_write() else RECALL_EVERY_S * 1000)
            happened = ready[0][1] if ready else 0
            if happened & select.POLLOUT:
                self._is_full = False
            if happened & ~select.POLLOUT:
                moved_at = self._clock()
                yield from self._read()
            elif self._clock() - moved_at > answer_timeout_s:
                self.lost = NO_ANSWER

    def _may_write(self) -> bool:
        """Whether a new frame may be begun."""
        return (
            bool(self._waiting)
            and len(self._unanswered) < self._window
            and not (self._frame or self._is_full or self.lost)
        )

    def _recalled(self) -> list[Outcome]:
        """Ask what is recalled, and take it out of what waits."""
        if self._recall is None or not self._waiting or not (recalled := self._recall()):
            return []
        kept: deque[HandOver] = deque()
        back: list[Outcome] = []
        for handover in self._waiting:
            if handover.message_id in recalled:
                back.append(Outcome.of(handover, OutcomeStatus.UNWRITTEN, RECALLED))
            else:
                kept.append(handover)
        self._waiting = kept
        return back

    def _write(self) -> bool:
        """Write the rest of a frame, or a new one; says whether a byte went out."""
        if self._is_full:
            return False
        if self._frame:
            try:
                self._frame = self._frame[self._socket.send(self._frame) :]
            except BlockingIOError:
                self._is_full = True
                return False
            return True
        size = min(self._chunk, self._window - len(self._unanswered), len(self._waiting))
        chunk = list(islice(self._waiting, size))
        frame = encode({"submit": [(h.message_id, h.sender, h.number, h.text) for h in chunk]})
        try:
            sent = self._socket.send(frame)
        except BlockingIOError:  # not a byte went out, so all of it may still be recalled
            self._is_full = True
            return False
        for handover in chunk:
            self._waiting.popleft()
            self._unanswered[handover.message_id] = handover
        self._frame = memoryview(frame)[sent:]
        return True

    def _read(self) -> list[Outcome]:
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self.lost = CONNECTION_LOST
            return []
        outcomes: list[Outcome] = []
        try:
            for line in self._lines.feed(data):
                self._note(decode(line), outcomes)
        except (FrameError, KeyError, TypeError, ValueError):
            self.lost = CONNECTION_LOST  # a carrier that talks nonsense: what is unanswered stays unknown
        now = self._clock()
        if self._first_answer_at is None:
            self._first_answer_at = now
            self.first_answer_s = now - self._began_at
        else:
            self.answered_after_first += len(outcomes)
            self.answer_spread_s = now - self._first_answer_at
        return outcomes

    def _last_answers(self) -> list[Outcome]:
        """What the carrier still said before it hung up on a write."""
        outcomes: list[Outcome] = []
        while not self.lost:
            read = self._read()
            outcomes += read
            if not read:
                break
        return outcomes

    def _note(self, answer: dict[str, Any], outcomes: list[Outcome]) -> None:
        take = self._unanswered.pop
        for ref, provider_id in answer.get("accepted", ()):
            outcomes.append(
                Outcome(
                    message_id=ref,
                    attempt_id=take(ref).attempt_id,
                    status=OutcomeStatus.ACCEPTED,
                    provider_id=provider_id,
                )
            )
        for ref, code in answer.get("refused", ()):
            outcomes.append(Outcome.of(take(ref), OutcomeStatus.REFUSED, code))
        for ref in answer.get("throttled", ()):
            outcomes.append(Outcome.of(take(ref), OutcomeStatus.THROTTLED))
            self.throttled += 1

    def _all_lost(self) -> Iterator[Outcome]:
        for handover in self._unanswered.values():
            yield Outcome.of(handover, OutcomeStatus.UNKNOWN, self.lost)
        for handover in self._waiting:
            yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, self.lost)
        self._unanswered.clear()
        self._waiting.clear()
