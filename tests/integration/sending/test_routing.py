"""Several senders of a program: who is texted from which, and what happens when one fails."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from factories.worlds import ANNA, CLUB, NOON, World, world
from yesword.channels.errors import CarrierError
from yesword.channels.ports import PARTLY_TAKEN, Outcome, OutcomeStatus
from yesword.domain.ids import MessageId
from yesword.domain.lanes import Lane
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.sending import handing, routing
from yesword.sending.claiming import Claim
from yesword.store import models, pools, programs
from yesword.store.opening import Store

SECOND = "800200"


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def second_sender(here: World, position: int = 1, **more: object) -> models.Sender:
    account, _ = models.Account.objects.get_or_create(key="second", defaults={"channel": "simulator"})
    sender = models.Sender.objects.create(
        account=account, **{"address": SECOND, "kind": "short_code", **more}
    )
    pools.add(models.Program.objects.get(pk=here.club.id), sender, position)
    return sender


def own_sender(here: World) -> models.Sender:
    return models.Sender.objects.get(address=CLUB)


def senders(here: World) -> list[int]:
    return [row[0] for row in here.sql("SELECT sender_id FROM message ORDER BY id")]


def outcome(taken: Claim, status: OutcomeStatus, meaning: CarrierError | None, code: str = "77") -> Outcome:
    (one,) = taken.claimed
    return Outcome(
        message_id=one.judged.queued.id,
        attempt_id=one.attempt,
        status=status,
        error_code=code if meaning else None,
        meaning=meaning,
    )


def fail(
    here: World,
    status: OutcomeStatus = OutcomeStatus.REFUSED,
    meaning: CarrierError | None = CarrierError.TEMPORARY,
    code: str = "77",
) -> handing.Told:
    (taken,) = here.claim_all()
    return handing.record(here.store, taken, [outcome(taken, status, meaning, code)], here.at)


def code(here: World) -> MessageId:
    return here.plan(
        here.members(1)[0],
        kind=MessageKind.CODE,
        message_class=MessageClass.TRANSACTIONAL,
        trigger="order 7",
        body="Linde & Loom: your code is 123456.",
    )


# --- choosing ------------------------------------------------------------------------------------------------


def test_a_program_with_its_own_sender_only_remembers_nobody(here: World) -> None:
    here.plan(*here.members(1))
    assert here.sql("SELECT count(*) FROM contact_sender") == [(0,)]


def test_a_campaign_goes_to_each_country_from_the_sender_for_it(on_both: World) -> None:
    here = on_both
    swedish = second_sender(here, countries=["SE"])
    here.members(2)
    here.members(2, numbers=["+46701234567", "+46701234568"])
    here.campaign()
    here.dispatcher.chores()
    rows = here.sql("SELECT sender_id, count(*) FROM message GROUP BY sender_id ORDER BY sender_id")
    assert rows == [(own_sender(here).pk, 2), (swedish.pk, 2)]
    lanes = [Lane.of_number(row[0]) for row in here.sql("SELECT DISTINCT lane FROM message")]
    assert {(each.country, each.sender) for each in lanes} == {
        ("NL", own_sender(here).pk),
        ("SE", swedish.pk),
    }


def test_the_gate_is_told_of_the_sender_that_was_chosen(here: World) -> None:
    second_sender(here, countries=["NL"])
    here.plan(*here.members(1))
    ((taken,),) = [claim.claimed for claim in here.claim_all()]
    assert taken.judged.sender == SECOND
    sender = taken.judged.weighed.facts.sender
    assert sender is not None
    assert sender.address == SECOND


def test_a_person_stays_with_a_sender_and_a_change_is_noted(on_both: World) -> None:
    here = on_both
    german = second_sender(here, countries=["NL"])
    (anna,) = here.members(1)
    here.plan(anna)
    models.FurtherSender.objects.update(position=9)
    models.Sender.objects.filter(pk=german.pk).update(countries=[])
    here.plan(anna)
    assert senders(here) == [german.pk] * 2
    pools.remove(models.Program.objects.get(pk=here.club.id), german)
    pools.add(models.Program.objects.get(pk=here.club.id), models.Sender.objects.get(address="555888"), 1)
    here.wait(hours=1)
    here.plan(anna)
    assert senders(here)[-1] == own_sender(here).pk
    assert here.sql("SELECT sender_id, before_id FROM contact_sender") == [(own_sender(here).pk, german.pk)]


def test_an_answer_goes_out_from_whatever_was_texted(here: World) -> None:
    second_sender(here, countries=["NL"])
    here.join()
    assert set(senders(here)) == {own_sender(here).pk}


def test_a_stop_to_any_sender_of_the_program_ends_it(here: World) -> None:
    second = second_sender(here)
    here.join()
    models.Sender.objects.filter(pk=second.pk).update(account=here.account)
    assert here.text(ANNA, "STOP", to=SECOND) == "withdrawn"
    assert here.state().grant_for(here.club.id) is None


def test_the_programs_own_sender_is_not_named_twice(here: World) -> None:
    with pytest.raises(pools.OwnSenderError):
        pools.add(models.Program.objects.get(pk=here.club.id), own_sender(here), 1)


def test_which_sender_a_person_had_is_erased_with_them(here: World) -> None:
    second_sender(here, countries=["NL"])
    (anna,) = here.members(1)
    here.plan(anna)
    with here.store.database.write() as session:
        session.run("erase_contact_senders", bucket=anna >> 53, contact_id=anna)
    assert here.sql("SELECT count(*) FROM contact_sender") == [(0,)]


# --- another way ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["campaign", "code"])
@pytest.mark.parametrize(
    ("status", "meaning", "expected"),
    [
        (OutcomeStatus.ACCEPTED, None, (MessageState.SENT, False)),
        (OutcomeStatus.REFUSED, CarrierError.TEMPORARY, (MessageState.QUEUED, True)),
        (OutcomeStatus.REFUSED, CarrierError.NOT_REGISTERED, (MessageState.QUEUED, True)),
        (OutcomeStatus.REFUSED, CarrierError.INVALID_SENDER, (MessageState.QUEUED, True)),
        (OutcomeStatus.REFUSED, CarrierError.INSUFFICIENT_FUNDS, (MessageState.QUEUED, True)),
        (OutcomeStatus.REFUSED, CarrierError.THROTTLED, (MessageState.QUEUED, True)),
        (OutcomeStatus.REFUSED, CarrierError.FILTERED, (MessageState.FAILED, False)),
        (OutcomeStatus.REFUSED, CarrierError.CARRIER_VIOLATION, (MessageState.FAILED, False)),
        (OutcomeStatus.REFUSED, CarrierError.OPTED_OUT, (MessageState.FAILED, False)),
        (OutcomeStatus.REFUSED, CarrierError.UNKNOWN_SUBSCRIBER, (MessageState.FAILED, False)),
        (OutcomeStatus.REFUSED, None, (MessageState.FAILED, False)),
        (OutcomeStatus.THROTTLED, CarrierError.THROTTLED, (MessageState.QUEUED, False)),
        (OutcomeStatus.UNWRITTEN, None, (MessageState.QUEUED, False)),
        (OutcomeStatus.UNKNOWN, None, (MessageState.UNCERTAIN, False)),
        (OutcomeStatus.UNKNOWN, CarrierError.TEMPORARY, (MessageState.UNCERTAIN, False)),
    ],
    ids=str,
)
def test_only_a_refusal_about_the_route_leads_to_the_next_sender(
    here: World,
    kind: str,
    status: OutcomeStatus,
    meaning: CarrierError | None,
    expected: tuple[MessageState, bool],
) -> None:
    second = second_sender(here)
    message = code(here) if kind == "code" else here.plan(*here.members(1))
    fail(here, status, meaning)
    state, is_rerouted = expected
    if kind == "code" and status is OutcomeStatus.UNKNOWN:
        state = MessageState.QUEUED  # again, but by the same way: a code may repeat
    assert here.message(message)[0] is state
    assert senders(here) == [second.pk if is_rerouted else own_sender(here).pk]


def test_the_next_sender_gets_a_new_decision_and_a_new_attempt_and_each_is_tried_once(on_both: World) -> None:
    here = on_both
    second = second_sender(here)
    message = here.plan(*here.members(1))
    assert fail(here).given_back == 1
    assert fail(here).failed == 1
    assert here.message(message)[0] is MessageState.FAILED
    assert here.sql("SELECT sender_id, outcome FROM attempt ORDER BY id") == [
        (own_sender(here).pk, "refused"),
        (second.pk, "refused"),
    ]
    assert here.sql("SELECT count(*) FROM decision") == [(2,)]


def test_a_code_that_may_have_gone_and_was_then_refused_goes_on(here: World) -> None:
    second = second_sender(here)
    code(here)
    fail(here, OutcomeStatus.UNKNOWN, None)
    fail(here)
    assert senders(here) == [second.pk]


def test_a_text_that_may_have_gone_does_not_go_by_another_way(here: World) -> None:
    """As by a worker that died and came back to life: the table allows it, the router does not."""
    second_sender(here)
    message = here.plan(*here.members(1))
    fail(here, OutcomeStatus.UNKNOWN, None)
    here.sql("UPDATE message SET state = 0 WHERE id = %s", message)
    fail(here)
    assert here.message(message)[0] is MessageState.FAILED


def test_what_a_carrier_says_of_a_refusal_is_told_once_a_batch(here: World) -> None:
    for member in here.members(3):
        here.plan(member)
    (taken,) = here.claim_all()
    outcomes = [
        Outcome(
            message_id=each.judged.queued.id,
            attempt_id=each.attempt,
            status=OutcomeStatus.REFUSED,
            error_code="13",
            error_text="ESME_RBINDFAIL",
        )
        for each in taken.claimed
    ]
    with capture_logs() as told:
        handing.record(here.store, taken, outcomes, here.at)
    said = [each for each in told if each["event"] == "texts_refused"]
    assert [(each["code"], each["said"], each["count"]) for each in said] == [("13", "ESME_RBINDFAIL", 3)]


@pytest.mark.parametrize("meaning", sorted(routing.ABOUT_THE_ROUTE))
def test_a_long_text_of_which_the_carrier_took_a_part_does_not_go_by_another_way(
    here: World, meaning: CarrierError
) -> None:
    second_sender(here)
    message = here.plan(*here.members(1))
    fail(here, OutcomeStatus.REFUSED, meaning, PARTLY_TAKEN)
    assert here.message(message)[0] is MessageState.FAILED
    assert senders(here) == [own_sender(here).pk]


def test_a_withdrawal_in_between_is_not_led_around(here: World) -> None:
    second_sender(here)
    message = here.plan(*here.members(1))
    (taken,) = here.claim_all()
    here.sql("UPDATE message SET recalled = 1 WHERE id = %s", message)
    handing.record(
        here.store,
        taken,
        [outcome(taken, OutcomeStatus.REFUSED, CarrierError.TEMPORARY)],
        here.at,
    )
    assert here.message(message) == (MessageState.CANCELLED, "withdrawn")


def test_a_sender_that_hears_nothing_does_not_stand_in_for_one_that_does(here: World) -> None:
    second_sender(here, address="LINDE", kind="alphanumeric")
    message = here.plan(*here.members(1))
    fail(here)
    assert here.message(message)[0] is MessageState.FAILED


# --- an account that is away ---------------------------------------------------------------------------------


def test_what_waits_for_long_for_an_account_that_is_away_goes_by_another(on_both: World) -> None:
    here = on_both
    second = second_sender(here)
    away = frozenset({here.account.pk})
    old = here.plan(here.members(1)[0], due_at=NOON - timedelta(minutes=3))
    young = here.plan(here.members(1)[0])
    assert routing.lead_around(here.store, away, here.at) == 1
    found = dict(here.sql("SELECT id, sender_id FROM message"))
    assert found == {old: second.pk, young: own_sender(here).pk}
    assert routing.lead_around(here.store, away, here.at) == 0


def test_where_all_are_away_everything_stays(here: World) -> None:
    second = second_sender(here)
    here.plan(here.members(1)[0], due_at=NOON - timedelta(minutes=3))
    assert routing.lead_around(here.store, frozenset({here.account.pk, second.account_id}), here.at) == 0


def test_an_answer_waits_for_the_number_that_was_texted(here: World) -> None:
    second_sender(here)
    here.plan(
        here.members(1)[0],
        kind=MessageKind.HELP_REPLY,
        conversation_at=NOON,
        due_at=NOON - timedelta(minutes=3),
    )
    assert routing.lead_around(here.store, frozenset({here.account.pk}), here.at) == 0


def test_programs_on_a_sender_are_those_that_use_it_as_one_of_several(here: World) -> None:
    second = second_sender(here)
    assert [each.key for each in programs.on_sender(second.pk)] == ["club"]
