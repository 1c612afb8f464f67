"""Programs in the console: what people can join, in the words that they are shown."""

import re
from dataclasses import replace

import pytest
from django.core.cache import cache

from factories.consoles import signed_in
from factories.worlds import ANNA, CLUB, TEXTS, publish, world
from yesword.store import models
from yesword.store.models import User
from yesword.web import counted


@pytest.fixture
def here(sqlite_store):
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:
        yield opened


@pytest.fixture
def console(here):
    return signed_in(User.Role.OWNER)


def words(html):
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_list_says_what_to_text_where_and_what_was_promised(here, console):
    here.join(ANNA)
    said = words(console.get("/programs").content.decode())
    assert "Text SAVEMORE to 800123" in said
    assert "Double opt-in" in said
    assert "Single opt-in" in said
    assert "up to 4 a month" in said
    assert "Granted 1" in said


def test_the_page_shows_the_wording_as_shown_and_the_texts_in_handsets(here, console):
    html = console.get("/programs/club").content.decode()
    assert "Linde &amp; Loom texts you offers, up to 4 a month. Rates may apply." in html
    joining = words(html)[words(html).index("Joining") :]
    assert "reply YES to join Club." in joining
    assert "1 segment · GSM-7" in joining
    assert "[Brand]" not in html


def test_each_language_has_its_own_wording(here, console):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    dutch = replace(TEXTS, disclosure="[Brand] sms't je aanbiedingen. STOP om te stoppen.", welcome="Welkom!")
    publish(brand, sender, texts=(("en", TEXTS), ("nl", dutch)))
    assert "sms&#x27;t je aanbiedingen" in console.get("/programs/club?language=nl").content.decode()
    assert "sms&#x27;t je aanbiedingen" not in console.get("/programs/club?language=en").content.decode()
    assert "Rates may apply" in console.get("/programs/club?language=xx").content.decode()


def test_every_version_is_listed_newest_first(here, console):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    publish(brand, sender, texts=(("en", replace(TEXTS, help="[Brand]: more help.")),))
    said = words(console.get("/programs/club").content.decode())
    versions = said[said.index("A version never changes.") :]
    assert versions.index("2 (now)") < versions.index(" 1 ")


def test_a_program_that_is_not_there_is_not_found(here, console):
    assert console.get("/programs/nothing").status_code == 404


def test_without_a_brand_the_pages_teach(sqlite_store):
    client = signed_in()
    for address, title in (
        ("/", "No brand yet"),
        ("/programs", "No programs yet"),
        ("/people", "Nobody is known yet"),
    ):
        assert title in client.get(address).content.decode()
