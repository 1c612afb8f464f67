"""A form in a network from which too many ask: whoever else is there loses nothing, and can join without it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from factories.pages import empty_limits, read, words
from factories.points import CONSENT, published
from factories.worlds import ANNA, CLUB, world
from yesword.collect import points
from yesword.domain.collecting.points import Wording
from yesword.store import models, programs
from yesword.web.public import forms
from yesword.web.public.form_pages import give_ticket

BEN = "+31612345679"
TOPICS = ("shoes", "coats")


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    for each in empty_limits(monkeypatch, forms):
        monkeypatch.setattr(each, "_clock", lambda: 0.0)  # nothing flows back while a test takes its time


def browser(address, language="en"):
    return Client(SERVER_NAME="localhost", REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE=language)


def flood(here, times=60, path="/f/door"):
    """Several machines of a network use up what it may send, and one of them goes on."""
    for each in range(60, 66):
        sending = RequestFactory(REMOTE_ADDR=f"192.0.2.{each}").post(path)
        while not forms._SUBMISSIONS.take(sending):
            pass
    return flood_from("192.0.2.66", times, path)


def flood_from(address, times=60, path="/f/door"):
    machine = browser(address)
    return [machine.post(path, {"number": "+31600000000"}) for _ in range(times)]


def filled_in(point, language="en", **changes):
    ticket, _nonce = give_ticket(point.digest, language, datetime.now(UTC))
    usual = {"number": "06 12 34 56 78", "category": "coats", "agree": "yes", "of_age": "yes", "s": "poster"}
    return {**usual, "ticket": ticket, **changes}


def is_ticked(page, name):
    return " checked" in re.search(rf'<input[^>]* id="{name}"[^>]*>', page)[0]


def speaking_dutch(here):
    program = replace(
        here.club, categories=TOPICS, texts=(*here.club.texts, ("nl", here.club.texts_in("en")[1]))
    )
    here.club = programs.publish(program, models.Sender.objects.get(address=CLUB))
    return {"wordings": tuple((each, Wording(consent=CONSENT)) for each in ("en", "nl"))}


def test_one_address_that_floods_keeps_no_neighbour_from_sending(here, monkeypatch):
    point = published(here)
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    assert flood_from("192.0.2.66", 200)[-1].status_code == 429
    answers = [browser(f"192.0.2.{each}").post("/f/door", filled_in(point)) for each in (7, 8)]
    assert [each.status_code for each in answers] == [303, 303]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("en", "Many people use this form from your network just now: try again", id="English"),
        pytest.param("nl", "Veel mensen gebruiken dit formulier nu vanaf uw netwerk", id="Dutch"),
    ],
)
def test_a_neighbour_of_a_flood_gets_the_page_back_in_their_language_with_all_that_they_filled_in(
    here, language, said
):
    point = published(here, categories=TOPICS, minimum_age=18, asks_name=True, **speaking_dutch(here))
    flood(here)
    neighbour = browser("192.0.2.7", language)
    sent = filled_in(point, language, name="Anna de Vries")
    answer = neighbour.post("/f/door", sent)
    page = read(answer, 429)
    assert said in words(page)
    assert int(answer["Retry-After"]) > 0
    assert (answer["Content-Language"], answer.cookies) == (language, {})
    for kept in ('value="06 12 34 56 78"', 'value="Anna de Vries"', 'name="s" value="poster"'):
        assert kept in page
    assert [is_ticked(page, each) for each in ("agree", "age", "category", "category-2")] == [1, 1, 0, 1]


def test_once_there_is_room_again_what_came_back_is_sent_as_it_stands(here, monkeypatch):
    point = published(here)
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    flood(here)
    neighbour = browser("192.0.2.7")
    page = read(neighbour.post("/f/door", filled_in(point)), 429)
    empty_limits(monkeypatch, forms)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    assert neighbour.post("/f/door", filled_in(point, ticket=ticket)).status_code == 303


def test_what_came_back_is_ticked_only_for_the_words_that_were_ticked(here):
    point = published(here)
    older = filled_in(point)
    published(here, wordings=(("en", Wording(consent=CONSENT + " And more.")),))
    flood(here)
    assert not is_ticked(read(browser("192.0.2.7").post("/f/door", older), 429), "agree")
    made_up = filled_in(point, ticket="made up")
    assert not is_ticked(read(browser("192.0.2.7").post("/f/door", made_up), 429), "agree")


def test_a_neighbour_can_text_instead_where_the_program_can_receive(here):
    point = published(here)
    flood(here)
    page = read(browser("192.0.2.7").post("/f/door", filled_in(point)), 429)
    assert "Or join without this form: Text SAVEMORE to 800123" in words(page)
    assert 'href="sms:800123?&amp;body=SAVEMORE"' in page
    assert '<svg class="qr"' in page
    assert "Linde & Loom texts you offers, up to 4 a month." in words(page)


@pytest.mark.parametrize("kind", ["a name", "no keyword", "an age that only the form asks for"])
def test_nobody_is_told_to_text_what_would_not_do(here, kind):
    if kind == "a name":
        models.Sender.objects.filter(address=CLUB).update(kind="alphanumeric")
    if kind == "no keyword":
        sender = models.Sender.objects.get(address=CLUB)
        here.club = programs.publish(replace(here.club, keywords=()), sender)
    point = published(here, minimum_age=18 if kind.startswith("an age") else None)
    flood(here)
    page = read(browser("192.0.2.7").post("/f/door", filled_in(point)), 429)
    assert "sms:" not in page
    assert "Many people use this form" in page


def test_a_known_number_and_an_unknown_one_get_the_same_page(here):
    point = published(here)
    here.join()
    flood(here)
    known, unknown = (
        read(browser("192.0.2.7").post("/f/door", filled_in(point, number=each)), 429) for each in (ANNA, BEN)
    )
    ticket = r'(?:name="ticket" value|data-nonce)="[^"]+"'
    assert re.sub(ticket, "", known) == re.sub(ticket, "", unknown.replace(BEN, ANNA))


def test_refusing_writes_nothing_and_a_flood_costs_no_look_at_the_store(here):
    point = published(here)
    flood(here)
    with CaptureQueriesContext(connection) as seen:
        assert {each.status_code for each in flood(here)} == {429}
    assert len(seen) == 0
    with CaptureQueriesContext(connection) as seen:
        read(browser("192.0.2.7").post("/f/door", filled_in(point)), 429)
    assert [each["sql"] for each in seen if not each["sql"].startswith("SELECT")] == []
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_who_floods_gets_a_page_too_and_a_small_one(here):
    published(here)
    answer = flood(here)[-1]
    page = read(answer, 429)
    assert "your browser still has what you filled in" in words(page)
    assert "<form" not in page
    assert int(answer["Retry-After"]) > 0
    dutch = browser("192.0.2.66", "nl").post("/f/door", {})
    assert 'lang="nl"' in read(dutch, 429)


def test_a_flood_of_looks_leaves_the_pages_of_neighbours_as_they_were(here, monkeypatch):
    published(here)
    for each in (forms._PAGES.one, forms._PAGES.network):
        monkeypatch.setattr(each, "_burst", 5)
    machine, neighbour = browser("192.0.2.66"), browser("192.0.2.7")
    page = read([machine.get("/f/door") for _ in range(30)][-1], 429)
    assert "Load this page again in a few minutes" in words(page)
    for path in ("/f/door", "/f/door/next?next=asked"):
        assert neighbour.get(path).status_code == 200


def test_a_closed_form_is_closed_in_a_crowd_too(here):
    point = published(here)
    points.set_open("door", is_open=False)
    flood(here)
    read(browser("192.0.2.7").post("/f/door", filled_in(point)), 410)
