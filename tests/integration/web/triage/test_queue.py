"""The queue of texts that somebody should look at: its order, its rows, and who may see it."""

import html as markup
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import translation

from factories.readings import leaving, reading
from factories.triaged import (
    ACCESS,
    BEA,
    CIS,
    ONLY_CLUB,
    PROBABLE,
    QUESTION,
    WEAK,
    WRONG_NUMBER,
    ask,
    body_of,
    item,
    person_url,
    read,
    row,
    row_of,
    settle,
    undo_url,
    words,
)
from factories.worlds import ANNA, EVENTS, NOON, publish
from yesword.domain.ids import to_text
from yesword.domain.privacy import due_at
from yesword.domain.programs import OptIn
from yesword.domain.triage import TriageState
from yesword.domain.understanding import Kind, Scope, understand
from yesword.store import models
from yesword.web import counted, queued_replies
from yesword.web.console import replies


def test_the_texts_of_these_tests_are_read_as_they_say():
    assert understand(PROBABLE).is_probable
    assert understand(WRONG_NUMBER).kind is Kind.WRONG_NUMBER
    assert understand(WEAK).rule == "weak_word"
    assert not understand(QUESTION).is_withdrawal
    assert understand(ACCESS).right is not None
    assert not understand(ACCESS).is_withdrawal


# What stands there
def test_texts_that_were_stopped_on_a_guess_come_before_older_questions(here, console):
    question = ask(here, QUESTION, BEA)
    probable = ask(here, PROBABLE)
    html = read(console)
    assert html.index(probable) < html.index(question)
    assert "Stopped on an unsure reading 1" in words(html)


def test_each_kind_has_a_head_of_its_own_the_most_urgent_first(here, console):
    question = ask(here, QUESTION, BEA)
    weak = ask(here, WEAK, CIS)
    access = ask(here, ACCESS)
    html = read(console)
    assert html.index(access) < html.index(weak) < html.index(question)
    heads = re.findall(r'<h2 id="([a-z-]+)">', html)
    assert [each for each in heads if not each.endswith("-title")] == [
        "privacy-request",
        "perhaps-stop",
        "question",
    ]


@pytest.fixture
def only_club(here, monkeypatch):
    """Somebody in three programs who unsurely wrote to keep one; the row."""
    known = reading(monkeypatch)
    known[ONLY_CLUB] = leaving(0.8, scope=Scope.OTHERS, program="club")
    here.join()
    here.text(ANNA, "EVENTS", to=EVENTS)
    sender = models.Sender.objects.get(account=here.account, address=EVENTS)
    brand = models.Brand.objects.get(key="demo")
    news = publish(
        brand, sender, key="news", name="Daily", purpose="news", keywords=("NEWS",), opt_in=OptIn.SINGLE
    )
    here.grant([here.contact().id], news)
    here.text(ANNA, ONLY_CLUB)
    return row_of(here)


def test_a_row_that_ended_several_programs_names_them_and_is_undone_as_a_whole(here, console, only_club):
    said = words(row(read(console), only_club))
    assert "event news" in said
    assert "Daily news" in said
    assert "Other texts of Linde & Loom go on." in said
    assert settle(console, only_club, "undo", reason="Only asked.").status_code == 302
    assert here.state().withdrawals == ()
    assert "gets texts again" in words(read(console))


def test_on_the_person_s_page_it_is_one_reading(here, console, only_club):
    html = read(console, person_url(here))
    assert len(re.findall(r'action="/people/con_\w+/stops/evt_\w+/undo"', html)) == 1
    assert "Daily news" in words(html)
    assert console.post(undo_url(here, console), {"reason": "Only asked."}).status_code == 302
    assert here.state().withdrawals == ()
    assert item(here, only_club).state is TriageState.UNDONE


def test_where_nothing_else_was_there_to_end_the_row_says_that_texts_go_on(here, console, monkeypatch):
    reading(monkeypatch)[ONLY_CLUB] = leaving(scope=Scope.OTHERS, program="club")
    ref = ask(here, ONLY_CLUB)
    said = words(row(read(console), ref))
    assert "Nothing has ended: their texts go on." in said
    assert "To answer" in said


def test_a_row_says_who_what_why_and_what_was_done(here, console):
    ref = ask(here, PROBABLE)
    html = row(read(console), ref)
    said = words(html)
    assert f'href="/people/{to_text("con", here.contact().id)}"' in html
    assert "+31 •••••• 678" in said
    assert "Probably a stop" in said
    assert "Read as a stop: probable" in said
    assert "All texts of Linde & Loom to them ended on" in said
    assert "13:0" in said  # the brand's clock, not UTC
    assert "welcome to Club" in said  # the text of ours that it replies to


def test_the_words_that_decided_are_marked_and_everything_is_escaped(here, console):
    text = f"<script>alert('x')</script> & {PROBABLE}"
    intent = understand(text)
    assert intent.span
    ref = ask(here, text)
    html = row(read(console), ref)
    start, end = intent.span
    assert f"<mark>{markup.escape(text[start:end])}</mark>".replace("&#x27;", "&#39;") in html.replace(
        "&#x27;", "&#39;"
    )
    assert "<script>" not in html
    assert "alert(" in html


def test_a_perhaps_stop_says_that_texts_go_on(here, console):
    ref = ask(here, WEAK)
    said = words(row(read(console), ref))
    assert "Perhaps a stop" in said
    assert "Nothing has ended: their texts go on." in said
    assert here.state().grant_for(here.club.id) is not None


def test_a_privacy_request_shows_its_clock(here, console):
    ref = ask(here, ACCESS)
    asked = item(here, ref).received_at
    html = row(read(console), ref)
    assert item(here, ref).due_at == due_at(asked)
    assert "They want to see what you know about them." in words(html)
    assert "31 days left, until 2 April 2026" in words(html)


@pytest.mark.parametrize(
    ("passed", "tone", "told"),
    [
        (timedelta(), "slate", "31 days left, until 2 April 2026"),
        (timedelta(days=25), "amber", "6 days left, until 2 April 2026"),
        (timedelta(days=30), "amber", "1 day left, until 2 April 2026"),
        (timedelta(days=31, hours=-1), "brick", "To be answered today"),
        (timedelta(days=31, hours=1), "brick", "Overdue since today"),
        (timedelta(days=33), "brick", "Overdue by 2 days, since 2 April 2026"),
    ],
    ids=["when it came", "a week is left", "tomorrow", "today", "an hour too late", "days too late"],
)
def test_the_clock_counts_days_of_the_calendar(passed, tone, told):
    asked = NOON
    with translation.override("en"):
        shown = queued_replies.clock(due_at(asked), asked + passed, "Europe/Amsterdam")
    assert (shown.tone, shown.sentence) == (tone, told)


def test_nothing_waits_teaches(here, console):
    assert "Nothing waits for you" in words(read(console))


def test_pages_follow_each_other_by_key(here, console, monkeypatch):
    monkeypatch.setattr(replies, "PAGE", 2)
    refs = [ask(here, QUESTION, f"+3161234000{last}") for last in range(5)]
    seen, address = [], "/replies"
    while address:
        html = read(console, address)
        seen += re.findall(r'<article [^>]*id="(inb_\w+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = markup.unescape(following[1]) if following else ""
    assert seen == refs


def test_a_place_that_is_none_begins_at_the_front(here, console):
    ref = ask(here, QUESTION)
    assert ref in read(console, "/replies?after=nonsense")


@pytest.mark.parametrize(
    "place", ["99999999999999999999-0-inb_1", "9223372036854775807-0-inb_1", "\u0663-0-inb_1", "0--inb_1"]
)
def test_a_place_that_nobody_gave_out_begins_at_the_front_after_a_form_too(here, console, place):
    ref = ask(here, QUESTION)
    assert ref in read(console, f"/replies?{urlencode({'after': place})}")
    assert settle(console, ref, "answer", text="", after=place).status_code == 422
    assert settle(console, ref, "done", after=place).status_code == 302


def test_the_count_stands_in_the_navigation_and_on_the_home_page(here, console):
    assert "place-count" not in console.get("/").content.decode()
    ask(here, PROBABLE)
    ask(here, QUESTION, BEA)
    counted.forget()
    html = console.get("/").content.decode()
    assert words(html).count("1 stop to look at") == 3  # beside the pages, behind "More", and in its sheet
    assert "1 stop rests on an unsure reading." in words(body_of(console.get("/")))
    assert 'href="/replies"' in html


def test_another_brand_has_a_queue_of_its_own(here, console):
    models.Brand.objects.create(key="other", name="Other", country="NL", origin="example.org/ledger/other")
    ref = ask(here, QUESTION)
    assert ref not in read(console, "/replies?brand=other")
    assert ref in read(console, "/replies?brand=demo")


# Who may do what
def test_the_queue_asks_for_a_sign_in(here):
    answer = Client(SERVER_NAME="localhost").get("/replies")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")
