"""The page with handsets: texting as a person would, on the simulated carrier, with everything behind it running."""

import json
import multiprocessing
import re
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from factories.consoles import signed_in
from factories.worlds import ANNA, CLUB, world
from yesword.channels.simulator import Endpoint, SimulatorChannel
from yesword.channels.simulator.carrier import CarrierSettings, run_carrier
from yesword.domain import phone
from yesword.store import models
from yesword.store.keyfiles import shared_token
from yesword.store.models import User
from yesword.web import counted, handsets, phones
from yesword.worker import channels, receiver

PATIENCE_S = 20


@pytest.fixture
def here(sqlite_store):
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:
        yield opened


@pytest.fixture
def console(sqlite_store):
    return signed_in()


@contextmanager
def carrier(store):
    """The simulated carrier in a process of its own. Its port."""
    ready = store.run / channels.CARRIER_PORT
    settings = CarrierSettings(token=shared_token(store.folder, channels.TOKEN), ready_path=ready)
    process = multiprocessing.get_context("spawn").Process(target=run_carrier, args=(settings,))
    process.start()
    try:
        wait_until(lambda: ready.exists() and ready.read_text())
        yield int(ready.read_text())
    finally:
        process.terminate()
        process.join(PATIENCE_S)


@pytest.fixture
def running(sqlite_store):
    """The carrier with a dispatcher and a receiver at work, by the clock on the wall."""
    cache.clear()
    counted.forget()
    stop = threading.Event()
    with carrier(sqlite_store) as port:
        token = shared_token(sqlite_store.folder, channels.TOKEN)
        endpoint = Endpoint(host="127.0.0.1", port=port, token=token)
        channel = SimulatorChannel(endpoint, account="simulator")
        with closing(channel), world(sqlite_store, channel=channel) as opened:
            thread = threading.Thread(target=receiver.run, args=(sqlite_store, channels.receivers, stop))
            thread.start()
            yield opened
            stop.set()
            thread.join(PATIENCE_S)


def wait_until(is_so, here=None):
    """Until it is so; with a world, its dispatcher works meanwhile, by the clock on the wall."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        if here is not None:
            here.now[0] = datetime.now(UTC)
            here.settle()
        time.sleep(0.02)


def text(client, ref, said):
    """As the page's script sends it."""
    answer = client.post(f"/handsets/{ref}/text", {"text": said}, headers={"hx-request": "true"})
    assert answer.status_code == 200


def join_elsewhere(here, number=ANNA):
    """Join by texts that this carrier knows nothing of."""
    here.now[0] = datetime.now(UTC) - timedelta(days=1)
    for said in ("SAVEMORE", "yes"):
        here.wait(seconds=20)
        here.receive(number, said)
        here.settle()


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def desks(client):
    """The phones on the page: their ids, in order."""
    return re.findall(r'<section class="desk" id="(\w+)"', client.get("/handsets").content.decode())


def bubbles(client, ref):
    html = client.get(f"/handsets/{ref}").content.decode()
    return re.findall(r'class="bubble-text"[^>]*>([^<]*)<', html)


def test_a_text_is_answered_as_the_program_answers_and_the_record_says_what_happened(running, console):
    (ref,) = desks(console)
    answer = console.post(f"/handsets/{ref}/text", {"text": "SAVEMORE"})
    assert answer["Location"] == f"/handsets#{ref}"
    wait_until(lambda: "Linde &amp; Loom: reply YES to join Club." in bubbles(console, ref), running)
    text(console, ref, "yes")
    wait_until(
        lambda: "Linde &amp; Loom: welcome to Club. Reply STOP to stop." in bubbles(console, ref), running
    )
    said = words(console.get(f"/handsets/{ref}").content.decode())
    assert "This person may be texted Club offers, because they confirmed on" in said
    assert "“yes” was understood as a yes." in said
    assert "1 segment · GSM-7" in said
    assert "See the whole record" in said


def test_a_part_answers_nothing_when_nothing_is_new(running, console):
    (ref,) = desks(console)
    part = console.get(f"/handsets/{ref}", headers={"hx-request": "true"})
    (digest,) = re.findall(r'data-digest="(\w+)"', part.content.decode())
    assert console.get(f"/handsets/{ref}?seen={digest}").status_code == 204
    text(console, ref, "HELP")
    assert console.get(f"/handsets/{ref}?seen={digest}").status_code == 200


def test_the_phone_of_somebody_known_keeps_what_went_before_the_carrier_began(running, console):
    running.strangers([ANNA], name="Anna")
    join_elsewhere(running)
    _new, other = desks(console)  # somebody known is on the desk from the start
    assert bubbles(console, other)[0] == "SAVEMORE"
    assert "welcome to Club" in bubbles(console, other)[-1]
    text(console, other, "STOP")
    wait_until(lambda: "Linde &amp; Loom: no more messages." in bubbles(console, other), running)


def test_another_code_is_another_conversation(running, console):
    (ref,) = desks(console)
    text(console, ref, "SAVEMORE")
    console.post(f"/handsets/{ref}/code", {"program": "events"})
    assert bubbles(console, ref) == []
    text(console, ref, "EVENTS")
    wait_until(lambda: any("welcome to Events" in each for each in bubbles(console, ref)), running)


def test_neither_an_address_nor_the_session_holds_a_number(running, console):
    for country in phones.COUNTRIES:
        console.post("/handsets/add", {"phone": country})
    html = console.get("/handsets").content.decode()
    kept = json.dumps(dict(console.session.items()))
    assert len(desks(console)) == handsets.MOST_PHONES
    for each in console.session["handsets"]:
        number = phones.invented(phones.Phone(**each)).e164
        assert number[3:] not in kept
        assert number[3:] not in html
    assert not re.search(r'(?:href|action|hx-get|hx-post)="[^"]*(?:%2B|\+)\d', html)
    assert not re.search(r"\+\d{9,}", html)


@pytest.mark.parametrize("country", phones.COUNTRIES)
def test_a_new_number_is_one_that_can_be_texted_and_stays_the_same(country, here):
    for number in range(40):
        chosen = phones.Phone(ref="p", program="club", country=country, token=f"token {number}")
        made = phones.invented(chosen)
        assert made.country == country
        assert made.may_text
        assert made == phones.invented(chosen)
        assert isinstance(made, phone.PhoneNumber)


def test_phones_are_put_on_the_desk_and_away(running, console):
    desks(console)
    console.post("/handsets/add", {"phone": "SE"})
    first, second = desks(console)
    console.post(f"/handsets/{first}/away")
    assert desks(console) == [second]
    console.post(f"/handsets/{second}/away")
    assert "The desk is empty" in console.get("/handsets").content.decode()


def test_somebody_known_can_be_chosen_by_name_and_masked_number(running, console):
    desks(console)
    running.strangers([ANNA], name="Anna")
    html = console.get("/handsets").content.decode()
    (choice,) = re.findall(r'<option value="(con_\w+)">Anna, \+31 •••••• 678<', html)
    for _twice in range(2):
        console.post("/handsets/add", {"phone": choice})
    assert len(desks(console)) == 2
    console.post("/handsets/add", {"phone": "con_0"})
    assert len(desks(console)) == 2


def test_a_phone_of_another_session_is_not_found(running, console):
    desks(console)
    assert console.get("/handsets/p00000000").status_code == 404
    assert console.post("/handsets/p00000000/text", {"text": "STOP"}).status_code == 404


def test_a_viewer_looks_on_and_a_stranger_is_asked_to_sign_in(running):
    viewer = signed_in(User.Role.VIEWER)
    (ref,) = desks(viewer)
    assert viewer.post(f"/handsets/{ref}/text", {"text": "STOP"}).status_code == 403
    assert Client(SERVER_NAME="localhost").get("/handsets").status_code == 302


def test_without_its_carrier_the_page_says_so_and_nothing_breaks(here, console):
    answer = console.get("/handsets")
    assert answer.status_code == 503
    assert "The simulated carrier does not answer." in answer.content.decode()
    assert "Nothing was sent and nothing was lost." in answer.content.decode()


def test_where_no_carrier_is_simulated_there_are_no_handsets(here, console):
    models.Account.objects.update(channel="smpp")
    answer = console.get("/handsets")
    assert answer.status_code == 404
    assert "There are no handsets here" in answer.content.decode()


def test_what_comes_from_the_code_says_so_in_the_handset(running, console):
    (ref,) = desks(console)
    assert f"Text message to {CLUB}" in console.get(f"/handsets/{ref}").content.decode()
