"""A8: whoever joins and whoever leaves is told who is responsible for their data, what is kept and for how long, on every such page."""

import re

import pytest
from django.test import Client

from factories.leaving_links import noon, texted
from factories.mail import invitation, send, smtp_server
from factories.points import published
from factories.worlds import ANNA, world
from yesword.web.paths import TEMPLATE_FOLDER
from yesword.web.public import forms

PUBLIC = TEMPLATE_FOLDER / "public"
JOIN, LEAVE, MAIL = "join_notice.html", "leave_notice_words.html", "mail_notice.html"
WAYS_IN = {
    "call_to_action", "confirm", "confirm_done", "contest", "form", "form_answered", "kiosk", "kiosk_answered", "popup",
    "popup_answered",
}  # fmt: skip
WAYS_OUT = {"leave", "leave_again", "leave_done", "leave_thanks", "leave_undone", "my_preferences"}
LETTERS_END = {"mail_leave", "mail_left"}
# Here nobody joins or leaves: nothing is asked, or it is about data that are there already.
NEITHER = {
    "audit", "confirm_none", "confirm_over", "form_closed", "form_crowded", "kiosk_start", "leave_code", "leave_none", "leave_refused",
    "ledger", "my_data", "my_data_code", "my_data_erase", "my_data_gone", "my_data_open", "my_data_page",
    "my_data_restrict", "my_data_start", "no_link", "popup_kept", "receipt",
}  # fmt: skip


def whole(name, seen=frozenset()):
    """A template with what it includes and stands on."""
    text = (TEMPLATE_FOLDER / name).read_text(encoding="utf-8")
    found = [text]
    for part in re.findall(r'{%\s*(?:include|extends)\s+"([^"]+)"', text):
        if part not in seen:
            found.append(f"<<{part}>>")
            found.append(whole(part, seen | {part}))
    return "\n".join(found)


def included():
    """Parts of pages are looked at where they are included."""
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATE_FOLDER.rglob("*.html")]
    return {part for text in texts for part in re.findall(r'{%\s*include\s+"public/([^"]+)\.html"', text)}


PAGES = sorted({path.stem for path in PUBLIC.glob("*.html")} - included())


@pytest.mark.parametrize("page", PAGES)
def test_every_public_page_is_known_to_be_a_way_in_or_out_or_neither_and_has_the_notice_of_its_end(page):
    known = [each for each in (WAYS_IN, WAYS_OUT, LETTERS_END, NEITHER) if page in each]
    assert len(known) == 1, "say in this test which end it is; if it is one, include the notice"
    wanted = {id(WAYS_IN): JOIN, id(WAYS_OUT): LEAVE, id(LETTERS_END): MAIL}.get(id(known[0]))
    assert wanted is None or f"<<public/{wanted}>>" in whole(f"public/{page}.html")


# --- as they are served ---------------------------------------------------------------------------------------


@pytest.fixture
def here(sqlite_store, monkeypatch):
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    with world(sqlite_store) as made:
        made.now[0] = noon(-1)
        yield made


@pytest.fixture
def web():
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")


def tells(answer, what):
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Linde &amp; Loom is responsible for it" in page
    assert what in page
    assert "example.org/privacy" in page


def test_the_forms_tell_it(here, web):
    point = published(here)
    tells(web.get(f"/f/{point.key}"), "what you say yes to and the proof of that")
    tells(web.get(f"/cta/demo/{here.club.key}"), "what you say yes to and the proof of that")


def test_the_pages_of_the_link_tell_it(here, web):
    here.members(1, numbers=[ANNA])
    path = texted(here)
    tells(web.get(path), "A scrambled trace of your number stays")
    tells(web.post(path), "A scrambled trace of your number stays")


def test_the_pages_that_end_e_mail_tell_it(here, web):
    published(here)
    with smtp_server() as inbox:
        invitation(here, "anna@example.net,Anna,en,\n")
        send(here, inbox)
        (letter,) = inbox.letters
    text = letter.get_body(("plain",)).get_content()
    path = re.search(r"https://texts\.example\.org(/m/\S+)", text)[1]
    tells(web.get(path), "a scrambled trace of your address stays")
    tells(web.post(path), "a scrambled trace of your address stays")
