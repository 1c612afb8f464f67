"""The page behind the link of a question: looking answers nothing, a button answers once, and no other word opens it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.points import published, sent
from factories.worlds import ANNA, world
from yesword.collect.forms import take
from yesword.domain.collecting.wordings import consent_text
from yesword.store import models, programs
from yesword.web.public import confirm


@pytest.fixture
def here(sqlite_store, monkeypatch):
    with world(sqlite_store) as made:
        account = models.Account.objects.get()
        sender = models.Sender.objects.create(account=account, address="LINDE", kind="alphanumeric")
        made.club = programs.publish(replace(made.club, sender="LINDE", keywords=()), sender)

        class Clock(datetime):
            @classmethod
            def now(cls, _zone=UTC):
                return made.at

        monkeypatch.setattr(confirm, "datetime", Clock)
        for each in (confirm._ONE_LINK, confirm._MISSES):
            monkeypatch.setattr(each, "_levels", type(each._levels)())
        yield made


@pytest.fixture
def browser():
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def path(here):
    point = published(here)
    take(here.store, sent(point), here.at)
    here.settle()
    here.words = consent_text(point.definition, point.program, "en")
    return re.search(r"/y/\w{11}", here.shown()[-1])[0]


@pytest.mark.parametrize("language", ["en", "nl", "sv", "de", "da"])
def test_the_page_names_the_brand_shows_the_wording_in_full_and_has_two_buttons(
    here, browser, path, language
):
    page = browser.get(f"{path}?lang={language}")
    body = page.content.decode()
    assert (page.status_code, page["Content-Language"]) == (200, language)
    assert "Linde &amp; Loom" in body
    assert here.words.replace("&", "&amp;") in body
    assert re.findall(r'name="answer" value="(\w+)"', body) == ["yes", "never"]
    assert "<script" not in body
    assert ANNA not in body
    assert ANNA[-8:] not in body
    assert page["Cache-Control"] == "no-store"
    assert len(page.content) < 30_000


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="a browser"),
        pytest.param(
            {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}, id="a browser that looks ahead"
        ),
        pytest.param({"User-Agent": "facebookexternalhit/1.1"}, id="a preview"),
    ],
)
def test_looking_answers_nothing(here, browser, path, headers):
    for method in (browser.get, browser.head, browser.get):
        assert method(path, headers=headers).status_code == 200
    assert browser.options(path).status_code == 405
    assert here.kinds() == ["requested"]


def test_a_bot_that_follows_every_link_on_the_page_answers_nothing(here, browser, path):
    for link in re.findall(r'href="([^"]+)"', browser.get(path).content.decode()):
        if link.startswith("?"):
            assert browser.get(path + link).status_code == 200
    assert here.kinds() == ["requested"]


@pytest.mark.parametrize("said", ["", "maybe", "YES"])
def test_sending_anything_but_a_buttons_answer_changes_nothing(here, browser, path, said):
    assert browser.post(path, {"answer": said}).status_code == 200
    assert here.kinds() == ["requested"]


def test_yes_confirms_once_and_the_page_then_says_that_it_is_over(here, browser, path):
    done = browser.post(path, {"answer": "yes"})
    assert done.status_code == 200
    assert "You are in" in done.content.decode()
    assert here.kinds() == ["requested", "confirmed"]
    for again in (
        browser.post(path, {"answer": "yes"}),
        browser.post(path, {"answer": "never"}),
        browser.get(path),
    ):
        assert again.status_code == 410
        assert "This question is over" in again.content.decode()
    assert here.kinds() == ["requested", "confirmed"]


def test_never_is_heard(here, browser, path):
    assert "not be asked again" in browser.post(path, {"answer": "never"}).content.decode()
    assert here.kinds() == ["requested", "refused", "refused"]


def test_after_a_day_the_page_says_that_it_is_over(here, browser, path):
    here.wait(hours=25)
    assert browser.post(path, {"answer": "yes"}).status_code == 410
    assert here.kinds() == ["requested"]


def test_altered_and_guessed_words_get_a_clear_page_and_are_slowed(here, browser, path):
    answers = [browser.post(f"/y/{each:011d}", {"answer": "yes"}) for each in range(40)]
    assert answers[0].status_code == 404
    assert "This link opens nothing" in answers[0].content.decode()
    assert answers[-1].status_code == 429
    assert browser.get(path).status_code == 200, "whoever has a link is not slowed by those who guess"
    assert here.kinds() == ["requested"]


def test_what_the_sentence_left_on_the_link_is_no_part_of_it(browser, path):
    assert browser.get(f"{path}.").status_code == 200
