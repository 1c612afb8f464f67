"""Who asks, where a web server stands in front: only its word on the address counts, and nobody can write another."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from yesword.web.environment import read_environment
from yesword.web.limiting import AddressLimit, limited
from yesword.web.proxies import BadProxyError, Proxies, client_of, read_proxies

OURS = read_proxies("127.0.0.1, 10.0.0.0/8 2001:db8:f::/48")
VISITOR = "203.0.113.9"


@pytest.fixture
def behind_one(monkeypatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", read_environment({"YESWORD_PROXIES": "127.0.0.1"}))


@pytest.mark.parametrize(
    ("peer", "forwarded", "asks"),
    [
        pytest.param("127.0.0.1", VISITOR, VISITOR, id="one server in front"),
        pytest.param("127.0.0.1", f"{VISITOR}, 10.1.2.3", VISITOR, id="two servers in front"),
        pytest.param("127.0.0.1", f"192.0.2.66, {VISITOR}", VISITOR, id="the visitor wrote another first"),
        pytest.param("127.0.0.1", f"127.0.0.1, {VISITOR}", VISITOR, id="the visitor wrote one of ours first"),
        pytest.param("198.51.100.1", VISITOR, "198.51.100.1", id="a stranger says for whom it asks"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="a server of ours asks for itself"),
        pytest.param("127.0.0.1", "unknown", "127.0.0.1", id="no address is named"),
        pytest.param(
            "127.0.0.1", f"{VISITOR}, gibberish", "127.0.0.1", id="what cannot be read hides the rest"
        ),
        pytest.param("127.0.0.1", f"{VISITOR}:4711", VISITOR, id="with a port"),
        pytest.param("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7", id="IPv6 with a port"),
        pytest.param("127.0.0.1", "2001:db8::7", "2001:db8::7", id="IPv6"),
        pytest.param("2001:db8:f::1", VISITOR, VISITOR, id="a server that speaks IPv6"),
        pytest.param("::ffff:127.0.0.1", VISITOR, VISITOR, id="an address of ours within an IPv6 one"),
        pytest.param("127.0.0.1", "10.9.9.9, 10.1.2.3", "10.9.9.9", id="only servers of ours"),
        pytest.param("", VISITOR, "", id="a socket without an address"),
    ],
)
def test_the_last_address_that_is_no_server_of_ours_asks(peer, forwarded, asks):
    assert client_of(peer, forwarded, OURS) == asks


@pytest.mark.parametrize("written", ["localhost", "10.0.0.1/8", "127.0.0.1; 10.0.0.1", "*"])
def test_what_names_no_network_is_refused_at_the_start(written):
    with pytest.raises(BadProxyError, match="YESWORD_PROXIES"):
        read_environment({"YESWORD_PROXIES": written})


def test_without_the_setting_nobodys_word_counts():
    assert read_environment({}).proxies == ()
    seen = []
    Proxies(lambda request: seen.append(request) or HttpResponse())(
        RequestFactory().get("/", HTTP_X_FORWARDED_FOR=VISITOR, HTTP_X_FORWARDED_PROTO="https")
    )
    assert (seen[0].META["REMOTE_ADDR"], seen[0].is_secure()) == ("127.0.0.1", False)


def test_one_visitor_who_asks_too_often_holds_back_nobody_else(behind_one):
    view = Proxies(limited(AddressLimit(per_second=0.5, burst=1))(lambda _request: HttpResponse("here")))

    def asked(forwarded, peer="127.0.0.1"):
        return view(RequestFactory(REMOTE_ADDR=peer).get("/", HTTP_X_FORWARDED_FOR=forwarded)).status_code

    assert [asked(VISITOR), asked(VISITOR)] == [200, 429]
    assert asked(f"192.0.2.1, {VISITOR}") == 429, "another address written in front changes nothing"
    assert asked("198.51.100.7") == 200
    stranger = "192.168.7.9"  # who names whomever they like, and is no server in front
    assert [asked("192.0.2.1", stranger), asked("192.0.2.2", stranger)] == [200, 429]


@pytest.mark.parametrize(
    ("peer", "proto", "is_secure"),
    [
        pytest.param("127.0.0.1", "https", True, id="the server in front says so"),
        pytest.param("127.0.0.1", "https, http", False, id="the visitor says so, and the server does not"),
        pytest.param("127.0.0.1", "http", False, id="the server says that it was none"),
        pytest.param("198.51.100.1", "https", False, id="a stranger says so"),
    ],
)
def test_tls_is_believed_only_of_a_server_in_front(behind_one, peer, proto, is_secure):
    seen = []
    Proxies(lambda request: seen.append(request) or HttpResponse())(
        RequestFactory(REMOTE_ADDR=peer).get("/", HTTP_X_FORWARDED_PROTO=proto)
    )
    assert seen[0].is_secure() is is_secure


def test_it_stands_before_everything_that_counts(behind_one):
    """A page of the whole installation: the figures ask for this machine, and a visitor of a proxy is not this machine."""
    assert settings.MIDDLEWARE[0] == "yesword.web.proxies.Proxies"
    answer = Client(SERVER_NAME="localhost", REMOTE_ADDR="127.0.0.1").get(
        "/health", HTTP_X_FORWARDED_FOR=VISITOR
    )
    assert answer.status_code == 200
    assert answer.wsgi_request.META["REMOTE_ADDR"] == VISITOR
