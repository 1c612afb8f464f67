"""A store that was put back alone still has people who were erased since: pages and commands say so, and what to do."""

import shutil
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from django.db import connections

from factories.consoles import fresh, signed_in, words
from factories.worlds import ANNA, world
from yesword.cli import main
from yesword.cli.store import command
from yesword.domain.ids import to_text
from yesword.domain.retention import Override
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.store import contacts
from yesword.store.sealing import ErasedSinceError, Seal, UnreadableError, new_key

BEN = "+31612345679"
NOW = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="tests"),))


@pytest.fixture
def here(sqlite_store):
    fresh()
    with world(sqlite_store) as made:
        made.now[0] = datetime.now(UTC)
        made.members(1, numbers=[ANNA], name="Anna Berg")
        yield made


@pytest.fixture
def console():
    client = signed_in()
    client.raise_request_exception = False
    return client


@pytest.fixture
def put_back(here, tmp_path, console):  # whoever is signed in is so in the backup, too
    """Put the store back as it is now, and leave the vault alone."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{tmp_path / 'store.sqlite3'}'")

    def act():
        here.store.database.close()
        for suffix in ("-wal", "-shm"):
            (here.store.folder / f"yesword.sqlite3{suffix}").unlink(missing_ok=True)
        shutil.copy(tmp_path / "store.sqlite3", here.store.folder / "yesword.sqlite3")
        here.store.vault._opened.cache_clear()

    return act


def resume(here):
    done = CliRunner().invoke(command, ["resume", "--yes", "--data", str(here.store.folder)])
    assert done.exit_code == 0, done.output
    here.store.vault._opened.cache_clear()


def test_pages_lists_and_commands_say_what_it_is_until_the_store_is_resumed(here, console, put_back, capsys):
    anna = here.contact().id
    erasing.erase(here.store, anna, NOW, here.at)
    put_back()
    for path in (f"/people/{to_text('con', anna)}", "/people"):
        answer = console.get(path)
        assert answer.status_code == 503
        assert "was erased after the backup that this store comes from" in words(answer)
        assert "yesword store resume --yes" in words(answer)
    with pytest.raises(ErasedSinceError, match="yesword store resume"), here.store.database.read() as session:
        contacts.read(here.store, session, anna)
    with pytest.raises(SystemExit) as ended:
        main(["privacy", "access", to_text("con", anna), "--data", str(here.store.folder)])
    assert ended.value.code
    resume(here)
    assert console.get("/people").status_code == 200
    assert console.get(f"/people/{to_text('con', anna)}").status_code == 200


def test_another_key_is_still_another_trouble():
    sealed = Seal(new_key()).close(b"x", b"number:1")
    with pytest.raises(UnreadableError) as raised:
        Seal(new_key()).open(sealed, b"number:1")
    assert not isinstance(raised.value, ErasedSinceError)
    with pytest.raises(ErasedSinceError):
        Seal(new_key(), is_second=True).open(sealed, b"number:1")


def test_the_list_of_erasures_leads_nowhere_for_somebody_whom_the_store_never_had(here, console, put_back):
    ben = here.members(1, numbers=[BEN])[0]
    erasing.erase(here.store, ben, NOW, here.at)
    path = f"/people/{to_text('con', ben)}"
    assert path in console.get("/privacy").content.decode()
    put_back()
    resume(here)
    page = console.get("/privacy")
    assert path not in page.content.decode()
    assert "Nothing of them is in this store" in words(page)
