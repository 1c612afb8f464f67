"""Limits and pools at the command line."""

import json

import pytest
from click.testing import CliRunner

from factories.worlds import CLUB, world
from yesword.cli import pace, pool
from yesword.cli.setting_up import sender
from yesword.domain.pacing import Limit
from yesword.store import limits, models


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def call(here):
    def run(what, *arguments):
        return CliRunner().invoke(what, [*arguments, "--data", str(here.store.folder)])

    return run


def test_a_limit_is_set_shown_changed_and_dropped(here, call):
    assert "No limits" in call(pace.command, "list").stdout
    done = call(pace.command, "set", "--sender", CLUB, "--country", "us", "--per-second", "12.5")
    assert done.stdout == f"Sender {CLUB} of simulator, to US: 12.5 a second, 12 at once.\n", done.output
    done = call(
        pace.command,
        *("set", "--sender", CLUB, "--country", "US"),
        *("--day-cap", "2000", "--day-zone", "America/Los_Angeles"),
    )
    assert done.stdout.endswith("2,000 a day, from midnight America/Los_Angeles.\n")
    own = models.Sender.objects.get(address=CLUB).pk
    assert limits.all_limits() == [
        Limit(sender=own, country="US", day_cap=2000, day_zone="America/Los_Angeles")
    ]
    (line,) = call(pace.command, "list", "--json").stdout.splitlines()
    assert json.loads(line)["day_cap"] == 2000
    assert call(pace.command, "drop", "--sender", CLUB, "--country", "US").exit_code == 0
    again = call(pace.command, "drop", "--sender", CLUB, "--country", "US")
    assert f"no limit of sender {CLUB} of simulator, to US" in str(again.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--account", "none", "--per-second", "1"), "no account none"),
        (("--country", "Holland", "--per-second", "1"), "Holland is no country"),
        (("--country", "NL"), "neither a rate nor a day's cap"),
        (("--per-second", "1", "--day-zone", "Here"), "Here is no time zone"),
    ],
    ids=["unknown account", "no country", "says nothing", "no zone"],
)
def test_a_limit_that_makes_no_sense_is_refused_with_a_sentence(call, arguments, said):
    done = call(pace.command, "set", *arguments)
    assert done.exit_code != 0
    assert said in f"{done.output}{done.exception}"


def test_a_program_gets_more_shares(here, call):
    assert call(pace.command, "share", "club", "3").stdout == "club has 3 shares.\n"
    assert "Program club: 3 shares." in call(pace.command, "list").stdout


def test_a_pool_is_made_shown_and_taken_apart(here, call):
    assert call(sender, "555888", "--country", "de", "--class", "promotional").stdout.endswith(
        "In a pool: to DE; carries promotional.\n"
    )
    done = call(pool.command, "add", "club", "555888", "--place", "2")
    assert done.stdout.splitlines() == [
        f"0  {CLUB} of simulator (its own): to anywhere; everything.",
        "2  555888 of simulator: to DE; promotional.",
    ]
    assert len(call(pool.command, "remove", "club", "555888").stdout.splitlines()) == 1
    assert "none of the further senders" in f"{call(pool.command, 'remove', 'club', '555888').exception}"
    assert "own sender already" in f"{call(pool.command, 'add', 'club', CLUB).exception}"


def test_what_a_sender_is_for_is_taken_back_with_nothing(here, call):
    call(sender, CLUB, "--country", "DE", "--class", "promotional")
    call(sender, CLUB, "--country", "", "--class", "")
    found = models.Sender.objects.get(address=CLUB)
    assert (found.countries, found.classes) == ([], [])
