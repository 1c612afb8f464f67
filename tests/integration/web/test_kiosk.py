"""The form on a tablet: one person after the other, none of whom finds a trace of the one before."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.pages import empty_limits, read, words
from factories.points import CONSENT, published
from factories.worlds import ANNA, CLUB, publish, world
from yesword.domain.collecting.points import Confirming, PointKind, Wording
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Actor, EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.proof.evidence.opening import record_of
from yesword.sending.question_hours import AskingTime
from yesword.store import models
from yesword.store.programs import disclosure_digest
from yesword.web.public import asking_hours, kiosk

FORM = "/kiosk/counter/form"
BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def it_is_day(monkeypatch):
    """Pages know the real time only, and at night they say when the text comes."""
    monkeypatch.setattr(asking_hours, "asking_time", lambda *asked: AskingTime(at=asked[-1], zone="UTC"))


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    empty_limits(monkeypatch, kiosk)


@pytest.fixture
def tablet():
    return Client(SERVER_NAME="localhost")


def counter(here, **changes):
    return published(here, "counter", kind=PointKind.KIOSK, **changes)


def send(tablet, path=FORM, **changes):
    ticket = re.search(r'name="ticket" value="([^"]+)"', read(tablet.get(path)))[1]
    usual = {"number": ANNA, "agree": "yes", "website": "", "ticket": ticket, "s": ""}
    return tablet.post(path, {**usual, **changes})


def record(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


def test_c25_a_yes_on_the_tablet_is_asked_about_by_text_with_the_version_as_evidence(here, tablet):
    point = counter(here, confirming=Confirming.ASK)
    answer = send(tablet, s="tablet-1")
    shown = read(tablet.get(answer["Location"]))
    assert "Look at your phone" in words(shown)
    (asked,) = record(here)
    assert (asked.event.kind, asked.event.actor, asked.event.route) == (
        EventKind.REQUESTED,
        Actor.PERSON,
        "kiosk",
    )
    assert asked.items[0]["kind"] == EvidenceKind.FORM_VERSION
    assert asked.items[0]["sha256"] == point.digest
    assert asked.event.disclosure == disclosure_digest(consent_text(point.definition, point.program, "en"))
    assert asked.sections["context"]["source"] == "tablet-1"
    here.now[0] = datetime.now(UTC)
    assert here.text(ANNA, "yes") == "confirmed"
    assert here.state().grant_for(here.club.id).grade is Grade.A


def test_where_the_tablet_shows_a_code_nothing_goes_to_the_number_that_was_typed(here, tablet):
    counter(here, confirming=Confirming.REVERSE)
    page = read(tablet.get(send(tablet)["Location"]))
    code = re.search(r'class="code">(YES \d{4})<', page)[1]
    assert here.sql("SELECT count(*) FROM message") == [(0,)]
    here.now[0] = datetime.now(UTC)
    assert here.text(BEN, code) == "granted"
    joined = record(here, BEN)[-1]
    assert (joined.event.actor, joined.event.grade) == (Actor.HANDSET, Grade.A)


@pytest.mark.parametrize("confirming", Confirming)
def test_no_page_after_the_form_knows_the_number(here, tablet, confirming):
    counter(here, confirming=confirming)
    answer = send(tablet)
    assert ANNA[3:] not in answer["Location"]
    for path in (answer["Location"], "/kiosk/counter", FORM):
        shown = tablet.get(path)
        assert ANNA[3:] not in read(shown)
        assert "no-store" in shown["Cache-Control"]
        assert shown.cookies == {}


def test_a_page_that_is_sent_twice_by_going_back_shows_nothing_of_the_first_person(here, tablet):
    counter(here, confirming=Confirming.ASK)
    page = read(tablet.get(FORM))
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    sent = {"number": ANNA, "agree": "yes", "ticket": ticket}
    assert tablet.post(FORM, sent).status_code == 303
    again = read(tablet.post(FORM, sent), 422)
    assert ANNA not in again
    assert "sent before" in words(again)


def test_every_page_goes_back_to_the_start_by_itself_without_a_script(here, tablet):
    counter(here, confirming=Confirming.REVERSE)
    form = read(tablet.get(f"{FORM}?s=one"))
    assert re.search(
        r'<noscript><meta http-equiv="refresh" content="120;url=/kiosk/counter\?s=one"></noscript>', form
    )
    assert 'data-idle="30"' in form
    code = read(tablet.get(send(tablet)["Location"]))
    assert '<meta http-equiv="refresh" content="60;url=/kiosk/counter">' in code
    done = read(tablet.get("/kiosk/counter/next?next=done"))
    assert '<meta http-equiv="refresh" content="10;url=/kiosk/counter">' in done


def test_no_field_is_filled_in_by_the_browser_and_the_box_is_not_ticked(here, tablet):
    counter(here, asks_name=True, minimum_age=18)
    form = read(tablet.get(FORM))
    fields = re.findall(r'<(?:input|select)(?![^>]*type="hidden")[^>]*>', form)
    assert len(fields) >= 5
    assert all('autocomplete="off"' in each for each in fields)
    assert "checked" not in form


def test_what_is_wrong_is_said_and_what_was_typed_stays(here, tablet):
    counter(here)
    page = read(send(tablet, number="06", agree=""), 422)
    assert "A digit is missing" in words(page)
    assert 'value="06"' in page
    assert "Tick the box" in words(page)


def test_no_tick_comes_back_for_somebody_else_may_stand_there_by_now(here, tablet):
    counter(here)
    assert "checked" not in read(send(tablet, number="06"), 422)


def test_the_start_offers_each_language_and_speaks_the_brands_own_whatever_the_browser_says(here):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    texts = here.club.texts_in("en")[1]
    here.club = publish(brand, sender, texts=(("en", texts), ("nl", texts)))
    counter(here, wordings=(("en", Wording(consent=CONSENT)), ("nl", Wording())))
    dutch = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="nl")
    start = dutch.get("/kiosk/counter")
    assert start["Content-Language"] == "en"
    assert re.findall(r'hreflang="(\w+)"', read(start)) == ["en", "nl"]
    assert dutch.get(f"{FORM}?lang=nl")["Content-Language"] == "nl"


def test_a_form_is_no_tablet_and_a_tablet_no_form(here, tablet):
    published(here)
    counter(here)
    assert tablet.get("/kiosk/door").status_code == 404
    assert tablet.get("/f/counter").status_code == 404
    assert tablet.get("/kiosk/nothing").status_code == 404
