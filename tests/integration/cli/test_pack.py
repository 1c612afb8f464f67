"""`yesword pack` and `yesword verify`: from a number and a date to a verified pack."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from factories.own_page import change_hands
from factories.packed import changed, own_policy, packed, sequence, story, with_witness
from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
from yesword.ledger.policy import write_policy
from yesword.ledger.receipt import write_receipt
from yesword.ledger.silence import write_silence
from yesword.privacy.erasing import REQUESTED, Wish, erase
from yesword.proof import logs
from yesword.proof.receipts import receipt_for
from yesword.proof.silence import sent_to
from yesword.store import ledgers, models

WITHOUT_DJANGO = """
import sys
from click.testing import CliRunner
from yesword.cli import group
from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
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
    assert "Number ends in 78, asked about 2026-03-05 23:59:59 UTC" in checked.output
    assert (
        "Then: out (withdrawn), program club, since 2026-03-05 12:01:00 UTC, by event number 3"
        in checked.output
    )
    assert "Proven: the log holds all that is shown here" in checked.output
    told = json.loads(verify(file, "--policy", policy, "--json").output)
    assert (told["verdict"], told["number"], told["asked"]) == (
        "proven", "ends in 78", "2026-03-05T23:59:59.999Z",
    )  # fmt: skip
    assert told["state"] == {
        "in": False, "code": "withdrawn", "program": "club", "since": "2026-03-05T12:01:00.000Z", "event": 3,
    }  # fmt: skip


def test_a_pack_without_the_number_is_verified_without_it(here, run, policy, tmp_path):
    file = tmp_path / "anna.zip"
    made = run(ANNA, "--program", "club", "--at", "2026-03-03", "--without-number", "--output", file)
    assert made.exit_code == 0, made.output
    checked = verify(file, "--policy", policy)
    assert checked.exit_code == 0, checked.output
    assert "Number not shown, asked about 2026-03-03 23:59:59 UTC" in checked.output
    assert "Then: in, program club, since 2026-03-02 12:00:40 UTC, by event number 2" in checked.output


def test_a_vkey_serves_as_well_as_a_policy(here, tmp_path):
    file = tmp_path / "a.zip"
    file.write_bytes(packed(here).data)
    printed = CliRunner().invoke(group, ["ledger", "policy", "--vkey", "--data", str(here.store.folder)])
    (log,) = own_policy(here).logs
    assert printed.output == f"{log.key}\n"
    assert verify(file, "--vkey", printed.output.strip()).exit_code == 0


@pytest.mark.parametrize("kind", ["a receipt", "a file of silence"])
def test_a_policy_proves_receipts_and_files_of_silence_as_a_key_does(here, policy, tmp_path, kind):
    if kind == "a receipt":
        data = write_receipt(receipt_for(here.store, here.contact(), here.club))
    else:
        until = here.at
        here.wait(minutes=1)
        here.join("+31611110009")  # a later hand-over shows that none was cut off
        sequence(here)
        data = write_silence(sent_to(here.store, here.contact(), until - timedelta(days=9), until))
    file, wanting = tmp_path / "file.json", tmp_path / "wanting.txt"
    file.write_bytes(data)
    wanting.write_text(write_policy(with_witness(own_policy(here))))
    proven = verify(file, "--policy", policy)
    assert proven.exit_code == 0, proven.output
    assert "Proven:" in proven.output
    unmet = verify(file, "--policy", wanting)
    assert unmet.exit_code == 1
    assert "asks for witnesses besides" in unmet.output
    assert json.loads(verify(file, "--policy", wanting, "--json").output)["verdict"] == "consistent"


def test_a_receipt_by_a_newer_key_says_which_key_signed(here, policy, tmp_path):
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    new = logs.change_key(here.store, log, here.at)
    sequence(here)
    both = tmp_path / "both.json"
    both.write_bytes(write_receipt(receipt_for(here.store, here.contact(), here.club)))
    checked = verify(both, "--policy", policy)
    assert checked.exit_code == 0, checked.output
    assert f"and {new.key_id.hex()}, which you did not. A log's key signs" in checked.output
    assert "anybody could have added such a line" in checked.output
    here.wait(hours=2)
    here.text(ANNA, "STOP")
    sequence(here)
    later = tmp_path / "later.json"
    later.write_bytes(write_receipt(receipt_for(here.store, here.contact(), here.club)))
    checked = verify(later, "--policy", policy)
    assert checked.exit_code == 1
    assert f"names the key {new.key_id.hex()} of this log as its signer, and you brought" in checked.output
    assert "do not rely" not in checked.output


def test_after_a_change_of_keys_what_is_printed_checks_receipts_of_before_and_after(here, tmp_path):
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(write_receipt(receipt_for(here.store, here.contact(), here.club)))
    former = logs.verifier_keys(here.store, log)[log.key_number]
    latter = logs.change_key(here.store, log, here.at)
    sequence(here)
    here.wait(hours=2)
    here.text(ANNA, "STOP")
    sequence(here)
    new.write_bytes(write_receipt(receipt_for(here.store, here.contact(), here.club)))
    printed = CliRunner().invoke(group, ["ledger", "policy", "--vkey", "--data", str(here.store.folder)])
    assert printed.output == f"{latter}\n{former}\n"
    keys = tmp_path / "log.vkey"
    keys.write_text(printed.output)
    for file, signer in ((old, former), (new, latter)):
        checked = verify(file, "--vkey", keys)
        assert checked.exit_code == 0, checked.output
        assert f"signed by the log's key, {signer}." in checked.output
    assert verify(old, "--vkey", latter).exit_code == 1
    with_page = CliRunner().invoke(
        group,
        [
            "receipt",
            ANNA,
            "--program",
            "club",
            "--page",
            str(tmp_path / "a.html"),
            "--data",
            str(here.store.folder),
        ],
    )
    assert with_page.exit_code == 0, with_page.output
    assert f'"vkey":"{latter}\\n{former}"' in (tmp_path / "a.html").read_text()


def test_a_place_that_cannot_be_written_is_refused_before_a_trace_is_left(here, run, tmp_path):
    there = tmp_path / "there.zip"
    there.touch()
    for place in (there, tmp_path / "nowhere" / "x.zip"):
        made = run(ANNA, "--program", "club", "--output", place)
        assert exit_code(made.exception) == NOT_UNDERSTOOD, made.output
    assert not models.AuditEntry.objects.filter(action="pack.made").exists()


def test_junk_before_a_pack_is_found_and_named(here, policy, tmp_path):
    file = tmp_path / "a.zip"
    file.write_bytes(b"junk" + packed(here).data)
    checked = verify(file, "--policy", policy)
    assert checked.exit_code == 1
    assert "stand before the zip file" in checked.output


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


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param(("--at", "yesterday"), "not_a_time", id="a word for a moment"),
        pytest.param(("--at", "2026-03-05T10:00"), "time_without_zone", id="a time without its zone"),
        pytest.param(("--at", "05-03-2026"), "not_a_time", id="a day written otherwise"),
        pytest.param(("--at", "0001-01-01"), "far_time", id="the year 1"),
        pytest.param(("--at", "2099-01-01"), "moment_in_future", id="a day to come"),
        pytest.param(("--stored-in", "XX"), "pack_bad_country", id="no country"),
        pytest.param(("--stored-in", "Holland"), "pack_bad_country", id="a name for a country"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(here, run, wrong, code):
    made = run(ANNA, "--program", "club", *wrong)
    assert made.exception.code == code
    assert exit_code(made.exception) == NOT_UNDERSTOOD


def test_today_is_taken_up_to_now(here, run, tmp_path):
    today = datetime.now(UTC).date().isoformat()
    assert run(ANNA, "--program", "club", "--at", today, "--output", tmp_path / "a.zip").exit_code == 0


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


def test_a_pack_of_a_number_that_changed_hands_is_not_made_for_whoever_has_it_now(here, run, tmp_path):
    change_hands(here)
    sequence(here)
    file = tmp_path / "theirs.zip"
    refused = run(ANNA, "--program", "club", "--purpose", "dsar", "--output", file)
    assert refused.exit_code == 1
    assert "The number changed hands" in str(refused.exception)
    assert "`yesword privacy access`" in str(refused.exception)
    assert not file.exists()
    assert run(ANNA, "--program", "club", "--output", file).exit_code == 0


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
