"""`yesword contest`: from a file to the draw, and a draw that anybody checks without a store."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from factories.worlds import ANNA, World, world
from yesword.cli.contest import command
from yesword.collect import contest_draws, contest_refusals, contests
from yesword.store.opening import Store

Run = Callable[..., Result]
BEN = "+31612345679"


def this_second() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def written(folder: Path, **changes: object) -> Path:
    now = this_second()
    said = {"asks_after": True, "winners": 1, **changes}
    flags = "\n".join(f"{key} = {json.dumps(value)}" for key, value in said.items())
    file = folder / "colour.toml"
    file.write_text(f"""
name = "Colour of the year"
program = "club"
keywords = ["VOTE"]
opens = {(now - timedelta(hours=1)).isoformat()}
closes = {(now + timedelta(hours=1)).isoformat()}
seed_source = "the lottery of Saturday"
seed_at = {(now + timedelta(days=1)).isoformat()}
{flags}

[options]
A = "Red"
B = "Blue"

[texts.en]
title = "Colour of the year"
prize = "A winter coat"
""")
    return file


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        made.now[0] = this_second()
        yield made


@pytest.fixture
def run(sqlite_store: Store) -> Run:
    def run(*arguments: str, has_store: bool = True) -> Result:
        where = ["--data", str(sqlite_store.folder)] if has_store else []
        return CliRunner().invoke(command, [*arguments, *where])

    return run


def test_from_a_file_to_a_draw_that_anybody_checks(here: World, run: Run, tmp_path: Path) -> None:
    made = run("create", str(written(tmp_path)), "--key", "colour", "--announce", "--despite-findings")
    assert "colour is announced: /c/colour" in made.output
    assert here.text(ANNA, "VOTE A") == "contest_entered"
    assert here.text(BEN, "VOTE B") == "contest_entered"
    assert "2 entered" in run("list").output
    assert isinstance(run("close", "colour").exception, contest_refusals.StillOpenError)
    closed = run("close", "colour", "--early").output
    assert "2 take part" in closed
    # Its seed comes in a day by this machine's clock, so the list is taken for older than it is.
    later = run(
        "draw", "colour", "--seed", "3 14", "--seed-at", (this_second() + timedelta(days=1)).isoformat()
    )
    assert isinstance(later.exception, contest_refusals.FutureSeedError)
    seed_at = datetime.now(UTC)
    drawn = contest_draws.draw(here.store, contests.find("colour"), "3 14", "", seed_at, datetime.now(UTC))
    file = tmp_path / "draw.json"
    assert "written" in run("export", "colour", "-o", str(file)).output
    checked = run("verify", str(file), "--entry", drawn.winners[0][:12], has_store=False)
    assert checked.exit_code == 0
    assert "takes part and won" in checked.output
    assert "Everything fits." in checked.output
    told = json.loads(run("show", "colour", "--json").output)
    assert (told["state"], told["counts"], told["winners"]) == (
        "drawn",
        {"A": 1, "B": 1},
        list(drawn.winners),
    )


def test_a_file_that_was_touched_fails(here: World, run: Run, tmp_path: Path) -> None:
    run("create", str(written(tmp_path)), "--key", "colour", "--announce", "--despite-findings")
    here.text(ANNA, "VOTE A")
    here.text(BEN, "VOTE B")
    run("close", "colour", "--early")
    file = tmp_path / "draw.json"
    run("export", "colour", "-o", str(file))
    noted = json.loads(file.read_text())
    assert run("verify", str(file), has_store=False).exit_code == 0
    assert run("verify", str(file), "--digest", "0" * 64, has_store=False).exit_code == 1
    file.write_text(json.dumps({**noted, "entries": noted["entries"][1:]}))
    wrong = run("verify", str(file), has_store=False)
    assert wrong.exit_code == 1
    assert "not those whose digest was published" in wrong.output


def test_what_is_misspelt_in_a_file_is_named(here: World, run: Run, tmp_path: Path) -> None:
    refused = run("create", str(written(tmp_path, winner=1)), "--key", "colour")
    assert "there is no such key" in str(refused.exception)


def test_a_file_names_the_answers_in_each_language(here: World, run: Run, tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_text(file.read_text() + '\n[texts.en.options]\nB = "Navy"\n')
    assert run("create", str(file), "--key", "colour").exit_code == 0
    assert [each.label for each in contests.find("colour").definition.options_in("en")] == ["Red", "Navy"]
    file.write_text(file.read_text().replace('B = "Navy"', 'D = "Grey"'))
    wrong = run("create", str(file), "--key", "other", "--announce", "--despite-findings")
    assert "D stands among the answers in en" in str(wrong.exception)
    file.write_text(written(tmp_path).read_text() + 'options = "Navy"\n')
    third = run("create", str(file), "--key", "third")
    assert "texts.en.options: it is no table" in str(third.exception)


def test_an_answer_that_people_leave_with_is_refused(here: World, run: Run, tmp_path: Path) -> None:
    file = written(tmp_path)
    file.write_text(file.read_text().replace('B = "Blue"', 'STOP = "Blue"'))
    refused = run("create", str(file), "--key", "colour")
    assert "people leave, join or ask for help with it" in str(refused.exception)
