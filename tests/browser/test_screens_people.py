"""The pages about people, programs and handsets in a real browser, on the demo as anybody starts it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

CHROMIUM = os.environ.get("YESWORD_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
READY_WITHIN_S = 90
PATIENCE_MS = 20_000
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True, kw_only=True)
class Demo:
    url: str
    password: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YESWORD_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "yesword", "demo", "--data", str(folder / "data"), "--port", str(port)],
            stdout=log,
            stderr=log,
            env=environment,
        )
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while b"The demo is ready" not in (folder / "log").read_bytes():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.2)
        said = (folder / "log").read_text()
        (url,) = re.findall(r"Console +(http://\S+)/", said)
        yield Demo(url=url, password=(folder / "data" / "demo-sign-in").read_text())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture(scope="module")
def chromium():
    if not os.path.exists(CHROMIUM):  # noqa: PTH110
        pytest.skip("Chromium is not on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def session(chromium, demo):
    """What a browser keeps once somebody has signed in."""
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.url}/sign-in")
    page.get_by_label("Name", exact=True).fill("demo")
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{demo.url}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(chromium, demo, session):
    """Opens a page of the demo in a browser of a given size; complaints of the browser fail the test."""
    opened, complaints = [], []

    def opener(address, viewport=None, **more):
        context = chromium.new_context(
            base_url=demo.url, storage_state=session, viewport=viewport or DESK, locale="en-GB", **more
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield opener
    for context in opened:
        context.close()
    assert complaints == []


def anna(page):
    page.goto("/people")
    page.get_by_label("Find by name or full number").fill("Anna de")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Anna de Wit").click()
    page.get_by_role("heading", name="Anna de Wit", level=1).wait_for()
    return page


def serious(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone, light", "desk, dark"]
)
@pytest.mark.parametrize(
    "address", ["/", "/people", "/programs", "/programs/club", "/handsets", "person", "/people?state=refused"]
)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(open_page, address, viewport, scheme):
    page = open_page("/" if address == "person" else address, viewport, color_scheme=scheme)
    if address == "person":
        anna(page)
        page.goto(page.url + "?check=club")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_somebody_joins_and_leaves_from_a_handset_and_the_record_follows(open_page):
    page = open_page("/handsets")
    desk = page.locator(".desk").first
    sentence = desk.locator(".permission-sentence")
    for said, answered, permitted in (
        ("SAVEMORE", "BEVESTIGEN", "has not yet said yes"),
        ("ja", "Welkom", "may be texted Club offers, because they confirmed"),
        ("Stop. 🙏", "afgemeld", "may not be texted by Wintelroos"),
    ):
        desk.get_by_label("Text message to 800123").fill(said)
        desk.get_by_label("Text message to 800123").press("Enter")
        desk.locator(".bubble:not(.bubble-person)", has_text=answered).wait_for()
        sentence.filter(has_text=permitted).wait_for()
        assert desk.get_by_label("Text message to 800123").input_value() == ""
    desk.get_by_role("link", name="See the whole record").click()
    page.locator(".timeline-item").nth(2).wait_for()
    assert page.locator(".timeline-head strong").all_inner_texts() == ["Withdrawn", "Confirmed", "Asked"]
    assert re.search(r"/people/con_\w+$", page.url)


def test_the_handsets_work_without_script(open_page):
    page = open_page("/handsets", java_script_enabled=False)
    desk = page.locator(".desk").first
    before = desk.locator(".bubble").count()
    desk.get_by_label("Text message to 800123").fill("HELP")
    desk.get_by_role("button", name="Send to 800123").click()
    page.wait_for_url(re.compile(r"/handsets#p\w+$"))
    for _look in range(20):
        if desk.locator(".bubble").count() == before + 2:
            break
        page.get_by_role("link", name="Look for new texts").click()
    assert desk.locator(".bubble").count() == before + 2


def test_nothing_is_read_out_again_while_nothing_is_new(open_page):
    page = open_page("/handsets")
    with page.expect_response(re.compile(r"/handsets/\w+\?seen=")) as polled:
        pass
    assert polled.value.status == 204


def test_the_number_shows_on_demand_and_is_masked_again_afterwards(open_page):
    page = anna(open_page("/people"))
    assert "+31612345001" not in page.content()
    page.get_by_role("button", name="Show the number").click()
    page.get_by_text("+31612345001").wait_for()
    anna(page)
    assert "+31612345001" not in page.content()


def test_the_receipt_comes_as_a_file(open_page):
    page = anna(open_page("/people"))
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the receipt for Club").click()
    assert re.fullmatch(r"receipt-club-con_\w+\.tlog-proof", coming.value.suggested_filename)


def test_everything_is_reached_by_keyboard(open_page):
    page = open_page("/programs")
    page.get_by_role("link", name="Club").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Club", level=1).wait_for()
    page.get_by_role("link", name="Dutch").focus()
    page.keyboard.press("Enter")
    page.locator("blockquote[lang=nl]").wait_for()
    assert "Sms SAVEMORE naar 800123" in page.locator("blockquote[lang=nl]").inner_text()
