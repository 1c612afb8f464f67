"""The page of what carriers refuse, its file, and the way to it from the messages (mission G1)."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from factories.consoles import fresh, on_the_clock_of, signed_in, words
from factories.worlds import world
from yesword.channels.errors import CarrierError
from yesword.cli import group
from yesword.store.models import User
from yesword.web.console import refused, spans


@pytest.fixture
def here(sqlite_store, monkeypatch):
    fresh()
    with world(sqlite_store) as made:
        on_the_clock_of(made, monkeypatch, spans)
        made.members(4)
        made.wait(days=1)
        made.campaign()
        made.settle()
        made.wait(minutes=1)
        yield made


@pytest.fixture
def console(here):
    return signed_in(User.Role.VIEWER)


def fail(here, *meanings):
    """So many texts of the campaign were not delivered, for these reasons."""
    ids = [row[0] for row in here.sql("SELECT id FROM message WHERE kind = 'campaign' ORDER BY id")]
    for message, meaning in zip(ids, meanings, strict=False):
        here.sql(
            "UPDATE message SET state = 10, reason = %s, meaning = %s WHERE id = %s",
            f"=3000{len(meaning)}",
            meaning,
            message,
        )


def test_a_brand_whose_texts_arrive_reads_so(here, console):
    page = words(console.get("/messages/refused"))
    assert "Carriers refused nothing in the last 30 days." in page


def test_the_page_says_what_was_filtered_with_a_table_behind_each_figure(here, console):
    fail(here, "filtered", "carrier_violation", "deactivated")
    answer = console.get("/messages/refused?days=7")
    page = words(answer)
    assert "3 texts were refused or not delivered in the last 7 days." in page
    assert "2 of them were filtered or broke a rule of a carrier." in page
    assert "800123 4 1 1 50 % 1 0" in page
    assert "Club 4 1 1 50 % 1 0" in page
    assert "Filtered as spam yes 1" in page
    assert "The number is no longer in use no 1" in page
    html = answer.content.decode()
    assert html.count('<svg class="figure-chart') == html.count("Show as a table") == 2


def test_it_is_filtered_by_program_and_by_days(here, console):
    fail(here, "filtered")
    assert "Carriers refused nothing" in words(console.get("/messages/refused?program=events"))
    assert "1 text was refused" in words(console.get("/messages/refused?program=club&days=nonsense"))
    here.wait(days=8)
    assert "Carriers refused nothing" in words(console.get("/messages/refused?days=7"))


def test_one_comes_to_it_from_the_messages_and_back(here, console):
    assert 'href="/messages/refused"' in console.get("/messages").content.decode()
    html = console.get("/messages/refused").content.decode()
    assert 'href="/messages?state=undelivered"' in html
    assert 'aria-current="page"' in html


def test_the_file_holds_the_same_and_no_formula(here, console):
    fail(here, "filtered", "spam_report")
    answer = console.get("/messages/refused.csv?days=7")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    whole = rows[0]
    assert (whole["texts"], whole["refused"], whole["filtered"], whole["violation"]) == ("4", "2", "1", "1")
    assert [row["which"] for row in rows if row["about"] == "code"] == ["'=30008", "'=300011"]
    assert "attachment" in answer["Content-Disposition"]


def test_every_meaning_is_said_in_words(here):
    assert refused.MEANINGS.keys() == set(CarrierError)


def test_the_command_says_the_same(here):
    fail(here, "filtered")
    arguments = ["figures", "refused", "--data", str(here.store.folder), "--days", "3650"]
    done = CliRunner().invoke(group, arguments, catch_exceptions=False)
    assert done.output.startswith("1 refused or not delivered in 3650 days, of 4 texts; 1 of them filtered")
    assert "sender    800123: 1 (1 filtered)" in done.output
    told = json.loads(CliRunner().invoke(group, [*arguments, "--json"], catch_exceptions=False).output)
    assert told["figures"][0]["refused"] == 1
