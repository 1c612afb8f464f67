"""Telling others: written with what it tells, delivered signed, tried again, given up, and told again on request."""

import json
import sqlite3
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from factories.worlds import ANNA
from yesword.domain import standard_webhooks
from yesword.domain.ids import to_text
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.sending import webhooks
from yesword.sending.webhooks import OFF_AFTER, PAUSES, BadEndpointError, NoSuchDeliveryError, Outcome
from yesword.store import models
from yesword.store.webhooks import WebhookKind, tell_paused

ALL = list(WebhookKind)


class Listener:
    """An endpoint on this machine: what it was told, and how it answers."""

    def __init__(self):
        listener = self
        self.told, self.status, self.retry_after = [], 200, ""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(listener.status)
                if listener.retry_after:
                    self.send_header("Retry-After", listener.retry_after)
                if listener.status == 302:
                    self.send_header("Location", listener.url + "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    @property
    def data(self):
        return [json.loads(body)["data"] for _, body in self.told]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.close()


def listening(here, listener, kinds=ALL, **more):
    return webhooks.add(here.store, here.club.brand, listener.url, kinds, **more)


def deliver(here):
    return webhooks.deliver_due(here.store, here.at, chance=lambda: 0.5)


def waiting(here):
    return here.sql("SELECT count(*) FROM webhook_delivery WHERE ended_at IS NULL")[0][0]


def test_every_change_of_consent_is_told_signed_and_without_a_number(on_both, listener):
    here = on_both
    row, secret = listening(here, listener)
    here.join()
    here.text(ANNA, "STOP")
    while deliver(here):
        pass
    assert [(each["kind"], each["state"]) for each in listener.data] == [
        ("requested", "requested"),
        ("confirmed", "granted"),
        ("withdrawn", "withdrawn"),
    ]
    assert [each["program"] for each in listener.data] == ["club", "club", None]
    assert {each["contact"] for each in listener.data} == {here.contact().subject}
    for headers, body in listener.told:
        assert standard_webhooks.check(secret, headers, body, here.at) == headers["webhook-id"]
        assert ANNA.encode() not in body
        assert json.loads(body)["type"] == "consent.changed"
    assert waiting(here) == 0
    row.refresh_from_db()
    assert row.last_delivered_at == here.at


def test_an_endpoint_that_was_made_for_it_gets_the_number_which_is_kept_nowhere(here, listener):
    listening(here, listener, with_number=True)
    here.join()
    for (body,) in here.sql("SELECT body FROM webhook_delivery"):
        assert ANNA not in body
    deliver(here)
    assert [each["number"] for each in listener.data] == [ANNA, ANNA]


def test_without_an_endpoint_nothing_is_written(here):
    here.join()
    assert here.sql("SELECT count(*) FROM webhook_delivery") == [(0,)]


def test_an_endpoint_hears_only_of_what_it_wants_and_of_its_own_brand(here, listener):
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="other.example")
    webhooks.add(here.store, other.pk, listener.url, ALL)
    listening(here, listener, [WebhookKind.PROGRAM_PAUSED])
    here.join()
    assert waiting(here) == 0
    with here.store.database.write() as session:
        tell_paused(here.store, session, here.club.brand, "club", "opt_outs", here.at)
    deliver(here)
    assert listener.data == [{"program": "club", "campaign": None, "state": "paused", "reason": "opt_outs"}]


def _pause_and_fail(here):
    with here.store.database.write() as session:
        tell_paused(here.store, session, here.club.brand, "club", "opt_outs", here.at)
        raise sqlite3.Error


def test_what_is_rolled_back_is_never_told(here, listener):
    listening(here, listener)
    with pytest.raises(sqlite3.Error):
        _pause_and_fail(here)
    assert waiting(here) == 0


def test_a_refused_message_is_told_with_its_reason(on_both, listener):
    here = on_both
    listening(here, listener, [WebhookKind.MESSAGE_REFUSED])
    (contact,) = here.strangers([ANNA])
    made = here.plan(contact)
    here.settle()
    deliver(here)
    (said,) = listener.data
    assert said["message"] == to_text("msg", made)
    assert (said["kind"], said["program"], said["contact"]) == ("campaign", "club", here.contact().subject)
    assert said["reason"] == here.message(made)[1] != ""


# --- when it fails -------------------------------------------------------------------------------------------


def one(here, listener, **more):
    row, _ = listening(here, listener, [WebhookKind.PROGRAM_PAUSED], **more)
    with here.store.database.write() as session:
        tell_paused(here.store, session, here.club.brand, "club", "opt_outs", here.at)
    return row


def test_what_fails_is_tried_again_under_the_same_id_after_growing_pauses(on_both, listener):
    here = on_both
    row = one(here, listener)
    listener.status = 500
    assert deliver(here) == 1
    for pause in PAUSES[:4]:
        here.now[0] += pause - timedelta(seconds=1)
        assert deliver(here) == 0
        here.now[0] += timedelta(seconds=1)
        assert deliver(here) == 1
    assert len({headers["webhook-id"] for headers, _ in listener.told}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in listener.told}) == 5
    listener.status = 204
    here.now[0] += PAUSES[4]
    deliver(here)
    assert waiting(here) == 0
    row.refresh_from_db()
    assert (row.failures, row.failing_since) == (0, None)


def test_pauses_differ_by_chance_so_that_not_all_come_back_at_once(here, listener):
    one(here, listener)
    listener.status = 500
    webhooks.deliver_due(here.store, here.at, chance=lambda: 1.0)
    (late,) = webhooks.deliveries(here.store, models.WebhookEndpoint.objects.get().pk)
    assert late.due_at - here.at == PAUSES[0] * 1.2


def test_after_the_last_try_it_is_given_up_and_can_be_told_again(here, listener):
    row = one(here, listener)
    listener.status = 500
    for _ in range(len(PAUSES) + 1):
        models.WebhookEndpoint.objects.update(failing_since=None)
        assert deliver(here) == 1
        here.now[0] += timedelta(days=2)
    assert (deliver(here), waiting(here)) == (0, 0)
    (lost,) = webhooks.deliveries(here.store, row.pk)
    assert (lost.delivered_at, lost.status, lost.trouble) == (None, 500, "it answers 500")
    listener.status = 200
    webhooks.replay(here.store, lost.id, here.at)
    assert deliver(here) == 1
    assert listener.told[-1][0]["webhook-id"] == lost.id
    assert webhooks.counts(here.store, row.pk) == (0, 1, 0)


def test_an_endpoint_that_fails_for_days_is_switched_off_and_goes_on_when_it_is_switched_on(here, listener):
    row = one(here, listener)
    listener.status = 500
    deliver(here)
    here.now[0] += OFF_AFTER
    deliver(here)
    row.refresh_from_db()
    assert (row.is_on, row.off_because) == (False, "failed_for_days")
    here.join()
    assert waiting(here) == 1
    listener.status = 200
    webhooks.switch(row.pk, is_on=True)
    here.now[0] += timedelta(days=2)
    assert deliver(here) == 1


def test_an_endpoint_that_says_it_is_gone_is_asked_no_more(here, listener):
    row = one(here, listener)
    listener.status = 410
    deliver(here)
    row.refresh_from_db()
    assert (row.is_on, row.off_because, waiting(here)) == (False, "gone", 0)


def test_an_endpoint_that_asks_for_time_gets_it(here, listener):
    one(here, listener)
    listener.status, listener.retry_after = 429, "3600"
    deliver(here)
    here.now[0] += timedelta(minutes=59)
    assert deliver(here) == 0
    here.now[0] += timedelta(minutes=1)
    assert deliver(here) == 1


def test_a_redirect_is_not_followed(here, listener):
    one(here, listener)
    listener.status = 302
    deliver(here)
    assert len(listener.told) == 1
    assert waiting(here) == 1


def test_one_endpoint_that_is_down_holds_up_no_other_and_is_tried_once_a_round(here, listener):
    for _ in range(3):
        down = one(here, listener)
    models.WebhookEndpoint.objects.filter(pk=down.pk).update(url="http://127.0.0.1:9/closed")
    webhooks.deliver_due(here.store, here.at)
    assert {each.tries for each in webhooks.deliveries(here.store, down.pk)} == {1}
    up = models.WebhookEndpoint.objects.exclude(pk=down.pk)
    assert sum(webhooks.counts(here.store, each.pk)[1] for each in up) == 5
    down.refresh_from_db()
    assert down.failures == 1


def test_a_slow_endpoint_takes_no_longer_than_one_call_may_and_is_told_the_rest_later(
    here, listener, monkeypatch
):
    row, _ = listening(here, listener)
    here.join()
    here.join("+31612345679")
    here.join("+31612345670")
    there = waiting(here)
    assert there > 2
    now = [0.0]
    monkeypatch.setattr(webhooks, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def slowly(*_):
        now[0] += webhooks.TIMEOUT_S + 1
        return Outcome(status=200)

    assert webhooks.deliver_due(here.store, here.at, send=slowly) == 1
    assert waiting(here) == there - 1
    monkeypatch.undo()
    assert deliver(here) == there - 1, "none of them has to wait for a lease"
    row.refresh_from_db()
    assert row.failures == 0


def test_what_an_operator_changes_meanwhile_stays_changed(here, listener):
    row = one(here, listener)

    noted = webhooks._note

    def late(letter, outcome, at):
        """The row was read before, as by a process that stood still for a moment."""
        before = models.WebhookEndpoint.objects.get(pk=letter.endpoint)
        webhooks.switch(row.pk, is_on=False)
        with patch.object(models.WebhookEndpoint.objects, "filter") as found:
            found.return_value.first.return_value = before
            noted(letter, outcome, at)

    with patch.object(webhooks, "_note", late):
        deliver(here)
    row.refresh_from_db()
    assert (row.is_on, row.last_delivered_at) == (False, here.at)


def test_what_one_process_tells_no_other_tells_meanwhile(here, listener):
    one(here, listener)
    inner = []

    def meanwhile(url, headers, body):
        inner.append(headers)
        return Outcome(status=200)

    with_lease = webhooks._leased(here.store, here.at)
    assert len(with_lease) == 1
    assert webhooks.deliver_due(here.store, here.at, send=meanwhile) == 0
    here.now[0] += webhooks._LEASE
    assert webhooks.deliver_due(here.store, here.at, send=meanwhile) == 1


# --- what stays ----------------------------------------------------------------------------------------------


def test_an_erasure_is_told_and_nothing_else_of_the_person_is_left_to_tell(on_both, listener):
    here = on_both
    listening(here, listener, with_number=True)
    here.join()
    subject = here.contact().subject
    erasing.erase(here.store, here.contact().id, Wish(ground=REQUESTED), here.at)
    bodies = [body for (body,) in here.sql("SELECT body FROM webhook_delivery")]
    assert [json.loads(each)["data"]["kind"] for each in bodies] == ["erased"]
    deliver(here)
    assert [(each["kind"], each["contact"], each["number"]) for each in listener.data] == [
        ("erased", subject, None)
    ]
    assert here.sql("SELECT body FROM webhook_delivery") == [("",)]


def test_what_was_told_is_kept_for_a_month(here, listener):
    row = one(here, listener)
    deliver(here)
    (told,) = webhooks.deliveries(here.store, row.pk)
    here.now[0] += timedelta(days=29)
    assert webhooks.purge(here.store, here.at) == 0
    here.now[0] += timedelta(days=2)
    assert webhooks.purge(here.store, here.at) == 1
    with pytest.raises(NoSuchDeliveryError):
        webhooks.replay(here.store, told.id, here.at)


def test_all_that_failed_can_be_told_again(here, listener):
    row = one(here, listener)
    listener.status = 500
    for _ in range(len(PAUSES) + 1):
        models.WebhookEndpoint.objects.update(failing_since=None)
        deliver(here)
        here.now[0] += timedelta(days=2)
    assert webhooks.replay_failed(here.store, row.pk, here.at - timedelta(days=1), here.at) == 0
    assert webhooks.replay_failed(here.store, row.pk, here.at - timedelta(days=60), here.at) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.org/hook",
        "ftp://x",
        "https://me:word@crm.example.org/",
        "https://crm.example.org/#a",
        "x",
    ],
)
def test_an_endpoint_that_would_be_told_in_the_clear_is_refused(here, url):
    with pytest.raises(BadEndpointError):
        webhooks.add(here.store, here.club.brand, url, ALL)


def test_a_secret_is_sealed(here, listener):
    row, secret = listening(here, listener)
    assert standard_webhooks.key_of(secret) not in bytes(row.sealed)
    assert secret.encode() not in bytes(row.sealed)
