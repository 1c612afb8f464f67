"""Excluding a number in a real browser on the demo: one press, with a script or without, in two languages."""

import os
from pathlib import Path

import pytest

from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 20_000
STRANGER, SECOND = "06 87654321", "06 87654322"
PICTURES = os.environ.get("TMPPIX")


def picture(page, name):
    if PICTURES:
        for width, scheme in ((390, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{scheme}.png"), full_page=True)


@pytest.mark.parametrize(
    ("width", "has_script", "locale", "words"),
    [
        pytest.param(390, False, "nl-NL", "nl", id="a phone without a script, in Dutch"),
        pytest.param(1280, True, "en-GB", "en", id="a desktop, in English"),
    ],
)
def test_a_number_is_out_with_one_press_and_found_as_such(visit, width, has_script, locale, words):
    page = visit(viewport={"width": width, "height": 844}, java_script_enabled=has_script, locale=locale)
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/exclusions")
    assert page.locator("html").get_attribute("lang") == words
    page.locator("form[action$='/exclusions/one'] [name=number]").fill(STRANGER)
    page.locator("form[action$='/exclusions/one'] [name=reason]").select_option("complaint")
    page.locator("form[action$='/exclusions/one'] button").click()
    page.locator("#result tbody tr").wait_for()
    assert page.locator("#result tbody tr").count() == 1
    assert "87654321" not in page.content()
    page.locator("[name=find]").fill(STRANGER)
    page.locator("form[action*='/exclusions/find'] button").click()
    page.locator("#look-up .tone-brick").wait_for()
    page.goto("/exclusions")
    page.locator("summary").filter(has=page.locator("xpath=following-sibling::form")).first.click()
    page.locator("[name=many-numbers]").fill(f"{SECOND}\n06 12\n{STRANGER}")
    page.locator("form[action$='/exclusions/many'] button").click()
    page.locator("#result tbody tr").nth(2).wait_for()
    if has_script:
        picture(page, "exclusions-result")
        assert wrong_with(page) == []


def test_the_list_and_a_persons_page_look_well(visit):
    page = visit()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/exclusions")
    assert page.locator("#list tbody tr").count() > 0
    page.locator("#list tbody tr button").first.click()
    page.wait_for_url("**/number**")
    page.goto("/exclusions?route=keyword")
    picture(page, "exclusions-list")
    assert wrong_with(page) == []
    page.goto("/people")
    page.locator("tbody th a").first.click()
    page.locator("#exclude button").wait_for()
    picture(page, "person")
    assert wrong_with(page) == []
