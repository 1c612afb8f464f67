"""The application form as the web serves it: two questions, neither answered beforehand, and a no as easy as a yes."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.pages import empty_limits, read, words
from factories.worlds import ANNA, CLUB, publish, world
from yesword.collect import points
from yesword.domain.collecting.applications import general_text, shipped, specific_text, use_of, with_general
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.events import EventKind, Grade
from yesword.domain.messages import MessageClass
from yesword.proof.evidence.opening import record_of
from yesword.store import models
from yesword.store.programs import disclosure_digest
from yesword.web.public import forms
from yesword.web.public.form_pages import kept_page

LANGUAGES = ("en", "nl", "sv", "de", "da")


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    empty_limits(monkeypatch, forms)


@pytest.fixture
def browser():
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")


def program(here, key):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    texts = here.club.texts_in("en")[1]
    return publish(
        brand,
        sender,
        key=key,
        name=key.title(),
        purpose=key,
        categories=(),
        keywords=(key.upper(),),
        message_class=MessageClass.INFORMATIONAL,
        texts=tuple((each, texts) for each in LANGUAGES),
    )


def published(here, confirming=Confirming.REVERSE, **changes):
    this_job, others = program(here, "thisjob"), program(here, "jobs")
    definition = PointDefinition(
        kind=PointKind.APPLICATION,
        name="Baker",
        program=this_job.id,
        program_version=this_job.version,
        confirming=confirming,
        wordings=tuple((each, Wording()) for each in LANGUAGES),
        **changes,
    )
    return points.publish(this_job.brand, "apply", with_general(definition, others))


def send(browser, path="/f/apply", **changes):
    ticket = re.search(r'name="ticket" value="([^"]+)"', read(browser.get(path)))[1]
    usual = {"number": ANNA, "specific": "yes", "general": "yes", "website": "", "ticket": ticket, "s": ""}
    sent = {**usual, **changes}
    return browser.post(path, {name: value for name, value in sent.items() if value is not None})


def record(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_g13_both_questions_stand_there_the_specific_one_first_and_neither_is_answered(
    here, browser, language
):
    point = published(here)
    page = read(browser.get(f"/f/apply?lang={language}"))
    first = specific_text(point.definition, point.program, language)
    second = general_text(point.definition, program(here, "jobs"), language)
    assert words(page).index(first) < words(page).index(second)
    assert re.findall(r'type="radio"[^>]*name="(\w+)" value="(\w+)"', page) == [
        ("specific", "yes"),
        ("specific", "no"),
        ("general", "yes"),
        ("general", "no"),
    ]
    assert "checked" not in page
    assert 'type="checkbox"' not in page
    assert words(page).count(shipped(use_of(point.definition), language).no) >= 2


@pytest.mark.parametrize("missing", ["specific", "general"])
def test_g12_a_question_that_is_left_open_refuses_the_form_and_nothing_is_kept(here, browser, missing):
    published(here)
    page = read(send(browser, **{missing: None}), 422)
    assert words(page).count("with yes or no.") == 2  # in the list, and at the question
    assert f'href="#{missing}"' in page
    answered = {"specific", "general"} - {missing}
    assert set(re.findall(r'<input[^>]* id="([\w-]+)"[^>]* checked', page)) == answered
    assert here.sql("SELECT count(*) FROM consent_event") == [(0,)]


def test_g12_two_noes_are_remembered_send_nothing_and_the_page_says_so(here, browser):
    point = published(here)
    page = read(browser.get(send(browser, specific="no", general="no")["Location"]))
    assert "We will not text you" in words(page)
    assert [each.event.kind for each in record(here)] == [EventKind.REFUSED, EventKind.REFUSED]
    assert record(here)[0].event.disclosure == disclosure_digest(
        specific_text(point.definition, point.program, "en")
    )
    assert here.sql("SELECT count(*) FROM message") == [(0,)]


def test_g12_a_no_needs_no_number(here, browser):
    published(here, minimum_age=18)
    page = read(browser.get(send(browser, number="", specific="no", general="no")["Location"]))
    assert "We will not text you" in words(page)
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_g13_the_code_of_the_page_joins_for_this_job_and_only_then_the_other_is_asked(here, browser):
    point = published(here)
    page = read(browser.get(send(browser, job="Baker, A-17")["Location"]))
    code = re.search(r'class="code">(YES \d{4})<', page)[1]
    assert here.sql("SELECT count(*) FROM message") == [(0,)]
    here.now[0] = datetime.now(UTC)
    assert here.text(ANNA, code) == "granted"
    others = program(here, "jobs")
    granted = next(each for each in record(here) if each.event.kind is EventKind.GRANTED)
    assert (granted.event.scope.program, granted.event.grade) == (point.program.id, Grade.A)
    assert granted.event.disclosure == disclosure_digest(specific_text(point.definition, point.program, "en"))
    assert granted.sections["context"]["application"] == "Baker, A-17"
    assert here.state().grant_for(others.id) is None
    # The question about others is put now, and at night it waits for the day.
    asked = here.sql("SELECT program_id FROM message WHERE kind = 'consent_request'")
    assert asked == [(others.id,)]
    assert here.text(ANNA, "yes") == "confirmed"
    assert here.state().grant_for(others.id).grade is Grade.A


def test_g13_a_yes_to_others_alone_joins_those_in_their_own_words(here, browser):
    point = published(here)
    page = read(browser.get(send(browser, specific="no")["Location"]))
    code = re.search(r'class="code">(YES \d{4})<', page)[1]
    here.now[0] = datetime.now(UTC)
    assert here.text(ANNA, code) == "granted"
    others = program(here, "jobs")
    granted = next(each for each in record(here) if each.event.kind is EventKind.GRANTED)
    assert granted.event.scope.program == others.id
    assert granted.event.disclosure == disclosure_digest(general_text(point.definition, others, "en"))
    assert here.state().refusals[0].program == point.program.id


@pytest.mark.parametrize("confirming", [Confirming.ASK, Confirming.NONE])
def test_the_answer_is_the_same_whoever_has_the_number(here, browser, confirming):
    published(here, confirming)
    here.join(ANNA)
    here.text(ANNA, "STOP")
    pages = []
    for number in (ANNA, "+31612345679"):
        answer = send(browser, number=number)
        pages.append((re.sub(r"t=[^&]+", "t=", answer["Location"]), read(browser.get(answer["Location"]))))
    assert pages[0] == pages[1]
    assert ANNA[3:] not in pages[0][0]


def test_the_link_may_name_the_job_and_a_change_of_language_keeps_it(here, browser):
    published(here)
    page = read(browser.get("/f/apply?job=Baker%20%26%20cook"))
    assert 'value="Baker &amp; cook"' in page
    assert "job=Baker+%26+cook" in html.unescape(page)


def test_who_is_too_young_may_still_say_no_and_the_age_is_kept_with_a_yes(here, browser):
    published(here, Confirming.NONE, minimum_age=16)
    assert "16" in words(read(send(browser), 422))
    assert send(browser, of_age="yes").status_code == 303
    kept = here.contact()
    assert (kept.adult_since, kept.said_age.years) == (None, 16)
    assert record(here)[0].sections["context"]["age"] == "16+"


def test_the_page_that_is_kept_has_both_questions(here):
    point = published(here)
    page = kept_page(point.definition, point.program, "en")
    assert page.count('<input type="radio"') == 4
