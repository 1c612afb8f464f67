"""Joining by a form in a real browser: on a phone and at a desk, with a script and without, in two languages."""

import json
import re

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(autouse=True, scope="module")
def published(demo, chromium, signed_in):
    """Two forms, made in the console as their author makes them."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    page = context.new_page()
    for key, confirming in (("door", "reverse"), ("window", "none")):
        page.goto("/collect/new")
        page.select_option("[name=program]", label="Club · 800123")
        page.fill("[name=name]", f"Shop {key}")
        page.fill("[name=key]", key)
        page.select_option("[name=confirming]", confirming)
        page.locator("summary", has_text="Dutch").click()
        page.check("[name=speaks_nl]")
        page.get_by_role("button", name="Publish this version").click()
        page.wait_for_url(f"**/collect/{key}")
    context.close()


def anybody(chromium, demo, **more):
    """Somebody without an account; the browser may complain of nothing, and asks nobody else."""
    context = chromium.new_context(base_url=demo[0], **more)
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on(
        "console",
        lambda said: page.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    return context, page


def violations(page):
    return [each["id"] for each in axe.Axe().run(page).response["violations"]]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_form_is_read_corrected_and_sent(demo, chromium, language, size, has_script):
    context, page = anybody(
        chromium, demo, viewport=size, java_script_enabled=has_script, locale=f"{language}-NL"
    )
    page.goto("/f/door?s=poster")
    assert page.locator("html").get_attribute("lang") == language
    assert not page.locator("#agree").is_checked()
    page.wait_for_timeout(2100)
    page.fill("#number", "06 1234")
    page.click("#send")
    assert page.locator(".notice a").count() == 2
    assert page.evaluate("document.activeElement.id") == "number" if has_script else True
    assert page.input_value("#number") == "06 1234"
    page.fill("#number", "06 1234 5678")
    if has_script:
        page.wait_for_selector("#number-said:not(:empty)")
    page.check("#agree")
    page.click("#send")
    page.wait_for_url("**/f/door/next?**")
    code = page.locator(".code").inner_text()
    assert re.fullmatch(r"(YES|JA) \d{4}", code)
    assert "612345678" not in page.url
    assert page.locator("a.go").get_attribute("href") == f"sms:800123?&body={code.replace(' ', '%20')}"
    assert page.locator("svg.qr").is_visible()
    if has_script:
        assert violations(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert {re.match(r"https?://[^/]+", each)[0] for each in page.asked} == {demo[0]}
    assert [each for each in page.complaints if "422" not in each] == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_form_and_it_weighs_little(demo, chromium, scheme):
    context, page = anybody(chromium, demo, viewport=PHONE, color_scheme=scheme)
    sizes = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/f/door")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 30_000
    assert violations(page) == []
    page.click("#send")
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()


def test_what_stood_on_the_screen_is_told_with_the_yes_as_it_stood(demo, chromium):
    context, page = anybody(chromium, demo, viewport=PHONE)
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
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_axe_finds_nothing_where_forms_are_made(visit, size, scheme):
    page = visit(viewport=size, color_scheme=scheme)
    for address in (
        "/collect",
        "/collect/new",
        "/collect/door",
        "/collect/door/tent",
        "/cta/wintelroos/club",
    ):
        page.goto(address)
        assert violations(page) == [], address
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


def test_the_preview_and_the_linter_follow_while_one_types(visit):
    page = visit()
    page.goto("/collect/door/edit")
    page.fill("[name=title_en]", "Come in")
    page.wait_for_selector("iframe[srcdoc*='Come in']")  # it may run nothing, so its inside is not asked
    page.fill("[name=consent_en]", "Yes.")
    page.wait_for_selector("#preview .reason")
    assert page.locator("#despite").count() == 1
