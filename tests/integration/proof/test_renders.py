"""Pages as people were shown them: once under their digest, and pictured without a network, a script or a way out."""

import contextlib
import http.server
import os
import struct
import threading
import time

import pytest
from django.db import connections
from django.db.utils import DatabaseError

from factories.browsers import need_chromium
from factories.worlds import TEXTS, publish, world
from yesword.domain import composing
from yesword.domain.evidence import EvidenceKind
from yesword.domain.evidence.media import accept
from yesword.domain.programs import UnknownLanguageError
from yesword.proof import renders
from yesword.proof.renders import NoChromiumError, RenderError
from yesword.store import models, shown_pages
from yesword.store.programs import disclosure_digest

PAGE = "<!doctype html><html lang=en><body><p>Yes, text me.</p></body></html>"


@pytest.fixture
def here(store):
    with world(store) as made:
        yield made


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """Puts a program of our own in Chromium's place; without a script, none at all."""

    def put(script=None):
        folder = tmp_path / "bin"
        folder.mkdir()
        if script is not None:
            program = folder / "chromium"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
            for name in ("sh", "sleep"):
                (folder / name).symlink_to(f"/bin/{name}")
        monkeypatch.setenv("PATH", str(folder))

    return put


def rows(here):
    return here.sql("SELECT digest, kind, of_digest, width FROM shown_page ORDER BY width")


# --- pages -------------------------------------------------------------------------------------------------------


def test_without_a_browser_the_page_is_kept_and_the_lack_is_told(here, browser):
    browser()
    (shown,) = renders.publish_program(here.store, here.club, here.at)
    assert isinstance(shown.trouble, NoChromiumError)
    assert shown.pictures == {}
    with here.store.database.read() as session:
        page = shown_pages.read(session, shown.page)
    assert page.body.decode() == renders.page_of_program(here.club, "en")
    assert accept(page.body, page.media_type, EvidenceKind.FORM_VERSION).sha256 == shown.page


def test_a_page_says_brand_program_wording_and_version_and_nothing_can_break_out_of_it(here):
    brand = models.Brand.objects.get()
    brand.name = "Linde & <script>"
    sender = models.Sender.objects.get(address=here.club.sender)
    program = publish(brand, sender, key="shoes", name='"Shoes" & more', texts=(("en", TEXTS), ("nl", TEXTS)))
    page = renders.page_of_program(program, "nl")
    wording = composing.disclosure(program, "nl")
    assert "Linde &amp; &lt;script&gt;" in page
    assert "<script" not in page
    assert "&quot;Shoes&quot; &amp; more" in page
    assert '<html lang="nl">' in page
    assert f"shoes, version 1, nl, SHA-256 {disclosure_digest(wording)}" in page
    with pytest.raises(UnknownLanguageError):
        renders.page_of_program(program, "de")


def test_the_same_page_is_published_once_and_another_version_is_another_page(here):
    publishing = {"with_pictures": False}
    first = renders.publish_program(here.store, here.club, here.at, **publishing)
    here.wait(days=1)
    assert renders.publish_program(here.store, here.club, here.at, **publishing) == first
    assert rows(here) == [(first[0].page, "form_version", None, None)]
    second = publish(models.Brand.objects.get(), models.Sender.objects.get(address="800123"), name="The Club")
    assert renders.shown(here.store, second, "en") is None
    assert renders.publish_program(here.store, second, here.at, **publishing)[0].page != first[0].page
    assert renders.shown(here.store, here.club, "en") == first[0]


def test_what_was_shown_is_never_changed_nor_deleted(here):
    renders.publish_program(here.store, here.club, here.at, with_pictures=False)
    for statement in ("UPDATE shown_page SET body = body", "DELETE FROM shown_page"):
        with pytest.raises(DatabaseError, match="append-only"):
            here.sql(statement)
        connections["default"].rollback() if connections["default"].in_atomic_block else None


# --- pictures ----------------------------------------------------------------------------------------------------


def test_a_program_is_pictured_on_a_telephone_and_on_a_desk_once(here, monkeypatch):
    need_chromium()
    (shown,) = renders.publish_program(here.store, here.club, here.at)
    assert shown.trouble is None
    assert [row[1:] for row in rows(here) if row[2]] == [
        ("page_render", shown.page, 390),
        ("page_render", shown.page, 1280),
    ]
    monkeypatch.setattr(renders, "render", lambda _page: pytest.fail("it was pictured before"))
    assert renders.publish_program(here.store, here.club, here.at) == (shown,)


def test_a_picture_has_the_size_of_its_screen_and_shows_the_words():
    need_chromium()
    made, other = renders.render(PAGE), renders.render(PAGE.replace("Yes", "No"))
    for width, height in renders.WINDOWS.items():
        assert struct.unpack(">II", made[width][16:24]) == (width, height)
        assert made[width] != other[width]
    assert renders.render(PAGE) == made


@pytest.mark.parametrize("colour", ["#ffffff", "#12ab0f"])
def test_a_picture_that_shows_nothing_is_none(colour):
    need_chromium()
    with pytest.raises(RenderError, match="shows nothing"):
        renders.render(f'<!doctype html><html><body style="background:{colour}">')


@pytest.fixture
def listener():
    asked = []

    class Desk(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_args):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_reaches_no_network_no_file_and_runs_no_script(listener, tmp_path):
    need_chromium()
    port, asked = listener
    secret = tmp_path / "secret.html"
    secret.write_text('<body style="background:#ff0000">')
    body = '<!doctype html><html><body style="margin:0"><h1>Yes, text me.</h1>{}</body></html>'
    wanted = "".join(
        f'<{tag} src="{address}" style="position:absolute;left:0;width:400px;height:400px;border:0"></{tag}>'
        for tag, address in (
            ("iframe", secret.as_uri()),
            ("iframe", f"http://127.0.0.1:{port}/frame"),
            ("img", f"http://127.0.0.1:{port}/picture"),
            ("img", f"http://localhost:{port}/by-name"),
        )
    )
    script = (
        f'<script>document.body.style.background="#ff0000"; fetch("http://127.0.0.1:{port}/script")</script>'
    )
    refresh = f'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{port}/refresh">'
    style = f"<style>@import url(http://127.0.0.1:{port}/style);</style>"
    assert renders.render(body.format(script)) == renders.render(body.format(""))
    # What may not be loaded leaves an empty frame: the same as for a file that is not there.
    gone = wanted.replace("secret.html", "missing.html")
    assert renders.render(body.format(wanted + style)) == renders.render(body.format(gone))
    with contextlib.suppress(RenderError):  # a page that leads elsewhere is no page that was shown
        renders.render(body.format(refresh))
    assert asked == []


def test_a_browser_that_hangs_is_ended_with_all_that_it_started(browser, tmp_path):
    browser(f"sleep 60 & echo $! > {tmp_path}/child\nwait")
    with pytest.raises(RenderError, match="longer than 3 seconds"):
        renders.render(PAGE, timeout_s=3)
    child = int((tmp_path / "child").read_text())
    for _ in range(200):
        if not is_alive(child):
            return
        time.sleep(0.01)
    pytest.fail("what the browser had started still runs")


def is_alive(process):
    try:
        os.kill(process, 0)
        with open(f"/proc/{process}/stat") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("exit 3", "ended with code 3", id="it fails"),
        pytest.param("exit 0", "ended without one", id="it makes none"),
        pytest.param(
            'for each; do case $each in --screenshot=*) echo no picture > "${each#*=}";; esac; done',
            "text/plain",
            id="what it makes is none",
        ),
    ],
)
def test_a_browser_that_makes_no_picture_is_told_and_the_page_is_kept(here, browser, script, reason):
    browser(script)
    (shown,) = renders.publish_program(here.store, here.club, here.at)
    assert isinstance(shown.trouble, RenderError)
    assert reason in str(shown.trouble)
    assert [row[1] for row in rows(here)] == ["form_version"]
