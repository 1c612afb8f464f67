"""Building an application form in the console: both questions are chosen, seen and linted before anybody is asked them."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.consoles import signed_in
from factories.worlds import CLUB, publish, world
from yesword.collect import points
from yesword.collect.applications import general_of
from yesword.domain.collecting.applications import GENERAL, Use, use_of, with_general
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.messages import MessageClass
from yesword.store import models, programs, shown_pages
from yesword.store.models import User
from yesword.web import point_publishing
from yesword.web.console.point_building import findings

LANGUAGES = ("en", "nl", "sv", "de", "da")


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(point_publishing, "begin_pictures", lambda _store, _point: None)


@pytest.fixture
def manager(here):
    return signed_in(User.Role.MANAGER)


@pytest.fixture
def jobs(here):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    usual = {"categories": (), "message_class": MessageClass.INFORMATIONAL}
    return [
        publish(brand, sender, key=key, name=key.title(), purpose=key, keywords=(key.upper(),), **usual)
        for key in ("thisjob", "otherjobs")
    ]


def sender_row():
    return models.Sender.objects.get(address=CLUB)


def fields(jobs, **changes):
    usual = {
        "kind": "application",
        "program": str(jobs[0].id),
        "name": "Baker",
        "key": "apply",
        "confirming": "reverse",
        "general": "otherjobs",
        "use": "recruiter",
        "speaks_en": "on",
    }
    return {**usual, **changes}


def words(answer, status=200):
    assert answer.status_code == status
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_one_chooses_what_to_make_and_the_application_has_its_own_fields(manager, jobs):
    assert "An application form" in words(manager.get("/collect/new"))
    page = manager.get("/collect/new?kind=application").content.decode()
    assert 'name="general"' in page
    assert 'name="asks_en"' in page
    assert 'name="reward_code"' not in page


def test_publishing_keeps_both_questions_and_the_page_that_people_see(here, manager, jobs):
    assert manager.post("/collect/new", fields(jobs)).status_code == 302
    point = points.find("apply")
    assert point.definition.kind is PointKind.APPLICATION
    assert use_of(point.definition) is Use.RECRUITER
    assert general_of(point.definition, point.brand).version == jobs[1].version
    with here.store.database.read() as session:
        kept = shown_pages.read(session, dict(point.pages)["en"]).body.decode()
    assert kept.count('<input type="radio"') == 4
    assert 'type="radio"' in Client(SERVER_NAME="localhost").get("/f/apply").content.decode()
    assert "/f/apply" in words(manager.get("/collect/apply"))
    edit = manager.get("/collect/apply/edit").content.decode()
    assert '<option value="otherjobs" selected>' in edit
    assert '<option value="recruiter" selected>' in edit


def test_the_preview_shows_both_questions_as_they_are_typed(manager, jobs):
    said = "May [Brand] text me about any other job?"
    page = manager.post("/collect/preview", fields(jobs, asks_en=said)).content.decode()
    page = html.unescape(html.unescape(page))  # the page within the page
    assert "May Linde & Loom text me about any other job?" in page
    assert "May a recruiter of Linde & Loom text me about this job" in page


@pytest.mark.parametrize("question", ["consent_en", "asks_en"])
def test_the_linter_reads_each_question_and_holds_back_what_breaks_a_rule(manager, jobs, question):
    assert "Nothing to remark." in words(manager.post("/collect/preview", fields(jobs)))
    bare = fields(jobs, **{question: "May we text you?"})
    assert "Nothing to remark." not in words(manager.post("/collect/preview", bare))
    assert "breaks a rule" in words(manager.post("/collect/new", bare), 422)
    assert not models.CollectionPoint.objects.exists()


def test_g12_what_ships_breaks_no_rule_in_any_language(here, jobs):
    texts = jobs[0].texts_in("en")[1]
    spoken = [
        programs.publish(replace(each, texts=tuple((one, texts) for one in LANGUAGES)), sender_row())
        for each in jobs
    ]
    for use in Use:
        for language in LANGUAGES:
            bare = PointDefinition(
                kind=PointKind.APPLICATION,
                name="Baker",
                program=spoken[0].id,
                program_version=spoken[0].version,
                confirming=Confirming.REVERSE,
                wordings=((language, Wording()),),
            )
            made = with_general(bare, spoken[1], use)
            assert findings(made, spoken[0], language) == (), (use, language)


def test_a_draft_keeps_the_second_question(manager, jobs):
    manager.post("/collect/new", fields(jobs, save="1", asks_en="May we?"))
    row = models.CollectionPoint.objects.get()
    assert (row.kind, row.draft["general"], row.draft["asks_en"]) == ("application", "otherjobs", "May we?")
    page = manager.get("/collect/apply/edit").content.decode()
    assert '<option value="otherjobs" selected>' in page


def test_two_questions_about_one_program_are_refused_in_the_language_of_the_page(manager, jobs):
    answer = manager.post("/collect/new", fields(jobs, general="thisjob"))
    assert "about one program" in words(answer, 422)


def test_without_a_second_program_it_asks_one_question(manager, jobs):
    assert manager.post("/collect/new", fields(jobs, general="")).status_code == 302
    assert points.find("apply").definition.setting(GENERAL) == ""
    page = Client(SERVER_NAME="localhost").get("/f/apply").content.decode()
    assert page.count('<input type="radio"') == 2
