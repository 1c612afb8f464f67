"""Answering a text of the queue."""

import pytest

from factories.triaged import QUESTION, ask, body_of, item, read, row, settle, words
from factories.worlds import ANNA
from yesword.domain.triage import TriageState
from yesword.web.console import replies_settling


def test_an_answer_goes_to_the_person(here, console):
    ref = ask(here, QUESTION)
    assert settle(console, ref, "answer", text="Linde & Loom: yes, we do.").status_code == 302
    here.settle()
    assert here.shown()[-1] == "Linde & Loom: yes, we do."
    assert item(here, ref).state is TriageState.ANSWERED
    assert "Your answer to +31 •••••• 678 is on its way." in words(read(console))


def test_an_answer_is_counted_before_it_goes(here, console):
    ref = ask(here, QUESTION)
    part = console.post(
        f"/replies/{ref}/answer", {"text": "x" * 170, "look": "1"}, headers={"HX-Request": "true"}
    )
    assert "2 segments" in part.content.decode()
    assert "<html" not in part.content.decode()
    whole = settle(console, ref, "answer", text="Yes 👟", look="1")
    html = row(body_of(whole), ref)
    assert whole.status_code == 200
    assert "1 segment · UCS-2" in words(html)
    assert "Yes 👟</textarea>" in html
    assert item(here, ref).state is TriageState.OPEN


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Write an answer first."), ("x" * 1601, "longer than a text can be")],
    ids=["empty", "too long"],
)
def test_an_answer_that_cannot_go_stays_in_its_field(here, console, text, told):
    ref = ask(here, QUESTION)
    answer = settle(console, ref, "answer", text=text)
    assert answer.status_code == 422
    html = row(body_of(answer), ref)
    assert told in words(html)
    assert f"{text}</textarea>" in html
    assert item(here, ref).state is TriageState.OPEN


def test_an_answer_that_is_far_too_long_is_not_weighed(here, console, monkeypatch):
    ref = ask(here, QUESTION)
    monkeypatch.setattr(replies_settling, "measure", lambda _: pytest.fail("it was measured"))
    assert settle(console, ref, "answer", text="x" * 100_000, look="1").status_code == 422


def test_whoever_has_stopped_is_offered_no_answer_and_gets_none(here, console):
    ref = ask(here, QUESTION)
    here.text(ANNA, "STOP")
    html = row(read(console), ref)
    assert 'data-verb="answer"' not in html
    assert "They have stopped, so no answer may go to them." in words(html)
    before = here.shown()
    answer = settle(console, ref, "answer", text="Linde & Loom: yes.")
    here.settle()
    assert answer.status_code == 302
    assert "no answer may go to them" in words(read(console))
    assert here.shown() == before


def test_an_answer_that_the_rules_refuse_is_not_sent_and_says_why(here, console):
    ref = ask(here, QUESTION)
    here.wait(hours=25)
    answer = settle(console, ref, "answer", text="Linde & Loom: yes, we do.")
    assert answer.status_code == 422
    html = row(body_of(answer), ref)
    assert "It was not sent: the rules refuse it." in words(html)
    assert "within 24 hours only" in words(html)
    assert "Linde &amp; Loom: yes, we do.</textarea>" in html
    assert item(here, ref).state is TriageState.OPEN
