"""How often: the law's caps, the program's promise, the person's own choice, and a pause that they chose."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from factories.books import ask, codes, exland, rule
from factories.questions import CLUB, EVENTS, NOON, PROGRAM, grant, granted, message, sent, service
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Preferences
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, Relation
from yesword.domain.programs import Frequency

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWICE_A_WEEK = replace(PROGRAM, frequency=Frequency(count=2, days=7))
HOURS = rule(hours={"classes": ["promotional"], "every_day": ["08:00-20:00"]}, severity="hold")


def texts(*times: datetime, **changes):
    return {"recent": tuple(replace(sent(at), **changes) for at in times)}


# --- the law's caps -------------------------------------------------------------------------------------------


def capped(count=1, seconds=86400, key="brand", **envelope):
    cap = {"classes": ["promotional"], "count": count, "seconds": seconds, "key": key}
    return exland(rule(cap=cap, **{"severity": "hold", **envelope}))


def test_over_a_cap_waits_until_enough_have_aged():
    recent = texts(NOON - 20 * HOUR, NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR)
    decision = ask(capped(count=3), contact=recent)
    assert (codes(decision), decision.not_before) == (["law_frequency"], NOON + 21 * HOUR)
    assert ask(capped(count=5), contact=recent).verdict is Verdict.SEND


def test_a_text_leaves_the_window_after_exactly_that_time():
    assert ask(capped(), contact=texts(NOON - DAY)).verdict is Verdict.SEND
    just_inside = ask(capped(), contact=texts(NOON - DAY + timedelta(seconds=1)))
    assert just_inside.not_before == NOON + timedelta(minutes=1)


EVENT = NOON - 5 * HOUR


@pytest.mark.parametrize(
    ("key", "asked", "before", "counts"),
    [
        pytest.param("brand", message(), {"program": EVENTS}, True, id="all of the brand: another program"),
        pytest.param("program", message(), {"program": EVENTS}, False, id="the program: another one"),
        pytest.param("program", message(), {"program": CLUB}, True, id="the program: this one"),
        pytest.param("subject", message(subject="a"), {"subject": "a"}, True, id="the same subject"),
        pytest.param("subject", message(subject="a"), {"subject": "b"}, False, id="another subject"),
        pytest.param("subject", message(), {"subject": "b"}, True, id="no subject counts with all"),
        pytest.param("subject", message(subject="a"), {}, True, id="an earlier one without subject counts"),
        pytest.param("event", message(event_at=EVENT), {"event_at": EVENT}, True, id="the same cart"),
        pytest.param("event", message(event_at=EVENT), {"event_at": EVENT - HOUR}, False, id="another cart"),
        pytest.param("event", message(event_at=EVENT), {}, True, id="an earlier one of no known event"),
        pytest.param("event", message(), {"event_at": EVENT}, True, id="an event that nobody named"),
        pytest.param("brand", message(), {"message_class": MessageClass.SERVICE}, False, id="another class"),
    ],
)  # fmt: skip
def test_a_cap_counts_by_its_key(key, asked, before, counts):
    decision = ask(capped(key=key), asked=asked, contact=texts(NOON - HOUR, **before))
    assert (decision.verdict is Verdict.WAIT) is counts


def test_every_cap_counts_and_the_last_to_free_decides():
    packs = exland(
        rule(cap={"classes": ["promotional"], "count": 1, "seconds": 3600, "key": "brand"}, id="xx.hourly"),
        rule(cap={"classes": ["promotional"], "count": 2, "seconds": 86400, "key": "brand"}, id="xx.daily"),
    )
    decision = ask(packs, contact=texts(NOON - 2 * HOUR, NOON - HOUR / 2))
    assert decision.not_before == NOON + 22 * HOUR
    assert [each.rule for each in decision.reasons] == ["xx.daily", "xx.hourly"]


@pytest.mark.parametrize("confidence", ["found", "known"])
def test_a_cap_counts_whether_it_was_found_or_is_only_known(confidence):
    decision = ask(capped(confidence=confidence), contact=texts(NOON - HOUR))
    assert decision.not_before == NOON + 23 * HOUR


def test_what_does_not_count_is_not_capped():
    reply = message(MessageKind.REPLY, conversation_at=NOON)
    for asked in (service(MessageKind.WELCOME), reply):
        assert ask(capped(), asked=asked, contact=texts(NOON - HOUR)).verdict is Verdict.SEND


def test_a_cap_may_spare_customers():
    bought = grant(event=9, basis=Basis.CUSTOMER, relation=Relation(origin=Origin.SALE, at=NOON - 10 * DAY))
    packs = capped(when={"unless_relation": ["sale"], "relation_days": 30})
    assert ask(packs, contact=texts(NOON - HOUR)).verdict is Verdict.WAIT
    assert ask(packs, contact=texts(NOON - HOUR), state=granted(grant(), bought)).verdict is Verdict.SEND


# --- the promise ----------------------------------------------------------------------------------------------


def test_over_the_promise_waits_until_a_place_is_free():
    decision = ask(exland(), program=TWICE_A_WEEK, contact=texts(NOON - 6 * DAY, NOON - DAY))
    assert (decision.verdict, decision.not_before) == (Verdict.WAIT, NOON + DAY)
    assert [(each.code, each.pack) for each in decision.reasons] == [("promise", "consent")]


def test_well_over_the_promise_waits_until_enough_have_aged():
    recent = texts(NOON - 6 * DAY, NOON - 3 * DAY, NOON - DAY)
    assert ask(exland(), program=TWICE_A_WEEK, contact=recent).not_before == NOON + 4 * DAY


def test_a_place_that_frees_at_night_waits_for_the_morning_and_says_both():
    night = NOON + 16 * HOUR
    decision = ask(exland(HOURS), program=TWICE_A_WEEK, contact=texts(night - 7 * DAY, NOON - DAY))
    morning = NOON + 21 * HOUR
    assert decision.not_before == morning
    assert [(each.code, each.not_before) for each in decision.reasons] == [
        ("quiet_hours", morning),
        ("promise", night),
    ]


def test_a_promise_that_takes_more_than_a_week_refuses_unless_the_text_keeps():
    monthly = replace(PROGRAM, frequency=Frequency(count=1, days=30))
    facts = {"program": monthly, "contact": texts(NOON - DAY)}
    refused = ask(exland(), **facts)
    assert (refused.verdict, codes(refused)) == (Verdict.REFUSE, ["promise"])
    keeps = ask(exland(), asked=message(send_by=NOON + 30 * DAY), **facts)
    assert keeps.not_before == NOON + 29 * DAY


def test_texts_of_another_program_do_not_count_towards_the_promise():
    recent = texts(*[NOON - DAY] * 3, program=EVENTS)
    assert ask(exland(), program=TWICE_A_WEEK, contact=recent).verdict is Verdict.SEND


def test_a_welcome_is_not_counted_against_the_promise():
    recent = texts(*(NOON - each * HOUR for each in (3, 2, 1)))
    asked = service(MessageKind.WELCOME)
    assert ask(exland(), asked=asked, program=TWICE_A_WEEK, contact=recent).verdict is Verdict.SEND


# --- what the person chose ------------------------------------------------------------------------------------


def test_what_the_person_chose_is_a_cap_too():
    decision = ask(exland(), preferences=Preferences(count=1, window_days=3), contact=texts(NOON - DAY))
    assert (codes(decision), decision.not_before) == (["chosen_frequency"], NOON + 2 * DAY)


def test_who_chose_no_texts_at_all_gets_none_from_the_first_on():
    for contact in ({}, texts(NOON - DAY)):
        decision = ask(exland(), preferences=Preferences(count=0, window_days=30), contact=contact)
        assert (decision.verdict, codes(decision)) == (Verdict.REFUSE, ["chosen_frequency"])


def test_what_the_person_chose_for_all_programs_counts_all():
    state = granted(preferences=((None, Preferences(count=1, window_days=3)),))
    facts = {"state": state, "contact": texts(NOON - DAY, program=EVENTS)}
    assert codes(ask(exland(), **facts)) == ["chosen_frequency"]
    assert codes(ask(exland(), preferences=state.preferences_for(CLUB), **facts)) == ["chosen_frequency"]


def test_what_the_person_chose_for_a_program_counts_its_own():
    state = granted(preferences=((CLUB, Preferences(count=1, window_days=3)),))
    assert ask(exland(), state=state, contact=texts(NOON - DAY, program=EVENTS)).verdict is Verdict.SEND
    assert codes(ask(exland(), state=state, contact=texts(NOON - DAY))) == ["chosen_frequency"]


def test_a_pause_waits_for_its_end_and_the_morning_after():
    until = NOON + 40 * HOUR + timedelta(seconds=30)
    decision = ask(exland(HOURS), preferences=Preferences(paused_until=until))
    assert (decision.verdict, decision.not_before) == (Verdict.WAIT, NOON + 45 * HOUR)
    assert codes(decision) == ["quiet_hours", "paused"]


def test_a_pause_of_more_than_a_week_refuses():
    long = ask(exland(), preferences=Preferences(paused_until=NOON + 30 * DAY))
    assert (long.verdict, codes(long)) == (Verdict.REFUSE, ["paused"])
    week = ask(exland(), preferences=Preferences(paused_until=NOON + 7 * DAY))
    assert week.not_before == NOON + 7 * DAY
