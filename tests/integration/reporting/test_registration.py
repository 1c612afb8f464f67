"""The demo's programs registered with carriers, from the store to the files, by the command."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yesword.cli.registration import command
from yesword.demo.brand import PROGRAMS, make_brand
from yesword.reporting.registration.sent import templates
from yesword.store import models
from yesword.store.opening import Store, open_store

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "registration.toml"
KINDS = ("10dlc", "toll-free")
FILES = {"fields.json", "opt-in-flow.md", "messages.json", "findings.txt"}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = open_store(tmp_path / "data", may_create=True)
    make_brand(store)
    store.close()
    return tmp_path / "data"


def run(data: Path, program: str, kind: str, *more: str) -> Result:
    output = str(data.parent / "out")
    given = ("--program", program, "--kind", kind, "--data", str(data), "--output", output, *more)
    return CliRunner().invoke(command, given)


def fields(data: Path) -> dict:
    return json.loads((data.parent / "out/campaign/fields.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_club_with_its_details_would_pass(data: Path, kind: str):
    result = run(data, "club", kind, "--details", str(EXAMPLE))
    assert result.exit_code == 0, result.output
    assert {each.name for each in (data.parent / "out/campaign").iterdir()} == FILES
    assert "rejected" not in result.output
    assert "confirm   sender:" in result.output


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_program_says_by_itself_is_whole_and_only_the_operators_answers_are_wanting(
    data: Path, program: str, kind: str
):
    result = run(data, program, kind)
    assert result.exit_code == 1
    told = (data.parent / "out/campaign/findings.txt").read_text("utf-8")
    wrong = {line.split()[1].rstrip(":") for line in told.splitlines() if line.startswith("rejected")}
    assert wrong <= {*fields(data)["wanted"], "registration_number"}
    assert told in result.output


def test_a_finding_names_its_codes_and_how_to_mend_it(data: Path):
    result = run(data, "club", "10dlc")
    assert "rejected  website: The business has no website." in result.output
    assert "Bandwidth 1100" in result.output
    assert "Mend: Give website in the details" in result.output


def test_offers_registered_with_samples_of_reminders_exit_with_one(data: Path, tmp_path: Path):
    mine = tmp_path / "mine.toml"
    text = EXAMPLE.read_text("utf-8").replace("20% off your next pair", "we fit your new pair")
    mine.write_text(text.replace("members get free delivery", "your fitter calls you"), "utf-8")
    result = run(data, "club", "10dlc", "--details", str(mine))
    assert result.exit_code == 1
    assert "DCA2 602" in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('websit = "x"', "websit: nothing is called so", id="a key misspelt"),
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param(b"\xff", "it is not UTF-8", id="no text"),
    ],
)
def test_details_that_cannot_be_read_exit_with_two_and_write_nothing(
    data: Path, tmp_path: Path, text: str | bytes | None, said: str
):
    mine = tmp_path / "mine.toml"
    if text is not None:
        mine.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = run(data, "club", "10dlc", "--details", str(mine))
    assert result.exit_code == 2
    assert said in result.output
    assert not (data.parent / "out").exists()


def test_campaigns_that_were_started_are_the_samples(store: Store):
    demo = make_brand(store)
    club = demo.program("club")
    for place, text in enumerate(("[Brand]: old", "[Brand]: new", "[Brand]: new", "[Brand]: a draft")):
        models.Campaign.objects.create(
            brand_id=demo.brand,
            program_id=club.id,
            name=f"{place}",
            template=text,
            started_at=None if "draft" in text else NOW + timedelta(days=place),
        )
    assert templates(club.id) == ("[Brand]: new", "[Brand]: old")
    assert templates(demo.program("events").id) == ()
