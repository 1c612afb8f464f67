"""The pages about proof and privacy, and a person's data, in a real browser on the demo as anybody starts it."""

import re

import pytest

from factories.looks import wrong_with
from factories.visitors import PATIENCE_MS

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
ANNA, BRAM = "Anna de Wit", "Bram"
WHAT = "A laptop with a list of members was stolen from a car."


def person(page, name):
    page.goto("/people")
    page.get_by_label("Find by name or full number").fill(name)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("heading", name="Their data").wait_for()
    return page.url


def erase(page, name):
    """By the keyboard alone. The address of whoever was erased."""
    address = person(page, name)
    page.get_by_role("link", name="Erase this person").click()
    label = page.get_by_label(re.compile(r"Type \d\d to go on"))
    word = re.search(r"Type (\d\d)", page.content())[1]
    label.fill(word)
    label.press("Enter")
    page.get_by_role("heading", name="Erased person", level=1).wait_for()
    return address


@pytest.fixture(scope="module")
def addresses(demo, chromium, signed_in):
    """Of a demo in which somebody asked to be erased, somebody was, and a laptop is gone."""
    context = chromium.new_context(
        base_url=demo[0], storage_state=signed_in, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/handsets")
    desk = page.locator(".desk").first
    desk.get_by_label("Text message to 800123").fill("please delete my data")
    desk.get_by_label("Text message to 800123").press("Enter")
    desk.locator(".bubble-person", has_text="please delete my data").wait_for()
    page.goto("/privacy/breaches/new")
    page.get_by_label("What happened").fill(WHAT)
    page.get_by_label("When somebody noticed").fill("2026-03-02T09:00")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("overdue by").first.wait_for()
    breach = page.url
    erased = erase(page, BRAM)
    anna = person(page, ANNA)
    context.close()
    return {
        "proof": "/proof",
        "privacy": "/privacy",
        "new breach": "/privacy/breaches/new",
        "breach": breach,
        "erased": erased,
        "person": anna,
        "rectify": f"{anna}/rectify",
        "erase": f"{anna}/erase",
    }


PAGES = ("proof", "privacy", "new breach", "breach", "erased", "person", "rectify", "erase")


def test_axe_finds_nothing_and_nothing_sticks_out(visit, addresses):
    page = visit()
    for name in PAGES:
        page.goto(addresses[name])
        for each in page.locator("details.queue-form > summary").all():
            each.click()
        assert wrong_with(page) == [], name


@pytest.mark.parametrize("language", ["nl", "sv", "de", "da"])
def test_long_words_stick_out_nowhere_on_a_small_phone(visit, addresses, language):
    page = visit(viewport={"width": 320, "height": 640}, locale=language)
    for name in PAGES:
        page.goto(addresses[name])
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_who_waits_who_was_erased_and_what_went_wrong_stand_on_one_page(visit, addresses):
    page = visit()
    page.goto(addresses["privacy"])
    for each in ("They want their data deleted.", WHAT, "The brand erased them"):
        page.get_by_text(each).first.wait_for()


def test_what_is_held_comes_as_two_files(visit, addresses):
    page = visit(accept_downloads=True)
    page.goto(addresses["person"])
    page.get_by_text("Download what we hold").click()
    for button, ending in (("For programs (JSON)", "json"), ("To read", "html")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=button).click()
        assert re.fullmatch(rf"data-con_\w+\.{ending}", coming.value.suggested_filename)


def test_a_restriction_is_set_and_lifted_and_stands_where_one_looks(visit, addresses):
    page = visit()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(addresses["person"])
    page.locator("summary", has_text="Restrict").click()
    page.get_by_role("textbox", name="Why").fill("they dispute it")
    page.get_by_role("button", name="Restrict").click()
    page.get_by_text("Everything is kept and nothing is used").wait_for()
    page.locator("summary", has_text="Lift the restriction").click()
    page.get_by_role("textbox", name="Why").fill("settled")
    page.get_by_label("The person has been told that it is lifted.").check()
    page.get_by_role("button", name="Lift the restriction").click()
    page.get_by_text("The restriction is lifted.").first.wait_for()


def test_a_dry_run_is_shown_on_the_spot(visit, addresses):
    page = visit()
    page.goto(addresses["privacy"])
    page.get_by_role("button", name="Show what would go now").click()
    page.get_by_text("Nothing has gone.").wait_for()


def test_the_open_addresses_on_the_page_about_proof_are_open(visit, addresses):
    page = visit(storage_state=None)
    colleague = visit()
    colleague.goto(addresses["proof"])
    address = colleague.get_by_role("link", name="The open page about this log").get_attribute("href")
    page.goto(address)
    page.get_by_role("heading", name="The public log of").wait_for()
