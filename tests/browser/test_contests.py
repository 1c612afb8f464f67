"""A contest from its making to its winner, and its own page, in a real browser."""

import os
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(**later):
    return (datetime.now(AMSTERDAM) + timedelta(**later)).strftime("%Y-%m-%dT%H:%M")


def violations(page):
    return [each["id"] for each in axe.Axe().run(page).response["violations"]]


def fits(page):
    return not page.evaluate("document.documentElement.scrollWidth > innerWidth")


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
    for language, title in (("en", "Colour of the year"), ("nl", "Kleur van het jaar")):
        page.locator(f"[name=speaks_{language}]").evaluate("box => box.closest('details').open = true")
        page.check(f"[name=speaks_{language}]")
        page.fill(f"[name=title_{language}]", title)
        page.fill(f"[name=prize_{language}]", "A winter coat" if language == "en" else "Een winterjas")


def shot(page, name):
    """Only where somebody wants to look: a folder in the environment."""
    folder = os.environ.get("YESWORD_TEST_PICTURES")
    if folder:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{folder}/{name}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


@pytest.fixture(scope="module")
def desk(demo, chromium, signed_in):
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def announced(desk):
    """One contest that is open; made without script, as far as that can be told from here."""
    make(desk)
    desk.get_by_role("button", name="Keep this contest").click()
    desk.wait_for_url("**/contests/colour")
    shot(desk, "draft-desk")
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


def public(chromium, demo, **more):
    context = chromium.new_context(base_url=demo[0], **more)
    page = context.new_page()
    page.complaints = []
    page.on(
        "console",
        lambda said: page.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on(
        "request",
        lambda asked: page.complaints.append(asked.url) if not asked.url.startswith(demo[0]) else None,
    )
    return page


@pytest.mark.parametrize(
    ("size", "has_script", "language", "heading"),
    [
        pytest.param(PHONE, False, "nl", "Kleur van het jaar", id="390, no script, nl"),
        pytest.param(PHONE, True, "en", "Colour of the year", id="390, script, en"),
        pytest.param(DESK, True, "nl", "Kleur van het jaar", id="1280, script, nl"),
    ],
)
def test_i5_the_page_of_a_contest_says_how_to_enter_and_what_a_yes_is(
    demo, chromium, entered, size, has_script, language, heading
):
    page = public(chromium, demo, viewport=size, java_script_enabled=has_script)
    page.goto(f"{entered}?lang={language}")
    assert page.locator("h1").inner_text() == heading
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("a[href^='sms:800123?&body=VOTE%20A']").is_visible()
    assert page.locator(".contest-terms").get_attribute("lang") == language
    if has_script:
        assert violations(page) == []
        assert fits(page)
        shot(page, f"public-{size['width']}-{language}")
    assert page.complaints == []
    page.context.close()


@pytest.mark.parametrize("size", [pytest.param(PHONE, id="390"), pytest.param(DESK, id="1280")])
def test_i5_a_contest_is_closed_and_drawn_in_the_console(demo, chromium, signed_in, entered, size, desk):
    if size is DESK:  # closed once, looked at twice
        desk.goto("/contests/colour")
        assert violations(desk) == []
        shot(desk, "open-desk")
        desk.check("#early")
        desk.get_by_role("button", name="Close this contest").click()
        digest = desk.locator("#list-digest").inner_text()
        assert re.fullmatch(r"[0-9a-f]{64}", digest)
        desk.wait_for_timeout(1100)  # a seed is younger than the list, in whole seconds
        desk.fill("[name=seed]", "3 14 15 26 35 41")
        desk.fill("[name=seed_at]", datetime.now(AMSTERDAM).strftime("%Y-%m-%dT%H:%M:%S"))
        shot(desk, "closed-desk")
        desk.get_by_role("button", name="Draw one winner").click()
        desk.get_by_text("1 winner is drawn.").first.wait_for()
        assert not re.search(r"\+31 ?6 ?\d{8}", desk.locator("main").inner_text())
        shot(desk, "drawn-desk")
        desk.get_by_role("button", name="Show the number of winner 1").click()
        desk.wait_for_load_state()
        assert re.search(r"\+31\d{9}", desk.locator("#winners").inner_text())
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="nl-NL", viewport=size)
    page = context.new_page()
    for address in ("/contests", "/contests/colour", "/contests/new"):
        page.goto(address)
        assert violations(page) == [], address
        assert fits(page), address
        shot(page, f"console{address.replace('/', '-')}-{size['width']}")
    context.close()


def test_i14_whoever_looks_after_the_draw_finds_the_digest_the_seed_and_the_winner(demo, chromium, entered):
    page = public(chromium, demo, viewport=PHONE)
    page.goto(f"{entered}?lang=en")
    assert "3 14 15 26 35 41" in page.locator("main").inner_text()
    assert page.locator("li.digest").count() == 1
    assert violations(page) == []
    assert fits(page)
    shot(page, "public-drawn")
    assert page.complaints == []
    page.context.close()
