"""The pages behind an invitation by e-mail: the form that knows who was invited, and the way out that no scanner takes."""

import html
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from factories.mail import invitation, send, smtp_server
from factories.points import published
from factories.worlds import ANNA, world
from yesword.collect import invitations
from yesword.proof.evidence.opening import record_of
from yesword.reporting import invitations as reporting
from yesword.store import invitees
from yesword.store.models import InvitationCampaign
from yesword.web.public import forms

MAIL = "anna@example.net"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture
def letter(here):
    published(here)
    with smtp_server() as inbox:
        invitation(here, f"{MAIL},Anna Berg,en,{ANNA},\n", measures_opens=True)
        send(here, inbox)
        return inbox.of(MAIL)


@pytest.fixture
def client():
    return Client(SERVER_NAME="localhost")


def link(letter, kind):
    text = letter.get_body(("plain",)).get_content()
    return re.search(rf"https://texts\.example\.org(/{kind}/\S+)", text)[1]


def fields(page):
    found = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', page))
    return {name: html.unescape(value) for name, value in found.items()}


def counts(here):
    row = InvitationCampaign.objects.get()
    return {line.stage.value: line.count for line in reporting.result(here.store, row).lines}


def wants_no_mail(here):
    with here.store.database.read() as session:
        return bool(invitees.suppressed(here.store, session, here.club.brand, [MAIL]))


def test_i8_the_form_knows_who_was_invited_and_shows_no_number(here, letter, client):
    page = client.get(link(letter, "f")).content.decode()
    assert "ends in …78" in page
    assert ANNA[3:] not in page
    assert counts(here)["clicked"] == 1
    # Without the tick it comes back, and still shows no number to whoever the letter was passed on to.
    again = client.post("/f/door", fields(page))
    assert again.status_code == 422
    assert ANNA[3:] not in again.content.decode()
    assert client.post("/f/door", {**fields(again.content.decode()), "agree": "yes"}).status_code == 303
    here.now[0] = datetime.now(UTC)
    assert here.sql("SELECT kind FROM message") == [("consent_request",)], "it goes when the hour allows"
    with here.store.database.read() as session:
        asked = list(record_of(here.store, session, here.contact()))[-1].event
    assert asked.route == invitations.ROUTE
    assert counts(here)["signed_up"] == 1
    assert counts(here)["confirmed"] == 0
    here.grant([here.contact().id], here.club)
    assert counts(here)["confirmed"] == 1


def test_another_number_may_be_typed_and_an_altered_link_is_a_form_like_any_other(here, letter, client):
    page = client.get(link(letter, "f")).content.decode()
    sent = {**fields(page), "agree": "yes", "number": "0687654321"}
    assert client.post("/f/door", sent).status_code == 303
    assert here.contact("+31687654321")
    word = fields(page)["i"]
    for altered in (word[:-1], word.replace(word[9], "7" if word[9] != "7" else "6"), "nonsense"):
        plain = client.get(f"/f/door?i={altered}").content.decode()
        assert "ends in" not in plain
        assert fields(plain).get("i") is None


def test_a_scanner_that_follows_every_link_unsubscribes_nobody_and_one_button_does(here, letter, client):
    out = link(letter, "m")
    for look in (client.get, client.head):
        assert look(out).status_code == 200
    assert not wants_no_mail(here)
    assert "an…@example.net" in client.get(out).content.decode()
    assert "Texts that you get stay as they are" in client.post(out).content.decode()
    assert wants_no_mail(here)
    assert "No more invitations go to" in client.get(out).content.decode()


def test_a_mail_program_leaves_for_its_reader_with_one_call(here, letter, client):
    url = re.search(r"<https://texts\.example\.org([^>]+)>", letter["List-Unsubscribe"])[1]
    answer = Client(SERVER_NAME="localhost", enforce_csrf_checks=True).post(
        url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert wants_no_mail(here)


def test_a_word_that_opens_the_page_does_not_leave_and_an_altered_one_changes_nothing(here, letter, client):
    word = link(letter, "m").rpartition("/")[2]
    page = re.search(r"i=([a-z2-7]+)", link(letter, "f"))[1]
    for wrong in (page, word[:-1], word[:-1] + ("a" if word[-1] != "a" else "b"), "x" * 32):
        assert client.post(f"/m/{wrong}").status_code == 404
    assert not wants_no_mail(here)


def test_a_picture_counts_who_opened_once_and_looks_the_same_for_a_wrong_word(here, letter, client):
    word = re.search(r"/m/([a-z2-7]{32}\.gif)", letter.get_body(("html",)).get_content())[1]
    good, wrong = (client.get(f"/m/{each}") for each in (word, "a" * 32 + ".gif"))
    assert (good.status_code, good.content) == (wrong.status_code, wrong.content)
    client.get(f"/m/{word}")
    assert counts(here)["opened"] == 1
