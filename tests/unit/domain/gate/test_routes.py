"""What carries a text: the sender and what it can do, where it is registered, and the lists of numbers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.books import ask, codes, exland, noted, rule
from factories.questions import (
    NAME_AS_SENDER,
    NOON,
    SENDER,
    grant,
    granted,
    message,
    requested,
    service,
    stopped,
)
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis
from yesword.domain.facts import Listed, RegistryFact
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, Relation

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PROMOTIONAL = {"classes": ["promotional"]}
LONG_CODE = replace(SENDER, address="+12125550100", kind="long_code")


# --- what a sender can do -------------------------------------------------------------------------------------


def test_a_name_as_sender_cannot_ask():
    asked = service(MessageKind.CONSENT_REQUEST)
    facts = {"asked": asked, "state": requested(NOON, lapses_at=NOON + DAY)}
    assert codes(ask(exland(), sender=NAME_AS_SENDER, **facts)) == ["sender_cannot_receive"]
    assert ask(exland(), **facts).verdict is Verdict.SEND


def test_where_a_stop_has_to_be_possible_by_reply_a_name_cannot_send():
    by_reply = {"kinds": ["campaign"], "policy": "each", "is_by_reply": True}
    assert codes(ask(exland(rule(way_out=by_reply)), sender=NAME_AS_SENDER)) == ["sender_cannot_receive"]
    free = exland(rule(way_out={**by_reply, "is_by_reply": False}))
    assert ask(free, sender=NAME_AS_SENDER).verdict is Verdict.SEND


def test_a_stop_that_the_carrier_has_confirmed_is_not_confirmed_twice():
    facts = {"asked": service(MessageKind.STOP_REPLY, answers=EventId(2)), "state": stopped()}
    answered = replace(SENDER, carrier_answers_stop=True)
    assert codes(ask(exland(), sender=answered, **facts)) == ["carrier_answers_stop"]
    assert ask(exland(), sender=answered).verdict is Verdict.SEND


# --- what a sender has to be ----------------------------------------------------------------------------------


def sender_id(**fields):
    return exland(rule(sender_id={**PROMOTIONAL, **fields}))


@pytest.mark.parametrize(
    ("fields", "sender", "code"),
    [
        pytest.param({"routes": ["short_code"]}, SENDER, None, id="of the right kind"),
        pytest.param({"routes": ["long_code", "toll_free"]}, SENDER, "sender_kind", id="of another kind"),
        pytest.param({"registry": "tcr"}, replace(SENDER, registrations=("tcr",)), None, id="registered"),
        pytest.param({"registry": "tcr"}, SENDER, "sender_not_registered", id="not registered"),
        pytest.param(
            {"registry": "tcr"},
            replace(SENDER, registrations=("ssir",)),
            "sender_not_registered",
            id="elsewhere",
        ),
        pytest.param({"registry": "tcr"}, replace(SENDER, registrations=None), None, id="nobody says where"),
        pytest.param(
            {"registry": "tcr", "registered_routes": ["long_code"]},
            SENDER,
            None,
            id="a route that need not be",
        ),
        pytest.param(
            {"registry": "tcr", "registered_routes": ["long_code"]},
            LONG_CODE,
            "sender_not_registered",
            id="a route that has to be",
        ),
        pytest.param({"prefix": "Ac"}, NAME_AS_SENDER, None, id="with the prefix"),
        pytest.param({"prefix": "AD-"}, NAME_AS_SENDER, "sender_name", id="without the prefix"),
        pytest.param({"prefix": "AD-"}, SENDER, None, id="a number needs no prefix"),
        pytest.param({"suffix": "me"}, NAME_AS_SENDER, None, id="with the suffix"),
        pytest.param({"suffix": "-P"}, NAME_AS_SENDER, "sender_name", id="without the suffix"),
        pytest.param({"pattern": "800\\d{3}"}, SENDER, None, id="of the pattern"),
        pytest.param({"pattern": "800\\d{2}"}, SENDER, "sender_name", id="the pattern is for all of it"),
        pytest.param({"pattern": "38\\d+"}, NAME_AS_SENDER, "sender_name", id="a name of no such pattern"),
    ],
)
def test_a_sender_is_held_to_what_it_has_to_be(fields, sender, code):
    decision = ask(sender_id(**fields), sender=sender)
    assert codes(decision) == ([] if code is None else [code])


def test_what_is_asked_of_a_sender_is_told():
    args = [
        dict(ask(sender_id(**fields), sender=sender).reasons[0].sentence.args)["asked"]
        for fields, sender in [
            ({"registry": "tcr"}, SENDER),
            ({"routes": ["long_code", "toll_free"]}, SENDER),
            ({"prefix": "AD-", "suffix": "-P"}, NAME_AS_SENDER),
        ]
    ]
    assert args == ["tcr", "long_code, toll_free", "AD- … -P"]


def test_without_a_sender_the_step_is_told_to_be_skipped():
    decision = ask(sender_id(registry="tcr"), sender=None)
    assert (decision.verdict, decision.skipped) == (Verdict.SEND, ("sender",))


def test_a_kind_that_is_exempt_needs_no_such_sender():
    packs = sender_id(registry="tcr", exempt_kinds=["campaign"])
    assert ask(packs).verdict is Verdict.SEND


def test_what_is_asked_of_senders_may_depend_on_the_persons_relation():
    packs = exland(
        rule(
            sender_id={**PROMOTIONAL, "registry": "tcr"},
            when={"unless_relation": ["sale"], "relation_days": 365},
        )
    )
    assert codes(ask(packs)) == ["sender_not_registered"]
    assert ask(packs, state=CUSTOMER).verdict is Verdict.SEND


# --- registries of numbers ------------------------------------------------------------------------------------

CUSTOMER = granted(
    grant(),
    grant(event=9, basis=Basis.CUSTOMER, relation=Relation(origin=Origin.SALE, at=NOON - 30 * DAY)),
)


def scrub(**fields):
    return exland(rule(scrub={**PROMOTIONAL, "registry": "list", "listing": "refuses", **fields}))


def answer(*, listed=False, days_ago=1.0, **changes):
    told = RegistryFact(
        registry="list", listed=Listed.YES if listed else Listed.NO, checked_at=NOON - days_ago * DAY
    )
    return {"registries": (replace(told, **changes),)}


@pytest.mark.parametrize(
    ("fields", "contact", "code"),
    [
        pytest.param({}, {}, "registry_not_asked", id="it was not asked"),
        pytest.param({}, answer(registry="other"), "registry_not_asked", id="another was asked"),
        pytest.param({}, answer(), None, id="it does not list the number"),
        pytest.param({}, answer(listed=True), "registry_listed", id="it lists the number"),
        pytest.param({}, answer(days_ago=9999), None, id="no age is named"),
        pytest.param({"max_age_days": 31}, answer(days_ago=31), None, id="the last day of an answer"),
        pytest.param({"max_age_days": 31}, answer(days_ago=31.001), "registry_too_old", id="too old"),
        pytest.param(
            {"max_age_days": 31}, answer(listed=True, days_ago=40), "registry_too_old", id="listed long ago"
        ),
        pytest.param({"listing": "permits"}, answer(), "registry_absent", id="not in a register of consents"),
        pytest.param({"listing": "permits"}, answer(listed=True), None, id="in a register of consents"),
        pytest.param({"listing": "reassigned"}, answer(listed=True), "registry_reassigned", id="a new owner"),
        pytest.param({"listing": "reassigned"}, answer(), None, id="the owner of old"),
        pytest.param(
            {"grace_days": 30}, answer(listed=True, since=NOON - 29.9 * DAY), None, id="newly listed"
        ),
        pytest.param(
            {"grace_days": 30},
            answer(listed=True, since=NOON - 30 * DAY),
            "registry_listed",
            id="long listed",
        ),
        pytest.param({"grace_days": 30}, answer(listed=True), "registry_listed", id="nobody says since when"),
        pytest.param({}, answer(listed=True, since=NOON), "registry_listed", id="no grace is named"),
    ],
)
def test_a_number_is_held_against_its_registry(fields, contact, code):
    decision = ask(scrub(**fields), contact=contact)
    assert codes(decision) == ([] if code is None else [code])


def test_nobody_saying_what_was_asked_skips_the_step_and_says_so():
    decision = ask(scrub(), contact={"registries": None})
    assert (decision.verdict, decision.skipped) == (Verdict.SEND, ("registries",))


@pytest.mark.parametrize(
    ("basis", "is_exempt"), [(Basis.EXPRESS_WRITTEN, True), (Basis.EXPRESS, True), (Basis.CUSTOMER, False)]
)
def test_express_consent_makes_the_check_needless_where_the_rule_says_so(basis, is_exempt):
    survey = message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL)
    facts = {"asked": survey, "state": granted(grant(basis=basis)), "contact": answer(listed=True)}
    informs = {"classes": ["informational"]}
    assert codes(ask(scrub(**informs, is_express_exempt=True), **facts)) == (
        [] if is_exempt else ["registry_listed"]
    )
    assert codes(ask(scrub(**informs), **facts)) == ["registry_listed"]


def test_a_relation_makes_the_check_needless_where_the_rule_says_so():
    listed = answer(listed=True)
    assert ask(scrub(unless=["sale"]), contact=listed, state=CUSTOMER).verdict is Verdict.SEND
    assert codes(ask(scrub(unless=["donation"]), contact=listed, state=CUSTOMER)) == ["registry_listed"]
    assert codes(ask(scrub(unless=["sale"]), contact=listed)) == ["registry_listed"]


@pytest.mark.parametrize(("days", "is_spared"), [(31, True), (30, True), (29, False)])
def test_a_relation_of_some_age_makes_the_check_needless_where_the_rule_says_so(days, is_spared):
    spares = rule(
        scrub={**PROMOTIONAL, "registry": "list", "listing": "refuses"},
        when={"unless_relation": ["sale"], "relation_days": days},
    )
    decision = ask(exland(spares), contact=answer(listed=True), state=CUSTOMER)
    assert codes(decision) == ([] if is_spared else ["registry_listed"])


def test_a_check_that_is_only_known_is_noted():
    known = rule(
        scrub={**PROMOTIONAL, "registry": "list", "listing": "refuses"}, confidence="known", severity="block"
    )
    decision = ask(exland(known), contact=answer(listed=True))
    assert (decision.verdict, noted(decision)) == (Verdict.SEND, ["registry_listed"])
