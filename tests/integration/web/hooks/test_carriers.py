"""Providers call in: proven, stored and drained before anything is acknowledged; the same twice is the same once."""

import io
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from factories.pages import empty_limits
from factories.worlds import ANNA, CLUB
from yesword.domain.events import EventKind
from yesword.domain.messages import MessageState
from yesword.sending import carriers, handing
from yesword.store import account_secrets
from yesword.web.hooks import carriers as door
from yesword.worker import channels

SID = "AC0123456789abcdef0123456789abcdef"
TOKEN = "the token of the account"
PUBLIC = "https://texts.example.com"
OURS_ID = f"SM{7:032x}"


@pytest.fixture(autouse=True)
def nobody_has_knocked_yet(monkeypatch):
    for each in empty_limits(monkeypatch, door):
        monkeypatch.setattr(each, "_clock", lambda: 0.0)  # nothing flows back while a test takes its time


def on_twilio(here, **settings):
    """The account of the world's senders is one with Twilio from here on."""
    here.account.channel = "twilio"
    here.account.settings = {"account_sid": SID, "public_url": PUBLIC} | settings
    here.account.save()
    account_secrets.set_one(here.store, here.account.key, "auth_token", TOKEN)
    return carriers.carrier(here.store, here.account)


@pytest.fixture
def carrier(here):
    return on_twilio(here)


def knock(client, carrier, fields, *, token=TOKEN, query="", url=None, **more):
    """As Twilio does it: signed over the public address, which is not the one that this process sees."""
    address = carrier.setup.callback_url + query
    signature = RequestValidator(token).compute_signature(url or address, fields)
    parts = urlsplit(address)
    return client.post(
        parts.path + (f"?{parts.query}" if parts.query else ""),
        data=urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
        **more,
    )


def text(body="STOP", *, number=ANNA, ref=f"SM{1:032x}"):
    return {
        "MessageSid": ref,
        "AccountSid": SID,
        "From": number,
        "To": CLUB,
        "Body": body,
        "SmsStatus": "received",
    }


def kinds_of(record, here):
    return [each.event.kind for each in record(here)]


def test_a_stop_is_a_withdrawal_before_it_is_acknowledged_and_comes_twice_without_harm(
    here, client, record, carrier
):
    here.members(1, numbers=[ANNA])
    for _ in range(3):
        answer = knock(client, carrier, text())
        assert (answer.status_code, answer.content) == (200, b"<Response/>")
        assert answer["Content-Type"] == "text/xml"
    assert kinds_of(record, here) == [EventKind.GRANTED, EventKind.WITHDRAWN]
    assert here.sql("SELECT count(*) FROM inbound_text")[0][0] == 1


def test_a_stop_is_not_acknowledged_while_a_text_is_being_handed_over_and_stands_all_the_same(
    here, client, record, carrier
):
    here.plan(*here.members(1, numbers=[ANNA]))
    (held,) = here.claim_all()  # a worker has it in its hands
    answer = knock(client, carrier, text())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert kinds_of(record, here)[-1] is EventKind.WITHDRAWN
    outcomes = handing.hand_over_claim(here.store, here.dispatcher.channels, held, here.at)
    handing.record(here.store, held, outcomes, here.at)
    assert knock(client, carrier, text()).status_code == 200
    assert here.carrier.counts().get("accepted", 0) == 0, "it was recalled in time"


def test_what_cannot_be_stored_is_not_acknowledged(here, client, carrier):
    here.sql("ALTER TABLE inbound_text RENAME TO gone")
    assert knock(client, carrier, text("hello")).status_code == 503
    here.sql("ALTER TABLE gone RENAME TO inbound_text")
    assert knock(client, carrier, text("hello")).status_code == 200


def test_a_report_settles_the_text_by_our_own_reference(here, client, carrier):
    message = here.plan(*here.members(1))
    here.settle()
    report = {"MessageSid": OURS_ID, "AccountSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    assert knock(client, carrier, report, query=f"?reference={message}").status_code == 204
    rows = here.sql("SELECT provider_id, state, error_code, meaning, message_id FROM delivery_report")
    assert [tuple(row) for row in rows] == [(OURS_ID, "failed", "30005", "unknown_subscriber", message)]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"token": "another"}, id="signed by another"),
        pytest.param({"url": "http://localhost/carriers"}, id="signed for another address"),
    ],
)
def test_what_a_stranger_sends_is_not_stored(here, client, record, carrier, wrong):
    here.members(1, numbers=[ANNA])
    answer = knock(client, carrier, text(), **wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "carrier_call_unproven")
    assert here.sql("SELECT count(*) FROM inbound_text")[0][0] == 0
    assert kinds_of(record, here) == [EventKind.GRANTED]


@pytest.mark.parametrize("part", ["account", "word"])
def test_an_address_that_is_nobodys_tells_nothing(here, client, carrier, part):
    _, _, account, word = urlsplit(carrier.setup.callback_url).path.split("/")
    path = f"/carriers/other/{word}" if part == "account" else f"/carriers/{account}/{'x' * 22}"
    answer = client.post(path, data=b"x", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (404, "carrier_address")


def test_who_knocks_on_and_on_is_asked_to_wait_and_the_provider_is_not(here, client, carrier):
    codes = {
        knock(client, carrier, text(ref=f"SM{index:032x}"), token="x").status_code for index in range(130)
    }
    assert codes == {401, 429}
    assert knock(client, carrier, text("hello")).status_code == 200


def test_what_is_too_long_is_not_read(here, client, carrier):
    answer = client.post(
        urlsplit(carrier.setup.callback_url).path,
        data=b"x" * (door.MOST_BYTES + 1),
        content_type="text/plain",
    )
    assert answer.status_code == 413


def test_a_proven_call_that_cannot_be_read_is_refused_without_its_words(here, client, carrier):
    answer = knock(client, carrier, text() | {"AccountSid": "ACother"})
    assert (answer.status_code, answer.json()["code"]) == (400, "carrier_call_unreadable")
    assert ANNA not in answer.content.decode()


def test_an_account_that_is_set_up_wrongly_lets_the_provider_keep_what_it_has(here, client, carrier):
    account_secrets.write(
        here.store,
        here.account.key,
        {"callback_word": account_secrets.callback_word(here.store, here.account.key)},
    )
    assert knock(client, carrier, text()).status_code == 503


CARD = """
name = "Plain"
[send]
url = "https://plain.example/send"
[send.fields]
to = "{digits}"
body = "{text}"
[send.success]
id = "id"
[calls]
signature = "shared-secret"
secret = "word"
header = "X-Word"
[inbound]
id = "id"
from = "from"
to = "to"
text = "text"
"""


@pytest.mark.parametrize(
    "written", ["31612345678", 31612345678, "0612345678", "612345678", " 0031612345678 ", ANNA]
)
def test_a_card_understands_each_way_to_write_who_stops(here, client, record, tmp_path, written):
    here.members(1, numbers=[ANNA])
    here.account.sender_set.filter(address=CLUB).update(address="+31612999999")
    (tmp_path / "plain.toml").write_text(CARD, "utf-8")
    here.account.channel = "generic"
    here.account.settings = {"card": str(tmp_path / "plain.toml"), "public_url": PUBLIC}
    here.account.save()
    account_secrets.set_one(here.store, here.account.key, "word", "hush")
    address = carriers.carrier(here.store, here.account).setup.callback_url
    answer = client.post(
        urlsplit(address).path,
        data=json.dumps({"id": "1", "from": written, "to": 31612999999, "text": "STOP"}),
        content_type="application/json",
        headers={"X-Word": "hush"},
    )
    assert answer.status_code == 200, answer.content
    assert kinds_of(record, here) == [EventKind.GRANTED, EventKind.WITHDRAWN]


def test_a_card_that_is_not_there_lets_the_provider_keep_what_it_has(here, client, tmp_path):
    here.account.channel = "generic"
    here.account.settings = {"card": str(tmp_path / "gone.toml"), "public_url": PUBLIC}
    here.account.save()
    path = f"/carriers/{here.account.key}/{account_secrets.callback_word(here.store, here.account.key)}"
    answer = client.post(path, data=b"{}", content_type="application/json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert (answer["Content-Type"], len(answer.content) < 400) == ("application/problem+json", True)


def test_what_is_changed_of_an_account_counts_at_its_next_call(here, client, carrier):
    assert knock(client, carrier, text("hello")).status_code == 200
    account_secrets.set_one(here.store, here.account.key, "auth_token", "another")
    assert knock(client, carrier, text("hello", ref=f"SM{2:032x}")).status_code == 401
    assert knock(client, carrier, text("hello", ref=f"SM{2:032x}"), token="another").status_code == 200
    here.account.settings["account_sid"] = "AC" + "9" * 32
    here.account.save()
    assert knock(client, carrier, text("hello", ref=f"SM{3:032x}"), token="another").status_code == 400
    here.account.channel = "smpp"
    here.account.save()
    assert knock(client, carrier, text("hello", ref=f"SM{3:032x}"), token="another").status_code == 404


def test_an_account_that_nobody_calls_has_no_address(here, client, carrier):
    here.account.channel = "simulator"
    here.account.save()
    assert knock(client, carrier, text()).status_code == 404


# The whole way, on sockets


class Api:
    """Twilio's Messages API as far as a text needs it: a server that takes what its library would send."""

    def __init__(self):
        self.taken = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                api.taken.append((self.path, {name: value[0] for name, value in parse_qs(body).items()}))
                is_blocked = api.taken[-1][1]["To"] in api.blocked
                said = (
                    {"code": 21610, "message": "blocked"}
                    if is_blocked
                    else {"sid": f"SM{len(api.taken):032x}"}
                )
                data = json.dumps(said).encode()
                self.send_response(400 if is_blocked else 201)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.blocked = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def api():
    made = Api()
    yield made
    made.close()


@pytest.fixture
def through(here, api):
    """The world's texts go out through Twilio's API."""
    carrier = on_twilio(here, base_url=api.origin, per_second=500.0)
    made = channels.channels(here.store)
    here.dispatcher.channels.clear()
    here.dispatcher.channels.update(made)
    yield carrier
    for each in made.values():
        each.close()


def test_a_text_goes_out_its_report_comes_in_and_a_stop_ends_it_all(here, client, record, api, through):
    person = here.members(1, numbers=[ANNA])
    message = here.plan(*person)
    here.settle()
    (path, sent) = api.taken[-1]
    assert path == f"/2010-04-01/Accounts/{SID}/Messages.json"
    assert (sent["To"], sent["From"]) == (ANNA, CLUB)
    assert sent["StatusCallback"] == f"{through.setup.callback_url}?reference={message}"
    assert here.message(message)[0] is MessageState.SENT

    report = {"MessageSid": f"SM{1:032x}", "AccountSid": SID, "MessageStatus": "delivered"}
    assert knock(client, through, report, query=f"?reference={message}").status_code == 204
    here.settle()
    assert here.message(message)[0] is MessageState.DELIVERED

    assert knock(client, through, text(ref=f"SM{50:032x}")).status_code == 200
    before = len(api.taken)
    here.plan(*person)
    here.settle()
    texts = [sent["Body"] for _, sent in api.taken[before:]]
    assert all("no more messages" in each for each in texts), "only the confirmation of the stop"
    assert kinds_of(record, here)[-1] is EventKind.WITHDRAWN


def test_a_block_at_the_provider_is_news_to_us_and_ends_the_consent(here, record, api, through):
    api.blocked.add(ANNA)
    message = here.plan(*here.members(1, numbers=[ANNA]))
    here.settle()
    assert here.message(message)[0] is MessageState.FAILED
    assert kinds_of(record, here)[-1] is EventKind.WITHDRAWN


# Strangers


def test_a_recorded_text_comes_back_under_no_other_id(here, client, record, carrier):
    fields = text("hello") | {"NumMedia": "0"}
    assert knock(client, carrier, fields).status_code == 200
    signature = RequestValidator(TOKEN).compute_signature(carrier.setup.callback_url, fields)
    again = {name: value for name, value in fields.items() if name != "NumMedia"}
    again["MessageSid"] += "NumMedia0"
    answer = client.post(
        urlsplit(carrier.setup.callback_url).path,
        data=urlencode(again),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "carrier_call_unreadable")
    assert here.sql("SELECT count(*) FROM inbound_text")[0][0] == 1


@pytest.fixture
def told():
    """What is written of strangers, on the way that the settings lay."""
    stream = io.StringIO()
    (handler,) = (each for each in logging.getLogger("django.security").handlers if each.name == "strangers")
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_a_call_under_another_host_is_told_in_one_line(here, client, carrier, told):
    answer = knock(client, carrier, text(), SERVER_NAME="evil.example")
    assert answer.status_code == 400
    (line,) = told.getvalue().splitlines()
    assert "level=warning" in line
    assert "evil.example" in line
    assert "Traceback" not in line
