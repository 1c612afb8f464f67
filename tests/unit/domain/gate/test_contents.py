"""What a text is about and how it is worded: age, categories, the brand's name, the way out, labels, length."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories.books import ask, codes, exland, noted, rule
from factories.questions import CLUB, EVENTS, NOON, PROGRAM, TEXT, message, sent
from yesword.domain.ages import SaidAge
from yesword.domain.decisions import Verdict
from yesword.domain.messages import MessageClass, MessageKind

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PROMOTIONAL = {"classes": ["promotional"]}
REMINDER = message(MessageKind.REMINDER, message_class=MessageClass.INFORMATIONAL)


# --- age and categories ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minimum", "adult_since", "is_old_enough"),
    [
        pytest.param(18, None, False, id="nobody asked"),
        pytest.param(18, NOON, True, id="18 this moment"),
        pytest.param(18, NOON + SECOND, False, id="18 a second later"),
        pytest.param(16, None, False, id="16 is asked, and nothing known"),
        pytest.param(16, NOON, True, id="18 is older than 16"),
        pytest.param(21, NOON - 3 * 366 * DAY, True, id="18 for three long years"),
        pytest.param(21, NOON - 3 * 366 * DAY + SECOND, False, id="not surely 21 yet"),
    ],
)
@pytest.mark.parametrize("by", ["the law", "the program"])
def test_who_is_not_surely_old_enough_is_not_texted(by, minimum, adult_since, is_old_enough):
    if by == "the law":
        packs, program = exland(rule(age={"categories": ["shoes", "bags"], "minimum": minimum})), PROGRAM
    else:
        packs, program = exland(), replace(PROGRAM, minimum_age=minimum)
    decision = ask(packs, program=program, contact={"adult_since": adult_since})
    assert codes(decision) == ([] if is_old_enough else ["too_young"])


@pytest.mark.parametrize(
    ("minimum", "said_at", "is_old_enough"),
    [
        pytest.param(16, NOON, True, id="16 is asked, and 16 was said"),
        pytest.param(17, NOON, False, id="17 is asked, and 16 was said"),
        pytest.param(17, NOON - 366 * DAY, True, id="17 is asked, and 16 was said a year ago"),
        pytest.param(18, NOON - 20 * 366 * DAY, False, id="nobody is of age by having said to be 16"),
    ],
)
@pytest.mark.parametrize("by", ["the law", "the program"])
def test_who_said_to_be_16_is_as_old_as_that_and_no_adult(by, minimum, said_at, is_old_enough):
    if by == "the law":
        packs, program = exland(rule(age={"categories": ["shoes", "bags"], "minimum": minimum})), PROGRAM
    else:
        packs, program = exland(), replace(PROGRAM, minimum_age=minimum)
    decision = ask(packs, program=program, contact={"said_age": SaidAge(years=16, on=said_at)})
    assert codes(decision) == ([] if is_old_enough else ["too_young"])


def test_an_age_is_asked_of_texts_about_its_categories():
    packs = exland(rule(age={"categories": ["alcohol"]}))
    assert ask(packs).verdict is Verdict.SEND
    assert codes(ask(packs, asked=message(categories=("shoes", "alcohol")))) == ["too_young"]
    assert codes(ask(packs, program=replace(PROGRAM, categories=("alcohol",)))) == ["too_young"]
    named = message(categories=("shoes",))
    assert ask(packs, asked=named, program=replace(PROGRAM, categories=("alcohol",))).verdict is Verdict.SEND


def test_what_is_banned_goes_to_nobody_of_whatever_age():
    packs = exland(rule(age={"categories": ["cannabis", "hemp"], "is_banned": True}))
    decision = ask(
        packs, asked=message(categories=("hemp", "shoes")), contact={"adult_since": NOON - 9999 * DAY}
    )
    assert codes(decision) == ["category_banned"]
    assert dict(decision.reasons[0].sentence.args)["categories"] == "hemp"


# --- the brand's name and the way out -------------------------------------------------------------------------


def test_only_such_kinds_have_to_name_the_brand():
    packs = exland(rule(naming={"kinds": ["campaign"]}))
    nameless = replace(TEXT, names_brand=False)
    assert codes(ask(packs, text=nameless)) == ["brand_not_named"]
    assert ask(packs, asked=REMINDER, text=nameless).verdict is Verdict.SEND


def test_of_such_kinds_only_some_classes_may_be_meant():
    packs = exland(rule(naming={"kinds": ["reminder"], "classes": ["promotional"]}))
    nameless = replace(TEXT, names_brand=False)
    assert ask(packs, asked=REMINDER, text=nameless).verdict is Verdict.SEND
    assert codes(ask(packs, asked=replace(REMINDER, is_mixed=True), text=nameless)) == ["brand_not_named"]


@pytest.mark.parametrize(
    ("policy", "recent", "is_due"),
    [
        pytest.param("each", (), True, id="in each, the first"),
        pytest.param("each", (sent(NOON - DAY),), True, id="in each, a later one"),
        pytest.param("monthly", (sent(NOON - DAY),), True, id="monthly: nothing tells which text had it"),
        pytest.param("first", (), True, id="in the first"),
        pytest.param("first", (sent(NOON - DAY, EVENTS),), True, id="the first of this program"),
        pytest.param("first", (sent(NOON - DAY, CLUB),), False, id="not in the second"),
    ],
)
def test_the_way_out_is_due(policy, recent, is_due):
    packs = exland(rule(way_out={"kinds": ["campaign"], "policy": policy}))
    decision = ask(packs, text=replace(TEXT, has_way_out=False), contact={"recent": recent})
    assert codes(decision) == (["way_out_missing"] if is_due else [])


# --- labels, what may not be in it, length --------------------------------------------------------------------


@pytest.mark.parametrize("position", ["first", "anywhere", "end"])
def test_a_label_has_to_be_where_it_belongs(position):
    packs = exland(rule(label={**PROMOTIONAL, "literal": "(광고)", "position": position}))
    decision = ask(packs)
    assert [each.sentence.id for each in decision.reasons] == [f"label_missing.{position}"]
    assert ask(packs, text=replace(TEXT, labels=("(광고)",))).verdict is Verdict.SEND
    assert ask(packs, asked=REMINDER).verdict is Verdict.SEND


def test_each_label_is_asked_for_itself():
    packs = exland(
        rule(label={**PROMOTIONAL, "literal": "AD", "position": "first"}, id="xx.ad"),
        rule(label={**PROMOTIONAL, "literal": "080", "position": "end"}, id="xx.free"),
    )
    one = ask(packs, text=replace(TEXT, labels=("AD",)))
    assert [each.rule for each in one.reasons] == ["xx.free"]


@pytest.mark.parametrize("element", ["link", "phone_number", "public_shortener", "promotion"])
def test_what_may_not_be_in_a_text_is_told(element):
    packs = exland(
        rule(without={**PROMOTIONAL, "elements": ["link", "phone_number", "public_shortener", "promotion"]})
    )
    decision = ask(packs, text=replace(TEXT, elements=(element, "emoji")))
    assert [(each.code, each.fact.id) for each in decision.reasons] == [
        ("element_forbidden", f"fact.has.{element}")
    ]
    assert ask(packs, text=replace(TEXT, elements=("emoji",))).verdict is Verdict.SEND
    assert ask(packs, asked=REMINDER, text=replace(TEXT, elements=(element,))).verdict is Verdict.SEND


@pytest.mark.parametrize(
    ("length", "text", "code"),
    [
        pytest.param({"segments": 2}, {"segments": 2}, None, id="as many segments"),
        pytest.param({"segments": 2}, {"segments": 3}, "long_text", id="a segment more"),
        pytest.param({"characters": 160}, {"characters": 160, "segments": 9}, None, id="as many characters"),
        pytest.param({"characters": 160}, {"characters": 161}, "too_many_characters", id="a character more"),
        pytest.param({"kinds": ["survey"], "characters": 1}, {"characters": 99}, None, id="for other kinds"),
        pytest.param(
            {"kinds": ["campaign"], "characters": 1}, {"characters": 2}, "too_many_characters", id="for this kind"
        ),
    ],
)  # fmt: skip
def test_a_text_may_be_so_long(length, text, code):
    decision = ask(exland(rule(length=length)), text=replace(TEXT, **text))
    assert codes(decision) == ([] if code is None else [code])


def test_a_length_that_only_warns_is_noted():
    decision = ask(exland(rule(length={"segments": 1}, severity="warn")), text=replace(TEXT, segments=2))
    assert (decision.verdict, noted(decision)) == (Verdict.SEND, ["long_text"])


def test_a_wording_that_is_not_known_yet_is_not_held_against_anything():
    packs = exland(rule(label={**PROMOTIONAL, "literal": "AD", "position": "first"}))
    decision = ask(packs, text=None)
    assert (decision.verdict, decision.skipped) == (Verdict.SEND, ("wording",))
