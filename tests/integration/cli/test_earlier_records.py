"""What is asked about a number is asked about everybody who had it: also about who was erased, as long as their proof is kept."""

import json

import pytest
from click.testing import CliRunner

from factories.packed import changed, checked, failures, own_policy, sequence, story, unzipped
from factories.tampered import resigned
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
from yesword.ledger.findings import Verdict
from yesword.ledger.packs import read_manifest
from yesword.ledger.policy import write_policy
from yesword.ledger.silence import check, read_silence
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.proof.packs.dossier import collect


@pytest.fixture
def here(sqlite_store):
    """She joined, stopped, came back and got a campaign; then she was erased."""
    with world(sqlite_store) as made:
        story(made)
        made.campaign()
        made.settle()
        made.wait(days=1)
        assert erase(made.store, made.contact().id, Wish(ground=REQUESTED), made.at).retain_until is not None
        sequence(made)
        yield made


@pytest.fixture
def again(here):
    """And her number is on a list that was imported."""
    here.wait(days=2)
    here.strangers([ANNA])
    sequence(here)
    return here


@pytest.fixture
def run(here):
    def run(*arguments):
        return CliRunner().invoke(group, [*map(str, arguments), "--data", str(here.store.folder)])

    return run


def test_a_pack_of_a_number_that_came_back_holds_the_erased_record_as_a_pack_of_its_own(again, run, tmp_path):
    file, policy = tmp_path / "anna.zip", tmp_path / "policy.txt"
    policy.write_text(write_policy(own_policy(again)))
    made = run("pack", ANNA, "--program", "club", "--at", "2026-03-03", "--output", file)
    assert made.exit_code == 0, made.output
    assert (
        "An earlier record under this number was erased on 7 March 2026; its proof is kept until"
        in made.output
    )
    assert "Consent stood. It rests on event number 2 of 2 March 2026" in made.output
    assert "No consent had been given" not in made.output
    found = checked(file.read_bytes(), own_policy(again))
    assert found.verdict is Verdict.PROVEN, failures(found)
    (earlier,) = found.earlier
    kinds = [each.told["type"] for each in earlier.events]
    assert kinds[:2] == ["requested", "confirmed"]
    assert kinds[-1] == "erased"
    assert earlier.standing.is_in
    shown = run_verify(file, "--policy", policy)
    assert shown.exit_code == 0
    assert "An earlier record under this number was erased on 2026-03-07" in shown.output
    told = json.loads(run_verify(file, "--policy", policy, "--json").output)
    assert told["earlier"][0]["state"]["in"] is True
    assert told["state"]["in"] is False


def run_verify(*arguments):
    return CliRunner().invoke(group, ["verify", *map(str, arguments)])


def test_the_number_of_the_erased_stays_out_where_the_number_is_to_stay_out(again, run, tmp_path):
    file = tmp_path / "anna.zip"
    made = run("pack", ANNA, "--program", "club", "--without-number", "--output", file)
    assert made.exit_code == 0, made.output
    (name,) = [each for each in unzipped(file.read_bytes()) if each.startswith("earlier/")]
    inner = unzipped(unzipped(file.read_bytes())[name])
    assert read_manifest(inner["manifest.json"]).disclosed == ("event", "notice", "terms")
    assert checked(file.read_bytes(), own_policy(again)).verdict is Verdict.PROVEN


@pytest.mark.parametrize(
    ("purpose", "is_named"), [("carrier_audit", True), ("dsar", False), ("campaign", False)]
)
def test_for_other_purposes_it_stays_closed_and_whoever_makes_the_pack_is_told(
    again, run, tmp_path, purpose, is_named
):
    file = tmp_path / "anna.zip"
    made = run("pack", ANNA, "--program", "club", "--purpose", purpose, "--output", file)
    assert made.exit_code == 0, made.output
    assert "An earlier record under this number was erased on 2026-03-07" in made.output
    manifest = read_manifest(unzipped(file.read_bytes())["manifest.json"])
    assert manifest.earlier == ()
    assert any("erased on 2026-03-07" in why for why in manifest.left_out.values()) is is_named
    assert checked(file.read_bytes(), own_policy(again)).verdict is Verdict.PROVEN


def test_the_pack_of_somebody_erased_says_so_and_others_are_told_what_it_is_kept_for(here, run, tmp_path):
    made = run("pack", ANNA, "--program", "club", "--output", tmp_path / "a.zip")
    assert made.exit_code == 0, made.output
    assert "This record was erased on 7 March 2026; its proof is kept until" in made.output
    refused = run("pack", ANNA, "--program", "club", "--purpose", "dsar")
    assert refused.exception.code == "person_erased_and_kept"


def test_a_number_of_which_nothing_is_kept_is_told_to_have_been_erased(again, run, tmp_path):
    again.store.vault.rows.forget(read_kept(again), b"", 1)
    made = run("pack", ANNA, "--program", "club", "--output", tmp_path / "a.zip")
    assert "erased in 2026-03, and nothing of it is kept" in made.output


def read_kept(here):
    ((contact,),) = here.sql("SELECT id FROM contact WHERE erased_at IS NOT NULL")
    return contact


def test_an_earlier_record_that_is_taken_out_or_put_in_is_missed(again, run, tmp_path):
    file = tmp_path / "anna.zip"
    run("pack", ANNA, "--program", "club", "--output", file)
    data = file.read_bytes()
    signer = collect(again.store, again.contact(), again.club, again.at).signer
    (name,) = [each for each in unzipped(data) if each.startswith("earlier/")]
    inner = unzipped(data)[name]
    for tampered in (
        resigned(signer, data, **{name: None}),
        resigned(signer, data, **{"earlier/other.zip": inner}),
        resigned(signer, data, **{name: changed(inner, **{"head.jws": None})}),
        resigned(signer, data, **{name: b"no pack"}),
        resigned(signer, data, {"earlier": ()}),
    ):
        check = checked(tampered, own_policy(again))
        assert check.verdict is Verdict.FAILED
        assert "earlier" in {each.check.value for each in failures(check)}


# --- silence -------------------------------------------------------------------------------------------------


def test_silence_is_shown_for_the_erased_record_too(again, run, tmp_path):
    file = tmp_path / "anna.json"
    command = ("silence", ANNA, "--program", "club", "--since", "2026-03-01")
    refused = run(*command)
    assert refused.exception.code == "silence_several_records"
    assert exit_code(refused.exception) == NOT_UNDERSTOOD
    done = run(*command, "--output", file)
    assert done.exit_code == 0, done.output
    assert (
        "An earlier record under this number was erased on 2026-03-07; its proof is kept until" in done.stderr
    )
    assert check(read_silence(file.read_bytes())).is_silent
    earlier = check(read_silence((tmp_path / "anna.erased-2026-03-07.json").read_bytes()))
    assert len(earlier.texts) > 3
    assert not earlier.is_silent


def test_silence_is_shown_for_somebody_erased_who_did_not_come_back(here, run):
    done = run("silence", ANNA, "--program", "club", "--since", "2026-03-01")
    assert done.exit_code == 0, done.output
    assert "was erased on 2026-03-07; its proof is kept until" in done.stderr
    assert check(read_silence(done.stdout.encode())).texts


@pytest.mark.parametrize(
    ("span", "code"),
    [
        pytest.param(
            ("--since", "2026-03-01", "--until", "2099-01-01"), "moment_in_future", id="a day to come"
        ),
        pytest.param(("--since", "2098-01-01"), "moment_in_future", id="from a day to come"),
        pytest.param(
            ("--since", "2026-03-02T12:00Z", "--until", "2026-03-02T12:00Z"),
            "silence_span_backwards",
            id="no span",
        ),
        pytest.param(
            ("--since", "2026-03-03", "--until", "2026-03-01"),
            "silence_span_backwards",
            id="a span backwards",
        ),
        pytest.param(("--since", "0001-01-01"), "far_time", id="from the year 1"),
    ],
)
def test_a_span_that_nobody_can_know_of_is_refused(here, run, span, code):
    done = run("silence", ANNA, "--program", "club", *span)
    assert done.exception.code == code
    assert exit_code(done.exception) == NOT_UNDERSTOOD
