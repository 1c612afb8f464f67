"""Texts that somebody should look at: how they come into the queue, and what is done about each."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from factories.readings import Readings, leaving, read_as, reading
from factories.worlds import ANNA, CLUB, EVENTS, World, at_once, world
from yesword.consent.correcting import (
    NoReasonError,
    NoSuchStopError,
    NotAReadingError,
    StoppedAgainError,
    correct,
)
from yesword.domain.events import FREE_TEXT, EventKind
from yesword.domain.ids import EventId, InboundId
from yesword.domain.messages import MessageState
from yesword.domain.triage import TriageKind, TriageState, Verb
from yesword.domain.understanding import Kind, Right, Scope
from yesword.sending import privacy_requests, triage
from yesword.sending.draining import drain_all
from yesword.store import models, programs
from yesword.store.checking import check_store
from yesword.store.opening import Store

BRAND = "Linde & Loom"
UNSURE = "please be so kind and leave it"
QUESTION = "do you have these in size 42, in the shop on Main Street"
BERT = "+31612345679"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[UNSURE] = leaving(0.7, span=(22, 30))
    return known


@pytest.fixture
def here(sqlite_store: Store, readings: Readings) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store, readings: Readings) -> Iterator[World]:
    with world(store) as made:
        yield made


@pytest.fixture
def user(here: World) -> int:
    return add_user("kim", "Kim")


def add_user(name: str, display_name: str) -> int:
    return models.User.objects.create_user(name, "a long password", display_name=display_name).pk


def waiting(here: World, after: triage.Place | None = None, limit: int = 50) -> list[triage.Item]:
    with here.store.database.read() as session:
        return triage.queue(here.store, session, here.club.brand, after, limit)


def only(here: World) -> triage.Item:
    (item,) = waiting(here)
    return item


def do(here: World, verb: str, item: triage.Item, user: int, *arguments: str) -> triage.Settled:
    """What somebody does, and what follows from it."""
    here.wait(seconds=20)
    with here.store.database.write() as session:
        if verb == "done":
            settled = triage.done(here.store, session, item.id, user, here.at, *arguments)
        else:
            settled = getattr(triage, verb)(here.store, session, item.id, user, *arguments, here.at)
    assert triage.finish(here.store, settled, here.at)
    here.settle()
    return settled


# --- what is kept of a reading -------------------------------------------------------------------------------


def test_how_a_text_was_read_is_kept_with_it(on_both: World) -> None:
    here = on_both
    here.join()
    campaign = here.campaign()
    here.wait(minutes=1)
    here.settle()
    here.text(ANNA, UNSURE)
    ((kinds, rule, confidence, start, end, is_per_se, message, event),) = here.sql(
        "SELECT kinds, rule, confidence, span_start, span_end, is_per_se, last_message_id, event_id"
        " FROM inbound_text WHERE confidence < 0.9"
    )
    assert (kinds, rule, confidence) == ("opt_out", "phrase: as the test says", 0.7)
    assert UNSURE[start:end] == "leave it"
    assert not is_per_se
    assert here.sql("SELECT campaign_id FROM message WHERE id = %s", message) == [(campaign.pk,)]
    assert event == here.state().withdrawals[0].event


def test_what_came_before_the_first_text_of_ours_answers_nothing(here: World) -> None:
    here.text(ANNA, "HELP")
    assert here.sql("SELECT last_message_id FROM inbound_text") == [(None,)]


@pytest.mark.parametrize(
    ("words", "route"),
    [
        pytest.param("STOP", "reply", id="the word itself"),
        pytest.param("afmelden", "reply", id="in Dutch"),
        pytest.param(UNSURE, FREE_TEXT, id="in the person's own words"),
    ],
)
def test_only_what_was_read_from_free_text_may_be_a_misreading(here: World, words: str, route: str) -> None:
    here.join()
    here.text(ANNA, words)
    (withdrawal,) = here.state().withdrawals
    assert withdrawal.route == route
    assert withdrawal.may_be_misread is (route == FREE_TEXT)


def test_the_record_says_how_a_stop_was_read_and_none_of_the_words(here: World) -> None:
    from yesword.reporting.people import read_events

    here.join()
    here.text(ANNA, UNSURE)
    found = [
        each for each in read_events(here.store, here.contact()) if each.event.kind is EventKind.WITHDRAWN
    ]
    assert found[0].context["read"] == {
        "rule": "phrase: as the test says",
        "confidence": 70,
        "span": [22, 30],
    }
    assert "names_email" not in found[0].context


def test_that_e_mail_should_end_too_is_in_the_record(here: World, readings: Readings) -> None:
    from yesword.reporting.people import read_events

    readings["everything, the mails too"] = leaving(names_email=True)
    here.text(ANNA, "everything, the mails too")
    (found,) = read_events(here.store, here.contact())
    assert found.context["names_email"] is True


# --- the queue -----------------------------------------------------------------------------------------------


def test_probable_stops_come_first_then_the_oldest(on_both: World) -> None:
    here = on_both
    here.text(ANNA, QUESTION)
    here.text(BERT, "are you open on Sunday, by any chance, in the afternoon")
    here.text("+31612345670", UNSURE)
    assert [item.kind for item in waiting(here)] == [
        TriageKind.PROBABLE_STOP,
        TriageKind.QUESTION,
        TriageKind.QUESTION,
    ]
    assert [item.text for item in waiting(here)][1:] == [
        QUESTION,
        "are you open on Sunday, by any chance, in the afternoon",
    ]
    with here.store.database.read() as session:
        found = triage.counts(session, here.club.brand)
    assert (found[TriageKind.PROBABLE_STOP], found[TriageKind.QUESTION]) == (1, 2)


def test_pages_follow_on_each_other_without_a_gap(on_both: World, readings: Readings) -> None:
    here = on_both
    for number in range(5):
        here.text(f"+3161234560{number}", f"{QUESTION} {number}")
    readings["leave it"] = leaving(0.5)
    for number in range(3):
        here.text(f"+3161234561{number}", "leave it")
    whole = [item.id for item in waiting(here)]
    assert len(whole) == 8
    paged: list[InboundId] = []
    after = None
    while page := waiting(here, after, 3):
        paged += [item.id for item in page]
        after = triage.Place.from_text(page[-1].place.to_text())
    assert paged == whole


def test_a_place_that_is_none_is_refused() -> None:
    bad = ("", "1", "1-2-3", "x-y-inb_1", "1-99999999999999999999999-inb_1", "1--2-inb_1", "1-1_0-inb_1")
    kinds = ("99999999999999999999-0-inb_1", "9223372036854775807-0-inb_1", "5-0-inb_1", "\u0663-0-inb_1")
    for text in (*bad, *kinds, "0-9223372036854775808-inb_1", "0-\u0663-inb_1", "0-253402300800000000-inb_1"):
        with pytest.raises(triage.BadPlaceError):
            triage.Place.from_text(text)


def test_a_text_that_does_not_open_leaves_the_others_readable(here: World, user: int) -> None:
    here.text(ANNA, QUESTION)
    here.text(BERT, QUESTION)
    here.sql(
        "UPDATE inbound_text SET sealed_body = %s WHERE contact_id = %s", b"x" * 60, here.contact(ANNA).id
    )
    assert [item.text for item in waiting(here)] == [None, QUESTION]
    damaged = waiting(here)[0]
    do(here, "done", damaged, user, "nobody can read it")
    here.sql("UPDATE triage SET sealed_note = %s WHERE id = %s", b"x" * 60, damaged.id)
    with here.store.database.read() as session:
        (item,) = triage.settled(here.store, session, here.club.brand)
    assert (item.text, item.note) == (None, "")


def test_of_another_brand_nothing_is_seen(here: World) -> None:
    here.text(ANNA, QUESTION)
    other = models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/other")
    with here.store.database.read() as session:
        assert triage.queue(here.store, session, other.pk) == []


def test_what_was_a_command_is_nobodys_to_look_at(here: World) -> None:
    here.join()
    for words in ("HELP", "STOP", "START"):
        here.text(ANNA, words)
    assert waiting(here) == []


def test_a_weak_word_ends_nothing_and_is_looked_at(here: World, readings: Readings) -> None:
    here.join()
    readings["nope"] = read_as(Kind.OTHER, rule="weak_word")
    here.text(ANNA, "nope")
    assert only(here).kind is TriageKind.PERHAPS_STOP
    assert here.state().grant_for(here.club.id) is not None


def test_an_item_does_not_show_what_was_written(here: World) -> None:
    here.text(ANNA, QUESTION)
    assert "size" not in repr(only(here))


def test_notes_about_people_are_not_readable_in_the_store(here: World, user: int) -> None:
    here.text(ANNA, QUESTION)
    do(here, "done", only(here), user, "called her mother on +31201112222")
    ((note,),) = here.sql("SELECT sealed_note FROM triage")
    assert b"mother" not in bytes(note)
    with here.store.database.read() as session:
        (item,) = triage.settled(here.store, session, here.club.brand)
    assert item.note == "called her mother on +31201112222"


# --- a probable stop -----------------------------------------------------------------------------------------


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


def test_the_record_says_who_undid_it_and_why_and_not_in_the_clear(here: World, user: int) -> None:
    from yesword.reporting.people import read_events

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
        assert b"Kim" not in bytes(body) + bytes(entry)


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


# --- correcting ----------------------------------------------------------------------------------------------


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


# --- who is first --------------------------------------------------------------------------------------------


def test_to_do_the_same_twice_changes_nothing(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    item = only(here)
    assert do(here, "undo", item, user, "a slip").is_new
    kinds = here.kinds()
    again = do(here, "undo", item, user, "a slip")
    assert not again.is_new
    assert here.kinds() == kinds


def test_to_confirm_a_wrong_number_twice_drains_twice(here: World, readings: Readings, user: int) -> None:
    """The first to say so may have died between the commit and the drain."""
    readings["not mine"] = leaving(0.7, kind=Kind.WRONG_NUMBER, scope=Scope.PROGRAM, program="club")
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    here.text(ANNA, "not mine")
    item = only(here)
    on_its_way = here.plan(here.contact().id, program=here.events)
    taken = here.claim_all()
    assert here.message(on_its_way)[0] is MessageState.SENDING
    for is_new in (True, False):
        with here.store.database.write() as session:
            settled = triage.confirm(here.store, session, item.id, user, here.at)
        assert settled.is_new is is_new
        assert not drain_all(here.store, settled.withdrawn, here.at, 0.05)
    for each in taken:
        here.hand_over(each)
    assert triage.finish(here.store, settled, here.at)


def test_another_answer_by_the_same_person_is_not_taken_for_the_first(here: World, user: int) -> None:
    here.text(ANNA, QUESTION)
    item = only(here)
    first = f"{BRAND}: yes, we do."
    do(here, "answer", item, user, first)
    assert not do(here, "answer", item, user, f" {first} ").is_new
    with pytest.raises(triage.AlreadySettledError, match="Kim"):
        do(here, "answer", item, user, f"{BRAND}: no, sorry.")
    assert here.shown() == [first]


def test_whoever_comes_second_is_told_who_was_first_and_when(here: World, user: int) -> None:
    here.join()
    here.text(ANNA, UNSURE)
    item = only(here)
    do(here, "confirm", item, user)
    other = add_user("sam", "Sam")
    with pytest.raises(triage.AlreadySettledError, match=r"^Kim .* on 2026-03-02 12:\d\d UTC: confirmed"):
        do(here, "undo", item, other, "a slip")
    with pytest.raises(triage.AlreadySettledError):
        do(here, "confirm", item, other)
    assert here.state().grants == ()


def test_of_two_at_once_one_is_first(on_both: World) -> None:
    here = on_both
    users = [add_user(name, name) for name in ("kim", "sam")]
    here.join()
    here.text(ANNA, UNSURE)
    item = only(here)
    outcomes: list[str] = []

    def settle(user: int) -> None:
        try:
            with here.store.database.write() as session:
                triage.undo(here.store, session, item.id, user, "a slip", here.at)
            outcomes.append("undone")
        except triage.AlreadySettledError:
            outcomes.append("too late")

    at_once(here.store, [lambda user=user: settle(user) for user in users])
    assert sorted(outcomes) == ["too late", "undone"]
    assert here.kinds().count("corrected") == 1


def test_what_is_not_for_a_text_is_refused(here: World, user: int) -> None:
    here.text(ANNA, QUESTION)
    with pytest.raises(triage.NotForThisError):
        do(here, "undo", only(here), user, "a slip")
    with pytest.raises(triage.NoSuchRowError), here.store.database.write() as session:
        triage.confirm(here.store, session, InboundId(1), user, here.at)


# --- perhaps a stop ------------------------------------------------------------------------------------------


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


# --- answering -----------------------------------------------------------------------------------------------


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


# --- privacy requests ----------------------------------------------------------------------------------------


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
