"""What makes a text wait for another hour: windows, holidays, emergencies, what consent lifts, and until when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from factories.books import EXLAND, HOUSE, ask, book, codes, exland, law, noted, rule
from factories.questions import NOON, grant, granted, message, place, requested, sent, service, stopped
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Limits, Preferences, Scope
from yesword.domain.facts import Cause, Proclamation
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, Relation

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
NIGHT = NOON + 12 * HOUR  # 23:00 on Monday 23 November 2026
MORNING = NOON + 21 * HOUR  # 08:00 on Tuesday
PROMOTIONAL = {"classes": ["promotional"]}
DAYTIME = {**PROMOTIONAL, "every_day": ["08:00-20:00"]}
BOOK = exland(rule(hours=DAYTIME, severity="hold"))


def holding(**fields):
    return exland(rule(hours={**DAYTIME, **fields}, severity="hold"))


# --- windows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "until"),
    [
        pytest.param(MORNING - MINUTE, MORNING, id="the minute before it opens"),
        pytest.param(MORNING - timedelta(microseconds=1), MORNING, id="the moment before"),
        pytest.param(MORNING, None, id="as it opens"),
        pytest.param(MORNING + 12 * HOUR - timedelta(microseconds=1), None, id="the last moment"),
        pytest.param(MORNING + 12 * HOUR, MORNING + DAY, id="as it closes"),
    ],
)
def test_a_text_waits_for_the_next_window(at, until):
    decision = ask(BOOK, at)
    assert (decision.verdict, decision.not_before) == (Verdict.WAIT if until else Verdict.SEND, until)
    assert [(each.rule, each.not_before) for each in decision.reasons] == (
        [("xx.hours", until)] if until else []
    )


def test_hours_that_block_refuse_instead_of_waiting():
    decision = ask(exland(rule(hours=DAYTIME)), NIGHT)
    assert (decision.verdict, codes(decision), decision.not_before) == (Verdict.REFUSE, ["quiet_hours"], None)


def test_hours_that_only_warn_are_noted():
    decision = ask(exland(rule(hours=DAYTIME, severity="warn")), NIGHT)
    assert (decision.verdict, noted(decision)) == (Verdict.SEND, ["quiet_hours"])


def test_hours_are_for_their_classes_and_not_for_exempt_kinds():
    packs = holding(exempt_kinds=["reply"])
    survey = message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL)
    assert ask(packs, NIGHT, asked=survey).verdict is Verdict.SEND
    assert ask(packs, NIGHT, asked=replace(survey, is_mixed=True)).not_before == MORNING
    assert ask(packs, NIGHT, asked=message(MessageKind.REPLY, conversation_at=NIGHT)).verdict is Verdict.SEND


def test_confirmations_help_and_codes_go_at_night():
    stop = service(MessageKind.STOP_REPLY, answers=EventId(2))
    assert ask(BOOK, NIGHT, asked=stop, state=stopped(NIGHT)).verdict is Verdict.SEND
    code = message(MessageKind.CODE, message_class=MessageClass.TRANSACTIONAL, trigger="login")
    assert ask(BOOK, NIGHT, asked=code, state=stopped(NIGHT)).verdict is Verdict.SEND


def test_of_two_places_the_one_that_opens_last_decides():
    east, west = place("XX", "America/New_York"), place("XX", "America/Los_Angeles")
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)  # 21:00 and 18:00
    decision = ask(BOOK, at, places=(east, west))
    assert decision.not_before == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert len(decision.reasons) == 1
    assert dict(decision.reasons[0].sentence.args)["time"] == "08:00"


def test_places_without_a_common_hour_are_refused():
    apart = tuple(replace(EXLAND, zone=f"Etc/GMT{hours:+}") for hours in (-12, 0, 6))
    assert codes(ask(BOOK, places=apart)) == ["no_lawful_hour", "quiet_hours"]


def test_a_wait_of_some_days_names_the_day():
    packs = holding(mon=[], tue=[])
    (reason,) = ask(packs).reasons
    assert (reason.sentence.id, dict(reason.sentence.args)["until_on"]) == ("quiet_hours.day", "2026-11-25")


# --- rules that change ----------------------------------------------------------------------------------------

TOMORROW = date(2026, 11, 24)


def test_a_rule_that_starts_overnight_already_counts_for_the_morning():
    later = rule(
        hours={**PROMOTIONAL, "every_day": ["10:00-18:00"]}, severity="hold", effective_from=TOMORROW
    )
    packs = book(HOUSE, law(rule(hours=DAYTIME, severity="hold"), later | {"id": "xx.new"}))
    decision = ask(packs, NIGHT)
    assert decision.not_before == MORNING + 2 * HOUR
    assert decision.reasons[0].rule == "xx.new"


def test_a_rule_that_ends_overnight_no_longer_counts_for_the_morning():
    late = {**PROMOTIONAL, "every_day": ["10:00-20:00"]}
    packs = exland(rule(hours=late, severity="hold", effective_to=TOMORROW))
    assert ask(packs, NIGHT).not_before == datetime(2026, 11, 24, tzinfo=UTC)


# --- the zone of the hours ------------------------------------------------------------------------------------


def test_hours_may_be_read_on_one_clock_wherever_the_person_is():
    packs = holding(zone="America/Chicago")
    honolulu = (place("XX", "Pacific/Honolulu"),)
    at = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # 07:30 in Chicago, 03:30 in Honolulu
    assert ask(packs, at, places=honolulu).not_before == datetime(2026, 11, 23, 14, tzinfo=UTC)
    assert ask(packs, at + HOUR, places=honolulu).verdict is Verdict.SEND
    assert ask(holding(), at + HOUR, places=honolulu).verdict is Verdict.WAIT


# --- what consent lifts ---------------------------------------------------------------------------------------

RELATED = grant(event=9, basis=Basis.CUSTOMER, relation=Relation(origin=Origin.SALE, at=NOON - DAY))
ANY_HOUR = Scope(program=grant().scope.program, at_any_hour=True)


@pytest.mark.parametrize(
    ("unlocked_by", "state", "goes"),
    [
        pytest.param([], granted(grant(scope=ANY_HOUR), RELATED), False, id="nothing lifts it"),
        pytest.param(["any_hour"], granted(), False, id="any hour was not agreed to"),
        pytest.param(["any_hour"], granted(grant(scope=ANY_HOUR)), True, id="any hour, in writing"),
        pytest.param(
            ["any_hour"], granted(grant(scope=ANY_HOUR, basis=Basis.EXPRESS)), True, id="any hour, not in writing"
        ),
        pytest.param(["written_any_hour"], granted(grant(scope=ANY_HOUR)), True, id="in writing, as it has to be"),
        pytest.param(
            ["written_any_hour"],
            granted(grant(scope=ANY_HOUR, basis=Basis.EXPRESS)),
            False,
            id="not in writing, as it has to be",
        ),
        pytest.param(["express"], granted(grant(basis=Basis.EXPRESS)), True, id="express consent is enough"),
        pytest.param(["relation"], granted(), False, id="no customer"),
        pytest.param(["relation"], granted(grant(), RELATED), True, id="a customer"),
        pytest.param(["relation", "express"], granted(), True, id="one of two"),
    ],
)  # fmt: skip
def test_hours_are_lifted_by_what_the_rule_says(unlocked_by, state, goes):
    decision = ask(holding(unlocked_by=unlocked_by), NIGHT, state=state)
    assert (decision.verdict is Verdict.SEND) is goes


def test_of_several_hours_only_those_are_lifted_that_say_so():
    packs = exland(
        rule(hours={**DAYTIME, "unlocked_by": ["express"]}, severity="hold"),
        rule(hours={**PROMOTIONAL, "every_day": ["06:00-22:00"]}, severity="hold", id="xx.night"),
    )
    assert ask(packs, NOON + 10 * HOUR).verdict is Verdict.SEND
    decision = ask(packs, NIGHT)
    assert (decision.not_before, [each.rule for each in decision.reasons]) == (
        MORNING - 2 * HOUR,
        ["xx.night"],
    )


@pytest.mark.parametrize(("days", "goes"), [(2, True), (1, True), (0, False)])
def test_hours_may_spare_customers(days, goes):
    when = {"unless_relation": ["sale"], "relation_days": days} if days else {"unless_relation": ["donation"]}
    packs = exland(rule(hours=DAYTIME, severity="hold", when=when))
    assert ask(packs, NIGHT).not_before == MORNING
    bought = replace(RELATED, relation=replace(RELATED.relation, at=NIGHT - DAY))
    assert (ask(packs, NIGHT, state=granted(grant(), bought)).verdict is Verdict.SEND) is goes


def test_who_is_a_customer_no_more_in_the_morning_waits_until_then_lawfully():
    """A relation that ends before the wait does: what the gate promises, it has to keep."""
    when = {"unless_relation": ["sale"], "relation_days": 30}
    spared = rule(hours={**PROMOTIONAL, "every_day": ["12:00-20:00"]}, severity="hold", when=when)
    packs = exland(spared, rule(hours=DAYTIME, severity="hold", id="xx.all"))
    bought = replace(RELATED, relation=replace(RELATED.relation, at=MORNING - 30 * DAY - HOUR))
    state = granted(grant(), bought)
    decision = ask(packs, NIGHT, state=state)
    assert ask(packs, decision.not_before, state=state).verdict is Verdict.SEND


def test_consent_to_any_hour_that_ends_overnight_promises_no_hour_after_it():
    short = grant(scope=ANY_HOUR, limits=Limits(ends_at=NIGHT + 5 * HOUR))
    state = granted(short, grant(event=3, basis=Basis.EXPRESS))
    packs = holding(unlocked_by=["any_hour"])
    facts = {"state": state, "preferences": Preferences(paused_until=NIGHT + 6 * HOUR)}
    decision = ask(packs, NIGHT, **facts)
    assert ask(packs, decision.not_before, **facts).verdict is Verdict.SEND


# --- requests -------------------------------------------------------------------------------------------------

ASKING = exland(
    rule(hours=DAYTIME, severity="hold"),
    rule(asking_by_text={"is_promotional": True}),
    rule(conversation={"reply_within_s": 86400}),
)


@pytest.mark.parametrize(
    ("asked_at", "from_handset", "waits"),
    [
        pytest.param(NIGHT, True, False, id="they have just texted the keyword"),
        pytest.param(NIGHT - DAY, True, False, id="they texted it a day ago"),
        pytest.param(NIGHT - DAY - MINUTE, True, True, id="they texted it longer ago"),
        pytest.param(NIGHT, False, True, id="somebody typed the number into a form"),
    ],
)
def test_a_request_keeps_to_the_hours_unless_it_answers_a_fresh_text(asked_at, from_handset, waits):
    state = requested(asked_at, lapses_at=NIGHT + DAY, from_handset=from_handset)
    decision = ask(ASKING, NIGHT, asked=service(MessageKind.CONSENT_REQUEST), state=state)
    assert decision.not_before == (MORNING if waits else None)


def test_where_asking_is_no_promotion_a_request_goes_at_night():
    state = requested(NIGHT, lapses_at=NIGHT + DAY, from_handset=False)
    assert ask(BOOK, NIGHT, asked=service(MessageKind.CONSENT_REQUEST), state=state).verdict is Verdict.SEND


def test_a_request_that_lapses_before_the_morning_is_refused_at_once():
    state = requested(NIGHT, lapses_at=NIGHT + HOUR, from_handset=False)
    decision = ask(ASKING, NIGHT, asked=service(MessageKind.CONSENT_REQUEST), state=state)
    assert codes(decision) == ["request_lapsed", "quiet_hours"]


def test_that_asking_is_promotion_lifts_no_hours_of_the_request_itself():
    serving = {"classes": ["service"], "every_day": ["10:00-12:00"]}
    asks = {
        "asked": service(MessageKind.CONSENT_REQUEST),
        "state": requested(NIGHT, lapses_at=NIGHT + 2 * DAY),
    }
    only = exland(rule(hours=serving, severity="hold"))
    also = exland(
        rule(hours=serving, severity="hold"),
        rule(asking_by_text={"is_promotional": True}),
        rule(conversation={"reply_within_s": 60}),
    )
    at = NIGHT + HOUR
    assert ask(also, at, **asks).not_before == ask(only, at, **asks).not_before == MORNING + 2 * HOUR


def test_a_fresh_answer_that_would_wait_until_it_is_fresh_no_more_waits_longer():
    serving = rule(
        hours={"classes": ["service"], "every_day": ["06:00-22:00"]}, severity="hold", id="xx.service"
    )
    packs = exland(
        serving,
        rule(hours=DAYTIME, severity="hold"),
        rule(asking_by_text={"is_promotional": True}),
        rule(conversation={"reply_within_s": 3600}),
    )
    facts = {"asked": service(MessageKind.CONSENT_REQUEST), "state": requested(NIGHT, lapses_at=NIGHT + DAY)}
    decision = ask(packs, NIGHT, **facts)
    assert ask(packs, decision.not_before, **facts).verdict is Verdict.SEND


# --- holidays -------------------------------------------------------------------------------------------------

CHRISTMAS_EVE = datetime(2026, 12, 24, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        pytest.param({}, datetime(2026, 12, 25, 8, tzinfo=UTC), id="a law without holidays"),
        pytest.param({"calendar": "us-federal"}, datetime(2026, 12, 26, 8, tzinfo=UTC), id="closed that day"),
        pytest.param(
            {"calendar": "us-federal", "holidays": ["11:00-12:00"]},
            datetime(2026, 12, 25, 11, tzinfo=UTC),
            id="open for an hour",
        ),
        pytest.param({"calendar": "gb"}, datetime(2026, 12, 29, 8, tzinfo=UTC), id="a row of holidays"),
    ],
)
def test_a_law_may_close_on_the_holidays_of_a_calendar(fields, until):
    weekend = {"sat": [], "sun": []} if fields.get("calendar") == "gb" else {}
    assert ask(holding(**fields, **weekend), CHRISTMAS_EVE).not_before == until


def proclaimed(cause, start, end, region=None, name="A flood"):
    return Proclamation(
        cause=cause, country="XX", region=region, starts_at=start, ends_at=end, name=name
    )  # fmt: skip


DAY_OFF = proclaimed(Cause.HOLIDAY, NOON.replace(hour=0), NOON.replace(hour=0) + DAY)


def test_a_holiday_that_was_proclaimed_closes_as_others_do():
    packs = holding(calendar="us-federal", holidays=["09:00-10:00"])
    decision = ask(packs, proclamations=(DAY_OFF,))
    assert decision.not_before == MORNING
    assert ask(packs).verdict is Verdict.SEND
    before = NOON.replace(hour=8)
    assert ask(packs, before, proclamations=(DAY_OFF,)).not_before == before + HOUR


def test_a_law_that_names_no_holidays_heeds_no_proclaimed_one():
    assert ask(BOOK, proclamations=(DAY_OFF,)).verdict is Verdict.SEND


@pytest.mark.parametrize(
    ("region", "person", "touches"),
    [
        pytest.param(None, "XX-N", True, id="in the whole country"),
        pytest.param("XX-N", "XX-N", True, id="in the person's region"),
        pytest.param("XX-S", "XX-N", False, id="in another region"),
        pytest.param("XX-S", None, True, id="in a region where the person may be"),
    ],
)
def test_what_is_proclaimed_holds_where_it_is_proclaimed(region, person, touches):
    packs = exland(
        rule(hours={**DAYTIME, "calendar": "us-federal"}, severity="hold"), rule(suspension=PROMOTIONAL)
    )
    here = (place("XX", "Etc/UTC", person),)
    holiday = replace(DAY_OFF, region=region)
    flood = replace(DAY_OFF, region=region, cause=Cause.EMERGENCY)
    for each in (holiday, flood):
        decision = ask(packs, places=here, proclamations=(each,))
        assert (decision.verdict is Verdict.WAIT) is touches
    abroad = (place("YY", "Etc/UTC", "YY-N"),)
    assert ask(packs, places=abroad, proclamations=(flood,)).verdict is Verdict.SEND


def test_a_day_is_that_of_the_persons_own_clock():
    packs = holding(calendar="us-federal")
    tokyo = (place("XX", "Asia/Tokyo"),)
    midnight = datetime(2026, 11, 22, 15, tzinfo=UTC)
    there = proclaimed(Cause.HOLIDAY, midnight, midnight + DAY)
    assert ask(packs, midnight + 9 * HOUR, places=tokyo, proclamations=(there,)).verdict is Verdict.WAIT
    assert ask(packs, midnight + DAY + 9 * HOUR, places=tokyo, proclamations=(there,)).verdict is Verdict.SEND


# --- emergencies ----------------------------------------------------------------------------------------------

SUSPENDING = exland(rule(hours=DAYTIME, severity="hold"), rule(suspension=PROMOTIONAL, severity="hold"))


def flood(start, end, **changes):
    return proclaimed(Cause.EMERGENCY, start, end, **changes)


def test_in_an_emergency_a_text_waits_for_its_end():
    until = NOON + 3 * HOUR
    decision = ask(SUSPENDING, proclamations=(flood(NOON - DAY, until),))
    assert (decision.not_before, codes(decision)) == (until, ["emergency"])
    assert dict(decision.reasons[0].fact.args)["name"] == "A flood"
    assert ask(SUSPENDING, until, proclamations=(flood(NOON - DAY, until),)).verdict is Verdict.SEND
    assert ask(BOOK, proclamations=(flood(NOON - DAY, until),)).verdict is Verdict.SEND


@pytest.mark.parametrize(("start", "holds"), [(NOON, True), (NOON + MINUTE, False)])
def test_an_emergency_holds_from_its_first_moment_on(start, holds):
    decision = ask(SUSPENDING, proclamations=(flood(start, NOON + DAY),))
    assert (decision.verdict is Verdict.WAIT) is holds


def test_an_emergency_that_ends_at_night_waits_for_the_morning_too():
    decision = ask(SUSPENDING, proclamations=(flood(NOON - DAY, NIGHT + timedelta(seconds=30)),))
    assert (decision.not_before, codes(decision)) == (MORNING, ["quiet_hours", "emergency"])


def test_a_wait_does_not_end_within_the_next_emergency():
    first, second = flood(NOON - DAY, NOON + HOUR), flood(NOON + HOUR / 2, NOON + 5 * HOUR, name="A storm")
    assert ask(SUSPENDING, proclamations=(first, second)).not_before == NOON + 5 * HOUR
    overnight = flood(MORNING - HOUR, MORNING + HOUR)
    assert ask(SUSPENDING, NIGHT, proclamations=(overnight,)).not_before == MORNING + HOUR


def test_an_emergency_of_more_than_a_week_refuses_unless_the_text_keeps():
    long = (flood(NOON - DAY, NOON + 30 * DAY),)
    refused = ask(SUSPENDING, proclamations=long)
    assert (refused.verdict, codes(refused)) == (Verdict.REFUSE, ["emergency"])
    keeps = ask(SUSPENDING, asked=message(send_by=NOON + 60 * DAY), proclamations=long)
    assert keeps.not_before == NOON + 30 * DAY


def test_a_suspension_that_only_warns_is_noted():
    packs = exland(rule(suspension=PROMOTIONAL, severity="warn"))
    decision = ask(packs, proclamations=(flood(NOON - DAY, NOON + DAY),))
    assert (decision.verdict, noted(decision)) == (Verdict.SEND, ["emergency"])


@pytest.mark.parametrize("days", [3, 30])
def test_a_suspension_that_is_only_known_makes_texts_wait_and_refuses_nothing(days):
    packs = exland(rule(suspension=PROMOTIONAL, severity="hold", confidence="known"))
    decision = ask(packs, proclamations=(flood(NOON - DAY, NOON + days * DAY),))
    assert decision.verdict is not Verdict.REFUSE


# --- a promise that is kept -----------------------------------------------------------------------------------


def test_after_a_night_a_known_cap_of_a_week_still_lets_go_what_was_promised():
    """The cap frees after a week and four hours; by the morning that is less than a week."""
    week = {**PROMOTIONAL, "count": 1, "seconds": 14 * 86400, "key": "brand"}
    packs = exland(rule(hours=DAYTIME, severity="hold"), rule(cap=week, severity="hold", confidence="known"))
    contact = {"recent": (sent(NIGHT - 7 * DAY + 4 * HOUR),)}
    decision = ask(packs, NIGHT, contact=contact)
    assert decision.not_before is not None
    assert ask(packs, decision.not_before, contact=contact).verdict is Verdict.SEND


def test_on_no_clock_at_all_known_hours_make_nothing_later():
    known = rule(hours={**PROMOTIONAL, "every_day": ["00:00-01:00"]}, severity="hold", confidence="known")
    until = NIGHT + 7 * HOUR
    facts = {"places": (), "contact": {"country": "XX"}, "preferences": Preferences(paused_until=until)}
    assert ask(exland(known), NIGHT, **facts).not_before == until
