"""Which consents grow old, from the command line, and the daily step by hand."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from factories.worlds import ANNA, CLUB, NOON, World, publish, world
from yesword.cli import group
from yesword.domain.ids import to_text
from yesword.store import models
from yesword.store.opening import Store


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


def yesword(here: World, *arguments: str) -> Result:
    folder = os.fspath(here.store.folder)
    result = CliRunner().invoke(group, ["renewals", *arguments, "--data", folder])
    assert result.exit_code == 0, result.output
    return result


def on(days: int) -> str:
    return (NOON + timedelta(days=days)).isoformat()


def test_the_list_says_who_is_due_when_by_which_rule_and_what_silence_does(here: World) -> None:
    (anna,) = here.members(1, numbers=[ANNA])
    ends = "ends by silence after 2027-03-02  house.expiry.unused"
    said = yesword(here, "list", "--at", on(300), "--within", "35").output.splitlines()
    assert said == [
        "Linde & Loom Club (club), which reminds nobody",
        f"  {to_text('con', anna)}  since 2026-03-02  due 2027-01-31  {ends}",
        "Linde & Loom Events (events), which reminds nobody",
        "  nobody",
    ]


def test_the_list_may_be_of_one_program_and_for_machines(here: World) -> None:
    (anna,) = here.members(1)
    (line,) = yesword(here, "list", "--program", "club", "--at", on(340), "--json").output.splitlines()
    assert json.loads(line) == {
        "contact": to_text("con", anna),
        "program": "club",
        "since": "2026-03-02T12:00:00.000Z",
        "notice_at": "2027-01-31T12:00:00.000Z",
        "over_at": "2027-03-02T12:00:00.000Z",
        "rule": "house.expiry.unused",
        "on_silence": "lapse",
        "is_told": False,
    }


def test_the_daily_step_by_hand_says_what_it_did_and_does_nothing_twice(here: World) -> None:
    brand = models.Brand.objects.get(pk=here.club.brand)
    publish(brand, models.Sender.objects.get(address=CLUB), renews=True)
    assert yesword(here, "run").output == "0 reminded · 0 went on in silence · 0 ended\n"
    here.now[0] = NOON.replace(year=2020)  # years before the step is taken
    here.members(2)
    assert yesword(here, "run").output == "0 reminded · 0 went on in silence · 2 ended\n"
    assert yesword(here, "run").output == "0 reminded · 0 went on in silence · 0 ended\n"
