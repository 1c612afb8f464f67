"""A database that cannot be worked with at all: whichever command finds out, it is said in a sentence."""

import shutil

import pytest

from factories.worlds import world
from yesword.cli import main

COMMANDS = (["ledger", "audit"], ["ledger", "status"], ["store", "check"], ["status"])
NOWHERE = "postgresql://nope:geheim@127.0.0.1:1/x"


@pytest.fixture
def folder(sqlite_store, tmp_path):
    """Of a store with a person in it, and closed."""
    with world(sqlite_store) as here:
        here.join()
    sqlite_store.close()
    copy = tmp_path / "copy"
    shutil.copytree(sqlite_store.folder, copy)
    return copy


@pytest.fixture
def run(folder, capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data", str(folder)])
        return ended.value.code, capsys.readouterr().err

    return run


def junk(file):
    file.write_bytes(b"This was never a database, and is none now.\n" * 400)


def cut(file):
    file.write_bytes(file.read_bytes()[:5000])


def overwritten(file):
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(data)


def emptied(file):
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [junk, cut, overwritten], ids=["junk", "cut", "overwritten"])
@pytest.mark.parametrize("name", ["yesword.sqlite3", "keys.sqlite3"])
def test_a_damaged_file_is_named(run, folder, name, damage):
    for beside in folder.glob(f"{name}-*"):
        beside.unlink()
    damage(folder / name)
    code, said = run("ledger", "audit")
    assert code == 1
    assert said.startswith(f"yesword: The database file {folder / name} is damaged: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_so(run, folder, command):
    junk(folder / "yesword.sqlite3")
    code, said = run(*command)
    assert code == 1
    assert f"The database file {folder / 'yesword.sqlite3'} is damaged" in said


def test_an_empty_file_is_not_taken_for_a_new_store(run, folder):
    emptied(folder / "yesword.sqlite3")
    code, said = run("ledger", "audit")
    assert code == 1
    assert "is damaged: it is empty." in said
    assert (folder / "yesword.sqlite3").stat().st_size == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_server_that_is_not_reached_is_named_without_the_password(run, folder, command):
    (folder / "store").write_text("yesword store, made 2026-03-02, in PostgreSQL\n")
    code, said = run(*command, "--database-url", NOWHERE)
    assert code == 1
    assert said.startswith("yesword: PostgreSQL at 127.0.0.1, port 1, ")
    assert "refused" in said
    assert "geheim" not in said
    assert said.count("\n") == 1
