"""Leaving by a link in a real browser, narrow and wide, with JavaScript and without, in two languages."""

import re

import pytest

from factories.demo_links import leave_paths
from factories.looks import wrong_with

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]

NUMBERS = [f"+316123450{last:02}" for last in range(1, 9)]
WAYS = [
    pytest.param(width, javascript, language, id=f"{width}-{'js' if javascript else 'no js'}-{language}")
    for width, javascript, language in [
        (390, True, "en"),
        (390, False, "sv"),
        (1280, True, "sv"),
        (1280, False, "en"),
        (320, False, "de"),
    ]
]
MISSING = "404"  # how the browser tells of a link that is none
WORDS = {
    "en": ("Stop texts from Wintelroos", "No more texts from Wintelroos", "Undo: keep the texts", "Undone"),
    "sv": ("Stoppa sms från Wintelroos", "Inga fler sms från Wintelroos", "Ångra: behåll sms:en", "Ångrat"),
    "de": (
        "SMS von Wintelroos abmelden",
        "Keine SMS mehr von Wintelroos",
        "Zurücknehmen: SMS behalten",
        "Zurückgenommen",
    ),
}


@pytest.fixture(scope="module")
def paths(demo, demo_folder):
    return iter(leave_paths(demo_folder, NUMBERS))


@pytest.fixture
def person(demo, chromium):
    """Opens pages as the person; fails when the browser complains, or asks anybody else."""
    complaints, contexts = [], []

    def complain(said):
        if said.type in {"error", "warning"} and MISSING not in said.text:
            complaints.append(said.text)

    def opened(**more):
        context = chromium.new_context(**{"base_url": demo[0], **more})
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


def small_targets(page):
    """Buttons and links of lists that are less than 44 pixels high, or wider than the page."""
    return page.locator("button:visible, summary:visible, nav a:visible, label.tick:visible").evaluate_all(
        "all => all.filter(each => each.getBoundingClientRect().height < 43.5"
        " || each.getBoundingClientRect().right > innerWidth).map(each => each.innerText)"
    )


def checked(page, javascript):
    assert small_targets(page) == []
    sideways = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(sideways)
    if javascript:  # axe itself is a script
        size = page.viewport_size
        assert wrong_with(page) == []
        page.set_viewport_size(size)


@pytest.mark.parametrize(("width", "javascript", "language"), WAYS)
def test_one_tap_leaves_a_second_undoes_and_why_may_be_said(person, paths, width, javascript, language):
    stop, done, _, _ = WORDS[language]
    page = person(viewport={"width": width, "height": 780}, java_script_enabled=javascript, locale="en-GB")
    weight = []
    page.on("response", lambda answer: weight.append(len(answer.body())) if answer.status == 200 else None)
    path = next(paths)
    page.goto(f"{path}?lang={language}")
    page.wait_for_load_state("networkidle")
    assert sum(weight) < 20_000
    checked(page, javascript)
    button = page.get_by_role("button", name=stop, exact=True)
    assert button.bounding_box()["height"] >= 60
    assert button.bounding_box()["y"] < 780, "seen without scrolling"
    button.click()
    assert page.get_by_role("heading", level=1).inner_text() == done
    for each in page.locator("summary").all():
        each.click()
    checked(page, javascript)
    page.locator("details[open] input[type=radio]").first.check()
    page.locator("#words").fill("Vielen Dank, det var nog")
    page.go_back()
    page.get_by_role("button", name=stop, exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == done, "a second tap ends nothing twice"


@pytest.mark.parametrize(("width", "language"), [(390, "en"), (1280, "sv")])
def test_a_slip_is_taken_back_on_the_same_page(person, paths, width, language):
    stop, _, undo, undone = WORDS[language]
    page = person(viewport={"width": width, "height": 780}, java_script_enabled=False)
    path = next(paths)
    page.goto(f"{path}?lang={language}")
    page.get_by_role("button", name=stop, exact=True).click()
    page.get_by_role("button", name=undo).click()
    assert page.get_by_role("heading", level=1).inner_text() == undone
    checked(page, javascript=False)


def test_why_is_said_by_keyboard_alone(person, paths):
    page = person(viewport={"width": 390, "height": 780})
    page.goto(f"{next(paths)}?lang=en")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="No more texts from Wintelroos").wait_for()
    page.get_by_text("Say why, if you like").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("Too many texts").is_checked()
    page.get_by_role("button", name="Send", exact=True).press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    assert wrong_with(page) == []


def test_a_link_that_is_none_says_so(person):
    page = person(viewport={"width": 390, "height": 780})
    answer = page.goto("/u/00000000000?lang=en")
    assert answer.status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "This link opens nothing"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_can_be_read_by_day_and_by_night_and_from_right_to_left(person, demo_folder, scheme, width):
    (path,) = leave_paths(demo_folder, [NUMBERS[0]])
    page = person(viewport={"width": width, "height": 780}, color_scheme=scheme)
    page.goto(f"{path}?lang=en")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert wrong_with(page) == []
    checked(page, javascript=False)


def test_preferences_open_by_a_code_and_are_kept(person, demo, demo_folder, chromium, signed_in):
    (path,) = leave_paths(demo_folder, [NUMBERS[0]])
    desk = chromium.new_context(base_url=demo[0], storage_state=signed_in).new_page()
    desk.goto("/handsets")
    choice = desk.locator("#phone option", has_text="Anna de Wit").get_attribute("value")
    desk.locator("#phone").select_option(choice)
    desk.get_by_role("button", name="Put it on the desk").click()
    page = person(viewport={"width": 390, "height": 780})
    page.goto(f"{path}?lang=en")
    page.get_by_role("button", name="Send me a code").click()
    checked(page, javascript=True)
    codes = []
    for _ in range(80):
        desk.goto("/handsets")
        codes = re.findall(r"\b(\d{6}) is je code", desk.content())
        if codes:
            break
        desk.wait_for_timeout(250)
    page.get_by_label("The code").fill(codes[-1])
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="What you get from Wintelroos").wait_for()
    checked(page, javascript=True)
    page.get_by_label("furniture").uncheck()
    page.get_by_label("At most 1 text in 30 days").check()
    page.get_by_label("Nothing for 30 days").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. It counts from now on.").wait_for()
    assert not page.get_by_label("furniture").is_checked()
    assert page.get_by_label("At most 1 text in 30 days").is_checked()
    assert page.get_by_label("Nothing until").is_checked()
    desk.context.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no js"])
def test_a_chip_puts_the_link_at_the_end_of_the_text_and_the_preview_shows_it(visit, javascript):
    page = visit(java_script_enabled=javascript)
    page.goto("/campaigns/new")
    page.locator("[name=text]").fill("[Brand]: 20% off.")
    page.get_by_role("button", name="Unsubscribe link").click()
    page.locator("#preview .bubble, #preview [class*=bubble]").first.wait_for()
    assert page.locator("[name=text]").input_value() == "[Brand]: 20% off. [Unsubscribe]"
    page.get_by_text("/u/xxxxxxxxxxx").first.wait_for()
