"""Stopping everything in a real browser on the demo: two taps on a phone without a script, told on every page, and back."""

import os
from pathlib import Path

import pytest

from factories.looks import wrong_with
from factories.visitors import PATIENCE_MS

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
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
def test_two_taps_stop_everything_and_a_reason_lets_it_go_on(visit, width, has_script, locale, words):
    page = visit(viewport={"width": width, "height": 844}, java_script_enabled=has_script, locale=locale)
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/people")
    assert page.locator("html").get_attribute("lang") == words
    page.locator("a[href='/halt']:visible").first.click()
    button = page.locator("form.halt button")
    button.wait_for()
    box = button.bounding_box()
    assert box["height"] >= 190, "a thumb finds it"
    assert box["y"] + box["height"] <= 844, "without scrolling"
    if has_script:
        picture(page, "halt")
        assert wrong_with(page) == []
        page.set_viewport_size({"width": width, "height": 844})
    button.click()
    page.locator(".halt-state").wait_for()
    if has_script:
        picture(page, "halted")
        assert wrong_with(page) == []
    page.goto("/messages")
    page.locator(".held").wait_for()
    if has_script:
        picture(page, "halted-messages")
        assert wrong_with(page) == []
    page.locator(".held a").click()
    page.locator("a[href*='/resume']").first.click()
    page.locator("[name=reason]").fill("It was a drill")
    if has_script:
        picture(page, "halt-resume")
        assert wrong_with(page) == []
    page.locator("main form.sheet button").click()
    page.locator("form.halt button").wait_for()
    page.goto("/messages")
    assert page.locator(".held").count() == 0


def test_where_alerts_go_can_be_set_and_looks_well(visit):
    page = visit()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/alerts")
    page.locator("[name=mail]").fill("olga@example.org")
    page.locator("[name=webhook]").fill("https://example.org/alerts")
    page.locator("form.sheet button").click()
    page.locator("form[action$='/alerts/test'] button").wait_for()
    picture(page, "alerts")
    assert wrong_with(page) == []
