"""The person's own word: what blocks everything, stops and how far they reach, conversations, asking by text."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from factories.books import HOUSE, ask, book, codes, exland, law, noted, rule
from factories.questions import (
    CLUB,
    EVENTS,
    NOON,
    PROGRAM,
    SENDER,
    grant,
    granted,
    message,
    requested,
    service,
    stopped,
)
from yesword.domain.decisions import Verdict
from yesword.domain.events import SUPPRESSION, Basis, Grade, Scope
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.state import EMPTY, ConsentState, Refusal, Withdrawal

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
PROMOTIONAL = {"classes": ["promotional"]}
STOP_REPLY = service(MessageKind.STOP_REPLY, answers=EventId(2))
REPLY = message(MessageKind.REPLY, message_class=MessageClass.CONVERSATIONAL, conversation_at=NOON)
HELP = service(MessageKind.HELP_REPLY, conversation_at=NOON)
CODE = message(MessageKind.CODE, message_class=MessageClass.TRANSACTIONAL, trigger="login")
INVITATION = message(MessageKind.INVITATION)
REQUEST = service(MessageKind.CONSENT_REQUEST)
MAY_INVITE = replace(PROGRAM, may_invite=True)


# --- confirming a stop ----------------------------------------------------------------------------------------


def test_a_stop_is_confirmed_within_the_time_that_the_rule_gives():
    packs = exland(rule(stop_confirmation={"is_allowed": True, "max_latency_s": 300}))
    facts = {"asked": STOP_REPLY, "state": stopped(NOON)}
    assert ask(packs, NOON + timedelta(minutes=5), **facts).verdict is Verdict.SEND
    late = ask(packs, NOON + timedelta(minutes=5) + SECOND, **facts)
    assert codes(late) == ["stop_reply_late"] * 2, "the house has the same limit"
    assert dict(late.reasons[0].sentence.args) == {"minutes": 5}


def test_the_shortest_time_of_all_rules_counts():
    packs = exland(rule(stop_confirmation={"is_allowed": True, "max_latency_s": 60}))
    facts = {"asked": STOP_REPLY, "state": stopped(NOON)}
    assert ask(packs, NOON + timedelta(seconds=60), **facts).verdict is Verdict.SEND
    assert [each.rule for each in ask(packs, NOON + timedelta(seconds=61), **facts).reasons] == [
        "xx.stop_confirmation"
    ]


def test_where_no_rule_allows_it_or_one_forbids_it_a_stop_is_not_confirmed():
    facts = {"asked": STOP_REPLY, "state": stopped(NOON)}
    forbidden = rule(stop_confirmation={"is_allowed": False})
    assert codes(ask(book(law(forbidden)), **facts)) == ["stop_reply_not_allowed"]
    assert codes(ask(exland(forbidden), **facts)) == ["stop_reply_not_allowed"]
    assert codes(ask(exland().without("house"), **facts)) == ["stop_reply_not_allowed"]
    assert codes(ask(exland(forbidden | {"severity": "warn"}), **facts)) == []


def test_of_a_stop_whose_month_alone_is_kept_no_day_is_told():
    month = datetime(2026, 3, 1, tzinfo=UTC)
    of_an_erased = stopped(month, route=SUPPRESSION)
    assert [each.fact.id for each in ask(book(HOUSE), state=of_an_erased).reasons] == [
        "fact.withdrawn.undated"
    ]
    for known in (stopped(month), stopped(month + HOUR, route=SUPPRESSION)):
        (reason,) = ask(book(HOUSE), state=known).reasons
        assert dict(reason.fact.args) == {"since_on": "2026-03-01"}


# --- how far a stop reaches -----------------------------------------------------------------------------------

REVOKE_ALL = {"stop_reach": {"scope": "brand"}}


def stop_of(program=EVENTS, at=NOON - DAY, route="reply", **changes) -> ConsentState:
    stop = Withdrawal(
        event=EventId(2), seq=2, scope=Scope(program=program), at=at, route=route, **changes
    )  # fmt: skip
    return granted(seq=2, withdrawals=(stop,), stops=((program, 2),))


def test_a_stop_of_one_program_ends_the_others_only_where_a_rule_makes_it():
    assert ask(exland(), state=stop_of()).verdict is Verdict.SEND
    assert ask(exland(rule(stop_reach={"scope": "program"})), state=stop_of()).verdict is Verdict.SEND
    decision = ask(exland(rule(**REVOKE_ALL)), state=stop_of())
    assert codes(decision) == ["withdrawn_elsewhere"]
    assert dict(decision.reasons[0].fact.args) == {"since_on": "2026-11-22"}


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        pytest.param(datetime(2027, 1, 30, 23, 59, tzinfo=UTC), Verdict.SEND, id="while it is stayed"),
        pytest.param(datetime(2027, 1, 31, tzinfo=UTC), Verdict.REFUSE, id="once it holds"),
    ],
)
def test_a_stayed_rule_reaches_the_stops_of_the_day_on_which_it_begins_to_hold(at, verdict):
    stayed = rule(
        **REVOKE_ALL, status="stayed", stayed_until=date(2027, 1, 31), effective_from=date(2025, 4, 11)
    )
    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert ask(exland(stayed), now, state=stop_of(at=at)).verdict is verdict
    assert ask(exland(stayed), NOON, state=stop_of(at=NOON - DAY)).verdict is Verdict.SEND


@pytest.mark.parametrize("began_on", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)])
def test_a_rule_reaches_no_stop_from_before_its_first_day(began_on):
    decision = ask(exland(rule(**REVOKE_ALL, effective_from=began_on)), state=stop_of(at=NOON - DAY))
    assert (decision.verdict is Verdict.REFUSE) is (began_on <= date(2026, 11, 22))


@pytest.mark.parametrize(
    ("route", "reaches"),
    [
        ("reply", True),
        ("link", True),
        ("carrier_block", True),
        ("page", False),
        ("preferences", False),
        ("agent", False),
        ("clarified", False),
    ],
)
def test_a_stop_that_names_what_it_ends_reaches_no_further(route, reaches):
    decision = ask(exland(rule(**REVOKE_ALL)), state=stop_of(route=route))
    assert codes(decision) == (["withdrawn_elsewhere"] if reaches else [])


def test_a_stop_that_the_person_has_taken_back_reaches_nothing():
    assert ask(exland(rule(**REVOKE_ALL)), state=stop_of(lifted=(EVENTS,))).verdict is Verdict.SEND


def test_who_joins_from_their_handset_after_a_stop_of_other_texts_is_in_again():
    state = stop_of(at=NOON - 2 * DAY)
    joined = replace(state, grants=(grant(seq=3, since=NOON - DAY, is_confirmed=True),))
    assert ask(exland(rule(**REVOKE_ALL)), state=joined).verdict is Verdict.SEND
    before = replace(state, grants=(grant(seq=1, since=NOON - 3 * DAY),))
    assert codes(ask(exland(rule(**REVOKE_ALL)), state=before)) == ["withdrawn_elsewhere"]


def test_a_code_goes_whatever_the_reach_of_a_stop():
    assert ask(exland(rule(**REVOKE_ALL)), asked=CODE, state=stop_of()).verdict is Verdict.SEND


def test_a_reach_that_is_only_known_is_noted():
    assert noted(ask(exland(rule(**REVOKE_ALL, confidence="known")), state=stop_of())) == [
        "withdrawn_elsewhere"
    ]


# --- conversations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [REPLY, HELP], ids=["a reply", "help"])
def test_an_answer_goes_within_the_time_that_the_rule_gives(asked):
    packs = exland(rule(conversation={"reply_within_s": 3600}))
    assert ask(packs, NOON + HOUR, asked=asked, state=EMPTY).verdict is Verdict.SEND
    late = ask(packs, NOON + HOUR + SECOND, asked=asked, state=EMPTY)
    assert [(each.code, each.rule) for each in late.reasons] == [("conversation_over", "xx.conversation")]


def test_an_answer_that_promotes_needs_what_a_campaign_needs():
    sells = message(MessageKind.REPLY, conversation_at=NOON)
    assert codes(ask(exland(), asked=sells, state=EMPTY)) == ["promotion_without_grant"]
    assert codes(ask(exland(), asked=sells, state=granted(grant(EVENTS)))) == ["promotion_without_grant"]
    weak = granted(grant(basis=Basis.CUSTOMER))
    assert codes(ask(exland(), asked=sells, state=weak)) == ["consent_too_weak"]
    assert ask(exland(), asked=sells).verdict is Verdict.SEND


def test_an_answer_that_also_sells_is_one_that_promotes():
    assert codes(ask(exland(), asked=replace(REPLY, is_mixed=True), state=EMPTY)) == [
        "promotion_without_grant"
    ]


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        pytest.param(REQUEST, requested(NOON, lapses_at=NOON + DAY), id="a request"),
        pytest.param(
            replace(STOP_REPLY, message_class=MessageClass.PROMOTIONAL), stopped(), id="a confirmation"
        ),
    ],
)
def test_what_never_sells_is_refused_when_it_does(asked, state):
    sells = replace(asked, message_class=MessageClass.PROMOTIONAL)
    assert "promotion_without_grant" in codes(ask(exland(), asked=sells, state=state))


# --- asking by text -------------------------------------------------------------------------------------------


def test_asking_out_of_the_blue_is_off_until_the_program_turns_it_on():
    assert codes(ask(exland(), asked=INVITATION)) == ["invitation_off"]
    assert codes(ask(exland(), asked=INVITATION, program=None, state=granted(grant(None)))) == [
        "invitation_off"
    ]
    assert ask(exland(), asked=INVITATION, program=MAY_INVITE).verdict is Verdict.SEND


def test_asking_out_of_the_blue_promotes_whatever_class_it_is_given():
    invitation = replace(INVITATION, message_class=MessageClass.SERVICE)
    customer = granted(grant(basis=Basis.CUSTOMER))
    decision = ask(exland(), asked=invitation, program=MAY_INVITE, state=customer)
    assert codes(decision) == ["consent_too_weak"]


@pytest.mark.parametrize(
    ("asked", "state", "program"),
    [
        pytest.param(INVITATION, granted(), MAY_INVITE, id="an invitation"),
        pytest.param(REQUEST, requested(NOON, lapses_at=NOON + DAY), PROGRAM, id="a request"),
    ],
)
class TestAskingByText:
    def test_a_person_is_asked_so_many_times_and_no_more(self, asked, state, program):
        packs = exland(rule(asking_by_text={"is_promotional": False, "at_most": 2}))
        facts = {"asked": asked, "state": state, "program": program}
        assert ask(packs, contact={"requests_before": 1}, **facts).verdict is Verdict.SEND
        assert codes(ask(packs, contact={"requests_before": 2}, **facts)) == ["asked_before"]

    @pytest.mark.parametrize(
        "no",
        [
            {"refusals": (Refusal(event=EventId(3), program=EVENTS, at=NOON),)},
            {"withdrawals": stop_of(at=NOON).withdrawals},
        ],
        ids=["a no", "a stop"],
    )
    def test_who_said_no_is_left_alone_for_a_while(self, asked, state, program, no):
        packs = exland(rule(asking_by_text={"is_promotional": False, "rest_days": 90}))
        lasting = replace(
            state, **no, requests=tuple(replace(each, lapses_at=NOON + 99 * DAY) for each in state.requests)
        )
        facts = {"asked": asked, "state": lasting, "program": program}
        assert codes(ask(packs, NOON + 90 * DAY - SECOND, **facts)) == ["asked_too_soon"]
        assert ask(packs, NOON + 90 * DAY, **facts).verdict is Verdict.SEND

    def test_only_such_senders_may_ask(self, asked, state, program):
        packs = exland(rule(asking_by_text={"is_promotional": False, "from_pattern": "800\\d+"}))
        facts = {"asked": asked, "state": state, "program": program}
        assert ask(packs, **facts).verdict is Verdict.SEND
        assert codes(ask(packs, sender=replace(SENDER, address="18001"), **facts)) == ["asks_from_elsewhere"]
        assert codes(ask(packs, sender=replace(SENDER, address="8001x"), **facts)) == ["asks_from_elsewhere"]
        assert ask(packs, sender=None, **facts).skipped == ("sender",)

    def test_no_number_named_is_no_limit(self, asked, state, program):
        packs = exland(rule(asking_by_text={"is_promotional": False}))
        facts = {"asked": asked, "program": program, "contact": {"requests_before": 99}}
        assert ask(packs, state=state, **facts).verdict is Verdict.SEND


# --- age ------------------------------------------------------------------------------------------------------

EVERY_WAY = {
    "a campaign": (message(), granted()),
    "a survey": (message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL), granted()),
    "a reminder": (message(MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL), granted()),
    "a reminder of an order": (
        message(MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL, trigger="order"),
        EMPTY,
    ),
    "a welcome": (service(MessageKind.WELCOME), granted()),
    "an invitation": (INVITATION, granted()),
    "a request": (REQUEST, requested(NOON, lapses_at=NOON + DAY)),
    "an answer that sells": (message(MessageKind.REPLY, conversation_at=NOON), granted()),
}


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize("gate", ["the program's", "the law's"])
def test_without_evidence_of_age_nobody_is_texted_about_it_by_any_way(way, gate):
    asked, state = EVERY_WAY[way]
    program = replace(MAY_INVITE, minimum_age=18 if gate == "the program's" else None)
    packs = exland(rule(age={"categories": ["shoes"]})) if gate == "the law's" else exland()
    facts = {"asked": asked, "state": state, "program": program}
    assert "too_young" in codes(ask(packs, **facts))
    grown = ask(packs, contact={"adult_since": NOON - DAY}, **facts)
    assert "too_young" not in codes(grown)


@pytest.mark.parametrize("asked", [REPLY, HELP, CODE], ids=["a reply", "help", "a code"])
def test_what_the_person_asked_for_goes_whatever_their_age(asked):
    program = replace(PROGRAM, minimum_age=18)
    assert ask(exland(), asked=asked, state=EMPTY, program=program).verdict is Verdict.SEND


# --- scope ----------------------------------------------------------------------------------------------------


def test_what_is_missing_is_told_by_the_rule_that_asks_for_it():
    consent = rule(consent={"class": "promotional", "standard": "express"})
    assert ask(exland(consent), state=EMPTY).reasons[0].rule == "xx.consent"
    assert ask(exland(), state=EMPTY).reasons[0].rule == "house.consent"
    no_rule = ask(book(law(rule(conversation={"reply_within_s": 60}))), state=EMPTY).reasons[0]
    assert (no_rule.rule, no_rule.pack) == ("consent.never_asked", "consent")


def test_consent_of_one_program_permits_no_other_and_the_others_are_named():
    (reason,) = ask(exland(), state=granted(grant(EVENTS))).reasons
    assert (reason.code, reason.fact.id) == ("other_program", "fact.other_program")
    assert ask(exland(), state=granted(grant(EVENTS), grant(CLUB, event=EventId(4)))).grant == EventId(4)


def test_evidence_below_the_lowest_grade_of_any_rule_is_refused():
    packs = exland(rule(consent={"class": "promotional", "standard": "express", "lowest_grade": "B"}))
    assert ask(packs, state=granted(grant(grade=Grade.B))).verdict is Verdict.SEND
    assert codes(ask(packs, state=granted(grant(grade=Grade.C)))) == ["grade_too_low"]
    assert codes(ask(book(HOUSE), state=granted(grant(grade=Grade.E)))) == ["grade_too_low"]
