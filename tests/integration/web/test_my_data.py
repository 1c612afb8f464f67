"""A person's own data behind their receipt page: what a code to the handset opens, and what it never does."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from factories.worlds import ANNA, world
from yesword.consent import Act, invalidate
from yesword.domain.events import Actor
from yesword.domain.understanding import Right
from yesword.privacy import erasing, owners, wishes
from yesword.privacy.codes import Asked
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import State
from yesword.store import links, programs, suppressions
from yesword.store.models import AuditEntry, User
from yesword.web.languages import CODES
from yesword.web.public import handset_proof, my_data, my_rights, receipt
from yesword.web.public.addresses import make_receipt_link

NAME = "Annabella"
BERT = "+31612345679"
SAID = "my grandmother wears size 37"


def settled(opened):
    cache.clear()
    opened.strangers([ANNA], name=NAME, language="en")
    opened.join()
    opened.text(ANNA, SAID)
    opened.now[0] = datetime.now(UTC)
    return opened


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as opened:
        yield settled(opened)


@pytest.fixture
def on_both(store):
    with world(store) as opened:
        yield settled(opened)


@pytest.fixture(autouse=True)
def unlimited(monkeypatch):
    """One address asks for all tests; the cap on it has a test of its own."""
    caps = ((my_data, ("_ASKS", "_TRIES")), (my_rights, ("_COPIES",)), (receipt, ("_PAGES", "_MISSES")))
    for module, names in caps:
        for name in names:
            monkeypatch.setattr(getattr(module, name), "take", lambda key: 0.0)


def browser(**more):
    return Client(SERVER_NAME="localhost", headers={"accept-language": "en"}, **more)


@pytest.fixture
def web():
    return browser()


def linked(here, number=ANNA, program=None):
    person, program = here.contact(number), program or here.club
    with here.store.database.write() as session:
        brand = programs.brand(person.brand)
        return make_receipt_link(session, brand, person.id, program.id, datetime.now(UTC)) + "/data"


def said(answer):
    html = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])).split())


def catch_up(here):
    here.now[0] = datetime.now(UTC)
    here.settle()


def ask(here, web, address):
    answer = web.post(f"{address}/send")
    catch_up(here)
    return answer


def code(here, number=ANNA):
    catch_up(here)
    return re.match(r"(\d{6}) is your code", here.shown(number)[-1])[1]


def enter(web, address, typed):
    return web.post(f"{address}/code", {"code": typed})


def other(right):
    return f"{(int(right) + 1) % 10**6:06}"


def prove(here, web, number=ANNA, address=None):
    """The address, once the browser has shown the code."""
    address = address or linked(here, number)
    ask(here, web, address)
    answer = enter(web, address, code(here, number))
    assert answer.status_code == 302, said(answer)
    return address


def is_open(web, address):
    return "You have shown that the number" in said(web.get(address))


def change_hands(here):
    at = datetime.now(UTC)
    act = Act(actor=Actor.CARRIER, route="carrier", occurred_at=at, received_at=at, language="en")
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        invalidate(here.store, session, brand, here.contact(), act, at, reason="reassigned")


def requests(here):
    with here.store.database.read() as session:
        return privacy_requests.of_contact(here.store, session, here.contact().id)


PAGES = ["held", "file", "erase", "restrict"]


# --- a code --------------------------------------------------------------------------------------------------


def test_the_receipt_page_leads_there(here, web):
    address = linked(here)
    html = web.get(address.removesuffix("/data")).content.decode()
    assert f'href="{address}?lang=en"' in html


def test_a_code_opens_it(on_both, web):
    here = on_both
    address = linked(here)
    assert "Send me a code" in said(web.get(address))
    answer = ask(here, web, address)
    assert answer.headers["Location"] == f"{address}/code?lang=en"
    text = said(web.get(answer.headers["Location"]))
    assert "If +31 •••••• 678 can be texted, a code is on its way there" in text
    right = code(here)
    assert "Linde & Loom" in here.shown()[-1]
    answer = enter(web, address, f"{right[:3]} {right[3:]}")
    assert answer.headers["Location"] == f"{address}?lang=en"
    assert "You have shown that the number +31612345678 is yours now" in said(web.get(address))


@pytest.mark.parametrize("page", PAGES)
def test_without_a_code_nothing_opens(here, web, page):
    address = linked(here)
    answer = web.get(f"{address}/{page}")
    assert answer.headers["Location"] == f"{address}?lang=en"
    assert ANNA not in said(web.get(address))


@pytest.mark.parametrize("page", ["ask", "restrict", "erase"])
def test_without_a_code_nothing_is_done(here, web, page):
    address = linked(here)
    assert web.post(f"{address}/{page}", {"right": "erasure"}).headers["Location"] == f"{address}?lang=en"
    assert requests(here) == []
    assert here.contact().erased_at is None
    assert here.contact().restricted_since is None


def test_a_wrong_code_opens_nothing_and_says_so(here, web):
    address = linked(here)
    ask(here, web, address)
    answer = enter(web, address, other(code(here)))
    assert answer.status_code == 422
    assert "Have another one sent" in said(answer)
    assert not answer.cookies.get(handset_proof._name())
    assert not is_open(web, address)


def test_five_wrong_codes_spoil_the_right_one(here, web):
    address = linked(here)
    ask(here, web, address)
    right = code(here)
    for _ in range(5):
        enter(web, address, other(right))
    assert enter(web, address, right).status_code == 422


def test_what_is_no_code_is_no_try(here, web):
    address = linked(here)
    ask(here, web, address)
    right = code(here)
    for _ in range(6):
        assert "A code has six digits" in said(enter(web, address, "12345"))
    assert enter(web, address, right).status_code == 302


def test_a_code_works_once(here, web):
    address = prove(here, web)
    right = re.match(r"\d{6}", here.shown()[-1])[0]
    somebody = browser()
    assert enter(somebody, address, right).status_code == 422
    assert not is_open(somebody, address)


def test_a_code_that_has_run_out_opens_nothing(here, web):
    address = linked(here)
    ask(here, web, address)
    right = code(here)
    here.sql("UPDATE handset_code SET expires_at = asked_at")
    assert enter(web, address, right).status_code == 422


def test_a_code_for_something_else_opens_nothing(here, web):
    address = linked(here)
    ask(here, web, address)
    right = code(here)
    here.sql("UPDATE handset_code SET purpose = 'something else'")
    assert enter(web, address, right).status_code == 422


def test_the_code_of_one_person_does_not_open_another(here, web):
    here.join(BERT)
    here.now[0] = datetime.now(UTC)
    mine = linked(here)
    ask(here, web, mine)
    right = code(here)
    assert enter(web, linked(here, BERT), right).status_code == 422


def test_what_opens_one_link_does_not_open_another(here, web):
    here.join(BERT)
    here.now[0] = datetime.now(UTC)
    mine, theirs, again = linked(here), linked(here, BERT), linked(here)
    prove(here, web, address=mine)
    cookie = web.cookies[handset_proof._name()].value
    for address in (theirs, again):
        thief = browser()
        thief.cookies[handset_proof._name()] = cookie
        assert not is_open(thief, address)


def test_a_cookie_of_ones_own_making_opens_nothing(here, web):
    address = prove(here, web)
    cookie = web.cookies[handset_proof._name()].value
    for made in ("", "x", cookie[:-1], cookie[1:], cookie + "0"):
        forger = browser()
        forger.cookies[handset_proof._name()] = made
        assert not is_open(forger, address)


def test_it_closes_by_itself_and_when_it_is_told_to(here, web, monkeypatch):
    address = prove(here, web)
    assert is_open(web, address)
    monkeypatch.setattr(handset_proof, "LASTS", timedelta(seconds=-1))
    assert not is_open(web, address)
    monkeypatch.undo()
    web.post(f"{address}/close")
    assert not is_open(web, address)


def test_the_cookie_goes_nowhere_else(here, web):
    address = linked(here)
    ask(here, web, address)
    cookie = enter(web, address, code(here)).cookies[handset_proof._name()]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (address, "Strict", True)
    assert cookie["max-age"] == 900
    assert "12345678" not in cookie.value
    assert web.get(address.removesuffix("/data")).status_code == 200


def test_who_cannot_be_texted_is_answered_like_everybody(here, web):
    address = linked(here)
    known = said(web.get(ask(here, web, address).headers["Location"]))
    here.sql("UPDATE contact SET is_excluded = 1")
    assert said(web.get(ask(here, web, address).headers["Location"])) == known
    here.sql("UPDATE handset_code SET asked_at = asked_at - 1")
    for _ in range(5):
        assert said(web.get(ask(here, web, address).headers["Location"])) == known
    assert here.sql("SELECT count(*) FROM handset_code") == [(3,)]


def test_codes_and_guesses_are_counted_for_each_address(here, web, monkeypatch):
    monkeypatch.setattr(my_data._ASKS, "take", lambda key: 4.0)
    monkeypatch.setattr(my_data._TRIES, "take", lambda key: 4.0)
    monkeypatch.setattr(my_data, "ask_for_code", lambda *given: pytest.fail("asked"))
    monkeypatch.setattr(my_data, "prove", lambda *given: pytest.fail("tried"))
    address = linked(here)
    assert web.post(f"{address}/send").status_code == 429
    assert enter(web, address, "123456").status_code == 429


def test_a_form_from_elsewhere_does_nothing(here, monkeypatch):
    monkeypatch.setattr(my_data, "ask_for_code", lambda *given: Asked.QUEUED)
    address, web = linked(here), browser(enforce_csrf_checks=True)
    for page in ("send", "code", "close", "ask", "restrict", "erase"):
        assert web.post(f"{address}/{page}").status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', web.get(address).content.decode())[1]
    assert web.post(f"{address}/send", {"csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("page", ["send", "close", "ask"])
def test_looking_does_nothing(here, web, page):
    assert web.get(f"{linked(here)}/{page}").status_code == 405


def test_a_word_that_opens_nothing_opens_nothing_here(here, web):
    address = "/r/" + "A" * 22 + "/data"
    assert web.get(address).status_code == 404
    assert web.post(f"{address}/send").status_code == 404


# --- who gets it ---------------------------------------------------------------------------------------------


def test_who_has_stopped_gets_the_code_and_nothing_else(here, web):
    here.text(ANNA, "STOP")
    before = len(here.shown())
    here.campaign()
    prove(here, web)
    assert len(here.shown()) == before + 1
    assert here.state().grants == ()


def test_a_number_that_changed_hands_gets_no_code(here, web):
    address = linked(here)
    change_hands(here)
    before = here.shown()
    ask(here, web, address)
    assert here.shown() == before


def test_a_sign_of_another_owner_closes_what_was_open(here, web):
    address = prove(here, web)
    assert is_open(web, address)
    change_hands(here)
    assert not is_open(web, address)
    assert web.post(f"{address}/erase").headers["Location"] == f"{address}?lang=en"
    assert here.contact().erased_at is None


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
