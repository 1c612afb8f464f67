"""A form whose key is pressed twice: the second sending leads where the first one led, and nobody learns anything by it."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.dumps import dump
from factories.pages import empty_limits, read, words
from factories.points import published
from factories.worlds import ANNA, world
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.sending.question_hours import AskingTime
from yesword.web.public import asking_hours, forms
from yesword.web.public.form_pages import read_ticket

BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def it_is_day(monkeypatch):
    monkeypatch.setattr(asking_hours, "asking_time", lambda *asked: AskingTime(at=asked[-1], zone="UTC"))


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    empty_limits(monkeypatch, forms)


@pytest.fixture
def browser():
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")


def ticket_of(page):
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def shown_next(browser, answer):
    assert answer.status_code == 303
    return read(browser.get(answer["Location"]))


def pressed(browser, path="/f/door", times=2, **changes):
    """The answers where a key was pressed so often, before the next page had come."""
    usual = {"number": ANNA, "agree": "yes", "website": "", "ticket": ticket_of(read(browser.get(path)))}
    return [browser.post(path, {**usual, **changes}) for _ in range(times)]


def traces(here):
    """Whatever somebody's sending leaves in the store."""
    tables = ("consent_event", "message", "shown_code", "point_tally", "used_nonce", "asked_number")
    return [here.sql(f"SELECT * FROM {each} ORDER BY 1, 2") for each in tables]


@pytest.mark.parametrize("confirming", Confirming)
@pytest.mark.parametrize("who", ["nobody", "a member", "somebody who stopped"])
def test_a_key_that_is_pressed_twice_leads_where_it_led_and_does_nothing_more(here, browser, confirming, who):
    published(here, confirming=confirming)
    if who != "nobody":
        here.join(ANNA)
    if who == "somebody who stopped":
        here.text(ANNA, "STOP")
    (first,) = pressed(browser, times=1)
    before = traces(here)
    data = {"number": ANNA, "agree": "yes", "ticket": first.wsgi_request.POST["ticket"]}
    again = browser.post("/f/door", data)
    assert (again.status_code, shown_next(browser, again)) == (303, shown_next(browser, first))
    assert traces(here) == before


def test_an_application_whose_key_is_pressed_twice_shows_the_same_code_and_a_no_the_same_thanks(
    here, browser
):
    published(here, kind=PointKind.APPLICATION, confirming=Confirming.REVERSE)
    for answer in ("yes", "no"):
        first, again = (shown_next(browser, each) for each in pressed(browser, specific=answer, job="Baker"))
        assert again == first
    assert here.sql("SELECT count(*) FROM shown_code") == [(1,)]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"number": BEN}, id="another number"),
        pytest.param({"name": "Ben"}, id="another name"),
        pytest.param({"s": "poster"}, id="another source"),
    ],
)
def test_the_page_alone_shows_nobody_what_was_sent_from_it(here, browser, changes):
    published(here, confirming=Confirming.REVERSE, asks_name=True)
    (first,) = pressed(browser, times=1, name="Anna")
    data = {"number": ANNA, "agree": "yes", "name": "Anna", "ticket": first.wsgi_request.POST["ticket"]}
    assert browser.post("/f/door", data).status_code == 303
    assert "This page was sent before" in words(read(browser.post("/f/door", {**data, **changes}), 422))


def test_after_a_moment_what_is_sent_again_is_looked_at_again(here, browser):
    published(here)
    (first,) = pressed(browser, times=1)
    here.sql("UPDATE used_nonce SET used_at = used_at - 61000000")
    data = {"number": ANNA, "agree": "yes", "ticket": first.wsgi_request.POST["ticket"]}
    assert "This page was sent before" in words(read(browser.post("/f/door", data), 422))


def test_the_store_does_not_tell_what_was_sent(here, browser):
    published(here, confirming=Confirming.REVERSE)
    (first,) = pressed(browser, times=1)
    nonce = read_ticket(first.wsgi_request.POST["ticket"]).nonce
    assert here.sql("SELECT count(*) FROM used_nonce") == [(2,)]
    assert nonce not in dump(here.store)
