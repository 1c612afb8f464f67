"""A list that is imported and numbers that are checked, in a real browser on the demo: with a script and without one."""

import re

import pytest

from factories.looks import POINTER, wrong_for, wrong_with
from factories.visitors import four

pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Who has said so where, when and to what; a claim only; and nobody.
LIST = "phone,name,language\n+3161235{width:04},Anna,nl\n+3161236{width:04},Bea,nl\nnonsense,Nobody,nl\n"


def file(rows):
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": rows.encode()}


@four("en", "de")
def test_c25_a_list_is_looked_at_and_imported_with_every_row_accounted_for(visit, visitor):
    page = visit(visitor)
    page.set_default_timeout(30_000)
    page.goto("/imports")
    assert wrong_for(visitor, page, POINTER) == []
    page.set_input_files("[name=file]", file(LIST.format(width=visitor.width)))
    page.locator("button[name=look]").click()
    for _look in range(60):
        if page.locator("button[name=go]").count():
            break
        page.wait_for_timeout(250)
        if not visitor.has_script:
            page.reload()
    assert wrong_for(visitor, page, POINTER) == []
    page.locator("button[name=go]").click()
    for _look in range(60):
        if re.search(r"/imports/\d+$", page.url):
            break
        page.wait_for_timeout(250)
        if not visitor.has_script:
            page.reload()
    assert page.locator("#rejected .why-number").all_inner_texts() == ["1"]
    assert re.match(r"3\b.*\b3\b", page.locator(".table-foot").first.inner_text())
    assert wrong_for(visitor, page, POINTER) == []


@four("en", "da")
def test_a18_numbers_of_a_file_are_checked_and_the_good_ones_come_back(visit, visitor):
    page = visit(visitor)
    page.goto("/imports")
    page.locator("main a[href='/numbers']").click()
    numbers = file("phone\n+31612345001\n+31612345001\n+31201234567\nnonsense\n")
    page.set_input_files("[name=file]", numbers)
    page.locator("form[action='/numbers'] .button-main").click()
    page.locator("main table").wait_for()
    assert "1" in page.locator("main h2").first.inner_text()
    assert wrong_for(visitor, page, POINTER) == []
    page.set_input_files("[name=file]", numbers)
    with page.expect_download() as coming:
        page.locator("button[name=cleaned]").click()
    assert coming.value.suggested_filename == "cleaned-numbers.csv"
    assert coming.value.path().read_text().count("+31") == 1


def test_the_pages_look_well_at_any_width(visit):
    page = visit()
    for address in ("/imports", "/numbers"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert wrong_with(page) == [], address
