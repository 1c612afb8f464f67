"""Forms as the web serves them: without a script, a cookie or an account, and alike for known and unknown numbers."""

import html
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client, RequestFactory

from factories.pages import empty_limits, read, words
from factories.points import CONSENT, probe, published
from factories.worlds import ANNA, CLUB, publish, world
from yesword.collect import points
from yesword.collect.joining import BREAKER_AFTER
from yesword.domain.collecting.points import Confirming, Wording
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.events import Grade
from yesword.domain.evidence.probe import write_probe
from yesword.proof.evidence.opening import record_of
from yesword.sending.question_hours import AskingTime
from yesword.store import models, programs, tallies
from yesword.store.programs import disclosure_digest
from yesword.web.paths import STATIC_FOLDER
from yesword.web.public import asking_hours, forms
from yesword.web.public.form_pages import give_ticket

BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        yield made


@pytest.fixture(autouse=True)
def it_is_day(monkeypatch):
    """Pages know the real time only, and at night they say when the text comes."""
    monkeypatch.setattr(asking_hours, "asking_time", lambda *asked: AskingTime(at=asked[-1], zone="UTC"))


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(monkeypatch):
    monkeypatch.setattr(forms, "LEAST_S", 0.0)
    empty_limits(monkeypatch, forms)


@pytest.fixture
def browser():
    return Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")


def ticket_of(page):
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def test_topics_are_named_in_the_language_of_the_page_and_kept_as_the_program_has_them(here, browser):
    published(here, categories=("shoes",))
    page = read(browser.get("/f/door?lang=en"))
    assert 'value="shoes"' in page
    assert ">shoes</label>" in page
    program = replace(here.club, texts=(*here.club.texts, ("nl", here.club.texts_in("en")[1])))
    here.club = programs.publish(program, models.Sender.objects.get(address=CLUB))
    published(here, categories=("shoes",), wordings=(("nl", Wording(consent=CONSENT)),))
    page = read(browser.get("/f/door?lang=nl"))
    assert 'value="shoes"' in page
    assert ">schoenen</label>" in page


def settle(here):
    """Pages know the real time only, so the carrier's clock follows."""
    here.now[0] = datetime.now(UTC)
    here.settle()


def questions(here, number):
    """How many texts that ask wait for somebody: at night they wait longer."""
    found = here.sql(
        "SELECT count(*) FROM message WHERE contact_id = %s AND kind = 'consent_request'",
        here.contact(number).id,
    )
    return found[0][0]


def send(browser, path="/f/door", **changes):
    page = read(browser.get(path))
    usual = {"number": ANNA, "agree": "yes", "website": "", "ticket": ticket_of(page), "s": ""}
    return browser.post(path, {**usual, **changes})


def shown_next(browser, answer):
    assert answer.status_code == 303
    return read(browser.get(answer["Location"]))


def test_the_page_shows_all_that_somebody_has_to_know_and_the_very_words_of_the_digest(here, browser):
    wording = Wording(consent=CONSENT, title="Join the club", benefit="10% off now")
    point = published(here, wordings=(("en", wording),))
    answer = browser.get("/f/door")
    page = read(answer)
    assert answer.cookies == {}
    for said in (
        "Linde & Loom",
        "Join the club",
        "10% off now",
        "up to 4 a month",
        "shoes",
        "Privacy notice",
    ):
        assert said in words(page)
    shown = html.unescape(re.search(r'<span id="disclosure"[^>]*>(.*?)</span>', page, re.DOTALL)[1])
    assert shown == consent_text(point.definition, point.program, "en")
    assert "checked" not in page
    assert 'href="https://example.org/terms"' in page


def test_the_page_weighs_less_than_30_kilobytes_and_loads_nothing_from_elsewhere(here, browser):
    published(here, asks_name=True, accent="#7a1f5c", minimum_age=18)
    page = read(browser.get("/f/door"))
    loaded = re.findall(r'(?:src|href)="(/static/[^"?]+)', page)
    assert len(loaded) == 5
    files = sum((STATIC_FOLDER / each.removeprefix("/static/")).stat().st_size for each in loaded)
    assert len(page.encode()) + files < 30_000
    assert re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!/)', page) == []
    assert "style=" not in page


@pytest.mark.parametrize("language", ["en", "nl", "sv", "de", "da"])
def test_the_page_speaks_the_language_that_was_asked_for(here, language):
    brand, sender = models.Brand.objects.get(), models.Sender.objects.get(address=CLUB)
    texts = here.club.texts_in("en")[1]
    here.club = publish(brand, sender, texts=tuple((each, texts) for each in ("en", "nl", "sv", "de", "da")))
    published(here)
    browser = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE=f"{language};q=0.9")
    by_link, own = Client(SERVER_NAME="localhost").get(f"/f/door?lang={language}"), browser.get("/f/door")
    assert by_link["Content-Language"] == "en"  # the point itself is in English only
    assert own["Content-Language"] == "en"
    published(here, "all", wordings=tuple((each, Wording()) for each in ("en", "nl", "sv", "de", "da")))
    assert browser.get("/f/all")["Content-Language"] == language
    assert f'<html lang="{language}"' in read(Client(SERVER_NAME="localhost").get(f"/f/all?lang={language}"))


@pytest.mark.parametrize("confirming", Confirming)
def test_the_answer_is_the_same_whoever_has_the_number(here, browser, confirming):
    published(here, confirming=confirming)
    here.join(ANNA)
    here.text(ANNA, "STOP")
    here.join(BEN)
    shown = []
    for number in (ANNA, BEN, "+31612345680"):
        answer = send(browser, number=number)
        assert number.lstrip("+") not in answer["Location"]
        page = re.sub(r"<figure>.*?</figure>", "", shown_next(browser, answer), flags=re.DOTALL)
        shown.append(re.sub(r"(YES|YES%20) ?\d{4}", "", page))
    assert len(set(shown)) == 1


def test_a_form_that_asks_sends_the_question_and_says_so(here, browser):
    published(here)
    page = shown_next(browser, send(browser))
    assert "Look at your phone" in page
    assert questions(here, ANNA) == 1


def test_a_reverse_form_shows_a_code_with_a_link_and_a_drawing_and_the_text_joins(here, browser):
    published(here, confirming=Confirming.REVERSE)
    page = shown_next(browser, send(browser, s="poster"))
    code = re.search(r'<p class="code">YES (\d{4})</p>', page)[1]
    assert f'href="sms:{CLUB}?&amp;body=YES%20{code}"' in page
    assert '<svg class="qr" role="img"' in page
    settle(here)
    assert here.carrier.handset(ANNA) == []
    here.now[0] = datetime.now(UTC)
    assert here.text(ANNA, f"yes {code}") == "granted"
    assert here.state().grant_for(here.club.id).grade is Grade.A


def test_an_old_or_altered_code_page_shows_no_code(here, browser, monkeypatch):
    published(here, confirming=Confirming.REVERSE)
    place = send(browser)["Location"]
    assert 'class="code"' not in read(browser.get(place.replace("c=", "c=x")))
    monkeypatch.setattr(forms, "datetime", _InTwoHours)
    assert "This code is too old" in read(browser.get(place))


class _InTwoHours(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(hours=2)


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        pytest.param({"number": ""}, "number", "Type your mobile number.", id="no number"),
        pytest.param({"number": "06 1234"}, "number", "A digit is missing", id="too short"),
        pytest.param({"number": "020 123 4567"}, "number", "fixed line", id="a fixed line"),
        pytest.param(
            {"number": "+46 70 174 06 05"}, "number", "only numbers from here: Netherlands", id="abroad"
        ),
        pytest.param({"agree": ""}, "agree", "Tick the box", id="no tick"),
    ],
)
def test_what_is_wrong_is_said_linked_and_focused_and_what_was_typed_stays(
    here, browser, changes, field, says
):
    published(here, asks_name=True)
    page = read(send(browser, name="Anna", **changes), 422)
    assert says in words(page)
    assert f'<a href="#{field}">' in page
    assert f'aria-describedby="{"number-hint " if field == "number" else ""}{field}-error' in page
    assert len(re.findall(r"<input[^>]* autofocus", page)) == 1
    assert re.search(rf'<input[^>]*id="{field}"[^>]* autofocus', page)
    assert 'value="Anna"' in page
    assert f'value="{changes.get("number", ANNA)}"' in page
    # The tick is the person's own: it stays where they made it, and nobody else makes it.
    assert re.findall(r'<input[^>]* id="(\w+)"[^>]* checked', page) == (
        [] if "agree" in changes else ["agree"]
    )
    assert ("data-own-tick" in page) == ("agree" not in changes)
    settle(here)
    assert models.CollectionPoint.objects.get().key == "door"
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_one_page_is_answered_once(here, browser):
    published(here)
    page = read(browser.get("/f/door"))
    data = {"number": ANNA, "agree": "yes", "ticket": ticket_of(page)}
    assert browser.post("/f/door", data).status_code == 303
    again = browser.post("/f/door", {**data, "number": BEN})
    assert "This page was sent before" in words(read(again, 422))
    settle(here)
    assert here.carrier.handset(BEN) == []
    assert browser.post("/f/door", {**data, "ticket": ticket_of(read(again, 422))}).status_code == 303


def test_a_ticket_that_was_not_given_out_here_sends_nothing(here, browser):
    published(here)
    published(here, "other", name="Other")
    other = ticket_of(read(browser.get("/f/other")))
    assert "has changed" in words(read(send(browser, ticket=other), 422))
    assert "open for long" in words(read(send(browser, ticket="made-up"), 422))


def test_the_version_that_was_shown_is_the_one_in_the_record(here, browser):
    first = published(here, confirming=Confirming.NONE)
    page = read(browser.get("/f/door"))
    published(
        here, confirming=Confirming.NONE, wordings=(("en", Wording(consent="Other words. STOP stops.")),)
    )
    answer = browser.post("/f/door", {"number": ANNA, "agree": "yes", "ticket": ticket_of(page)})
    assert answer.status_code == 303
    with here.store.database.read() as session:
        (event,) = record_of(here.store, session, here.contact())
    assert event.items[0]["sha256"] == first.digest
    assert event.event.disclosure == disclosure_digest(consent_text(first.definition, first.program, "en"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param(
            {"website": "https://spam.example"}, "people do not see", id="the field that nobody sees"
        ),
        pytest.param({}, "very fast", id="faster than anybody reads"),
    ],
)
def test_what_a_machine_fills_in_goes_no_further(here, browser, monkeypatch, changes, says):
    published(here)
    if not changes:
        monkeypatch.setattr(forms, "LEAST_S", 60.0)
    assert says in words(read(send(browser, **changes), 422))
    assert here.sql("SELECT count(*) FROM contact") == [(0,)]


def test_what_is_corrected_need_not_be_read_as_slowly_once_more(here, browser, monkeypatch):
    published(here)
    monkeypatch.setattr(forms, "LEAST_S", 0.3)
    first = ticket_of(read(browser.get("/f/door")))
    time.sleep(0.35)
    data = {"number": "06 1", "agree": "yes", "website": "", "ticket": first, "s": ""}
    second = ticket_of(read(browser.post("/f/door", data), 422))
    assert second != first
    assert browser.post("/f/door", {**data, "number": ANNA, "ticket": second}).status_code == 303


def test_ten_thousand_submissions_from_one_address_are_slowed_and_harm_nobody_else(here, browser):
    point = published(here)
    made, refused = RequestFactory(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.7"), 0
    for each in range(10_000):
        ticket, _nonce = give_ticket(point.digest, "en", here.at)
        data = urlencode({"number": f"+316{20_000_000 + each}", "agree": "yes", "ticket": ticket})
        request = made.post("/f/door", data, content_type="application/x-www-form-urlencoded")
        refused += forms.page(request, "door").status_code == 429
    assert refused > 9_900
    with here.store.database.read() as session:
        counted = tallies.read(session, point.id)[""]
    assert counted[tallies.Tallied.ASKED] < BREAKER_AFTER
    for number, address in ((ANNA, "198.51.100.7"), (BEN, "192.0.2.8")):
        other = Client(SERVER_NAME="localhost", REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE="en")
        assert "Look at your phone" in shown_next(other, send(other, number=number))
        assert questions(here, number) == 1


def test_a_number_is_looked_at_while_it_is_typed_and_nobody_is_looked_up(here, browser):
    published(here)
    here.join()
    known, unknown = (browser.post("/f/door/number", {"number": each}) for each in (ANNA, BEN))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert read(known) == "This number can be texted."
    assert "digit is missing" in read(browser.post("/f/door/number", {"number": "06123"}), 422)
    assert browser.get("/f/door/number").status_code == 405
    answers = {browser.post("/f/door/number", {"number": "06123"}).status_code for _ in range(100)}
    assert answers == {422, 429}


def test_the_country_is_guessed_from_the_browser_where_the_form_serves_it(here):
    published(here, countries=("NL", "BE"))
    flemish = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="nl-BE,nl;q=0.9")
    assert '<option value="BE" selected>' in read(flemish.get("/f/door"))
    american = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en-US")
    assert '<option value="NL" selected>' in read(american.get("/f/door"))
    assert send(flemish, number="0470 12 34 56", country="BE").status_code == 303


def test_an_age_is_asked_for_and_kept_as_a_day(here, browser):
    published(here, confirming=Confirming.NONE, minimum_age=18)
    assert "Only for people of 18" in words(read(send(browser), 422))
    assert send(browser, of_age="yes").status_code == 303
    assert here.contact().adult_since is not None


def test_what_the_browser_tells_of_the_page_is_kept_with_the_yes(here, browser):
    point = published(here, confirming=Confirming.NONE)
    page = read(browser.get("/f/door"))
    nonce = re.search(r'data-nonce="([^"]+)"', page)[1]
    data = {"number": ANNA, "agree": "yes", "ticket": ticket_of(page)}
    told = write_probe(probe(point, nonce)).decode()
    assert browser.post("/f/door", {**data, "probe": told}).status_code == 303
    with here.store.database.read() as session:
        (event,) = record_of(here.store, session, here.contact())
    assert [each["kind"] for each in event.items] == ["form_version", "presentation_probe"]
    assert event.event.grade is Grade.B


def test_a_closed_form_says_so_and_one_that_never_was_is_not_found(here, browser):
    published(here)
    points.set_open("door", is_open=False)
    assert "This form is closed" in read(browser.get("/f/door"), 410)
    assert browser.get("/f/window").status_code == 404


def test_the_colour_of_the_brand_comes_as_a_style_sheet_with_ink_that_reads_on_it(browser):
    answer = browser.get("/f/accent/7a1f5c.css")
    assert read(answer) == ":root{--brand:#7a1f5c;--on-brand:#ffffff}"
    assert read(browser.get("/f/accent/ffee00.css")).endswith("--on-brand:#000000}")
    assert browser.get("/f/accent/red.css").status_code == 404


def test_a_carrier_reads_each_way_of_asking_once_however_many_places_ask_so(here, browser):
    first, second = published(here), published(here, "window")
    page = words(read(browser.get("/cta/demo/club")))
    assert page.count(consent_text(first.definition, first.program, "en")) == 1
    for each in (first, second):
        assert f"http://localhost/f/{each.key}" in page


def test_a_carrier_reads_in_no_language_what_was_never_shown_in_it(here, browser):
    point = published(here)
    shown = consent_text(point.definition, point.program, "en")
    for language in ("nl", "de"):
        assert shown in words(read(browser.get(f"/cta/demo/club?lang={language}")))


def test_words_that_were_left_out_are_those_for_a_box_and_not_how_to_text_a_keyword(here, browser):
    point = published(here, wordings=(("en", Wording()),))
    text = consent_text(point.definition, point.program, "en")
    assert text.startswith("Yes, Linde & Loom may")
    assert text in words(read(browser.get("/f/door?lang=en")))


def test_a_carrier_reads_where_how_and_in_which_words_people_are_asked(here, browser):
    point = published(here, confirming=Confirming.REVERSE)
    page = words(read(browser.get("/cta/demo/club")))
    for said in (
        "Linde & Loom", "SAVEMORE", "800123", "up to 4 a month", "On a form", "http://localhost/f/door",
        consent_text(point.definition, point.program, "en"), "Linde & Loom: welcome to Club.", "STOP",
        "https://example.org/privacy", "texts a code from their own phone",
    ):  # fmt: skip
        assert said in page
    assert "Shop door" not in page  # what a place is called is for colleagues
    points.set_open("door", is_open=False)
    assert "On a form" not in read(browser.get("/cta/demo/club"))
    assert browser.get("/cta/demo/none").status_code == 404
