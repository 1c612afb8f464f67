"""What a claim takes, what it leaves, and what becomes of it."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from factories.worlds import ANNA, NOON, World, at_once, elsewhere, next_token, publish, world
from yesword.channels.ports import Outcome, OutcomeStatus
from yesword.domain.messages import KINDS, MessageClass, MessageKind, MessageState
from yesword.domain.programs import Frequency
from yesword.sending import claiming, handing, recovery
from yesword.sending.claiming import claim
from yesword.sending.due import due_lanes, take
from yesword.sending.fates import Claimant, fates
from yesword.sending.judging import judge
from yesword.sending.pacing import Pacer
from yesword.sending.weighing import Scales
from yesword.store import models
from yesword.store.database import Row, Session
from yesword.store.opening import Store

# On SQLite one dispatcher works at a time, and one writer.
ON_POSTGRESQL = pytest.mark.parametrize(
    "store", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    """For what rests on statements that differ between the databases."""
    with world(store) as made:
        yield made


def test_a_message_is_claimed_once_with_its_decision_its_attempt_and_its_sealed_body(on_both: World) -> None:
    here = on_both
    (anna,) = here.members(1)
    message = here.plan(anna)
    (taken,) = here.claim_all()
    assert [each.judged.queued.id for each in taken.claimed] == [message]
    assert here.claim_all() == []
    ((owner, body, attempt),) = here.sql(
        "SELECT owner, sealed_body, attempt FROM message WHERE id = %s", message
    )
    assert (owner, attempt) == (here.dispatcher.owner, 1)
    assert b"hello" not in bytes(body)
    assert here.sql("SELECT verdict FROM decision WHERE message_id = %s", message) == [("send",)]
    assert here.sql("SELECT outcome FROM attempt WHERE message_id = %s", message) == [(None,)]


def test_what_is_not_due_is_left_and_confirmations_overtake_campaigns(here: World) -> None:
    (anna,) = here.members(1)
    here.plan(anna, due_at=NOON + timedelta(minutes=1))
    assert here.claim_all() == []
    here.wait(minutes=1)
    here.plan(anna, kind=MessageKind.WELCOME)
    (taken,) = here.claim_all()
    assert [each.judged.queued.kind for each in taken.claimed] == [MessageKind.WELCOME, MessageKind.CAMPAIGN]


def due(session: Session, at: datetime = NOON, limit: int = 100) -> list[Row]:
    lanes = due_lanes(session, at)
    return take(session, Pacer().round(session, lanes, {}, at), lanes, at, limit)


def test_every_kind_of_text_is_sought_the_most_urgent_first(on_both: World) -> None:
    here = on_both
    (anna,) = here.members(1)
    for kind in reversed(MessageKind):
        here.plan(anna, kind=kind)
    here.plan(anna, due_at=NOON + timedelta(minutes=1))
    with here.store.database.read() as session:
        rows, some = due(session), due(session, limit=3)
    kinds = [MessageKind(row[8]) for row in rows]
    assert sorted(kinds) == sorted(MessageKind)
    assert [KINDS[kind].priority for kind in kinds] == sorted(KINDS[kind].priority for kind in kinds)
    assert some == rows[:3]


def test_nothing_is_handed_over_to_somebody_whose_key_is_gone(here: World) -> None:
    (anna,) = here.members(1)
    message = here.plan(anna, kind=MessageKind.REPLY, conversation_at=NOON)
    with sqlite3.connect(here.store.folder / "keys.sqlite3") as keys:
        keys.execute("UPDATE subject_key SET wrapped = NULL")
    keys.close()
    here.settle()
    assert here.message(message)[0] is MessageState.REFUSED
    assert here.carrier.counts().get("submitted", 0) == 0


def test_the_texts_of_one_claim_count_towards_the_promise(on_both: World) -> None:
    here = on_both
    (anna,) = here.members(1)
    messages = [here.plan(anna) for _ in range(6)]
    (taken,) = here.claim_all()
    assert len(taken.claimed) == here.club.frequency.count
    assert [here.message(each) for each in messages[4:]] == [(MessageState.REFUSED, "promise")] * 2


def test_each_message_is_held_to_the_version_of_its_program_that_it_was_planned_under(here: World) -> None:
    (anna,) = here.members(1)
    sender = models.Sender.objects.get(address=here.club.sender)
    brand = models.Brand.objects.get(pk=here.club.brand)
    here.plan(anna)
    stricter = publish(brand, sender, frequency=Frequency(count=1, days=1))
    here.plan(anna, program=stricter)
    (taken,) = here.claim_all()
    assert [each.judged.queued.program_version for each in taken.claimed] == [1]
    assert here.sql("SELECT reason FROM message WHERE program_version = 2") == [("promise",)]


def test_a_message_planned_before_a_stop_is_not_revived_by_a_start(here: World) -> None:
    here.join()
    contact = here.contact().id
    before = here.state().seq
    here.text(ANNA, "STOP")
    here.text(ANNA, "START")
    message = here.plan(contact, planned_seq=before)
    here.settle()
    assert here.message(message) == (MessageState.REFUSED, "superseded")


def test_a_throttled_message_is_given_back_and_goes_a_second_later(on_both: World) -> None:
    here = on_both
    here.carrier.configure(throttle_per_s=1)
    one, two = here.members(2)
    here.plan(one)
    here.plan(two)
    told = [here.hand_over(each) for each in here.claim_all()]
    assert sum(each.sent for each in told) + sum(each.given_back for each in told) == 2
    here.carrier.configure(throttle_per_s=None)
    here.settle()
    assert sum(each.sent for each in told) == here.carrier.counts()["accepted"]
    here.wait(seconds=1)
    here.settle()
    assert here.sql("SELECT DISTINCT state FROM message") == [(MessageState.SENT,)]
    assert here.carrier.counts()["accepted"] == 2


def test_a_message_of_which_nobody_knows_is_uncertain_and_is_not_sent_again(here: World) -> None:
    here.carrier.configure(silent=True)
    (anna,) = here.members(1)
    message = here.plan(anna)
    here.settle()
    assert here.message(message) == (MessageState.UNCERTAIN, "no_answer")
    here.carrier.configure(silent=False)
    here.wait(hours=1)
    here.settle()
    assert here.sql("SELECT count(*) FROM attempt") == [(1,)]


def test_a_code_of_which_nobody_knows_is_tried_again(here: World) -> None:
    here.carrier.configure(silent=True)
    (anna,) = here.members(1)
    code = here.plan(anna, kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1")
    (taken,) = here.claim_all()
    assert here.hand_over(taken).given_back == 1
    here.carrier.configure(silent=False)
    here.settle()
    assert here.message(code)[0] is MessageState.SENT
    assert here.sql("SELECT count(*) FROM attempt") == [(2,)]


def test_a_late_record_does_not_touch_a_later_claim(on_both: World) -> None:
    here = on_both
    (anna,) = here.members(1)
    code = here.plan(anna, kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1")
    (first,) = here.claim_all()
    with here.store.database.write() as session:
        session.run("retry_codes_of_owner", owner=here.dispatcher.owner, now=0)
    (second,) = here.claim_all()
    (claimed,) = first.claimed
    failed = Outcome(
        message_id=code, attempt_id=claimed.attempt, status=OutcomeStatus.REFUSED, error_code="late"
    )
    handing.record(here.store, first, [failed], here.at)
    assert here.message(code)[0] is MessageState.SENDING
    here.hand_over(second)
    assert here.message(code)[0] is MessageState.SENT
    assert sorted(here.sql("SELECT outcome FROM attempt")) == [("accepted",), ("refused",)]


def test_a_refusal_of_the_carrier_that_means_opted_out_becomes_a_withdrawal(here: World) -> None:
    here.join()
    here.carrier.configure(errors={"opted_out": 1.0})
    message = here.plan(here.contact().id)
    here.settle()
    assert here.message(message) == (MessageState.FAILED, "opted_out")
    stop = here.state().withdrawal_for(here.club.id)
    assert stop is not None
    assert stop.route == "carrier_block"
    here.carrier.configure(errors={})
    assert here.text(ANNA, "START") == "restarted"


@ON_POSTGRESQL
def test_a_claim_leaves_the_person_whose_record_is_being_written_and_does_not_wait(on_both: World) -> None:
    here = on_both
    anna, bert = here.members(2)
    here.plan(anna)
    free = here.plan(bert)
    with here.store.database.write() as session:
        session.run("raise_standing", events=0, bucket=anna >> 53, contact_id=anna)
        found: list[int] = []
        elsewhere(
            here.store,
            lambda: found.extend(one.judged.queued.id for _ in range(20) for one in here.claim().claimed),
        )
    assert found == [free]
    assert len(here.claim_all()) == 1


def test_what_changed_after_the_gate_was_asked_is_left_queued(here: World) -> None:
    here.join()
    message = here.plan(here.contact().id)
    here.plan(*here.members(1))
    with here.store.database.read() as session:
        rows = due(session, here.at)
        judged = judge(here.store, session, here.scales, rows, here.at, lock=False)
    assert {each.decision.verdict for each in judged} == {"send"}
    claimant = Claimant(owner="somebody", token=1)
    ends = fates(here.store, here.scales, claimant, Pacer(), judged, rows, here.at)
    here.receive(ANNA, "STOP")
    with here.store.database.write() as session:
        left = claiming._unchanged(session, ends)
    assert len(left) == 1
    assert message not in [fate.judged.queued.id for fate in left]


@ON_POSTGRESQL
def test_two_dispatchers_at_once_never_hand_a_message_over_twice(on_both: World) -> None:
    here = on_both
    people = here.members(150)
    for each in people[:50]:
        here.plan(each)
    campaign = here.campaign()
    here.dispatcher.chores()
    start = threading.Barrier(3)

    def dispatch() -> None:
        channel = here.carrier.channel(account=here.account.key, chunk=7)
        scales = Scales(here.scales.rules)
        owner = recovery.new_owner()
        recovery.enrol(here.store, owner, here.at)
        start.wait()
        idle = 0
        while idle < 3:
            taken = claim(here.store, scales, Claimant(owner=owner, token=next_token()), here.at, 10)
            idle = 0 if taken.seen else idle + 1
            outcomes = handing.hand_over_claim(here.store, {here.account.pk: channel}, taken, here.at)
            handing.record(here.store, taken, outcomes, here.at)

    at_once(here.store, [dispatch] * 3)
    assert here.states(campaign) == {MessageState.SENT: 150}
    assert here.carrier.counts()["accepted"] == 200
    assert here.sql("SELECT max(attempt) FROM message") == [(1,)]


def test_a_sqlite_store_has_one_dispatcher(here: World) -> None:
    from yesword.worker.dispatcher import AlreadyDispatchingError, dispatching

    with pytest.raises(AlreadyDispatchingError), dispatching(here.store, {}, here.scales.rules):
        pass
