"""What each text from a person leads to, and what it does not change."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from factories.worlds import ANNA, CLUB, EVENTS, World, world
from yesword.consent.capping import HOUR_CAP
from yesword.domain.messages import MessageState
from yesword.sending import draining, inbound
from yesword.store import models
from yesword.store.opening import Store

BRAND = "Linde & Loom"


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    """What a text leads to does not depend on the database."""
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def test_a_stranger_who_asks_for_help_gets_it_and_is_not_signed_up(here: World) -> None:
    assert here.text(ANNA, "HELP") == "help"
    assert here.shown() == [f"{BRAND}: help."]
    assert here.kinds() == []


def test_a_keyword_is_asked_about_and_a_yes_is_welcomed_with_the_way_out(on_both: World) -> None:
    here = on_both
    here.join()
    assert here.shown() == [
        f"{BRAND}: reply YES to join Club.",
        f"{BRAND}: welcome to Club. Reply STOP to stop.",
    ]
    assert here.kinds() == ["requested", "confirmed"]
    assert here.state().grant_for(here.club.id) is not None


def test_a_second_opt_in_is_answered_and_grants_nothing_anew(here: World) -> None:
    here.join()
    assert here.text(ANNA, "savemore") == "already_in"
    assert here.shown()[-1] == f"{BRAND}: you are in already."
    assert here.kinds() == ["requested", "confirmed"]


def test_a_second_yes_is_told_that_they_are_in(here: World) -> None:
    here.join()
    assert here.text(ANNA, "YES") == "already_in"
    assert here.kinds() == ["requested", "confirmed"]


def test_a_second_opt_in_while_the_question_is_open_asks_again_and_opens_no_second_one(here: World) -> None:
    here.text(ANNA, "SAVEMORE")
    assert here.text(ANNA, "SAVEMORE") == "asked_again"
    assert here.shown() == [f"{BRAND}: reply YES to join Club."] * 2
    assert here.kinds() == ["requested"]
    assert here.text(ANNA, "yes") == "confirmed"


def test_a_yes_a_day_after_the_question_is_too_late(here: World) -> None:
    here.text(ANNA, "SAVEMORE")
    here.wait(hours=24)
    assert here.text(ANNA, "yes") == "lapsed"
    assert here.shown()[-1] == f"{BRAND}: that came too late."
    assert here.kinds() == ["requested", "expired"]
    assert here.state().grants == ()


def test_after_a_lapsed_question_the_keyword_asks_anew(here: World) -> None:
    here.text(ANNA, "SAVEMORE")
    here.wait(hours=25)
    assert here.text(ANNA, "SAVEMORE") == "asked"
    assert here.text(ANNA, "yes") == "confirmed"


def test_a_no_is_taken_and_not_asked_again(here: World) -> None:
    here.text(ANNA, "SAVEMORE")
    assert here.text(ANNA, "no") == "declined"
    assert here.shown()[-1] == f"{BRAND}: fine, we ask no more."
    assert here.kinds() == ["requested", "refused"]
    assert here.text(ANNA, "yes") != "confirmed"
    assert here.state().grants == ()


def test_a_yes_to_nothing_grants_nothing(here: World) -> None:
    here.text(ANNA, "yes")
    assert here.kinds() == []


def test_a_wrong_keyword_is_answered_and_changes_nothing(here: World) -> None:
    assert here.text(ANNA, "SAVEMOER") == "unknown_keyword"
    assert here.shown() == [f"{BRAND}: we do not know that word."]
    assert here.kinds() == []


def test_free_text_is_kept_and_not_answered(here: World) -> None:
    assert here.text(ANNA, "do you have these in size 42, in the shop on Main Street") == "conversation"
    assert here.shown() == []
    assert here.sql("SELECT count(*) FROM inbound_text") == [(1,)]


def test_a_number_that_cannot_be_a_mobile_is_neither_asked_nor_texted(on_both: World) -> None:
    here = on_both
    landline = "+31201234567"
    assert here.text(landline, "SAVEMORE") == "cannot_text"
    assert here.shown(landline) == []
    assert here.kinds(landline) == []
    assert here.sql("SELECT state, reason FROM message") == [(MessageState.REFUSED, "not_a_mobile")]


def test_a_keyword_of_a_program_with_single_opt_in_is_the_grant(here: World) -> None:
    assert here.text(ANNA, "EVENTS", to=EVENTS) == "granted"
    assert here.shown() == [f"{BRAND}: welcome to Events. Reply STOP to stop."]
    assert here.state().grant_for(here.club.id) is None


def test_nobody_is_made_for_a_text_to_an_address_that_no_program_has(here: World) -> None:
    assert here.text(ANNA, "STOP", to="999999") == "nobody"
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("STOP", id="the word itself"),
        pytest.param("Stop. \U0001f620", id="with a full stop and an emoji"),
        pytest.param("afmelden", id="in Dutch"),
        pytest.param("please take me off your list", id="as a person says it"),
    ],
)
def test_a_stop_ends_everything_of_the_brand_and_is_confirmed_once(here: World, words: str) -> None:
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    assert here.text(ANNA, words) == "withdrawn"
    assert here.shown()[-1] == f"{BRAND}: no more messages."
    assert here.state().grants == ()


def test_a_second_stop_is_recorded_and_not_confirmed_again(here: World) -> None:
    here.join()
    here.text(ANNA, "STOP")
    shown = here.shown()
    assert here.text(ANNA, "STOP") == "withdrawn"
    assert here.shown() == shown
    assert here.kinds()[-2:] == ["withdrawn", "withdrawn"]


def test_a_stop_after_a_start_is_news_and_is_confirmed(here: World) -> None:
    here.join()
    for words in ("STOP", "START", "STOP"):
        here.text(ANNA, words)
    assert here.shown()[-3:] == [
        f"{BRAND}: no more messages.",
        f"{BRAND}: welcome to Club. Reply STOP to stop.",
        f"{BRAND}: no more messages.",
    ]


def test_a_stop_that_ends_an_open_question_is_confirmed_even_after_an_older_stop(here: World) -> None:
    here.join()
    for words in ("STOP", "SAVEMORE", "STOP"):
        here.text(ANNA, words)
    assert here.shown()[-1] == f"{BRAND}: no more messages."
    assert here.text(ANNA, "yes") != "confirmed"


def test_a_stop_from_a_stranger_stands(here: World) -> None:
    assert here.text(ANNA, "STOP") == "withdrawn"
    assert here.shown() == [f"{BRAND}: no more messages."]
    assert here.state().withdrawal_for(here.club.id) is not None


def test_a_redelivered_stop_is_the_same_event_and_drains_again(on_both: World) -> None:
    here = on_both
    here.join()
    message = here.plan(here.contact().id)
    taken = here.claim_all()
    assert here.message(message)[0] is MessageState.SENDING
    handled = here.receive(ANNA, "STOP", ref="stop-1")
    assert not _drains(here, handled)
    again = here.receive(ANNA, "STOP", ref="stop-1")
    assert again == handled
    assert not _drains(here, again)
    for claim in taken:
        here.hand_over(claim)
    assert _drains(here, here.receive(ANNA, "STOP", ref="stop-1"))
    assert here.kinds()[-2:] == ["confirmed", "withdrawn"]
    here.settle()
    assert here.shown()[-1] == f"{BRAND}: no more messages."


def test_whatever_is_being_handed_over_can_be_waited_for(on_both: World) -> None:
    """As somebody does who goes on with an import and does not know who was stopped last."""
    here = on_both
    here.join()
    assert draining.drain_claims(here.store, 0.02)
    here.plan(here.contact().id)
    taken = here.claim_all()
    assert not draining.drain_claims(here.store, 0.02)
    for claim in taken:
        here.hand_over(claim)
    assert draining.drain_claims(here.store, 0.02)


def test_what_is_claimed_while_one_waits_is_not_waited_for(
    on_both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = on_both
    here.join()
    here.plan(here.contact().id)
    before = here.claim_all()

    def another_is_claimed(_seconds: float) -> None:
        for claim in before:
            here.hand_over(claim)
        before.clear()
        here.plan(*here.members(1))
        assert here.claim_all()

    monkeypatch.setattr(draining.time, "sleep", another_is_claimed)
    assert draining.drain_claims(here.store, 5.0)


def _drains(here: World, handled: inbound.Handled) -> bool:
    return draining.drain_all(here.store, handled.withdrawn, 0.02)


def test_the_confirmation_waits_for_the_drain(on_both: World) -> None:
    here = on_both
    here.join()
    here.plan(here.contact().id)
    (taken,) = here.claim_all()
    handled = here.receive(ANNA, "STOP")
    assert not _drains(here, handled)
    assert draining.release(here.store, here.at) == 0
    here.hand_over(taken)
    assert draining.release(here.store, here.at) == 1
    here.settle()
    assert here.shown()[-1] == f"{BRAND}: no more messages."


def test_a_confirmation_goes_though_whoever_took_the_stop_died(on_both: World) -> None:
    here = on_both
    here.join()
    here.receive(ANNA, "STOP")  # and nobody lives to drain it
    here.settle()
    assert here.shown()[-1] == f"{BRAND}: no more messages."


def test_a_confirmation_later_than_five_minutes_is_not_sent(here: World) -> None:
    here.join()
    here.receive(ANNA, "STOP")
    here.wait(minutes=6)
    here.settle()
    assert here.shown()[-1] != f"{BRAND}: no more messages."
    assert here.sql("SELECT state, reason FROM message WHERE kind = 'stop_reply'") == [
        (MessageState.REFUSED, "stop_reply_late")
    ]


def test_where_the_carrier_answers_a_stop_we_do_not(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        models.Account.objects.filter(pk=here.account.pk).update(answers_stop=True)
        here.join()
        shown = here.shown()
        assert here.text(ANNA, "STOP") == "withdrawn"
        assert here.shown() == shown
        assert here.state().grants == ()


def test_start_brings_back_only_what_the_stop_had_ended(here: World) -> None:
    here.join()
    here.text(ANNA, "STOP")
    assert here.text(ANNA, "START") == "restarted"
    state = here.state()
    assert state.grant_for(here.club.id) is not None
    assert state.grant_for(here.events.id) is None
    assert here.kinds()[-2:] == ["withdrawn", "granted"]


def test_start_from_a_stranger_brings_nothing(here: World) -> None:
    assert here.text(ANNA, "START") == "nothing_to_start"
    assert here.kinds() == []


def test_start_after_a_second_stop_still_brings_back_what_the_first_had_ended(on_both: World) -> None:
    here = on_both
    here.join()
    for words in ("STOP", "STOP", "START"):
        here.text(ANNA, words)
    assert here.state().grant_for(here.club.id) is not None


def test_a_start_that_was_sent_before_the_stop_brings_nothing_back(here: World) -> None:
    here.join()
    here.text(ANNA, "STOP")
    here.text(ANNA, "START", at=here.at - timedelta(seconds=5))
    assert here.state().grants == ()


def test_help_after_a_stop_is_answered(here: World) -> None:
    here.join()
    here.text(ANNA, "STOP")
    assert here.text(ANNA, "HELP") == "help"
    assert here.shown()[-1] == f"{BRAND}: help."


def test_two_machines_do_not_answer_each_other_all_night(on_both: World) -> None:
    here = on_both
    for _ in range(40):
        here.text(ANNA, "what?")
    assert len(here.shown()) == HOUR_CAP
    here.wait(hours=1)
    here.text(ANNA, "what?")
    assert len(here.shown()) == HOUR_CAP + 1


def test_a_text_from_a_carrier_whose_clock_is_ahead_is_answered(here: World) -> None:
    assert here.text(ANNA, "HELP", at=here.at + timedelta(minutes=2)) == "help"
    assert here.shown() == [f"{BRAND}: help."]


def test_one_number_is_one_person_whatever_they_text(here: World) -> None:
    for words in ("HELP", "SAVEMORE", "yes"):
        here.text(ANNA, words)
    here.text(ANNA, "EVENTS", to=EVENTS)
    assert here.sql("SELECT count(*) FROM contact") == [(1,)]
    assert here.text(ANNA, "STOP", to=CLUB) == "withdrawn"
