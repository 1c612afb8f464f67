"""`yesword web` alone: whoever comes first finds the link by which the owner makes their account."""

import pytest
from click.testing import CliRunner
from granian import Granian

from factories.worlds import world
from yesword.accounts import owner
from yesword.cli import group
from yesword.cli.serve import _children
from yesword.store.models import User


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def said(here, monkeypatch):
    monkeypatch.setattr(Granian, "serve", lambda _: None)

    def said(*arguments):
        done = CliRunner().invoke(group, ["web", "--data", str(here.store.folder), *arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    return said


def test_as_long_as_there_is_no_owner_it_prints_the_link_that_makes_one(here, said):
    at, link = said("--port", "8123").splitlines()
    assert at == "Yesword runs at http://localhost:8123/"
    address, _, token = link.rpartition("/")
    assert address == "Create the owner account, once: http://localhost:8123/welcome"
    assert owner.is_owner_link(here.store.folder, token)


def test_with_an_owner_it_makes_no_link(here, said):
    User.objects.create(name="olga", role=User.Role.OWNER)
    assert said().splitlines() == ["Yesword runs at http://localhost:8000/"]


def test_below_serve_it_leaves_the_link_as_it_was_printed(here, said):
    token = owner.make_owner_link(here.store.folder)
    (command,) = (
        each.command for each in _children(has_carrier=False, host="127.0.0.1", port=1) if each.name == "web"
    )
    assert said(*command[command.index("web") + 1 :]) == ""
    assert owner.is_owner_link(here.store.folder, token)
