"""A box at a checkout and a question of an advertisement, made in a real browser, wide and narrow, with and without a script."""

import os
from pathlib import Path

import pytest

from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOKS = os.environ.get("YESWORD_TEST_LOOKS")  # a folder for pictures of what was seen


def look(page, name):
    assert wrong_with(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if LOOKS:
        page.screenshot(path=Path(LOOKS) / f"{name}.png", full_page=True)


def test_a_box_is_made_seen_and_copied_from_its_page(visit):
    page = visit()
    page.goto("/collect/new")
    page.get_by_role("link", name="A box at the checkout").click()
    page.get_by_label("Name", exact=True).fill("Web shop")
    page.get_by_label("Short name").fill("till")
    page.frame_locator("iframe").first.locator("input[type=checkbox]").wait_for()
    look(page, "box-1280")
    page.get_by_role("button", name="Publish this version").click()
    page.get_by_role("heading", name="Web shop").wait_for()
    assert 'type="checkbox"' in page.locator("#box-en").inner_text()
    assert "checked" not in page.locator("#box-en").inner_text()
    assert "yesword point key till" in page.locator("#key").inner_text()
    look(page, "box-made-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "box-made-390")


def test_a_question_of_an_advertisement_needs_no_script_and_is_asked_in_dutch_too(visit):
    page = visit(
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        locale="nl-NL",
    )
    page.goto("/collect/new?kind=lead_ad")
    if LOOKS:
        page.screenshot(path=Path(LOOKS) / "lead-390-dark.png", full_page=True)
    page.locator("[name=name]").fill("Spring")
    page.locator("[name=key]").fill("leads")
    page.locator("form#builder button.button-main").click()
    assert "yesword hook add google" in page.locator("#connect").inner_text()
