"""Perhaps-stops, answers of a colleague, and conversations."""

import pytest

from factories.queued import BRAND, QUESTION, UNSURE, add_user, do, only
from factories.readings import Readings, leaving, read_as, reading
from factories.worlds import ANNA, EVENTS, World
from yesword.domain.messages import MessageState
from yesword.domain.triage import TriageKind, TriageState, Verb
from yesword.domain.understanding import Kind
from yesword.sending import triage


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[UNSURE] = leaving(0.7, span=(22, 30))
    return known


# --- perhaps a stop --------------------------------------------------------------------------------------------


def test_a_colleague_may_see_a_stop_where_the_reading_saw_none(
    here: World, readings: Readings, user: int
) -> None:
    here.join()
    readings["nope"] = read_as(Kind.OTHER, rule="weak_word")
    here.text(ANNA, "nope")
    settled = do(here, "stop", only(here), user)
    assert settled.item.state is TriageState.CONFIRMED
    assert here.state().grants == ()
    assert here.shown()[-1] == f"{BRAND}: no more messages."
    again = do(here, "stop", settled.item, user)
    assert not again.is_new
    assert again.withdrawn == settled.withdrawn


def test_a_stop_that_is_seen_an_hour_later_is_not_confirmed_any_more(
    here: World, readings: Readings, user: int
) -> None:
    here.join()
    readings["nope"] = read_as(Kind.OTHER, rule="weak_word")
    here.text(ANNA, "nope")
    shown = here.shown()
    here.wait(hours=1)
    do(here, "stop", only(here), user)
    assert here.state().grants == ()
    assert here.shown() == shown
    assert here.sql("SELECT count(*) FROM message WHERE kind = 'stop_reply'") == [(0,)]


# --- answering -------------------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_person_through_the_gate(on_both: World) -> None:
    here = on_both
    user = add_user("kim", "Kim")
    here.join()
    here.text(ANNA, QUESTION)
    settled = do(here, "answer", only(here), user, "Yes, until Saturday.")
    assert settled.item.state is TriageState.ANSWERED
    assert here.shown()[-1] == "Yes, until Saturday."
    assert here.sql("SELECT class, kind, state FROM message WHERE class = 'conversational'") == [
        ("conversational", "reply", MessageState.SENT)
    ]


def test_an_empty_answer_is_refused(here: World, user: int) -> None:
    here.text(ANNA, QUESTION)
    with pytest.raises(triage.EmptyAnswerError):
        do(here, "answer", only(here), user, " \n")


def test_nobody_answers_a_person_who_has_left(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, QUESTION)
    here.text(ANNA, "STOP")
    shown = here.shown()
    item = only(here)
    assert not item.is_answerable
    assert item.verbs == (Verb.DONE,)
    with pytest.raises(triage.WithdrawnPersonError):
        do(here, "answer", item, user, "Yes, until Saturday.")
    assert here.shown() == shown


@pytest.mark.parametrize("scope", ["everything", "one program"])
def test_a_text_that_withdraws_opens_no_conversation(
    here: World, readings: Readings, user: int, scope: str
) -> None:
    from factories.readings import from_one_program

    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    readings["or I report you"] = (
        leaving(also=(Kind.COMPLAINT,))
        if scope == "everything"
        else from_one_program("events", also=(Kind.COMPLAINT,))
    )
    here.text(ANNA, "or I report you")
    item = only(here)
    assert item.kind is TriageKind.COMPLAINT
    assert not item.is_answerable
    with pytest.raises(triage.WithdrawnPersonError):
        do(here, "answer", item, user, "Do not do that.")


def test_a_text_after_an_answer_is_for_the_colleague_and_no_command(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, QUESTION)
    do(here, "answer", only(here), user, "Which colour? Blue or red?")
    shown = here.shown()
    assert here.text(ANNA, "blue") == "conversation"
    assert here.shown() == shown
    assert only(here).kind is TriageKind.QUESTION
    here.wait(hours=25)
    assert here.text(ANNA, "blue") == "unknown_keyword"


def test_a_stop_in_a_conversation_still_stops(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, QUESTION)
    do(here, "answer", only(here), user, "Which colour? Blue or red?")
    assert here.text(ANNA, "STOP") == "withdrawn"
    assert here.state().grants == ()
