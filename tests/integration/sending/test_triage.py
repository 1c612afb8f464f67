"""Texts that somebody should look at: how they come into the queue, and who is first to settle one."""

import pytest

from factories.queued import BERT, BRAND, QUESTION, UNSURE, add_user, do, only, waiting
from factories.readings import Readings, leaving, read_as, reading
from factories.worlds import ANNA, EVENTS, World, at_once
from yesword.domain.events import FREE_TEXT, EventKind
from yesword.domain.ids import InboundId
from yesword.domain.messages import MessageState
from yesword.domain.triage import TriageKind
from yesword.domain.understanding import Kind, Scope
from yesword.sending import triage
from yesword.sending.draining import drain_all
from yesword.store import models


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    known = reading(monkeypatch)
    known[UNSURE] = leaving(0.7, span=(22, 30))
    return known


# --- what is kept of a reading ---------------------------------------------------------------------------------


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


# --- the queue -------------------------------------------------------------------------------------------------


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


# --- who is first ----------------------------------------------------------------------------------------------


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
        assert not drain_all(here.store, settled.withdrawn, 0.05)
    for each in taken:
        here.hand_over(each)
    assert triage.finish(here.store, settled)


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
