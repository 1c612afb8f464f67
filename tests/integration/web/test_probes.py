"""Health, readiness and figures: what they say when all is well and when it is not, and to whom."""

import io
import json
import logging
import re

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from factories.consoles import fresh
from factories.worlds import ANNA, world
from yesword.store import holds
from yesword.store.keyfiles import keys_folder, shared_token
from yesword.web import probes
from yesword.web.console import signin
from yesword.web.environment import BadSettingError, Metrics, read_environment

LOCAL = {"SERVER_NAME": "localhost", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def here(store):
    fresh()
    probes._looked.forget()
    with world(store) as made:
        yield made
    probes._looked.forget()


@pytest.fixture
def probe():
    """Whoever asks knows an address and no name."""
    return Client(SERVER_NAME="10.0.0.7")


def token(here):
    return {"authorization": f"Bearer {shared_token(here.store.folder, probes.METRICS_TOKEN)}"}


def allowed(monkeypatch, who):
    monkeypatch.setattr(settings, "ENVIRONMENT", read_environment({"YESWORD_METRICS": who}))


def test_a_process_that_lives_says_so_to_anybody(here, probe):
    answer = probe.get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies


def test_a_store_that_is_as_it_should_be_is_ready(here, probe):
    answer = probe.get("/ready")
    assert (answer.status_code, json.loads(answer.content)) == (200, {"ready": True, "because": []})


@pytest.mark.parametrize("reason", [holds.KEYS, holds.RESTORED, holds.LOOK_UPS])
def test_a_store_that_does_not_know_who_stopped_is_not_ready(here, probe, reason):
    with here.store.database.write() as session:
        holds.hold(session, reason, here.at)
    answer = probe.get("/ready")
    assert (answer.status_code, json.loads(answer.content)["because"]) == (503, [reason])


def test_a_halt_stops_sending_and_no_page(here, probe):
    with here.store.database.write() as session:
        holds.hold(session, holds.HALTED, here.at)
    assert probe.get("/ready").status_code == 200


def test_a_key_that_was_taken_away_is_told_by_its_code_alone(here, probe):
    (keys_folder(here.store.folder) / "wrapping-1.key").unlink()
    answer = probe.get("/ready")
    assert (answer.status_code, json.loads(answer.content)["because"]) == (503, ["key_missing"])
    assert str(here.store.folder) not in answer.content.decode()


def test_a_migration_that_is_not_done_is_told(here, probe):
    assert probe.get("/ready").status_code == 200
    probes._looked.forget()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'store' AND name LIKE '0002%'")
    answer = probe.get("/ready")
    assert (answer.status_code, json.loads(answer.content)["because"]) == (503, ["not_migrated"])


def test_a_store_that_cannot_be_reached_is_told_and_nothing_breaks(here, probe, monkeypatch):
    def away():
        raise OperationalError("connection to server at 10.1.2.3 failed: password")

    monkeypatch.setattr(probes, "store", away)
    for path, status in (("/ready", 503), ("/health", 200)):
        answer = probe.get(path)
        assert answer.status_code == status
        assert "10.1.2.3" not in answer.content.decode()
    assert probe.get("/metrics", headers=token(here)).content == b"store_unreachable\n"


def test_knocking_again_and_again_looks_once_a_second(here, probe, monkeypatch):
    looks = []
    monkeypatch.setattr(probes, "why_not", lambda: looks.append(1) or [])
    for _ in range(20):
        probe.get("/ready")
    assert len(looks) <= 3


def test_only_reading_is_answered(here, probe):
    assert probe.post("/health").status_code == 405
    assert probe.head("/health").status_code == 200


# --- the figures ---------------------------------------------------------------------------------------------


def test_the_figures_are_for_whoever_has_the_token(here, probe):
    assert probe.get("/metrics").status_code == 401
    assert probe.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert probe.get("/metrics", headers={"authorization": "Bearer é"}).status_code == 401
    answer = probe.get("/metrics", headers=token(here))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert (keys_folder(here.store.folder) / probes.METRICS_TOKEN).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({"REMOTE_ADDR": "127.0.0.1"}, 200, id="on this machine"),
        pytest.param({"REMOTE_ADDR": "::1"}, 200, id="on this machine, by IPv6"),
        pytest.param({"REMOTE_ADDR": "10.0.0.9"}, 404, id="from elsewhere"),
        pytest.param({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}, 404, id="by a proxy"),
        pytest.param({"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "texts.example.org"}, 404, id="by its name"),
    ],
)
def test_the_figures_may_be_for_this_machine_only(here, monkeypatch, more, status):
    allowed(monkeypatch, "loopback")
    answer = Client().get("/metrics", **({"HTTP_HOST": "localhost:8000"} | more))
    assert answer.status_code == status


def test_the_figures_may_be_off(here, probe, monkeypatch):
    allowed(monkeypatch, "off")
    assert probe.get("/metrics", headers=token(here)).status_code == 404


def test_a_setting_that_is_none_is_said_at_the_start():
    assert read_environment({}).metrics is Metrics.TOKEN
    for name in ("YESWORD_METRICS", "YESWORD_LOG"):
        with pytest.raises(BadSettingError, match=name):
            read_environment({name: "perhaps"})


def test_the_figures_hold_no_number_and_no_name(here, probe):
    here.join(ANNA)
    here.campaign()
    here.settle()
    text = probe.get("/metrics", headers=token(here)).content.decode()
    assert ANNA[1:] not in text
    assert "Spring" not in text, "what a campaign is called is the brand's own"
    labels = re.findall(r'="([^"]*)"', text)
    assert not [each for each in labels if re.search(r"\d{7}", each)]


# --- requests ------------------------------------------------------------------------------------------------


def test_each_request_has_an_id_of_its_own_that_nobody_else_chose(here):
    client = Client(**LOCAL)
    ids = {client.get("/sign-in", headers={"x-request-id": "31612345678"})["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[a-z]{16}", each) for each in ids)


def test_an_error_in_the_log_names_its_request(here, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError(f"of {ANNA}")

    monkeypatch.setattr(signin, "render", broken)
    logged = io.StringIO()
    monkeypatch.setattr(logging.getLogger("django").handlers[0], "stream", logged)
    client = Client(**LOCAL, raise_request_exception=False)
    answer = client.get("/sign-in")
    assert answer.status_code == 500
    assert f"request={answer['X-Request-ID']}" in logged.getvalue()
    assert "RuntimeError: of •••" in logged.getvalue()
    assert ANNA[1:] not in logged.getvalue()
