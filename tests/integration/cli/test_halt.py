"""`yesword halt`, `resume` and `status`."""

import json

import pytest
from click.testing import CliRunner

from factories.worlds import world
from yesword.cli.halt import halt, resume, status
from yesword.cli.setting_up import UnknownAccountError
from yesword.sending.halting import NotHeldError
from yesword.store.models import AuditEntry, SendingHold, User


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
