"""A person's own receipt page and the public log in a real browser, on the demo as anybody starts it."""

import re
from urllib.parse import urlsplit

import pytest

from factories.looks import wrong_for, wrong_with
from factories.visitors import PATIENCE_MS, eight

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ANNA = "Anna de Wit"


@pytest.fixture(scope="module")
def link(demo, desk):
    """The path of Anna's page, as a colleague makes it for her in the console."""
    desk.goto("/people")
    desk.get_by_label("Find by name or full number").fill(ANNA)
    desk.get_by_role("button", name="Find").click()
    desk.goto(desk.get_by_role("link", name=ANNA).get_attribute("href"))
    desk.get_by_role("button", name="Make a receipt link").first.click()
    made = desk.locator("#link-made").inner_text(timeout=PATIENCE_MS)
    assert made.startswith(demo[0])
    return urlsplit(made).path


@eight("nl", "da")
def test_a_person_reads_what_they_agreed_to_and_takes_the_proof_home(stranger, link, visitor):
    page = stranger(visitor)
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == "nl"  # theirs, until they choose another
    page.locator(f"footer a[lang={visitor.language}]").click()
    assert page.locator("blockquote").first.get_attribute("lang") == "nl"
    with page.expect_download() as coming:
        page.locator("a[href*='/receipt']").first.click()
    assert coming.value.suggested_filename.endswith(".tlog-proof")
    assert wrong_for(visitor, page) == []


def test_the_public_log_looks_well(stranger):
    page = stranger()
    page.goto("/ledger/wintelroos/")
    assert wrong_with(page) == []


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
