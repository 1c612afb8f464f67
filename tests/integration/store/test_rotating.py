"""Changing the keys: everybody is found and read as before, and what nothing needs can be taken away."""

import pytest

from factories.worlds import ANNA, world
from yesword.domain.retention import Override
from yesword.ledger.checkpoint import read_note, verify_checkpoint
from yesword.privacy import erasing
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer
from yesword.store import contacts, ledgers, rotating, suppressions
from yesword.store.keyfiles import PEPPER, WRAPPING, KeyMissingError
from yesword.store.opening import open_store
from yesword.store.rotating import KeyInUseError, NoSuchKeyError, StoreInUseError

NOW = erasing.Wish(ground=erasing.REQUESTED, overrides=(Override(days=0, reason="tests"),))
BEN, CAROL = "+31612345679", "+31612345680"


@pytest.fixture
def prepared(store):
    """Anna is in, Ben was erased; everything else is closed. Gives what opens the store."""
    with world(store) as here:
        here.join()
        here.join(BEN)
        erasing.erase(store, here.contact(BEN).id, NOW, here.at)
        brand = here.club.brand
    return store, brand


def number_of(store, brand, number):
    with store.database.read() as session:
        found = contacts.find(store, session, brand, number)
        return None if found is None else contacts.read(store, session, found).number


@pytest.mark.parametrize("kind", [WRAPPING, PEPPER])
def test_everybody_is_found_and_read_under_the_new_key(prepared, kind):
    store, brand = prepared
    again = rotating.rotate(store, kind)
    assert number_of(again, brand, ANNA) == ANNA
    assert {(each.number, each.is_newest) for each in rotating.uses(again) if each.kind == kind} == {
        (1, False),
        (2, True),
    }
    again.close()
    open_store(again.folder, again.url).close()


def test_an_old_wrapping_key_can_be_taken_away(prepared):
    store, brand = prepared
    again = rotating.rotate(store, WRAPPING)
    rotating.retire(again, WRAPPING, 1)
    again.close()
    last = open_store(again.folder, again.url)
    assert number_of(last, brand, ANNA) == ANNA
    last.close()


def test_an_old_pepper_stays_while_somebody_who_was_erased_is_suppressed_by_it(prepared):
    store, brand = prepared
    again = rotating.rotate(store, PEPPER)
    with pytest.raises(KeyInUseError):
        rotating.retire(again, PEPPER, 1)
    with again.database.read() as session:
        assert suppressions.find(again, session, brand, [BEN, ANNA, CAROL]).keys() == {BEN}
    again.close()


def test_the_newest_key_and_one_that_is_not_there_are_not_taken_away(prepared):
    store, _ = prepared
    for number in (1, 7):
        with pytest.raises(NoSuchKeyError):
            rotating.retire(store, WRAPPING, number)


def test_nothing_is_rotated_while_another_process_has_the_store_open(prepared):
    store, _ = prepared
    other = open_store(store.folder, store.url)
    with pytest.raises(StoreInUseError):
        rotating.rotate(store, PEPPER)
    other.close()


@pytest.mark.parametrize("kind", [WRAPPING, PEPPER])
def test_a_rotation_that_was_stopped_goes_on_without_another_key(prepared, kind, monkeypatch):
    store, brand = prepared

    class StoppedError(Exception):
        pass

    def stop(*args):
        raise StoppedError

    name = "_rewrap" if kind == WRAPPING else "_rehash"
    with monkeypatch.context() as patch:
        patch.setattr(rotating, name, stop)
        with pytest.raises(StoppedError):
            rotating.rotate(store, kind)
    half = open_store(store.folder, store.url)
    assert number_of(half, brand, ANNA) == ANNA
    again = rotating.rotate(half, kind)
    assert number_of(again, brand, ANNA) == ANNA
    assert max(each.number for each in rotating.uses(again) if each.kind == kind) == 2
    again.close()


def test_the_head_after_a_change_of_the_logs_key_is_signed_by_both_and_the_next_by_the_new_one(store):
    with world(store) as here:
        here.join()
        sequencer = Sequencer(store=store, clock=lambda: here.at)
        sequencer.round()
        with store.database.read() as session:
            (log,) = ledgers.logs(session)
        old = logs.signer_of(store, log).verifier_key
        new = logs.change_key(store, log, here.at)
        sequencer.round()
        both = store.journal.head(log.id)
        assert verify_checkpoint(both, old).size == verify_checkpoint(both, new).size
        here.text(ANNA, "STOP")
        sequencer.round()
        assert len(read_note(store.journal.head(log.id)).signatures) == 1
        verify_checkpoint(store.journal.head(log.id), new)
        assert here.sql("SELECT count(*) FROM ledger_statement WHERE kind = 'key_rotated'") == [(1,)]


def test_of_a_missing_key_the_one_is_named_that_is_missing(prepared):
    store, _ = prepared
    again = rotating.rotate(store, WRAPPING)
    rotating.retire(again, WRAPPING, 1)
    again.close()
    (again.folder / "keys" / "wrapping-2.key").rename(again.folder / "elsewhere")
    with pytest.raises(KeyMissingError, match="wrapping-2"):
        open_store(again.folder, again.url)
