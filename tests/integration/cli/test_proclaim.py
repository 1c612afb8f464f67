"""Emergencies and holidays, entered and ended by command."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from yesword.cli.proclaim import command
from yesword.domain.errors import YeswordError
from yesword.store.models import Proclamation


@pytest.fixture
def run(sqlite_store):
    def run(*arguments):
        return CliRunner().invoke(command, [*arguments, "--data", str(sqlite_store.folder)])

    return run


def flood(run, place="US-NY", start="2026-03-01T09:00-05:00", end="2099-03-11T09:00-05:00"):
    return run("emergency", place, "--from", start, "--to", end, "--name", "flood", "--by", "Ola")


def test_an_emergency_is_entered_with_its_moments_and_who_entered_it(run):
    answer = flood(run, end="2026-03-11T09:00-05:00")
    assert answer.output == (
        "1: emergency in US-NY, flood: 2026-03-01 14:00 UTC to 2026-03-11 14:00 UTC\n"
    ), answer.exception
    (row,) = Proclamation.objects.all()
    assert (row.country, row.region, row.entered_by) == ("US", "US-NY", "Ola")
    assert row.starts_at == datetime(2026, 3, 1, 14, tzinfo=UTC)


def test_a_holiday_is_one_day_on_the_clocks_of_the_place(run):
    answer = run("holiday", "us-la", "--on", "2026-12-24", "--name", "Christmas Eve")
    assert answer.output == (
        "1: holiday in US-LA, Christmas Eve: 2026-12-24 06:00 UTC to 2026-12-25 06:00 UTC\n"
    )
    assert Proclamation.objects.get().entered_by != ""


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        pytest.param("us", ("US", ""), id="a whole country"),
        pytest.param("US-NY", ("US", "US-NY"), id="a state"),
        pytest.param("PR", ("US", "US-PR"), id="a territory under the law of another state"),
    ],
)
def test_a_place_is_a_country_or_a_region_of_one(run, place, kept):
    flood(run, place)
    row = Proclamation.objects.get()
    assert (row.country, row.region) == kept


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"place": "US-XX"}, "US-XX", id="no such state"),
        pytest.param({"place": "Gotham"}, "Gotham", id="no such country"),
        pytest.param({"end": "2026-02-01T09:00-05:00"}, "end before it begins", id="the wrong way round"),
        pytest.param({"start": "2026-03-01T09:00"}, "2026-03-01T09:00", id="a time of no zone"),
    ],
)
def test_what_cannot_be_is_not_entered(run, changed, said):
    answer = flood(run, **changed)
    assert isinstance(answer.exception, YeswordError)
    assert said in str(answer.exception)
    assert not Proclamation.objects.exists()


def test_one_that_is_ended_stays_on_the_list(run):
    flood(run)
    ended = run("end", "1")
    assert ", ended 2" in ended.output
    assert run("list").output.rstrip().endswith("entered by Ola")
    assert ", ended 2" in run("list").output
    again = run("end", "1")
    assert isinstance(again.exception, YeswordError)
    assert "already" in str(again.exception)
    missing = run("end", "7")
    assert "no proclamation 7" in str(missing.exception)


def test_what_no_rule_heeds_is_entered_and_said_to_change_nothing(run):
    for answer in (flood(run, "NL"), run("holiday", "US-TX", "--on", "2026-11-23", "--name", "Some day")):
        assert answer.exit_code == 0
        assert "No rule that decides asks about such a thing there" in answer.stderr
    assert flood(run, "US-NY").stderr == ""


def test_what_was_declared_has_a_name(run):
    answer = run("holiday", "US-LA", "--on", "2026-12-24", "--name", " ")
    assert isinstance(answer.exception, YeswordError)
    assert not Proclamation.objects.exists()
