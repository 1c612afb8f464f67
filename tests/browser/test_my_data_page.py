"""A person's way to their own data in a real browser, on the demo as anybody starts it."""

import re
from urllib.parse import urlsplit

import pytest

from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
PATIENCE_MS = 20_000
ANNA, BRAM = "Anna de Wit", "Bram Kuipers"
WRONG = "422"  # how the browser tells of a form that has to be corrected


@pytest.fixture(scope="module")
def desk(demo, chromium, signed_in):
    """A colleague's browser, which also has the person's handset: the carrier of the demo is simulated."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def link(demo, desk):
    desk.goto("/handsets")
    choice = desk.locator("#phone option", has_text=ANNA).get_attribute("value")
    desk.locator("#phone").select_option(choice)
    desk.get_by_role("button", name="Put it on the desk").click()
    return made_for(desk, ANNA)


def made_for(desk, name):
    """The path of a page, as a colleague makes it in the console."""
    desk.goto("/people")
    desk.get_by_label("Find by name or full number").fill(name)
    desk.get_by_role("button", name="Find").click()
    desk.goto(desk.get_by_role("link", name=name).get_attribute("href"))
    desk.get_by_role("button", name="Make a receipt link").first.click()
    return urlsplit(desk.locator("#link-made").inner_text(timeout=PATIENCE_MS)).path


@pytest.fixture
def person(demo, chromium):
    """Opens pages as the person; fails when the browser complains, or asks anybody else."""
    complaints, contexts = [], []

    def complain(said):
        if said.type in {"error", "warning"} and WRONG not in said.text:
            complaints.append(said.text)

    def opened(**more):
        context = chromium.new_context(**{"base_url": demo[0], "locale": "en-GB", **more})
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on(
            "request", lambda asked: None if asked.url.startswith(demo[0]) else complaints.append(asked.url)
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def codes(desk):
    """Every code that the handsets of the demo show."""
    desk.goto("/handsets")
    return re.findall(r"\b(\d{6}) is je code", desk.content())


def ask(page, desk, link):
    """Ask for a code by the page, and read it from the handset."""
    before = codes(desk)
    page.goto(f"{link}/data?lang=en")
    page.get_by_role("button", name="Send me a code").click()
    for _ in range(PATIENCE_MS // 250):
        new = [each for each in codes(desk) if each not in before]
        if new:
            return new[-1]
        page.wait_for_timeout(250)
    raise AssertionError("no code came")


def test_a_code_a_look_and_an_erasure(person, desk, link):
    page = person()
    code = ask(page, desk, link)
    assert wrong_with(page) == [], "code"
    page.get_by_label("The code").fill("12")
    page.get_by_role("button", name="Go on").click()
    assert wrong_with(page) == [], "wrong code"
    page.get_by_label("The code").fill(code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("You have shown that the number").wait_for()
    assert wrong_with(page) == [], "open"
    page.get_by_role("link", name="See what is kept").click()
    page.get_by_role("heading", name="What Wintelroos holds about you").wait_for()
    assert ANNA not in page.content()
    assert wrong_with(page) == [], "held"
    page.get_by_role("link", name="Go back").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download it for programs").click()
    assert waiting.value.suggested_filename == "my-data-wintelroos.json"
    page.get_by_role("link", name="Restrict it").click()
    assert wrong_with(page) == [], "restrict"
    page.get_by_role("link", name="Go back").click()
    page.get_by_role("button", name="Ask for the rest").click()
    page.get_by_text("has your request").wait_for()
    assert wrong_with(page) == [], "asked"
    page.get_by_role("link", name="See what would be erased").click()
    assert wrong_with(page) == [], "erase"
    page.get_by_role("button", name="Erase my data").click()
    page.get_by_role("heading", name="Your data are erased").wait_for()
    assert wrong_with(page) == [], "gone"


def test_it_begins_without_a_script(person, desk):
    link = made_for(desk, BRAM)
    german = person()
    german.goto(f"{link}/data?lang=de")
    assert wrong_with(german) == [], "start, in longer words"
    page = person(java_script_enabled=False)
    page.goto(f"{link}?lang=en")
    page.get_by_role("link", name="See or erase my data").click()
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("heading", name="Enter the code").wait_for()
    page.get_by_label("The code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Have another one sent").wait_for()
