"""`yesword receipt` and `yesword auditor`: files that others check, and links that are shown once."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from django.test import Client

from factories.worlds import ANNA, world
from yesword.cli import auditor, receipt
from yesword.ledger.findings import Verdict
from yesword.ledger.receipt import read_receipt
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.store import ledgers
from yesword.store.models import AuditEntry
from yesword.web.public import addresses


@pytest.fixture
def here(sqlite_store, monkeypatch):
    monkeypatch.setattr(receipt, "_WAIT_S", 0.0)
    with world(sqlite_store) as opened:
        opened.join()
        yield opened


def sequence(here):
    while Sequencer(store=here.store, clock=lambda: here.at).round():
        pass


def run(here, *arguments, command=receipt.command):
    done = CliRunner().invoke(command, [*arguments, "--data", str(here.store.folder)])
    assert done.exit_code == 0, done.output
    return done


def key(here):
    with here.store.database.read() as session:
        log = ledgers.logs(session)[-1]
    return logs.verifier_keys(here.store, log)[log.key_number]


def test_a_promise_is_json_and_says_so_on_standard_error(here):
    done = run(here, ANNA, "--program", "club")
    assert done.stdout.startswith("{")
    assert read_receipt(done.stdout.encode()).proof is None
    assert "not yet in the published log" in done.stderr


def test_a_proven_one_is_a_tlog_proof_and_nothing_more_is_said(here):
    sequence(here)
    done = run(here, ANNA, "--program", "club")
    assert done.stdout.startswith("c2sp.org/tlog-proof@v1\n")
    assert read_receipt(done.stdout.encode()).check(key(here)).verdict is Verdict.PROVEN
    assert done.stderr == ""


def test_the_json_form_of_a_proven_one_can_be_had(here):
    sequence(here)
    done = run(here, ANNA, "--program", "club", "--json")
    assert done.stdout.startswith("{")
    assert read_receipt(done.stdout.encode()).check(key(here)).verdict is Verdict.PROVEN


def test_the_events_are_named_and_each_has_its_receipt(here):
    here.text(ANNA, "STOP")
    listed = [line.split() for line in run(here, ANNA, "--program", "club", "--list").stdout.splitlines()]
    assert [line[1] for line in listed] == ["requested", "confirmed", "withdrawn"]
    for name, *_ in listed:
        written = run(here, ANNA, "--program", "club", "--event", name, "--json").stdout
        assert read_receipt(written.encode()).event_id == name


def test_the_one_in_force_is_marked_and_is_what_comes_unasked(here):
    *_, line = run(here, ANNA, "--program", "club", "--list").stdout.splitlines()
    assert line.endswith(", in force")
    written = run(here, ANNA, "--program", "club", "--json").stdout
    assert read_receipt(written.encode()).event_id == line.split()[0]


def test_files_are_for_their_owner_only(here, tmp_path):
    sequence(here)
    written = tmp_path / "anna.tlog-proof", tmp_path / "anna.html"
    done = run(here, ANNA, "--program", "club", "--output", str(written[0]), "--page", str(written[1]))
    assert done.stdout == ""
    assert [each.stat().st_mode & 0o777 for each in written] == [0o600, 0o600]
    assert read_receipt(written[0].read_bytes()).check(key(here)).verdict is Verdict.PROVEN
    assert str(key(here)) in written[1].read_text()


def test_the_verifier_that_is_written_accepts_the_receipt_that_is_written(here, tmp_path):
    sequence(here)
    verifier, file = tmp_path / "verify_yesword.py", tmp_path / "anna.tlog-proof"
    run(here, "--verifier", str(verifier))
    run(here, ANNA, "--program", "club", "--output", str(file))
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), str(file), "--vkey", str(key(here))],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PROVEN" in done.stdout


@pytest.mark.parametrize("arguments", [(), (ANNA,)], ids=["without a number", "without a program"])
def test_what_is_missing_is_asked_for(here, arguments):
    done = CliRunner().invoke(receipt.command, [*arguments, "--data", str(here.store.folder)])
    assert done.exit_code == 2


def test_a_link_opens_the_persons_page_and_leaves_a_trace(here):
    url = run(here, ANNA, "--program", "club", "--link").stdout.strip()
    answer = Client(SERVER_NAME="localhost").get(url.removeprefix("http://localhost:8000"))
    assert answer.status_code == 200
    (trace,) = AuditEntry.objects.all()
    assert (trace.action, trace.detail["program"]) == ("receipt.link_made", "club")


def test_an_auditors_key_is_made_listed_and_ended(here):
    sequence(here)
    web = Client(SERVER_NAME="localhost")
    word = run(here, "add", command=auditor.command).stdout.strip()
    bundle = "/ledger/demo/1/tile/entries/000.p/1"
    assert web.get(bundle, {"key": word}).status_code == 200
    listed = run(here, "list", command=auditor.command).stdout
    assert word not in listed
    assert "used: 1" in listed
    name = listed.split()[0]
    assert "opens nothing any more" in run(here, "end", name, command=auditor.command).stdout
    assert web.get(bundle, {"key": word}).status_code == 401
    assert run(here, "list", command=auditor.command).stdout == "No key works.\n"
    assert len(AuditEntry.objects.filter(action__startswith="auditor.")) == 2


@pytest.mark.parametrize("name", ["", "none"], ids=["that fits two", "that fits none"])
def test_a_key_that_is_not_named_well_is_not_ended(here, name):
    for _ in range(2):
        run(here, "add", command=auditor.command)
    done = CliRunner().invoke(auditor.command, ["end", name, "--data", str(here.store.folder)])
    assert isinstance(done.exception, auditor.UnknownAuditorKeyError)


def test_a_link_leads_to_where_the_console_was_started_unless_the_settings_say_where_it_is(here, monkeypatch):
    monkeypatch.delenv("YESWORD_PUBLIC_URL", raising=False)
    addresses.note_console(here.store.run, "http://localhost:8003")
    assert run(here, ANNA, "--program", "club", "--link").stdout.startswith("http://localhost:8003/r/")
    monkeypatch.setenv("YESWORD_PUBLIC_URL", "https://texts.example.org")
    assert run(here, ANNA, "--program", "club", "--link").stdout.startswith("https://texts.example.org/r/")
