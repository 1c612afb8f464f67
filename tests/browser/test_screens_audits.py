"""A carrier's audit in a real browser: from a pasted list to the auditor's page; axe is content at every step."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from factories.looks import wrong_with

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBERS = "+31612345001\n+31612345002\n+31612399999"


@pytest.fixture(scope="module")
def audited(demo, chromium, signed_in):
    """An audit that was answered by hand, and the auditor's link to it."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB")
    page = context.new_page()
    page.goto("/audits")
    page.locator("[name=sender]").select_option("800123")
    page.locator("[name=numbers]").fill(NUMBERS)
    page.locator("[name=carrier]").fill("Bandwidth")
    page.locator("[name=reference]").fill("CASE-4711")
    page.get_by_role("button", name="Make the answer").click()
    page.wait_for_url(re.compile(r"/audits/\d+$"))
    address = page.url
    page.get_by_role("button", name="Download the answer").wait_for()
    expect(page.get_by_text("24 hours left")).to_have_count(1)
    page.get_by_role("button", name="Make a link for the auditor").click()
    link = page.locator("#link-made").inner_text()
    context.close()
    return address, link


def test_axe_finds_nothing_and_nothing_runs_over(visit, audited):
    page = visit()
    address, link = audited
    for each in ("/audits", address, f"{address}/close", link):
        page.goto(each)
        assert wrong_with(page) == [], each


def test_the_auditor_takes_the_answer_without_an_account_and_without_script(demo, chromium, audited, visit):
    address, link = audited
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("rowheader", name="Opted in")).to_have_count(1)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the answer").click()
    data = Path(taken.value.path()).read_bytes()
    context.close()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "answer.csv" in archive.namelist()
    console = visit()
    console.goto(address)
    expect(console.get_by_text("The auditor took the answer on")).to_have_count(1)
    expect(console.get_by_text("Answered in time")).to_have_count(1)


def test_closing_is_asked_in_a_dialog_first(visit, audited):
    page = visit()
    page.goto(audited[0])
    page.get_by_role("link", name="Close the audit").click()
    page.locator("dialog[open]").wait_for()
    page.get_by_role("button", name="Go back").click()
    expect(page.get_by_role("button", name="Download the answer")).to_have_count(1)
