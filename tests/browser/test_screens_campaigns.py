"""Campaigns and messages in a real browser: they work with a script and without one, and axe is content."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from factories.demo_hours import agree_to_any_hour
from factories.looks import wrong_with

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.own_demo]
TEXT = "[Brand]: hello [First name|there], 20% off until Sunday."
# Several, since the demo's carrier loses a text now and then.
AT_ANY_HOUR = (
    "+31612345008",
    "+31612345012",
    "+31612345016",
    "+46701740633",
    "+46701740668",
    "+491729925904",
)


@pytest.fixture(autouse=True, scope="module")
def somebody_waits(demo, demo_folder):
    """At any time of day some wait and somebody does not: a campaign is over neither too soon nor too late to be paused."""
    for number in AT_ANY_HOUR:
        agree_to_any_hour(demo_folder, number)
    begins, ends = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 6))
    command = [sys.executable, "-m", "yesword", "proclaim", "emergency", "US-NY", "--name", "flood"]
    times = ["--from", begins.isoformat(), "--to", ends.isoformat()]
    subprocess.run([*command, *times, "--data", str(demo_folder)], check=True, capture_output=True)


def write(page, name="Spring"):
    page.goto("/campaigns/new")
    page.fill("[name=name]", name)
    page.fill("[name=text]", TEXT)
    page.locator(".form-actions button.button-main").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+$"))


def counted(page):
    """Wait until the gate has been asked about everybody; without a script, by looking again."""
    for _look in range(60):
        if page.locator(".verdicts").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    pytest.fail("the verdict was not counted")


def test_a_field_goes_in_at_the_cursor_and_the_preview_follows(visit):
    page = visit()
    page.goto("/campaigns/new")
    page.fill("[name=text]", "Hello , it is spring")
    page.locator("[name=text]").evaluate("field => field.setSelectionRange(6, 6)")
    page.get_by_role("button", name="First name").click()
    page.keyboard.type("you")
    assert page.input_value("[name=text]") == "Hello [First name|you], it is spring"
    page.wait_for_selector(".bubble-text:has-text('it is spring')")
    assert page.url.endswith("/campaigns/new")


def test_a_campaign_goes_from_draft_to_its_texts_with_a_script(visit):
    page = visit()
    write(page)
    page.wait_for_selector(".verdicts")
    page.locator(".send-actions a").first.click()
    page.locator("dialog[open] button.button-main").click()
    page.wait_for_selector("#live")
    page.wait_for_selector("tr:has-text('Delivered')", timeout=30_000)
    expect(page.get_by_role("button", name="Pause sending")).to_be_visible()
    page.get_by_role("button", name="Pause sending").click()
    page.wait_for_selector(".toast:has-text('is paused')")
    page.get_by_role("link", name="Cancel the rest").click()
    page.locator("dialog[open] input[name=typed]").fill("CANCEL")
    page.locator("dialog[open] button.button-main").click()
    page.wait_for_selector("text=It was cancelled.", timeout=30_000)


def test_a_campaign_goes_from_draft_to_its_end_without_a_script(visit):
    page = visit(java_script_enabled=False)
    page.goto("/campaigns/new")
    page.fill("[name=name]", "Plain")
    page.fill("[name=text]", "[Brand]: plain.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".bubble-text")).not_to_have_count(0)
    page.get_by_role("button", name="And …").click()
    expect(page.locator(".condition")).to_have_count(2)
    page.locator(".form-actions button.button-main").click()
    counted(page)
    page.locator(".send-actions a").first.click()
    page.locator("main button.button-main").click()
    expect(page.locator("text=is on its way")).not_to_have_count(0)
    page.get_by_role("link", name="Cancel the rest").click()
    page.fill("[name=typed]", "CANCEL")
    page.locator("main button.button-main").click()
    expect(page.locator("text=is cancelled")).not_to_have_count(0)


def test_axe_finds_nothing_and_nothing_runs_over(visit):
    page = visit()
    write(page, "Looked at")
    counted(page)
    draft = page.url
    page.goto("/messages")
    message = page.locator("tbody th a").first.get_attribute("href")
    for address in (
        "/campaigns", f"{draft}/edit", draft, f"{draft}/verdict/refuse", f"{draft}/start", "/messages", message,
    ):  # fmt: skip
        page.goto(address)
        assert wrong_with(page) == [], address
