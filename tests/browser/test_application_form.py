"""The application form in a real browser: built in the console, answered on a phone and at a desk, with a script and without."""

import re

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
YES_NO = {"en": ("Yes", "No"), "nl": ("Ja", "Nee")}


def violations(page):
    return [each["id"] for each in axe.Axe().run(page).response["violations"]]


def fits(page):
    return not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.fixture(autouse=True, scope="module")
def published(demo, chromium, signed_in):
    """Made in the console as its author makes it, who sees both questions before anybody is asked them."""
    context = chromium.new_context(
        base_url=demo[0], storage_state=signed_in, locale="en-GB", viewport=DESK, color_scheme="dark"
    )
    page = context.new_page()
    page.goto("/collect/new")
    page.get_by_role("link", name="An application form").click()
    page.select_option("[name=program]", label="Club · 800123")
    general = page.locator("[name=general] option").evaluate_all(
        "all => all.map(each => each.value).find(each => each && each !== 'club')"
    )
    page.fill("[name=name]", "Baker")
    page.fill("[name=key]", "apply")
    page.select_option("[name=general]", general)
    page.locator("summary", has_text="Dutch").click()
    page.check("[name=speaks_nl]")
    frame = page.frame_locator("iframe").first
    frame.get_by_text("text me about this job").wait_for()
    page.wait_for_timeout(800)
    frame = page.frame_locator("iframe").first
    assert frame.locator("input[type=radio]").count() == 4
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert fits(page)
    page.get_by_role("button", name="Publish this version").click()
    if page.locator(
        "[name=despite]"
    ).count():  # a program of the demo that sells wants more words than a job does
        page.check("[name=despite]")
        page.get_by_role("button", name="Publish this version").click()
    page.wait_for_url("**/collect/apply")
    context.close()


@pytest.mark.parametrize(
    ("size", "has_script", "scheme", "language"),
    [(PHONE, True, "light", "nl"), (DESK, True, "dark", "en"), (PHONE, False, "light", "en")],
    ids=["390 script", "1280 script", "390 no script"],
)
def test_both_questions_are_answered_and_neither_was_before(
    demo, chromium, size, has_script, scheme, language
):
    context = chromium.new_context(
        base_url=demo[0],
        viewport=size,
        java_script_enabled=has_script,
        locale=f"{language}-NL",
        color_scheme=scheme,
    )
    page = context.new_page()
    page.goto("/f/apply?job=Baker")
    yes, no = YES_NO[language]
    assert page.input_value("#job") == "Baker"
    assert page.locator("input[type=radio]:checked").count() == 0
    # A no is as easy as a yes: as large, beside it, and as many steps away.
    large, small = (
        page.locator(f"[for={each}]").first.bounding_box() for each in ("specific", "specific-no")
    )
    assert large["y"] == small["y"]
    assert page.locator("[for=specific]").inner_text() == yes
    assert page.locator("[for=specific-no]").inner_text() == no
    page.wait_for_timeout(2100)
    page.fill("#number", "06 1234 5678")
    page.click("#send")
    assert page.locator(".notice a[href='#specific']").count() == 1
    assert page.locator("input[type=radio]:checked").count() == 0
    if has_script:
        assert page.evaluate("document.activeElement.id") == "specific"
        assert violations(page) == []
        assert fits(page)
    page.check("#specific")
    page.check("#general-no")
    page.click("#send")
    page.wait_for_url("**/f/apply/next?**")
    assert re.fullmatch(r"(YES|JA) \d{4}", page.locator(".code").inner_text())
    page.goto("/f/apply")
    page.check("#specific-no")
    page.check("#general-no")
    page.wait_for_timeout(2100)
    page.click("#send")
    page.wait_for_url("**/f/apply/next?**noted**")
    assert page.locator(".code").count() == 0
    if has_script:
        assert violations(page) == []
        assert fits(page)
    context.close()
