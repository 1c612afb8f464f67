"""The words beside the box, the age that is asked, and codes that people text."""

from dataclasses import replace
from datetime import date

import pytest

from yesword.demo.brand import LANGUAGES, PROGRAMS, read_demo_program
from yesword.domain import composing
from yesword.domain.collecting.ages import AgeGate, age_gate, is_of_age
from yesword.domain.collecting.codes import digits_in
from yesword.domain.collecting.points import (
    BadPointError,
    Confirming,
    PointDefinition,
    PointKind,
    Wording,
    check,
)
from yesword.domain.collecting.wordings import consent_text, gift, suggested, worded
from yesword.domain.ids import BrandId
from yesword.domain.linting.disclosures import FormFacts, lint_disclosure
from yesword.domain.linting.finding import has_errors
from yesword.domain.rules import RuleBook

DAY = date(2026, 3, 2)
RULES = RuleBook.load()
CLUB = read_demo_program("club", BrandId(1))
FORM = PointDefinition(
    kind=PointKind.FORM,
    name="Door",
    program=CLUB.id,
    program_version=1,
    confirming=Confirming.REVERSE,
    wordings=(("en", Wording(consent="Yes, [Brand]! [Frequency]")), ("nl", Wording())),
)


def test_a_point_says_its_own_words_or_else_those_of_its_program():
    assert consent_text(FORM, CLUB, "en") == "Yes, Wintelroos! up to 4 texts a month"
    assert consent_text(FORM, CLUB, "nl") == composing.disclosure(CLUB, "nl")


@pytest.mark.parametrize("key", PROGRAMS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", ["NL", "US", "SE", "DE", "DK", "GB"])
def test_the_wording_that_is_suggested_breaks_no_rule(key, language, country):
    program = read_demo_program(key, BrandId(1))
    form = replace(FORM, wordings=((language, Wording(consent=suggested(program, language))),))
    text = consent_text(form, program, language)
    assert "[" not in text
    assert "{" not in text
    facts = FormFacts(
        is_ticked=False, is_separate_from_terms=True, has_privacy_link=True, has_terms_link=True
    )
    found = lint_disclosure(text, facts, program, language, [country], RULES.packs, DAY)
    assert not has_errors(found), [each.code for each in found]


def test_a_version_gets_the_words_that_ship_where_it_says_none():
    made = worded(FORM, CLUB)
    assert made.wording_in("en") == FORM.wording_in("en")
    assert made.wording_in("nl").consent == suggested(CLUB, "nl")
    assert worded(made, CLUB) == made


def test_a_language_without_a_wording_suggests_none():
    assert suggested(CLUB, "fr") == ""


def test_a_reward_is_said_in_the_words_of_the_point_or_in_the_language():
    with_code = replace(FORM, reward_code="HELLO10")
    assert gift(FORM, "en") == ""
    assert gift(with_code, "nl") == "Je code: HELLO10"
    named = replace(with_code, wordings=(("en", Wording(reward="10% off")),))
    assert gift(named, "en") == "10% off: HELLO10"


def test_the_strictest_age_of_point_program_and_law_is_asked():
    assert age_gate(FORM, CLUB, ["NL"], RULES.packs, DAY) is None
    grown = replace(CLUB, minimum_age=18)
    assert age_gate(FORM, grown, ["NL"], RULES.packs, DAY) == AgeGate(minimum=18, is_by_birth_date=False)
    assert age_gate(replace(FORM, minimum_age=21), grown, ["NL"], RULES.packs, DAY).minimum == 21
    wine = replace(CLUB, categories=("alcohol",))
    assert age_gate(FORM, wine, ["US"], RULES.packs, DAY).minimum >= 18


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        pytest.param(date(2008, 3, 2), True, id="eighteen today"),
        pytest.param(date(2008, 3, 3), False, id="eighteen tomorrow"),
        pytest.param(date(1980, 12, 31), True, id="long since"),
    ],
)
def test_of_age_from_the_birthday_on(born, expected):
    assert is_of_age(born, 18, DAY) is expected


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"wordings": (("fr", Wording()),)}, id="a language that the program lacks"),
        pytest.param({"categories": ("boats",)}, id="a category that the program lacks"),
        pytest.param({"accent": "red"}, id="a colour by its name"),
        pytest.param({"countries": ("Holland",)}, id="a country by its name"),
        pytest.param({"wordings": (("en", Wording(consent="[Brand")),)}, id="a bracket that is not closed"),
        pytest.param({"wordings": (("en", Wording(consent="[Nobody]")),)}, id="a field that there is not"),
        pytest.param(
            {"wordings": (("en", Wording(consent="Hi [First name|you]")),)}, id="a field of a person"
        ),
    ],
)
def test_what_could_not_be_shown_is_not_published(changes):
    check(FORM, CLUB)
    with pytest.raises(BadPointError):
        check(replace(FORM, **changes), CLUB)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        pytest.param("JA 4821", "4821", id="as shown"),
        pytest.param("ja4821", None, id="run together it is some word"),
        pytest.param(" 4821 ", "4821", id="digits alone"),
        pytest.param("4821 ja", "4821", id="the other way round"),
        pytest.param("JA 482100", "482100", id="six digits"),
        pytest.param("JA 48210", None, id="five are no code"),
        pytest.param("nee 4821", None, id="another word"),
        pytest.param("call me at 4821", None, id="a number within a sentence"),
    ],
)
def test_a_code_is_told_from_other_texts(text, digits):
    assert digits_in(text, ["JA", "BEVESTIGEN"]) == digits


def test_a_definition_has_one_digest_and_another_wording_another():
    assert FORM.digest == replace(FORM).digest
    assert FORM.digest != replace(FORM, name="Window").digest


@pytest.mark.parametrize(("language", "named"), [("nl", "schoenen"), ("de", "Schuhe"), ("en", "shoes")])
def test_a_wording_to_begin_with_names_the_categories_in_its_language(language, named):
    assert f"({named})" in suggested(replace(CLUB, categories=("shoes",)), language)
