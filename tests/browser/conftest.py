"""The demo as anybody starts it, and a browser that is signed in to it.

Files of tests share one demo, each with forms and people of its own; where tests are spread over processes, a file stays
whole. One marked `own_demo` changes what others look at, or what lies in the demo's folder, and gets a demo for itself.
"""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.request

import pytest

from factories.ports import free_port
from factories.visitors import DESK, PATIENCE_MS, listen

# The same engine without the windows of a desktop, which take most of the time of a start; or else with them.
CHROMIUM = next(
    (each for name in ("chromium-headless-shell", "chromium") if (each := shutil.which(name))), None
)
_STRANGERS = itertools.count()


@pytest.fixture(scope="session")
def fresh_demo(tmp_path_factory):
    """A demo as it is when it starts for the first time: made once, since that takes as long as a few tests."""
    folder = tmp_path_factory.mktemp("fresh") / "demo"
    command = [sys.executable, "-m", "yesword", "demo", "--data", str(folder), "--check"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment(), timeout=120)
    return folder


@pytest.fixture(scope="session")
def shared_demo(fresh_demo, tmp_path_factory):
    with _running(shutil.copytree(fresh_demo, tmp_path_factory.mktemp("shared") / "demo")) as demo:
        yield demo


@pytest.fixture(scope="module")
def demo_folder(request, fresh_demo, tmp_path_factory):
    assert request.node.get_closest_marker("own_demo"), "what lies in the demo's folder is not for all"
    return shutil.copytree(fresh_demo, tmp_path_factory.mktemp("demo") / "demo")


@pytest.fixture(scope="module")
def demo(request):
    """The address of the demo, and the words to sign in with."""
    if request.node.get_closest_marker("own_demo") is None:
        yield request.getfixturevalue("shared_demo")
        return
    with _running(request.getfixturevalue("demo_folder")) as demo:
        yield demo


def _environment():
    """Nobody has listened since a copy was made, and nothing was missed: no gap has to be closed before anything is sent.

    Visitors are believed where they say that they come from, so that each has an address of their own.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("YESWORD_")}
    return {**own, "YESWORD_GAP_AFTER": "86400", "YESWORD_PROXIES": "127.0.0.1 ::1"}


@contextlib.contextmanager
def _running(folder):
    port = free_port()
    command = [sys.executable, "-m", "yesword", "demo", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=_environment())
    address = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + 90
        while True:
            assert process.poll() is None, "the demo ended by itself"
            assert time.monotonic() < deadline, "the demo did not start"
            try:
                urllib.request.urlopen(f"{address}/sign-in", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address, (folder / "demo-sign-in").read_text()
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(demo, chromium):
    address, password = demo
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=name]", "demo")
    page.fill("[name=password]", password)
    page.click("main button.button-main")
    page.wait_for_url(f"{address}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def desk(demo, chromium, signed_in):
    """A colleague's page, for what has to be there before somebody comes."""
    context = chromium.new_context(base_url=demo[0], storage_state=signed_in, locale="en-GB", viewport=DESK)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(demo, chromium, signed_in):
    """Opens pages as somebody who is signed in; fails when the browser complains of anything."""
    complaints, contexts = [], []

    def opened(visitor=None, **more):
        known = visitor.browser if visitor else {"viewport": DESK, "locale": "en-GB"}
        context = chromium.new_context(**{"base_url": demo[0], "storage_state": signed_in, **known, **more})
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def stranger(demo, chromium):
    """Opens pages as somebody without an account; fails when the browser complains, or asks anybody but us.

    `beside`: the origins of other sites that may be asked, too. `forgives`: what the browser may complain of.
    """
    complaints, contexts = [], []

    def opened(visitor=None, *, beside=(), forgives=(), **more):
        known = visitor.browser if visitor else {"viewport": DESK, "locale": "en-GB"}
        # A header of one's own makes browsers ask a site beside ours first whether it may be sent.
        away = {} if beside else {"X-Forwarded-For": f"198.18.{next(_STRANGERS) % 256}.1"}
        context = chromium.new_context(**{"base_url": demo[0], "extra_http_headers": away, **known, **more})
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints, (demo[0], *beside), forgives)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
