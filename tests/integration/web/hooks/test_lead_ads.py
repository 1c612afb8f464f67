"""Lead ads (I7): answers on somebody else's form, with what that form shows; leads that have to be fetched; early leavers."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from factories.hooks import changed, point_for, raw, signed, source_of
from factories.worlds import ANNA
from yesword.collect import lead_ads, sources
from yesword.collect.graph import GraphFetcher
from yesword.collect.lead_ads import FetchError, LeadGoneError
from yesword.collect.sources import BadSourceError, Secrets, Shown
from yesword.domain.collecting.hooks import Fields, Provider
from yesword.domain.collecting.points import Confirming
from yesword.domain.events import EventKind, Grade
from yesword.reporting import early_leavers
from yesword.store import contacts, models
from yesword.store.programs import disclosure_digest

WORDING = "Linde & Loom may text me offers, up to 4 a month. Rates may apply. STOP to stop, HELP for help."
QUESTIONS = {
    Provider.GOOGLE: "May we text you offers?",
    Provider.TIKTOK: "May we text you offers?",
    Provider.META: "may_we_text_you?",
}
FORMS = {Provider.GOOGLE: "40000000000", Provider.TIKTOK: "7111111111111111111", Provider.META: "12312312312"}
BODIES = {Provider.GOOGLE: "google-lead.json", Provider.TIKTOK: "tiktok-lead.json"}


def leads_of(here, provider, *, is_known=True, **more):
    secrets = Secrets(secret="a shared secret") if provider is Provider.GOOGLE else None
    more |= {"secrets": secrets} if secrets else {}
    source = source_of(here, provider, fields=Fields(consent=QUESTIONS[provider]), **more)
    if is_known:
        say(here, source)
    return sources.find(here.store, source.key)


def say(here, source):
    with here.store.database.write() as session:
        sources.say_form(session, source.id, FORMS[source.provider], Shown(language="en", wording=WORDING))


def unknown(here, source):
    with here.store.database.read() as session:
        return sources.unknown_forms(session, source.id)


@pytest.mark.parametrize("provider", list(BODIES))
def test_a_lead_grants_with_the_wording_of_its_own_form(here, call, record, provider):
    source = leads_of(here, provider)
    assert call(source, raw(BODIES[provider])).status_code == 200
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.grade, granted.event.route) == (
        EventKind.GRANTED,
        Grade.D,
        "lead_ad",
    )
    assert granted.sections["notice"]["text"] == WORDING
    assert granted.event.disclosure == disclosure_digest(WORDING)
    assert granted.sections["context"]["form"] == FORMS[provider]


@pytest.mark.parametrize("provider", list(BODIES))
def test_a_form_of_which_nobody_said_what_it_shows_grants_nothing_and_is_listed(here, call, record, provider):
    source = leads_of(here, provider, is_known=False)
    call(source, raw(BODIES[provider]))
    (asked,) = record(here)
    assert asked.event.kind is EventKind.REQUESTED
    assert asked.sections["notice"]["text"] == ""
    assert "wording" in asked.sections["context"]["lacks"]
    here.settle()
    assert here.shown() == []
    (form,) = unknown(here, source)
    assert (form.form, form.waiting) == (FORMS[provider], 1)
    say(here, source)
    assert unknown(here, source) == []
    assert here.state().grant_for(here.club.id) is None


@pytest.mark.parametrize("provider", list(BODIES))
def test_a_lead_that_is_told_again_is_the_same_lead(here, call, record, provider):
    source = leads_of(here, provider)
    for _ in range(2):
        call(source, raw(BODIES[provider]))
    assert len(record(here)) == 1


def test_a_test_lead_is_left_out(here, call):
    source = leads_of(here, Provider.GOOGLE)
    assert call(source, changed("google-lead.json", "is_test", to=True)).status_code == 200
    with here.store.database.read() as session:
        assert contacts.find(here.store, session, here.club.brand, ANNA) is None


def test_a_no_in_a_lead_keeps_nothing_of_a_stranger(here, call):
    source = leads_of(here, Provider.GOOGLE)
    call(source, changed("google-lead.json", "user_column_data", 3, "string_value", to="No"))
    with here.store.database.read() as session:
        assert contacts.find(here.store, session, here.club.brand, ANNA) is None


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        (Provider.GOOGLE, changed("google-lead.json", "google_key", to="guessed")),
        (Provider.TIKTOK, raw("tiktok-lead.json")),
        (Provider.META, raw("meta-leadgen.json")),
    ],
    ids=["google", "tiktok", "meta"],
)
def test_an_altered_lead_is_refused_and_leaves_nothing(here, call, provider, body):
    source = leads_of(here, provider)
    assert call(source, body, {"Tiktok-Signature": "t=1,s=" + "0" * 64}).status_code == 401
    for table in ("contact", "hook_lead", "hook_seen"):
        assert here.sql(f"SELECT count(*) FROM {table}") == [(0,)]


def test_an_old_lead_of_tiktok_is_a_repetition(here, call):
    source = leads_of(here, Provider.TIKTOK)
    answer = call(source, raw("tiktok-lead.json"), at=here.at - timedelta(hours=1))
    assert (answer.status_code, answer.json()["code"]) == (401, "hook_stale")


# --- Meta ----------------------------------------------------------------------------------------------------


@pytest.fixture
def graph():
    """A Graph API on this machine: what it was asked, and what it answers."""

    class Graph(BaseHTTPRequestHandler):
        asked: list = []  # noqa: RUF012
        answers: dict = {}  # noqa: RUF012

        def do_GET(self):
            Graph.asked.append((self.path, self.headers["Authorization"]))
            status, body = Graph.answers.get(self.path.split("?")[0], (404, b"{}"))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/stolen")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    Graph.asked, Graph.answers = [], {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Graph)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Graph.url = f"http://127.0.0.1:{server.server_port}/v23.0"
    yield Graph
    server.shutdown()
    server.server_close()
    thread.join()


def one_lead():
    found = json.loads(raw("meta-leadgen.json"))
    del found["entry"][0]["changes"][1:]
    return json.dumps(found).encode()


def test_the_address_is_proven_to_meta(here, client):
    source = leads_of(here, Provider.META)
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "meatyhamhock"}
    answer = client.get(f"/hooks/{source.key}", asked)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"].startswith("text/plain")
    assert client.get(f"/hooks/{source.key}", asked | {"hub.verify_token": "x"}).status_code == 401


def test_a_lead_that_meta_names_is_fetched_with_the_token_and_taken(on_both, call, record, graph):
    here = on_both
    source = leads_of(here, Provider.META, graph_url=graph.url)
    graph.answers["/v23.0/123123123123"] = (200, raw("meta-lead.json"))
    for _ in range(2):
        assert call(source, one_lead()).status_code == 200
    assert lead_ads.fetch_due(here.store, GraphFetcher(), here.at) == 1
    assert lead_ads.fetch_due(here.store, GraphFetcher(), here.at) == 0
    ((path, token),) = graph.asked
    assert path.startswith("/v23.0/123123123123?fields=")
    assert (token, "graph-token" in path) == ("Bearer graph-token", False)
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.grade) == (EventKind.GRANTED, Grade.D)
    assert granted.sections["notice"]["text"] == WORDING


def test_a_lead_that_cannot_be_fetched_now_is_fetched_later(here, call, graph):
    source = leads_of(here, Provider.META, graph_url=graph.url)
    graph.answers["/v23.0/123123123123"] = (500, b"")
    call(source, one_lead())
    assert lead_ads.fetch_due(here.store, GraphFetcher(), here.at) == 1
    with here.store.database.read() as session:
        assert sources.leads_waiting(session, source.id) == (1, "lead_not_fetched")
    assert lead_ads.fetch_due(here.store, GraphFetcher(), here.at) == 0
    graph.answers["/v23.0/123123123123"] = (200, raw("meta-lead.json"))
    assert lead_ads.fetch_due(here.store, GraphFetcher(), here.at + timedelta(minutes=1)) == 1
    assert here.state().grant_for(here.club.id) is not None


def test_a_lead_that_is_gone_is_asked_for_once(here, call, graph):
    source = leads_of(here, Provider.META, graph_url=graph.url)
    call(source, one_lead())
    lead_ads.fetch_due(here.store, GraphFetcher(), here.at)
    with here.store.database.read() as session:
        assert sources.leads_waiting(session, source.id) == (0, "")
    assert models.HookSource.objects.get(pk=source.id).last_refusal == "lead_gone"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        pytest.param(404, b"{}", LeadGoneError, id="gone"),
        pytest.param(400, b'{"error":{"code":190}}', FetchError, id="the token has expired"),
        pytest.param(500, b"", FetchError, id="broken"),
        pytest.param(302, b"", FetchError, id="it sends us elsewhere"),
        pytest.param(200, b"x" * 300_000, FetchError, id="too long"),
    ],
)
def test_what_the_graph_api_answers_amiss_is_an_error(graph, status, body, error):
    graph.answers["/v23.0/1"] = (status, body)
    with pytest.raises(error) as caught:
        GraphFetcher().fetch(graph.url, "1", "t")
    assert type(caught.value) is error


def test_a_graph_api_that_says_nothing_is_given_up_after_a_while():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchError):
        GraphFetcher(timeout_s=0.2).fetch(f"http://127.0.0.1:{silent.getsockname()[1]}", "1", "t")


def test_a_token_never_travels_in_the_clear():
    with pytest.raises(BadSourceError):
        GraphFetcher().fetch("http://graph.example.org/v23.0", "1", "t")


# --- early leavers -------------------------------------------------------------------------------------------


def test_who_came_by_an_ad_and_left_soon_is_counted_for_its_form(on_both, call):
    here = on_both
    source = leads_of(here, Provider.GOOGLE)
    joined_at = here.at
    for n in range(3):
        found = json.loads(raw("google-lead.json"))
        found["lead_id"] = f"lead-{n}"
        found["user_column_data"][2]["string_value"] = f"+3161234567{n}"
        call(source, json.dumps(found).encode())
    here.now[0] = joined_at + timedelta(days=2)
    here.text("+31612345670", "STOP")
    here.now[0] = joined_at + timedelta(days=20)
    here.text("+31612345671", "STOP")
    until = here.at + timedelta(days=1)
    with here.store.database.read() as session:
        week = early_leavers.of_source(
            session, source.id, since=joined_at - timedelta(hours=1), until=until, within=timedelta(days=7)
        )
        month = early_leavers.of_source(
            session, source.id, since=joined_at - timedelta(hours=1), until=until, within=timedelta(days=30)
        )
    assert [(each.form, each.joined, each.left) for each in week] == [("40000000000", 3, 1)]
    assert [(each.joined, each.left) for each in month] == [(3, 2)]


def test_where_the_point_asks_for_a_confirmation_a_lead_waits(here, call, record):
    point = point_for(here, Provider.GOOGLE, confirming=Confirming.REVERSE)
    source = leads_of(here, Provider.GOOGLE, point=point)
    call(source, raw("google-lead.json"))
    assert [each.event.kind for each in record(here)] == [EventKind.REQUESTED]
    assert signed(Provider.GOOGLE, b"") == {}
