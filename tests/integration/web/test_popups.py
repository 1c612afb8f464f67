"""Pop-ups as other sites get them: to the pages that may show them, without cookies, and alike for known and unknown numbers."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from factories.pages import empty_limits
from factories.points import CONSENT
from factories.points import probe as told_by
from factories.popups import SHOP, popup
from factories.worlds import ANNA, world
from yesword.collect import points, popups
from yesword.domain.collecting.points import Confirming
from yesword.domain.collecting.popups import ReaderWords, Way
from yesword.domain.collecting.visitors import Visitor, sign_visitor
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Actor, EventKind, Grade
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.probe import read_probe, write_probe
from yesword.proof.evidence.opening import record_of
from yesword.store.programs import disclosure_digest
from yesword.web.public import popups as pages

BEN = "+31612345679"
MOST_PACKED = 15_000


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    monkeypatch.setattr(pages, "LEAST_S", 0.0)
    empty_limits(monkeypatch, pages)


@pytest.fixture
def site():
    """A page of the shop, as a browser speaks for it."""
    return Client(SERVER_NAME="localhost", HTTP_ORIGIN=SHOP)


def ask(site, **more):
    answer = site.post("/w/door-popup/ask", {"lang": "en", "page": f"{SHOP}/shoes?customer=anna#top", **more})
    assert answer.status_code == 200
    return answer.json()


def field(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def send(site, html=None, **changes):
    html = html or ask(site)["html"]
    usual = {
        "lang": "en",
        "page": f"{SHOP}/shoes?customer=anna#top",
        "number": ANNA,
        "agree": "yes",
        "website": "",
        "ticket": field(html, "ticket"),
    }
    return site.post("/w/door-popup/send", {**usual, **changes})


def record(here, number=ANNA):
    with here.store.database.read() as session:
        return list(record_of(here.store, session, here.contact(number)))


def token(here, point, **who):
    key = popups.make_key(here.store, point)
    return sign_visitor(key, point.key, Visitor(**who), datetime.now(UTC) + timedelta(hours=1))


def test_the_script_is_one_small_file_that_every_site_may_load_and_keep(here):
    plain = Client(SERVER_NAME="localhost")
    answer = plain.get("/w/popup.js", HTTP_ACCEPT_ENCODING="gzip, br")
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < MOST_PACKED
    body = plain.get("/w/popup.js")
    assert gzip.decompress(answer.content) == body.content
    assert (body["Vary"], body["Cross-Origin-Resource-Policy"]) == ("Accept-Encoding", "cross-origin")
    assert body["Cache-Control"] == "public, max-age=3600"
    assert plain.get("/w/popup.js", HTTP_IF_NONE_MATCH=body["ETag"]).status_code == 304
    pinned = plain.get(f"/w/popup.js?v={body['ETag'].strip(chr(34))}")
    assert "immutable" in pinned["Cache-Control"]
    assert "immutable" not in plain.get("/w/popup.js?v=another")["Cache-Control"]
    assert b"eval(" not in body.content
    assert b"replaceSync(__STYLES__)" not in body.content


def test_when_it_comes_is_told_to_caches_and_is_about_nobody(here, site):
    popup(here, after=12, every_days=7, most_closes=2)
    answer = site.get("/w/door-popup")
    told = {"open": True, "trigger": "delay", "after": 12, "every_days": 7, "most_closes": 2}
    assert answer.json() == told
    assert answer["Cache-Control"] == "public, max-age=300"
    points.set_open("door-popup", is_open=False)
    assert site.get("/w/door-popup").json() == {"open": False}
    assert ask(site) == {"show": False}


def test_only_pages_that_may_show_it_are_answered_and_no_cookie_goes_with_it(here, site):
    popup(here)
    answer = site.post("/w/door-popup/ask", {"lang": "en"})
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Vary"].startswith("Origin")
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    for stranger in ("https://shop.example.evil.example", "null", ""):
        refused = Client(SERVER_NAME="localhost", HTTP_ORIGIN=stranger).post("/w/door-popup/ask", {})
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused
    assert Client(SERVER_NAME="localhost").post("/w/door-popup/send", {}).status_code == 403
    assert site.get("/f/door-popup").status_code == 404


def test_i6_a_yes_in_a_pop_up_leaves_wording_version_and_the_page_without_its_query(here, site):
    point = popup(here, confirming=Confirming.NONE)
    html = ask(site)["html"]
    nonce = re.search(r'data-nonce="([^"]+)"', html)[1]
    told = write_probe(told_by(point, nonce=nonce)).decode()
    answer = send(site, html, probe=told, s="sale")
    assert answer.json()["done"] is True
    (event,) = [each for each in record(here) if each.event.kind is EventKind.GRANTED]
    assert (event.event.actor, event.event.route, event.event.grade) == (Actor.PERSON, "popup", Grade.B)
    words = consent_text(point.definition, point.program, "en")
    assert event.sections["notice"]["text"] == words
    assert event.event.disclosure == disclosure_digest(words)
    assert [each["kind"] for each in event.items] == [
        EvidenceKind.FORM_VERSION,
        EvidenceKind.PRESENTATION_PROBE,
    ]
    assert event.items[0]["sha256"] == point.digest
    context = event.sections["context"]
    assert (context["url"], context["source"]) == (f"{SHOP}/shoes", "sale")


def test_i6_a_reverse_confirmation_shows_a_code_and_the_text_brings_the_page_along(here, site):
    point = popup(here)
    said = send(site).json()
    code = re.search(r"YES \d{4}", said["html"])[0]
    assert f'href="sms:800123?&amp;body={code.replace(" ", "%20")}"' in said["html"]
    assert here.text(ANNA, code) == "granted"
    event = record(here)[-1]
    assert (event.event.grade, event.event.route) == (Grade.A, "reverse")
    assert event.sections["context"]["url"] == f"{SHOP}/shoes"
    assert event.items[1]["sha256"] == point.digest


def test_c25_where_nothing_is_typed_the_text_itself_is_the_evidence(here, site):
    point = popup(here, way=Way.TEXT)
    html = ask(site, s="home")["html"]
    assert "<input" not in html
    code = re.search(r"YES \d{4}", html)[0]
    assert here.text(BEN, code) == "granted"
    event = record(here, BEN)[-1]
    assert event.event.grade is Grade.A
    assert [each["kind"] for each in event.items] == [EvidenceKind.INBOUND_TEXT, EvidenceKind.FORM_VERSION]
    assert event.items[1]["sha256"] == point.digest
    assert event.sections["notice"]["text"] == consent_text(point.definition, point.program, "en")
    assert event.sections["context"] == {"url": f"{SHOP}/shoes", "source": "home"} | {
        name: said for name, said in event.sections["context"].items() if name not in ("url", "source")
    }
    assert send(site, '<input name="ticket" value="x">').status_code == 404


def test_i6_whom_the_sites_own_token_names_is_asked_what_fits_them(here, site):
    readers = (("en", ReaderWords(title="Also by text?", benefit="You read our letters already.")),)
    point = popup(here, readers=readers)
    everybody = ask(site)["html"]
    assert "Also by text?" not in everybody
    reads = token(here, point, mail="anna@example.org", reads_mail=True)
    reader = ask(site, who=reads)["html"]
    assert "Also by text?" in reader
    assert CONSENT.split(",")[0].replace("[Brand]", "Linde &amp; Loom") in reader
    member = token(here, point, number=ANNA)
    assert ask(site, who=member)["show"] is True
    here.text(ANNA, "SAVEMORE")
    assert ask(site, who=member) == {"show": False}
    here.text(ANNA, "STOP")
    assert ask(site, who=member) == {"show": False}


def test_the_page_itself_may_say_what_fits_without_naming_anybody(here, site):
    popup(here, readers=(("en", ReaderWords(title="Also by text?")),))
    assert "Also by text?" in ask(site, who="reader")["html"]
    assert ask(site, who="member") == {"show": False}


@pytest.mark.parametrize("wrong", ["unsigned", "expired", "another point", "ended key", "long life"])
def test_a_token_that_does_not_count_tells_nothing_of_anybody(here, site, wrong):
    point = popup(here)
    here.text(ANNA, "SAVEMORE")
    key, now = popups.make_key(here.store, point), datetime.now(UTC)
    visitor, until = Visitor(number=ANNA), now + timedelta(hours=1)
    words = {
        "unsigned": sign_visitor("a key that was guessed", point.key, visitor, until),
        "expired": sign_visitor(key, point.key, visitor, now - timedelta(seconds=1)),
        "another point": sign_visitor(key, "another-popup", visitor, until),
        "ended key": sign_visitor(key, point.key, visitor, until),
        "long life": sign_visitor(key, point.key, visitor, now + timedelta(days=2)),
    }
    assert ask(site, who=sign_visitor(key, point.key, visitor, until)) == {"show": False}
    if wrong == "ended key":
        assert popups.end_key(point, key, now) == 1
    assert ask(site, who=words[wrong])["show"] is True


def test_whether_a_number_is_known_can_be_told_from_no_answer(here, site):
    popup(here, confirming=Confirming.ASK)
    here.text(ANNA, "SAVEMORE")
    known, unknown = send(site, number=ANNA).json(), send(site, number=BEN).json()
    assert known == unknown


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(here, site):
    popup(here)
    answer = send(site, number="06 1234", agree="")
    assert answer.status_code == 422
    html = answer.json()["html"]
    assert 'value="06 1234"' in html
    assert html.count('class="error"') == 2
    assert field(html, "ticket")
    trapped = send(site, website="https://spam.example")
    assert (trapped.status_code, trapped.json()["done"]) == (422, False)


def test_one_answer_a_page_and_only_so_many_from_one_address(here, site):
    popup(here)
    html = ask(site)["html"]
    assert send(site, html).json()["done"] is True
    assert send(site, html).status_code == 422
    answers = [send(site, html) for _ in range(25)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Access-Control-Allow-Origin"] == SHOP
    neighbour = Client(SERVER_NAME="localhost", HTTP_ORIGIN=SHOP, REMOTE_ADDR="127.0.0.2")
    assert send(neighbour, ask(neighbour)["html"]).json()["done"] is True


def test_its_words_come_in_the_language_of_the_page_where_it_has_them(here, site):
    popup(here)
    answer = site.post("/w/door-popup/ask", {"lang": "sv-SE"})
    assert answer.json()["language"] == "en"
    assert answer["Content-Language"] == "en"


def test_what_a_browser_tells_of_the_page_is_kept_as_the_page_without_its_query(here, site):
    point = popup(here, confirming=Confirming.NONE)
    html = ask(site)["html"]
    nonce = re.search(r'data-nonce="([^"]+)"', html)[1]
    told = json.loads(write_probe(told_by(point, nonce=nonce)))
    told["url"] = "https://shop.example/reset/anna@example.org"
    page = f"{SHOP}/account/anna@example.org"
    assert send(site, html, probe=json.dumps(told), page=page).json()["done"] is True
    assert record(here)[-1].sections["context"]["url"] == f"{SHOP}/account/~"
    assert read_probe(json.dumps(told).encode()).url.endswith("example.org")
