"""The queue of replies in a real browser, on the demo as anybody starts it: by keys, without a script, and axe is content."""

import re

import pytest

from factories import handsets
from factories.looks import POINTER, wrong_for, wrong_with
from factories.visitors import four

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
PROBABLE = "please cancel and stop"
QUESTION = "do you have size 42?"
# What one person texts; a START brings back what the stop before it had ended.
SAID = (
    *((PROBABLE, "START") * 4),
    "what data do you have on me?",
    "no thanks",
    *((QUESTION,) * 3),
)
# Who asks something, and each is invited once; they are members of the club.
ASKERS = ["+31612345001", "+31612345005", "+31612345006", "+31612345008"]


@pytest.fixture(scope="module", autouse=True)
def texted(demo, chromium, signed_in):
    """Texts that ask for somebody, from the handset of a person who is in a program."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    page = context.new_page()
    before = waiting(page)
    page.goto("/handsets")
    desk = page.locator(".desk").last
    for each in SAID:
        shown = desk.locator(".bubble-person").count()
        desk.locator("textarea").fill(each)
        desk.locator("textarea").press("Enter")
        desk.locator(".bubble-person").nth(shown).wait_for()
    for _look in range(50):
        if waiting(page) == before + len(SAID) - SAID.count("START"):
            break
        page.wait_for_timeout(200)
    else:
        pytest.fail("not all texts came into the queue")
    context.close()


@pytest.fixture(scope="module")
def askers(demo, demo_folder, desk):
    """Members who have asked something from their own handsets."""
    before = waiting(desk)
    handsets.text(demo_folder, [(each, "800123", f"{QUESTION} {each[-3:]}") for each in ASKERS])
    for _look in range(50):
        if waiting(desk) == before + len(ASKERS):
            return list(ASKERS)
        desk.wait_for_timeout(200)
    pytest.fail("not all texts came into the queue")


def waiting(page):
    """How many texts the queue counts."""
    page.goto("/replies")
    found = re.search(r"of ([\d,]+) shown", page.locator("main").inner_text())
    return int(found[1].replace(",", "")) if found else 0


def chosen(page):
    return page.evaluate("document.activeElement.closest('[data-row]')?.id ?? ''")


def rows(page):
    return page.locator("[data-row]").evaluate_all("all => all.map(each => each.id)")


def test_axe_finds_nothing_and_nothing_runs_over(visit):
    page = visit()
    page.goto("/replies")
    person = page.locator("[data-opens]").first.get_attribute("href")
    for address in ("/replies", "/", person):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert wrong_with(page) == [], address


def test_a_stop_to_an_address_without_a_program_is_shown_and_axe_finds_nothing(visit, demo_folder):
    handsets.text(demo_folder, [(ASKERS[0], "999888", "STOP")])
    page = visit()
    for _look in range(50):
        page.goto("/replies/nobody")
        if page.locator("article h3").count():
            break
        page.wait_for_timeout(200)
    assert "to 999888" in page.locator("article h3").inner_text()
    assert ASKERS[0] not in page.content()
    assert wrong_with(page) == []
    page.get_by_role("button", name="Put away").click()
    page.locator("article").wait_for(state="detached")


def test_a_queue_is_worked_off_by_keys(visit):
    page = visit()
    page.goto("/replies")
    all_rows = rows(page)
    page.keyboard.press("j")
    assert chosen(page) == all_rows[0]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("ArrowDown")
    assert chosen(page) == all_rows[1]
    page.keyboard.press("k")
    assert chosen(page) == all_rows[0]

    page.keyboard.press("u")
    page.keyboard.type("jkcd only words now")
    assert page.locator(f"#{all_rows[0]}-reason").input_value() == "jkcd only words now"
    page.keyboard.press("Escape")
    assert chosen(page) == all_rows[0]
    assert not page.locator(f"#{all_rows[0]}-reason").is_visible()
    assert page.locator(f"#{all_rows[0]}-reason").input_value() == "jkcd only words now"

    page.keyboard.press("c")
    page.locator(".toast", has_text="is a stop").first.wait_for()
    page.wait_for_url(re.compile(rf"/replies#{all_rows[1]}$"))
    assert chosen(page) == all_rows[1]
    assert all_rows[0] not in rows(page)

    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")


def test_a_reason_is_given_and_texts_begin_again(visit):
    page = visit()
    page.goto("/replies")
    ref = rows(page)[0]
    person = page.locator(f"#{ref} [data-opens]").get_attribute("href")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.keyboard.type("About a reservation.")
    page.get_by_role("button", name="Start their texts again").first.click()
    page.locator(".toast", has_text="Undone").first.wait_for()
    page.goto(person)
    expect(page.get_by_text("About a reservation.")).to_have_count(1)
    assert page.locator(".timeline-head strong").first.inner_text() == "Corrected"


def test_the_length_of_an_answer_is_told_while_one_types(visit):
    page = visit()
    page.goto("/replies")
    ref = page.locator("[data-row]:has([data-verb=answer])", has_text=QUESTION).first.get_attribute("id")
    page.evaluate(f"document.getElementById('{ref}').focus()")
    page.keyboard.press("r")
    page.keyboard.type("Yes, we do 👟")
    page.locator(f"#{ref}-weight", has_text="1 segment · UCS-2").wait_for()
    assert page.url.endswith("/replies")


def test_a_key_for_what_is_not_offered_silences_the_keys_while_one_types_on(visit):
    page = visit()
    page.goto("/replies")
    page.keyboard.press("j")
    ref = chosen(page)
    page.keyboard.type("record of this")  # r: there is no answer to a stop; c, o and d are no commands then
    page.reload()
    assert rows(page)[0] == ref


def test_keys_can_be_switched_off(visit):
    page = visit()
    page.goto("/replies")
    page.keyboard.press("?")
    page.get_by_label("Use these keys on this device").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert chosen(page) == ""


def test_the_queue_works_without_a_script(visit):
    page = visit(java_script_enabled=False)
    page.goto("/replies")
    assert not page.locator(".queue-keys").is_visible()
    page.get_by_text("Undo as a mistaken reading").first.click()
    reason = page.get_by_label("Why it was no stop").first
    expect(reason).to_be_visible()
    page.get_by_role("button", name="It is a stop").first.click()
    expect(page.locator(".toast", has_text="is a stop")).to_have_count(1)
    page.get_by_role("button", name="Done with this text").first.click()
    expect(page.locator(".toast", has_text="put away as done")).to_have_count(1)


@four("en", "sv")
def test_c28_one_click_in_the_conversation_asks_for_another_program(visit, demo_folder, askers, visitor):
    number = askers.pop()
    page = visit(visitor)
    page.goto("/replies")
    row = page.locator("[data-row]", has_text=f"{QUESTION} {number[-3:]}")
    row.locator(
        "summary", has=page.locator("xpath=following-sibling::div//form[contains(@action, '/invite')]")
    ).click()
    assert wrong_for(visitor, page, POINTER) == []
    asks = row.locator("form[action$='/invite']").first
    words = asks.locator(".queue-own").inner_text()
    asks.locator("button").click()
    page.locator(".toast").first.wait_for()
    assert page.locator("[data-row]", has_text=f"{QUESTION} {number[-3:]}").count() == 0
    for _look in range(100):
        if words in handsets.shown(demo_folder, number):
            return
        page.wait_for_timeout(100)
    pytest.fail("no question came to the handset")
