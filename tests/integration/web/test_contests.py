"""The pages of contests: made, announced, closed and drawn in the console; shown to anybody, with nobody in it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from factories.consoles import fresh, signed_in, trail, words
from factories.contests import announced
from factories.worlds import ANNA, world
from yesword.collect import contest_draws, contests
from yesword.domain.collecting import draw_files
from yesword.domain.collecting.contest_words import suggested
from yesword.domain.collecting.contests import ContestWording
from yesword.store import models, programs
from yesword.store.models import User

BEN = "+31612345679"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def here(sqlite_store):
    fresh()
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


def local(**later):
    return (datetime.now(AMSTERDAM) + timedelta(**later)).strftime("%Y-%m-%dT%H:%M")


def typed(here, **changes):
    return {
        "program": str(here.club.id),
        "name": "Colour of the year",
        "key": "colour",
        "keywords": "vote",
        "answering": "options",
        "options": "A Red\nB Blue",
        "opens": local(hours=-1),
        "closes": local(days=1),
        "entries_each": "1",
        "winners": "1",
        "seed_source": "the lottery of Saturday",
        "seed_at": local(days=2),
        "asks_after": "on",
        "keeps_days": "30",
        "winners_days": "365",
        "speaks_en": "on",
        "title_en": "Colour of the year",
        "consent_en": suggested(here.club, "en"),
        **changes,
    }


def made(here, client, **changes):
    answer = client.post("/contests/new", typed(here, **changes))
    assert answer.status_code == 302, words(answer)
    return client.post("/contests/colour/announce", {"despite": "yes"})


def test_from_the_form_to_the_number_of_the_winner(here):
    client = signed_in(User.Role.MANAGER)
    assert made(here, client).status_code == 302
    here.text(ANNA, "VOTE A")
    here.text(BEN, "VOTE B")
    page = words(client.get("/contests/colour"))
    assert "2 entries." in page
    assert "A · Red" in page
    assert client.post("/contests/colour/close").status_code == 422
    assert client.post("/contests/colour/close", {"early": "yes"}).status_code == 302
    with here.store.database.read() as session:
        fixed = contest_draws.exported(session, contests.find("colour")).commitment
    assert fixed.list_digest in words(client.get("/contests/colour"))
    too_early = client.post("/contests/colour/draw", {"seed": "3 14", "seed_at": local(hours=-1)})
    assert too_early.status_code == 422
    assert "could have known the seed" in words(too_early)
    contest_draws.draw(here.store, contests.find("colour"), "3 14", "", datetime.now(UTC), datetime.now(UTC))
    page = words(client.get("/contests/colour"))
    assert not any(number in page.replace(" ", "") for number in (ANNA, BEN))
    shown = words(client.post("/contests/colour/winners/1/number"))
    assert (ANNA in shown) != (BEN in shown)
    assert len(trail("number.shown")) == 1
    for action in ("contest.save", "contest.announce", "contest.close"):
        assert trail(action), action


def test_who_may_only_look_changes_nothing(here):
    announced(here)
    client = signed_in(User.Role.VIEWER)
    assert client.get("/contests").status_code == 200
    assert client.get("/contests/colour").status_code == 200
    assert client.get("/contests/new").status_code == 403
    for act in ("announce", "close", "draw", "winners/1/number"):
        assert client.post(f"/contests/colour/{act}").status_code == 403, act


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {"options": "A Red\nSTOP Blue"}, "people leave, join or ask for help with it", id="stop"
        ),
        pytest.param({"keywords": "SAVEMORE"}, "means something else", id="keyword"),
        pytest.param({"seed_at": ""}, "say from where it comes", id="no-seed"),
        pytest.param({"closes": local(days=-1)}, "closes before it opens", id="no-time"),
    ],
)
def test_what_cannot_run_is_told_and_what_was_typed_stays(here, change, said):
    client = signed_in()
    answer = client.post("/contests/new", typed(here, **change))
    assert answer.status_code == 422
    assert said in words(answer)
    assert b"the lottery of Saturday" in answer.content


def test_i5_terms_without_a_plain_yes_are_not_announced_whoever_answers_for_them(here):
    client = signed_in()
    client.post("/contests/new", typed(here, consent_en="By entering you agree to everything."))
    refused = client.post("/contests/colour/announce", {"despite": "yes"})
    assert refused.status_code == 422
    assert not contests.find("colour").is_announced


def test_it_changes_until_it_opens_and_not_after(here):
    client = signed_in()
    assert made(here, client, opens=local(hours=1)).status_code == 302
    assert client.post("/contests/colour/edit", typed(here, opens=local(hours=-1))).status_code == 302
    client.post("/contests/colour/announce", {"despite": "yes"})
    late = client.post("/contests/colour/edit", typed(here))
    assert late.status_code == 422
    assert "does not change any more" in words(late)


def test_i14_the_page_says_that_a_yes_changes_no_chance_and_tells_nobody_who_entered(here):
    worded = (("en", ContestWording(title="Colour", prize="A coat", consent=suggested(here.club, "en"))),)
    announced(here, asks_after=True, takes_yes=True, shows_results=True, wordings=worded)
    here.text(ANNA, "VOTE A")
    client = Client(SERVER_NAME="localhost")
    answer = client.get("/c/colour")
    page = words(answer)
    assert "Whoever says yes to texts and whoever does not have the same chance." in page
    assert "text VOTE A YES, or answer yes when our reply asks you" in page
    assert b'href="sms:800123?&amp;body=VOTE%20A"' in answer.content
    assert "<svg" in answer.content.decode()
    assert len(answer.content) < 30_000
    assert ANNA[3:] not in answer.content.decode()
    assert client.get("/c/colour/draw.json").status_code == 404


def test_i14_each_language_has_its_own_names_for_the_answers(here):
    dutch = replace(here.club, texts=(*here.club.texts, ("nl", here.club.texts_in("en")[1])))
    here.club = programs.publish(dutch, models.Sender.objects.get(address=dutch.sender))
    client = signed_in()
    said = {
        "speaks_nl": "on",
        "title_nl": "Kleur van het jaar",
        "options_nl": "b Blauw",
        "consent_nl": suggested(here.club, "nl"),
    }
    assert made(here, client, opens=local(hours=1), shows_results="on", **said).status_code == 302
    pages = {
        each: words(Client(SERVER_NAME="localhost").get(f"/c/colour?lang={each}")) for each in ("en", "nl")
    }
    assert "VOTE B Blauw" in pages["nl"]
    assert "VOTE A Red" in pages["nl"]
    assert "VOTE B Blue" in pages["en"]
    assert ">B Blauw</textarea>" in client.get("/contests/colour/edit").content.decode().replace("\n", "")


def test_the_published_list_is_there_for_anybody_and_checks(here):
    contest = announced(here)
    here.text(ANNA, "VOTE A")
    contest_draws.close(here.store, contest, here.at, is_early=True)
    client = Client(SERVER_NAME="localhost")
    file = client.get("/c/colour/draw.json")
    assert draw_files.verify(draw_files.read(file.content.decode())) == ()
    assert json.loads(file.content)["commitment"]["list_digest"] in words(client.get("/c/colour"))


def test_a_contest_that_nobody_announced_has_no_page(here):
    contest = announced(here)
    here.sql("UPDATE store_contest SET is_announced = %s WHERE id = %s", False, contest.id)
    assert Client(SERVER_NAME="localhost").get("/c/colour").status_code == 404
    assert Client(SERVER_NAME="localhost").get("/c/none").status_code == 404
