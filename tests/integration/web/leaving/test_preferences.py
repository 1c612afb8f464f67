"""A1, A13, design: an unsubscribe link can only leave. What people choose instead takes a code to the handset."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from factories.leaving_links import Visitor, later, noon, said, texted
from factories.own_page import code
from factories.worlds import ANNA, TEXTS, publish
from yesword.domain.events import Actor, EventKind
from yesword.reporting.people import read_events
from yesword.store import models


@pytest.fixture
def path(here):
    here.members(1, numbers=[ANNA])
    return texted(here)


@pytest.fixture
def web():
    """Its forms carry their tokens, as its pages do; what the link's own pages do without is tested beside."""
    visitor = Visitor()
    visitor.handler.enforce_csrf_checks = False
    return visitor


def opened(here, web, path):
    """The preference page, reached from the link by a code."""
    web.post(f"{path}/code/send")
    right = code(here)
    answer = web.post(f"{path}/code", {"code": right})
    assert answer.status_code == 302, said(answer)
    return answer.headers["Location"].partition("?")[0]


def chosen(here):
    return here.state().preferences_for(here.club.id)


def test_the_link_leads_to_preferences_by_a_code_to_the_handset_only(here, web, path):
    web.post(f"{path}/code/send")
    for wrong in ("000000", "12", ""):
        assert web.post(f"{path}/code", {"code": wrong}).status_code == 422
    assert here.sql("SELECT count(*) FROM private_link") == [(0,)]
    preferences = opened(here, web, path)
    assert re.fullmatch(r"/r/[\w-]{22}/data/preferences", preferences)
    text = said(web.get(preferences))
    assert "What you get from Linde & Loom" in text
    assert ANNA in text


def test_without_the_proof_the_page_opens_for_nobody(here, web, path):
    preferences = opened(here, web, path)
    other = Visitor()
    answer = other.get(preferences)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(preferences.removesuffix("/preferences"))


def test_a_code_may_be_asked_for_after_a_stop_and_lifts_none(here, web, path):
    web.post(path)
    preferences = opened(here, web, path)
    assert "You get no texts of Club now" in said(web.get(preferences))
    web.post(preferences, {"topic": "shoes", "pace": "1", "pause": ""})
    assert here.state().grant_for(here.club.id) is None


def test_what_is_chosen_is_the_handsets_own_word(here, web, path):
    preferences = opened(here, web, path)
    answer = web.post(preferences, {"topic": "shoes", "pace": "1", "pause": "pause"})
    assert answer.headers["Location"].endswith("done=saved")
    event = read_events(here.store, here.contact())[0].event
    assert (event.kind, event.actor, event.route) == (EventKind.PREFERRED, Actor.HANDSET, "code")
    found = chosen(here)
    assert (found.count, found.window_days, found.without_categories) == (1, 30, ())
    assert timedelta(days=29) < found.paused_until - datetime.now(UTC) <= timedelta(days=30)
    assert "Saved" in said(web.get(answer.headers["Location"]))


def test_a_pause_holds_and_is_lifted_again(here, web, path):
    preferences = opened(here, web, path)
    web.post(preferences, {"topic": "shoes", "pace": "0", "pause": "pause"})
    until = chosen(here).paused_until
    shown = len(here.shown())
    here.now[0] = noon(1)
    here.campaign("[Brand]: 35% off.")
    here.settle()
    assert len(here.shown()) == shown
    assert "Nothing until" in said(web.get(preferences))
    web.post(preferences, {"topic": "shoes", "pace": "0", "pause": "keep"})
    assert chosen(here).paused_until == until
    web.post(preferences, {"topic": "shoes", "pace": "0", "pause": ""})
    assert chosen(here).paused_until is None


def test_a_topic_that_is_left_out_brings_no_text(here, web):
    club = publish(
        models.Brand.objects.get(key="demo"),
        models.Sender.objects.get(address="800123"),
        categories=("shoes", "coats"),
    )
    here.members(1, club, numbers=[ANNA])
    path = texted(here, program=club)
    preferences = opened(here, web, path)
    web.post(preferences, {"topic": "coats", "pace": "0", "pause": ""})
    assert chosen(here).without_categories == ("shoes",)
    shown = len(here.shown())
    here.now[0] = noon(1)
    here.campaign("[Brand]: shoes. Reply STOP to stop.", program=club, categories=("shoes",))
    here.settle()
    assert len(here.shown()) == shown
    here.campaign("[Brand]: coats. Reply STOP to stop.", program=club, categories=("coats",))
    here.settle()
    assert len(here.shown()) == shown + 1


def test_the_language_is_theirs_to_choose(here, web):
    brand, sender = models.Brand.objects.get(key="demo"), models.Sender.objects.get(address="800123")
    club = publish(brand, sender, texts=(("en", TEXTS), ("sv", TEXTS)))
    here.members(1, club, numbers=[ANNA])
    preferences = opened(here, web, texted(here, program=club))
    web.post(preferences, {"topic": "shoes", "pace": "0", "pause": "", "language": "sv"})
    assert here.contact().language == "sv"
    web.post(preferences, {"topic": "shoes", "pace": "0", "pause": "", "language": "xx"})
    assert here.contact().language == "sv"


def test_no_pace_above_the_promise_is_offered_or_taken(here, web, path):
    preferences = opened(here, web, path)
    html = web.get(preferences).content.decode()
    assert re.findall(r'name="pace" value="(\d+)"', html) == ["0", "2", "1"]
    web.post(preferences, {"topic": "shoes", "pace": "99", "pause": ""})
    assert chosen(here).count is None


@pytest.mark.parametrize(("what", "events_stay"), [("brand", False), ("program", True)])
def test_one_may_stop_there_too(here, web, path, what, events_stay):
    here.grant([here.contact().id], here.events)
    preferences = opened(here, web, path)
    answer = web.post(f"{preferences}/stop", {"what": what})
    assert answer.headers["Location"].endswith("done=stopped")
    event = read_events(here.store, here.contact())[0].event
    assert (event.kind, event.actor, event.route) == (EventKind.WITHDRAWN, Actor.HANDSET, "preferences")
    assert here.state().grant_for(here.club.id) is None
    assert (here.state().grant_for(here.events.id) is not None) is events_stay
    shown = len(here.shown())
    later(here)
    assert here.shown()[shown:] in (
        [],
        ["Linde & Loom: no more messages."],
        ["Linde & Loom: no more of these."],
    )


def test_whoever_has_stopped_everything_is_offered_no_stop(here, web, path):
    preferences = opened(here, web, path)
    assert "Stop altogether" in said(web.get(preferences))
    web.post(f"{preferences}/stop", {"what": "brand"})
    assert "Stop altogether" not in said(web.get(preferences))


def test_the_persons_own_page_leads_there(here, web, path):
    preferences = opened(here, web, path)
    assert (
        f'href="{preferences}?lang=en"' in web.get(preferences.removesuffix("/preferences")).content.decode()
    )


def headings(page):
    return re.findall(r"<h[12][^>]*>([^<]*)</h[12]>", page.content.decode())


def test_the_headings_tell_first_what_one_gets_and_only_who_left_reads_of_a_proof_of_it(here, web, path):
    preferences = opened(here, web, path)
    before = web.get(preferences)
    assert headings(before)[1:] == ["Your choices", "Stop altogether", "Your data"]
    assert "proof that you left" not in said(before)
    web.post(f"{preferences}/stop", {"what": "program"})
    assert "proof that you left" in said(web.get(preferences))


def test_what_the_program_promises_in_hebrew_runs_from_right_to_left(here, web, path):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=here.club.sender)
    hebrew = replace(TEXTS, frequency="עד 4 בחודש")
    here.club = publish(brand, sender, texts=(("he", hebrew),), default_language="he")
    page = web.get(opened(here, web, path)).content.decode()
    assert '<bdi lang="he" dir="rtl">עד 4 בחודש</bdi>' in page
    assert '<html lang="en" dir="ltr"' in page
