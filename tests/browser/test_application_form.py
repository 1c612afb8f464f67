"""The application form in a real browser: built in the console, answered on a phone and at a desk, with a script and without."""

import re

import pytest

from factories.looks import wrong_for, wrong_with
from factories.visitors import PHONE, eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

YES_NO = {"en": ("Yes", "No"), "nl": ("Ja", "Nee")}
NUMBER_CHECK = "/number"  # answers 422 while what is typed is no number yet


@pytest.fixture(autouse=True, scope="module")
def published(desk):
    """Made in the console as its author makes it, who sees both questions before anybody is asked them."""
    desk.goto("/collect/new")
    desk.get_by_role("link", name="An application form").click()
    desk.select_option("[name=program]", label="Club · 800123")
    general = desk.locator("[name=general] option").evaluate_all(
        "all => all.map(each => each.value).find(each => each && each !== 'club')"
    )
    desk.fill("[name=name]", "Baker")
    desk.fill("[name=key]", "apply")
    desk.select_option("[name=general]", general)
    desk.locator("summary", has_text="Dutch").click()
    desk.check("[name=speaks_nl]")
    desk.frame_locator("iframe").first.get_by_text("text me about this job").wait_for()
    desk.wait_for_timeout(800)
    expect(desk.frame_locator("iframe").first.locator("input[type=radio]")).to_have_count(4)
    assert wrong_with(desk) == []
    desk.get_by_role("button", name="Publish this version").click()
    if desk.locator(
        "[name=despite]"
    ).count():  # a program of the demo that sells wants more words than a job does
        desk.check("[name=despite]")
        desk.get_by_role("button", name="Publish this version").click()
    desk.wait_for_url("**/collect/apply")


@eight()
def test_g12_g13_both_questions_are_answered_and_neither_was_before(stranger, visitor):
    page = stranger(visitor, forgives=[NUMBER_CHECK])
    page.goto("/f/apply?job=Baker")
    yes, no = YES_NO[visitor.language]
    assert page.input_value("#job") == "Baker"
    assert page.locator("input[type=radio]:checked").count() == 0
    # A no is as easy as a yes: as large, beside it, and as many steps away.
    large, small = (
        page.locator(f"[for={each}]").first.bounding_box() for each in ("specific", "specific-no")
    )
    assert large["y"] == small["y"]
    assert page.locator("[for=specific]").inner_text() == yes
    assert page.locator("[for=specific-no]").inner_text() == no
    page.wait_for_timeout(2100)
    page.fill("#number", "06 1234 5678")
    page.click("#send")
    page.locator(".notice a[href='#specific']").wait_for()  # a page may be shown before all of it is there
    expect(page.locator(".notice a[href='#specific']")).to_have_count(1)
    assert page.locator("input[type=radio]:checked").count() == 0
    if visitor.has_script:
        assert page.evaluate("document.activeElement.id") == "specific"
    assert wrong_for(visitor, page) == []
    page.check("#specific")
    page.check("#general-no")
    page.click("#send")
    page.wait_for_url("**/f/apply/next?**")
    assert re.fullmatch(r"(YES|JA) \d{4}", page.locator(".code").inner_text())
    assert wrong_for(visitor, page) == []


def test_g12_two_noes_are_thanked_for_and_no_code_is_shown(stranger):
    page = stranger(viewport=PHONE)
    page.goto("/f/apply")
    page.check("#specific-no")
    page.check("#general-no")
    page.wait_for_timeout(2100)
    page.click("#send")
    page.wait_for_url("**/f/apply/next?**noted**")
    assert page.locator(".code").count() == 0
    assert wrong_with(page) == []
