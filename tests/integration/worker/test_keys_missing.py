"""Without the right keys nothing is sent and nothing that comes in is lost."""

import secrets
import shutil

import pytest

from factories.worlds import ANNA, CLUB, world
from yesword.channels.ports import InboundText
from yesword.sending import spool, taking
from yesword.store import holds
from yesword.store.keychecks import WrongKeyError
from yesword.store.keyfiles import KeyMissingError
from yesword.store.opening import open_store


@pytest.fixture
def here(store):
    with world(store) as made:
        made.join()
        yield made


def without(here, name):
    """Take a key away; gives what puts it back."""
    path = here.store.folder / "keys" / name
    apart = path.with_suffix(".apart")
    shutil.move(path, apart)
    return lambda: shutil.move(apart, path)


def a_text(here, body, ref="late-1"):
    return InboundText(
        account=here.account.key,
        provider_id=ref,
        sender_number=ANNA,
        to_address=CLUB,
        text=body,
        received_at=here.at,
    )


@pytest.mark.parametrize("name", ["pepper-1.key", "wrapping-1.key"])
def test_a_store_does_not_open_without_a_key_that_it_knows(here, name):
    without(here, name)
    with pytest.raises(KeyMissingError, match=name):
        open_store(here.store.folder, here.store.url)


@pytest.mark.parametrize("name", ["pepper-1.key", "wrapping-1.key"])
def test_another_key_of_the_same_name_is_noticed(here, name):
    without(here, name)
    (here.store.folder / "keys" / name).write_bytes(secrets.token_bytes(32))
    with pytest.raises(WrongKeyError, match=name):
        open_store(here.store.folder, here.store.url)


def test_another_pepper_is_noticed_even_where_the_note_of_it_is_gone(here):
    """Else whoever has stopped would be somebody new."""
    without(here, "pepper-1.key")
    pepper = here.store.folder / "keys" / "pepper-1.key"
    pepper.write_bytes(secrets.token_bytes(32))
    here.sql("DELETE FROM key_check")
    with pytest.raises(WrongKeyError, match="pepper-1"):
        open_store(here.store.folder, here.store.url)
    assert here.sql("SELECT count(*) FROM key_check") == [(0,)], "nor is it noted as the store's own"


def test_the_note_of_the_right_pepper_is_written_anew(here):
    here.sql("DELETE FROM key_check")
    open_store(here.store.folder, here.store.url).close()
    assert here.sql("SELECT count(*) FROM key_check") == [(2,)]


def test_a_stop_that_comes_while_the_keys_are_away_is_kept_holds_sending_and_stands_when_they_are_back(here):
    put_back = without(here, "pepper-1.key")
    keyless = open_store(here.store.folder, here.store.url, needs_keys=False)
    assert isinstance(keyless.keys_trouble, KeyMissingError)
    assert taking.take(keyless, here.account.pk, [a_text(here, "STOP!")], lambda: here.at) == [True]
    kept = (here.store.folder / "spool").read_bytes()
    assert ANNA.encode() not in kept
    assert b"STOP!" not in kept, "base64 has no such sign"
    # A dispatcher that had read the keys before they went away sends nothing more.
    here.plan(here.contact().id)
    shown = here.shown()
    here.settle()
    assert here.shown() == shown
    keyless.close()

    put_back()
    again = open_store(here.store.folder, here.store.url)
    assert taking.act_on_spool(again, lambda: here.at) == 1
    assert here.state().grant_for(here.club.id) is None
    with again.database.read() as session:
        assert not holds.held_for(session)
    here.settle()
    assert here.shown()[len(shown) :] == ["Linde & Loom: no more messages."]
    assert list(spool.spooled(again)) == []
    again.close()


def test_a_stop_is_not_acknowledged_while_something_is_on_its_way(here, monkeypatch):
    monkeypatch.setattr(spool, "_PATIENCE_S", 0.05)
    here.plan(here.contact().id)
    (taken,) = here.claim_all()
    without(here, "pepper-1.key")
    keyless = open_store(here.store.folder, here.store.url, needs_keys=False)
    assert taking.take(keyless, here.account.pk, [a_text(here, "STOP")], lambda: here.at) == [False]
    here.hand_over(taken)
    assert taking.take(keyless, here.account.pk, [a_text(here, "STOP", ref="late-2")], lambda: here.at) == [
        True
    ]
    keyless.close()
