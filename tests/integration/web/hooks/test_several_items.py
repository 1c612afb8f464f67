"""A provider brings several things in one call: what can be read of them is stored, and what cannot is told, and no stop is lost."""

import base64
import json
from urllib.parse import urlsplit

import pytest

from factories.pages import empty_limits
from factories.worlds import ANNA, CLUB
from yesword.sending import carriers
from yesword.store import account_secrets
from yesword.web.hooks import carriers as door

PASSWORD = "a word of theirs"
UNREADABLE = {
    "a date that is none": {"messageId": "2", "from": "31600", "to": CLUB, "text": "hi", "receivedAt": "yesterday"},
    "a report of no form": {"messageId": "3", "status": "sent"},
    "a text": "STOP",
    "nothing": None,
}  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_has_knocked_yet(monkeypatch):
    empty_limits(monkeypatch, door)


@pytest.fixture
def call(here, client):
    """As Infobip calls."""
    here.join()
    here.account.channel = "infobip"
    here.account.settings = {"public_url": "https://texts.example.com", "base_url": "https://x.example"}
    here.account.save()
    for name, value in (("api_key", "k"), ("callback_password", PASSWORD)):
        account_secrets.set_one(here.store, here.account.key, name, value)
    path = urlsplit(carriers.carrier(here.store, here.account).setup.callback_url).path
    word = base64.b64encode(f"infobip:{PASSWORD}".encode()).decode()

    def call(*results):
        return client.post(
            path,
            data=json.dumps({"results": results}),
            content_type="application/json",
            headers={"Authorization": f"Basic {word}"},
        )

    return call


def stop():
    return {
        "messageId": "1", "from": ANNA[1:], "to": CLUB, "text": "STOP", "receivedAt": "2026-03-02T12:00:00.000+0000",
    }  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("is_first", [True, False], ids=["before it", "after it"])
def test_a_stop_counts_whatever_comes_beside_it(here, call, name, is_first):
    items = [UNREADABLE[name], stop()] if is_first else [stop(), UNREADABLE[name]]
    for _ in range(2):
        answer = call(*items)
        assert (answer.status_code, answer.json()["code"]) == (400, "carrier_call_unreadable")
        assert here.kinds().count("withdrawn") == 1


def test_a_call_of_which_all_can_be_read_is_taken(here, call):
    assert call(stop(), stop() | {"messageId": "4", "text": "HELP"}).status_code == 200
    assert here.kinds()[-1] == "withdrawn"


def test_a_call_of_which_nothing_can_be_read_is_refused(here, call):
    assert call(*UNREADABLE.values()).status_code == 400
    assert here.kinds()[-1] == "confirmed"
