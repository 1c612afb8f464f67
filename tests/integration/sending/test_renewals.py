"""A consent over the years: the first text that comes late, the reminder, and what silence does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from factories.databases import on_both
from factories.worlds import ANNA, CLUB, NOON, World, at_once, publish, world
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.domain.programs import Program
from yesword.domain.rules.model.consent import OnSilence
from yesword.domain.times import to_micros
from yesword.reporting.people import read_events
from yesword.sending import campaigns, renewal_rounds, renewals, verdicts
from yesword.sending.renewal_rounds import Done
from yesword.store import models, programs
from yesword.store.opening import Store

SEOUL = "+821012345678"
YOU_SAID_YES = "Linde & Loom: you said yes to our texts, Club, on 2 March 2026."


@pytest.fixture
def here(chosen_store: Store) -> Iterator[World]:
    with world(chosen_store) as made:
        yield made


def renewing(here: World, **changes: object) -> Program:
    """The club, which now reminds people of their consent."""
    brand = models.Brand.objects.get(pk=here.club.brand)
    sender = models.Sender.objects.get(address=CLUB)
    here.club = publish(brand, sender, renews=True, **changes)
    return here.club


def renewal_texts(here: World, number: str) -> list[str]:
    return [text for text in here.shown(number) if text.startswith(YOU_SAID_YES)]


def run(here: World) -> Done:
    return renewal_rounds.run(here.store, here.scales, here.at)


# --- the first text that comes late ---------------------------------------------------------------------------


def test_a_late_first_text_says_why_it_comes_in_the_place_of_the_way_out(here: World) -> None:
    here.members(1, numbers=[ANNA])
    here.wait(days=61)
    here.campaign("[Brand]: 20% off.")
    here.settle()
    assert here.shown() == [
        "Linde & Loom: 20% off. You get this because you said yes to Club on 2 March 2026. Reply STOP to stop."
    ]


def test_a_late_first_text_that_has_the_link_says_why_it_comes_and_no_second_way_out(here: World) -> None:
    here.members(1, numbers=[ANNA])
    here.wait(days=61)
    here.campaign("[Brand]: 20% off. [Unsubscribe]")
    here.settle()
    (text,) = here.shown()
    assert text.endswith(" You get this because you said yes to Club on 2 March 2026.")
    assert "/u/" in text
    assert "STOP" not in text


def test_a_late_first_text_whose_words_are_settled_gets_no_second_way_out_either(here: World) -> None:
    (anna,) = here.members(1, numbers=[ANNA])
    here.wait(days=61)
    here.plan(anna, "Linde & Loom: hello. Reply STOP to stop.")
    here.settle()
    assert here.shown() == [
        "Linde & Loom: hello. Reply STOP to stop. You get this because you said yes to Club on 2 March 2026."
    ]


def test_a_first_text_in_time_and_the_second_one_do_without(here: World) -> None:
    here.members(1, numbers=[ANNA])
    here.wait(days=60)
    here.campaign("[Brand]: 20% off.")
    here.settle()
    here.wait(days=20)
    here.campaign("[Brand]: 30% off.")
    here.settle()
    assert here.shown() == [
        "Linde & Loom: 20% off. Reply STOP to stop.",
        "Linde & Loom: 30% off. Reply STOP to stop.",
    ]


def test_an_author_who_says_why_is_not_interrupted(here: World) -> None:
    here.members(1, numbers=[ANNA])
    here.wait(days=61)
    said = "[Brand]: 20% off. You get this because you signed up. Reply STOP to stop."
    here.campaign(said)
    here.settle()
    assert here.shown() == [said.replace("[Brand]", "Linde & Loom")]


@on_both
def test_a_text_that_would_become_late_while_it_waits_is_written_for_the_morning(here: World) -> None:
    here.wait(hours=7)  # 20:00 in Amsterdam
    here.members(1, numbers=[ANNA])
    here.wait(days=60)
    row = here.campaign("[Brand]: 20% off.")
    here.settle()
    assert here.states(row) == {MessageState.QUEUED: 1}
    here.wait(hours=13)
    here.settle()
    assert here.shown()[0].endswith("2 March 2026. Reply STOP to stop.")


@on_both
def test_the_verdict_before_counts_the_very_text_that_then_goes(here: World) -> None:
    here.members(1, numbers=[ANNA])
    here.wait(days=61)
    row = here.campaign("[Brand]: " + "boots " * 15 + "for less.", is_started=False)
    verdict = verdicts.complete(here.store, here.scales, row, here.at)
    assert (verdict.now, verdict.refused) == (1, 0)
    (person,) = [here.contact()]
    with here.store.database.read() as session:
        (asked,) = verdicts.ask(session, here.scales, row, [person], here.at)
    campaigns.start(row.pk, here.at)
    here.settle()
    assert here.shown() == [asked.text]
    assert verdict.segments == asked.segments == 2
    assert here.sql("SELECT segments FROM message WHERE campaign_id = %s", row.pk) == [(2,)]


@on_both
def test_a_body_that_was_settled_long_ago_gets_the_line_too(here: World) -> None:
    (anna,) = here.members(1, numbers=[ANNA])
    here.wait(days=61)
    here.plan(anna, kind=MessageKind.SURVEY)
    here.settle()
    assert here.shown()[0].startswith("Linde & Loom: hello. Reply STOP to stop. You get this because")
    ((kept,),) = here.sql("SELECT count(*) FROM message WHERE sealed_body IS NOT NULL")
    assert kept == 1


def test_an_alert_is_only_advised_to(here: World) -> None:
    renewing(here, message_class=MessageClass.INFORMATIONAL)
    here.members(1, numbers=[ANNA])
    here.wait(days=61)
    here.campaign("[Brand]: it is here.")
    here.settle()
    assert here.shown() == ["Linde & Loom: it is here. Reply STOP to stop."]


# --- reminders that silence keeps ------------------------------------------------------------------------------


def after_two_years_in_korea(here: World) -> None:
    """Somebody who joined, who heard from the club now and then, and whose two years are over."""
    (person,) = here.members(1, numbers=[SEOUL])
    for days in (300, 300, 130):
        here.wait(days=days)
        message = here.plan(person)  # as if it had been sent
        here.sql("UPDATE message SET state = 3, handed_at = %s WHERE id = %s", to_micros(here.at), message)
    here.wait(hours=16)  # one in the afternoon in Seoul
    renewing(here)


@on_both
def test_after_two_years_in_korea_one_reminder_goes_and_no_second(here: World) -> None:
    after_two_years_in_korea(here)
    for _ in range(40):
        here.settle()
        here.wait(days=1)
    assert renewal_texts(here, SEOUL) == [
        f"{YOU_SAID_YES} You need not do anything to go on. Reply STOP to stop."
    ]
    assert here.kinds(SEOUL) == ["granted", "renewed"]


def test_what_goes_on_in_silence_is_the_old_consent_dated_anew(here: World) -> None:
    after_two_years_in_korea(here)
    (before,) = here.state(SEOUL).grants
    here.settle()
    (after,) = here.state(SEOUL).grants
    assert after == replace(before, renewed_at=here.at)


def test_the_record_has_the_reminder_without_the_word_of_its_link(here: World) -> None:
    after_two_years_in_korea(here)
    name = models.Sender.objects.create(account=here.account, address="LINDE", kind="alphanumeric")
    here.club = programs.publish(replace(here.club, sender="LINDE", keywords=()), name)
    here.settle()
    (reminder,) = renewal_texts(here, SEOUL)
    word = re.search(r"/u/(\w{11})", reminder)[1]
    newest, *_ = read_events(here.store, here.contact(SEOUL))
    assert newest.wording == reminder.replace(word, "*" * len(word))


def test_it_is_due_again_two_years_after_the_reminder(here: World) -> None:
    after_two_years_in_korea(here)
    here.settle()
    with here.store.database.read() as session:
        ids = [here.contact(SEOUL).id]
        (found,) = renewals.outlooks(
            here.store, session, here.scales, [here.club], ids, here.at, timedelta(days=730)
        )
    again = [term.notice_at for term in found.terms if term.rule.id == "kr.reconf"]
    assert again == [here.at + timedelta(days=730)]


@on_both
def test_a_reminder_of_which_the_carrier_told_only_later_keeps_the_consent_at_the_next_round(
    here: World,
) -> None:
    after_two_years_in_korea(here)
    run(here)
    (taken,) = here.claim_all()
    here.sql("UPDATE message SET state = 5 WHERE id = %s", taken.claimed[0].judged.queued.id)
    assert run(here) == Done()
    here.sql("UPDATE message SET state = 9 WHERE id = %s", taken.claimed[0].judged.queued.id)
    assert run(here) == Done(kept=1)
    assert run(here) == Done()


def test_a_reminder_that_did_not_arrive_keeps_nothing_and_is_not_sent_twice(here: World) -> None:
    after_two_years_in_korea(here)
    run(here)
    (taken,) = here.claim_all()
    here.sql("UPDATE message SET state = 10 WHERE id = %s", taken.claimed[0].judged.queued.id)
    here.wait(days=1)
    assert run(here) == Done()
    assert here.kinds(SEOUL) == ["granted"]


def test_a_program_that_did_not_turn_it_on_reminds_nobody(here: World) -> None:
    here.members(1, numbers=[SEOUL])
    here.wait(days=800)
    here.settle()
    assert run(here) == Done()
    assert here.shown(SEOUL) == []
    assert here.kinds(SEOUL) == ["granted"]


def test_a_stop_in_answer_ends_it(here: World) -> None:
    after_two_years_in_korea(here)
    here.settle()
    assert here.text(SEOUL, "STOP") == "withdrawn"
    assert here.kinds(SEOUL) == ["granted", "renewed", "withdrawn"]
    here.wait(days=1)
    assert run(here) == Done()
    assert len(renewal_texts(here, SEOUL)) == 1


def test_a_no_in_answer_ends_the_program(here: World) -> None:
    after_two_years_in_korea(here)
    here.settle()
    assert here.text(SEOUL, "no") == "withdrawn"
    assert here.state(SEOUL).withdrawals[0].scope.program == here.club.id
    assert here.shown(SEOUL)[-1] == "Linde & Loom: no more of these."


def test_a_yes_in_answer_is_a_consent_of_its_own_from_the_handset(here: World) -> None:
    after_two_years_in_korea(here)
    here.settle()
    assert here.text(SEOUL, "yes") == "renewed"
    (grant,) = here.state(SEOUL).grants
    assert grant.since == here.at
    assert grant.is_confirmed
    assert here.kinds(SEOUL) == ["granted", "renewed", "renewed"]
    assert here.shown(SEOUL)[-1] == "Linde & Loom: you are in already."


def test_a_reminder_waits_for_an_hour_at_which_the_program_may_text(here: World) -> None:
    after_two_years_in_korea(here)
    here.wait(hours=11)  # midnight
    assert run(here) == Done(reminded=1)
    here.settle()
    assert renewal_texts(here, SEOUL) == []
    here.wait(hours=8)
    here.settle()  # eight in the morning
    assert len(renewal_texts(here, SEOUL)) == 1


@on_both
def test_two_that_run_at_once_remind_once(here: World) -> None:
    after_two_years_in_korea(here)
    at_once(here.store, [lambda: run(here) and None] * 2)
    assert here.sql("SELECT count(*) FROM message WHERE kind = 'renewal'") == [(1,)]
    assert run(here) == Done()


def test_who_looked_before_another_reminded_does_not_remind_again(here: World) -> None:
    after_two_years_in_korea(here)
    with here.store.database.read() as session:
        ids = [here.contact(SEOUL).id]
        (seen,) = renewals.outlooks(here.store, session, here.scales, [here.club], ids, here.at)
    plan = renewal_rounds._reminder(here.scales, seen, here.at)
    assert plan is not None
    run(here)
    with here.store.database.write() as session:
        assert renewal_rounds._settle(here.store, session, seen, plan, here.at) == Done()


def test_a_record_that_changed_meanwhile_is_left_for_the_next_round(here: World) -> None:
    a_year_of_silence(here, 335)
    with here.store.database.read() as session:
        ids = [here.contact().id]
        (seen,) = renewals.outlooks(here.store, session, here.scales, [here.club], ids, here.at)
    plan = renewal_rounds._reminder(here.scales, seen, here.at)
    here.receive(ANNA, "STOP")
    with here.store.database.write() as session:
        assert renewal_rounds._settle(here.store, session, seen, plan, here.at) == Done()


# --- consents that silence ends --------------------------------------------------------------------------------


def a_year_of_silence(here: World, days: int) -> None:
    renewing(here)
    here.members(1, numbers=[ANNA])
    here.wait(days=days)


def test_a_consent_that_nobody_used_is_asked_about_before_it_ends(here: World) -> None:
    a_year_of_silence(here, 335)
    here.settle()
    assert here.shown() == [f"{YOU_SAID_YES} This ends on 2 March 2027. Reply YES to go on, STOP to stop."]
    assert here.kinds() == ["granted"]


@on_both
def test_silence_ends_it_on_the_day(here: World) -> None:
    a_year_of_silence(here, 335)
    here.settle()
    here.wait(days=30)
    assert run(here) == Done()
    here.wait(days=1)
    here.settle()
    assert here.kinds() == ["granted", "expired"]
    assert here.state().grants == ()
    assert len(here.shown()) == 1


@on_both
def test_a_yes_renews_it_from_the_handset(here: World) -> None:
    a_year_of_silence(here, 335)
    here.settle()
    assert here.text(ANNA, "Yes!") == "renewed"
    here.wait(days=31)
    assert run(here) == Done()
    here.campaign("[Brand]: 20% off.")
    here.settle()
    assert here.shown()[-1] == "Linde & Loom: 20% off. Reply STOP to stop."


def test_a_yes_that_comes_after_the_end_brings_nothing_back(here: World) -> None:
    a_year_of_silence(here, 335)
    here.settle()
    here.wait(days=31)
    here.settle()
    here.text(ANNA, "yes")
    assert here.state().grants == ()


@on_both
def test_a_yes_after_a_stop_brings_nothing_back(here: World) -> None:
    a_year_of_silence(here, 335)
    here.settle()
    here.text(ANNA, "STOP")
    here.text(ANNA, "yes")
    assert here.state().grants == ()
    assert here.kinds()[-1] == "withdrawn"


def test_a_text_in_between_moves_the_end_and_later_asks_anew(here: World) -> None:
    a_year_of_silence(here, 335)
    here.settle()
    here.wait(days=10)
    here.campaign("[Brand]: 20% off.")
    here.settle()
    here.wait(days=334)
    assert run(here) == Done()
    here.wait(days=1)
    assert run(here) == Done(reminded=1)


def test_a_yes_about_one_program_lifts_no_stop_of_another(here: World) -> None:
    renewing(here)
    here.members(1, numbers=[ANNA])
    here.text(ANNA, "EVENTS", to="555888")
    here.wait(days=330)
    here.text(ANNA, "STOP EVENTS", to="555888")
    stopped = here.state().withdrawals
    here.wait(days=6)
    here.settle()
    assert here.text(ANNA, "yes") == "renewed"
    assert here.state().withdrawals == stopped
    assert here.state().withdrawal_for(here.events.id) is not None


def test_a_consent_for_the_whole_brand_does_not_end_with_one_program(here: World) -> None:
    a_year_of_silence(here, 0)
    here.wait(days=366)
    with here.store.database.read() as session:
        (found,) = renewals.outlooks(
            here.store, session, here.scales, [here.club], [here.contact().id], here.at
        )
    assert found.lapsed(here.at) is not None
    wide = replace(found.grant, scope=replace(found.grant.scope, program=None))
    assert replace(found, grant=wide).lapsed(here.at) is None


# --- the rounds ------------------------------------------------------------------------------------------------


def test_a_round_looks_at_everybody_once_a_day(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal_rounds, "PAGE", 3)
    renewing(here)
    here.members(7)
    scales, store = here.scales, here.store
    assert [renewal_rounds.advance(store, scales, here.at) for _ in range(4)] == [3, 3, 1, 0]
    here.wait(hours=23)
    assert renewal_rounds.advance(store, scales, here.at) == 0
    here.wait(hours=1)
    assert renewal_rounds.advance(store, scales, here.at) == 3


def test_what_is_due_is_told_with_its_rule_and_what_silence_does(here: World) -> None:
    a_year_of_silence(here, 300)
    assert not list(renewals.due(here.store, here.scales, here.club, here.at))
    (due,) = renewals.due(here.store, here.scales, here.club, here.at, timedelta(days=35))
    assert due.rule == "house.expiry.unused"
    assert due.on_silence is OnSilence.LAPSE
    assert due.since == NOON
    assert due.over_at == NOON + timedelta(days=365)
    assert not due.is_told
