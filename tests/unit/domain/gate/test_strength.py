"""Whether a grant is what the rules ask: its standard, its confirmation, and the exception for customers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.books import EXLAND, HOUSE, NOBODYS_BRAND, ask, book, codes, exland, law, noted, rule
from factories.questions import NOON, PROGRAM, TEXT, grant, granted, message, place
from yesword.domain.decisions import Verdict
from yesword.domain.events import Basis, Grade
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, RecipientKind, Relation

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PROMOTIONAL = {"classes": ["promotional"]}
BOUGHT = Relation(origin=Origin.SALE, at=NOON - 30 * DAY, was_told=True, categories=("shoes", "bags"))


# --- the standard ---------------------------------------------------------------------------------------------

ORDER = ["none", "implied", "express", "express_written"]


@pytest.mark.parametrize(
    ("basis", "highest"),
    [
        pytest.param(Basis.EXPRESS_WRITTEN, "express_written", id="in writing"),
        pytest.param(Basis.EXPRESS, "express", id="said"),
        pytest.param(Basis.CUSTOMER, "implied", id="a customer"),
    ],
)
@pytest.mark.parametrize("standard", ORDER)
def test_a_basis_meets_every_standard_up_to_its_own(basis, highest, standard):
    packs = book(law(rule(consent={"class": "promotional", "standard": standard})))
    decision = ask(packs, state=granted(grant(basis=basis)))
    is_enough = ORDER.index(standard) <= ORDER.index(highest)
    assert codes(decision) == ([] if is_enough else ["consent_too_weak"])


def test_the_strictest_of_all_standards_counts_and_each_that_is_not_met_is_told():
    packs = book(
        HOUSE,
        law(rule(consent={"class": "promotional", "standard": "express_written"})),
        law(rule(consent={"class": "promotional", "standard": "none"}), pack="un", countries=["XX"]),
    )
    assert [each.rule for each in ask(packs, state=granted(grant(basis=Basis.EXPRESS))).reasons] == [
        "xx.consent"
    ]
    weak = ask(packs, state=granted(grant(basis=Basis.CUSTOMER)))
    assert [each.rule for each in weak.reasons] == ["xx.consent", "house.consent"]


def test_a_standard_is_for_its_class():
    packs = exland(rule(consent={"class": "informational", "standard": "express_written"}))
    state = granted(grant(basis=Basis.EXPRESS))
    assert ask(packs, state=state).verdict is Verdict.SEND
    survey = message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL)
    assert codes(ask(packs, asked=survey, state=state)) == ["consent_too_weak"]


def test_what_informs_and_sells_is_held_to_what_promotion_is():
    survey = message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL)
    facts = {"state": granted(grant(basis=Basis.CUSTOMER))}
    packs = exland(rule(label={**PROMOTIONAL, "literal": "AD", "position": "first"}))
    assert ask(packs, asked=survey, **facts).verdict is Verdict.SEND
    mixed = ask(packs, asked=replace(survey, is_mixed=True), **facts)
    assert codes(mixed) == ["consent_too_weak", "label_missing"]


@pytest.mark.parametrize("standard", ["express", "express_written"])
def test_a_trigger_informs_by_itself(standard):
    packs = exland(rule(consent={"class": "informational", "standard": standard}))
    state = granted(grant(basis=Basis.TRIGGER))
    reminder = message(MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL, trigger="order")
    assert ask(packs, asked=reminder, state=state).verdict is Verdict.SEND
    assert codes(ask(packs, asked=replace(reminder, is_mixed=True), state=state)) != []


# --- confirmation ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "refused", "told"),
    [
        pytest.param("required", ["not_confirmed"], [], id="required"),
        pytest.param("recommended", ["confirmation_advised"], [], id="recommended, and blocking"),
        pytest.param("none", [], [], id="not asked for"),
    ],
)
def test_a_grant_that_was_not_confirmed(mode, refused, told):
    packs = exland(rule(double_opt_in={**PROMOTIONAL, "mode": mode}))
    decision = ask(packs, state=granted(grant(is_confirmed=False)))
    assert (codes(decision), noted(decision)) == (refused, told)
    assert ask(packs).verdict is Verdict.SEND


def test_a_weak_grant_that_was_not_confirmed_is_told_both():
    packs = exland(rule(double_opt_in={**PROMOTIONAL, "mode": "required"}))
    state = granted(grant(basis=Basis.CUSTOMER, is_confirmed=False))
    assert codes(ask(packs, state=state)) == ["consent_too_weak", "not_confirmed"]


# --- the person's own record ----------------------------------------------------------------------------------

WRITTEN = {"consent": {"class": "promotional", "standard": "express_written"}}
SAID = grant(basis=Basis.EXPRESS)


def related(at=NOON - 30 * DAY, origin=Origin.SALE):
    return grant(event=9, basis=Basis.CUSTOMER, relation=replace(BOUGHT, at=at, origin=origin))


@pytest.mark.parametrize(
    ("relation", "is_spared"),
    [
        pytest.param(None, False, id="a stranger"),
        pytest.param(related(), True, id="who bought lately"),
        pytest.param(related(NOON - 548 * DAY), True, id="on the last day"),
        pytest.param(related(NOON - 548 * DAY - SECOND), False, id="a second later"),
        pytest.param(related(origin=Origin.ENQUIRY), False, id="who only asked"),
    ],
)
def test_a_relation_spares_where_the_rule_says_so(relation, is_spared):
    packs = exland(rule(**WRITTEN, when={"unless_relation": ["sale", "contract"], "relation_days": 548}))
    state = granted(*([SAID] if relation is None else [SAID, relation]))
    assert codes(ask(packs, state=state)) == ([] if is_spared else ["consent_too_weak"])


def test_a_relation_without_days_spares_for_ever():
    packs = exland(rule(**WRITTEN, when={"unless_relation": ["sale"]}))
    assert ask(packs, state=granted(SAID, related(NOON - 9999 * DAY))).verdict is Verdict.SEND


@pytest.mark.parametrize(
    ("given_on", "holds"),
    [("2026-11-09", False), ("2026-11-10", True), ("2026-11-14", True), ("2026-11-15", False)],
)
def test_a_rule_may_be_about_consent_of_some_days_only(given_on, holds):
    when = {"collected_from": NOON.date().replace(day=10), "collected_to": NOON.date().replace(day=15)}
    packs = exland(rule(**WRITTEN, when=when))
    since = NOON.replace(day=int(given_on[-2:]))
    decision = ask(packs, state=granted(replace(SAID, since=since)))
    assert codes(decision) == (["consent_too_weak"] if holds else [])


def test_what_the_record_spares_from_one_rule_it_spares_from_a_confirmation_too():
    packs = exland(
        rule(double_opt_in={**PROMOTIONAL, "mode": "required"}, when={"unless_relation": ["sale"]})
    )
    unconfirmed = grant(is_confirmed=False)
    assert codes(ask(packs, state=granted(unconfirmed))) == ["not_confirmed"]
    assert ask(packs, state=granted(unconfirmed, related())).verdict is Verdict.SEND


# --- customers ------------------------------------------------------------------------------------------------

SOFT = {**PROMOTIONAL, "origins": ["sale"], "max_age_days": 365}
CONSENT = rule(consent={"class": "promotional", "standard": "express"})
CUSTOMER = granted(grant(basis=Basis.CUSTOMER, grade=Grade.C, relation=BOUGHT))


def customer(**changes):
    return granted(grant(basis=Basis.CUSTOMER, grade=Grade.C, relation=replace(BOUGHT, **changes)))


def soft(**changes):
    return rule(soft_opt_in={**SOFT, **changes})


def test_a_customer_may_be_texted_where_a_verified_law_says_so_and_the_house_steps_back():
    assert codes(ask(exland(CONSENT), state=CUSTOMER)) == ["consent_too_weak"] * 2
    assert ask(exland(CONSENT, soft()), state=CUSTOMER).verdict is Verdict.SEND


@pytest.mark.parametrize(
    ("state", "changes", "sentence"),
    [
        pytest.param(customer(origin=Origin.ENQUIRY), {}, "origin", id="another origin"),
        pytest.param(customer(at=NOON - 366 * DAY), {}, "too_old", id="too long ago"),
        pytest.param(customer(was_told=False), {}, "not_told", id="was not told"),
        pytest.param(customer(is_same_entity=False), {}, "other_entity", id="another company"),
        pytest.param(customer(categories=("hats",)), {}, "not_similar", id="other goods"),
        pytest.param(CUSTOMER, {"text": replace(TEXT, has_way_out=False)}, "not_told_now", id="no way out"),
        pytest.param(granted(grant(basis=Basis.CUSTOMER)), {}, "unknown", id="nothing is known"),
    ],
)
def test_each_condition_fails_on_its_own(state, changes, sentence):
    decision = ask(exland(CONSENT, soft()), state=state, **changes)
    assert [(each.code, each.rule, each.sentence.id) for each in decision.reasons] == [
        ("soft_opt_in", "xx.soft_opt_in", f"soft_opt_in.{sentence}")
    ]


@pytest.mark.parametrize(
    ("state", "changes", "text"),
    [
        pytest.param(
            customer(origin=Origin.ENQUIRY), {"origins": ["sale", "enquiry"]}, TEXT, id="the origin"
        ),
        pytest.param(customer(at=NOON - 9999 * DAY), {"max_age_days": 0}, TEXT, id="the age"),
        pytest.param(customer(was_told=False), {"is_told": False}, TEXT, id="having been told"),
        pytest.param(customer(is_same_entity=False), {"is_same_entity": False}, TEXT, id="the company"),
        pytest.param(customer(categories=("hats",)), {"is_own_similar": False}, TEXT, id="the goods"),
        pytest.param(
            CUSTOMER, {"is_told_each_time": False}, replace(TEXT, has_way_out=False), id="the way out"
        ),
    ],
)
def test_each_condition_is_asked_only_where_the_law_asks_it(state, changes, text):
    assert ask(exland(CONSENT, soft(**changes)), state=state, text=text).verdict is Verdict.SEND


def test_the_age_of_a_relation_counts_to_the_second():
    packs = exland(CONSENT, soft())
    assert ask(packs, state=customer(at=NOON - 365 * DAY)).verdict is Verdict.SEND
    assert codes(ask(packs, state=customer(at=NOON - 365 * DAY - SECOND))) == ["soft_opt_in"]


def test_all_conditions_that_fail_are_told():
    state = customer(was_told=False, is_same_entity=False)
    assert [each.sentence.id for each in ask(exland(soft()), state=state).reasons] == [
        "soft_opt_in.not_told",
        "soft_opt_in.other_entity",
    ]


def test_goods_that_nobody_recorded_are_not_like_any_others():
    assert codes(ask(exland(soft()), state=customer(categories=()))) == ["soft_opt_in"]
    nothing_named = replace(PROGRAM, categories=())
    assert codes(ask(exland(soft()), state=CUSTOMER, program=nothing_named)) == ["soft_opt_in"]
    both = replace(PROGRAM, categories=("shoes", "hats"))
    assert codes(ask(exland(soft()), state=CUSTOMER, program=both)) == ["soft_opt_in"]


def test_no_origins_means_that_there_is_no_exception_here():
    decision = ask(exland(CONSENT, soft(origins=[])), state=CUSTOMER)
    assert [each.sentence.id for each in decision.reasons] == ["soft_opt_in.none"]


@pytest.mark.parametrize(
    "envelope",
    [{"confidence": "known"}, {"confidence": "unverified"}, {"severity": "warn"}, {"status": "proposed"}],
    ids=lambda each: next(iter(each.values())),
)
def test_what_was_not_verified_or_does_not_hold_never_permits(envelope):
    assert codes(ask(exland(soft() | envelope), state=CUSTOMER)) == ["consent_too_weak"]


def test_what_is_only_known_with_a_hold_never_permits_either():
    known = soft() | {"confidence": "known", "severity": "hold"}
    assert codes(ask(exland(known), state=CUSTOMER)) == ["consent_too_weak"]


def test_every_lineage_of_every_place_must_have_the_exception():
    other = law(soft(), pack="yy", countries=["YY"])
    both = (EXLAND, place("YY", "Etc/UTC"))
    assert ask(book(HOUSE, law(soft()), other), places=both, state=CUSTOMER).verdict is Verdict.SEND
    silent = law(CONSENT, pack="yy", countries=["YY"])
    assert "consent_too_weak" in codes(ask(book(HOUSE, law(soft()), silent), places=both, state=CUSTOMER))
    a_second_lineage = law(CONSENT, pack="un", countries=["XX"])
    assert "consent_too_weak" in codes(ask(book(HOUSE, law(soft()), a_second_lineage), state=CUSTOMER))


def test_a_country_that_no_pack_knows_has_no_exception():
    both = (EXLAND, place("YY", "Etc/UTC"))
    assert codes(ask(exland(soft()), places=both, state=CUSTOMER)) == ["consent_too_weak"]
    assert codes(ask(exland(soft()), places=(place("YY", "Etc/UTC"),), state=CUSTOMER)) == [
        "consent_too_weak"
    ]


def test_the_senders_own_law_and_the_numbers_country_must_have_it_too():
    silent = law(CONSENT, pack="yy", countries=["YY"])
    packs = book(HOUSE, law(soft()), silent)
    assert ask(packs, state=CUSTOMER).verdict is Verdict.SEND
    own = replace(NOBODYS_BRAND, country="YY")
    assert "consent_too_weak" in codes(ask(packs, brand=own, state=CUSTOMER))
    assert "consent_too_weak" in codes(ask(packs, contact={"country": "YY"}, state=CUSTOMER))
    allowing = book(HOUSE, law(soft()), law(CONSENT, soft(), pack="yy", countries=["YY"]))
    assert ask(allowing, brand=own, contact={"country": "YY"}, state=CUSTOMER).verdict is Verdict.SEND


def test_the_exceptions_of_one_lineage_are_alternatives():
    gift = {**SOFT, "origins": ["donation"]}
    packs = exland(CONSENT, soft(), rule(soft_opt_in=gift, id="xx.gift"))
    assert ask(packs, state=CUSTOMER).verdict is Verdict.SEND
    assert ask(packs, state=customer(origin=Origin.DONATION)).verdict is Verdict.SEND
    neither = ask(packs, state=customer(origin=Origin.CONTEST))
    assert [each.rule for each in neither.reasons] == ["xx.soft_opt_in", "xx.gift"]


def test_the_exceptions_of_two_lineages_are_not():
    gift = rule(soft_opt_in={**SOFT, "origins": ["donation"]})
    packs = book(HOUSE, law(soft()), law(gift, pack="un", countries=["XX"]))
    assert [each.rule for each in ask(packs, state=CUSTOMER).reasons] == ["un.soft_opt_in"]


def test_a_child_replaces_its_parents_exception_where_it_may():
    north = law(soft(origins=["donation"]), pack="xx-n", parent="xx", region="XX-N")
    there = {"places": (place("XX", "Etc/UTC", "XX-N"),), "state": CUSTOMER}
    packs = book(HOUSE, law(soft() | {"may_relax": True}), north)
    assert [each.rule for each in ask(packs, **there).reasons] == ["xx-n.soft_opt_in"]


def test_the_exception_lifts_the_rules_of_its_own_lineages_and_no_code_of_the_industry():
    industry = law(CONSENT | {"layer": "code"}, pack="code", everywhere=True)
    decision = ask(book(HOUSE, law(CONSENT, soft()), industry), state=CUSTOMER)
    assert [each.rule for each in decision.reasons] == ["code.consent"]


def test_the_exception_is_for_promotion_to_customers_only():
    said = exland(rule(consent={"class": "promotional", "standard": "express_written"}), soft())
    assert codes(ask(said, state=granted(grant(basis=Basis.EXPRESS)))) == ["consent_too_weak"]
    informs = message(MessageKind.SURVEY, message_class=MessageClass.INFORMATIONAL)
    asks = exland(rule(consent={"class": "informational", "standard": "express"}), soft())
    assert codes(ask(asks, asked=informs, state=CUSTOMER)) == ["consent_too_weak"]


@pytest.mark.parametrize(
    ("when", "changes", "permits"),
    [
        pytest.param({"recipients": ["company"]}, {}, False, id="for companies, to a person"),
        pytest.param(
            {"recipients": ["company"]}, {"contact": {"recipient": RecipientKind.COMPANY}}, True, id="to a company"
        ),
        pytest.param({"categories": ["shoes"]}, {}, True, id="about shoes"),
        pytest.param({"categories": ["hats"]}, {}, False, id="about hats"),
        pytest.param({"collected_from": (NOON - 31 * DAY).date()}, {}, True, id="given since then"),
        pytest.param({"collected_from": (NOON - 2 * DAY).date()}, {}, False, id="given before then"),
    ],
)  # fmt: skip
def test_an_exception_is_for_those_whom_it_speaks_of(when, changes, permits):
    decision = ask(exland(soft() | {"when": when}), state=CUSTOMER, **changes)
    assert (decision.verdict is Verdict.SEND) is permits


def test_an_answer_that_sells_is_held_to_the_days_of_an_exception_too():
    sells = message(MessageKind.REPLY, conversation_at=NOON)
    late = exland(soft() | {"when": {"collected_from": (NOON - 2 * DAY).date()}})
    assert "soft_opt_in" in codes(ask(late, asked=sells, state=CUSTOMER))
    assert ask(exland(soft()), asked=sells, state=CUSTOMER).verdict is Verdict.SEND


def test_a_pack_that_decides_nothing_takes_no_exception_away():
    noted = law(rule(naming={"kinds": ["reminder"]}, severity="warn"), pack="un", countries=["XX"])
    assert ask(book(HOUSE, law(soft()), noted), state=CUSTOMER).verdict is Verdict.SEND
