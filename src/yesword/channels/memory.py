"""A carrier in memory: the same port without sockets, processes or waiting, for tests.

`MemoryCarrier` is the network with its phones; `channel()` and `receiver()` give the two ends that the product
uses. It runs the same network as the simulator, so it refuses, throttles, blocks and reports alike, but it has no
clock: speed and delays are left out, and a silent carrier is given up on after one look at what is recalled.
"""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final

from yesword.channels.pace import Pace
from yesword.channels.ports import (
    CONNECTION_LOST,
    NO_ANSWER,
    RECALLED,
    UNREACHABLE,
    Handler,
    HandOver,
    Outcome,
    OutcomeStatus,
    Recall,
    refuse_repeats,
)
from yesword.channels.simulator.behaviour import CarrierBehaviour
from yesword.channels.simulator.network import Network, PhoneSummary, Text
from yesword.channels.simulator.protocol import to_item

_IDLE_S: Final = 0.002  # how soon an idle receiver looks again


class MemoryCarrier:
    """The network side: configure it, text from its phones, look at what they got. Safe for threads."""

    def __init__(self, **behaviour: Any) -> None:
        self._lock = threading.RLock()
        self._network = Network(CarrierBehaviour().changed(behaviour))
        self.is_up = True  # False: nobody answers at its door

    def configure(self, **changes: Any) -> None:
        with self._lock:
            self._network.configure(self._network.behaviour.changed(changes))

    @property
    def is_silent(self) -> bool:
        return self._network.behaviour.silent

    def from_handset(self, number: str, address: str, text: str) -> str:
        with self._lock:
            return self._network.from_handset(number, address, text)

    def handset(self, number: str) -> list[Text]:
        with self._lock:
            return self._network.handset(number)

    def handsets(self, most: int = 200) -> list[PhoneSummary]:
        with self._lock:
            return self._network.handsets(most)

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._network.counts)

    def waiting(self, account: str) -> int:
        with self._lock:
            return self._network.waiting(account)

    def channel(
        self,
        *,
        account: str = "memory",
        takes_per_second: float = 20_000,
        window: int = 1_000,
        chunk: int = 100,
    ) -> "MemoryChannel":
        return MemoryChannel(
            self, account=account, takes_per_second=takes_per_second, window=window, chunk=chunk
        )

    def receiver(self, *, account: str = "memory") -> "MemoryReceiver":
        return MemoryReceiver(self, account=account)


class MemoryChannel:
    def __init__(
        self, carrier: MemoryCarrier, *, account: str, takes_per_second: float, window: int, chunk: int
    ) -> None:
        self._carrier = carrier
        self._account = account
        self._pace = Pace(takes_per_second)
        self._window = window
        self._chunk = min(chunk, window)
        self._brought = 0  # on the present connection

    @property
    def takes_per_second(self) -> float:
        return self._pace.per_second

    @property
    def answers_in_s(self) -> float:
        return self._pace.answers_in_s

    @property
    def rests_s(self) -> float:
        return 0.0

    def close(self) -> None:
        self._brought = 0

    def submit(self, handovers: Sequence[HandOver], *, recall: Recall | None = None) -> Iterator[Outcome]:
        refuse_repeats(handovers)
        waiting = deque(handovers)
        unanswered: deque[list[Outcome]] = deque()
        in_flight = 0
        lost = None if self._carrier.is_up else UNREACHABLE
        while (waiting or unanswered) and lost is None:
            if recall is not None and waiting and (recalled := recall()):
                back = [handover for handover in waiting if handover.message_id in recalled]
                waiting = deque(handover for handover in waiting if handover.message_id not in recalled)
                for handover in back:
                    yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, RECALLED)
                if back:
                    continue  # the reader may have taken its time: look again before anything is written
            if waiting and in_flight < self._window:
                size = min(self._chunk, self._window - in_flight, len(waiting))
                outcomes, lost = self._write([waiting.popleft() for _ in range(size)])
                unanswered.append(outcomes)
                in_flight += size
            elif self._carrier.is_silent:
                lost = NO_ANSWER
            else:
                answered = unanswered.popleft()
                in_flight -= len(answered)
                yield from answered
        for outcomes in unanswered:
            yield from outcomes
        for handover in waiting:
            yield Outcome.of(handover, OutcomeStatus.UNWRITTEN, lost)

    def _write(self, chunk: list[HandOver]) -> tuple[list[Outcome], str | None]:
        """The answers to a chunk, and why the connection was lost with it, if it was."""
        with self._carrier._lock:  # noqa: SLF001 - the two are one
            network = self._carrier._network  # noqa: SLF001
            behaviour = network.behaviour
            rows = [(h.message_id, h.sender, h.number, h.text) for h in chunk]
            limit = behaviour.disconnect_after
            is_cut = limit is not None and self._brought + len(rows) >= limit
            answers = network.submit(rows[: limit - self._brought] if is_cut and limit is not None else rows)
            network.bring_reports(self._account, answers.reports)
            self._brought = 0 if is_cut else self._brought + len(rows)
        if is_cut or behaviour.silent:
            code = CONNECTION_LOST if is_cut else NO_ANSWER
            unknown = [Outcome.of(handover, OutcomeStatus.UNKNOWN, code) for handover in chunk]
            return unknown, CONNECTION_LOST if is_cut else None
        if answers.throttled:
            self._pace.slow_down()
        else:
            self._pace.learn(after_first=0, spread_s=0)
        by_ref = {handover.message_id: handover for handover in chunk}
        return [
            *(
                Outcome(
                    message_id=ref,
                    attempt_id=by_ref[ref].attempt_id,
                    status=OutcomeStatus.ACCEPTED,
                    provider_id=provider_id,
                )
                for ref, provider_id in answers.accepted
            ),
            *(Outcome.of(by_ref[ref], OutcomeStatus.REFUSED, code) for ref, code in answers.refused),
            *(Outcome.of(by_ref[ref], OutcomeStatus.THROTTLED) for ref in answers.throttled),
        ], None


class MemoryReceiver:
    def __init__(self, carrier: MemoryCarrier, *, account: str, batch: int = 500) -> None:
        self._carrier = carrier
        self._account = account
        self._batch = batch

    def run(self, handler: Handler, stop: threading.Event) -> None:
        while not stop.is_set():
            if not self._deliver(handler):
                stop.wait(_IDLE_S)

    def _deliver(self, handler: Handler) -> bool:
        """One round; says whether anything was taken, so that a refused item is not brought in a tight loop."""
        took = False
        for name in (self._account, ""):
            with self._carrier._lock:  # noqa: SLF001 - the two are one
                mailbox = self._carrier._network.mailbox(name)  # noqa: SLF001
                raw = mailbox.take(self._batch)
            if not raw:
                continue
            verdicts: list[bool] = []
            try:
                verdicts = handler([to_item(self._account, item) for item in raw])
                assert len(verdicts) == len(raw), "one answer for each item"
            finally:
                done = [item[0] for item, is_done in zip(raw, verdicts, strict=False) if is_done]
                with self._carrier._lock:  # noqa: SLF001
                    mailbox.acknowledge(done)
                    mailbox.bring_again(item[0] for item in raw)
            took = took or bool(done)
        return took
