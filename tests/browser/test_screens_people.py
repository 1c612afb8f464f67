"""The pages about people, programs and handsets in a real browser, on the demo as anybody starts it."""

import re

import pytest

from factories.visitors import PATIENCE_MS

expect = pytest.importorskip("playwright.sync_api").expect
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def open_page(visit):
    def opener(address, **more):
        page = visit(**{"viewport": DESK, **more})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        return page

    return opener


def anna(page):
    page.goto("/people")
    page.get_by_label("Find by name or full number").fill("Anna de")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Anna de Wit").click()
    page.get_by_role("heading", name="Anna de Wit", level=1).wait_for()
    return page


def serious(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone, light", "desk, dark"]
)
@pytest.mark.parametrize(
    "address", ["/", "/people", "/programs", "/programs/club", "/handsets", "person", "/people?state=refused"]
)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(open_page, address, viewport, scheme):
    page = open_page("/" if address == "person" else address, viewport=viewport, color_scheme=scheme)
    if address == "person":
        anna(page)
        page.goto(page.url + "?check=club")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_somebody_joins_and_leaves_from_a_handset_and_the_record_follows(open_page):
    page = open_page("/handsets")
    desk = page.locator(".desk").first
    sentence = desk.locator(".permission-sentence")
    for said, answered, permitted in (
        ("SAVEMORE", "BEVESTIGEN", "has not yet said yes"),
        ("ja", "Welkom", "may be texted Club offers, because they confirmed"),
        ("Stop. 🙏", "afgemeld", "may not be texted by Wintelroos"),
    ):
        desk.get_by_label("Text message to 800123").fill(said)
        desk.get_by_label("Text message to 800123").press("Enter")
        desk.locator(".bubble:not(.bubble-person)", has_text=answered).wait_for()
        sentence.filter(has_text=permitted).wait_for()
        assert desk.get_by_label("Text message to 800123").input_value() == ""
    desk.get_by_role("link", name="See the whole record").click()
    page.locator(".timeline-item").nth(2).wait_for()
    assert page.locator(".timeline-head strong").all_inner_texts() == ["Withdrawn", "Confirmed", "Asked"]
    assert re.search(r"/people/con_\w+$", page.url)


def test_the_handsets_work_without_script(open_page):
    page = open_page("/handsets", java_script_enabled=False)
    desk = page.locator(".desk").first
    before = desk.locator(".bubble").count()
    desk.get_by_label("Text message to 800123").fill("HELP")
    desk.get_by_role("button", name="Send to 800123").click()
    page.wait_for_url(re.compile(r"/handsets#p\w+$"))
    for _look in range(100):
        if desk.locator(".bubble").count() == before + 2:
            break
        page.get_by_role("link", name="Look for new texts").click()
    expect(desk.locator(".bubble")).to_have_count(before + 2)


def test_nothing_is_read_out_again_while_nothing_is_new(open_page):
    page = open_page("/handsets")
    # What an earlier text led to may still be on its way when the page comes.
    with page.expect_response(lambda polled: "?seen=" in polled.url and polled.status == 204):
        pass


def test_the_number_shows_on_demand_and_is_masked_again_afterwards(open_page):
    page = anna(open_page("/people"))
    assert "+31612345001" not in page.content()
    page.get_by_role("button", name="Show the number").click()
    page.get_by_text("+31612345001").wait_for()
    anna(page)
    assert "+31612345001" not in page.content()


def test_the_receipt_comes_as_a_file(open_page):
    page = anna(open_page("/people"))
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the receipt for Club").click()
    assert re.fullmatch(r"receipt-club-con_\w+\.tlog-proof", coming.value.suggested_filename)


def test_everything_is_reached_by_keyboard(open_page):
    page = open_page("/programs")
    page.get_by_role("link", name="Club").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Club", level=1).wait_for()
    page.get_by_role("link", name="Dutch").focus()
    page.keyboard.press("Enter")
    page.locator("blockquote[lang=nl]").wait_for()
    assert "Sms SAVEMORE naar 800123" in page.locator("blockquote[lang=nl]").inner_text()
