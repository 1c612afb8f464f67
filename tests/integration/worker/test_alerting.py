"""Alerts: found by looking, told once by letter and by webhook, at most once an hour a kind, and told when they are over."""

import errno
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from factories.mail import FROM, smtp_server
from factories.worlds import ANNA, CLUB, world
from yesword.domain import standard_webhooks
from yesword.mail.addresses import GatewayAddressError
from yesword.reporting import alert_routes, alerts
from yesword.reporting.alerts import AlertKind, BadAwaySettingError
from yesword.sending import gaps, halting
from yesword.sending.webhooks import BadEndpointError
from yesword.store import alert_settings, holds
from yesword.store.models import Alert, AuditEntry, SendingAlarm, User
from yesword.worker import alert_words
from yesword.worker.alerting import Alerting, NoRouteError, NotToldError

ME = "olga@example.org"


class Listener:
    """Whoever is called: what it was told, and how it answers."""

    def __init__(self):
        listener = self
        self.told, self.status = [], 200

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/alerts"

    @property
    def said(self):
        return [json.loads(body) for _, body in self.told]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def olga(here):
    return User.objects.create(name="olga", role=User.Role.OWNER)


@pytest.fixture
def inbox():
    with smtp_server() as opened:
        yield opened


@pytest.fixture
def listener():
    opened = Listener()
    yield opened
    opened.close()


@pytest.fixture
def alerting(here, inbox):
    environ = {
        "YESWORD_MAIL_URL": f"smtp://127.0.0.1:{inbox.server.port}",
        "YESWORD_MAIL_FROM": FROM,
    }
    return Alerting(store=here.store, clock=lambda: here.at, environ=environ)


def body_of(letter):
    return letter.get_body(("plain",)).get_content()


def test_a_halt_is_told_once_by_letter_and_by_webhook_and_once_when_it_is_over(
    here, alerting, inbox, listener, olga
):
    kept, is_new = alert_routes.change(here.store, olga.pk, mail=ME, webhook=listener.url)
    assert is_new
    halting.halt(here.store, here.at)
    assert [alerting.round() for _ in range(3)] == [1, 0, 0]
    (letter,) = inbox.letters
    assert letter["To"] == ME
    assert letter["Subject"] == "Yesword: Somebody has stopped all sending, or a part of it"
    headers, body = listener.told[0]
    standard_webhooks.check(kept.secret, headers, body, here.at)
    assert listener.said[0]["type"] == "alert.raised"
    assert listener.said[0]["data"]["kind"] == "halted"
    halting.resume(here.store, here.at, reason="A drill.")
    assert [alerting.round() for _ in range(2)] == [1, 0]
    assert inbox.letters[1]["Subject"].startswith("Yesword: Over: ")
    assert listener.said[1]["type"] == "alert.resolved"


def test_of_one_kind_nothing_more_is_told_within_the_hour(here, alerting, inbox, olga):
    alert_routes.change(here.store, olga.pk, mail=ME)
    for _time in range(4):
        halting.halt(here.store, here.at)
        alerting.round()
        halting.resume(here.store, here.at, reason="Again.")
        alerting.round()
        here.wait(minutes=5)
    assert len(inbox.letters) == 2, "that it began, and that it was over"
    halting.halt(here.store, here.at)
    alerting.round()
    assert len(inbox.letters) == 2
    here.wait(minutes=60)
    alerting.round()
    assert len(inbox.letters) == 3, "it still stands an hour later, so it is told"


def test_what_did_not_arrive_is_told_in_a_later_round(here, alerting, listener, olga):
    alert_routes.change(here.store, olga.pk, webhook=listener.url)
    listener.status = 500
    halting.halt(here.store, here.at)
    assert alerting.round() == 0
    listener.status = 200
    assert alerting.round() == 1


def test_each_thing_that_can_be_wrong_is_found(here, monkeypatch):
    store = here.store
    assert alerts.look(store, here.at) == set()
    with store.database.write() as session:
        holds.hold(session, holds.KEYS, here.at)
    gaps.beat(store, here.account.pk, here.at)
    here.join()  # its events wait for a sequencer that does not run
    here.wait(minutes=10)
    gaps.look(store, here.at)
    SendingAlarm.objects.create(
        level="pause", watched="program", key=7, measure="opt_outs", threshold=300, minimum=200, texts=300,
        opt_outs=9, complaints=0, errors=0, counted_since=here.at, began_at=here.at,
    )  # fmt: skip
    real = shutil.disk_usage(store.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=1000))
    alerts.note(AlertKind.DRIFT, "account simulator", here.at, is_on=True)
    alerts.update(store, here.at)
    found = {(each.kind, each.subject) for each in alerts.open_alerts()}
    assert {
        ("held", "keys"),
        ("gap", "account simulator"),
        ("carrier_away", "account simulator"),
        ("paused", "program 7"),
        ("disk_full", ""),
        ("drift", "account simulator"),
    } <= found
    assert not [subject for _, subject in found if ANNA[3:] in subject or CLUB in subject]
    alerts.note(AlertKind.DRIFT, "account simulator", here.at, is_on=False)
    assert not Alert.objects.filter(kind="drift", ended_at=None).exists()


def test_a_carrier_that_takes_nothing_for_minutes_is_told(here, monkeypatch):
    gaps.beat(here.store, here.account.pk, here.at)
    gaps.note_away(here.store, here.account.pk, here.at)
    for _ in range(4):
        here.wait(minutes=1)
        gaps.beat(here.store, here.account.pk, here.at)
    assert alerts.look(here.store, here.at) == set()
    monkeypatch.setenv("YESWORD_CARRIER_AWAY_AFTER", "3")
    assert alerts.look(here.store, here.at) == {(AlertKind.CARRIER_AWAY, "account simulator")}
    gaps.note_away(here.store, here.account.pk, None)
    assert alerts.look(here.store, here.at) == set()
    monkeypatch.setenv("YESWORD_CARRIER_AWAY_AFTER", "never")
    with pytest.raises(BadAwaySettingError):
        alerts.look(here.store, here.at)


def test_a_log_that_waits_for_its_sequencer_is_told(here):
    here.join()
    assert alerts.look(here.store, here.at) == set()
    here.wait(minutes=2)
    assert alerts.look(here.store, here.at) == {(AlertKind.SEQUENCER_BEHIND, "brand demo")}


def test_a_full_disk_is_told_from_memory_and_once_an_hour(here, alerting, inbox, olga, monkeypatch):
    alert_routes.change(here.store, olga.pk, mail=ME)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(alerts, "update", full)
    for _ in range(3):
        alerting.round()
    assert len(inbox.letters) == 1
    assert "disk is full" in inbox.letters[0]["Subject"]


def test_who_wants_no_alert_of_a_kind_gets_none_and_speaks_their_language(here, alerting, inbox, olga):
    alert_routes.change(here.store, olga.pk, mail=ME, off=["halted"], language="nl")
    halting.halt(here.store, here.at)
    assert alerting.round() == 0
    alert_routes.change(here.store, olga.pk, on=["halted"])
    assert alert_settings.read(here.store).mail == ME, "what is not named stays"
    assert alerting.round() == 1
    assert inbox.letters[0]["Content-Language"] == "nl"


def test_where_alerts_go_is_sealed_and_leaves_a_trace_without_it(here, olga):
    alert_routes.change(here.store, olga.pk, mail=ME)
    ((sealed,),) = here.sql("SELECT sealed FROM store_alertsettings")
    assert ME.encode() not in bytes(sealed)
    (entry,) = AuditEntry.objects.filter(action="alerts.set")
    assert entry.user == olga
    assert ME not in json.dumps(entry.detail)
    with pytest.raises(GatewayAddressError):
        alert_routes.change(here.store, olga.pk, mail="3035550100@vtext.com")
    with pytest.raises(BadEndpointError):
        alert_routes.change(here.store, olga.pk, webhook="http://example.org/")


def test_a_test_goes_by_every_way_and_says_what_did_not_work(here, alerting, inbox, listener, olga):
    with pytest.raises(NoRouteError):
        alerting.try_out()
    alert_routes.change(here.store, olga.pk, mail=ME, webhook=listener.url)
    alerting.try_out()
    assert "A test of alerts" in inbox.letters[0]["Subject"]
    assert listener.said[0]["type"] == "alert.test"
    listener.status = 503
    with pytest.raises(NotToldError):
        alerting.try_out()


def test_every_kind_has_its_words():
    assert set(alert_words.WORDS) == set(AlertKind)
