"""Excluding a number in a real browser on the demo: one press, with a script or without, in two languages."""

import pytest

from factories.looks import POINTER, wrong_for, wrong_with
from factories.visitors import PATIENCE_MS, four

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@four()
def test_a17_a_number_is_out_with_one_press_and_found_as_such(visit, visitor):
    digits = f"8765{visitor.width:04}"
    stranger, second = f"06 {digits}", f"06 8766{visitor.width:04}"
    page = visit(visitor)
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/exclusions")
    assert wrong_for(visitor, page, POINTER) == []
    page.locator("form[action$='/exclusions/one'] [name=number]").fill(stranger)
    page.locator("form[action$='/exclusions/one'] [name=reason]").select_option("complaint")
    page.locator("form[action$='/exclusions/one'] button").click()
    page.locator("#result tbody tr").wait_for()
    expect(page.locator("#result tbody tr")).to_have_count(1)
    assert digits not in page.content()
    page.locator("[name=find]").fill(stranger)
    page.locator("form[action*='/exclusions/find'] button").click()
    page.locator("#look-up .tone-brick").wait_for()
    page.goto("/exclusions")
    page.locator("summary").filter(has=page.locator("xpath=following-sibling::form")).first.click()
    page.locator("[name=many-numbers]").fill(f"{second}\n06 12\n{stranger}")
    page.locator("form[action$='/exclusions/many'] button").click()
    page.locator("#result tbody tr").nth(2).wait_for()
    assert wrong_for(visitor, page, POINTER) == []


def test_the_list_and_a_persons_page_look_well(visit):
    page = visit()
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/exclusions")
    expect(page.locator("#list tbody tr")).not_to_have_count(0)
    page.locator("#list tbody tr button").first.click()
    page.wait_for_url("**/number**")
    page.goto("/exclusions?route=keyword")
    assert wrong_with(page) == []
    page.goto("/people")
    page.locator("tbody th a").first.click()
    page.locator("#exclude button").wait_for()
    assert wrong_with(page) == []
