"""`yesword pack` and `yesword verify`: from a number and a date to a verified pack."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from factories.packed import changed, own_policy, packed, sequence, story, with_witness
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.ledger.policy import write_policy
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.store import models

WITHOUT_DJANGO = """
import sys
from click.testing import CliRunner
from yesword.cli import group
done = CliRunner().invoke(group, ["verify", sys.argv[1]])
print(done.output)
assert "django" not in sys.modules and "sqlite3" not in sys.modules
sys.exit(done.exit_code)
"""


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        story(made)
        yield made


@pytest.fixture
def run(sqlite_store):
    def run(*arguments):
        return CliRunner().invoke(group, ["pack", *map(str, arguments), "--data", str(sqlite_store.folder)])

    return run


@pytest.fixture
def policy(here, tmp_path):
    file = tmp_path / "policy.txt"
    file.write_text(write_policy(own_policy(here)))
    return file


def verify(*arguments):
    return CliRunner().invoke(group, ["verify", *map(str, arguments)])


def test_a_pack_is_made_by_one_command_and_verified_by_another(here, run, policy, tmp_path):
    file = tmp_path / "anna.zip"
    made = run(ANNA, "--program", "club", "--at", "2026-03-05", "--output", file)
    assert made.exit_code == 0, made.output
    assert "On 2026-03-05 at 23:59 UTC:\n  Consent had been withdrawn on 5 March 2026" in made.output
    assert file.stat().st_mode & 0o777 == 0o600
    checked = verify(file, "--policy", policy)
    assert checked.exit_code == 0, checked.output
    assert "confirmed, club, by reply, grade A" in checked.output
    assert "Proven: the log holds all that is shown here" in checked.output
    assert json.loads(verify(file, "--policy", policy, "--json").output)["verdict"] == "proven"


def test_that_it_was_made_and_by_whom_stands_in_the_audit_trail_without_the_number(here, run, tmp_path):
    olga = models.User.objects.create_user("olga", "x", role="owner")
    wanted = ("--purpose", "carrier_audit", "--without-number", "--user", "olga")
    assert run(ANNA, "--program", "club", *wanted, "--output", tmp_path / "a.zip").exit_code == 0
    (row,) = models.AuditEntry.objects.filter(action="pack.made")
    assert row.user == olga
    assert row.subject == f"contact {here.contact().id}"
    assert row.detail["purpose"] == "carrier_audit"
    assert row.detail["disclosed"] == ["event", "notice"]
    assert ANNA not in json.dumps(row.detail)


def test_an_event_that_waits_is_said_to_wait(here, run, monkeypatch, tmp_path):
    monkeypatch.setattr("yesword.cli.pack.WAIT_S", 0.0)
    here.text(ANNA, "STOP")
    made = run(ANNA, "--program", "club", "--output", tmp_path / "a.zip")
    assert made.exit_code == 0
    assert "Not yet in the log, and so not proven: evt_" in made.output


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-05T10:00", "05-03-2026"])
def test_a_moment_that_is_not_one_is_refused(here, run, moment):
    made = run(ANNA, "--program", "club", "--at", moment)
    assert made.exit_code == 1
    assert made.exception.code == "pack_bad_moment"


def test_a_tampered_pack_exits_1_and_names_the_file(here, policy, tmp_path):
    file = tmp_path / "a.zip"
    file.write_bytes(changed(packed(here).data, **{"head.jws": None}))
    failed = verify(file, "--policy", policy)
    assert failed.exit_code == 1
    assert "head.jws is missing from the pack" in failed.output


def test_a_file_that_is_no_pack_and_a_policy_that_is_none_exit_2(here, policy, tmp_path):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(packed(here).data[:500])
    assert verify(broken, "--policy", policy).exit_code == 2
    whole = tmp_path / "whole.zip"
    whole.write_bytes(packed(here).data)
    nonsense = tmp_path / "nonsense.txt"
    nonsense.write_text("log me in\n")
    assert verify(whole, "--policy", nonsense).exit_code == 2


def test_a_policy_that_asks_for_a_witness_is_not_met_by_a_log_that_nobody_saw(here, tmp_path):
    file, wanting = tmp_path / "a.zip", tmp_path / "wanting.txt"
    file.write_bytes(packed(here).data)
    wanting.write_text(write_policy(with_witness(own_policy(here))))
    checked = verify(file, "--policy", wanting)
    assert checked.exit_code == 1
    assert "Not proven: the policy that was given asks for more" in checked.output


def test_verifying_a_pack_needs_no_django_and_no_store(here, tmp_path):
    file = tmp_path / "anna.zip"
    file.write_bytes(packed(here).data)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Consistent, not proven" in done.stdout


def test_the_proof_of_somebody_erased_is_found_for_a_claim_and_for_nothing_else(here, run, policy, tmp_path):
    file = tmp_path / "claim.zip"
    kept = erase(here.store, here.contact().id, Wish(ground=REQUESTED), here.at)
    assert kept.retain_until is not None
    sequence(here)
    assert run(ANNA, "--program", "club", "--purpose", "dsar", "--output", file).exit_code == 1
    made = run(ANNA, "--program", "club", "--output", file)
    assert made.exit_code == 0, made.output
    assert "The person had been erased." in made.output
    checked = verify(file, "--policy", policy, "--json")
    assert json.loads(checked.output)["verdict"] == "proven", checked.output
    kinds = [each["event"]["type"] for each in json.loads(checked.output)["events"] if each["event"]]
    assert kinds[:2] == ["requested", "confirmed"]
    assert kinds[-1] == "erased"
