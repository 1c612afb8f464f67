"""The one channel to every HTTP provider: a window of requests under way at once, over connections that are kept.

One thread does it all and waits on every socket at once. A request is made and written right after the last look at what
was recalled, and only on a connection that is open; so it is known of each text whether a byte of it went out. Two texts
to one number are never under way together: they would overtake each other.
"""

import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from yesword.channels.http import waiting
from yesword.channels.http.connections import Connections
from yesword.channels.http.provider import (
    NOT_OF_THE_FORM,
    SIGN_IN_REFUSED,
    HttpSettings,
    Provider,
    Reply,
    UnreadableReplyError,
)
from yesword.channels.http.wire import Replying, to_bytes
from yesword.channels.pace import Backoff, Pace
from yesword.channels.ports import (
    CONNECTION_LOST,
    NO_ANSWER,
    RECALL_EVERY_S,
    RECALLED,
    UNREACHABLE,
    HandOver,
    HandOverOpenError,
    Outcome,
    OutcomeStatus,
    Recall,
    refuse_repeats,
)

THROTTLED: Final = "throttled"  # why a text was not written: the provider takes none for now
UNREADABLE: Final = "unreadable_answer"
NO_MEDIA: Final = "no_media"
BAD_REQUEST: Final = "bad_request"
_READ_SIZE: Final = 64 * 1024
_THROTTLED_REST_S: Final = 0.2
_LONGEST_REST_S: Final = 300.0
_SIGN_IN_REST_S: Final = 30.0
_PACED_S: Final = 2.0  # a hand-over takes what fits into so long at the allowed rate; the rest is given back
_BURST_S: Final = 0.1


class HttpChannel:
    def __init__(
        self,
        provider: Provider,
        settings: HttpSettings,
        *,
        account: str,
        chunk: int = 1,
        context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`chunk` texts are written after one look at what is recalled."""
        self._provider = provider
        self._account = account
        self._parallel = settings.parallel
        self._chunk = min(chunk, settings.parallel)
        self._answer_timeout_s = settings.answer_timeout_s
        self._clock = clock
        self._allowed = settings.per_second
        self._tokens = waiting.Tokens(
            settings.per_second, burst=max(1.0, settings.per_second * _BURST_S), now=clock()
        )
        self._pace = Pace(settings.per_second)
        self._backoff = Backoff(first_s=0.2, most_s=30.0)
        self._throttling = Backoff(first_s=_THROTTLED_REST_S, most_s=30.0)
        self._rests_until = 0.0
        self._why_resting = UNREACHABLE
        self._connections = Connections(
            provider.origin, timeout_s=settings.connect_timeout_s, context=context, clock=clock
        )
        self._is_open = False

    @property
    def takes_per_second(self) -> float:
        return self._pace.per_second

    @property
    def answers_in_s(self) -> float:
        return self._pace.answers_in_s

    @property
    def rests_s(self) -> float:
        return max(0.0, self._rests_until - self._clock())

    def close(self) -> None:
        self._connections.close()

    def warm(self, count: int) -> None:
        """Open connections ahead, so that the first texts need not wait for them. Raises CarrierUnreachableError."""
        self._connections.open(max(0, count - self._connections.idle - self._connections.opening))
        while self._connections.opening:
            self._connections.wait(RECALL_EVERY_S)
            if failure := self._connections.meet():
                raise self._connections.unreachable(failure)

    def submit(self, handovers: Sequence[HandOver], *, recall: Recall | None = None) -> Iterator[Outcome]:
        if self._is_open:
            raise HandOverOpenError(channel=self._account)
        refuse_repeats(handovers)
        if not handovers:
            return
        if self.rests_s:
            for handover in handovers:
                yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, self._why_resting)
            return
        self._is_open = True
        run = _Run(
            handovers,
            provider=self._provider,
            connections=self._connections,
            tokens=self._tokens,
            recall=recall,
            clock=self._clock,
            parallel=self._parallel,
            chunk=self._chunk,
            answer_timeout_s=self._answer_timeout_s,
            most=max(1, int(self._allowed * _PACED_S)),
        )
        try:
            yield from run.outcomes()
        finally:
            run.let_go()  # the reader may have gone away: late answers must not meet the next hand-over
            self._learn(run)
            self._is_open = False

    def _learn(self, run: "_Run") -> None:
        now = self._clock()
        if run.throttled:
            self._pace.slow_down()
            rest = self._throttling.failed(now)
            if run.wants_rest_s is not None:
                rest = max(rest, min(run.wants_rest_s, _LONGEST_REST_S))
            self._rest(now + rest, THROTTLED)
        elif run.lost is None and run.answered:
            self._throttling.succeeded()
            self._pace.learn(
                after_first=run.answered - run.first_answers,
                spread_s=run.spread_s,
                first_s=run.first_answer_s,
            )
        if run.is_sign_in_refused:
            self._rest(now + _SIGN_IN_REST_S, SIGN_IN_REFUSED)
        if run.lost == UNREACHABLE:
            self._rest(now + self._backoff.failed(now), UNREACHABLE)
        elif run.answered:
            self._backoff.succeeded()

    def _rest(self, until: float, why: str) -> None:
        if until > self._rests_until:
            self._rests_until, self._why_resting = until, why


class _Lane:
    """One request under way on one connection."""

    __slots__ = ("deadline", "handover", "out", "replying", "sock")

    def __init__(
        self, sock: socket.socket, handover: HandOver, out: memoryview, method: str, deadline: float
    ) -> None:
        self.sock = sock
        self.handover = handover
        self.out = out  # what is not written yet
        self.replying = Replying(method)
        self.deadline = deadline


class _Run:
    """One hand-over: what waits, what is under way, what is answered."""

    def __init__(
        self,
        handovers: Sequence[HandOver],
        *,
        provider: Provider,
        connections: Connections,
        tokens: waiting.Tokens,
        recall: Recall | None,
        clock: Callable[[], float],
        parallel: int,
        chunk: int,
        answer_timeout_s: float,
        most: int,
    ) -> None:
        self._waiting = deque(handovers[:most])
        self._too_many = handovers[most:]
        self._lanes: dict[int, _Lane] = {}  # by the number of their socket
        self._numbers: set[str] = set()  # to which a text is under way
        self._again: set[int] = set()  # texts that were written once, unanswered, and wait to be repeated
        self._provider = provider
        self._connections = connections
        self._tokens = tokens
        self._recall = recall
        self._clock = clock
        self._parallel = parallel
        self._chunk = chunk
        self._answer_timeout_s = answer_timeout_s
        self._poll = select.poll()
        self._poll.register(connections.bell, select.POLLIN)
        self._began_at = self._asked_at = clock()
        self._may_grow = True
        self._refusals = 0  # connections that were of no use when they were to be written on
        self._first_at: float | None = None
        self.lost: str | None = None  # why nothing more is written
        self.throttled = 0
        self.wants_rest_s: float | None = None
        self.is_sign_in_refused = False
        self.answered = 0
        self.first_answers = 0
        self.spread_s = 0.0
        self.first_answer_s = 0.0

    def outcomes(self) -> Iterator[Outcome]:
        for handover in self._too_many:
            yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, THROTTLED)
        self._connections.tidy()
        while self._waiting or self._lanes:
            if self.lost is not None and self._waiting:
                yield from self._give_back(list(self._waiting), self.lost)
                self._waiting.clear()
                continue
            if self._is_time_to_ask() and (back := self._recalled()):
                yield from back
                continue
            if self._may_write() and not self._must_wait_for_connections():
                if back := self._recalled():
                    yield from back
                    continue  # the reader may have taken its time: look again before a byte goes out
                if unsent := self._write():
                    yield from unsent
                    continue
            yield from self._listen()

    def let_go(self) -> None:
        for lane in self._lanes.values():
            lane.sock.close()
        self._lanes.clear()

    # Before anything is written

    def _is_time_to_ask(self) -> bool:
        return bool(self._waiting) and self._clock() - self._asked_at >= RECALL_EVERY_S

    def _recalled(self) -> list[Outcome]:
        self._asked_at = self._clock()
        if self._recall is None or not self._waiting or not (recalled := self._recall()):
            return []
        back = [each for each in self._waiting if each.message_id in recalled]
        self._waiting = deque(each for each in self._waiting if each.message_id not in recalled)
        return self._give_back(back, RECALLED)

    def _give_back(self, handovers: Sequence[HandOver], why: str) -> list[Outcome]:
        """Not written; but of what was written before, and waited to be repeated, nobody knows."""
        return [
            Outcome.of(each, OutcomeStatus.UNKNOWN, CONNECTION_LOST)
            if each.message_id in self._again
            else Outcome.of(each, OutcomeStatus.UNWRITTEN, why)
            for each in handovers
        ]

    def _may_write(self) -> bool:
        """Whether the next chunk may be written now, as far as window, pace and order go."""
        if not self._waiting or self.lost is not None or self._waiting[0].number in self._numbers:
            return False
        if self._parallel - len(self._lanes) < min(self._chunk, len(self._waiting)):
            return False
        return self._tokens.wait_s(self._clock()) <= 0

    def _must_wait_for_connections(self) -> bool:
        """Open what is wanted; says whether to wait for it. A provider that lets in no more is served with what there is."""
        connections = self._connections
        wanted = min(self._chunk, len(self._waiting))
        have = connections.idle
        if have < wanted and (self._may_grow or not (have or self._lanes or connections.opening)):
            most = min(len(self._waiting), self._parallel - len(self._lanes))
            connections.open(max(0, most - have - connections.opening))
        return have == 0 or (have < wanted and connections.opening > 0)

    # Writing

    def _write(self) -> list[Outcome]:
        """Write a chunk. What of it cannot even be put into a request comes back."""
        unsent: list[Outcome] = []
        for _ in range(min(self._chunk, len(self._waiting))):
            if not self._waiting or self._waiting[0].number in self._numbers:
                break
            if self._tokens.wait_s(self._clock()) > 0:
                break
            handover = self._waiting[0]
            if handover.media and not self._provider.carries_media:
                self._waiting.popleft()
                unsent.append(Outcome.of(handover, OutcomeStatus.REFUSED, NO_MEDIA))
                continue
            try:
                request = self._provider.request(handover)
                data = to_bytes(request)
            except (UnreadableReplyError, ValueError):
                self._waiting.popleft()
                unsent.append(Outcome.of(handover, OutcomeStatus.REFUSED, BAD_REQUEST))
                continue
            sock = self._connections.take()
            if sock is None:
                break
            if not self._begin(sock, handover, data, request.method):
                break
        return unsent

    def _begin(self, sock: socket.socket, handover: HandOver, data: bytes, method: str) -> bool:
        """Write the first bytes; False where not one went out, and the text still waits."""
        try:
            sent = sock.send(data)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            sent = 0  # what TLS has taken may be on its way
        except ssl.SSLError:
            sent = -1
        except OSError:
            sock.close()
            self._refusals += 1
            if self._refusals > self._parallel:
                self.lost = UNREACHABLE
            return False
        self._waiting.popleft()
        self._tokens.take(self._clock())
        lane = _Lane(
            sock, handover, memoryview(data)[max(sent, 0) :], method, self._clock() + self._answer_timeout_s
        )
        self._lanes[sock.fileno()] = lane
        self._numbers.add(handover.number)
        self._poll.register(sock, select.POLLIN | (select.POLLOUT if lane.out else 0))
        if sent < 0:
            sock_number = sock.fileno()
            self._lanes[
                sock_number
            ].deadline = 0.0  # broken while it was written: nobody knows what got through
        return True

    # Waiting and reading

    def _listen(self) -> Iterator[Outcome]:
        ready = self._poll.poll(self._patience_s() * 1000)
        for number, happened in ready:
            if number == self._connections.bell.fileno():
                if (failure := self._connections.meet()) is not None:
                    self._note_unreachable(failure)
                continue
            lane = self._lanes.get(number)
            if lane is None:
                continue
            if happened & select.POLLOUT and lane.out:
                self._write_more(lane)
            if happened & ~select.POLLOUT:
                yield from self._read(lane)
        now = self._clock()
        for lane in [each for each in self._lanes.values() if each.deadline <= now]:
            why = NO_ANSWER if lane.deadline else CONNECTION_LOST
            yield from self._lose(lane, why)

    def _patience_s(self) -> float:
        if not self._waiting:
            ends = min((lane.deadline for lane in self._lanes.values()), default=0.0)
            return max(0.001, min(1.0, ends - self._clock()))
        if self._may_write() and not self._must_wait_for_connections():
            return 0.0
        wait_s = self._tokens.wait_s(self._clock())
        return min(RECALL_EVERY_S, max(0.001, wait_s)) if wait_s > 0 else RECALL_EVERY_S

    def _note_unreachable(self, failure: OSError) -> None:
        del failure  # who looks for the reason asks `warm`
        self._may_grow = False
        if not (self._connections.idle or self._connections.opening or self._lanes):
            self.lost = UNREACHABLE

    def _write_more(self, lane: _Lane) -> None:
        try:
            lane.out = lane.out[lane.sock.send(lane.out) :]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:
            lane.out = lane.out[:0]  # what it still says tells why
        if not lane.out:
            self._poll.modify(lane.sock, select.POLLIN)

    def _read(self, lane: _Lane) -> Iterator[Outcome]:
        try:
            data = lane.sock.recv(_READ_SIZE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:
            yield from self._lose(lane, CONNECTION_LOST)
            return
        try:
            if data:
                lane.replying.feed(data)
                while isinstance(lane.sock, ssl.SSLSocket) and lane.sock.pending():
                    lane.replying.feed(lane.sock.recv(_READ_SIZE))
            elif not lane.replying.has_begun:
                yield from self._lose(lane, CONNECTION_LOST)
                return
            else:
                lane.replying.end()
            reply = lane.replying.reply()
        except (UnreadableReplyError, OSError):
            yield from self._lose(lane, CONNECTION_LOST)
            return
        if reply is not None:
            self._end(lane, keep=lane.replying.stays_open and not lane.out)
            yield self._outcome(lane.handover, reply)

    def _outcome(self, handover: HandOver, reply: Reply) -> Outcome:
        now = self._clock()
        if self._first_at is None:
            self._first_at = now
            self.first_answer_s = now - self._began_at
        if now == self._first_at:
            self.first_answers += 1
        self.answered += 1
        self.spread_s = now - self._first_at
        try:
            outcome = self._provider.outcome(handover, reply)
        except (UnreadableReplyError, *NOT_OF_THE_FORM):
            # It answered, and nobody can tell what: it may have the text.
            return Outcome.of(handover, OutcomeStatus.UNKNOWN, UNREADABLE)
        if outcome.status is OutcomeStatus.THROTTLED:
            self.throttled += 1
            self.is_sign_in_refused |= outcome.error_code == SIGN_IN_REFUSED
            rest_s = waiting.retry_after_s(reply.headers.get("retry-after", ""), time.time())
            if rest_s is not None:
                self.wants_rest_s = max(self.wants_rest_s or 0.0, rest_s)
            self.lost = self.lost or THROTTLED
        return outcome

    def _lose(self, lane: _Lane, why: str) -> Iterator[Outcome]:
        """A request whose answer will not come: sent again under the same key where that is one text, else unknown."""
        self._end(lane, keep=False)
        handover = lane.handover
        may_repeat = self._provider.repeats_safely and handover.message_id not in self._again
        if may_repeat and self.lost is None and why == CONNECTION_LOST:
            self._again.add(handover.message_id)
            self._waiting.appendleft(handover)
            return
        self.lost = self.lost or why
        yield Outcome.of(handover, OutcomeStatus.UNKNOWN, why)

    def _end(self, lane: _Lane, *, keep: bool) -> None:
        self._poll.unregister(lane.sock)
        del self._lanes[lane.sock.fileno()]
        self._numbers.discard(lane.handover.number)
        if keep:
            self._connections.give_back(lane.sock)
        else:
            lane.sock.close()
