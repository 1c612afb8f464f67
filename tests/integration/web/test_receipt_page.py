"""A person's own receipt page: what its link shows and what it never does, and how the console makes and ends one."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from factories.consoles import signed_in
from factories.own_page import change_hands
from factories.packed import record
from factories.worlds import ANNA, EVENTS, world
from yesword.domain.events import OTHER_OWNER, Actor, EventKind, Grade, Scope
from yesword.domain.ids import to_text
from yesword.domain.phone import parse
from yesword.ledger.findings import Verdict
from yesword.ledger.receipt import read_receipt
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.store import ledgers, links, programs
from yesword.store.ledgers import STAMP, WITNESS, Attestation
from yesword.store.models import AuditEntry, User
from yesword.web.languages import CODES
from yesword.web.logs import mask
from yesword.web.public import receipt as pages
from yesword.web.public import your_words
from yesword.web.public.addresses import make_receipt_link

NAME = "Annabella"


@pytest.fixture
def here(sqlite_store, monkeypatch):
    cache.clear()
    monkeypatch.setattr(pages._PAGES, "take", lambda key: 0.0)  # one test after another is no haste
    with world(sqlite_store) as opened:
        opened.strangers([ANNA], name=NAME, language="en")
        opened.join()
        yield opened


@pytest.fixture
def web():
    return Client(SERVER_NAME="localhost", headers={"accept-language": "sv"})


def sequence(here):
    while Sequencer(store=here.store, clock=lambda: here.at).round():
        pass


def linked(here, number=ANNA, program=None, at=None):
    person, program = here.contact(number), program or here.club
    with here.store.database.write() as session:
        brand = programs.brand(person.brand)
        return make_receipt_link(session, brand, person.id, program.id, at or datetime.now(UTC))


def read(web, address, **more):
    answer = web.get(address, **more)
    assert answer.status_code == 200, answer.content
    return said(answer)


def said(answer):
    html = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html[html.index("<main") :])).split())


def downloads(web, address):
    html = web.get(address).content.decode()
    return [unescape(each) for each in re.findall(r'href="(/r/[^"]+)"', html)]


def key(here):
    with here.store.database.read() as session:
        log = ledgers.logs(session, here.club.brand)[-1]
    return logs.verifier_keys(here.store, log)[log.key_number]


# --- what it shows -------------------------------------------------------------------------------------------


def test_it_shows_what_was_agreed_to_in_the_words_that_were_shown(here, web):
    text = read(web, linked(here))
    assert "Your receipt from Linde & Loom" in text
    assert "You said yes to Club offers from Linde & Loom on 2 March 2026" in text
    assert "Linde & Loom texts you offers, up to 4 a month. Rates may apply." in text
    assert "You replied to a text." in text
    assert "Reply STOP to stop." in text
    assert "Amsterdam time" in text


def test_the_number_is_masked_and_the_name_is_not_there(here, web):
    sequence(here)
    address = linked(here)
    assert "+31 •••••• 678" in read(web, address)
    bodies = [web.get(each).content.decode() for each in (address, *downloads(web, address))]
    assert len(bodies) > 3
    for body in bodies:
        assert "12345678" not in body
        assert NAME not in body


def test_a_stop_is_told_and_so_is_what_had_been_agreed_to(here, web):
    here.text(ANNA, "STOP")
    text = read(web, linked(here))
    assert "All texts from Linde & Loom ended on 2 March 2026" in text
    assert "You confirmed Club offers from your phone." in text
    assert "You ended everything from Linde & Loom by text." in text
    assert "Reply STOP" not in text


def test_a_question_is_no_yes_while_it_waits_nor_when_it_has_lapsed(here, web):
    here.text("+31612345679", "SAVEMORE")
    person = here.contact("+31612345679")
    with translation.override("en"):
        waiting = your_words.standing(here.state(person.id), here.club, here.at, "UTC")
    assert waiting[0] == "pending"
    assert "Nothing is sent until you say yes" in waiting[1]
    text = read(web, f"{linked(here, '+31612345679')}?lang=en")
    assert "the question, or your yes, has lapsed" in text
    assert "What you were asked" in text


@pytest.mark.parametrize(
    ("actor", "grade", "told"),
    [
        (Actor.HANDSET, Grade.A, "You said yes to Club offers"),
        (Actor.IMPORT, Grade.D, "has on record that you agreed to Club offers"),
    ],
    ids=["said by the handset", "said by a file"],
)
def test_a_yes_is_told_as_what_it_rests_on(here, web, actor, grade, told):
    (other,) = here.strangers(["+31612345679"], language="en")
    here.grant([other], here.club, actor, grade)
    assert told in read(web, linked(here, "+31612345679"))


def test_a_number_that_changed_hands_is_nobodys_any_more(here, web):
    state = replace(here.state(), invalid_since=here.at)
    assert your_words.standing(state, here.club, here.at, "UTC")[0] == "invalidated"


def test_other_programs_are_not_on_the_page(here, web):
    here.text(ANNA, "EVENTS", to=EVENTS)
    text = read(web, linked(here))
    assert "Events" not in text
    assert "Events" in read(web, linked(here, program=here.events))


def test_the_proof_is_told_in_plain_words(here, web):
    address = linked(here)
    assert "not yet in the log" in read(web, address)
    sequence(here)
    text = read(web, address)
    assert "In the public log of the business since 2 March 2026" in text
    assert "Not yet witnessed" in text
    with here.store.database.write() as session:
        log = ledgers.logs(session, here.club.brand)[-1]
        for kind, name in ((WITNESS, "watcher.example"), (STAMP, "clock.example")):
            said_so = Attestation(size=log.size, kind=kind, name=name, body=b"", at=here.at)
            ledgers.attest(session, log.id, said_so)
    text = read(web, address)
    assert "Witnessed by watcher.example" in text
    assert "Timestamped by clock.example on 2 March 2026" in text
    assert "Not yet witnessed" not in text


@pytest.mark.parametrize("language", CODES)
def test_it_speaks_the_language_of_the_person_and_any_other_that_is_asked_for(here, web, language):
    here.sql("UPDATE contact SET language = %s", language)
    address = linked(here)
    for answer in (web.get(address), web.get(f"{address}?lang={language}")):
        assert f'<html lang="{language}"' in answer.content.decode()
        assert answer["Content-Language"] == language
    assert '<html lang="de"' in web.get(f"{address}?lang=de").content.decode()


def test_a_language_that_we_do_not_have_is_told_in_the_browsers(here, web):
    here.sql("UPDATE contact SET language = 'fi'")
    assert '<html lang="sv"' in web.get(linked(here)).content.decode()


# --- of whom the link is ------------------------------------------------------------------------------------


@pytest.fixture
def handed_on(store, monkeypatch):
    """Anna joined and lost her number, and whoever got it joined a day later. Links of both."""
    cache.clear()
    monkeypatch.setattr(pages._PAGES, "take", lambda key: 0.0)
    with world(store) as opened:
        opened.strangers([ANNA], name=NAME, language="en")
        opened.join()
        hers = linked(opened, at=datetime.now(UTC))
        opened.now[0] = datetime.now(UTC)
        change_hands(opened)
        opened.wait(days=1)
        theirs = linked(opened, at=opened.at)
        yield opened, hers, theirs


def events_of(here):
    """In their order."""
    rows = here.sql("SELECT kind, id FROM consent_event ORDER BY seq")
    return [(kind, to_text("evt", event)) for kind, event in rows]


def opens(web, address, event):
    found = {web.get(f"{address}/{part}", {"event": event}).status_code for part in ("receipt", "page")}
    (status,) = found
    return status == 200


def test_whoever_has_the_number_now_is_shown_nothing_of_its_former_owner(handed_on, web):
    here, _, theirs = handed_on
    text = read(web, f"{theirs}?lang=en")
    assert "Nothing about these texts is on record." in text
    assert "You confirmed" not in text
    assert "What you agreed to" not in text.replace("What you agreed to about texts", "")
    assert not [each for each in downloads(web, theirs) if "event=" in each]
    assert [opens(web, theirs, event) for _, event in events_of(here)] == [False, False, False]


def test_whoever_joins_with_the_number_is_shown_what_is_theirs(handed_on, web):
    here, _, theirs = handed_on
    here.join()
    text = read(web, f"{theirs}?lang=en")
    day = here.at.astimezone(ZoneInfo("Europe/Amsterdam")).day  # where the number is from
    assert f"You said yes to Club offers from Linde & Loom on {day} " in text
    kinds = [kind for kind, _ in events_of(here)]
    assert kinds == ["requested", "confirmed", "invalidated", "requested", "confirmed"]
    shown = [opens(web, theirs, event) for _, event in events_of(here)]
    assert shown == [False, False, False, True, True]


def test_a_yes_of_the_former_owner_that_stands_is_not_told_as_that_of_whoever_has_it_now(here, web):
    here.now[0] = datetime.now(UTC)
    hers = linked(here, at=here.at)
    here.wait(seconds=1)
    only = Scope(program=here.events.id)
    record(here, EventKind.WITHDRAWN, Actor.HANDSET, OTHER_OWNER, program=here.events, scope=only)
    here.wait(seconds=1)
    theirs = linked(here, at=here.at)
    assert "You said yes to Club offers" in read(web, f"{hers}?lang=en")
    assert "there is no yes of yours" in read(web, f"{theirs}?lang=en")


def test_a_link_of_the_former_owner_shows_nothing_that_came_after_the_sign(handed_on, web):
    here, hers, _ = handed_on
    before = read(web, f"{hers}?lang=en")
    here.join()
    assert read(web, f"{hers}?lang=en") == before
    assert "This number was reported as somebody else's now" in before
    assert "You confirmed Club offers from your phone." in before
    shown = [opens(web, hers, event) for _, event in events_of(here)]
    assert shown == [True, True, True, False, False]


# --- what can be downloaded ----------------------------------------------------------------------------------


def test_what_is_downloaded_is_proven_without_the_number(here, web):
    sequence(here)
    addresses = [each for each in downloads(web, linked(here)) if "/receipt?" in each]
    assert addresses
    for address in addresses:
        answer = web.get(address)
        assert ".tlog-proof" in answer["Content-Disposition"]
        check = read_receipt(answer.content).check(key(here))
        assert check.verdict is Verdict.PROVEN
        assert set(check.sections) == {"event", "notice", "terms"}


def test_before_the_log_has_it_a_promise_is_downloaded(here, web):
    (address, *_) = [each for each in downloads(web, linked(here)) if "/receipt?" in each]
    answer = web.get(address)
    assert ".json" in answer["Content-Disposition"]
    assert read_receipt(answer.content).check().verdict is Verdict.CONSISTENT


def test_the_page_that_is_downloaded_holds_the_receipt_and_the_key(here, web):
    sequence(here)
    (address, *_) = [each for each in downloads(web, linked(here)) if "/page?" in each]
    html = web.get(address).content.decode()
    assert str(key(here)) in html
    assert html.startswith("<!doctype html>")
    assert "default-src 'none'" in unescape(html)


@pytest.mark.parametrize("event", ["", "evt_0", "nonsense", "con_000000000"], ids=str)
def test_only_events_of_the_page_can_be_downloaded(here, web, event):
    assert web.get(f"{linked(here)}/receipt", {"event": event}).status_code == 404


@pytest.mark.parametrize("file", ["receipt", "page"])
def test_without_an_event_the_list_of_them_is_shown(here, web, file):
    answer = web.get(f"{linked(here)}/{file}", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0].endswith("#happened-title")
    assert 'id="happened-title"' in answer.content.decode()


def test_an_event_of_another_program_cannot_be_downloaded_by_this_link(here, web):
    here.text(ANNA, "EVENTS", to=EVENTS)
    other = downloads(web, linked(here, program=here.events))[0].partition("?")[2]
    assert web.get(f"{linked(here)}/receipt?{other}").status_code == 404


# --- who gets in ---------------------------------------------------------------------------------------------


def test_a_word_that_opens_nothing_is_answered_like_any_other(here, web):
    gone = linked(here, at=datetime.now(UTC) - timedelta(days=366))
    answers = [
        web.get(each) for each in ("/r/" + "A" * 22, "/r/short", gone, f"{gone}/receipt", f"{gone}/page")
    ]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1


def test_guessing_is_slowed_and_holders_are_not(here, web, monkeypatch):
    address = linked(here)
    monkeypatch.setattr(pages._MISSES, "take", lambda key: 4.0)
    assert web.get("/r/" + "A" * 22).status_code == 429
    assert web.get(address).status_code == 200


def test_it_dies_with_the_erasure(here, web):
    address = linked(here)
    erase(here.store, here.contact().id, Wish(ground=REQUESTED), here.at)
    assert web.get(address).status_code == 404


def test_no_cache_no_search_engine_and_nobody_else_learns_of_it(here, web):
    answer = web.get(linked(here))
    assert answer["Cache-Control"] == "private, no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert not answer.cookies
    html = answer.content.decode()
    assert "<script" not in html
    assert not [
        each for each in re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', html) if not each.startswith("/")
    ]


def test_the_word_is_in_no_line_of_the_log(here):
    word = linked(here).removeprefix("/r/")
    assert word not in mask(f"Not Found: /r/{word}/receipt?event=evt_1")
    assert "secret" not in mask("GET /ledger/demo/1/tile/entries/000?key=secret&x=1")


def test_looking_is_counted_and_asking_for_the_head_is_not(here, web):
    address = linked(here)
    web.get(address)
    web.get(address)
    web.head(address)
    with here.store.database.read() as session:
        (link,) = links.of_contact(session, here.contact().id, "receipt")
    assert link.opened == 2


# --- the console ---------------------------------------------------------------------------------------------


def person_url(here):
    return f"/people/{to_text('con', here.contact().id)}"


def test_a_link_is_made_shown_once_and_ended(here, web):
    desk, person = signed_in(), person_url(here)
    assert "Make a receipt link for Club" in said(desk.get(person))
    answer = desk.post(f"{person}/receipt/club/link")
    (url,) = re.findall(r"https?://[^\s<]+/r/[\w-]{22}", answer.content.decode())
    address = url.removeprefix("http://localhost")
    read(web, address)
    html = desk.get(person).content.decode()
    assert address not in html
    assert "opened once" in html
    (end,) = re.findall(r'action="([^"]+/links/\w+/end)"', html)
    assert desk.post(end, follow=True).status_code == 200
    assert web.get(address).status_code == 404
    assert "opened once" not in desk.get(person).content.decode()
    assert list(AuditEntry.objects.values_list("action", flat=True)) == [
        "receipt.link_made",
        "receipt.link_ended",
    ]


def test_viewers_make_and_end_none(here):
    desk, person = signed_in(User.Role.VIEWER), person_url(here)
    assert "Make a receipt link" not in said(desk.get(person))
    assert desk.post(f"{person}/receipt/club/link").status_code == 403
    assert desk.post(f"{person}/links/{'0' * 64}/end").status_code == 403


def test_a_link_of_another_person_is_not_ended_here(here):
    here.join("+31612345679")
    linked(here, "+31612345679")
    (digest,) = here.sql("SELECT digest FROM private_link")[0]
    desk = signed_in()
    assert desk.post(f"{person_url(here)}/links/{bytes(digest).hex()}/end").status_code == 404


def test_the_badge_says_that_an_event_is_in_the_ledger_once_it_is_published(here):
    desk = signed_in()
    assert "On its way into the ledger" in said(desk.get(person_url(here)))
    sequence(here)
    text = said(desk.get(person_url(here)))
    assert "In the ledger" in text
    assert "On its way into the ledger" not in text


def test_the_console_gives_the_proven_form_with_the_number_once_there_is_one(here):
    desk, address = signed_in(), f"{person_url(here)}/receipt/club"
    assert ".json" in desk.post(address)["Content-Disposition"]
    sequence(here)
    answer = desk.post(address)
    assert ".tlog-proof" in answer["Content-Disposition"]
    check = read_receipt(answer.content).check(key(here))
    assert check.verdict is Verdict.PROVEN
    assert check.sections["subject"]["phone"] == parse(ANNA, country=None).e164
