"""stop-is-final: nothing that an acknowledged stop covers is handed over, whatever else happens."""

import contextlib
import queue
import random
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

from factories.worlds import ANNA, CLUB, RULES, World, at_once, next_token, world
from yesword.channels.memory import MemoryCarrier, MemoryChannel
from yesword.channels.ports import HandOver, InboundText, Outcome
from yesword.domain.messages import MessageState
from yesword.sending import campaigns, handing, recovery, taking
from yesword.sending.claiming import claim
from yesword.sending.fates import Claimant
from yesword.sending.weighing import Scales
from yesword.store.opening import Store


class SlowChannel(MemoryChannel):
    """A carrier at a distance: it tells whose text it is about to write, and notes when it was written."""

    distance_s = 0.06

    def __init__(
        self, carrier: MemoryCarrier, written: list[tuple[float, str, str]], about_to: queue.SimpleQueue[str]
    ) -> None:
        super().__init__(carrier, account="simulator", takes_per_second=600, window=12, chunk=6)
        self._written = written
        self._about_to = about_to

    def _write(self, chunk: list[HandOver]) -> tuple[list[Outcome], str | None]:
        for each in chunk:
            self._about_to.put(each.number)
        time.sleep(self.distance_s)
        answer = super()._write(chunk)
        self._written += [(time.monotonic(), each.number, each.text) for each in chunk]
        return answer


def dispatch_until(here: World, channel: MemoryChannel, is_over: threading.Event) -> None:
    """A dispatcher as another process would run it."""
    scales, owner = Scales(RULES), recovery.new_owner()
    recovery.enrol(here.store, owner, here.at)
    while not is_over.is_set():
        taken = claim(here.store, scales, Claimant(owner=owner, token=next_token()), here.at, 30)
        outcomes = handing.hand_over_claim(here.store, {here.account.pk: channel}, taken, here.at)
        handing.record(here.store, taken, outcomes, here.at)
        campaigns.feed(here.store, here.at)
        if not taken.seen:
            time.sleep(0.005)


def test_stop_is_final(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of those who stop do so at the worst moment, while their own text is on its way; half whenever they like."""
    written: list[tuple[float, str, str]] = []
    acknowledged: dict[str, float] = {}
    about_to: queue.SimpleQueue[str] = queue.SimpleQueue()
    carrier = MemoryCarrier()
    with world(store, channel=SlowChannel(carrier, written, about_to)) as here:
        numbers = [f"+3162222{number:04d}" for number in range(100)]
        here.members(100, numbers=numbers)
        running = [here.campaign(f"[Brand]: offer {number}.") for number in range(3)]
        stopping: set[str] = set()
        is_over = threading.Event()
        later = here.at + timedelta(seconds=1)

        def stop(chance: random.Random) -> None:
            while len(stopping) < 45:
                number = chance.choice(numbers)
                if chance.random() < 0.5:
                    with contextlib.suppress(queue.Empty):
                        number = about_to.get(timeout=0.2)
                if number in stopping:
                    continue
                stopping.add(number)
                text = InboundText(
                    account="simulator",
                    provider_id=f"stop-{number}",
                    sender_number=number,
                    to_address=CLUB,
                    text="STOP",
                    received_at=later,
                )
                while taking.take(store, here.account.pk, [text], lambda: later) != [True]:
                    pass
                acknowledged[number] = time.monotonic()

        def stop_all() -> None:
            at_once(store, [lambda seed=seed: stop(random.Random(seed)) for seed in range(3)])
            is_over.set()

        # A SQLite store has one dispatcher.
        dispatchers = 1 if store.database.vendor == "sqlite" else 2
        jobs = [lambda: dispatch_until(here, SlowChannel(carrier, written, about_to), is_over)] * dispatchers
        at_once(store, [*jobs, stop_all])
        monkeypatch.setattr(SlowChannel, "distance_s", 0)
        here.wait(seconds=2)
        here.settle()
        offers = [(at, number) for at, number, text in written if "offer" in text]
        assert set(acknowledged) == stopping
        assert [number for at, number in offers if at > acknowledged.get(number, float("inf"))] == []
        assert sum(at > min(acknowledged.values()) for at, _ in offers) > 30  # it was running all the while
        confirmed = Counter(number for _, number, text in written if "no more messages" in text)
        assert confirmed == Counter(stopping)
        for campaign in running:
            assert sum(here.states(campaign).values()) == 100


def test_stop_is_final_over_a_start_for_what_was_planned_before(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        here.join()
        campaign = here.campaign()
        here.dispatcher.chores()
        campaigns.pause(campaign.pk)
        here.text(ANNA, "STOP")
        here.text(ANNA, "START")
        campaigns.resume(campaign.pk)
        here.settle()
        assert here.states(campaign) == {MessageState.CANCELLED: 1}
