"""Joining by a form in a real browser: on a phone and at a desk, with a script and without, in two languages."""

import json
import re

import pytest

from factories.looks import wrong_for, wrong_with
from factories.visitors import PHONE, eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBER_CHECK = "/number"  # answers 422 while what is typed is no number yet


@pytest.fixture(autouse=True, scope="module")
def published(desk):
    """Two forms, made in the console as their author makes them."""
    for key, confirming in (("door", "reverse"), ("window", "none")):
        desk.goto("/collect/new")
        desk.select_option("[name=program]", label="Club · 800123")
        desk.fill("[name=name]", f"Shop {key}")
        desk.fill("[name=key]", key)
        desk.select_option("[name=confirming]", confirming)
        desk.locator("summary", has_text="Dutch").click()
        desk.check("[name=speaks_nl]")
        desk.get_by_role("button", name="Publish this version").click()
        desk.wait_for_url(f"**/collect/{key}")


@pytest.fixture(scope="module")
def poster(published, desk):
    """The link of a poster, which has a code for cameras beside it."""
    desk.goto("/collect/door")
    desk.get_by_label("Where the link stands").fill("Poster at the door")
    desk.get_by_role("button", name="Make a link").click()
    row = desk.locator("#sources tr", has_text="Poster at the door")
    row.locator("svg").wait_for()
    return row.get_by_role("link").get_attribute("href")


def codes(desk):
    """How many codes were shown to people who came by the poster, as colleagues read it."""
    desk.goto("/collect/door")
    row = desk.locator("#sources tr", has_text="Poster at the door")
    return int(row.locator("[data-label='Codes shown']").inner_text())


@eight()
def test_c28_a_form_is_found_by_a_poster_read_corrected_and_sent(stranger, desk, poster, visitor):
    before = codes(desk)
    page = stranger(visitor, forgives=[NUMBER_CHECK])
    page.goto(poster)
    assert wrong_for(visitor, page) == []
    assert not page.locator("#agree").is_checked()
    page.wait_for_timeout(2100)
    page.fill("#number", "06 1234")
    page.click("#send")
    expect(page.locator(".notice a")).to_have_count(2)
    assert wrong_for(visitor, page) == []
    if visitor.has_script:
        assert page.evaluate("document.activeElement.id") == "number"
    assert page.input_value("#number") == "06 1234"
    page.fill("#number", "06 1234 5678")
    if visitor.has_script:
        page.wait_for_selector("#number-said:not(:empty)")
    page.check("#agree")
    page.click("#send")
    page.wait_for_url("**/f/door/next?**")
    code = page.locator(".code").inner_text()
    assert re.fullmatch(r"(YES|JA) \d{4}", code)
    assert "612345678" not in page.url
    assert page.locator("a.go").get_attribute("href") == f"sms:800123?&body={code.replace(' ', '%20')}"
    expect(page.locator("svg.qr")).to_be_visible()
    assert wrong_for(visitor, page) == []
    assert codes(desk) == before + 1


def test_enter_that_is_pressed_twice_in_the_number_field_leads_to_the_one_code(stranger, desk, poster):
    before, taken = codes(desk), []
    page = stranger()

    def overtaken(route):
        """The browser lets go of the first answer, because the key was pressed again before it came."""
        if route.request.method != "POST" or taken:
            route.continue_()
            return
        taken.append(route.fetch(max_redirects=0).status)
        route.abort("aborted")

    page.route("**/f/door?**", overtaken)
    page.goto(poster)
    page.wait_for_timeout(2100)
    page.check("#agree")
    page.fill("#number", "06 1234 5699")
    page.press("#number", "Enter")
    page.wait_for_timeout(500)
    assert taken == [303]
    page.press("#number", "Enter")
    page.locator(".code").wait_for()
    assert re.fullmatch(r"(YES|JA) \d{4}", page.locator(".code").inner_text())
    assert codes(desk) == before + 1


@eight()
def test_anybody_reads_how_people_are_asked_for_a_program(stranger, published, visitor):
    page = stranger(visitor)
    page.goto("/cta/wintelroos/club")
    expect(page.locator("a[href$='/f/door']")).to_have_count(1)
    assert "STOP" in page.locator("main").inner_text()
    assert wrong_for(visitor, page) == []


def test_the_form_looks_well_at_any_width_and_weighs_little(stranger):
    page, sizes = stranger(), []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/f/door")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 30_000
    assert wrong_with(page) == []


def test_what_stood_on_the_screen_is_told_with_the_yes_as_it_stood(stranger):
    page = stranger(viewport=PHONE, forgives=[NUMBER_CHECK])
    page.goto("/f/window")
    page.fill("#number", "06 1234 5671")
    page.locator("#send").scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    page.check("#agree")
    page.wait_for_timeout(1000)
    with page.expect_request(
        lambda request: request.method == "POST" and request.url.endswith("lang=en")
    ) as sent:
        page.click("#send")
    told = json.loads(sent.value.post_data_json["probe"])
    shown = told["rendering"]
    assert shown["font_tenths_px"] >= 160
    assert shown["contrast_hundredths"] >= 450
    assert shown["visible_ms"] >= 1000
    assert shown["button_distance_px"] <= 100
    assert (shown["is_covered"], told["click"]) == (False, {"was_ticked": False, "is_trusted": True})
    page.wait_for_url("**/f/window/next?**")


def test_a_tick_that_came_back_beside_an_error_counts_as_the_one_that_the_person_made(stranger):
    page = stranger(viewport=PHONE, forgives=[NUMBER_CHECK])
    page.goto("/f/window")
    page.fill("#number", "06 1234")
    page.check("#agree")
    page.wait_for_timeout(2100)
    page.click("#send")
    page.locator("#number-error").wait_for()
    expect(page.locator("#agree")).to_be_checked()
    page.fill("#number", "06 1234 5672")
    with page.expect_request(
        lambda request: request.method == "POST" and request.url.endswith("lang=en")
    ) as sent:
        page.click("#send")
    told = json.loads(sent.value.post_data_json["probe"])
    assert told["click"] == {"was_ticked": False, "is_trusted": True}
    page.wait_for_url("**/f/window/next?**")


def test_axe_finds_nothing_where_forms_are_made(visit):
    page = visit()
    for address in ("/collect", "/collect/new", "/collect/door", "/collect/door/tent"):
        page.goto(address)
        assert wrong_with(page) == [], address


def test_the_preview_and_the_linter_follow_while_one_types(visit):
    page = visit()
    page.goto("/collect/door/edit")
    page.fill("[name=title_en]", "Come in")
    page.wait_for_selector("iframe[srcdoc*='Come in']")  # it may run nothing, so its inside is not asked
    page.fill("[name=consent_en]", "Yes.")
    page.wait_for_selector("#preview .reason")
    expect(page.locator("#despite")).to_have_count(1)
