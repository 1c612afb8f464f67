"""Forms of programs that speak a language from right to left: their words run so, whatever the page around them speaks."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.points import published
from factories.worlds import CLUB, TEXTS, world
from yesword.domain.collecting.points import PointKind, Wording
from yesword.store import models, programs

HEBREW = Wording(
    title="הצטרפו",
    benefit="10% הנחה",
    consent="כן, [Brand] רשאים לשלוח לי מסרונים, [Frequency]. [Stop] [Help]",
    thanks="תודה",
)


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        texts = (("en", TEXTS), ("he", replace(TEXTS, frequency="עד 4 בחודש")))
        program = replace(made.club, texts=texts)
        made.club = programs.publish(program, models.Sender.objects.get(address=CLUB))
        yield made


def page(path):
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en").get(path).content.decode()


@pytest.mark.parametrize(
    ("kind", "path", "shown"),
    [
        pytest.param(
            PointKind.FORM,
            "/f/door?lang=he",
            {"הצטרפו", "10% הנחה", "עד 4 בחודש", "כן"},
            id="a form",
        ),
        pytest.param(PointKind.FORM, "/f/door/next?lang=he&next=done", {"תודה"}, id="what comes next"),
        pytest.param(PointKind.KIOSK, "/kiosk/door/form?lang=he", {"הצטרפו", "כן"}, id="a tablet"),
        pytest.param(PointKind.KIOSK, "/kiosk/door?lang=he", {"הצטרפו", "10% הנחה"}, id="a tablet's start"),
    ],
)
def test_the_words_of_the_program_run_from_right_to_left_on_an_english_page(here, kind, path, shown):
    published(here, kind=kind, wordings=(("en", Wording()), ("he", HEBREW)))
    html = page(path)
    assert '<html lang="en" dir="ltr">' in html
    found = " ".join(re.findall(r'lang="he" dir="rtl">([^<]+)<', html))
    assert [each for each in shown if each not in found] == []


def test_other_languages_run_from_left_to_right(here):
    published(here, wordings=(("en", Wording(title="Join us")), ("he", HEBREW)))
    html = page("/f/door")
    assert '<h1 lang="en" dir="ltr">Join us</h1>' in html
    assert "rtl" not in html
