"""A stop against texts that wait, and against texts that are on their way."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from factories.worlds import ANNA, World, with_own_connections, world
from yesword.channels.memory import MemoryCarrier, MemoryChannel
from yesword.channels.ports import HandOver, Outcome, Recall
from yesword.consent import Act, withdraw
from yesword.domain.events import Actor
from yesword.domain.ids import MessageId
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.sending import claiming, draining, handing, inbound
from yesword.store import programs
from yesword.store.opening import Store


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        made.join()
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    """For what rests on statements that differ between the databases."""
    with world(store) as made:
        made.join()
        yield made


def test_all_that_was_queued_for_the_brand_is_cancelled(on_both: World) -> None:
    here = on_both
    anna = here.contact().id
    here.receive(ANNA, "HELP")
    queued = [here.plan(anna), here.plan(anna, program=here.events), *_ids(here, "help_reply")]
    here.receive(ANNA, "STOP")
    assert {here.message(each) for each in queued} == {(MessageState.CANCELLED, "withdrawn")}


@pytest.mark.parametrize("kind", list(MessageKind))
def test_what_a_stop_cancels_is_what_the_gate_would_have_refused(here: World, kind: MessageKind) -> None:
    """Or else the drain would not wait for something that the gate holds to be covered."""
    anna = here.contact().id
    about = {
        "kind": kind,
        "trigger": "order-1",
        "conversation_at": here.at,
        "message_class": MessageClass.SERVICE,
    }
    if kind is MessageKind.STOP_REPLY:
        return  # it answers the stop itself
    cancelled = here.plan(anna, **about)
    before = here.state().seq
    here.receive(ANNA, "STOP")
    refused = here.plan(anna, planned_seq=before, **about)
    here.settle()
    assert here.message(cancelled) == (MessageState.CANCELLED, "withdrawn")
    assert here.message(refused) == (MessageState.REFUSED, "withdrawn")


def _ids(here: World, kind: str) -> list[MessageId]:
    return [row[0] for row in here.sql("SELECT id FROM message WHERE kind = %s", kind)]


def test_a_code_that_the_person_asks_for_after_the_stop_goes(here: World) -> None:
    here.text(ANNA, "STOP")
    code = here.plan(
        here.contact().id, kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1"
    )
    here.settle()
    assert here.message(code)[0] is MessageState.SENT


def test_a_later_campaign_is_refused_and_says_why(here: World) -> None:
    here.text(ANNA, "STOP")
    campaign = here.campaign()
    here.settle()
    assert here.states(campaign) == {MessageState.REFUSED: 1}
    assert here.sql("SELECT reason FROM message WHERE campaign_id = %s", campaign.pk) == [("withdrawn",)]


def test_a_stop_for_one_program_leaves_the_texts_of_the_other(on_both: World) -> None:
    here = on_both
    here.grant([here.contact().id], here.events)
    anna = here.contact()
    offer, event = here.plan(anna.id), here.plan(anna.id, program=here.events)
    act = Act(actor=Actor.HANDSET, route="reply", occurred_at=here.at, received_at=here.at, language="en")
    with here.store.database.write() as session:
        withdraw(here.store, session, programs.brand(anna.brand), anna, act, here.at, program=here.club)
    here.settle()
    assert here.message(offer)[0] is MessageState.CANCELLED
    assert here.message(event)[0] is MessageState.SENT


def test_what_is_sending_holds_the_acknowledgement_until_it_is_given_back(here: World) -> None:
    message = here.plan(here.contact().id)
    (taken,) = here.claim_all()
    handled = here.receive(ANNA, "STOP")
    ((contact, stop),) = handled.withdrawn
    assert not draining.drain(here.store, contact, stop, patience_s=0.02)
    here.hand_over(taken)
    assert inbound.may_acknowledge(here.store, handled)
    assert here.message(message) == (MessageState.CANCELLED, "withdrawn")
    assert here.carrier.counts()["accepted"] == 2  # the question and the welcome


def test_an_answer_that_is_being_handed_over_holds_the_acknowledgement_too(on_both: World) -> None:
    here = on_both
    here.receive(ANNA, "HELP")
    (taken,) = here.claim_all()
    handled = here.receive(ANNA, "STOP")
    ((contact, stop),) = handled.withdrawn
    assert not draining.drain(here.store, contact, stop, patience_s=0.02)
    here.hand_over(taken)
    assert inbound.may_acknowledge(here.store, handled)


def test_a_stop_that_comes_in_the_middle_of_a_claim_waits_for_it(
    on_both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the drain would look before the claim has committed, see nothing, and let the stop be acknowledged."""
    here = on_both
    message = here.plan(here.contact().id)
    handled: list[inbound.Handled] = []
    drained: list[bool] = []

    def stop() -> None:
        handled.append(here.receive(ANNA, "STOP"))
        ((contact, withdrawn),) = handled[0].withdrawn
        drained.append(draining.drain(here.store, contact, withdrawn, patience_s=0.02))

    stopping = threading.Thread(target=with_own_connections, args=(here.store, stop))
    write = claiming._write

    def write_slowly(*given: Any) -> claiming.Claim:
        stopping.start()
        stopping.join(0.5)
        return write(*given)

    monkeypatch.setattr(claiming, "_write", write_slowly)
    taken = next(each for each in iter(here.claim, None) if each.seen)
    stopping.join()
    assert here.message(message)[0] is MessageState.SENDING
    assert drained == [False]
    here.hand_over(taken)
    assert inbound.may_acknowledge(here.store, handled[0])


class StoppingChannel(MemoryChannel):
    """Its person texts STOP after the first chunk has been written."""

    person_stops = staticmethod(lambda: None)

    def submit(self, handovers: Sequence[HandOver], *, recall: Recall | None = None) -> Iterator[Outcome]:
        for number, outcome in enumerate(super().submit(handovers, recall=recall)):
            yield outcome
            if number == 0:
                type(self).person_stops()
                time.sleep(0.01)  # what is recalled is asked for every five milliseconds


def test_a_text_that_is_not_yet_written_is_given_back_when_the_stop_comes_in(store: Store) -> None:
    carrier = MemoryCarrier()
    slow = StoppingChannel(carrier, account="simulator", takes_per_second=100, window=1, chunk=1)
    with world(store, channel=slow) as here:
        (anna,) = here.members(1, numbers=[ANNA])
        messages = [here.plan(anna) for _ in range(3)]
        (taken,) = here.claim_all()
        handled = []
        StoppingChannel.person_stops = staticmethod(lambda: handled.append(here.receive(ANNA, "STOP")))
        outcomes = handing.hand_over_claim(store, here.dispatcher.channels, taken, here.at)
        StoppingChannel.person_stops = staticmethod(lambda: None)
        assert [here.message(each)[0] for each in messages] == [
            MessageState.SENDING,
            MessageState.CANCELLED,
            MessageState.CANCELLED,
        ]
        ((contact, stop),) = handled[0].withdrawn
        assert not draining.drain(
            store, contact, stop, patience_s=0.02
        )  # one was written, and is not recorded
        handing.record(store, taken, outcomes, here.at)
        assert [here.message(each)[0] for each in messages] == [
            MessageState.SENT,
            MessageState.CANCELLED,
            MessageState.CANCELLED,
        ]
        assert inbound.may_acknowledge(here.store, handled[0])
        assert carrier.counts()["accepted"] == 1
        here.settle()
        assert len(carrier.handset(ANNA)) == 2  # the confirmation followed


def test_the_brands_stop_covers_people_of_no_other_brand(here: World) -> None:
    other = here.members(1)
    message = here.plan(*other)
    here.text(ANNA, "STOP")
    assert here.message(message)[0] is MessageState.SENT
