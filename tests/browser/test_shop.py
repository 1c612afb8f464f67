"""The tablet in the shop, and the pages that enter paper lists and spoken consent, in a real browser."""

import re

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESK, TABLET = (
    {"width": 390, "height": 844},
    {"width": 1280, "height": 900},
    {"width": 820, "height": 1180},
)
SCAN = {"name": "list.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n% list\n%%EOF\n"}


@pytest.fixture(scope="module")
def tablet(demo, chromium, signed_in):
    """One tablet, made in the console; its address."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    page = context.new_page()
    page.goto("/shop/tablets")
    page.fill("[name=name]", "Counter")
    page.select_option("[name=program]", label="Club · 800123")
    page.fill("[name=title]", "10% off today")
    page.get_by_role("button", name="Make this tablet").click()
    link = page.locator("a[href*='/kiosk/']").first.get_attribute("href")
    context.close()
    return link


def violations(page):
    return [each["id"] for each in axe.Axe().run(page).response["violations"]]


def fits(page):
    return not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def at_tablet(chromium, **more):
    context = chromium.new_context(**{"viewport": TABLET, **more})
    page = context.new_page()
    page.complaints = []
    page.on(
        "console",
        lambda said: page.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    return context, page


@pytest.mark.parametrize(
    ("size", "has_script", "language"),
    [
        pytest.param(PHONE, True, "nl", id="390, script, nl"),
        pytest.param(TABLET, False, "nl", id="820, no script, nl"),
        pytest.param(TABLET, True, "en", id="820, script, en"),
        pytest.param(DESK, True, "nl", id="1280, script, nl"),
        pytest.param(PHONE, False, "en", id="390, no script, en"),
        pytest.param(DESK, False, "en", id="1280, no script, en"),
    ],
)
def test_c25_somebody_joins_at_the_tablet_and_leaves_no_trace(chromium, tablet, language, size, has_script):
    context, page = at_tablet(chromium, viewport=size, java_script_enabled=has_script)
    page.goto(tablet)
    if has_script:
        assert violations(page) == []
    page.locator(f"a[hreflang={language}]").click()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("#send").bounding_box()["height"] >= 64
    page.fill("#number", "06 1234 5678")
    page.check("#agree")
    if has_script:
        assert violations(page) == []
        assert fits(page)
    page.click("#send")
    page.wait_for_url("**/next?**")
    assert re.fullmatch(r"(YES|JA) \d{4}", page.locator(".code").inner_text())
    assert "12345678" not in page.content().replace(" ", "")
    if has_script:
        assert violations(page) == []
        assert fits(page)
    page.locator("a.go").click()
    page.wait_for_url(tablet)
    page.go_back()
    page.go_back()
    assert page.locator("#number").count() == 0 or page.input_value("#number") == ""
    assert page.complaints == []
    context.close()


def test_a_tablet_that_nobody_touches_goes_back_to_its_start(chromium, tablet):
    context, page = at_tablet(chromium)
    page.clock.install()
    page.goto(f"{tablet}/form?lang=en")
    page.fill("#number", "06 1234 5678")
    page.clock.run_for(21_000)
    assert page.locator("#idle").is_visible()
    page.keyboard.press("Tab")
    assert not page.locator("#idle").is_visible()
    page.clock.run_for(31_000)
    page.wait_for_url(tablet)
    context.close()


@pytest.mark.parametrize("path", ["/shop/tablets", "/shop/paper", "/shop/spoken"])
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["390", "1280"])
def test_axe_finds_nothing_on_the_pages_for_the_shop(visit, tablet, path, scheme, size):
    page = visit(viewport=size, color_scheme=scheme)
    page.goto(path)
    assert violations(page) == []
    assert fits(page)


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_i10_a_list_is_looked_at_ahead_and_entered(visit, has_script):
    page = visit(java_script_enabled=has_script)
    page.goto("/shop/paper")
    page.set_input_files("[name=scan]", SCAN)
    number = "06 2345 6701" if has_script else "06 2345 6702"
    page.fill("[name=number_0]", number)
    page.fill("[name=day_0]", "2026-01-05")
    page.get_by_role("button", name="Look ahead").last.click()
    assert "They join when they text" in page.locator("main").inner_text()
    assert "The scan is here" in page.locator("main").inner_text()
    page.get_by_role("button", name="Enter these people").click()
    page.wait_for_url("**/shop/paper?**")
    assert page.input_value("[name=number_0]") == ""
