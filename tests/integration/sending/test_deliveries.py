"""Delivery reports: early, late, twice, and of what nobody was sure of."""

from collections.abc import Iterator

import pytest

from factories.worlds import World, world
from yesword.channels.ports import DeliveryReport, ReportState
from yesword.domain.ids import MessageId
from yesword.domain.messages import MessageState
from yesword.sending import deliveries, handing
from yesword.store.opening import Store
from yesword.worker import receiver


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def report(
    here: World, provider_id: str, state: ReportState = ReportState.DELIVERED, error: str | None = None
) -> None:
    item = DeliveryReport(
        account=here.account.key, provider_id=provider_id, state=state, error_code=error, at=here.at
    )
    assert receiver.take(here.store, here.account.pk, [item], lambda: here.at) == [True]


def sent(here: World) -> tuple[MessageId, str]:
    message = here.plan(*here.members(1))
    here.settle()
    ((provider_id,),) = here.sql("SELECT provider_id FROM provider_ref WHERE message_id = %s", message)
    return message, provider_id


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        pytest.param(ReportState.DELIVERED, MessageState.DELIVERED, id="delivered"),
        pytest.param(ReportState.FAILED, MessageState.UNDELIVERED, id="failed"),
        pytest.param(ReportState.EXPIRED, MessageState.UNDELIVERED, id="expired at the carrier"),
        pytest.param(ReportState.REJECTED, MessageState.UNDELIVERED, id="rejected"),
        pytest.param(
            ReportState.UNKNOWN, MessageState.SENT, id="a carrier that does not know changes nothing"
        ),
    ],
)
def test_a_report_says_what_became_of_a_text(here: World, state: ReportState, becomes: MessageState) -> None:
    message, provider_id = sent(here)
    report(here, provider_id, state, "absent_subscriber")
    assert deliveries.apply(here.store) == 1
    assert here.message(message)[0] is becomes
    assert deliveries.apply(here.store) == 0


def test_a_report_that_comes_twice_is_one_report(on_both: World) -> None:
    here = on_both
    _, provider_id = sent(here)
    report(here, provider_id)
    report(here, provider_id)
    assert deliveries.apply(here.store) == 1
    assert here.sql("SELECT count(*) FROM delivery_report") == [(1,)]


def test_what_was_delivered_stays_delivered(here: World) -> None:
    message, provider_id = sent(here)
    report(here, provider_id)
    here.settle()
    report(here, provider_id, ReportState.FAILED)
    here.settle()
    assert here.message(message)[0] is MessageState.DELIVERED


def test_a_report_of_an_unknown_text_waits_and_hurts_nobody(here: World) -> None:
    report(here, "nobody-knows-it")
    assert deliveries.apply(here.store) == 0
    here.settle()


def test_a_report_that_comes_before_our_own_record_is_applied_after_it(on_both: World) -> None:
    here = on_both
    message = here.plan(*here.members(1))
    (taken,) = here.claim_all()
    outcomes = handing.hand_over_claim(here.store, here.dispatcher.channels, taken, here.at)
    report(here, outcomes[0].provider_id)
    here.dispatcher.chores()
    assert here.message(message)[0] is MessageState.SENDING
    handing.record(here.store, taken, outcomes, here.at)
    here.dispatcher.chores()
    assert here.message(message)[0] is MessageState.DELIVERED


def test_a_late_record_and_its_report_settle_what_was_uncertain(on_both: World) -> None:
    here = on_both
    message = here.plan(*here.members(1))
    (taken,) = here.claim_all()
    outcomes = handing.hand_over_claim(here.store, here.dispatcher.channels, taken, here.at)
    with here.store.database.write() as session:
        session.run("unsettle_owner", owner=here.dispatcher.owner, now=0)
    assert here.message(message) == (MessageState.UNCERTAIN, "owner_gone")
    report(here, outcomes[0].provider_id)
    handing.record(here.store, taken, outcomes, here.at)
    assert here.message(message) == (MessageState.SENT, "")
    here.settle()
    assert here.message(message)[0] is MessageState.DELIVERED
    assert here.carrier.counts()["accepted"] == 1
