"""Leaving by a link in a real browser, narrow and wide, with JavaScript and without, in two languages."""

import pytest

from factories import handsets
from factories.demo_links import leave_paths
from factories.looks import wrong_for, wrong_with
from factories.visitors import PHONE, all_of, eight

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]

NUMBERS = [f"+316123450{last:02}" for last in range(1, 10)]
WORDS = {
    "en": ("Stop texts from Wintelroos", "No more texts from Wintelroos", "Undo: keep the texts", "Undone"),
    "sv": ("Stoppa sms från Wintelroos", "Inga fler sms från Wintelroos", "Ångra: behåll sms:en", "Ångrat"),
}


@pytest.fixture(scope="module")
def links(demo, demo_folder):
    """One for each visitor."""
    everybody = all_of("en", "sv")
    return dict(zip(everybody, leave_paths(demo_folder, NUMBERS[: len(everybody)]), strict=True))


@pytest.fixture
def path(demo, demo_folder):
    """One more, of somebody else."""
    return leave_paths(demo_folder, NUMBERS[-1:])[0]


@eight("en", "sv")
def test_one_tap_leaves_a_second_undoes_and_why_may_be_said(stranger, links, visitor):
    stop, done, undo, undone = WORDS[visitor.language]
    page, weight = stranger(visitor), []
    page.on("response", lambda answer: weight.append(len(answer.body())) if answer.status == 200 else None)
    page.goto(f"{links[visitor]}?lang={visitor.language}")
    page.wait_for_load_state("networkidle")
    assert sum(weight) < 20_000
    assert wrong_for(visitor, page) == []
    button, heading = page.get_by_role("button", name=stop, exact=True), page.get_by_role("heading", level=1)
    assert button.bounding_box()["height"] >= 60
    assert button.bounding_box()["y"] < 780, "seen without scrolling"
    button.click()
    expect(heading).to_have_text(done)
    for each in page.locator("summary").all():
        each.click()
    assert wrong_for(visitor, page) == []
    page.get_by_role("button", name=undo).click()
    expect(heading).to_have_text(undone)
    assert wrong_for(visitor, page) == []
    page.locator("a.go").click()
    button.click()
    expect(heading).to_have_text(done)
    page.go_back()
    button.click()
    expect(heading, "a second tap ends nothing twice").to_have_text(done)
    page.locator("details:has(#words) summary").click()
    page.locator("details[open] input[type=radio]").first.check()
    page.locator("#words").fill("Vielen Dank, det var nog")
    page.locator("form:has(#words) button").click()
    page.locator("form").wait_for(state="detached")
    assert wrong_for(visitor, page) == []


def test_why_is_said_by_keyboard_alone(stranger, path):
    page = stranger(viewport=PHONE)
    page.goto(f"{path}?lang=en")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="No more texts from Wintelroos").wait_for()
    page.get_by_text("Say why, if you like").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Too many texts")).to_be_checked()
    page.get_by_role("button", name="Send", exact=True).press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()


def test_a_link_that_is_none_says_so(stranger):
    page = stranger(viewport=PHONE)
    answer = page.goto("/u/00000000000?lang=en")
    assert answer.status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "This link opens nothing"


def test_it_can_be_read_by_day_and_by_night_and_from_right_to_left(stranger, path):
    page = stranger()
    page.goto(f"{path}?lang=de")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert wrong_with(page) == []


def test_preferences_open_by_a_code_and_are_kept(stranger, demo_folder, path):
    page = stranger(viewport=PHONE)
    page.goto(f"{path}?lang=en")
    before = handsets.shown(demo_folder, NUMBERS[-1])
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("The code").fill(handsets.code(demo_folder, NUMBERS[-1], before))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="What you get from Wintelroos").wait_for()
    page.get_by_label("furniture").uncheck()
    page.get_by_label("At most 1 text in 30 days").check()
    page.get_by_label("Nothing for 30 days").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. It counts from now on.").wait_for()
    assert not page.get_by_label("furniture").is_checked()
    expect(page.get_by_label("At most 1 text in 30 days")).to_be_checked()
    expect(page.get_by_label("Nothing until")).to_be_checked()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no js"])
def test_a_chip_puts_the_link_at_the_end_of_the_text_and_the_preview_shows_it(visit, javascript):
    page = visit(java_script_enabled=javascript)
    page.goto("/campaigns/new")
    page.locator("[name=text]").fill("[Brand]: 20% off.")
    page.get_by_role("button", name="Unsubscribe link").click()
    page.locator("#preview .bubble, #preview [class*=bubble]").first.wait_for()
    assert page.locator("[name=text]").input_value() == "[Brand]: 20% off. [Unsubscribe]"
    page.get_by_text("/u/xxxxxxxxxxx").first.wait_for()
