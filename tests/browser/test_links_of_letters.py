"""The ways behind links that went to somebody: a letter's to the form and out of letters, and the question of a name as sender."""

import re

import pytest

from factories.demo_links import letter_paths, question_paths
from factories.looks import wrong_for
from factories.points import CONSENT
from factories.visitors import all_of, eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]

NUMBER_CHECK = "/number"  # answers 422 while what is typed is no number yet
ASKED_FOR = {
    "en": CONSENT,
    "nl": "Ja, [Brand] mag mij aanbiedingen sms'en, [Frequency]. Stop: STOP. [Terms] [Privacy]",
}


@pytest.fixture(scope="module")
def letters(desk, demo_folder):
    """Of each visitor: the links of their letter, which leads to a form of the club."""
    desk.goto("/collect/new")
    desk.select_option("[name=program]", label="Club · 800123")
    desk.fill("[name=name]", "Readers")
    desk.fill("[name=key]", "readers")
    desk.select_option("[name=confirming]", "reverse")
    desk.locator("summary", has_text="Dutch").click()
    desk.check("[name=speaks_nl]")
    desk.get_by_role("button", name="Publish this version").click()
    desk.wait_for_url("**/collect/readers")
    everybody = all_of("en", "nl")
    people = [
        f"reader{number}@example.org,Anna,{each.language},+3161234910{number}"
        for number, each in enumerate(everybody)
    ]
    return dict(zip(everybody, letter_paths(demo_folder, "readers", people), strict=True))


@pytest.fixture(scope="module")
def questions(demo, demo_folder):
    """Of each visitor: the links of two questions."""
    everybody = [(each, say) for each in all_of("en", "nl") for say in ("yes", "never")]
    people = [(f"+316123492{number:02}", each.language) for number, (each, _) in enumerate(everybody)]
    return dict(zip(everybody, question_paths(demo_folder, people, ASKED_FOR), strict=True))


@eight()
def test_c12_i8_a_letter_leads_to_a_form_that_knows_the_number_and_shows_its_end(stranger, letters, visitor):
    page = stranger(visitor, forgives=[NUMBER_CHECK])
    page.goto(letters[visitor][0])
    number = f"3161234910{list(letters).index(visitor)}"
    assert number[-2:] in page.locator("#number-known").inner_text()
    assert page.input_value("#number") == ""
    assert not page.locator("#agree").is_checked()
    assert wrong_for(visitor, page) == []
    page.wait_for_timeout(2100)
    page.click("#send")
    expect(page.locator(".notice a[href='#agree']")).to_have_count(1)
    assert number[2:] not in page.content()
    page.check("#agree")
    page.click("#send")
    page.wait_for_url("**/f/readers/next?**")
    assert re.fullmatch(r"(YES|JA) \d{4}", page.locator(".code").inner_text())
    assert wrong_for(visitor, page) == []


@eight()
def test_i8_one_button_ends_letters_and_leaves_texts_as_they_are(stranger, letters, visitor):
    page = stranger(visitor)
    page.goto(letters[visitor][1])
    assert "@example.org" in page.locator("header").inner_text()
    assert wrong_for(visitor, page) == []
    page.locator("main form button").click()
    page.locator("main form button").wait_for(state="detached")
    assert "STOP" in page.locator("header").inner_text()
    assert wrong_for(visitor, page) == []
    page.goto(letters[visitor][1])
    assert page.locator("main form").count() == 0


@eight()
def test_c11_a_yes_to_the_question_of_a_name_joins_once(stranger, questions, visitor):
    page = stranger(visitor)
    page.goto(questions[visitor, "yes"])
    assert page.locator("blockquote").get_attribute("lang") == visitor.language
    assert "Wintelroos" in page.locator("blockquote").inner_text()
    yes, never = (page.locator(f"button[value={each}]") for each in ("yes", "never"))
    assert never.bounding_box()["width"] == yes.bounding_box()["width"]
    assert wrong_for(visitor, page) == []
    yes.click()
    page.locator("[role=status]").wait_for()
    assert wrong_for(visitor, page) == []
    assert page.goto(questions[visitor, "yes"]).status == 410
    assert page.locator("button").count() == 0
    assert wrong_for(visitor, page) == []


@eight()
def test_a_no_to_the_question_of_a_name_is_for_good(stranger, questions, visitor):
    page = stranger(visitor)
    page.goto(questions[visitor, "never"])
    page.locator("button[value=never]").click()
    page.locator("[role=status]").wait_for()
    assert wrong_for(visitor, page) == []
    assert page.goto(questions[visitor, "never"]).status == 410


def test_a_question_that_is_none_says_so(stranger):
    page = stranger()
    assert page.goto("/y/00000000000?lang=en").status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "This link opens nothing"
