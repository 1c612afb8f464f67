"""Trying texts and words in a real browser, on the demo as anybody starts it: axe is content, and no page needs a script."""

import re

import pytest

from factories.looks import wrong_with

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNSURE = "Thanks for everything, but please stop texting me\nand delete my data"


def test_axe_finds_nothing_and_nothing_runs_over(visit):
    page = visit()

    def look(where):
        assert wrong_with(page) == [], where

    page.goto("/replies/try")
    look("nothing tried yet")
    for text in (UNSURE, "x" * 4000, "STOP"):
        page.get_by_label("What they text").fill(text)
        page.get_by_role("button", name="See what would happen").click()
        page.locator(".reading .bubble-text", has_text=text[:20]).wait_for()
        look(text[:20])
    for address in ("/replies/words", "/replies/words?language=en&kind=opt_out", "/replies/words?q=zebra"):
        page.goto(address)
        page.get_by_label("A word, as somebody would text it").fill("yes")
        page.locator("#tested .reading").nth(1).wait_for()
        look(f"{address}, and a word tried")


def test_a_text_is_read_in_place_and_what_decided_is_marked(visit):
    page = visit()
    page.goto("/replies/try")
    page.get_by_label("What they text").fill(UNSURE)
    page.get_by_role("button", name="See what would happen").click()
    page.locator("mark").wait_for()
    assert "stop texting me" in page.locator("mark").inner_text()
    assert page.get_by_label("What they text").input_value() == UNSURE
    assert page.evaluate("document.activeElement.contains(document.querySelector('.reading'))")
    assert page.url.endswith("/replies/try")


def test_a_word_is_read_while_one_types_and_the_cursor_stays(visit):
    page = visit()
    page.goto("/replies/words")
    field = page.get_by_label("A word, as somebody would text it")
    field.press_sequentially("Afmelden")
    page.locator("#tested", has_text="would end at once").wait_for()
    assert field.evaluate("field => field === document.activeElement && field.selectionStart") == 8
    field.fill("SAVEMORE")
    page.locator("#tested", has_text="They would be asked to confirm").wait_for()
    field.fill("")
    page.locator("#tested .reading").wait_for(state="detached")


def test_both_pages_work_without_a_script(visit):
    page = visit(java_script_enabled=False)
    page.goto("/replies/try")
    page.get_by_label("What they text").fill("yes")
    page.get_by_label("What was asked last").select_option("confirm_consent")
    page.get_by_label("Texted to the code of").select_option("club")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("They would join Club offers.")).to_be_visible()
    page.get_by_role("link", name="Known words").click()
    page.get_by_label("A word, as somebody would text it").fill("stopp")
    page.get_by_role("button", name="Read this word").click()
    expect(page.locator("#tested").get_by_text("would end at once")).to_be_visible()
    page.locator("#words-kind").select_option("help")
    page.locator("#words-language").select_option("sv")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile(r"language=sv&kind=help"))
    expect(page.get_by_role("cell", name="Swedish")).not_to_have_count(0)
