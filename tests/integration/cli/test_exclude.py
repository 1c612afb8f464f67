"""A17 at the command line: numbers out at once with a reason, and the list of who is excluded."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from factories.worlds import ANNA, world
from yesword.accounts import rights
from yesword.accounts.rights import Right
from yesword.cli.exclude import command, list_command
from yesword.cli.misuse import exit_code
from yesword.store.models import AuditEntry, User

BEN = "+31687654321"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        User.objects.create(name="olga", role=User.Role.MANAGER)
        made.members(1, numbers=[ANNA])
        yield made


@pytest.fixture
def call(here):
    def run(what, *arguments, **more):
        return CliRunner().invoke(what, [*arguments, "--data", str(here.store.folder)], **more)

    return run


WHY = ("--reason", "asked_by_phone", "--user", "olga")


def test_numbers_are_excluded_and_each_says_what_ended(here, call):
    done = call(command, ANNA, "0687654321", *WHY, "--json")
    assert done.exit_code == 0, done.output
    known, unknown = (json.loads(line) for line in done.stdout.splitlines())
    assert (known["outcome"], known["ended"]) == ("ended", ["club"])
    assert (unknown["outcome"], unknown["contact"]) == ("trace", None)
    assert ANNA not in done.output
    assert here.state().grant_for(here.club.id) is None
    assert "not excluded" not in call(list_command, "--find", BEN).stdout


def test_a_file_of_numbers_says_which_line_is_none(here, call):
    done = call(command, "--file", "-", *WHY, "--program", "club", input=f"{ANNA}\n\n12\n")
    assert done.exit_code == 1
    assert "2: " in done.stderr
    assert here.state().grant_for(here.club.id) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_file_is_read_as_any_program_saves_it(here, call, tmp_path, encoding):
    listed = tmp_path / "numbers.txt"
    listed.write_bytes(f"{ANNA}\r\nBjörn\r\n".encode(encoding))
    done = call(command, "--file", str(listed), *WHY)
    assert (done.exit_code, done.stderr.partition(":")[0]) == (1, "2")
    assert here.state().grant_for(here.club.id) is None


def test_a_file_that_is_no_text_ends_nothing(here, call):
    done = call(command, ANNA, "--file", "-", *WHY, input=b"PK\x03\x04 and so on")
    assert exit_code(done.exception) == 2
    assert str(done.exception).startswith("The input cannot be read as a list of numbers")
    assert here.state().grant_for(here.club.id) is not None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param((*WHY,), 2, id="no number"),
        pytest.param((ANNA, *WHY, "--all-brands", "--program", "club"), 2, id="two scopes"),
        pytest.param((ANNA, "--reason", "other", "--user", "olga"), 1, id="other, without words"),
        pytest.param((ANNA, "--reason", "wrong_number", "--user", "olga", "--program", "club"), 1, id="wrong for one"),
        pytest.param((ANNA, "--reason", "complaint", "--user", "nobody"), 1, id="nobody's account"),
    ],
)  # fmt: skip
def test_what_is_not_said_whole_changes_nothing(here, call, arguments, code):
    done = call(command, *arguments)
    assert (done.exit_code if done.exit_code == 2 else 1) == code
    assert here.state().grant_for(here.club.id) is not None


def test_the_list_masks_numbers_but_for_whoever_has_the_right(here, call):
    call(command, ANNA, *WHY)
    (row,) = csv.DictReader(io.StringIO(call(list_command, "--route", "hand").stdout))
    assert (row["scope"], row["reason"], row["state"]) == ("brand", "asked_by_phone", "stands")
    assert ANNA not in row["number"]
    assert call(list_command, "--route", "keyword", "--json").stdout == ""
    assert call(list_command, "--numbers").exit_code == 2
    assert call(list_command, "--numbers", "--user", "olga").exit_code == 1
    rights.give("olga", Right.NUMBERS)
    (row,) = csv.DictReader(io.StringIO(call(list_command, "--numbers", "--user", "olga").stdout))
    assert row["number"] == ANNA
    assert AuditEntry.objects.filter(action="exclusions.taken_out").count() == 1
