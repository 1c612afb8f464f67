"""Delivery reports: early, late, twice, and of what nobody was sure of."""

import threading
from collections.abc import Iterator

import pytest

from factories.worlds import World, world
from yesword.channels.ports import DeliveryReport, InboundItem, Outcome, ReportState
from yesword.domain.ids import MessageId
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.sending import deliveries, handing, taking
from yesword.sending.claiming import Claim
from yesword.store import models
from yesword.store.opening import Store


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def report(
    here: World,
    provider_id: str,
    state: ReportState = ReportState.DELIVERED,
    error: str | None = None,
    *,
    about: int | None = None,
    account: models.Account | None = None,
) -> None:
    """`about` is our own reference, as the carrier of `account` echoes it."""
    account = account or here.account
    item = DeliveryReport(
        account=account.key,
        provider_id=provider_id,
        message_id=about,
        state=state,
        error_code=error,
        at=here.at,
    )
    assert taking.take(here.store, account.pk, [item], lambda: here.at) == [True]


def bring(here: World) -> None:
    """Take in what the carrier has to say."""
    assert here.carrier.waiting(here.account.key)
    stop = threading.Event()

    def handle(items: list[InboundItem]) -> list[bool]:
        stop.set()
        return taking.take(here.store, here.account.pk, items, lambda: here.at)

    here.carrier.receiver(account=here.account.key).run(handle, stop)


def written(here: World) -> tuple[MessageId, Claim, list[Outcome]]:
    """A text that the carrier has, and that nobody has recorded."""
    message = here.plan(*here.members(1))
    (taken,) = here.claim_all()
    return message, taken, handing.hand_over_claim(here.store, here.dispatcher.channels, taken, here.at)


def uncertain(here: World) -> tuple[MessageId, Claim, list[Outcome]]:
    """A text whose worker died between the hand-over and the record."""
    message, taken, outcomes = written(here)
    bury(here)
    assert here.message(message) == (MessageState.UNCERTAIN, "owner_gone")
    return message, taken, outcomes


def bury(here: World) -> None:
    with here.store.database.write() as session:
        session.run("unsettle_owner", owner=here.dispatcher.owner, now=0)


def references(here: World) -> list[tuple[object, ...]]:
    return here.sql("SELECT provider_id, message_id FROM provider_ref ORDER BY provider_id")


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
    message, taken, outcomes = written(here)
    report(here, outcomes[0].provider_id)
    here.dispatcher.chores()
    assert here.message(message)[0] is MessageState.SENDING
    handing.record(here.store, taken, outcomes, here.at)
    here.dispatcher.chores()
    assert here.message(message)[0] is MessageState.DELIVERED


def test_a_late_record_and_its_report_settle_what_was_uncertain(on_both: World) -> None:
    here = on_both
    message, taken, outcomes = uncertain(here)
    report(here, outcomes[0].provider_id)
    handing.record(here.store, taken, outcomes, here.at)
    assert here.message(message) == (MessageState.SENT, "")
    here.settle()
    assert here.message(message)[0] is MessageState.DELIVERED
    assert here.carrier.counts()["accepted"] == 1


# Reports that echo our own reference


def test_a_text_without_an_answer_is_settled_by_a_report_that_names_it(on_both: World) -> None:
    here = on_both
    here.carrier.configure(reports=1.0, silent=True)
    message = here.plan(*here.members(1))
    here.settle()
    assert here.message(message) == (MessageState.UNCERTAIN, "no_answer")
    assert references(here) == []
    bring(here)
    here.settle()
    assert here.message(message) == (MessageState.DELIVERED, "")
    ((provider_id, referred),) = references(here)
    assert referred == message
    assert here.sql("SELECT provider_id FROM attempt") == [(provider_id,)]
    assert here.carrier.counts()["accepted"] == 1


@pytest.mark.parametrize(
    ("failures", "becomes"),
    [
        pytest.param(0.0, (MessageState.DELIVERED, ""), id="delivered"),
        pytest.param(1.0, (MessageState.UNDELIVERED, "absent_subscriber"), id="failed"),
    ],
)
def test_what_a_dead_worker_left_is_settled_by_a_report_and_a_late_record_changes_nothing(
    on_both: World, failures: float, becomes: tuple[MessageState, str]
) -> None:
    here = on_both
    here.carrier.configure(reports=1.0, report_failures=failures)
    message, taken, outcomes = uncertain(here)
    bring(here)
    assert deliveries.apply(here.store) == 1
    assert here.message(message) == becomes
    assert references(here) == [(outcomes[0].provider_id, message)]
    handing.record(here.store, taken, outcomes, here.at)
    here.settle()
    assert here.message(message) == becomes
    assert references(here) == [(outcomes[0].provider_id, message)]


def test_a_carrier_that_names_a_text_but_knows_nothing_of_it_leaves_it_uncertain(here: World) -> None:
    message, _, outcomes = uncertain(here)
    report(here, outcomes[0].provider_id, ReportState.UNKNOWN, about=message)
    assert deliveries.apply(here.store) == 1
    assert here.message(message)[0] is MessageState.UNCERTAIN
    report(here, outcomes[0].provider_id)
    assert deliveries.apply(here.store) == 1, "the carrier's id is known by now"
    assert here.message(message)[0] is MessageState.DELIVERED


def test_another_account_cannot_settle_a_text_that_it_never_had(on_both: World) -> None:
    here = on_both
    other = models.Account.objects.create(key="other", channel="simulator")
    message, _, outcomes = uncertain(here)
    report(here, outcomes[0].provider_id, about=message, account=other)
    assert deliveries.apply(here.store) == 0
    assert here.message(message) == (MessageState.UNCERTAIN, "owner_gone")
    assert references(here) == []
    assert here.sql("SELECT account_id, is_applied FROM delivery_report") == [(other.pk, 0)]
    report(here, outcomes[0].provider_id, ReportState.FAILED, about=message)
    assert deliveries.apply(here.store) == 1
    assert here.message(message)[0] is MessageState.UNDELIVERED


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param(1, id="of no text"),
        pytest.param((1 << 63) - 1, id="the last that there can be"),
        pytest.param(1 << 63, id="too large for any text"),
        pytest.param(0, id="nought"),
        pytest.param(-1, id="negative"),
    ],
)
def test_a_report_with_a_reference_that_is_not_ours_is_kept_and_hurts_nobody(
    on_both: World, reference: int
) -> None:
    here = on_both
    message, _, _ = uncertain(here)
    report(here, "made-up", about=reference)
    assert deliveries.apply(here.store) == 0
    assert here.message(message)[0] is MessageState.UNCERTAIN
    assert here.sql("SELECT provider_id, is_applied FROM delivery_report") == [("made-up", 0)]


def test_a_text_that_was_never_handed_over_is_not_delivered_by_a_report(here: World) -> None:
    message = here.plan(*here.members(1))
    report(here, "made-up", about=message)
    assert deliveries.apply(here.store) == 0
    assert here.message(message)[0] is MessageState.QUEUED


def test_a_report_that_names_a_text_twice_is_one_report(on_both: World) -> None:
    here = on_both
    message, _, outcomes = uncertain(here)
    for _ in range(2):
        report(here, outcomes[0].provider_id, about=message)
    assert deliveries.apply(here.store) == 1
    report(here, outcomes[0].provider_id, about=message)
    assert deliveries.apply(here.store) == 0
    assert here.message(message)[0] is MessageState.DELIVERED
    assert here.sql("SELECT count(*), sum(is_applied) FROM delivery_report") == [(1, 1)]


@pytest.mark.parametrize("is_recorded", [True, False], ids=["it is recorded", "its worker dies"])
def test_a_report_that_names_a_text_still_being_sent_waits_until(
    on_both: World, *, is_recorded: bool
) -> None:
    here = on_both
    here.carrier.configure(reports=1.0)
    message, taken, outcomes = written(here)
    bring(here)
    assert deliveries.apply(here.store) == 0
    assert here.message(message)[0] is MessageState.SENDING
    if is_recorded:
        handing.record(here.store, taken, outcomes, here.at)
    else:
        bury(here)
    assert deliveries.apply(here.store) == 1
    assert here.message(message)[0] is MessageState.DELIVERED
    assert references(here) == [(outcomes[0].provider_id, message)]


def test_our_reference_counts_where_the_carrier_writes_its_own_id_differently(here: World) -> None:
    message, provider_id = sent(here)
    report(here, f"00{provider_id}", about=message)
    assert deliveries.apply(here.store) == 1
    assert here.message(message)[0] is MessageState.DELIVERED
    assert references(here) == [(f"00{provider_id}", message), (provider_id, message)]


def test_a_code_that_went_out_twice_has_not_failed_when_one_of_the_two_has(on_both: World) -> None:
    here = on_both
    (person,) = here.members(1)
    code = here.plan(person, kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1")
    here.carrier.configure(silent=True)
    (first,) = here.claim_all()
    assert here.hand_over(first).given_back == 1
    here.carrier.configure(silent=False)
    (second,) = here.claim_all()
    assert here.hand_over(second).sent == 1
    report(here, "of-the-first", ReportState.FAILED, about=code)
    assert deliveries.apply(here.store) == 0
    assert here.message(code)[0] is MessageState.SENT
    report(here, "of-the-first", ReportState.DELIVERED, about=code)
    here.settle()
    assert here.message(code)[0] is MessageState.DELIVERED
