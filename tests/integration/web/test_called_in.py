"""A real web process listens for accounts whose carriers call in: it notes so, and fetches what came while it was gone."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from factories.ports import free_port
from factories.worlds import ANNA, CLUB, world
from yesword.sending import gaps
from yesword.store import account_secrets
from yesword.store.models import SendingHold

SID = "AC0123456789abcdef0123456789abcdef"
GAP_S = 3
PATIENCE_S = 60


@pytest.fixture
def twilio():
    """Its list of what came in, which holds one stop."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            stop = {
                "sid": "SM1", "direction": "inbound", "from": ANNA, "to": CLUB, "body": "STOP",
                "date_sent": format_datetime(datetime.now(UTC)),
            }  # fmt: skip
            body = json.dumps({"messages": [stop], "next_page_uri": None}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def here(store, twilio, monkeypatch):
    monkeypatch.setenv("YESWORD_GAP_AFTER", str(GAP_S))
    with world(store) as made:
        made.now[0] = datetime.now(UTC)
        made.join()
        made.account.channel = "twilio"
        made.account.settings = {"account_sid": SID, "base_url": twilio, "public_url": "https://t.example"}
        made.account.save()
        account_secrets.set_one(store, made.account.key, "auth_token", "hush")
        yield made


@contextmanager
def web(store):
    command = [sys.executable, "-m", "yesword", "web", "--data", str(store.folder)]
    command += ["--port", str(free_port())]
    own = os.environ | ({"YESWORD_DATABASE_URL": store.url} if store.url else {})
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=own)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def until(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def heard_at(here):
    with here.store.database.read() as session:
        found = gaps.listening(session).get(here.account.pk)
    return None if found is None else found.heard_at


def test_it_notes_that_carriers_can_call_in_and_asks_for_what_it_missed(here):
    with web(here.store):
        until(lambda: heard_at(here))  # nobody has asked it for a page yet
    last = heard_at(here)
    until(lambda: gaps.look(here.store, datetime.now(UTC)))
    assert here.kinds()[-1] == "confirmed"
    with web(here.store):
        until(lambda: heard_at(here) > last)
        gap = until(lambda: SendingHold.objects.filter(why=gaps.GAP).exclude(ended_at=None).first())
    assert gaps.open_gap(here.account.pk) is None
    assert gap.account_id == here.account.pk
    assert here.kinds()[-1] == "withdrawn"
