"""What came in while nobody could be called: Twilio's own list, page by page, over a real connection."""

import json
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from yesword.channels.http.missed import ListRefusedError, Lists, MissedAt
from yesword.channels.http.provider import Setup
from yesword.channels.http.twilio import Twilio, TwilioSettings
from yesword.channels.ports import CarrierUnreachableError, Missed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SID = "AC" + "0" * 32


def row(number, minutes, direction="inbound", body="STOP"):
    return {
        "sid": f"SM{number}",
        "direction": direction,
        "from": "+31612345678",
        "to": "+3197000000",
        "body": body,
        "date_sent": format_datetime(NOON + timedelta(minutes=minutes)),
    }


class Provider:
    """Twilio's list, as its documentation has it, on this machine."""

    def __init__(self, pages):
        own = self
        self.pages, self.asked, self.status = pages, [], 200

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                own.asked.append((self.path, self.headers.get("Authorization", "")))
                page = int(parse_qs(urlsplit(self.path).query).get("Page", ["0"])[0])
                body = json.dumps(own.pages[page]).encode()
                self.send_response(own.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def provider():
    path = f"/2010-04-01/Accounts/{SID}/Messages.json"
    opened = Provider(
        [
            {
                "messages": [row(3, 30), row(9, 20, "outbound-api", "hello")],
                "next_page_uri": f"{path}?Page=1&PageSize=1000",
            },
            {"messages": [row(2, 10, body="HELP"), row(1, -90)], "next_page_uri": None},
        ]
    )
    yield opened
    opened.close()


def missed(url):
    settings = TwilioSettings(account_sid=SID, base_url=url)
    own = Twilio(setup=Setup(account="main", settings=settings, secrets={"auth_token": "t"}))
    assert isinstance(own, Lists)
    return MissedAt(account="main", provider=own, timeout_s=5)


def test_all_that_came_in_since_is_found_oldest_first_with_the_ids_that_calls_have(provider):
    found = missed(provider.url)
    assert isinstance(found, Missed)
    items = found.missed_since(NOON).items
    assert [(each.provider_id, each.text) for each in items] == [("SM2", "HELP"), ("SM3", "STOP")]
    assert items[0].received_at == NOON + timedelta(minutes=10)
    assert items[0].account == "main"
    assert parse_qs(urlsplit(provider.asked[0][0]).query)["DateSent>"] == ["2026-03-02"]
    assert all(sign_in.startswith("Basic ") for _, sign_in in provider.asked)


@pytest.mark.parametrize("uri", ["https://evil.example/x", "//evil.example/x"])
def test_the_next_page_is_never_asked_of_another_host_and_half_a_list_is_none(provider, uri):
    provider.pages[0]["next_page_uri"] = uri
    with pytest.raises(ListRefusedError):
        missed(provider.url).missed_since(NOON)
    assert len(provider.asked) == 1


def test_a_list_that_is_not_handed_over_leaves_nothing_known(provider):
    provider.status = 503
    with pytest.raises(ListRefusedError):
        missed(provider.url).missed_since(NOON)
    provider.status, provider.pages = 200, [{"messages": [{"sid": "SM1"}]}]
    with pytest.raises(ListRefusedError):
        missed(provider.url).missed_since(NOON)
    with pytest.raises(CarrierUnreachableError):
        missed("http://127.0.0.1:1").missed_since(NOON)
