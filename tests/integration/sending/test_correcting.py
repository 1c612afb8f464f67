"""A stop on an unsure reading: confirmed, or undone as a misreading, and by which rules."""

import contextlib
from datetime import timedelta

import pytest

from factories.queued import BRAND, UNSURE, add_user, do, only, waiting
from factories.readings import Readings, leaving, reading
from factories.worlds import ANNA, World
from yesword.consent.correcting import (
    NoReasonError,
    NoSuchStopError,
    NotAReadingError,
    StoppedAgainError,
    correct,
)
from yesword.domain.events import EventKind
from yesword.domain.ids import EventId
from yesword.domain.messages import MessageState
from yesword.domain.triage import TriageState, Verb
from yesword.domain.understanding import Kind
from yesword.sending import triage
from yesword.store import programs
from yesword.store.checking import check_store


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[UNSURE] = leaving(0.7, span=(22, 30))
    return known


# --- a probable stop -------------------------------------------------------------------------------------------


def test_an_unsure_stop_ends_texts_at_once_and_is_confirmed_to_the_person(here: World) -> None:
    here.join()
    assert here.text(ANNA, UNSURE) == "withdrawn"
    assert here.state().grants == ()
    assert here.shown()[-1] == f"{BRAND}: no more messages."
    item = only(here)
    assert item.verbs == (Verb.CONFIRM, Verb.UNDO)
    assert item.event == here.state().withdrawals[0].event


def test_to_confirm_a_stop_changes_nothing_more(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    kinds = here.kinds()
    settled = do(here, "confirm", only(here), user)
    assert (settled.item.state, settled.item.settled_by) == (TriageState.CONFIRMED, user)
    assert here.kinds() == kinds
    assert waiting(here) == []


def test_a_stop_that_was_none_is_undone_and_what_was_queued_stays_cancelled(on_both: World) -> None:
    here = on_both
    user = add_user("kim", "Kim")
    here.join()
    here.wait(minutes=1)
    queued = here.plan(here.contact().id, due_at=here.at + timedelta(days=1))
    here.text(ANNA, UNSURE)
    settled = do(here, "undo", only(here), user, "she meant the parcel")
    assert settled.item.state is TriageState.UNDONE
    assert settled.item.note == "she meant the parcel"
    assert here.kinds() == ["requested", "confirmed", "withdrawn", "corrected"]
    assert here.state().grant_for(here.club.id) is not None
    here.wait(days=2)
    here.settle()
    assert here.message(queued) == (MessageState.CANCELLED, "withdrawn")
    fresh = here.plan(here.contact().id)
    here.settle()
    assert here.message(fresh)[0] is MessageState.SENT
    assert check_store(here.store).findings == []


def test_the_record_says_who_undid_it_and_why_and_not_in_the_clear(here: World) -> None:
    from yesword.reporting.people import read_events

    user = add_user("kim.vermeer", "Kim Vermeer")  # no digest has a dot or a blank in it
    here.join()
    here.text(ANNA, UNSURE)
    do(here, "undo", only(here), user, "she meant the parcel")
    found = [
        each for each in read_events(here.store, here.contact()) if each.event.kind is EventKind.CORRECTED
    ]
    assert found[0].context["user"] == user
    assert found[0].context["reason"] == "she meant the parcel"
    assert found[0].event.reason == "misread"
    for body, entry in here.sql("SELECT body, entry FROM consent_event"):
        assert b"parcel" not in bytes(body) + bytes(entry)
        assert b"kim.vermeer" not in bytes(body) + bytes(entry)
        assert b"Kim Vermeer" not in bytes(body) + bytes(entry)


def test_a_stop_is_not_undone_without_a_reason(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    with pytest.raises(NoReasonError):
        do(here, "undo", only(here), user, "  ")
    assert only(here).state is TriageState.OPEN
    assert here.state().grants == ()


def test_a_stop_is_not_undone_once_the_person_has_said_it_exactly(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    here.text(ANNA, "STOP")
    with pytest.raises(StoppedAgainError):
        do(here, "undo", only(here), user, "she meant the parcel")
    assert here.state().grants == ()
    assert do(here, "confirm", only(here), user).item.state is TriageState.CONFIRMED


def test_of_two_unsure_stops_one_may_be_undone_and_the_other_still_stands(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    here.text(ANNA, UNSURE)
    first, second = waiting(here)
    do(here, "undo", first, user, "she meant the parcel")
    assert here.state().grant_for(here.club.id) is None
    do(here, "undo", second, user, "and this one too")
    assert here.state().grant_for(here.club.id) is not None


# --- correcting ------------------------------------------------------------------------------------------------


def correcting(here: World, event: EventId, reason: str = "a slip") -> None:
    with here.store.database.write() as session:
        correct(
            here.store,
            session,
            programs.brand(here.club.brand),
            here.contact(),
            event,
            7,
            reason,
            here.at,
        )


def test_exact_words_are_never_corrected_by_a_colleague(on_both: World) -> None:
    here = on_both
    here.join()
    here.text(ANNA, "STOP")
    kinds = here.kinds()
    with pytest.raises(NotAReadingError):
        correcting(here, here.state().withdrawals[0].event)
    assert here.kinds() == kinds


def test_what_was_corrected_is_not_corrected_again(here: World) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    event = here.state().withdrawals[0].event
    correcting(here, event)
    with pytest.raises(NoSuchStopError):
        correcting(here, event)
    assert here.kinds().count("corrected") == 1


@pytest.mark.parametrize("words", ["START", "SAVEMORE"])
def test_after_the_person_came_back_a_correction_takes_nothing_from_them(here: World, words: str) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    event = here.state().withdrawals[0].event
    here.text(ANNA, words)
    here.text(ANNA, "yes")
    grants = here.state().grant_for(here.club.id)
    assert grants is not None
    with contextlib.suppress(NoSuchStopError):
        correcting(here, event)
    assert here.state().grant_for(here.club.id) is not None


def test_a_correction_elsewhere_settles_the_text_in_the_queue(here: World) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    correcting(here, here.state().withdrawals[0].event, "she called")
    assert waiting(here) == []
    with here.store.database.read() as session:
        (item,) = triage.settled(here.store, session, here.club.brand)
    assert (item.state, item.note, item.settled_by) == (TriageState.UNDONE, "she called", 7)


def test_a_number_that_is_somebody_elses_is_not_corrected_back(here: World, readings: Readings) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    event = here.state().withdrawals[0].event
    readings["not her"] = leaving(kind=Kind.WRONG_NUMBER)
    here.text(ANNA, "not her")
    with pytest.raises(NoSuchStopError):
        correcting(here, event)
    assert here.state().grants == ()
