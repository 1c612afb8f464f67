"""What looks healthy and is not: the status, the check of the store and the question to the gate say so, and change nothing."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from django.db import connections

from factories.full_disk import full_disk
from factories.tampering import Hands
from factories.witnesses import witness_at
from factories.worlds import ANNA, world
from yesword.cli import main
from yesword.proof import attesters, logs
from yesword.proof.attesting import Occasion, attest_due
from yesword.proof.sequencer import Sequencer
from yesword.proof.standing import LogStatus
from yesword.store import erasures, holds, ledgers, log_troubles, models, programs

LATER = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        Sequencer(store=sqlite_store, clock=lambda: made.at).round()
        yield made


@pytest.fixture
def run(here, capsys):
    """The exit code and what was said, on both outputs."""

    def run(*arguments):
        try:
            main([*map(str, arguments), "--data", str(here.store.folder)])
            code = 0
        except SystemExit as done:
            code = done.code
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def restored(here, tmp_path):
    """Put back from a backup of before a stop."""
    copy = tmp_path / "backup.sqlite3"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{copy}'")
    here.text(ANNA, "STOP")
    here.store.database.close()
    for name in ("yesword.sqlite3-wal", "yesword.sqlite3-shm"):
        (here.store.folder / name).unlink(missing_ok=True)
    shutil.copy(copy, here.store.folder / "yesword.sqlite3")
    return here


ASKED = [
    pytest.param(("ledger", "status"), 0, 1, id="the status of the ledgers"),
    pytest.param(("store", "check"), 0, 1, id="the check of the store"),
    pytest.param(("check", ANNA, "--program", "club", "--at", "2026-03-02T15:00Z"), 0, 3, id="the gate"),
]


@pytest.mark.parametrize(("arguments", "healthy", "ill"), ASKED)
def test_a_store_that_is_as_it_was_left_is_healthy(here, run, arguments, healthy, ill):
    code, said = run(*arguments)
    assert code == healthy, said
    assert "Nothing is sent" not in said


@pytest.mark.parametrize(("arguments", "healthy", "ill"), ASKED)
def test_a_store_that_was_put_back_is_called_so_before_anything_starts(
    restored, run, arguments, healthy, ill
):
    code, said = run(*arguments)
    assert code == ill, said
    assert "put back from a backup" in said
    assert "1 of the newest stops" in said
    assert "yesword store resume" in said
    with restored.store.database.read() as session:
        assert not holds.held_for(session)  # to say it is not to do it


@pytest.mark.parametrize(("arguments", "healthy", "ill"), ASKED)
def test_programs_are_told_too(restored, run, arguments, healthy, ill):
    _, said = run(*arguments, "--json")
    (held,) = json.loads(said)["held"]
    assert held["code"] == holds.RESTORED


def test_a_journal_that_is_damaged_is_named(here, run):
    here.text(ANNA, "STOP")
    (stops,) = (here.store.folder / "journal").glob("stops-*.jsonl")
    stops.write_bytes(b"[broken\n" + stops.read_bytes())
    code, said = run("ledger", "status")
    assert code == 1
    assert stops.name in said


def test_a_key_that_is_another_than_the_logs_is_told(here, run):
    key = next((here.store.folder / "keys").glob("ledger-*"))
    key.write_bytes(bytes(32))
    code, said = run("ledger", "status")
    assert code == 1
    assert f"NOT SIGNED: The key file {key.name} is not the one" in said


def test_a_key_that_is_missing_is_told(here, run):
    next((here.store.folder / "keys").glob("ledger-*")).unlink()
    code, said = run("ledger", "status")
    assert code == 1
    assert "NOT SIGNED:" in said


def witnessed(here, tmp_path):
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    keys = list(logs.verifier_keys(here.store, log).values())
    return witness_at(tmp_path / "witness", keys)


def ask_all(here):
    attest_due(here.store, LATER, occasion=Occasion.DEMAND)


def grow(here):
    here.members(1)
    Sequencer(store=here.store, clock=lambda: here.at).round()


def test_a_witness_that_does_not_know_the_new_key_is_named_with_what_it_needs(here, run, tmp_path):
    with witnessed(here, tmp_path) as (url, vkey):
        attesters.add_witness(here.store, "W", url, vkey, None)
        ask_all(here)
        assert "refused" not in run("ledger", "status")[1]
        code, said = run("keys", "rotate", "ledger")
        assert code == 0
        assert "refuse it until they have that key, too: W." in said
        grow(here)
        grow(here)
        ask_all(here)
    code, said = run("ledger", "status")
    assert code == 0, said  # the log goes on
    assert "refused with status 403" in said
    assert "`yesword ledger policy`" in said


def test_a_witness_that_does_not_watch_the_log_that_follows_is_named(here, run, tmp_path):
    with witnessed(here, tmp_path) as (url, vkey):
        attesters.add_witness(here.store, "W", url, vkey, None)
        ask_all(here)
        brand = programs.brand(here.club.brand)
        with here.store.database.write() as session:
            (log,) = ledgers.logs(session)
            session.run("trouble_log", id=log.id, trouble=log_troubles.REWRITTEN)
        code, said = run("ledger", "continue", "--yes")
        assert code == 0, said
        assert "refuse it until they have that key, too: W." in said
        Sequencer(store=here.store, clock=lambda: here.at).round()
        ask_all(here)
    code, said = run("ledger", "status")
    assert f"{brand.origin}/2" in said
    assert "refused with status 404" in said


@pytest.mark.parametrize("trouble", [log_troubles.WITNESS_AHEAD, log_troubles.WITNESS_DISAGREES])
def test_the_alarm_of_a_witness_comes_with_all_that_can_be_done(here, trouble):
    status = LogStatus(
        brand=here.club.brand,
        origin="o",
        is_newest=True,
        size=1,
        published=1,
        waiting=0,
        waiting_since=None,
        signed_at=None,
        vouchers=(),
        silent=(),
        trouble=trouble,
        key_trouble="",
    )
    assert not status.is_signed
    assert "--was-wrong" in status.advice
    assert "yesword ledger continue" in status.advice


def test_asking_now_prints_what_came_of_it_and_no_line_of_a_log(here, run, tmp_path):
    with witnessed(here, tmp_path) as (url, vkey):
        pass
    attesters.add_witness(here.store, "W", url, vkey, None)
    code, said = run("attest", "now")
    assert code == 1
    assert "gave no answer" in said
    assert "event=" not in said
    assert "not_attested" not in said


def test_every_file_of_the_keys_folder_is_named_and_what_it_is_for(here, run):
    keys = here.store.folder / "keys"
    for name in ("django-secret", "simulator-token", "spool.key", "stranger.txt"):
        (keys / name).write_bytes(bytes(32))
    code, said = run("keys", "list")
    assert code == 0, said
    told = dict(line.split(": ", 1) for line in said.splitlines())
    assert set(told) == {path.name for path in keys.iterdir()}
    assert told["hold-1.key"].startswith("opens proof that is kept")
    assert "simulated carrier" in told["simulator-token"]
    assert "not a key that anything here asks for" in told["stranger.txt"]


def test_a_key_that_should_be_there_is_listed_as_missing(here, run):
    next((here.store.folder / "keys").glob("ledger-*")).unlink()
    _, said = run("keys", "list")
    assert "NOT HERE; signs example.org/ledger/demo+" in said


def test_an_audit_without_the_pepper_takes_nobody_for_erased(here, run):
    (here.store.folder / "keys" / "pepper-1.key").unlink()
    _, said = run("ledger", "audit")
    assert "that cannot be read, for want of the keys" in said
    assert "erased" not in said


def test_what_was_known_of_a_log_that_was_given_up_is_named(here, run):
    hands = Hands(store=here.store)
    hands.drop_guards()
    with here.store.database.write() as session:
        (log,) = ledgers.logs(session)
        session.run("trouble_log", id=log.id, trouble=log_troubles.REWRITTEN)
    hands.sql("UPDATE ledger_log SET published_size = 1")
    run("ledger", "continue", "--yes")
    Sequencer(store=here.store, clock=lambda: here.at).round()
    _, said = run("ledger", "audit")
    assert "which is known since then:\n    ledger_" in said


def test_a_file_that_is_there_is_replaced_by_force_only(here, run, tmp_path):
    file = tmp_path / "receipt"
    file.write_text("mine")
    asked = ("receipt", ANNA, "--program", "club", "--output", file)
    code, said = run(*asked)
    assert (code, file.read_text()) == (2, "mine")
    assert "--force" in said
    assert run(*asked, "--force")[0] == 0
    assert file.read_text() != "mine"


def test_an_erasure_may_be_tried(here, run):
    models.User.objects.create_user("olga", "a long password", role=models.User.Role.OWNER)
    asked = ("privacy", "erase", ANNA, "--program", "club", "--user", "olga")
    code, said = run(*asked, "--dry-run")
    assert code == 0, said
    assert "Nothing was changed" in said
    assert run(*asked, "--dry-run", "--yes")[0] == 2
    with here.store.database.read() as session:
        assert not erasures.unfinished(session)
    assert here.text(ANNA, "HELP") == "help"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("receipt", "+1", "--program", "club"), id="a number that is none"),
        pytest.param(("receipt", ANNA, "--program", "clab"), id="a program that is not there"),
        pytest.param(("ledger", "policy", "--brand", "demi"), id="a brand that is not there"),
        pytest.param(("campaign", "status", "77"), id="a campaign that is not there"),
        pytest.param(("triage", "list", "--brand", "demi"), id="a brand in another group"),
        pytest.param(("triage", "done", "nonsense", "--user", "olga"), id="an id that is none"),
    ],
)
def test_what_names_nothing_is_not_understood(here, run, arguments):
    models.User.objects.create_user("olga", "a long password", role=models.User.Role.OWNER)
    code, said = run(*arguments)
    assert code == 2
    assert said.startswith("yesword: ")


def test_a_full_disk_is_a_sentence_and_nothing_is_lost(here, run):
    with full_disk() as disk:
        disk.fill()
        code, said = run(
            "proclaim",
            "emergency",
            "US-NY",
            "--from",
            "2026-03-02",
            "--to",
            "2026-03-05",
            "--name",
            "x" * 200_000,
        )
        assert code == 1
        assert (
            said
            == "yesword: The disk is full. What was recorded before is safe, and nothing of this was recorded. Make room, and do it again.\n"
        )
        disk.make_room()
    assert run("store", "check")[0] == 0
    assert run("proclaim", "list") == (0, "")
