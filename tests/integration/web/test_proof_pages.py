"""The page about proof, and what the front page says while nothing is sent or a log is not signed."""

import html as markup
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from factories.consoles import signed_in
from factories.worlds import world
from yesword.proof import attesters, logs
from yesword.proof.sequencer import Sequencer
from yesword.proof.witness_folder import make_key
from yesword.proof.witnessing import WitnessUnreachableError
from yesword.store import attesters as asked
from yesword.store import holds, ledgers, log_troubles, models, programs
from yesword.store.models import User
from yesword.web import counted
from yesword.web.console import alarms

OUTSIDE = "https://witness.example"


@pytest.fixture
def here(sqlite_store):
    cache.clear()
    counted.forget()
    with world(sqlite_store) as opened:
        yield opened


@pytest.fixture
def console(here):
    return signed_in(User.Role.VIEWER)


def read(client, address="/proof"):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    html = answer.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def sequence(here):
    Sequencer(store=here.store, clock=lambda: here.at).round()
    with here.store.database.read() as session:
        return ledgers.logs(session)[-1]


def trouble(here, why):
    with here.store.database.write() as session:
        session.run("trouble_log", id=sequence(here).id, trouble=why)


def hold(here, reason):
    with here.store.database.write() as session:
        holds.hold(session, reason, here.at)


# The page


def test_before_the_first_yes_there_is_no_log_and_the_page_says_so(here, console):
    assert "There is no log yet" in read(console)


def test_the_log_is_shown_with_its_head_its_key_and_its_address(here, console):
    here.join()
    log = sequence(here)
    with here.store.database.read() as session:
        ((_number, key, *_rest),) = session.rows("ledger_keys", log_id=log.id)
    said = read(console)
    for each in (
        log.origin,
        key,
        "Grows and is signed",
        f"Records {log.size}",
        f"{log.size} records, signed on 2 March 2026",
        "Nothing waits",
        "http://localhost/ledger/",
        "Nobody so far.",
        "yesword ledger audit --brand",
    ):
        assert each in said, each


def test_what_waits_is_counted_with_since_when(here, console):
    here.join()
    sequence(here)
    here.join("+31612345679")
    assert re.search(r"\d records wait for their place, the first since 2 March 2026", read(console))


def test_the_addresses_on_it_answer_to_everybody(here, console):
    here.join()
    sequence(here)
    html = console.get("/proof").content.decode()
    html = html[html.index("<main") : html.index("</main>")]
    found = [each.removeprefix("http://localhost") for each in re.findall(r'href="([^"]*ledger[^"]*)"', html)]
    assert len(found) == 4
    for each in found:
        assert Client(SERVER_NAME="localhost").get(each).status_code == 200, each


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        pytest.param("nothing", "Not asked yet", id="not asked yet"),
        pytest.param("vouched", "Vouches for all of it", id="all"),
        pytest.param("behind", "Vouches for it, asked again soon", id="less than all"),
        pytest.param("failed", "Last asked in vain", id="in vain"),
        pytest.param("off", "No longer asked", id="off"),
    ],
)
def test_a_witness_is_shown_as_it_stands(here, console, tmp_path, happens, says):
    here.join()
    log = sequence(here)
    key = str(make_key(tmp_path / "witness").witness_key)
    attesters.add_witness(here.store, "Auditor", OUTSIDE, key, here.club.brand)
    with here.store.database.write():
        if happens in ("vouched", "behind"):
            size = log.size - (happens == "behind")
            asked.note_success(ledgers.WITNESS, "Auditor", log.id, size, here.at)
        elif happens == "failed":
            error = WitnessUnreachableError(name="Auditor", reason="refused")
            asked.note_failure(ledgers.WITNESS, "Auditor", log.id, error, here.at)
        elif happens == "off":
            asked.switch_off("Auditor")
    said = read(console)
    assert says in said
    assert OUTSIDE in said
    assert ("gave no answer: refused" in said) == (happens == "failed")
    assert "Nobody so far." not in said


def test_a_witness_of_another_brand_is_not_shown(here, console, tmp_path):
    here.join()
    sequence(here)
    other = models.Brand.objects.get()
    other.pk, other.key, other.origin = None, "other", "other.example/ledger"
    other.save()
    attesters.add_witness(
        here.store, "Theirs", OUTSIDE, str(make_key(tmp_path / "witness").witness_key), other.pk
    )
    assert "Theirs" not in read(console)


# In trouble


TROUBLES = [
    value
    for name, value in vars(log_troubles).items()
    if name.isupper() and isinstance(value, str) and value.endswith(".")
]


def test_every_trouble_of_a_log_is_told_in_the_readers_language():
    assert len(TROUBLES) == 7
    assert set(TROUBLES) <= set(alarms._WHATS)


@pytest.mark.parametrize("why", TROUBLES)
def test_a_log_in_trouble_is_told_at_the_door_with_what_to_do(here, console, why):
    here.join()
    trouble(here, why)
    log = sequence(here)
    front = read(console, "/")
    with translation.override("en"):
        what, remedy = alarms.what_of(log), alarms.remedy_of(log)
    assert f"The log {log.origin} is not signed any more. {what} {remedy}" in front
    is_held = why in log_troubles.STOPS_UNKNOWN
    assert ("Nothing is sent; stops are obeyed." in front) == is_held
    assert ("Texts go on, and stops are obeyed." in front) == (not is_held)
    page = read(console)
    assert "Not signed any more" in page
    assert remedy in page


def test_all_is_quiet_while_all_is_well(here, console):
    here.join()
    sequence(here)
    front = read(console, "/")
    assert "not signed" not in front
    assert "Nothing is sent" not in front


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        pytest.param(holds.KEYS, "Nothing is sent: a key is missing or wrong.", id="a missing key"),
        pytest.param(holds.RESTORED, "Nothing is sent: the store was put back", id="restored"),
        pytest.param("later", "Nothing is sent: sending is held.", id="something of a later version"),
    ],
)
def test_while_nothing_is_sent_the_front_page_says_so_first(here, console, reason, says):
    hold(here, reason)
    front = read(console, "/")
    assert says in front
    assert front.index(says) < front.index("How things stand") if "How things stand" in front else True
    with here.store.database.write() as session:
        holds.release(session, reason, here.at)
    assert says not in read(console, "/")


def test_an_earlier_log_is_shown_below_the_one_that_follows_it(here, console):
    here.join()
    sequence(here)

    logs.start_log(here.store, programs.brand(here.club.brand), 2, here.at)
    said = read(console)
    assert said.index("Grows and is signed") < said.index("Given up; another log follows it")
