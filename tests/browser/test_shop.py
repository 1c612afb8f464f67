"""The tablet in the shop, and the pages that enter paper lists and spoken consent, in a real browser."""

import re

import pytest

from factories.looks import POINTER, wrong_for, wrong_with
from factories.visitors import eight, four

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLET = {"width": 820, "height": 1180}
SCAN = {"name": "list.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n% list\n%%EOF\n"}


@pytest.fixture(scope="module")
def tablet(desk):
    """One tablet, made in the console; its address."""
    desk.goto("/shop/tablets")
    desk.fill("[name=name]", "Counter")
    desk.select_option("[name=program]", label="Club · 800123")
    desk.fill("[name=title]", "10% off today")
    desk.get_by_role("button", name="Make this tablet").click()
    return desk.locator("a[href*='/kiosk/']").first.get_attribute("href")


@eight()
def test_c25_somebody_joins_at_the_tablet_and_leaves_no_trace(stranger, tablet, visitor):
    page = stranger(visitor)
    page.goto(tablet)
    # It speaks to whoever comes next, and they choose.
    assert wrong_for(visitor, page, widths=[TABLET["width"]], language="en") == []
    page.locator(f"a[hreflang={visitor.language}]").click()
    assert page.locator("#send").bounding_box()["height"] >= 64
    page.fill("#number", "06 1234 5678")
    page.check("#agree")
    assert wrong_for(visitor, page, widths=[TABLET["width"]]) == []
    page.click("#send")
    page.wait_for_url("**/next?**")
    assert re.fullmatch(r"(YES|JA) \d{4}", page.locator(".code").inner_text())
    assert "12345678" not in page.content().replace(" ", "")
    assert wrong_for(visitor, page, widths=[TABLET["width"]]) == []
    page.locator("a.go").click()
    page.wait_for_url(tablet)
    page.go_back()
    page.go_back()
    assert page.locator("#number").count() == 0 or page.input_value("#number") == ""


def test_a_tablet_that_nobody_touches_goes_back_to_its_start(stranger, tablet):
    page = stranger(viewport=TABLET)
    page.clock.install()
    page.goto(f"{tablet}/form?lang=en")
    page.fill("#number", "06 1234 5678")
    page.clock.run_for(21_000)
    expect(page.locator("#idle")).to_be_visible()
    page.keyboard.press("Tab")
    assert not page.locator("#idle").is_visible()
    page.clock.run_for(31_000)
    page.wait_for_url(tablet)


def test_axe_finds_nothing_where_tablets_are_made(visit, tablet):
    page = visit()
    page.goto("/shop/tablets")
    assert wrong_with(page) == []


@four()
def test_i10_a_list_is_looked_at_ahead_and_entered(visit, visitor):
    page = visit(visitor)
    page.goto("/shop/paper")
    assert wrong_for(visitor, page, POINTER) == []
    page.set_input_files("[name=scan]", SCAN)
    page.fill("[name=number_0]", f"06 2345 {visitor.width:04}")
    page.fill("[name=day_0]", "2026-01-05")
    page.fill("[name=number_1]", "06 12")
    page.locator("button[name=preview]:visible").last.click()
    page.locator(".shop-outcome").wait_for()
    expect(page.locator("[name=number_1][aria-invalid]")).to_have_count(1)
    assert page.locator("[name=kept]").get_attribute("value")
    assert wrong_for(visitor, page, POINTER) == []
    page.fill("[name=number_1]", "")
    page.locator("#list .form-actions .button-main").click()
    page.wait_for_url("**/shop/paper?**")
    expect(page.locator(".toast")).to_have_count(1)
    assert page.input_value("[name=number_0]") == ""


@four("en", "sv")
def test_g16_a_spoken_yes_is_recorded_by_whoever_read_the_script(visit, visitor):
    page = visit(visitor)
    page.goto("/shop/spoken")
    assert wrong_for(visitor, page, POINTER) == []
    form = page.locator("form:has([name=attests])")
    form.locator("[name=number]").fill("06 23")
    form.locator("[name=place]").select_option("job_fair")
    form.locator("[name=where]").fill("Utrecht job fair, stand 12")
    form.locator("[name=attests]").check()
    form.locator(".button-main").click()
    expect(form.locator("[name=number][aria-invalid]")).to_have_count(1)
    assert wrong_for(visitor, page, POINTER) == []
    form.locator("[name=number]").fill(f"06 2346 {visitor.width:04}")
    form.locator(".button-main").click()
    page.wait_for_url("**/shop/spoken?**")
    expect(page.locator(".toast")).to_have_count(1)
    assert form.locator("[name=number]").input_value() == ""
