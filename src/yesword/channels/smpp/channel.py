"""The channel to a carrier that speaks SMPP: hands texts over on several binds and says what became of each.

Blocking, for a thread that may be killed at any moment. The texts of one phone keep to one bind, so that they stay in
order; a carrier that is given texts too fast is left alone for a while.
"""

import select
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from yesword.channels.pace import Backoff, Pace
from yesword.channels.ports import (
    LONGEST_ANSWER_S,
    NO_ANSWER,
    RECALL_EVERY_S,
    UNREACHABLE,
    HandOver,
    HandOverOpenError,
    Outcome,
    OutcomeStatus,
    Recall,
    refuse_repeats,
)
from yesword.channels.smpp.account import Binding, BindKind, SmppAccount
from yesword.channels.smpp.allowance import Allowance
from yesword.channels.smpp.binds import Binds
from yesword.channels.smpp.session import Session
from yesword.channels.smpp.submits import Submits
from yesword.channels.smpp.window import Window

_THROTTLED_FIRST_S: Final = 0.2
_THROTTLED_MOST_S: Final = 10.0
_PARTS_MOST_S: Final = 2.0  # between two tries with parts that follow: the hand-over is held up by them
_MOST_PACED_S: Final = 2.0  # a hand-over holds no more than the account may send in this time


class SmppChannel:
    def __init__(
        self,
        account: SmppAccount,
        *,
        binds: Binds | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`binds` are those of the account's receiver, where both share transceivers in one process."""
        self._account = account
        self._clock = clock
        kind = BindKind.TRANSMITTER if account.binding is Binding.PAIRS else BindKind.TRANSCEIVER
        self._binds = binds or Binds(account, kind, clock=clock)
        self._submits = Submits(account)
        self._pace = Pace(account.max_per_second)
        self._allowance = Allowance(account.max_per_second, clock())
        self._slow = Backoff(first_s=_THROTTLED_FIRST_S, most_s=_THROTTLED_MOST_S)
        self._is_open = False  # a hand-over is being read

    @property
    def takes_per_second(self) -> float:
        return self._pace.per_second

    @property
    def answers_in_s(self) -> float:
        return self._pace.answers_in_s

    @property
    def rests_s(self) -> float:
        return max(self._binds.rests_s, self._slow.rests_s(self._clock()))

    def close(self) -> None:
        self._binds.close()

    def submit(self, handovers: Sequence[HandOver], *, recall: Recall | None = None) -> Iterator[Outcome]:
        if self._is_open:
            raise HandOverOpenError(channel=self._account.name)
        refuse_repeats(handovers)
        if not handovers:
            return
        self._is_open = True
        try:
            most = max(1, int(self._account.max_per_second * _MOST_PACED_S))
            for handover in handovers[most:]:
                yield Outcome.of(
                    handover, OutcomeStatus.UNWRITTEN, error_text="The account sends more slowly."
                )
            handovers = handovers[:most]
            if self._slow.rests_s(self._clock()) > 0:
                for handover in handovers:
                    yield Outcome.of(
                        handover, OutcomeStatus.THROTTLED, "throttled", "Not written: the carrier rests."
                    )
                return
            sessions = self._binds.live()
            if not sessions:
                why = None if self._binds.failure is None else self._binds.failure.message
                for handover in handovers:
                    yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, UNREACHABLE, why)
                return
            self._binds.keep()
            run = _Run(self._shared_out(handovers, sessions), self._account, self._allowance, self._clock)
            for window in run.windows:
                window.session.is_busy = True
            try:
                yield from run.outcomes(recall)
            finally:
                for window in run.windows:
                    if not window.is_done:
                        window.session.lose(NO_ANSWER)  # the reader went away: late answers are nobody's
                    window.session.is_busy = False
            self._learn(run)
        finally:
            self._is_open = False

    def _shared_out(self, handovers: Sequence[HandOver], sessions: Sequence[Session]) -> list[Window]:
        if len(sessions) == 1:
            return [Window(sessions[0], handovers, self._account, self._submits)]
        shares: list[list[HandOver]] = [[] for _ in sessions]
        for handover in handovers:
            shares[zlib.crc32(handover.number.encode("utf-8", "replace")) % len(shares)].append(handover)
        return [
            Window(session, share, self._account, self._submits)
            for session, share in zip(sessions, shares, strict=True)
            if share
        ]

    def _learn(self, run: "_Run") -> None:
        if run.is_throttled:
            self._pace.slow_down()
            self._slow.failed(self._clock())
        elif not run.accepted and any(window.faults for window in run.windows):
            self._slow.failed(self._clock())  # of one text among others it says nothing about the carrier
        elif all(window.session.lost is None for window in run.windows):
            self._slow.succeeded()
            self._pace.learn(
                after_first=run.answered_after_first,
                spread_s=run.answer_spread_s,
                first_s=run.first_answer_s,
            )


class _Run:
    """One hand-over over all binds."""

    def __init__(
        self,
        windows: list[Window],
        account: SmppAccount,
        allowance: Allowance,
        clock: Callable[[], float],
    ) -> None:
        self.windows = windows
        self._patience_s = account.answer_timeout_s
        self._chunk = account.chunk
        self._allowance = allowance
        self._clock = clock
        self._began_at = clock()
        self._first_answer_at: float | None = None
        self.is_throttled = False
        self.accepted = 0
        self.answered_after_first = 0
        self.answer_spread_s = 0.0
        self.first_answer_s = 0.0

    def outcomes(self, recall: Recall | None) -> Iterator[Outcome]:
        slow = Backoff(first_s=_THROTTLED_FIRST_S, most_s=_PARTS_MOST_S)
        moved_at = {id(window): self._clock() for window in self.windows}
        begun_at = self._clock()  # when the last text was begun or called back, as far as there were any
        while active := [window for window in self.windows if not window.is_done]:
            if recall is not None and any(window.waits for window in active) and (recalled := recall()):
                back = [outcome for window in active for outcome in window.give_back(recalled)]
                if back:
                    yield from back
                    continue  # the reader may have taken its time: look again before a byte goes out
            now = self._clock()
            may_begin = slow.rests_s(now) <= 0
            for window in active:
                written = window.write(self._allowance.room(now) if may_begin else 0)
                if written:
                    self._allowance.spend(max(0, written))
                    moved_at[id(window)] = now
            self._wait(active, may_begin=may_begin)
            known: list[Outcome] = []
            now = self._clock()
            if any(window.waits for window in active):
                begun_at = now
            elif now - begun_at > LONGEST_ANSWER_S:
                for window in active:
                    window.session.lose(NO_ANSWER)
            for window in active:
                outcomes = window.outcomes()
                if outcomes or not window.is_owed:
                    moved_at[id(window)] = now
                elif now - moved_at[id(window)] > self._patience_s:
                    window.session.lose(NO_ANSWER)
                    outcomes = window.outcomes()
                if window.throttled:
                    window.throttled = 0
                    self.is_throttled = True
                    if slow.rests_s(now) <= 0:  # the answers to one chunk are one reason, however many
                        slow.failed(now)
                known += outcomes
            if self.is_throttled:
                known += [outcome for window in active for outcome in window.slow_down()]
            self._count(known, now)
            yield from known

    def _wait(self, active: list[Window], *, may_begin: bool) -> None:
        """Until a socket has something or takes something, or it is time to look at the recall again."""
        poll = select.poll()
        by_number: dict[int, Window] = {}
        wait_s = RECALL_EVERY_S
        for window in active:
            if window.session.lost or window.session.has_answers:
                wait_s = 0
            if window.session.lost:
                continue
            try:
                poll.register(window.session, window.events)
            except (OSError, ValueError):  # hung up by the other thread just now
                wait_s = 0
                continue
            by_number[window.session.fileno()] = window
            if may_begin and window.may_write:
                wait_s = min(wait_s, self._allowance.next_in_s)
        for number, _ in poll.poll(wait_s * 1000):
            by_number[number].read()

    def _count(self, known: Sequence[Outcome], now: float) -> None:
        if not known:
            return
        self.accepted += sum(outcome.status is OutcomeStatus.ACCEPTED for outcome in known)
        if self._first_answer_at is None:
            self._first_answer_at = now
            self.first_answer_s = now - self._began_at
        else:
            self.answered_after_first += len(known)
            self.answer_spread_s = now - self._first_answer_at
