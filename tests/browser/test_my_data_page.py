"""A person's way to their own data in a real browser, on the demo as anybody starts it."""

import pytest

from factories import handsets
from factories.demo_links import receipt_paths
from factories.looks import wrong_for, wrong_with
from factories.visitors import all_of, eight
from yesword.demo.seed import read_people

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
PEOPLE = read_people()[:9]


@pytest.fixture(scope="module")
def people(demo, demo_folder):
    """Who each visitor is, and the path of their page."""
    paths = receipt_paths(demo_folder, [each.number.e164 for each in PEOPLE[:8]])
    return dict(zip(all_of("en", "de"), zip(PEOPLE, paths, strict=False), strict=True))


def go(page, address):
    """Follow the link or send the form that leads there."""
    page.locator(f"main a[href*='{address}'], form[action*='{address}'] button").first.click()


@eight("en", "de")
def test_a_code_opens_what_one_gets_and_what_is_held_and_all_of_it_is_erased(
    stranger, demo_folder, people, visitor
):
    person, path = people[visitor]
    number = person.number.e164
    page = stranger(visitor)
    page.goto(f"{path}?lang={visitor.language}")
    go(page, "/data?")
    assert wrong_for(visitor, page) == [], "start"
    before = handsets.shown(demo_folder, number)
    go(page, "/data/send")
    page.fill("[name=code]", "12")
    go(page, "/data/code")
    expect(page.locator("[name=code][aria-invalid]")).to_have_count(1)
    assert wrong_for(visitor, page) == [], "wrong code"
    page.fill("[name=code]", handsets.code(demo_folder, number, before))
    go(page, "/data/code")
    page.locator("main a[href*='/data/held']").wait_for()
    assert wrong_for(visitor, page) == [], "open"
    go(page, "/data/preferences")
    assert wrong_for(visitor, page) == [], "preferences"
    page.uncheck("[name=topic][value=furniture]")
    page.check("[name=pace][value='1']")
    page.check("[name=pause][value=pause]")
    page.locator("form:has([name=pace]) .button-main").click()
    page.locator("[role=status]").wait_for()
    assert not page.is_checked("[name=topic][value=furniture]")
    assert page.is_checked("[name=pace][value='1']")
    assert page.is_checked("[name=pause][value=keep]")
    go(page, "/data?")
    go(page, "/data/held")
    assert person.name not in page.content()
    assert wrong_for(visitor, page) == [], "held"
    page.goto(f"{path}/data?lang={visitor.language}")
    with page.expect_download() as waiting:
        go(page, "/data/file")
    assert waiting.value.suggested_filename == "my-data-wintelroos.json"
    go(page, "/data/ask")
    page.locator("[role=status]").wait_for()
    go(page, "/data/restrict")
    assert wrong_for(visitor, page) == [], "restrict"
    page.goto(f"{path}/data?lang={visitor.language}")
    go(page, "/data/erase")
    assert wrong_for(visitor, page) == [], "erase"
    page.locator("main form button").last.click()
    page.locator("main form").wait_for(state="detached")
    assert wrong_for(visitor, page) == [], "gone"


def test_a_code_that_is_none_opens_nothing_and_another_one_may_be_had(stranger, demo_folder):
    page = stranger()
    page.goto(f"{receipt_paths(demo_folder, [PEOPLE[-1].number.e164])[0]}/data/code?lang=en")
    page.get_by_label("The code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Have another one sent").wait_for()
    assert wrong_with(page) == []
