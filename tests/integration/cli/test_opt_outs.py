"""Opt-outs of a provider by command: exit codes, masks, and who may."""

import getpass
import json

import pytest
from click.testing import CliRunner

from factories.worlds import ANNA, world
from yesword.accounts.rights import OnlyLooksError
from yesword.cli import group
from yesword.domain.errors import YeswordError
from yesword.store.models import AuditEntry, User
from yesword.worker.opt_outs import NoOptOutListError

BEN = "+31687654321"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        made.members(2, numbers=[ANNA, BEN])
        User.objects.create(name="olga", role=User.Role.OWNER)
        User.objects.create(name="vera", role=User.Role.VIEWER)
        yield made


@pytest.fixture
def run(here):
    def run(*arguments, code=0):
        where = ["--data", str(here.store.folder)]
        found = CliRunner().invoke(group, [*arguments, *where])
        if isinstance(found.exception, YeswordError):
            raise found.exception
        assert found.exit_code == code, (found.output, found.exception)
        return found.output

    return run


def test_a_file_is_compared_then_recorded_and_the_rest_written_for_them(here, run, tmp_path):
    here.text(BEN, "STOP")
    file, theirs = tmp_path / "list.csv", tmp_path / "theirs.csv"
    file.write_text(f"number\n{ANNA}\n")
    key = here.account.key
    said = json.loads(run("account", "optouts", key, str(file), "--json", code=1))
    assert (said["missing_here"], said["missing_there"]) == (1, 1)
    told = run("account", "optouts", key, str(file), "--repair", "--theirs", str(theirs), "--user", "olga")
    assert "1  stops recorded" in told
    assert ANNA not in told
    assert BEN in theirs.read_text()
    assert theirs.stat().st_mode & 0o777 == 0o600
    assert here.state().grant_for(here.club.id) is None


def test_it_takes_somebody_who_may_and_a_provider_that_has_a_list(here, run, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(f"{ANNA}\n")
    run("account", "optouts", here.account.key, str(file), "--theirs", str(tmp_path / "out.csv"), code=2)
    with pytest.raises(OnlyLooksError):
        run("account", "optouts", here.account.key, str(file), "--repair", "--user", "vera")
    with pytest.raises(NoOptOutListError):
        run("account", "optouts", here.account.key)


def test_without_an_account_the_user_of_the_machine_is_noted(here, run, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(f"{ANNA}\n{BEN}\n")
    assert "2  stops recorded" in run("account", "optouts", here.account.key, str(file), "--repair")
    noted = AuditEntry.objects.get(action="opt_outs.recorded")
    assert (noted.user, noted.detail["on_machine"]) == (None, getpass.getuser())


def test_dead_numbers_are_listed_and_the_limit_is_set(here, run):
    assert "Of no number" in run("numbers", "dead", "--after", "2")
    with here.store.database.read():
        from yesword.store.models import Brand

        assert Brand.objects.get(pk=here.club.brand).gone_after == 2
