"""A carrier that takes its time: it is given what it can take, and nobody who hands over outlives the lease."""

from types import SimpleNamespace

import pytest

from factories.worlds import world
from yesword.channels.memory import MemoryCarrier, MemoryChannel
from yesword.channels.ports import HandOver, Outcome
from yesword.domain.messages import MessageState
from yesword.sending import handing
from yesword.store.opening import Store

PEOPLE = 60


class DistantChannel(MemoryChannel):
    """Each answer takes its time, and only one text is under way."""

    answer_s = 0.1
    now = 0.0

    def _write(self, chunk: list[HandOver]) -> tuple[list[Outcome], str | None]:
        self.now += self.answer_s
        return super()._write(chunk)


def test_a_carrier_that_is_slow_is_given_no_more_than_fits_into_the_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not written goes back at once, and nobody is left between sent and unsent."""
    monkeypatch.setattr(handing, "_PATIENCE_S", 0.15)
    carrier = MemoryCarrier()
    slow = DistantChannel(carrier, account="simulator", takes_per_second=100, window=1, chunk=1)
    monkeypatch.setattr(handing, "time", SimpleNamespace(monotonic=lambda: slow.now))
    with world(store, channel=slow) as here:
        for person in here.members(PEOPLE):
            here.plan(person)
        written = 0
        for taken in here.claim_all():
            outcomes = handing.hand_over_claim(store, here.dispatcher.channels, taken, here.at)
            handing.record(store, taken, outcomes, here.at)
            assert 1 <= len(outcomes) <= 2, "as many as fit in"
            written += len(outcomes)
        assert written < PEOPLE, "or nothing would have been given back"
        assert dict(here.sql("SELECT state, count(*) FROM message GROUP BY state")) == {
            MessageState.SENT.value: written,
            MessageState.QUEUED.value: PEOPLE - written,
        }
        assert carrier.counts()["accepted"] == written
        monkeypatch.undo()
        slow.answer_s = 0.0
        here.wait(seconds=2)
        here.settle()
        assert carrier.counts()["accepted"] == PEOPLE, "each once"


def test_a_worker_claims_what_a_slow_carrier_takes_until_its_first_answer(sqlite_store: Store) -> None:
    carrier = MemoryCarrier()
    channel = carrier.channel(account="simulator", takes_per_second=100)
    with world(sqlite_store, channel=channel) as here:
        for person in here.members(30):
            here.plan(person)
        channel._pace.learn(after_first=10, spread_s=5.0, first_s=5.0)
        here.dispatcher.send_due()
        assert carrier.counts()["accepted"] == 10
