"""What somebody may see and do of their own data once a code has opened it."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from factories.own_page import NAME, SAID, browser, change_hands, linked, prove, requests, said
from factories.worlds import ANNA
from yesword.domain.understanding import Right
from yesword.privacy import erasing, owners, wishes
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import State
from yesword.store import links, suppressions
from yesword.store.models import AuditEntry, Brand, User
from yesword.web.languages import CODES
from yesword.web.public import handset_proof, my_rights

OF_NO_LAW = "+6421234567"  # of a country whose period for proof nobody looked up


def new_owner(here, web):
    """The number is somebody else's, who has joined since, and shows the handset."""
    change_hands(here)
    here.now[0] = datetime.now(UTC)
    here.text(ANNA, "SAVEMORE", at=datetime.now(UTC))
    here.text(ANNA, "yes", at=datetime.now(UTC))
    return prove(here, web)


def test_who_has_the_number_now_sees_nothing_of_who_had_it(here, web, kim):
    address = new_owner(here, web)
    owners.confirm_second_proof(here.store, here.contact(), kim, datetime.now(UTC))
    assert "there was a sign that the number went to somebody else" in said(web.get(address))
    for page in ("held", "file"):
        body = web.get(f"{address}/{page}").content.decode()
        assert NAME not in body
        assert SAID not in body
        assert "SAVEMORE" in body
    held = json.loads(web.get(f"{address}/file").content)
    assert [each["kind"] for each in held["record"]] == ["requested", "confirmed"]


def test_who_has_the_number_now_cannot_erase_who_had_it_but_asks(here, web):
    address = new_owner(here, web)
    text = said(web.get(f"{address}/erase"))
    assert "somebody at Linde & Loom has to look first" in text
    web.post(f"{address}/erase")
    assert here.contact().erased_at is None
    answer = web.post(f"{address}/ask", {"right": "erasure"}, follow=True)
    assert "has your request" in said(answer)
    (asked,) = requests(here)
    assert (asked.right, asked.inbound, asked.state) == (Right.ERASURE, None, State.OPEN)


# --- seeing it -----------------------------------------------------------------------------------------------


def test_a_code_shows_the_number_and_not_what_is_older(here, web):
    address = prove(here, web)
    answer = web.get(f"{address}/held")
    html = answer.content.decode()
    assert ANNA in html
    assert NAME not in html
    assert SAID not in html
    assert "Not everything is shown" in html
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    held = json.loads(web.get(f"{address}/file").content)
    assert held["format"] == "yesword-access-1"
    assert held["withheld"]["name"] is True
    assert held["withheld"]["received_texts"] == 3


def test_all_of_it_is_shown_once_the_brand_knows_them_in_another_way_too(on_both, web, kim):
    here = on_both
    address = prove(here, web)
    answer = web.post(f"{address}/ask", {"right": "access"}, follow=True)
    assert "To see what is kept about you. Asked on" in said(answer)
    web.post(f"{address}/ask", {"right": "access"})
    (asked,) = requests(here)
    assert (asked.right, asked.inbound) == (Right.ACCESS, None)
    assert timedelta(days=27) < asked.due_at - asked.asked_at < timedelta(days=32)
    owners.confirm_second_proof(here.store, here.contact(), kim, datetime.now(UTC))
    assert "Ask for the rest" not in said(web.get(address))
    html = web.get(f"{address}/held").content.decode()
    assert NAME in html
    assert SAID in html


def test_looking_leaves_a_trace(here, web):
    address = prove(here, web)
    web.get(f"{address}/held")
    web.get(f"{address}/file")
    traces = AuditEntry.objects.filter(action="privacy.accessed")
    assert [(each.user_id, each.detail["route"]) for each in traces] == [(None, "own_page")] * 2


def test_copies_are_not_made_without_end(here, web, monkeypatch):
    address = prove(here, web)
    monkeypatch.setattr(my_rights._COPIES, "take", lambda key: 4.0)
    assert web.get(f"{address}/held").status_code == 429
    assert web.get(f"{address}/file").status_code == 429


# --- erasing it ----------------------------------------------------------------------------------------------


def test_first_it_says_what_would_go_and_what_would_stay(here, web):
    address = prove(here, web)
    text = said(web.get(f"{address}/erase"))
    assert "What would go at once" in text
    assert "Language, attributes and segments" in text
    assert "we keep the proof of what you agreed to" in text
    assert "A trace that lets the stop hold" in text
    assert here.contact().erased_at is None


def test_a_ground_of_our_own_is_told_in_the_readers_language(here, web):
    Brand.objects.update(country="NZ")
    here.members(1, numbers=[OF_NO_LAW])
    here.now[0] = datetime.now(UTC)
    address = prove(here, web, OF_NO_LAW)
    assert "On this ground: house rule" in said(web.get(f"{address}/erase"))
    assert "husregel" in said(web.get(f"{address}/erase?lang=sv"))
    assert "husregel" in web.get(f"{address}/held?lang=sv").content.decode()


def test_the_second_press_erases_and_the_link_dies(on_both, web):
    here = on_both
    person, address = here.contact(), prove(here, web)
    web.post(f"{address}/ask", {"right": "access"})
    answer = web.post(f"{address}/erase")
    text = said(answer)
    assert "Your data are erased" in text
    assert "Kept for a time" in text
    assert "Autoriteit Persoonsgegevens" in text
    assert "help@example.org" in text
    assert answer.cookies[handset_proof._name()]["max-age"] == 0
    assert web.get(address).status_code == 404
    assert web.get(address.removesuffix("/data")).status_code == 404
    assert here.sql("SELECT stage, ground, asked_by FROM erasure") == [("held", "request", None)]
    assert here.sql("SELECT state, done_by FROM privacy_request") == [("done", None)]
    with here.store.database.read() as session:
        assert suppressions.find(here.store, session, person.brand, [ANNA])
        assert links.of_contact(session, person.id, "receipt") == []
    kinds = [
        row[0]
        for row in here.sql("SELECT kind FROM consent_event WHERE contact_id = %s ORDER BY seq", person.id)
    ]
    assert kinds[-2:] == ["withdrawn", "erased"]
    assert AuditEntry.objects.filter(action="privacy.erase", user=None).count() == 1


def test_what_cannot_end_yet_is_said_to_be_on_its_way(here, web, monkeypatch):
    monkeypatch.setattr(erasing, "drain", lambda *given: False)
    address = prove(here, web)
    text = said(web.post(f"{address}/erase"))
    assert "Your data are being erased" in text
    assert "ends by itself within minutes" in text
    assert here.state().withdrawals


# --- restricting it ------------------------------------------------------------------------------------------


def test_it_is_restricted_by_the_second_press(here, web):
    address = prove(here, web)
    assert "not even a code to this page" in said(web.get(f"{address}/restrict"))
    assert here.contact().restricted_since is None
    answer = web.post(f"{address}/restrict", follow=True)
    assert "Your data are restricted from now on" in said(answer)
    assert here.contact().restricted_since is not None
    assert "restricted already" in said(web.get(f"{address}/restrict"))
    assert AuditEntry.objects.get(action="privacy.restricted").user_id is None


# --- what all of it keeps to ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", CODES)
def test_every_page_speaks_the_language_of_the_person(here, web, language):
    address = prove(here, web)
    here.sql("UPDATE contact SET language = %s", language)
    for page in ("", "/code", "/held", "/erase", "/restrict"):
        answer = web.get(address + page)
        assert f'<html lang="{language}"' in answer.content.decode(), page
        assert answer["Content-Language"] == language
    assert '<html lang="de"' in web.get(f"{address}?lang=de").content.decode()


def test_no_cache_no_search_engine_no_script_and_nobody_else(here, web):
    address = linked(here)
    answers = [web.get(address), web.get(f"{address}/code")]
    prove(here, web, address=address)
    answers += [web.get(f"{address}{page}") for page in ("", "/held", "/erase", "/restrict")]
    for answer in answers:
        assert answer["Cache-Control"] == "private, no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        html = answer.content.decode()
        assert "<script" not in html
        assert not [
            each for each in re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', html) if not each.startswith("/")
        ]


def test_a_request_from_the_page_is_listed_and_closed_like_any_other(here, web):
    wishes.ask_brand(here.store, here.contact(), Right.ACCESS, here.at)
    user = User.objects.create_user("kim", "a sentence that only they say", role=User.Role.OWNER)
    desk = browser()
    desk.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with here.store.database.write() as session:
        (asked,) = privacy_requests.open_requests(here.store, session, here.club.brand)
        privacy_requests.close(here.store, session, asked.id, user.pk, here.at)
        assert privacy_requests.open_requests(here.store, session, here.club.brand) == []
    assert desk.get(reverse("console:people")).status_code == 200


@pytest.fixture
def kim():
    return User.objects.create_user("kim", "a sentence that only they say", role=User.Role.OWNER).pk
