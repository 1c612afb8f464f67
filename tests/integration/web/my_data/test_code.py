"""The code that opens what is held of a person: whom it goes to, what it opens, and for how long."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from factories.own_page import PAGES, ask, browser, change_hands, code, enter, linked, prove, requests, said
from factories.worlds import ANNA
from yesword.privacy.codes import Asked
from yesword.web.public import handset_proof, my_data

BERT = "+31612345679"


def other(right):
    return f"{(int(right) + 1) % 10**6:06}"


def is_open(web, address):
    return "You have shown that the number" in said(web.get(address))


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
    here.sql("UPDATE contact SET may_text = 0")
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
    told = said(web.get(address))
    assert "None is sent while your data are restricted, or once there is a sign" in told
    change_hands(here)
    assert said(web.get(address)) == told
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
