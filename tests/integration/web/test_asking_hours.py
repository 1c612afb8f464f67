"""At night: the page tells when the text that asks will come, and the text waits for that hour instead of running out."""

import html
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from factories.pages import empty_limits
from factories.points import published, sent
from factories.worlds import ANNA, world
from yesword.collect.forms import take
from yesword.consent.asking import REQUEST_HELD
from yesword.domain import phone
from yesword.domain.rules import RuleBook
from yesword.sending.question_hours import AskingTime, asking_time
from yesword.sending.weighing import Scales
from yesword.web.public import asking_hours, forms

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = datetime(2026, 3, 3, 23, 30, tzinfo=AMSTERDAM).astimezone(UTC)
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=AMSTERDAM).astimezone(UTC)
BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    empty_limits(monkeypatch, forms)


def asked_of(here, number, at):
    return asking_time(Scales(RuleBook.load()), here.club, phone.parse(number, country=None), at)


def test_by_day_the_question_goes_at_once(here):
    assert asked_of(here, ANNA, NOON) == AskingTime(at=NOON, zone="Europe/Amsterdam")


def test_at_night_it_goes_when_the_hours_of_the_number_open(here):
    found = asked_of(here, ANNA, NIGHT)
    assert NIGHT < found.at <= NIGHT + REQUEST_HELD
    local = found.at.astimezone(AMSTERDAM)
    assert (local.day, local.minute) == (4, 0)


def test_the_hour_hangs_on_the_number_and_on_nothing_that_is_known_of_it(here):
    here.join(ANNA)
    here.text(ANNA, "STOP")
    assert asked_of(here, ANNA, NIGHT) == asked_of(here, BEN, NIGHT)


def test_a_question_of_the_night_waits_for_the_morning_and_then_goes(here):
    here.now[0] = NIGHT
    point = published(here)
    take(here.store, sent(point), NIGHT)
    here.settle()
    assert here.shown() == []
    here.now[0] = asked_of(here, ANNA, NIGHT).at
    here.settle()
    assert len(here.shown()) == 1
    assert here.text(ANNA, "yes") == "confirmed"


def test_a_question_that_nobody_could_put_in_time_is_put_no_more(here):
    here.now[0] = NOON
    take(here.store, sent(published(here)), NOON)
    here.now[0] = NOON + REQUEST_HELD + timedelta(hours=1)
    here.settle()
    assert here.shown() == []


def submit(monkeypatch, when, number=ANNA):
    monkeypatch.setattr(asking_hours, "asking_time", lambda *_asked: when)
    browser = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")
    ticket = re.search(r'name="ticket" value="([^"]+)"', browser.get("/f/door").content.decode())[1]
    return browser, browser.post("/f/door", {"number": number, "agree": "yes", "ticket": ticket})


def words(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_page_says_when_and_on_whose_clocks_and_holds_no_number(here, monkeypatch):
    published(here)
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=9)
    said = []
    for number in (ANNA, BEN):
        browser, answer = submit(monkeypatch, AskingTime(at=soon, zone="Europe/Amsterdam"), number)
        assert number[3:] not in answer["Location"]
        said.append(words(browser.get(answer["Location"])))
    assert said[0] == said[1]
    assert f"{soon.astimezone(AMSTERDAM):%H:%M}" in said[0]
    assert "Amsterdam time" in said[0]
    assert "Look at your phone" not in said[0]


def test_a_time_that_we_did_not_write_is_not_shown(here):
    published(here)
    answer = Client(SERVER_NAME="localhost").get("/f/door/next?next=asked&t=soon")
    assert "Look at your phone" in words(answer)


def test_where_no_lawful_hour_comes_in_time_the_person_may_text_first(here, monkeypatch):
    published(here)
    browser, answer = submit(monkeypatch, AskingTime(at=None, zone="UTC"))
    assert "text this to" in words(browser.get(answer["Location"]))
    assert here.sql("SELECT count(*) FROM message") == [(0,)]


def test_and_where_nobody_can_text_us_the_page_says_to_come_back(here, monkeypatch):
    published(here)
    monkeypatch.setattr(forms.forms, "way_on", _one_way(forms.forms.way_on))
    _browser, answer = submit(monkeypatch, AskingTime(at=None, zone="UTC"))
    assert answer.status_code == 503
    assert "Come back tomorrow" in words(answer)


def _one_way(usual):
    """As of a sender that cannot receive: it never leads to a code."""

    def way_on(*asked, may_ask=True):
        found = usual(*asked, may_ask=may_ask)
        return forms.Next.BUSY if found is forms.Next.CODE else found

    return way_on
