"""From nothing to a program that people can join, by commands alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yesword.cli import group
from yesword.domain.errors import YeswordError
from yesword.store import models

CLUB = Path(__file__).parents[3] / "src/yesword/demo/programs/club.toml"


@pytest.fixture
def run(tmp_path: Path):
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(group, [*arguments, "--data", str(tmp_path / "data")])

    return run


def set_up(run) -> None:
    origin = "shop.example/ledger"
    assert (
        run("brand", "add", "shop", "--name", "My Shop", "--country", "nl", "--origin", origin).exit_code == 0
    )
    assert run("account", "add", "sim").exit_code == 0


def test_a_brand_an_account_and_a_program_make_a_campaign_possible(run) -> None:
    set_up(run)
    applied = run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim")
    assert "version 1" in applied.output
    assert models.Sender.objects.get(address="800123").kind == "short_code"
    made = run("campaign", "create", "--program", "club", "--name", "First", "--text", "[Brand]: hello")
    verdict = json.loads(run("campaign", "verdict", made.output.strip(), "--json").output)
    assert (verdict["audience"], verdict["now"]) == (0, 0)


def test_a_file_that_says_nothing_new_makes_no_version(run) -> None:
    set_up(run)
    for _ in range(2):
        answer = run("program", "apply", str(CLUB), "--brand", "shop", "--account", "sim")
    assert "nothing new" in answer.output
    assert models.ProgramVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["--brand", "other", "--account", "sim"], "no brand other", id="a brand that is not there"
        ),
        pytest.param(
            ["--brand", "shop", "--account", "x"], "no account x", id="an account that is not there"
        ),
    ],
)
def test_what_is_not_there_is_named_with_what_is(run, arguments, said) -> None:
    set_up(run)
    answer = run("program", "apply", str(CLUB), *arguments)
    assert isinstance(answer.exception, YeswordError)
    assert said in str(answer.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["Shop!", "--country", "NL", "--origin", "a.example"], id="a key with other characters"),
        pytest.param(
            ["shop", "--country", "Holland", "--origin", "a.example"], id="a country that is no code"
        ),
        pytest.param(
            ["shop", "--country", "NL", "--origin", "a b+c"], id="an origin that no proof could carry"
        ),
    ],
)
def test_a_brand_that_could_not_work_is_refused(run, tmp_path, arguments) -> None:
    answer = run("brand", "add", *arguments, "--name", "Shop")
    assert isinstance(answer.exception, YeswordError)
    assert not (tmp_path / "data").exists()


def test_a_campaign_that_is_not_there_is_named(run) -> None:
    set_up(run)
    answer = run("campaign", "start", "7")
    assert isinstance(answer.exception, YeswordError)
    assert "campaign 7" in str(answer.exception)
