"""Whether a text still is of use, and whether the consent still is fresh."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.books import EXLAND, NOBODYS_BRAND, ask, codes, exland, noted, rule
from factories.questions import NOON, PROGRAM, TEXT, grant, granted, message, question, sent, service
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Grade
from yesword.domain.gate import needs_reconfirming, terms
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, Relation
from yesword.domain.state import EMPTY

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PROMOTIONAL = {"classes": ["promotional"]}
SAYS_WHY = replace(TEXT, reconfirms=True)


def since(days: float, **changes):
    return granted(grant(since=NOON - days * DAY, **changes))


# --- usefulness -----------------------------------------------------------------------------------------------


def test_a_text_is_of_use_until_its_end_and_not_after():
    assert ask(exland(), asked=message(send_by=NOON)).verdict is Verdict.SEND
    assert codes(ask(exland(), asked=message(send_by=NOON - SECOND))) == ["expired"]


@pytest.mark.parametrize(
    ("event_at", "code"),
    [
        pytest.param(NOON - timedelta(hours=48), None, id="just in time"),
        pytest.param(NOON - timedelta(hours=48) - SECOND, "after_event_late", id="a second late"),
        pytest.param(None, "after_event_late", id="nobody says when it was"),
    ],
)
def test_a_text_may_follow_an_event_for_so_long(event_at, code):
    packs = exland(rule(after_event={**PROMOTIONAL, "within_s": 48 * 3600}, when={"occasions": ["cart"]}))
    cart = message(occasion="cart", event_at=event_at)
    assert codes(ask(packs, asked=cart)) == ([] if code is None else [code])
    assert ask(packs, asked=replace(cart, occasion="birthday")).verdict is Verdict.SEND


def test_a_text_that_would_follow_too_late_in_the_morning_is_refused_at_night():
    hours = rule(hours={**PROMOTIONAL, "every_day": ["08:00-20:00"]}, severity="hold")
    packs = exland(hours, rule(after_event={**PROMOTIONAL, "within_s": 3600}))
    night = NOON + timedelta(hours=12)
    assert codes(ask(packs, night, asked=message(event_at=night))) == ["after_event_late", "quiet_hours"]


# --- expiry ---------------------------------------------------------------------------------------------------


def expiring(anchor, on_silence="lapse", days=100, **more):
    return exland(
        rule(expiry={**PROMOTIONAL, "anchor": anchor, "days": days, "on_silence": on_silence}, **more)
    )


LONG_AGO = {"last_text_at": NOON - 101 * DAY}


@pytest.mark.parametrize(
    ("anchor", "state", "contact", "code"),
    [
        pytest.param("grant", since(100), {}, None, id="a grant on its last day"),
        pytest.param("grant", since(100.001), {}, "stale", id="a grant past it"),
        pytest.param("grant", since(101), {"last_text_at": NOON - DAY}, "stale", id="whatever was sent since"),
        pytest.param("first_text", since(101), {}, "stale_first_text", id="never used"),
        pytest.param("first_text", since(101), {"last_text_at": NOON - 99 * DAY}, None, id="used once"),
        pytest.param("first_text", since(101), LONG_AGO, None, id="used on its first day"),
        pytest.param(
            "first_text", since(101), {"last_text_at": NOON - 150 * DAY}, "stale_first_text", id="used before it"
        ),
        pytest.param("last_text", since(900), {}, None, id="no text to run from"),
        pytest.param("last_text", since(900), {"last_text_at": NOON - 100 * DAY}, None, id="idle, the last day"),
        pytest.param("last_text", since(900), LONG_AGO, "stale_idle", id="idle past it"),
        pytest.param(
            "last_text", since(900), {**LONG_AGO, "recent": (sent(NOON - DAY),)}, None, id="a recent text counts"
        ),
        pytest.param("relation", since(900), {}, None, id="no relation to run from"),
        pytest.param("each_use", since(900), {}, None, id="an anchor that ends nothing"),
    ],
)  # fmt: skip
def test_consent_lapses_from_its_anchor_on(anchor, state, contact, code):
    decision = ask(expiring(anchor), state=state, contact=contact)
    assert codes(decision) == ([] if code is None else [code])


def bought(days):
    return Relation(origin=Origin.SALE, at=NOON - days * DAY, was_told=True, categories=("shoes",))


def test_consent_may_lapse_from_the_newest_purchase_on():
    soft = rule(soft_opt_in={**PROMOTIONAL, "origins": ["sale"]})
    expiry = rule(expiry={**PROMOTIONAL, "anchor": "relation", "days": 100})
    for days, expected in ((100, []), (101, ["stale"])):
        state = since(5, basis=Basis.CUSTOMER, grade=Grade.C, relation=bought(days))
        assert codes(ask(exland(soft, expiry), state=state)) == expected


@pytest.mark.parametrize(
    ("on_silence", "text", "refused", "told"),
    [
        pytest.param("lapse", SAYS_WHY, ["stale_first_text"], [], id="it lapses, whatever the text says"),
        pytest.param("keep", TEXT, [], ["stale_first_text"], id="it is kept, and remarked on"),
        pytest.param("reconfirm", TEXT, ["reconfirm"], [], id="the text has to say why"),
        pytest.param("reconfirm", SAYS_WHY, [], [], id="the text says why"),
        pytest.param("reconfirm", None, [], [], id="the text is not written yet"),
    ],
)
def test_silence_has_a_consequence(on_silence, text, refused, told):
    decision = ask(expiring("first_text", on_silence), state=since(101), text=text)
    assert (codes(decision), noted(decision)) == (refused, told)


def test_only_recurring_texts_go_stale():
    reminder = message(MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL, trigger="order")
    for asked in (service(MessageKind.WELCOME), reminder):
        assert ask(expiring("grant"), asked=asked, state=since(101)).verdict is Verdict.SEND
    assert codes(ask(expiring("grant"), state=since(101))) == ["stale"]


def test_the_shortest_of_several_times_counts():
    packs = exland(
        rule(expiry={**PROMOTIONAL, "anchor": "grant", "days": 100}, id="xx.long"),
        rule(
            expiry={**PROMOTIONAL, "anchor": "first_text", "days": 60, "on_silence": "reconfirm"},
            id="xx.short",
        ),
    )
    assert ask(packs, state=since(60)).verdict is Verdict.SEND
    assert codes(ask(packs, state=since(61))) == ["reconfirm"]
    assert codes(ask(packs, state=since(101))) == ["stale", "reconfirm"]


def test_who_is_a_customer_may_be_spared():
    packs = expiring("grant", when={"unless_relation": ["sale"]})
    customer = grant(event=9, basis=Basis.CUSTOMER, relation=bought(1))
    assert codes(ask(packs, state=since(101))) == ["stale"]
    assert (
        ask(packs, state=replace(since(101), grants=(*since(101).grants, customer))).verdict is Verdict.SEND
    )


# --- asking again at intervals --------------------------------------------------------------------------------


def renewing(on_silence, notice_days=0):
    fields = {**PROMOTIONAL, "every_days": 730, "notice_days": notice_days, "on_silence": on_silence}
    return exland(rule(reconfirm=fields))


@pytest.mark.parametrize(
    ("on_silence", "days", "text", "refused", "told"),
    [
        pytest.param("keep", 730, TEXT, [], [], id="on the last day"),
        pytest.param("keep", 731, TEXT, [], ["renewal_due"], id="kept, and due"),
        pytest.param("lapse", 730, TEXT, [], [], id="not lapsed yet"),
        pytest.param("lapse", 731, SAYS_WHY, ["renewal_due"], [], id="lapsed, whatever the text says"),
        pytest.param("reconfirm", 731, TEXT, ["renewal_due"], [], id="the text has to say so"),
        pytest.param("reconfirm", 731, SAYS_WHY, [], ["renewal_due"], id="the text says so"),
    ],
)
def test_consent_is_confirmed_anew_at_intervals(on_silence, days, text, refused, told):
    decision = ask(renewing(on_silence), state=since(days), text=text)
    assert (codes(decision), noted(decision)) == (refused, told)


@pytest.mark.parametrize("on_silence", ["keep", "lapse", "reconfirm"])
def test_ahead_of_its_time_a_renewal_is_told_and_refuses_nothing(on_silence):
    packs = renewing(on_silence, notice_days=30)
    assert noted(ask(packs, state=since(700))) == []
    due = ask(packs, state=since(701))
    assert (due.verdict, noted(due)) == (Verdict.SEND, ["renewal_due"])


def test_who_was_reminded_and_let_it_be_is_asked_anew_only_after_as_long_again():
    state = since(2000, renewed_at=NOON - 730 * DAY)
    assert (codes(ask(renewing("reconfirm"), state=state)), noted(ask(renewing("keep"), state=state))) == (
        [],
        [],
    )
    assert codes(ask(renewing("reconfirm"), NOON + SECOND, state=state)) == ["renewal_due"]


# --- the program ----------------------------------------------------------------------------------------------


def test_a_paused_program_sends_nothing_of_its_own():
    paused = replace(PROGRAM, is_paused=True)
    assert codes(ask(exland(), program=paused)) == ["program_paused"]
    assert ask(exland(), asked=service(MessageKind.WELCOME), program=paused).verdict is Verdict.SEND


# --- reconfirming ---------------------------------------------------------------------------------------------


def reminding(on_silence, *, named="xx.renewal", **more):
    every = {**PROMOTIONAL, "every_days": 730, "notice_days": 30, "on_silence": on_silence}
    return rule(reconfirm=every, id=named, **more)


@pytest.mark.parametrize(
    ("packs", "state", "text", "expected"),
    [
        pytest.param(expiring("first_text", "reconfirm"), since(101), TEXT, True, id="a first text that is late"),
        pytest.param(expiring("first_text", "reconfirm"), since(100), TEXT, False, id="one in time"),
        pytest.param(expiring("first_text", "reconfirm"), since(101), SAYS_WHY, False, id="one that says why"),
        pytest.param(
            expiring("first_text", "reconfirm", severity="warn"), since(101), TEXT, False, id="where it is only advice"
        ),
        pytest.param(expiring("first_text"), since(101), TEXT, False, id="where saying why mends nothing"),
        pytest.param(exland(reminding("reconfirm")), since(731), TEXT, True, id="after two years"),
        pytest.param(exland(reminding("reconfirm")), since(729), TEXT, False, id="while two years are not over"),
    ],
)  # fmt: skip
def test_the_gate_tells_whether_a_text_has_to_be_written_so_that_it_says_why(packs, state, text, expected):
    assert needs_reconfirming(ask(packs, state=state, text=text)) is expected


def test_a_text_that_would_be_late_when_its_hour_comes_has_to_say_why_already():
    hours = rule(hours={**PROMOTIONAL, "every_day": ["08:00-20:00"]}, severity="hold", id="xx.hours")
    late = rule(expiry={**PROMOTIONAL, "anchor": "first_text", "days": 100, "on_silence": "reconfirm"})
    night = NOON + timedelta(hours=12)
    state = granted(grant(since=night - 100 * DAY))
    assert needs_reconfirming(ask(exland(hours, late), night, state=state))


# --- renewal --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("renewed_days_ago", "said"),
    [
        pytest.param(None, ["renewal_due"], id="never reminded"),
        pytest.param(731, ["renewal_due"], id="reminded too long ago"),
        pytest.param(730, [], id="reminded within the time"),
    ],
)
def test_a_reminder_counts_as_a_yes_for_the_next_one_only(renewed_days_ago, said):
    at = None if renewed_days_ago is None else NOON - renewed_days_ago * DAY
    state = since(2000, renewed_at=at)
    assert (
        codes(ask(exland(reminding("reconfirm")), state=state, contact={"last_text_at": NOON - DAY})) == said
    )
    assert codes(ask(expiring("grant"), state=state)) == ["stale"], "it makes no lapsing consent younger"


def told_of(packs, state, **contact):
    asked = question(places=(EXLAND,), brand=NOBODYS_BRAND, state=state, contact=contact)
    return terms(asked, packs, NOON)


def test_the_terms_of_a_consent_are_those_at_which_the_gate_changes_its_mind():
    lapse = rule(expiry={**PROMOTIONAL, "anchor": "grant", "days": 365}, id="xx.lapse")
    packs = exland(lapse, reminding("lapse", named="xx.asks"))
    held, found = told_of(packs, since(10))
    assert held is not None
    for term in found:
        assert codes(ask(packs, term.over_at, state=since(10))) == ([] if term is first(found) else ["stale"])
        assert ask(packs, term.over_at + SECOND, state=since(10)).verdict is Verdict.REFUSE
    assert [(each.rule.id, each.recurs, each.over_at - each.notice_at) for each in found] == [
        ("xx.lapse", False, 30 * DAY),
        ("xx.asks", True, 30 * DAY),
    ]


def first(found):
    return min(found, key=lambda term: term.over_at)


@pytest.mark.parametrize(
    ("made", "count"),
    [
        pytest.param(reminding("lapse", severity="warn"), 0, id="advice to ask again"),
        pytest.param(reminding("keep", severity="warn"), 1, id="advice that silence keeps"),
        pytest.param(
            rule(expiry={**PROMOTIONAL, "anchor": "grant", "days": 365, "on_silence": "keep"}),
            0,
            id="what never ends",
        ),
    ],
)
def test_of_rules_that_do_not_decide_only_those_that_say_what_silence_means_are_told(made, count):
    _, found = told_of(exland(made), since(10))
    assert [term.binds for term in found] == [False] * count


def test_nobody_is_told_of_terms_without_a_consent():
    assert told_of(exland(reminding("keep")), EMPTY) == (None, ())
