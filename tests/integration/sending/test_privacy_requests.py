"""A text that asks what is kept, or that it be deleted: its request, its month, and its place in the queue."""

import contextlib

import pytest

from factories.queued import BERT, BRAND, QUESTION, UNSURE, add_user, do, only, waiting
from factories.readings import Readings, leaving, read_as, reading
from factories.worlds import ANNA, CLUB, World, at_once
from yesword.consent.correcting import (
    correct,
)
from yesword.domain.triage import TriageKind, TriageState
from yesword.domain.understanding import Kind, Right
from yesword.sending import privacy_requests, triage
from yesword.store import programs


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[UNSURE] = leaving(0.7, span=(22, 30))
    return known


ACCESS = "what do you have on me"
ERASURE = "delete my data"


@pytest.fixture
def asking(readings: Readings) -> None:
    readings[ACCESS] = read_as(Kind.PRIVACY_REQUEST, right=Right.ACCESS, language="en")
    readings[ERASURE] = leaving(kind=Kind.PRIVACY_REQUEST, right=Right.ERASURE)


def requests(here: World) -> list[privacy_requests.PrivacyRequest]:
    with here.store.database.read() as session:
        return privacy_requests.open_requests(here.store, session, here.club.brand)


def test_who_asks_what_is_kept_is_told_by_when_it_is_answered(on_both: World, asking: None) -> None:
    here = on_both
    here.join()
    assert here.text(ANNA, ACCESS) == "privacy_request"
    (request,) = requests(here)
    assert request.right is Right.ACCESS
    assert f"{request.due_at:%Y-%m-%d}" == "2026-04-02"
    assert here.shown()[-1] == (
        f"{BRAND}: we have received your request about your data. You will have an answer by 2 April 2026."
    )
    item = only(here)
    assert (item.kind, item.due_at, item.request) == (TriageKind.PRIVACY_REQUEST, request.due_at, request.id)
    assert here.state().grant_for(here.club.id) is not None


def test_who_asks_twice_has_asked_once(on_both: World, asking: None) -> None:
    here = on_both
    here.text(ANNA, ACCESS)
    shown = here.shown()
    here.wait(days=3)
    here.text(ANNA, ACCESS)
    (request,) = requests(here)
    assert f"{request.asked_at:%Y-%m-%d}" == "2026-03-02"
    assert here.shown() == shown
    assert [item.request for item in waiting(here)] == [request.id] * 2


def test_who_asks_for_both_has_asked_for_both(here: World, asking: None) -> None:
    here.text(ANNA, ACCESS)
    here.text(ANNA, ERASURE)
    assert {request.right for request in requests(here)} == {Right.ACCESS, Right.ERASURE}


def test_who_wants_to_be_erased_gets_no_more_texts_and_no_promise(here: World, asking: None) -> None:
    here.join()
    assert here.text(ANNA, ERASURE) == "withdrawn"
    assert here.state().grants == ()
    assert here.shown()[-1] == f"{BRAND}: no more messages."
    assert [request.right for request in requests(here)] == [Right.ERASURE]
    assert not here.state().is_erased


def test_what_was_asked_is_closed_once(here: World, asking: None, user: int) -> None:
    here.text(ANNA, ACCESS)
    do(here, "done", only(here), user, "sent by post")
    assert requests(here) == []
    with here.store.database.read() as session:
        (request,) = privacy_requests.of_contact(here.store, session, here.contact().id)
    assert (request.state, request.done_by, request.note) == (
        privacy_requests.State.DONE,
        user,
        "sent by post",
    )
    with here.store.database.write() as session:
        assert privacy_requests.close(here.store, session, request.id, user, here.at) == request
    other = add_user("sam", "Sam")
    with (
        pytest.raises(privacy_requests.AlreadyClosedError, match="Kim"),
        here.store.database.write() as session,
    ):
        privacy_requests.close(here.store, session, request.id, other, here.at)
    here.text(ANNA, ACCESS)
    assert len(requests(here)) == 1


def test_an_answer_does_not_meet_a_request(on_both: World, asking: None) -> None:
    here, user = on_both, add_user("kim", "Kim")
    here.text(ANNA, ACCESS)
    item = only(here)
    said = f"{BRAND}: who are you, please?"
    settled = do(here, "answer", item, user, said)
    assert (settled.item.state, settled.is_new) == (TriageState.OPEN, True)
    assert here.shown()[-1] == said
    assert only(here).due_at == item.due_at
    assert len(requests(here)) == 1
    assert not do(here, "answer", item, user, said).is_new
    assert here.shown().count(said) == 1
    assert do(here, "answer", item, user, f"{BRAND}: thank you.").is_new
    assert here.shown()[-1] == f"{BRAND}: thank you."
    assert here.text(ANNA, "shoes") == "conversation"
    do(here, "done", item, user)
    assert requests(here) == []


@pytest.fixture
def unsure_erasure(on_both: World, readings: Readings) -> World:
    """Somebody's words are perhaps a stop, and certainly a request."""
    readings["away with it"] = leaving(0.7, right=Right.ERASURE, also=(Kind.PRIVACY_REQUEST,))
    on_both.join()
    on_both.text(ANNA, "away with it")
    assert only(on_both).kind is TriageKind.PROBABLE_STOP
    return on_both


@pytest.mark.parametrize(
    ("verb", "words", "other"), [("confirm", (), "undo"), ("undo", ("a slip",), "confirm")]
)
def test_settling_the_stop_leaves_the_request_to_be_met(
    unsure_erasure: World, verb: str, words: tuple[str, ...], other: str
) -> None:
    here, user = unsure_erasure, add_user("kim", "Kim")
    item = only(here)
    assert do(here, verb, item, user, *words).is_new
    left = only(here)
    assert (left.id, left.kind) == (item.id, TriageKind.PRIVACY_REQUEST)
    assert (left.state, left.due_at) == (TriageState.OPEN, item.due_at)
    assert (here.state().grant_for(here.club.id) is not None) is (verb == "undo")
    assert not do(here, verb, item, user, *words).is_new
    with pytest.raises(triage.NotForThisError):
        do(here, other, item, user, *(("a slip",) if other == "undo" else ()))
    do(here, "done", left, user)
    assert (waiting(here), requests(here)) == ([], [])


def test_a_correction_elsewhere_leaves_the_request_to_be_met(unsure_erasure: World) -> None:
    here, user = unsure_erasure, add_user("kim", "Kim")
    item = only(here)
    assert item.event is not None
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        correct(here.store, session, brand, here.contact(), item.event, user, "a slip", here.at)
    assert (only(here).kind, only(here).due_at) == (TriageKind.PRIVACY_REQUEST, item.due_at)


def test_a_correction_settles_no_request(here: World, readings: Readings, user: int) -> None:
    readings["away with it"] = leaving(right=Right.ERASURE, also=(Kind.PRIVACY_REQUEST,))
    here.join()
    here.text(ANNA, "away with it")
    item = only(here)
    assert (item.kind, item.event is not None) == (TriageKind.PRIVACY_REQUEST, True)
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        correct(here.store, session, brand, here.contact(), item.events[0], user, "a slip", here.at)
    left = only(here)
    assert (left.id, left.kind, left.due_at) == (item.id, item.kind, item.due_at)
    assert len(requests(here)) == 1


def test_a_request_that_is_met_leaves_none_of_its_texts_behind(on_both: World, asking: None) -> None:
    here, user = on_both, add_user("kim", "Kim")
    here.text(ANNA, ACCESS)
    here.text(ANNA, ACCESS)
    here.text(ANNA, ERASURE)
    first, _, other = waiting(here)
    assert first.request is not None
    with here.store.database.write() as session:
        privacy_requests.close(here.store, session, first.request, user, here.at, "by post")
    assert [item.id for item in waiting(here)] == [other.id]
    with here.store.database.read() as session:
        done = triage.settled(here.store, session, here.club.brand)
    assert [(item.state, item.settled_by, item.note) for item in done] == [
        (TriageState.DONE, user, "by post")
    ] * 2


def test_a_stop_that_is_not_sure_waits_though_its_request_is_met(unsure_erasure: World) -> None:
    here, user = unsure_erasure, add_user("kim", "Kim")
    item = only(here)
    assert item.request is not None
    with here.store.database.write() as session:
        privacy_requests.close(here.store, session, item.request, user, here.at)
    assert (only(here).kind, only(here).due_at) == (TriageKind.PROBABLE_STOP, None)
    do(here, "confirm", item, user)
    assert waiting(here) == []


def test_of_two_who_close_a_request_one_is_first(on_both: World, asking: None) -> None:
    here = on_both
    here.text(ANNA, ACCESS)
    request = only(here).request
    assert request is not None
    users, closed = [add_user("kim", "Kim"), add_user("sam", "Sam")], []

    def close(user: int) -> None:
        with (
            contextlib.suppress(privacy_requests.AlreadyClosedError),
            here.store.database.write() as session,
        ):
            closed.append(privacy_requests.close(here.store, session, request, user, here.at).done_by)

    at_once(here.store, [lambda user=user: close(user) for user in users])
    assert len(closed) == 1
    with here.store.database.read() as session:
        (done,) = triage.settled(here.store, session, here.club.brand)
    assert done.settled_by == closed[0]


def test_the_first_to_be_due_comes_first(on_both: World, asking: None) -> None:
    here = on_both
    for number in (ANNA, BERT, "+31612345670"):
        here.text(number, ACCESS)
        here.wait(days=1)
    first, second, third = requests(here)
    assert first.due_at < second.due_at < third.due_at
    with here.store.database.read() as session:
        rest = privacy_requests.open_requests(here.store, session, here.club.brand, (first.due_at, first.id))
    assert rest == [second, third]


def test_a_shared_sender_hears_a_question_once(here: World) -> None:
    assert here.text(ANNA, QUESTION, to=CLUB) == "conversation"
    assert len(waiting(here)) == 1
