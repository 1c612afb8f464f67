"""A carrier that is spoken to over HTTP: the network in memory behind real sockets, in threads of this process.

It has a card of its own. Requests that arrive together are taken together, as a carrier's frame is; what waits for an
account is called in to whoever said where.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from yesword.channels.http import card as cards
from yesword.channels.http.generic import GenericProvider, GenericSettings
from yesword.channels.http.provider import Call, Setup, take
from yesword.channels.memory import MemoryCarrier

SECRET = "a word between two"
TOGETHER_S = 0.004

CARD = """
name = "The carrier of the tests"
[send]
url = "{origin}/accounts/{{value.account}}/messages"
headers = {{ Authorization = "Bearer {{secret.token}}" }}
fields = {{ ref = "{{reference}}", from = "{{sender}}", to = "{{number}}", text = "{{text}}" }}
[send.success]
id = "id"
[send.failure]
code = "error"
[errors]
unknown_subscriber = "unknown_subscriber"
spam = "filtered"
opted_out = "opted_out"
invalid_number = "invalid_number"
absent_subscriber = "temporary"
[calls]
signature = "hmac-sha256"
secret = "signing"
header = "X-Signature"
encoding = "base64"
timestamp_header = "X-Time"
list = "items"
[inbound]
when = {{ field = "kind", is = ["text"] }}
id = "id"
from = "from"
to = "to"
text = "text"
at = "at_ms"
at_form = "unix-ms"
[report]
when = {{ field = "kind", is = ["report"] }}
id = "id"
state = "state"
code = "error"
reference = "ref"
at = "at_ms"
at_form = "unix-ms"
[report.states]
delivered = "delivered"
failed = "failed"
expired = "expired"
rejected = "rejected"
unknown = "unknown"
"""


def provider(origin, account="main"):
    settings = GenericSettings(card="", values={"account": account})
    setup = Setup(account=account, settings=settings, secrets={"token": SECRET, "signing": SECRET})
    return GenericProvider(setup=setup, card=cards.read("test.toml", CARD.format(origin=origin)))


class HttpCarrier(MemoryCarrier):
    """The network in memory, with a door of its own for HTTP."""

    def __init__(self):
        super().__init__()
        self.together_s = TOGETHER_S  # how long nothing more has come when it takes what came
        self._listeners = {}  # account to where it is called
        self._loop = asyncio.new_event_loop()
        self._asked = []  # (writer, account, row) that arrived together
        self._writers = set()
        self._timer = None
        self._brought = 0
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,))
        self._thread.start()
        ready.wait()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, ready):
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=200))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        loop.run_until_complete(asyncio.sleep(0.05))  # what was let in meanwhile gets its writer
        server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.02))
        loop.close()

    async def _serve(self, reader, writer):
        self._writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")
                )
                body = json.loads(await reader.readexactly(length))
                assert f"Authorization: Bearer {SECRET}" in head
                self._asked.append((writer, head.split("/")[2], body))
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = self._loop.call_later(self.together_s, self._take)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _take(self):
        # Which of several connections is read first is chance.
        asked, self._asked, self._timer = sorted(self._asked, key=lambda each: int(each[2]["ref"])), [], None
        with self._lock:
            behaviour = self._network.behaviour
            limit = behaviour.disconnect_after
            is_cut = limit is not None and self._brought + len(asked) >= limit
            rows = [(int(body["ref"]), body["from"], body["to"], body["text"]) for _, _, body in asked]
            answers = self._network.submit(rows[: limit - self._brought] if is_cut else rows)
            self._brought = 0 if is_cut else self._brought + len(rows)
            self._network.bring_reports(asked[0][1], answers.reports)
        if is_cut:
            for writer in list(self._writers):
                writer.transport.abort()
        elif not behaviour.silent:
            said = {ref: (201, {"id": found}) for ref, found in answers.accepted}
            said |= {ref: (400, {"error": code}) for ref, code in answers.refused}
            said |= {ref: (429, {"error": "throttled"}) for ref in answers.throttled}
            for writer, _, body in asked:
                status, answer = said[int(body["ref"])]
                data = json.dumps(answer).encode()
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(data), data))


class Doorman:
    """Stands for the web's door: takes the carrier's calls, proves and reads them, and answers once they are stored."""

    def __init__(self, carrier, account):
        self._carrier, self._account = carrier, account
        self._provider = provider(carrier.origin, account)

    def run(self, handler, stop):
        doorman = self
        broken = []

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(method="POST", url=door_url, headers=headers, body=body, at=datetime.now(UTC))
                taken = take(doorman._provider, call)
                try:
                    verdicts = handler(list(taken.items))
                except Exception as error:  # noqa: BLE001 - passed on below
                    broken.append(error)
                    stop.set()
                    verdicts = [False]
                self.send_response(taken.answer.status if all(verdicts) else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
            door_url = f"http://127.0.0.1:{server.server_port}/carriers/{self._account}/word"
            serving = threading.Thread(target=server.serve_forever, args=(0.01,))
            serving.start()
            try:
                while not stop.is_set():
                    if not self._bring(door_url):
                        stop.wait(0.002)
            finally:
                server.shutdown()
                serving.join()
        if broken:
            raise broken[0]

    def _bring(self, url):
        """One call for one item, or as many as carry: the carrier brings what is not taken again."""
        carrier, took = self._carrier, False
        for name in (self._account, ""):
            with carrier._lock:
                mailbox = carrier._network.mailbox(name)
                raw = mailbox.take(50)
            for group in [raw] if all(item[1] == "report" for item in raw) else [[item] for item in raw]:
                if group:
                    is_taken = call_in(url, [_item(item) for item in group])
                    took = took or is_taken
                    with carrier._lock:
                        if is_taken:
                            mailbox.acknowledge([item[0] for item in group])
                        else:
                            mailbox.bring_again([item[0] for item in group])
        return took


def _item(raw):
    if raw[1] == "text":
        return dict(zip(("kind", "id", "from", "to", "text", "at_ms"), raw[1:], strict=True))
    return dict(zip(("kind", "id", "state", "error", "at_ms", "ref"), raw[1:], strict=True))


def signed(body, at):
    stamp = str(int(at.timestamp()))
    digest = hmac.digest(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return {"X-Time": stamp, "X-Signature": base64.b64encode(digest).decode()}


def call_in(url, items):
    body = json.dumps({"items": items}).encode()
    request = urllib.request.Request(url, body, signed(body, datetime.now(UTC)))
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False
