"""Numbers that nobody has, and opt-outs that providers keep, in a real browser on the demo: with and without a script."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
PICTURES = os.environ.get("TMPPIX")
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def refusals(demo, demo_folder):
    """Carriers said of some numbers that nobody has them."""
    now = time.time_ns() // 1000
    with sqlite3.connect(demo_folder / "yesword.sqlite3", timeout=20) as store:
        texts = store.execute("SELECT id FROM message ORDER BY id DESC LIMIT 12").fetchall()
        for number, (message,) in enumerate(texts):
            meaning = "deactivated" if number % 3 else "unknown_subscriber"
            store.execute(
                "UPDATE message SET state = 10, meaning = ?, ended_at = ? WHERE id = ?",
                (meaning, now + number * 1_000_000, message),
            )


@pytest.mark.usefixtures("refusals")
@pytest.mark.parametrize(
    ("width", "has_script", "locale", "language"),
    [
        pytest.param(390, False, "nl-NL", "nl", id="a phone without a script, in Dutch"),
        pytest.param(1280, True, "en-GB", "en", id="a desktop, in English"),
    ],
)
def test_dead_numbers_and_opt_outs_are_found_and_mended(visit, tmp_path, width, has_script, locale, language):
    page = visit(viewport={"width": width, "height": 844}, java_script_enabled=has_script, locale=locale)
    page.set_default_timeout(20_000)
    page.goto("/people")
    page.locator("a[href='/people/numbers']").first.click()
    page.wait_for_url("**/people/numbers")
    assert page.locator("html").get_attribute("lang") == language
    page.locator("tbody tr").first.wait_for()
    _look(page, f"dead-{width}", has_script=has_script)
    page.locator("tbody a").first.click()
    page.locator(".notice a[href='/people/numbers']").first.wait_for()
    _look(page, f"dead-person-{width}", has_script=False)

    page.goto("/connections")
    page.locator("a[href$='/opt-outs']").first.click()
    page.wait_for_url("**/opt-outs")
    file = tmp_path / "list.csv"
    file.write_text(f"number\n+316876543{width % 100:02d}\n+31687654321\nnothing\n")
    page.locator("input[type=file]").set_input_files(str(file))
    page.locator("form[action$='/file'] button").click()
    page.locator("#ours form button").wait_for()
    _look(page, f"opt-outs-{width}", has_script=has_script)
    page.locator("#ours form button").click()
    page.locator("#ours form").wait_for(state="detached")


def _look(page, name, *, has_script):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if PICTURES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{scheme}.png"), full_page=True)
        page.emulate_media(color_scheme="light")
    if has_script:
        assert wrong_with(page) == []
