from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from factories.questions import (
    AMSTERDAM,
    CLUB,
    EVENTS,
    HOUSTON,
    MIAMI,
    NAME_AS_SENDER,
    NOON,
    PENSACOLA,
    PROGRAM,
    SENDER,
    TEXT,
    grant,
    granted,
    message,
    question,
    requested,
    sent,
    service,
    stopped,
)
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.events import Basis, Grade, Preferences
from yesword.domain.gate import GATE_VERSION, decide, versions
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.programs import Frequency
from yesword.domain.rules import RuleBook
from yesword.domain.state import EMPTY

BOOK = RuleBook.load()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)  # 03:00 in Amsterdam, 21:00 in Miami
MORNING = datetime(2026, 11, 23, 7, tzinfo=UTC)  # 08:00 in Amsterdam


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_a_granted_campaign_at_noon_may_go_and_names_its_grant():
    decision = decide(question(), BOOK, NOON)
    assert (decision.verdict, decision.reasons, decision.grant) == (Verdict.SEND, (), EventId(1))
    assert decision.packs == ("nl", "eu", "house")


# --- the order of the steps -----------------------------------------------------------------------------------

REFUSALS = [
    pytest.param({"asked": message(is_cancelled=True)}, "cancelled", id="a cancelled campaign"),
    pytest.param({"contact": {"is_excluded": True}}, "excluded", id="an excluded number"),
    pytest.param({"contact": {"may_text": False}}, "not_a_mobile", id="a landline"),
    pytest.param({"state": EMPTY}, "never_asked", id="no consent"),
    pytest.param({"state": stopped()}, "withdrawn", id="a stop"),
    pytest.param({"state": granted(grant(EVENTS))}, "other_program", id="consent for events gets no offers"),
    pytest.param({"state": granted(grant(basis=Basis.CUSTOMER))}, "consent_too_weak", id="a mere customer"),
    pytest.param(
        {"state": granted(grant(grade=Grade.E))}, "grade_too_low", id="evidence that is only claimed"
    ),
    pytest.param({"program": replace(PROGRAM, minimum_age=18)}, "too_young", id="an age that nobody asked"),
    pytest.param({"text": replace(TEXT, names_brand=False)}, "brand_not_named", id="a nameless text"),
    pytest.param({"text": replace(TEXT, has_way_out=False)}, "way_out_missing", id="no way out"),
    pytest.param({"asked": message(send_by=NOON - HOUR)}, "expired", id="too late to be of use"),
    pytest.param({"program": replace(PROGRAM, is_paused=True)}, "program_paused", id="a paused program"),
    pytest.param(
        {"state": granted(grant(since=NOON - 400 * DAY))}, "stale_first_text", id="consent unused for a year"
    ),
    pytest.param({"places": ()}, "place_unknown", id="nobody knows where the person is"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSALS)
def test_one_thing_wrong_refuses(changes, code):
    decision = decide(question(**changes), BOOK, NOON)
    assert decision.verdict is Verdict.REFUSE
    assert codes(decision)[0] == code
    assert decision.not_before is None


def test_the_first_step_decides_and_the_others_are_told_too():
    facts = question(
        contact={"is_excluded": True},
        state=stopped(),
        text=replace(TEXT, has_way_out=False, names_brand=False),
    )
    found = list(dict.fromkeys(codes(decide(facts, BOOK, NOON))))
    assert found == ["excluded", "withdrawn", "brand_not_named", "way_out_missing"]


def test_a_refusal_does_not_wait_for_the_morning():
    assert codes(decide(question(state=stopped()), BOOK, NIGHT)) == ["withdrawn"]


def test_the_rule_closest_to_the_person_is_cited():
    assert decide(question(state=EMPTY), BOOK, NOON).reasons[0].rule == "nl.tw117.cs"


def test_steps_without_input_are_named():
    decision = decide(question(sender=None, text=None, program=None, state=granted(grant(None))), BOOK, NOON)
    assert decision.verdict is Verdict.SEND
    assert decision.skipped == ("sender", "wording", "program")


def test_warnings_do_not_change_the_verdict():
    decision = decide(question(text=replace(TEXT, segments=2)), BOOK, NOON)
    assert decision.verdict is Verdict.SEND
    assert [note.code for note in decision.notes] == ["long_text"]


# --- permission, sender and wording of each kind --------------------------------------------------------------


def test_a_confirmation_of_a_stop_goes_at_night_within_five_minutes_and_once():
    facts = question(asked=service(MessageKind.STOP_REPLY, answers=EventId(2)), state=stopped(NIGHT))
    assert decide(facts, BOOK, NIGHT + timedelta(minutes=5)).verdict is Verdict.SEND
    assert codes(decide(facts, BOOK, NIGHT + timedelta(minutes=5, seconds=1))) == ["stop_reply_late"]
    answered = replace(facts, sender=replace(SENDER, carrier_answers_stop=True))
    assert codes(decide(answered, BOOK, NIGHT)) == ["carrier_answers_stop"]


def test_without_a_rule_that_allows_it_a_stop_is_not_confirmed():
    facts = question(asked=service(MessageKind.STOP_REPLY, answers=EventId(2)), state=stopped(NOON))
    assert codes(decide(facts, BOOK.without("house"), NOON)) == ["stop_reply_not_allowed"]


def test_a_reply_goes_at_night_within_a_day():
    reply = message(MessageKind.REPLY, message_class=MessageClass.CONVERSATIONAL, conversation_at=NIGHT)
    facts = question(asked=reply, state=EMPTY, text=replace(TEXT, has_way_out=False, names_brand=False))
    assert decide(facts, BOOK, NIGHT + DAY).verdict is Verdict.SEND
    assert codes(decide(facts, BOOK, NIGHT + DAY + HOUR)) == ["conversation_over"]


def test_a_reply_that_promotes_needs_what_a_campaign_needs():
    facts = question(asked=message(MessageKind.REPLY, conversation_at=NOON), state=EMPTY)
    assert codes(decide(facts, BOOK, NOON)) == ["promotion_without_grant"]
    assert (
        decide(replace(facts, contact=replace(facts.contact, state=granted())), BOOK, NOON).verdict
        is Verdict.SEND
    )


def test_a_consent_request_that_promotes_is_refused():
    state = requested(lapses_at=NOON + DAY)
    asked = message(MessageKind.CONSENT_REQUEST)
    assert "promotion_without_grant" in codes(decide(question(asked=asked, state=state), BOOK, NOON))


@pytest.mark.parametrize(
    ("asked_at", "from_handset", "verdict"),
    [
        pytest.param(NIGHT, True, Verdict.SEND, id="they have just texted the keyword"),
        pytest.param(NIGHT - 2 * DAY, True, Verdict.WAIT, id="they texted it two days ago"),
        pytest.param(NIGHT, False, Verdict.WAIT, id="somebody typed the number into a form"),
    ],
)
def test_a_consent_request_keeps_to_the_hours_unless_it_answers_a_fresh_text(asked_at, from_handset, verdict):
    state = requested(asked_at, lapses_at=NIGHT + DAY, from_handset=from_handset)
    facts = question(asked=service(MessageKind.CONSENT_REQUEST), state=state)
    decision = decide(facts, BOOK, NIGHT)
    assert decision.verdict is verdict
    assert decision.not_before == (MORNING if verdict is Verdict.WAIT else None)


def test_a_request_that_lapses_before_the_morning_is_refused_at_once():
    state = requested(NIGHT, lapses_at=NIGHT + HOUR, from_handset=False)
    decision = decide(question(asked=service(MessageKind.CONSENT_REQUEST), state=state), BOOK, NIGHT)
    assert codes(decision) == ["request_lapsed", "quiet_hours"]
    assert decision.verdict is Verdict.REFUSE


def test_a_name_as_sender_cannot_ask_and_in_the_us_not_promote():
    request = question(
        asked=service(MessageKind.CONSENT_REQUEST),
        state=requested(lapses_at=NOON + DAY),
        sender=NAME_AS_SENDER,
    )
    assert codes(decide(request, BOOK, NOON)) == ["sender_cannot_receive"]
    assert decide(question(sender=NAME_AS_SENDER), BOOK, NOON).verdict is Verdict.SEND
    american = question(sender=NAME_AS_SENDER, places=(HOUSTON,))
    assert codes(decide(american, BOOK, NOON + 6 * HOUR)) == ["sender_cannot_receive"]


def test_a_code_needs_neither_way_out_nor_daylight():
    asked = message(MessageKind.CODE, message_class=MessageClass.TRANSACTIONAL, trigger="login")
    facts = question(asked=asked, state=stopped(), text=replace(TEXT, has_way_out=False, names_brand=False))
    assert decide(facts, BOOK, NIGHT).verdict is Verdict.SEND


def test_what_is_known_but_not_verified_only_warns():
    facts = question(state=granted(grant(is_confirmed=False)), places=(replace(AMSTERDAM, country="DE"),))
    decision = decide(facts, BOOK, NOON)
    assert decision.verdict is Verdict.SEND
    assert [note.rule for note in decision.notes] == ["de.do"]


# --- hours ----------------------------------------------------------------------------------------------------


def test_a_text_at_night_waits_for_the_morning():
    decision = decide(question(), BOOK, NIGHT)
    assert (decision.verdict, decision.not_before) == (Verdict.WAIT, MORNING)
    assert [(reason.rule, reason.not_before) for reason in decision.reasons] == [("house.hours", MORNING)]


def test_of_two_places_the_one_that_opens_last_decides():
    at = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # 20:30 in Miami, 19:30 in Pensacola
    decision = decide(question(places=(MIAMI, PENSACOLA)), BOOK, at)
    assert decision.not_before == datetime(2026, 11, 24, 14, tzinfo=UTC)
    assert dict(decision.reasons[0].sentence.args)["time"] == "08:00"
    assert [reason.rule for reason in decision.reasons] == ["us-fl.ftsa.tm"]


def test_a_wait_beyond_its_use_is_refused_at_once():
    decision = decide(question(asked=message(send_by=NIGHT + HOUR)), BOOK, NIGHT)
    assert codes(decision) == ["expired", "quiet_hours"]
    assert decide(question(asked=message(send_by=MORNING)), BOOK, NIGHT).verdict is Verdict.WAIT


def test_consent_that_goes_stale_overnight_is_refused_at_once():
    since = MORNING - 365 * DAY - timedelta(seconds=1)
    assert codes(decide(question(state=granted(grant(since=since))), BOOK, NIGHT)) == [
        "stale_first_text",
        "quiet_hours",
    ]


def test_places_without_a_common_hour_are_refused():
    apart = tuple(replace(AMSTERDAM, zone=f"Etc/GMT{hours:+}") for hours in (-12, 0, 6))
    assert codes(decide(question(places=apart), BOOK, NOON))[0] == "no_lawful_hour"


def test_a_rule_that_starts_overnight_already_counts_for_the_morning():
    tomorrow = """
        [pack]
        id = "nl-tm"
        name = "Netherlands"
        countries = ["NL"]
        [[rule]]
        id = "nl-tm.tm"
        layer = "statute"
        confidence = "found"
        severity = "hold"
        verified_on = 2026-11-22
        source = "x"
        citation = "New Act 1"
        effective_from = 2026-11-24
        [rule.hours]
        classes = ["promotional"]
        every_day = ["10:00-18:00"]
    """
    decision = decide(question(), BOOK.with_packs(RuleBook.read({"t": tomorrow}).packs), NOON + 12 * HOUR)
    assert decision.not_before == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert decision.reasons[0].rule == "nl-tm.tm"


# --- frequency ------------------------------------------------------------------------------------------------

TWICE_A_WEEK = replace(PROGRAM, frequency=Frequency(count=2, days=7))


def test_over_the_promise_waits_until_a_place_is_free():
    times = (NOON - 6 * DAY, NOON - DAY)
    facts = question(program=TWICE_A_WEEK, contact={"recent": tuple(map(sent, times))})
    decision = decide(facts, BOOK, NOON)
    assert (decision.verdict, decision.not_before) == (Verdict.WAIT, NOON + DAY)
    assert (decision.reasons[0].code, decision.reasons[0].pack) == ("promise", "consent")


def test_well_over_the_promise_waits_until_enough_have_aged():
    times = (NOON - 6 * DAY, NOON - 3 * DAY, NOON - DAY)
    facts = question(program=TWICE_A_WEEK, contact={"recent": tuple(map(sent, times))})
    assert decide(facts, BOOK, NOON).not_before == NOON + 4 * DAY


def test_a_place_that_frees_at_night_waits_for_the_morning_and_says_both():
    night = datetime(2026, 11, 24, 3, tzinfo=UTC)
    facts = question(program=TWICE_A_WEEK, contact={"recent": (sent(night - 7 * DAY), sent(NOON - DAY))})
    decision = decide(facts, BOOK, NOON)
    assert decision.not_before == MORNING + DAY
    assert codes(decision) == ["quiet_hours", "promise"]
    assert [reason.not_before for reason in decision.reasons] == [MORNING + DAY, night]


def test_a_promise_that_takes_more_than_a_week_refuses_unless_the_text_keeps():
    monthly = replace(PROGRAM, frequency=Frequency(count=1, days=30))
    facts = question(program=monthly, contact={"recent": (sent(NOON - DAY),)})
    assert codes(decide(facts, BOOK, NOON)) == ["promise"]
    assert decide(facts, BOOK, NOON).verdict is Verdict.REFUSE
    keeps = replace(facts, message=message(send_by=NOON + 30 * DAY))
    assert decide(keeps, BOOK, NOON).not_before == NOON + 29 * DAY


def test_texts_of_another_program_do_not_count_towards_the_promise():
    facts = question(program=TWICE_A_WEEK, contact={"recent": (sent(NOON - DAY, EVENTS),) * 3})
    assert decide(facts, BOOK, NOON).verdict is Verdict.SEND


def test_what_the_person_chose_is_a_cap_too():
    facts = question(preferences=Preferences(count=1, window_days=3), contact={"recent": (sent(NOON - DAY),)})
    decision = decide(facts, BOOK, NOON)
    assert (codes(decision), decision.not_before) == (["chosen_frequency"], NOON + 2 * DAY)


def test_who_chose_no_texts_at_all_gets_none():
    decision = decide(question(preferences=Preferences(count=0, window_days=30)), BOOK, NOON)
    assert (decision.verdict, codes(decision)) == (Verdict.REFUSE, ["chosen_frequency"])


def test_what_the_person_chose_for_all_programs_counts_all():
    state = granted(preferences=((None, Preferences(count=1, window_days=3)),))
    facts = question(state=state, contact={"recent": (sent(NOON - DAY, EVENTS),)})
    assert codes(decide(facts, BOOK, NOON)) == ["chosen_frequency"]
    named = replace(facts, preferences=state.preferences_for(CLUB))
    assert codes(decide(named, BOOK, NOON)) == ["chosen_frequency"]


@pytest.mark.parametrize(
    ("subject", "verdict"),
    [("shoes", Verdict.WAIT), ("", Verdict.WAIT), ("bags", Verdict.SEND)],
    ids=["the same subject", "a text without a subject counts with all", "another subject"],
)
def test_floridas_cap_is_by_subject(subject, verdict):
    at = NOON + 6 * HOUR
    recent = tuple(sent(at - each * HOUR, subject="shoes") for each in (3, 2, 1))
    facts = question(asked=message(subject=subject), places=(MIAMI,), contact={"recent": recent})
    decision = decide(facts, BOOK, at)
    assert decision.verdict is verdict
    if verdict is Verdict.WAIT:
        assert decision.reasons[0].rule == "us-fl.ftsa.fq"
        assert decision.not_before == at + 21 * HOUR


def test_a_welcome_is_not_counted_against_the_promise():
    recent = tuple(sent(NOON - each * HOUR) for each in (1, 2, 3))
    facts = question(asked=service(MessageKind.WELCOME), program=TWICE_A_WEEK, contact={"recent": recent})
    assert decide(facts, BOOK, NOON).verdict is Verdict.SEND


def test_a_pause_waits_for_its_end_and_the_morning_after():
    until = datetime(2026, 11, 25, 2, 0, 30, tzinfo=UTC)
    decision = decide(question(preferences=Preferences(paused_until=until)), BOOK, NOON)
    assert (decision.verdict, decision.not_before) == (Verdict.WAIT, datetime(2026, 11, 25, 7, tzinfo=UTC))
    assert codes(decision) == ["quiet_hours", "paused"]
    long = decide(question(preferences=Preferences(paused_until=NOON + 30 * DAY)), BOOK, NOON)
    assert (long.verdict, codes(long)) == (Verdict.REFUSE, ["paused"])


def test_a_year_of_silence_after_earlier_texts_is_stale_too():
    facts = question(state=granted(grant(since=NOON - 900 * DAY)), contact={"last_text_at": NOON - 366 * DAY})
    assert codes(decide(facts, BOOK, NOON)) == ["stale_idle"]
    lively = replace(facts, contact=replace(facts.contact, last_text_at=NOON - 300 * DAY))
    assert decide(lively, BOOK, NOON).verdict is Verdict.SEND


# --- the decision as a record ---------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [NOON, NIGHT], ids=["sent", "waiting"])
def test_a_decision_survives_storage_and_comes_out_the_same(at):
    decision = decide(question(), BOOK, at)
    assert Decision.from_bytes(decision.to_bytes()) == decision
    assert decide(question(), RuleBook(reversed(BOOK.packs)), at).to_bytes() == decision.to_bytes()


def test_versions_name_everything_that_a_decision_rests_on():
    found = versions(BOOK)
    assert (found.gate, found.packs) == (GATE_VERSION, BOOK.digest)
    assert found.tz.startswith("tzdata ")
    assert found.phone.startswith("phonenumbers ")
    assert found.differing(versions(BOOK.without("us-fl"))) == ("packs",)
