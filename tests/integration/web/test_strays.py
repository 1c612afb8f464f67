"""The page of texts that could be given to nobody: seen by whoever opens the console, and settled there."""

import pytest

from factories.consoles import fresh, signed_in, trail, words
from factories.worlds import ANNA, CLUB, world
from yesword.domain.ids import to_text
from yesword.sending import strays
from yesword.store.models import Brand, User

JUNK = "11111111111111111111"
URL = "/replies/nobody"


@pytest.fixture
def here(sqlite_store):
    fresh()
    with world(sqlite_store) as opened:
        opened.join(ANNA)
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def test_they_are_told_on_the_first_page_and_shown_with_a_masked_number(here, console):
    assert "could be given to nobody" not in words(console.get("/"))
    assert "None wait" in words(console.get(URL))
    here.receive(JUNK, "STOP <b>now</b>")
    here.receive(ANNA, "STOP", to="999999")
    assert "2 texts could be given to nobody." in words(console.get("/"))
    told = words(console.get(URL))
    assert f"From 111…11 to {CLUB}, over {here.account.key}" in told
    assert "Reads as a stop" in told
    assert "No program is there where it went to." in told
    page = console.get(URL).content.decode()
    assert JUNK not in page
    assert ANNA[1:] not in page
    assert "STOP &lt;b&gt;now&lt;/b&gt;" in page


def test_one_is_put_away_and_leaves_a_trace(here, console):
    here.receive(JUNK, "STOP")
    away = _away(here)
    assert "Put away." in words(console.post(away, follow=True))
    assert strays.waiting(here.store) == []
    assert len(trail("stray.put_away")) == 1
    assert "It waits no more" in words(console.post(away, follow=True))
    assert console.post(f"{URL}/str_!/away").status_code == 404


def test_they_are_read_again_once_home_is_known(here, console):
    Brand.objects.update(country="US")
    here.receive("0612345678", "STOP")
    assert "None of them can be given to anybody yet." in words(console.post(f"{URL}/again", follow=True))
    here.account.settings = {"addresses": {"country_code": "31"}}
    here.account.save()
    assert "1 text was given to whom it is from." in words(console.post(f"{URL}/again", follow=True))
    assert here.kinds(ANNA)[-1] == "withdrawn"


def test_who_may_only_look_changes_nothing(here, console):
    here.receive(JUNK, "STOP")
    User.objects.update(role=User.Role.VIEWER)
    assert "Put away" not in words(console.get(URL))
    assert console.post(_away(here)).status_code == 403
    assert console.post(f"{URL}/again").status_code == 403
    assert len(strays.waiting(here.store)) == 1


def _away(here):
    (stray,) = strays.waiting(here.store)
    return f"{URL}/{to_text('str', stray.id)}/away"
