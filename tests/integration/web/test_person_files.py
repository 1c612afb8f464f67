"""Proof that is taken out on a person's page, each event's receipt, and the addresses of buttons that somebody only opens."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from factories.consoles import fresh, on_the_clock_of, signed_in, trail, words
from factories.own_page import change_hands
from factories.packed import sequence
from factories.worlds import ANNA, world
from yesword.accounts import rights
from yesword.domain.ids import from_text, to_text
from yesword.ledger.receipt import read_receipt
from yesword.ledger.silence import read_silence
from yesword.privacy import owners
from yesword.privacy.access import Proof
from yesword.proof.packs import summary
from yesword.proof.receipts import events_about
from yesword.store.models import User
from yesword.web.console import person, person_access, person_data, person_files
from yesword.web.telling import about

BEA = "+31612345679"
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as opened:
        on_the_clock_of(opened, monkeypatch, person, person_access, person_data, person_files)
        opened.strangers([ANNA], name="Anna Öberg")
        opened.join()
        sequence(opened)
        yield opened


@pytest.fixture
def console(here):
    return signed_in()


def url_of(here):
    return f"/people/{to_text('con', here.contact().id)}"


def subject(here):
    return to_text("con", here.contact().id)


def today(here):
    return here.at.date().isoformat()


def told_in(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return summary.read(archive.read(summary.FILE))


# --- the evidence pack -------------------------------------------------------------------------------------------


def test_the_pack_of_a_day_comes_as_a_file_and_leaves_a_trace(here, console):
    typed = {"program": "club", "purpose": "litigation", "at": today(here)}
    answer = console.post(f"{url_of(here)}/pack", typed)
    assert told_in(answer).number == ANNA
    assert re.fullmatch(r'attachment; filename="pak_\w+\.zip"', answer["Content-Disposition"])
    assert answer["Cache-Control"] == "private, no-store"
    assert trail("pack.made") == [(subject(here), "owner")]


def test_the_pack_tells_how_it_stood_at_the_end_of_that_day(here, console):
    before = (here.at - timedelta(days=1)).date().isoformat()
    told = {}
    for day in (before, today(here)):
        answer = console.post(f"{url_of(here)}/pack", {"program": "club", "purpose": "dsar", "at": day})
        told[day] = told_in(answer).timeline.state[0].id
    assert told == {before: "state.none", today(here): "state.granted"}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param({"at": "soon"}, "That is no day.", id="no day"),
        pytest.param({"at": "2090-01-01"}, "That day is still to come.", id="a day that is still to come"),
        pytest.param(
            {"program": "events"}, "Nothing is on record of them about this program.", id="no record"
        ),
    ],
)
def test_a_pack_that_cannot_be_made_is_told_why(here, console, typed, says):
    usual = {"program": "club", "purpose": "dsar", "at": today(here)}
    answer = console.post(f"{url_of(here)}/pack", {**usual, **typed}, follow=True)
    assert says in answer.content.decode()
    assert trail("pack.made") == []


def test_no_pack_for_the_person_shows_the_record_of_a_former_owner(here, console):
    change_hands(here)
    sequence(here)
    typed = {"program": "club", "purpose": "dsar", "at": today(here)}
    answer = console.post(f"{url_of(here)}/pack", typed, follow=True)
    assert "The number changed hands, and a pack would show" in answer.content.decode()
    assert trail("pack.made") == []
    assert told_in(console.post(f"{url_of(here)}/pack", {**typed, "purpose": "litigation"})).number == ANNA


# --- the file of silence ----------------------------------------------------------------------------------------


def test_the_file_of_silence_is_about_the_days_since_and_leaves_a_trace(here, console):
    answer = console.post(f"{url_of(here)}/silence", {"since": today(here)})
    found = read_silence(answer.content)
    assert found.subject == here.contact().subject
    assert found.until == here.at
    assert trail("silence.made") == [(subject(here), "owner")]


def test_a_day_that_is_still_to_come_has_no_silence_yet(here, console):
    answer = console.post(f"{url_of(here)}/silence", {"since": "2090-01-01"}, follow=True)
    assert "That day is still to come." in answer.content.decode()
    assert trail("silence.made") == []


# --- a second proof ---------------------------------------------------------------------------------------------


def test_who_it_is_can_be_confirmed_and_the_page_says_until_when(here, console):
    assert "Say so only when you have seen it" in words(console.get(url_of(here)))
    answer = console.post(f"{url_of(here)}/second-proof", follow=True)
    assert "Confirmed that it is them." in words(answer)
    proof = owners.completed(here.store, here.contact(), Proof(since=here.at), here.at)
    assert proof.is_second
    assert trail("privacy.second_proof") == [(subject(here), "owner")]


@pytest.mark.parametrize("verb", ["pack", "silence", "second-proof"])
def test_each_takes_the_right_to_take_out_numbers(here, verb):
    manager = signed_in(User.Role.MANAGER)
    typed = {"program": "club", "purpose": "dsar", "at": today(here), "since": today(here)}
    assert f"/{verb}" not in manager.get(url_of(here)).content.decode()
    assert manager.post(f"{url_of(here)}/{verb}", typed).status_code == 403
    rights.give("manager", rights.Right.NUMBERS)
    assert f"{url_of(here)}/{verb}" in manager.get(url_of(here)).content.decode()
    assert manager.post(f"{url_of(here)}/{verb}", typed).status_code in (200, 302)


# --- receipts of events -----------------------------------------------------------------------------------------


def test_each_event_on_the_page_has_its_receipt(here, console):
    here.text(ANNA, "STOP")
    html = console.get(url_of(here)).content.decode()
    addresses = re.findall(rf'action="({url_of(here)}/events/(evt_\w+)/receipt)"', html)
    recorded = events_about(here.store, here.contact(), here.club)
    assert {from_text("evt", event) for _, event in addresses} == {each.event.id for each in recorded}
    for address, event in addresses:
        assert read_receipt(console.post(address).content).event_id == event
    assert len(trail("receipt.downloaded")) == len(addresses)


def test_an_event_of_nobody_has_none(here, console):
    for event in ("evt_0000000000001", "con_1", "x"):
        assert console.post(f"{url_of(here)}/events/{event}/receipt").status_code == 404


# --- addresses of buttons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb", ["number", "data", "pack", "receipt/club", "receipt/club/link", "restrict/lift"]
)
def test_whoever_opens_the_address_of_a_button_comes_to_its_page(here, console, verb):
    answer = console.get(f"{url_of(here)}/{verb}", headers=BROWSER, follow=True)
    assert answer.redirect_chain[-1] == (url_of(here), 302)
    said = answer.content.decode()
    assert said.count("Nothing was done: that takes the button on this page.") == 1


def test_so_does_whoever_has_a_link_and_no_account(here):
    with here.store.database.write() as session:
        from yesword.store import programs
        from yesword.web.public.addresses import make_receipt_link

        brand = programs.brand(here.contact().brand)
        path = make_receipt_link(session, brand, here.contact().id, here.club.id, here.at)
    answer = Client(SERVER_NAME="localhost").get(f"{path}/data/send", headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (302, f"{path}/data")


def test_a_program_is_told_as_before_that_it_takes_a_post(here, console):
    answer = console.get(f"{url_of(here)}/number", headers={"accept": "application/json"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


# --- somebody without a name ------------------------------------------------------------------------------------


def test_somebody_without_a_name_stands_in_the_middle_of_a_sentence_and_begins_one(here, console):
    here.join(BEA)
    page = words(console.get(f"/people/{to_text('con', here.contact(BEA).id)}"))
    assert "This person confirmed Club offers from their own phone." in page
    assert "The request to this person about" in about(
        "", "The request to %(name)s about %(texts)s.", {"texts": "x"}
    )
    assert "o This person" not in page
