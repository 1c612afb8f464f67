"""Law and lawful hours in a real browser, on the demo as anybody starts it: axe is content, and no page needs a script."""

import re

import pytest

from factories.looks import wrong_with

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
IN_FLORIDA = "Walter Jensen"  # whose address has two time zones
A_MONDAY = "2040-01-09"  # long to come: of today, hours are told from now on


def person(page):
    """The address of somebody who may be in either of two zones."""
    page.goto("/people")
    page.get_by_label("Find by name or full number").fill(IN_FLORIDA)
    page.get_by_role("button", name="Find").click()
    return page.get_by_role("link", name=IN_FLORIDA).get_attribute("href")


def test_axe_finds_nothing_and_nothing_runs_over(visit):
    page = visit()
    contact = person(page)
    page.goto("/messages")
    message = page.locator("tbody th a").first.get_attribute("href")
    for address in (
        "/law", "/law?q=quiet", "/law?q=zebra+crossing", "/law?place=US-FL&on=2027-02-01", "/law/us", "/law/house",
        "/law/changes", "/law/changes?from=2020-01-01&to=2027-02-01&count=1", "/law/changes?from=x",
        f"{contact}/hours", f"{contact}/hours?on=2027-03-13", f"{contact}?check=club", message,
    ):  # fmt: skip
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert wrong_with(page) == [], address


def test_everything_works_without_a_script(visit):
    page = visit(java_script_enabled=False)
    contact = person(page)
    page.goto(contact)
    page.get_by_role("link", name="See the hours of each place, and the rules").click()
    page.get_by_label("Day").fill("2027-03-13")
    page.get_by_label("What goes").select_option("informational")
    page.get_by_role("button", name="Show the hours").click()
    page.wait_for_url(re.compile(r"on=2027-03-13"))
    expect(page.get_by_text("the clocks change in this zone")).to_have_count(1)
    expect(page.locator(".hours-row")).to_have_count(3)
    page.get_by_text("Show as a table").click()
    expect(page.locator(".hours table")).to_be_visible()


def test_a_reason_leads_to_the_card_of_its_rule_by_keyboard(visit):
    page = visit()
    page.goto(person(page) + f"/hours?on={A_MONDAY}")
    page.locator(".reason .rule-link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/law/us-fl#us-fl\.ftsa\.tm$"))
    card = page.locator("article:target")
    assert "Texts may go: every day 08:00–20:00." in card.inner_text()
    expect(card.get_by_text("Fla. Stat. 501.616")).to_be_visible()


def test_what_is_open_in_some_places_only_is_hatched_and_said(visit):
    page = visit()
    page.goto(person(page) + f"/hours?on={A_MONDAY}")
    everywhere = page.locator(".hours-total")
    expect(everywhere.locator("rect.hours-partly")).to_have_count(4)
    expect(everywhere.locator("rect.hours-open")).to_have_count(2)
    assert "hatched where it is open in some of these places only" in everywhere.inner_text()
    page.get_by_text("Show as a table").click()
    rows = page.locator("tr", has_text="Everywhere they may be").filter(has_text="Open in some places")
    expect(rows).to_have_count(4)
