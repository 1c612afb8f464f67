"""The gate as a whole: the order of its steps, what may decide, and the decision as a record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.books import EXLAND, HOUSE, ask, book, codes, exland, law, noted, rule
from factories.questions import (
    EVENTS,
    NOON,
    PROGRAM,
    TEXT,
    grant,
    granted,
    message,
    place,
    question,
    sent,
    service,
    stopped,
)
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.events import Grade
from yesword.domain.gate import GATE_VERSION, decide, versions
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageKind
from yesword.domain.rules import RuleBook
from yesword.domain.state import EMPTY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = NOON + 12 * HOUR  # 23:00 in Exland
MORNING = NOON + 21 * HOUR  # 08:00
PROMOTIONAL = {"classes": ["promotional"]}
CAP = {**PROMOTIONAL, "count": 1, "seconds": 86400, "key": "brand"}

BOOK = exland(
    rule(hours={**PROMOTIONAL, "every_day": ["08:00-20:00"]}, severity="hold"),
    rule(naming={"kinds": ["campaign"]}),
    rule(way_out={"kinds": ["campaign"], "policy": "each"}),
    rule(expiry={**PROMOTIONAL, "anchor": "first_text", "days": 365}),
    rule(length={"segments": 1}, severity="warn"),
)


def test_a_granted_campaign_at_noon_may_go_and_names_its_grant():
    decision = ask(BOOK)
    assert (decision.verdict, decision.reasons, decision.notes) == (Verdict.SEND, (), ())
    assert (decision.grant, decision.packs) == (EventId(1), ("xx", "house"))


# --- the order of the steps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"asked": message(is_cancelled=True)}, "cancelled", id="a cancelled campaign"),
        pytest.param({"contact": {"is_restricted": True}}, "restricted", id="somebody who is restricted"),
        pytest.param({"contact": {"may_text": False}}, "not_a_mobile", id="a landline"),
        pytest.param({"state": EMPTY}, "never_asked", id="no consent"),
        pytest.param({"state": stopped()}, "withdrawn", id="a stop"),
        pytest.param({"state": granted(grant(EVENTS))}, "other_program", id="consent to other texts"),
        pytest.param({"program": replace(PROGRAM, minimum_age=18)}, "too_young", id="an age nobody asked"),
        pytest.param({"text": replace(TEXT, names_brand=False)}, "brand_not_named", id="a nameless text"),
        pytest.param({"text": replace(TEXT, has_way_out=False)}, "way_out_missing", id="no way out"),
        pytest.param({"asked": message(send_by=NOON - HOUR)}, "expired", id="too late to be of use"),
        pytest.param({"program": replace(PROGRAM, is_paused=True)}, "program_paused", id="a paused program"),
        pytest.param({"places": ()}, "place_unknown", id="nobody knows where the person is"),
        pytest.param(
            {"state": granted(grant(since=NOON - 400 * DAY))}, "stale_first_text", id="consent unused for a year"
        ),
    ],
)  # fmt: skip
def test_one_thing_wrong_refuses(changes, code):
    changes = {"contact": {"country": "XX"}, **changes} if changes.get("places") == () else changes
    decision = ask(BOOK, **changes)
    assert decision.verdict is Verdict.REFUSE
    assert codes(decision) == [code]
    assert decision.not_before is None


def test_the_first_step_decides_and_the_others_are_told_too():
    text = replace(TEXT, has_way_out=False, names_brand=False)
    decision = ask(BOOK, contact={"is_restricted": True}, state=stopped(), text=text)
    assert codes(decision) == ["restricted", "withdrawn", "brand_not_named", "way_out_missing"]


def test_a_refusal_does_not_wait_for_the_morning():
    assert codes(ask(BOOK, NIGHT, state=stopped())) == ["withdrawn"]


def test_a_wait_beyond_its_use_is_refused_at_once():
    assert codes(ask(BOOK, NIGHT, asked=message(send_by=NIGHT + HOUR))) == ["expired", "quiet_hours"]
    assert ask(BOOK, NIGHT, asked=message(send_by=MORNING)).verdict is Verdict.WAIT


def test_consent_that_goes_stale_overnight_is_refused_at_once():
    since = MORNING - 365 * DAY - timedelta(seconds=1)
    assert codes(ask(BOOK, NIGHT, state=granted(grant(since=since)))) == ["stale_first_text", "quiet_hours"]
    a_second_less = granted(grant(since=since + timedelta(seconds=1)))
    assert ask(BOOK, NIGHT, state=a_second_less).not_before == MORNING


def test_steps_without_input_are_named():
    decision = ask(
        BOOK,
        sender=None,
        text=None,
        program=None,
        contact={"registries": None},
        state=granted(grant(None)),
    )
    assert decision.verdict is Verdict.SEND
    assert decision.skipped == ("sender", "registries", "wording", "program")


def test_warnings_do_not_change_the_verdict():
    decision = ask(BOOK, text=replace(TEXT, segments=2))
    assert (decision.verdict, noted(decision)) == (Verdict.SEND, ["long_text"])


# --- what may decide ------------------------------------------------------------------------------------------

# A rule of each sort, with a text that goes against it.
DECIDING = {
    "cap": (CAP, {"contact": {"recent": (sent(NOON - HOUR),)}}),
    "hours": ({**PROMOTIONAL, "every_day": ["08:00-10:00"]}, {}),
    "consent": ({"class": "promotional", "standard": "express_written", "lowest_grade": "A"},
                {"state": granted(grant(grade=Grade.D))}),
    "double_opt_in": ({**PROMOTIONAL, "mode": "required"}, {"state": granted(grant(is_confirmed=False))}),
    "age": ({"categories": ["shoes"]}, {}),
    "naming": ({"kinds": ["campaign"]}, {"text": replace(TEXT, names_brand=False)}),
    "way_out": ({"kinds": ["campaign"], "policy": "each"}, {"text": replace(TEXT, has_way_out=False)}),
    "label": ({**PROMOTIONAL, "literal": "AD", "position": "first"}, {}),
    "without": ({**PROMOTIONAL, "elements": ["link"]}, {"text": replace(TEXT, elements=("link",))}),
    "length": ({"characters": 10}, {"text": replace(TEXT, characters=11)}),
    "sender_id": ({**PROMOTIONAL, "registry": "list"}, {}),
    "scrub": ({**PROMOTIONAL, "registry": "list", "listing": "refuses"}, {}),
    "after_event": ({**PROMOTIONAL, "within_s": 60}, {}),
    "expiry": ({**PROMOTIONAL, "anchor": "grant", "days": 1}, {}),
    "reconfirm": ({**PROMOTIONAL, "every_days": 1, "on_silence": "lapse"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("table", DECIDING)
@pytest.mark.parametrize(
    ("envelope", "decides"),
    [
        pytest.param({"confidence": "found", "severity": "block"}, True, id="found, and blocks"),
        pytest.param({"confidence": "found", "severity": "block", "status": "contested"}, True, id="contested"),
        pytest.param({"confidence": "known", "layer": "house", "severity": "block"}, True, id="the house's own"),
        pytest.param({"confidence": "known", "severity": "block"}, False, id="known, and would block"),
        pytest.param({"confidence": "unverified", "severity": "block"}, False, id="unverified, and would block"),
        pytest.param({"confidence": "unverified", "severity": "hold"}, False, id="unverified, and would hold"),
        pytest.param({"confidence": "found", "severity": "warn"}, False, id="found, and warns"),
    ],
)  # fmt: skip
def test_only_what_was_found_decides_and_the_rest_is_noted(table, envelope, decides):
    parameter, changes = DECIDING[table]
    decision = ask(exland(rule(**{table: parameter}, **envelope)), **changes)
    said = decision.reasons if decides else decision.notes
    assert [each.rule for each in said] == [f"xx.{table}"]
    assert (decision.verdict is Verdict.SEND) is not decides
    assert all(each.verdict is Verdict.SEND for each in decision.notes)


@pytest.mark.parametrize("table", DECIDING)
def test_what_is_only_known_may_make_a_text_wait_and_refuses_nothing(table):
    parameter, changes = DECIDING[table]
    decision = ask(exland(rule(**{table: parameter}, confidence="known", severity="hold")), **changes)
    expected = Verdict.WAIT if table in {"cap", "hours"} else Verdict.SEND
    assert decision.verdict is expected


def test_a_known_cap_of_more_than_a_week_refuses_nothing():
    monthly = {**CAP, "seconds": 30 * 86400}
    facts = {"contact": {"recent": (sent(NOON - HOUR),)}}
    assert codes(ask(exland(rule(cap=monthly, severity="hold")), **facts)) == ["law_frequency"]
    known = ask(exland(rule(cap=monthly, severity="hold", confidence="known")), **facts)
    assert known.verdict is not Verdict.REFUSE


def test_known_hours_without_any_lawful_minute_refuse_nothing():
    never = {**PROMOTIONAL, "every_day": []}
    assert codes(ask(exland(rule(hours=never, severity="hold")))) == ["no_lawful_hour", "quiet_hours"]
    assert ask(exland(rule(hours=never, severity="hold", confidence="known"))).verdict is not Verdict.REFUSE


@pytest.mark.parametrize("severity", ["hold", "block"])
def test_a_consent_rule_that_is_only_known_lets_nobody_go_without_consent(severity):
    known = rule(
        consent={"class": "promotional", "standard": "express"}, confidence="known", severity=severity
    )
    for packs in (exland(known), book(law(known))):
        assert codes(ask(packs, state=EMPTY)) == ["never_asked"]


@pytest.mark.parametrize(
    "envelope", [{"confidence": "unverified"}, {"severity": "warn"}, {"confidence": "known"}]
)
def test_what_may_not_decide_permits_no_confirmation_of_a_stop(envelope):
    stop = service(MessageKind.STOP_REPLY, answers=EventId(2))
    silent = book(law(rule(conversation={"reply_within_s": 60})))
    noted_only = book(law(rule(stop_confirmation={"is_allowed": True}, **envelope)))
    for packs in (silent, noted_only):
        assert codes(ask(packs, asked=stop, state=stopped())) == ["stop_reply_not_allowed"]


def test_hours_that_may_not_decide_refuse_nobody_whose_place_is_unknown():
    warned = rule(hours={**PROMOTIONAL, "every_day": ["08:00-20:00"]}, severity="warn")
    decision = ask(exland(warned), places=(), contact={"country": "XX"})
    assert decision.verdict is Verdict.SEND


# --- merging --------------------------------------------------------------------------------------------------


def test_every_place_where_the_person_may_be_has_its_say():
    other = law(
        rule(label={**PROMOTIONAL, "literal": "AD", "position": "first"}), pack="yy", countries=["YY"]
    )
    packs = book(HOUSE, other)
    assert ask(packs).verdict is Verdict.SEND
    assert codes(ask(packs, places=(EXLAND, place("YY", "Etc/UTC")))) == ["label_missing"]


def test_the_law_closest_to_the_person_is_named_first():
    consent = rule(consent={"class": "promotional", "standard": "express"})
    packs = book(HOUSE, law(consent, pack="un", countries=["XX"]), law(consent))
    assert ask(packs, state=EMPTY).reasons[0].rule in {"un.consent", "xx.consent"}
    north = law({**consent, "merge": "strictest"}, pack="xx-n", parent="xx", region="XX-N")
    there = ask(book(HOUSE, law(consent), north), places=(place("XX", "Etc/UTC", "XX-N"),), state=EMPTY)
    assert there.reasons[0].rule == "xx-n.consent"


# --- the decision as a record ---------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [NOON, NIGHT], ids=["sent", "waiting"])
def test_a_decision_survives_storage_and_comes_out_the_same(at):
    decision = ask(BOOK, at)
    assert Decision.from_bytes(decision.to_bytes()) == decision
    assert ask(RuleBook(reversed(BOOK.packs)), at).to_bytes() == decision.to_bytes()


def test_versions_name_everything_that_a_decision_rests_on():
    found = versions(BOOK)
    assert (found.gate, found.packs) == (GATE_VERSION, BOOK.digest)
    assert found.tz.startswith("tzdata ")
    assert found.phone.startswith("phonenumbers ")
    assert found.differing(versions(BOOK.without("xx"))) == ("packs",)


def test_a_dutch_campaign_at_noon_goes_by_the_packs_that_ship():
    decision = decide(question(), RuleBook.load(), NOON)
    assert decision.verdict is Verdict.SEND
    assert decision.packs[0] == "nl"
    assert decision.packs[-1] == "house"


def test_a_rule_holds_from_midnight_on_the_clock_of_each_place():
    new = law(rule(hours={**PROMOTIONAL, "every_day": []}, severity="block", effective_from=NOON.date()))
    midnight_in_tokyo = NOON.replace(hour=15) - timedelta(days=1)
    there, elsewhere = place("XX", "Asia/Tokyo"), place("XX", "America/New_York")
    assert ask(book(new), midnight_in_tokyo - timedelta(minutes=1), places=(there,)).verdict is Verdict.SEND
    assert ask(book(new), midnight_in_tokyo, places=(there,)).verdict is Verdict.REFUSE
    assert ask(book(new), midnight_in_tokyo, places=(elsewhere,)).verdict is Verdict.SEND
    assert ask(book(new), midnight_in_tokyo, places=(elsewhere, there)).verdict is Verdict.REFUSE
