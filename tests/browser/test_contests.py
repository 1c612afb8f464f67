"""A contest from its making to its winner, and its own page, in a real browser."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from factories.looks import wrong_for, wrong_with
from factories.visitors import eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]

HEADINGS = {"en": "Colour of the year", "nl": "Kleur van het jaar"}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(**later):
    return (datetime.now(AMSTERDAM) + timedelta(**later)).strftime("%Y-%m-%dT%H:%M")


def make(page, key="colour", *, word="VOTE"):
    page.goto("/contests/new")
    page.select_option("[name=program]", label="Club · 800123")
    page.fill("[name=name]", f"Colour of the year {word}")
    page.fill("[name=key]", key)
    page.fill("[name=keywords]", word)
    page.fill("[name=options]", "A Red\nB Blue\nC Green")
    page.fill("[name=opens]", local(hours=-1))
    page.fill("[name=closes]", local(days=3))
    page.fill("[name=seed_source]", "the Lotto draw of Saturday")
    page.fill("[name=seed_at]", local(days=5))
    page.check("[name=takes_yes]")
    page.check("[name=shows_results]")
    for language, title in HEADINGS.items():
        page.locator(f"[name=speaks_{language}]").evaluate("box => box.closest('details').open = true")
        page.check(f"[name=speaks_{language}]")
        page.fill(f"[name=title_{language}]", title)
        page.fill(f"[name=prize_{language}]", "A winter coat" if language == "en" else "Een winterjas")


@pytest.fixture(scope="module")
def announced(desk):
    """One contest that is open; made without script, as far as that can be told from here."""
    make(desk)
    desk.get_by_role("button", name="Keep this contest").click()
    desk.wait_for_url("**/contests/colour")
    if desk.locator("#despite").count():
        desk.check("#despite")
    desk.get_by_role("button", name="Announce this contest").click()
    desk.get_by_text("It is announced").wait_for()
    return "/c/colour"


@pytest.fixture(scope="module")
def entered(announced, desk):
    """Somebody has texted an answer from a handset of the demo."""
    desk.goto("/handsets")
    section = desk.locator(".desk").filter(has=desk.get_by_label("Text message to 800123")).first
    section.get_by_label("Text message to 800123").fill("vote b")
    section.get_by_label("Text message to 800123").press("Enter")
    receipt = re.compile("Its number|Het nummer ervan|Dess nummer|Ihre Nummer|Dets nummer")
    section.locator(".bubble:not(.bubble-person)", has_text=receipt).wait_for()
    return announced


@eight()
def test_i5_the_page_of_a_contest_says_how_to_enter_and_what_a_yes_is(stranger, entered, visitor):
    page = stranger(visitor)
    page.goto(entered)
    assert page.locator("h1").inner_text() == HEADINGS[visitor.language]
    expect(page.locator("a[href^='sms:800123?&body=VOTE%20A']")).to_be_visible()
    assert page.locator(".contest-terms").get_attribute("lang") == visitor.language
    assert wrong_for(visitor, page) == []


@pytest.fixture(scope="module")
def drawn(entered, desk):
    """The contest is closed and drawn in the console, by somebody who looks at each step."""
    desk.goto("/contests/colour")
    assert wrong_with(desk) == [], "open"
    desk.check("#early")
    desk.get_by_role("button", name="Close this contest").click()
    digest = desk.locator("#list-digest").inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert wrong_with(desk) == [], "closed"
    desk.wait_for_timeout(1100)  # a seed is younger than the list, in whole seconds
    desk.fill("[name=seed]", "3 14 15 26 35 41")
    desk.fill("[name=seed_at]", datetime.now(AMSTERDAM).strftime("%Y-%m-%dT%H:%M:%S"))
    desk.get_by_role("button", name="Draw one winner").click()
    desk.get_by_text("1 winner is drawn.").first.wait_for()
    return entered


def test_i5_a_contest_is_closed_and_drawn_in_the_console(desk, drawn, visit):
    assert not re.search(r"\+31 ?6 ?\d{8}", desk.locator("main").inner_text())
    desk.get_by_role("button", name="Show the number of winner 1").click()
    desk.wait_for_load_state()
    assert re.search(r"\+31\d{9}", desk.locator("#winners").inner_text())
    page = visit(locale="nl-NL")
    for address in ("/contests", "/contests/colour", "/contests/new"):
        page.goto(address)
        assert wrong_with(page) == [], address


@eight()
def test_i14_whoever_looks_after_the_draw_finds_the_digest_the_seed_and_the_winner(stranger, drawn, visitor):
    page = stranger(visitor)
    page.goto(drawn)
    assert "3 14 15 26 35 41" in page.locator("main").inner_text()
    expect(page.locator("li.digest")).to_have_count(1)
    assert wrong_for(visitor, page) == []
