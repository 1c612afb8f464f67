"""A person's own receipt page and the public log in a real browser, on the demo as anybody starts it."""

import re
from urllib.parse import urlsplit

import pytest

from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 20_000
ANNA = "Anna de Wit"


@pytest.fixture(scope="module")
def link(demo, chromium, signed_in):
    """The path of Anna's page, as a colleague makes it for her in the console."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    page = context.new_page()
    page.goto("/people")
    page.get_by_label("Find by name or full number").fill(ANNA)
    page.get_by_role("button", name="Find").click()
    page.goto(page.get_by_role("link", name=ANNA).get_attribute("href"))
    page.get_by_role("button", name="Make a receipt link").first.click()
    made = page.locator("#link-made").inner_text(timeout=PATIENCE_MS)
    context.close()
    assert made.startswith(demo[0])
    return urlsplit(made).path


@pytest.fixture
def stranger(demo, chromium):
    """Opens pages as somebody without an account; fails when the browser complains, or asks anybody else."""
    complaints, contexts = [], []

    def opened(**more):
        context = chromium.new_context(**{"base_url": demo[0], "locale": "en-GB", **more})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
        )
        page.on(
            "request", lambda asked: None if asked.url.startswith(demo[0]) else complaints.append(asked.url)
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def test_axe_finds_nothing_and_nothing_runs_over(stranger, link):
    page = stranger()
    for address in (f"{link}?lang=en", f"{link}?lang=de", "/ledger/wintelroos/"):
        page.goto(address)
        assert wrong_with(page) == [], address


def test_a_person_takes_home_a_page_that_proves_their_consent_offline(stranger, chromium, link, tmp_path):
    page = stranger(java_script_enabled=False)
    page.goto(f"{link}?lang=en")
    page.get_by_text("In the public log of the business since").wait_for(timeout=PATIENCE_MS)
    assert "[" not in page.locator("main").inner_text()  # every word is filled in
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the page that checks it").click()
    kept = tmp_path / "mine.html"
    waiting.value.save_as(kept)
    offline = chromium.new_context(offline=True, locale="en-GB")
    mine = offline.new_page()
    mine.goto(kept.as_uri())
    mine.get_by_role("heading", name=re.compile("^Consistent with the key that came along")).wait_for(
        timeout=PATIENCE_MS
    )
    assert "0612345" not in mine.content()
    assert "12345001" not in mine.content()
    offline.close()


def test_it_is_read_in_another_language_without_a_script(stranger, link):
    page = stranger(java_script_enabled=False)
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == "nl"
    page.get_by_role("link", name="Dansk").click()
    assert page.locator("html").get_attribute("lang") == "da"


def test_every_link_of_the_page_is_reached_and_seen_by_keyboard(stranger, link):
    page = stranger()
    page.goto(f"{link}?lang=en")
    for _ in range(page.locator("a").count()):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement); return [document.activeElement.tagName, style.outlineStyle] })()"
        )
        assert ring[0] == "A"
        assert ring[1] != "none"
