"""The trace of a decision: every rule that speaks to the text is told once, with what became of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.books import EXLAND, HOUSE, NOBODYS_BRAND, book, law, rule
from factories.questions import (
    CLUB,
    MIAMI,
    NOON,
    PENSACOLA,
    SENDER,
    grant,
    granted,
    message,
    place,
    question,
    sent,
    service,
    stopped,
)
from yesword.domain.events import Basis
from yesword.domain.explain import render, tree
from yesword.domain.facts import BrandFacts
from yesword.domain.gate import decide
from yesword.domain.golden import shipped_cases
from yesword.domain.messages import MessageKind
from yesword.domain.parties import Origin, Relation
from yesword.domain.rules import RuleBook
from yesword.domain.rules.model.consent import Age, SoftOptIn
from yesword.domain.tracing import Outcome, trace

BOOK = RuleBook.load()
DENMARK = place("DK", "Europe/Copenhagen")
NIGHT = NOON.replace(hour=23)
HOURS = rule(
    hours={"classes": ["promotional"], "every_day": ["08:00-20:00"], "unlocked_by": ["express"]},
    severity="hold",
)


def outcomes(rules, at=NOON, **changes):
    """Rule → what became of it, and the fact in words."""
    facts = question(**{"places": (EXLAND,), "brand": NOBODYS_BRAND, **changes})
    found = trace(decide(facts, rules, at), facts, rules)
    return {
        each.rule: (each.outcome.value, "" if each.fact is None else render(each.fact))
        for each in found.heard
    }


def exland(*rules):
    return book(HOUSE, law(*rules)) if rules else book(HOUSE)


@pytest.mark.parametrize("case", shipped_cases()[::7], ids=repr)
def test_every_rule_that_speaks_is_told_once_and_every_reason_is_among_them(case):
    decision = decide(case.facts, BOOK, case.at)
    found = trace(decision, case.facts, BOOK)
    said = [each.rule for each in found.heard if each.outcome in (Outcome.DECIDED, Outcome.AGAINST)]
    assert said == [reason.rule for reason in decision.reasons]
    assert [each.outcome for each in found.heard].count(Outcome.DECIDED) == bool(decision.reasons)
    silent = [
        each.rule for each in found.heard if each.outcome in (Outcome.MET, Outcome.SPARED, Outcome.NOT_ASKED)
    ]
    assert len(silent) == len(set(silent))
    assert not set(silent) & {reason.rule for reason in (*decision.reasons, *decision.notes)}
    for each in found.heard:
        kind = None if each.rule.startswith("consent.") else _parameter(each.rule)
        assert (
            kind not in (SoftOptIn, Age) or each.outcome is not Outcome.MET or case.facts.program is not None
        )
    assert tree(decision, trace=found)


def _parameter(rule_id):
    known = {rule.id: type(rule.parameter) for pack in BOOK.packs for rule in pack.rules}
    return known.get(rule_id)


def test_hours_that_hold_are_met_with_the_time_there():
    assert outcomes(exland(HOURS), state=granted(grant(basis=Basis.CUSTOMER)))["xx.hours"][0] == "not_asked"
    rules = exland(rule(hours={"classes": ["promotional"], "every_day": ["08:00-20:00"]}, severity="hold"))
    assert outcomes(rules)["xx.hours"] == (
        "met",
        "It is 11:00 there (Etc/UTC), presumed from the number's country.",
    )
    assert outcomes(rules, NIGHT)["xx.hours"][0] == "decided"


def test_what_the_persons_consent_lifts_does_not_hold_for_them():
    assert outcomes(exland(HOURS), NIGHT)["xx.hours"] == (
        "spared",
        "The person's own consent or record lifts it.",
    )


def test_a_refusal_never_came_to_the_hour():
    rules = exland(rule(hours={"classes": ["promotional"], "every_day": ["08:00-20:00"]}, severity="hold"))
    found = outcomes(rules, NIGHT, state=stopped())
    assert found["consent.withdrawn"][0] == "decided"
    assert found["xx.hours"] == ("not_asked", "The text was refused before it came to the hour.")
    assert found["house.consent"] == ("not_asked", "There is no consent to hold against it.")


@pytest.mark.parametrize(
    ("parameter", "changes"),
    [
        pytest.param({"naming": {"kinds": ["campaign"]}}, {"text": None}, id="the wording"),
        pytest.param(
            {"sender_id": {"classes": ["promotional"], "routes": ["short_code"]}},
            {"sender": None},
            id="the sender",
        ),
        pytest.param(
            {"scrub": {"classes": ["promotional"], "registry": "list", "listing": "refuses"}},
            {"contact": {"registries": None}},
            id="the registries",
        ),
    ],
)
def test_what_the_question_does_not_say_was_not_asked(parameter, changes):
    (table,) = parameter
    assert outcomes(exland(rule(**parameter)), **changes)[f"xx.{table}"] == (
        "not_asked",
        "The question does not say.",
    )


@pytest.mark.parametrize(
    ("parameter", "changes", "fact"),
    [
        pytest.param(
            {"double_opt_in": {"classes": ["promotional"], "mode": "required"}},
            {},
            "The person confirmed from their own phone.",
            id="a confirmation",
        ),
        pytest.param(
            {"cap": {"classes": ["promotional"], "count": 3, "seconds": 86400, "key": "brand"}},
            {"contact": {"recent": (sent(NOON - timedelta(days=2)), sent(NOON - timedelta(hours=2)))}},
            "1 has gone in that time.",
            id="a count of texts, those within the time",
        ),
        pytest.param(
            {"way_out": {"kinds": ["campaign"], "policy": "each"}},
            {},
            "The text says how to stop.",
            id="a way out",
        ),
        pytest.param(
            {"without": {"classes": ["promotional"], "elements": ["link"]}},
            {},
            "The text contains none of that.",
            id="nothing forbidden",
        ),
        pytest.param(
            {"length": {"segments": 2}}, {}, "It takes 1 segments in GSM-7.", id="the length in segments"
        ),
        pytest.param(
            {"sender_id": {"classes": ["promotional"], "routes": ["short_code"]}},
            {},
            "It would come from 800123.",
            id="a sender",
        ),
        pytest.param(
            {"suspension": {"classes": ["promotional"]}},
            {},
            "No emergency is declared there.",
            id="no emergency",
        ),
    ],
)
def test_what_is_met_is_told_with_the_fact(parameter, changes, fact):
    (table,) = parameter
    assert outcomes(exland(rule(**parameter)), **changes)[f"xx.{table}"] == ("met", fact)


def test_a_text_that_rests_on_an_act_is_not_held_to_a_consent():
    asked = service(MessageKind.STOP_REPLY, answers=stopped().withdrawals[0].event)
    found = outcomes(
        exland(rule(consent={"class": "service", "standard": "express"})), asked=asked, state=stopped()
    )
    assert found["xx.consent"] == ("not_asked", "The text rests on an act of the person, not on a consent.")
    assert found["house.stop_confirmation"] == ("met", "The person stopped 0 minutes ago.")


def test_an_exception_takes_the_place_of_a_consent():
    told = outcomes(
        BOOK,
        places=(DENMARK,),
        brand=BrandFacts(country="DK"),
        state=granted(
            grant(
                basis=Basis.CUSTOMER,
                relation=Relation(origin=Origin.SALE, at=NOON, was_told=True, categories=("shoes",)),
            )
        ),
    )
    assert told["dk.mfl10.so"][0] == "met"
    assert told["dk.mfl10.cs"] == ("spared", "An exception in law makes such a consent needless here.")


def test_a_register_of_senders_is_asked_only_where_somebody_says_where_a_sender_stands():
    rules = exland(rule(sender_id={"classes": ["promotional"], "registry": "tcr"}))
    unsaid = replace(SENDER, registrations=None)
    assert outcomes(rules, sender=unsaid)["xx.sender_id"] == ("not_asked", "The question does not say.")
    assert outcomes(rules, sender=replace(SENDER, registrations=("tcr",)))["xx.sender_id"][0] == "met"


def test_rules_about_other_categories_and_customers_are_left_out():
    rules = exland(
        rule(age={"categories": ["alcohol"]}),
        rule(soft_opt_in={"classes": ["promotional"], "origins": ["sale"]}),
    )
    assert not outcomes(rules).keys() & {"xx.age", "xx.soft_opt_in"}
    customer = granted(grant(basis=Basis.CUSTOMER))
    assert "xx.soft_opt_in" in outcomes(rules, state=customer)


def test_each_place_is_told_with_its_evidence():
    facts = question(places=(MIAMI, PENSACOLA), asked=message())
    found = trace(decide(facts, BOOK, NOON), facts, BOOK)
    assert [(each.name, each.local.strftime("%H:%M"), each.place.zone) for each in found.places] == [
        ("Florida", "06:00", "America/New_York"),
        ("Florida", "05:00", "America/Chicago"),
    ]
    assert (found.program, found.categories) == ("club", ("shoes",))


def test_a_tree_with_a_trace_tells_the_question_the_place_and_each_rule_under_its_fact():
    rules = exland(rule(consent={"class": "promotional", "standard": "express"}))
    facts = question(places=(EXLAND,), brand=NOBODYS_BRAND, sender=None)
    decision = decide(facts, rules, NOON)
    assert tree(decision, trace=trace(decision, facts, rules), number="+99 ••• 678").splitlines() == [
        "Asked: May this text go at 11:00 UTC on 23 November 2026?",
        "├─ To +99 ••• 678.",
        "├─ Kind of text: campaign. Class: promotional.",
        "├─ Program: club.",
        "└─ About: shoes.",
        "Where the person may be",
        "└─ Exland: It is 11:00 there (Etc/UTC), presumed from the number's country.",
        "Rules: xx, house",
        "├─ met: The person agreed in writing on 1 November 2026.",
        "│     xx.consent · Act 1",
        "│     house.consent · Act 1",
        "└─ not asked: It speaks to other texts than one of this kind.",
        "      house.conversation",
        "Decided: Send.",
        "Not asked, for lack of input: sender",
    ]


def test_many_places_are_told_together():
    places = tuple(replace(EXLAND, zone=f"Etc/GMT-{hours}") for hours in range(1, 11))
    facts = question(places=places, brand=NOBODYS_BRAND)
    rules = exland()
    decision = decide(facts, rules, NOON)
    lines = tree(decision, trace=trace(decision, facts, rules)).splitlines()
    assert "└─ 10 places in XX, where it is 12:00 to 21:00." in lines


def test_a_person_who_may_be_anywhere_is_said_to_be():
    facts = question(places=(), state=granted(grant(CLUB)))
    decision = decide(facts, BOOK, NOON)
    assert "└─ The number belongs to no country, and the person named no place." in tree(
        decision, trace=trace(decision, facts, BOOK)
    )
