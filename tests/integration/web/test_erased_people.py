"""Whoever was erased is nobody on any page, also while the law has their proof kept."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from factories.consoles import signed_in
from factories.triaged import QUESTION
from factories.worlds import ANNA, world
from yesword.domain.events import Actor, Grade
from yesword.domain.ids import to_text
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.store import triage
from yesword.web import counted

MASKED, LAST = "+31 ••••••", "678"


@pytest.fixture
def here(sqlite_store):
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:
        opened.join()
        opened.text(ANNA, QUESTION)
        opened.campaign()
        opened.settle()
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def erased(here):
    person = here.contact()
    row = erasing.erase(here.store, person.id, Wish(ground=REQUESTED), here.at)
    assert row.retain_until is not None, "their proof is kept, or this test shows nothing"
    return person


def page(console, address):
    answer = console.get(address)
    assert answer.status_code == 200, address
    html = answer.content.decode()
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.parametrize("address", ["/", "/people", "/messages", "/replies", "/privacy"])
def test_no_list_shows_a_number_of_theirs(here, console, address):
    shown = page(console, address)
    assert LAST in shown or address == "/privacy", "before, they are on the page, or this test shows nothing"
    erased(here)
    counted.forget()
    shown = page(console, address)
    assert MASKED not in shown
    assert f"•• {LAST}" not in shown


@pytest.mark.parametrize("address", ["/", "/people", "/messages"])
def test_lists_say_that_they_were_erased(here, console, address):
    erased(here)
    counted.forget()
    assert "Erased" in page(console, address)


def test_pages_of_one_text_and_of_hours_show_no_number_either(here, console):
    [(message,)] = here.sql("SELECT id FROM message WHERE campaign_id IS NOT NULL")
    person = erased(here)
    for address in (f"/messages/{to_text('msg', message)}", f"/people/{to_text('con', person.id)}/hours"):
        assert MASKED not in page(console, address), address


def test_nothing_of_them_waits_to_be_looked_at(here):
    def waiting():
        return here.sql("SELECT count(*) FROM triage WHERE state = 'open'")[0][0]

    assert waiting() == 1
    erased(here)
    assert waiting() == 0
    assert here.sql("SELECT count(*) FROM triage WHERE state = 'done' AND due_at IS NULL") == [(1,)]


def test_only_the_rows_of_the_person_are_closed(here):
    other = "+31612345679"
    here.text(other, QUESTION)
    with here.store.database.write() as session:
        assert triage.close(session, here.contact().id, None, datetime.now(UTC)) == 1
    assert here.sql("SELECT contact_id FROM triage WHERE state = 'open'") == [(here.contact(other).id,)]


def test_a_search_for_their_number_says_that_it_stopped(here, console):
    erased(here)
    answer = console.post("/people/search", {"q": ANNA}).content.decode()
    assert "has stopped the texts of" in answer
    assert "Nothing may be texted to it" in answer
    assert ANNA[3:] not in answer[answer.index("<main") :].replace(f'value="{ANNA}"', "")


def test_a_bare_claim_has_no_tick_on_the_home_page(here, console):
    here.grant(here.strangers(["+31612345670"]), here.club, Actor.IMPORT, Grade.E)
    counted.forget()
    shown = page(console, "/")
    start = shown.index("A file claims, without proof, that")
    line = shown[shown.rindex("<li", 0, start) : start]
    assert "tone-slate" in line
    assert "#check" not in line
    assert "A file says" not in shown
