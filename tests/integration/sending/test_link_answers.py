"""A name as sender asks by a link: what its page is given, what a yes leaves behind, and what changes nothing."""

import re
from dataclasses import replace

import pytest

from factories.points import published, sent
from factories.worlds import ANNA, World
from yesword.collect import forgetting
from yesword.collect.forms import Next, take
from yesword.collect.joining import Course
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import CONFIRM_LINK, Actor, EventKind, Grade
from yesword.domain.ids import MessageId, to_text
from yesword.domain.messages import MessageKind, MessageState, for_colleagues
from yesword.proof.evidence.grades import graded_record
from yesword.proof.evidence.opening import record_of
from yesword.sending import link_answers
from yesword.store import models, programs
from yesword.store.programs import disclosure_digest

WORD = re.compile(r"/y/(\w{11})")


@pytest.fixture
def by_name(on_both: World) -> World:
    """A world whose club texts from a name, which nobody can answer."""
    here = on_both
    account = models.Account.objects.get()
    sender = models.Sender.objects.create(account=account, address="LINDE", kind="alphanumeric")
    here.club = programs.publish(replace(here.club, sender="LINDE", keywords=()), sender)
    return here


def asked(here: World, **more) -> tuple[str, object]:
    """Sign up on the form; the word in the text that came of it."""
    point = published(here, confirming=more.pop("confirming", Confirming.ASK))
    taken = take(here.store, sent(point, **more), here.at)
    assert (taken.next, taken.joined.course) == (Next.ASKED, Course.ASK)
    here.settle()
    return WORD.search(here.shown()[-1])[1], point


def look(here: World, word: str):
    return link_answers.find(here.store, word, here.at)


def record(here: World):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact()))


def test_the_question_carries_a_link_in_the_place_of_a_word_to_answer(by_name):
    here = by_name
    word, _ = asked(here)
    (text,) = here.shown()
    assert text.startswith("Linde & Loom: you asked for our texts, Club. Yes or no?")
    assert text.endswith(f"/y/{word}")
    assert "reply" not in text.casefold()
    assert word not in for_colleagues(MessageKind.CONSENT_REQUEST, text)


@pytest.mark.parametrize("confirming", [Confirming.ASK, Confirming.REVERSE], ids=str)
def test_a_point_of_a_name_asks_by_text_whichever_way_it_wants_its_yes_confirmed(by_name, confirming):
    assert look(by_name, asked(by_name, confirming=confirming)[0]) is not None


def test_a_yes_is_of_the_best_grade_and_names_wording_moment_and_text(by_name):
    here = by_name
    word, point = asked(here)
    words = consent_text(point.definition, point.program, "en")
    question = look(here, word)
    assert (question.words, question.language, question.is_over) == (words, "en", False)
    here.wait(minutes=7)
    assert link_answers.say_yes(here.store, question, here.at)
    _, confirmed = record(here)
    event = confirmed.event
    assert (event.kind, event.actor, event.route) == (EventKind.CONFIRMED, Actor.HANDSET, CONFIRM_LINK)
    assert (event.grade, event.occurred_at, event.disclosure) == (Grade.A, here.at, disclosure_digest(words))
    assert confirmed.sections["notice"]["text"] == words
    ((message,),) = here.sql("SELECT id FROM message WHERE kind = 'consent_request'")
    assert confirmed.sections["context"]["message"] == to_text("msg", MessageId(message))
    assert confirmed.sections["subject"]["verified_by"] == "confirm_link"
    graded = graded_record(here.store, here.contact())[event.id]
    assert graded.grade is Grade.A
    assert "graded.a.link" in [each.id for each in graded.reasons]
    assert "unproved.passed_on" in [each.id for each in graded.does_not_prove]


def test_the_welcome_and_whatever_follows_have_the_link_to_leave(by_name):
    here = by_name
    word, _ = asked(here)
    link_answers.say_yes(here.store, look(here, word), here.at)
    here.settle()
    welcome = here.shown()[-1]
    assert re.search(r"/u/\w{11}", welcome)
    assert "Reply" not in welcome
    here.campaign()
    here.settle()
    assert re.search(r"/u/\w{11}", here.shown()[-1])


def test_looking_changes_nothing_however_often(by_name):
    here = by_name
    word, _ = asked(here)
    for _ in range(5):
        assert not look(here, word).is_over
    assert here.kinds() == ["requested"]


def test_a_link_answers_once(by_name):
    here = by_name
    word, _ = asked(here)
    first, second = look(here, word), look(here, word)
    assert link_answers.say_yes(here.store, first, here.at)
    assert not link_answers.say_yes(here.store, second, here.at)
    assert not link_answers.say_never(here.store, second, here.at)
    assert here.kinds() == ["requested", "confirmed"]
    assert look(here, word).is_over


def test_a_link_lapses_with_its_question(by_name):
    here = by_name
    word, _ = asked(here)
    question = look(here, word)
    here.wait(hours=24, seconds=1)
    assert look(here, word).is_over
    assert not link_answers.say_yes(here.store, question, here.at)
    assert here.state().grant_for(here.club.id) is None
    forgetting.forget(here.store, here.at)
    assert look(here, word) is not None
    here.wait(days=31)
    forgetting.forget(here.store, here.at)
    assert look(here, word) is None


def test_never_bars_every_page_of_the_brand(by_name):
    here = by_name
    word, point = asked(here)
    assert link_answers.say_never(here.store, look(here, word), here.at)
    refused = [each.event for each in record(here)[1:]]
    assert [(each.kind, each.scope.program) for each in refused] == [
        (EventKind.REFUSED, here.club.id),
        (EventKind.REFUSED, None),
    ]
    here.wait(days=40)
    events = {"program": here.events.id, "program_version": here.events.version, "categories": ()}
    other = published(here, key="till", confirming=Confirming.ASK, **events)
    for nonce, each in (("second", point), ("third", other)):
        taken = take(here.store, sent(each, nonce=nonce), here.at)
        assert taken.joined.course is Course.BARRED
    here.settle()
    assert len(here.shown()) == 1


def test_a_link_lifts_no_stop(by_name):
    here = by_name
    word, _ = asked(here)
    question = look(here, word)
    here.text(ANNA, "STOP", to="555888")
    assert look(here, word).is_over
    assert not link_answers.say_yes(here.store, question, here.at)
    assert here.state().grant_for(here.club.id) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda word: word[:-1] + ("a" if word[-1] != "a" else "b"), id="one letter is another"),
        pytest.param(lambda word: word[:-1], id="a letter is missing"),
        pytest.param(lambda word: word + "a", id="a letter too many"),
        pytest.param(lambda _: "x" * 11, id="the sample"),
        pytest.param(lambda _: "", id="nothing"),
    ],
)
def test_an_altered_link_opens_nothing(by_name, change):
    word, _ = asked(by_name)
    assert look(by_name, change(word)) is None


def test_the_links_are_kept_as_digests_and_go_with_the_person(by_name):
    from yesword.privacy import erasing

    here = by_name
    word, _ = asked(here)
    ((digest,),) = here.sql("SELECT digest FROM confirm_link")
    assert word.encode() not in bytes(digest)
    wish = erasing.Wish(ground=erasing.REQUESTED)
    erasing.erase(here.store, here.contact().id, wish, here.at)
    assert here.sql("SELECT * FROM confirm_link") == []
    assert look(here, word) is None


def test_a_question_without_its_link_is_refused_from_a_name(by_name):
    here = by_name
    published(here, confirming=Confirming.ASK)
    (contact,) = here.strangers([ANNA])
    message = here.plan(contact, "Linde & Loom: reply YES to join.", kind=MessageKind.CONSENT_REQUEST)
    here.settle()
    state, reason = here.message(message)
    assert state is MessageState.REFUSED
    assert reason


def test_a_word_to_answer_is_no_way_out_from_a_name(by_name):
    here = by_name
    (contact,) = here.members(1)
    message = here.plan(contact, "Linde & Loom: 20% off. Reply STOP to stop.")
    here.settle()
    assert here.message(message) == (MessageState.REFUSED, "way_out_missing")
