"""Stopping everything from a phone: one press without a question, told on every page, and a reason to let it go on."""

import pytest
from django.test import Client

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.worlds import ANNA, world
from yesword.sending import gaps, halting
from yesword.store import holds
from yesword.store.holds import Scope
from yesword.store.models import SendingHold, User
from yesword.web.console import halting as page_of

PAGES = (
    "/",
    "/people",
    "/messages",
    "/campaigns",
    "/replies",
    "/law",
    "/proof",
    "/privacy",
    "/imports",
    "/alerts",
)


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as opened:
        on_the_clock_of(opened, monkeypatch, page_of)
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def test_one_press_stops_everything_and_says_when_all_is_quiet(here, console):
    here.members(3)
    campaign = here.campaign()
    assert "No question is asked." in words(console.get("/halt"))
    answer = console.post("/halt/now", follow=True)
    assert "All sending is halted" in words(answer)
    assert "all is quiet" in words(answer)
    here.settle()
    assert here.states(campaign) == {}
    assert trail("sending.halted") == [("everything", "owner")]
    assert "It is halted" in words(console.post("/halt/now", follow=True)), "twice does no harm"
    assert SendingHold.objects.count() == 1


def test_every_page_says_since_when_and_by_whom(here, console):
    console.post("/halt/now")
    for path in PAGES:
        html = console.get(path).content.decode()
        assert "All sending is halted." in html, path
        assert "by owner" in html, path
    assert "halted" not in Client(SERVER_NAME="localhost").get("/sign-in").content.decode(), (
        "strangers learn nothing"
    )


def test_two_taps_lead_there_from_every_page(here, console):
    for path in PAGES:
        html = console.get(path).content.decode()
        assert 'href="/halt"' in html, path


def test_it_goes_on_with_a_reason_and_not_without(here, console):
    here.join()
    console.post("/halt/now")
    message = here.plan(here.contact().id)
    hold = SendingHold.objects.get()
    assert "1 text is queued." in words(console.get(f"/halt/holds/{hold.pk}/resume"))
    assert console.post(f"/halt/holds/{hold.pk}/resume", {"reason": " "}).status_code == 422
    here.settle()
    assert here.shown(ANNA)[-1] != "hello"
    answer = console.post(f"/halt/holds/{hold.pk}/resume", {"reason": "It was the wrong list."}, follow=True)
    assert "It goes on." in words(answer)
    assert "It was the wrong list." in words(answer), "the last times tell it"
    assert trail("sending.let_go") == [("everything", "owner")]
    here.settle()
    assert here.message(message)[0].name == "SENT"
    assert "It goes on already" in words(console.get(f"/halt/holds/{hold.pk}/resume", follow=True))


def test_those_who_only_look_see_it_and_change_nothing(here):
    viewer = signed_in(User.Role.VIEWER)
    assert viewer.post("/halt/now").status_code == 403
    halting.halt(here.store, here.at)
    assert "All sending is halted" in words(viewer.get("/halt"))
    assert viewer.get(f"/halt/holds/{SendingHold.objects.get().pk}/resume").status_code == 403
    assert Client(SERVER_NAME="localhost").post("/halt/now").status_code == 302
    assert Client(SERVER_NAME="localhost", enforce_csrf_checks=True).post("/halt/now").status_code in (
        302,
        403,
    )


def test_a_part_of_it_can_be_stopped(here, console):
    answer = console.post("/halt/now", {"of": f"brand:{here.club.brand}"}, follow=True)
    assert "Sending of Linde &amp; Loom is halted." in answer.content.decode()
    with here.store.database.read() as session:
        assert holds.held(session).scopes == {("halted", Scope(brand=here.club.brand))}
    for strange in ("brand:999", "account:x", "shop:1", "brand:" + "9" * 40):
        assert console.post("/halt/now", {"of": strange}).status_code == 404


def test_a_gap_is_told_with_what_it_waits_for(here, console):
    gaps.beat(here.store, here.account.pk, here.at)
    here.wait(hours=2)
    gaps.look(here.store, here.at)
    said = words(console.get("/halt"))
    assert "nobody listened to the carrier" in said
    assert "It ends by itself" in said
    hold = SendingHold.objects.get()
    assert "People may have texted STOP" in words(console.get(f"/halt/holds/{hold.pk}/resume"))
    here.join()
    message = here.plan(here.contact().id)
    here.settle()
    page = words(console.get(f"/messages/{to_text(message)}"))
    assert "It waits until its account or brand may send again" in page


def to_text(message):
    from yesword.domain import ids

    return ids.to_text("msg", message)


def test_a_missing_key_is_told_there_too(here, console):
    with here.store.database.write() as session:
        holds.hold(session, holds.KEYS, here.at)
    assert "a key is missing or wrong" in words(console.get("/halt"))
