"""`yesword demo` where the environment names a database: its people stay in a folder that no command mixes up with it."""

import pytest
from click.testing import CliRunner

from yesword.cli import group, serve
from yesword.demo import house
from yesword.store.opening import OtherDatabaseError


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "run", lambda store, *_, **__: store.close())
    monkeypatch.setattr(house, "furnish", lambda _: house.SignIn(name="demo", password="word"))
    monkeypatch.setenv("YESWORD_PUBLIC_URL", "http://localhost:8000")
    monkeypatch.setenv("YESWORD_GAP_AFTER", "60")

    def run(*arguments, url=None):
        monkeypatch.setenv("YESWORD_DATABASE_URL", url or "")
        return CliRunner().invoke(group, [*arguments, "--data", str(tmp_path / "demo-data")])

    yield run
    monkeypatch.delenv("YESWORD_DATABASE_URL", raising=False)


def test_a_database_of_the_environment_is_left_aside_and_no_command_compares_it_with_the_demo(run):
    made = run("demo", url="postgresql://nobody@localhost/ours")
    assert made.exit_code == 0, (made.output, made.exception)
    assert "not in the database of YESWORD_DATABASE_URL" in made.output
    for command in (("ledger", "audit"), ("status",), ("store", "check")):
        done = run(*command, url="postgresql://nobody@localhost/ours")
        assert isinstance(done.exception, OtherDatabaseError), (done.output, done.exception)
    assert run("store", "check").exit_code == 0


def test_without_one_nothing_is_said_of_it(run):
    assert "YESWORD_DATABASE_URL" not in run("demo").output
