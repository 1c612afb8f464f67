"""A shop's call that is sent twice at the same moment under one Idempotency-Key: one event, and one answer for both."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from factories.points import published
from factories.worlds import ANNA
from yesword.collect import checkout
from yesword.collect.checkout import ReusedKeyError
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.proof.evidence.opening import record_of
from yesword.store.programs import disclosure_digest

BEN = "+31612345679"
AT_ONCE = 4
ROUNDS = 5


def body(here, point, number=ANNA, age=timedelta(seconds=5)):
    words = consent_text(point.definition, point.program, "en")
    said = {
        "number": number,
        "consent": True,
        "language": "en",
        "occurred_at": (here.at - age).isoformat(),
        "wording_sha256": disclosure_digest(words),
    }
    return json.dumps(said).encode()


def at_once(here, point, key, bodies):
    """The answers to all of these, sent by as many callers in the same moment; an error in place of one."""
    start = Barrier(len(bodies))

    def call(raw):
        try:
            read = checkout.read(point, json.loads(raw), here.at)
            start.wait(timeout=10)
            return checkout.take(here.store, read, key, raw, here.at)
        except ReusedKeyError as error:
            return error.code
        finally:
            here.store.database.close()
            here.store.vault.close()

    with ThreadPoolExecutor(len(bodies)) as callers:
        return list(callers.map(call, bodies))


@pytest.mark.parametrize("confirming", [Confirming.NONE, Confirming.REVERSE])
def test_one_key_at_once_is_one_event_and_one_answer(on_both, confirming):
    here = on_both
    point = published(here, "till", kind=PointKind.CHECKOUT, confirming=confirming)
    for each in range(ROUNDS):
        number = f"+3161234{5000 + each}"
        before = here.sql("SELECT count(*) FROM consent_event")[0][0]
        answers = at_once(here, point, f"order-{each}", [body(here, point, number)] * AT_ONCE)
        assert len(set(answers)) == 1
        assert json.loads(answers[0])["taken"] == "consent"
        events = here.sql("SELECT count(*) FROM consent_event")[0][0] - before
        assert events == (
            1 if confirming is Confirming.NONE else 0
        )  # a code is an event only once it is texted
    assert here.sql("SELECT count(*) FROM call_answer") == [(ROUNDS,)]


def test_one_key_at_once_with_two_bodies_takes_one_and_refuses_the_other(on_both):
    here = on_both
    point = published(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.NONE)
    for each in range(ROUNDS):
        numbers = (f"+3161234{6000 + each}", f"+3161234{7000 + each}")
        answers = at_once(here, point, f"order-{each}", [body(here, point, one) for one in numbers])
        assert sorted(answers) == ["idempotency_key_reused", json.dumps({"taken": "consent"})]
    assert here.sql("SELECT count(*) FROM consent_event") == [(ROUNDS,)]


def test_the_same_key_with_another_body_is_refused_later_too(on_both):
    here = on_both
    point = published(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.NONE)
    first = at_once(here, point, "order-1", [body(here, point)])
    assert at_once(here, point, "order-1", [body(here, point, BEN)]) == ["idempotency_key_reused"]
    assert at_once(here, point, "order-1", [body(here, point)]) == first


@pytest.mark.parametrize(
    ("age", "kind", "texts"),
    [
        (timedelta(hours=1), "granted", 1),
        (timedelta(days=30), "granted", 0),
        (timedelta(days=2000), "requested", 0),
    ],
    ids=["just now: with a welcome", "long ago: without", "too long ago: the handset has to say it"],
)
def test_a_yes_of_long_ago_is_recorded_as_what_it_is_and_texts_nobody(on_both, age, kind, texts):
    here = on_both
    point = published(here, "till", kind=PointKind.CHECKOUT, confirming=Confirming.NONE)
    at_once(here, point, "order-1", [body(here, point, age=age)])
    with here.store.database.read() as session:
        (found,) = record_of(here.store, session, here.contact())
    assert found.event.kind.value == kind
    assert found.event.occurred_at == here.at - age
    assert here.sql("SELECT count(*) FROM message") == [(texts,)]
