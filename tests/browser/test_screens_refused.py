"""What carriers refuse, in a real browser on the demo: on a phone without a script and on a desktop, in two languages."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
MEANINGS = (
    *(("filtered", "30007"), ("filtered", "30007"), ("carrier_violation", "30034")),
    *(("deactivated", "30005"), ("unknown_subscriber", "30005"), ("temporary", "30003")),
)
PICTURES = os.environ.get("TMPPIX")


@pytest.fixture(scope="module")
def refusals(demo, demo_folder):
    """A campaign went out, and carriers did not care for all of it."""
    now = time.time_ns() // 1000
    with sqlite3.connect(demo_folder / "yesword.sqlite3", timeout=20) as store:
        texts = store.execute("SELECT id, brand_id, sender_id, program_id FROM message LIMIT 24").fetchall()
        for number, (message, *whose) in enumerate(texts):
            meaning, code = MEANINGS[number % len(MEANINGS)]
            store.execute(
                "UPDATE message SET kind = 'campaign', state = 10, reason = ?, meaning = ?, handed_at = ? WHERE id = ?",
                (code, meaning, now - number % 5 * 86_400_000_000, message),
            )
            store.execute(
                "INSERT INTO sent_tally VALUES (?, ?, ?, ?, 0, ?, 400)",
                (now // 60_000_000 - 60, *whose, number),
            )


@pytest.mark.usefixtures("refusals")
@pytest.mark.parametrize(
    ("width", "has_script", "locale", "language"),
    [
        pytest.param(390, False, "nl-NL", "nl", id="a phone without a script, in Dutch"),
        pytest.param(1280, True, "en-GB", "en", id="a desktop, in English"),
    ],
)
def test_one_comes_to_what_carriers_refuse_from_the_messages(visit, width, has_script, locale, language):
    page = visit(viewport={"width": width, "height": 844}, java_script_enabled=has_script, locale=locale)
    page.set_default_timeout(20_000)
    page.goto("/messages")
    page.locator("a[href='/messages/refused']").first.click()
    page.wait_for_url("**/messages/refused")
    assert page.locator("html").get_attribute("lang") == language
    page.locator("#refused-days").select_option("90")
    page.locator(".filters button").click()
    page.wait_for_url("**days=90**")
    page.locator("#senders tbody tr").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if PICTURES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(Path(PICTURES) / f"refused-{width}-{scheme}.png"), full_page=True)
    if has_script:
        assert wrong_with(page) == []
