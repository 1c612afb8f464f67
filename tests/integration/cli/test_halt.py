"""`yesword halt`, `resume` and `status`."""

import errno
import getpass
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from factories.worlds import world
from yesword.accounts.rights import NoAccountsError
from yesword.cli import group
from yesword.cli.halt import halt, resume, status
from yesword.cli.setting_up import UnknownAccountError
from yesword.sending.halting import NotHeldError
from yesword.store import account_secrets, opening
from yesword.store.models import Account, AuditEntry, SendingAlarm, SendingHold, User


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        User.objects.create(name="olga", role=User.Role.MANAGER)
        yield made


@pytest.fixture
def call(here):
    def run(what, *arguments):
        return CliRunner().invoke(what, [*arguments, "--data", str(here.store.folder)])

    return run


def test_everything_stops_without_a_question_and_goes_on_with_a_reason(here, call):
    done = call(halt)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == "All sending is halted."
    assert done.output.splitlines()[-1].startswith("All is quiet.")
    assert "halted already" in call(halt).output
    assert call(status).exit_code == 1
    assert call(resume, "--user", "olga").exit_code == 2, "a reason is asked"
    done = call(resume, "--user", "olga", "--reason", "It was a drill.")
    assert done.exit_code == 0, done.output
    assert "Sending is free." in done.output
    assert [each.action for each in AuditEntry.objects.order_by("pk")] == ["sending.halted", "sending.let_go"]


def test_an_account_that_is_set_up_wrongly_is_named_with_what_is_wrong(here, call, tmp_path):
    assert "set up wrongly" not in call(status).output
    card = tmp_path / "gone.toml"
    Account.objects.create(key="nl", channel="generic", settings={"card": str(card)})
    tls = {"authorities": str(tmp_path / "gone.pem")}
    smpp = {"host": "smpp.example", "system_id": "shop", "tls": tls}
    Account.objects.create(key="dk", channel="smpp", settings=smpp)
    account_secrets.set_one(here.store, "dk", "password", "hush")
    Account.objects.create(key="se", channel="pigeons")
    plain = Path(__file__).parents[3] / "docs" / "examples" / "card-form.toml"
    code = {"card": str(plain), "country_code": "NL", "values": {"user": "me"}}
    Account.objects.create(key="be", channel="generic", settings=code)
    done = call(status)
    assert done.exit_code == 1
    told = {line.partition(":")[0]: line for line in done.output.splitlines() if "set up wrongly" in line}
    assert {"nl", "dk", "se", "be"} == told.keys()
    assert str(card) in told["nl"]
    assert tls["authorities"] in told["dk"]
    assert "pigeons" in told["se"]
    assert "country_code" in told["be"]
    assert json.loads(call(status, "--json").output)["set_up_wrongly"].keys() == told.keys()


def test_whoever_may_run_commands_on_the_machine_may_let_it_go_on(here, call):
    assert call(halt).exit_code == 0
    assert call(resume).exit_code == 2, "a reason is asked"
    done = call(resume, "--reason", "It was a drill.")
    assert done.exit_code == 0, done.output
    for row in AuditEntry.objects.order_by("pk"):
        assert (row.user, row.detail["on_machine"]) == (None, getpass.getuser())


def test_an_account_that_is_named_stands_in_the_trail_alone(here, call):
    call(halt, "--user", "olga")
    call(resume, "--user", "olga", "--reason", "It was a drill.")
    for row in AuditEntry.objects.order_by("pk"):
        assert row.user.name == "olga"
        assert "on_machine" not in row.detail


def test_where_nobody_has_an_account_it_is_said_how_the_first_is_made(here, call):
    User.objects.all().delete()
    done = call(halt, "--user", "olga")
    assert isinstance(done.exception, NoAccountsError)
    assert "yesword serve" in str(done.exception)
    assert not SendingHold.objects.exists()


def test_other_commands_note_the_user_of_the_machine_too(here, call):
    def run(*arguments):
        done = call(group, *arguments)
        assert done.exit_code == 0, done.output

    now = datetime.now(UTC)
    paused = SendingAlarm.objects.create(
        level="pause", watched="program", key="1", measure="opt_outs", threshold=100, minimum=1, texts=1,
        opt_outs=1, complaints=0, errors=0, counted_since=now, began_at=now,
    )  # fmt: skip
    run("pause", "resume", str(paused.pk), "--reason", "It was a drill.")
    run("pause", "thresholds", "--minimum", "7")
    run("alerts", "set", "--language", "nl")
    assert {each.action: each.detail["on_machine"] for each in AuditEntry.objects.all()} == dict.fromkeys(
        ("sending.resumed", "thresholds.changed", "alerts.set"), getpass.getuser()
    )


def test_a_disk_without_room_is_told_and_ends_with_1(here, call, monkeypatch):
    def full(**_):
        return Path("/dev/full").open("wb")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    said = call(status)
    assert said.exit_code == 1
    assert said.output.splitlines()[0].startswith("Nothing is sent: the disk under ")
    assert "Sending is free" not in said.output
    found = json.loads(call(status, "--json").output)
    assert {each["code"] for each in found["obstacles"]} == {"disk_full"}


def test_a_disk_so_full_that_nothing_opens_is_told_in_the_same_words(here, call, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(opening, "take_maker", full)
    said = call(status)
    assert said.exit_code == 1
    assert said.output.startswith("Nothing is sent: the disk under ")
    assert json.loads(call(status, "--json").output)["obstacles"][0]["code"] == "disk_full"


def test_with_a_key_that_is_missing_no_line_says_that_sending_is_free(here, call):
    for key in (here.store.folder / "keys").iterdir():
        key.unlink()
    said = call(status)
    assert said.exit_code == 1
    assert said.output.splitlines()[0].startswith("Nothing is sent: ")
    assert "Sending is free" not in said.output
    assert json.loads(call(status, "--json").output)["obstacles"]


def test_status_tells_what_is_held_and_who_listens(here, call):
    assert call(status).exit_code == 0
    assert call(halt, "--brand", "demo", "--reason", "Odd replies", "--user", "olga").exit_code == 0
    assert call(halt, "--account", "simulator").exit_code == 0
    said = call(status)
    assert "Halted: the brand demo, since" in said.output
    assert "by olga: Odd replies" in said.output
    assert "simulator: nobody has listened to it yet." in said.output
    found = json.loads(call(status, "--json").output)
    assert [(each["why"], each["account"], each["brand"]) for each in found["held"]] == [
        ("halted", "simulator", None),
        ("halted", None, "demo"),
    ]
    assert (found["queued"], found["being_handed_over"]) == (0, 0)
    assert SendingHold.objects.filter(ended_at=None).count() == 2


def test_what_is_not_there_is_named(here, call):
    assert isinstance(call(halt, "--account", "nobody").exception, UnknownAccountError)
    assert call(halt, "--account", "simulator", "--brand", "demo").exit_code == 2
    assert isinstance(call(resume, "--user", "olga", "--reason", "Why not").exception, NotHeldError)
