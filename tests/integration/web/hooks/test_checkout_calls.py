"""The box at any shop's checkout (I9): the snippet, and the call of the shop's own server."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from factories.points import CONSENT
from factories.points import published as publish_point
from factories.worlds import ANNA
from yesword.collect import checkout
from yesword.domain.collecting.points import BadPointError, Confirming, PointKind, Wording
from yesword.domain.collecting.snippets import box
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Actor, EventKind, Grade
from yesword.store import contacts, models
from yesword.store.programs import disclosure_digest

BEN = "+31612345679"


@pytest.fixture
def point(here):
    return publish_point(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.NONE)


def words(point):
    return consent_text(point.definition, point.program, "en")


def said(here, point, **changes):
    usual = {
        "number": ANNA,
        "consent": True,
        "language": "en",
        "occurred_at": (here.at - timedelta(seconds=5)).isoformat(),
        "wording_sha256": disclosure_digest(words(point)),
        "order": "4711",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


@pytest.fixture
def tell(here, client, point):
    key = checkout.make_key(point)

    def told(to=point, *, secret=key, idempotency="", body=None, **changes):
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        headers |= {"Idempotency-Key": idempotency} if idempotency else {}
        return client.post(
            f"/api/collect/{to.key}",
            data=json.dumps(said(here, to, **changes)) if body is None else body,
            content_type="application/json",
            headers=headers,
        )

    return told


def count(here, table="consent_event"):
    return here.sql(f"SELECT count(*) FROM {table}")[0][0]


def test_a_ticked_box_grants_with_the_wording_that_the_shop_showed(here, tell, record, point):
    answer = tell()
    assert (answer.status_code, answer.json()) == (200, {"taken": "consent"})
    (granted,) = record(here)
    assert (granted.event.kind, granted.event.actor, granted.event.grade) == (
        EventKind.GRANTED,
        Actor.API,
        Grade.D,
    )
    assert granted.event.disclosure == disclosure_digest(words(point))
    assert granted.sections["context"]["order"] == "4711"
    assert here.sql("SELECT kind FROM message") == [("welcome",)]


def test_the_wording_of_an_earlier_version_is_pinned_to_that_version(here, tell, record, point):
    old = words(point)
    newer = publish_point(
        here,
        "till",
        kind=PointKind.CHECKOUT,
        confirming=Confirming.NONE,
        wordings=(("en", Wording(consent=f"New: {CONSENT}")),),
    )
    assert newer.version == 2
    assert tell(wording_sha256=disclosure_digest(old)).status_code == 200
    (granted,) = record(here)
    assert granted.sections["notice"]["text"] == old
    assert granted.items[1]["sha256"] == point.digest


def test_an_empty_box_is_remembered_of_people_who_are_known_and_of_nobody_else(here, tell, record):
    here.strangers([ANNA])
    assert tell(consent=False).json() == tell(consent=False, number=BEN).json() == {"taken": "refusal"}
    (refused,) = record(here)
    assert refused.event.kind is EventKind.REFUSED
    with here.store.database.read() as session:
        assert contacts.find(here.store, session, here.club.brand, BEN) is None


def test_known_and_unknown_numbers_are_answered_alike(here, tell):
    here.join()
    here.text(ANNA, "STOP")
    assert tell().json() == tell(number=BEN).json()


def test_no_call_lifts_a_stop(here, tell):
    here.join()
    here.text(ANNA, "STOP")
    here.wait(minutes=1)
    tell()
    assert here.state().grant_for(here.club.id) is None


def test_where_the_sender_can_receive_the_answer_holds_a_code_to_show(here, tell, record):
    point = publish_point(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.REVERSE)
    confirm = tell(point).json()["confirm"]
    assert re.fullmatch(r"YES \d{4}", confirm["text"])
    assert confirm["to"] == here.club.sender
    assert count(here) == 0
    here.text(ANNA, confirm["text"])
    (granted,) = record(here)
    assert granted.event.grade is Grade.A


def test_where_the_point_asks_by_text_a_call_asks_nobody(here, tell, record):
    point = publish_point(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.ASK)
    tell(point)
    here.settle()
    assert here.shown() == []
    assert [each.event.kind for each in record(here)] == [EventKind.REQUESTED]


# --- once ----------------------------------------------------------------------------------------------------


def test_a_call_with_the_same_idempotency_key_is_answered_alike_and_does_nothing_twice(here, tell, point):
    body = json.dumps(said(here, point))
    first = tell(idempotency="k-1", body=body)
    again = tell(idempotency="k-1", body=body)
    assert first.content == again.content
    assert count(here) == 1


def test_a_key_that_came_with_another_call_is_refused(here, tell):
    tell(idempotency="k-1")
    answer = tell(idempotency="k-1", number=BEN)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


# --- who may -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "ywk_guessed", "Bearer"])
def test_without_its_key_nobody_speaks_for_a_point(here, tell, secret):
    answer = tell(secret=secret)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_point_key")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert count(here, "contact") == 0


def test_a_key_speaks_for_its_own_point_only(here, tell):
    other = publish_point(here, "other-till", kind=PointKind.CHECKOUT, confirming=Confirming.NONE)
    assert tell(other).status_code == 401


def test_a_key_that_was_ended_counts_no_more(here, tell, point):
    hint = models.PointKey.objects.get().hint
    assert checkout.end_key(point, hint, here.at) == 1
    assert tell().status_code == 401


def test_only_the_digest_of_a_key_is_kept(here, point):
    key = checkout.make_key(point)
    row = models.PointKey.objects.latest("pk")
    assert key not in str(vars(row).values())


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"number": "12"}, 422, "bad_call", id="no number"),
        pytest.param({"number": "+31201234567"}, 422, "number_type", id="a fixed line"),
        pytest.param({"consent": "yes"}, 422, "bad_call", id="a consent that is a word"),
        pytest.param({"consent": None}, 422, "bad_call", id="no consent"),
        pytest.param({"occurred_at": "2026-03-02"}, 422, "bad_call", id="a day for a moment"),
        pytest.param({"occurred_at": "2999-01-01T00:00:00Z"}, 422, "bad_call", id="a moment to come"),
        pytest.param({"wording_sha256": "0" * 64}, 422, "other_wording", id="a wording of their own"),
        pytest.param({"language": "fr"}, 422, "other_wording", id="a language without words"),
        pytest.param({"colour": "red"}, 422, "bad_call", id="a field that nobody knows"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(here, tell, changes, status, code):
    answer = tell(**changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert count(here, "contact") == 0


def test_what_is_no_json_is_refused(tell):
    assert tell(body="number=1").status_code == 400
    assert tell(body="x" * 20_000).status_code == 413


# --- the snippet ---------------------------------------------------------------------------------------------


class Boxes(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.inputs, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            self.inputs.append(dict(attrs))
        assert tag not in ("script", "style")

    def handle_data(self, data):
        self.words.append(data)


def test_the_box_of_the_snippet_is_not_ticked_and_has_the_wording_to_the_letter(here, point):
    found = Boxes(box(point.definition, point.program, "en"))
    tick, digest, language = found.inputs
    assert (tick["type"], "checked" in tick) == ("checkbox", False)
    assert words(point) in "".join(found.words)
    assert digest["value"] == disclosure_digest(words(point))
    assert language["value"] == "en"


def test_a_snippet_in_a_language_without_words_is_refused(here, point):
    with pytest.raises(BadPointError):
        box(point.definition, point.program, "fr")
