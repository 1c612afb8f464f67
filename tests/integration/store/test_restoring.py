"""A store that was put back from a backup: noticed, held, and told of the stops that it has forgotten."""

import shutil
from dataclasses import replace

import pytest
from django.db import connections

from factories.worlds import ANNA, world
from yesword.consent import journaling, restoring
from yesword.domain.events import Actor, Grade
from yesword.domain.messages import MessageState
from yesword.ledger.checkpoint import Checkpoint, sign_checkpoint
from yesword.proof import continuing, logs
from yesword.proof.logs import open_log
from yesword.proof.sequencer import Sequencer
from yesword.sending import campaigns
from yesword.store import holds, journal, programs
from yesword.store.keyfiles import KeyMissingError
from yesword.worker.dispatcher import hold_if_restored

BEN = "+31612345679"


@pytest.fixture
def backed_up(sqlite_store, tmp_path):
    """A world in which Anna has joined and a text to her is queued, and its store as it was then."""
    with world(sqlite_store) as here:
        here.join()
        here.campaign("[Brand]: hello.")
        campaigns.feed(here.store, here.at)  # while a store is held, nothing more is queued
        copy = tmp_path / "backup.sqlite3"
        with connections["default"].cursor() as cursor:
            cursor.execute(f"VACUUM INTO '{copy}'")
        yield here, copy


def put_back(here, copy):
    folder = here.store.folder
    here.store.database.close()
    for name in ("yesword.sqlite3-wal", "yesword.sqlite3-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(copy, folder / "yesword.sqlite3")


def is_held(store):
    with store.database.read() as session:
        return holds.held_for(session)


def test_a_store_that_is_as_old_as_its_journal_sends(backed_up):
    here, _ = backed_up
    here.text(ANNA, "STOP")
    assert not restoring.forgotten(here.store)
    hold_if_restored(here.store, here.at)
    assert not is_held(here.store)


def test_a_store_that_forgot_a_stop_sends_nothing_until_it_is_told(backed_up):
    here, copy = backed_up
    here.text(ANNA, "STOP")
    put_back(here, copy)
    assert restoring.forgotten(here.store).stops == 1
    hold_if_restored(here.store, here.at)
    assert is_held(here.store) == {holds.RESTORED}
    shown = here.shown()
    here.settle()
    assert here.shown() == shown
    assert here.sql("SELECT count(*) FROM message WHERE state = 0") != [(0,)]

    dry = restoring.replay(here.store, here.at, is_dry_run=True)
    assert (dry.ended, restoring.forgotten(here.store).stops) == (1, 1)
    done = restoring.replay(here.store, here.at)
    assert (done.ended, done.suppressed) == (1, 0)
    assert not restoring.forgotten(here.store)
    assert here.state().grant_for(here.club.id) is None
    assert done.paused == 1
    assert {row[0] for row in here.sql("SELECT DISTINCT state FROM message WHERE reason = 'restored'")} == {
        MessageState.UNCERTAIN.value
    }
    again = restoring.replay(here.store, here.at)
    assert (again.ended, again.suppressed, again.uncertain) == (0, 0, 0)


def test_a_store_whose_journal_is_lost_sends_nothing_until_somebody_has_said_that_it_is_the_newest(backed_up):
    here, _ = backed_up
    Sequencer(store=here.store, clock=lambda: here.at).round()
    shutil.rmtree(here.store.journal.folder)
    here.store.journal.folder.mkdir()
    assert restoring.forgotten(here.store).headless == ("example.org/ledger/demo",)
    hold_if_restored(here.store, here.at)
    assert is_held(here.store) == {holds.RESTORED}
    brand = here.club.brand
    continuing.accept(here.store, continuing.acceptable(here.store, brand, here.at))
    assert not restoring.forgotten(here.store)


def test_the_journal_of_another_store_is_as_good_as_none(backed_up):
    here, _ = backed_up
    Sequencer(store=here.store, clock=lambda: here.at).round()
    log = open_log(here.store, programs.brand(here.club.brand), here.at)
    foreign = Checkpoint(origin="example.com/other", size=log.size, root=log.frontier.root())
    signer = replace(logs.signer_of(here.store, log), name=foreign.origin)
    here.store.journal.raise_head(log.id, sign_checkpoint(foreign, signer))
    assert restoring.forgotten(here.store).headless == (log.origin,)


def test_a_number_that_the_old_store_does_not_know_is_suppressed_and_stays_so(backed_up):
    here, copy = backed_up
    here.join(BEN)
    here.text(BEN, "STOP")
    put_back(here, copy)
    # Its key and look-up are in the vault, which was not put back; the store has no such contact.
    assert restoring.replay(here.store, here.at).suppressed == 1
    ids = here.strangers([BEN])
    here.grant(ids, here.club, Actor.IMPORT, Grade.D)
    assert here.state(BEN).grant_for(here.club.id) is None
    assert here.kinds(BEN) == ["withdrawn", "granted"]
    here.join(BEN)
    assert here.state(BEN).grant_for(here.club.id) is not None


def test_a_log_that_was_signed_at_a_larger_size_holds_sending(backed_up):
    here, copy = backed_up
    Sequencer(store=here.store, clock=lambda: here.at).round()
    put_back(here, copy)
    assert restoring.forgotten(here.store).logs == (programs.brand(here.club.brand).origin,)


def test_a_damaged_journal_is_named_by_file_and_line(backed_up):
    here, _ = backed_up
    here.text(ANNA, "STOP")
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    file.write_bytes(b"nonsense\n" + file.read_bytes())
    with pytest.raises(journal.DamagedJournalError, match=r"Line 1 of stops-"):
        restoring.forgotten(here.store)


def test_a_last_line_that_a_crash_has_cut_is_passed_over(backed_up):
    here, _ = backed_up
    here.text(ANNA, "STOP")
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    file.write_bytes(file.read_bytes() + b'[1,42,1,"ab')
    assert len(list(here.store.journal.stops())) == 1


def test_the_journal_holds_no_number(backed_up):
    here, _ = backed_up
    here.text(ANNA, "STOP")
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    assert ANNA.encode()[1:] not in file.read_bytes()


def test_a_stop_that_a_crash_kept_out_of_the_journal_is_written_at_the_next_start(backed_up, monkeypatch):
    here, _ = backed_up
    with monkeypatch.context() as patch:
        patch.setattr(here.store.journal, "write", lambda stops: None)
        here.text(ANNA, "STOP")
    assert list(here.store.journal.stops()) == []
    assert journaling.catch_up(here.store, here.at) == 1
    assert journaling.catch_up(here.store, here.at) == 0
    assert [stop.kind for stop in here.store.journal.stops()] == ["withdrawn"]


def test_a_stop_that_two_wrote_at_the_same_moment_is_one(backed_up):
    here, copy = backed_up
    with pytest.MonkeyPatch.context() as patch:
        late = []
        patch.setattr(here.store.journal, "write", late.append)
        here.text(ANNA, "STOP")  # committed, and not yet in the journal
        patch.undo()
        assert journaling.catch_up(here.store, here.at) == 1  # of a dispatcher that starts just then
        here.store.journal.write(*late)
    assert len(list(here.store.journal.stops())) == 2
    assert not restoring.forgotten(here.store)
    put_back(here, copy)
    assert restoring.forgotten(here.store).stops == 1
    assert restoring.replay(here.store, here.at).ended == 1


def test_a_line_that_a_crash_has_cut_takes_no_later_stop_with_it(backed_up):
    here, _ = backed_up
    here.text(ANNA, "STOP")
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    file.write_bytes(file.read_bytes() + b'[1,42,1,"ab')
    here.join(BEN)
    here.text(BEN, "STOP")
    assert [stop.kind for stop in here.store.journal.stops()] == ["withdrawn", "withdrawn"]
    assert not restoring.forgotten(here.store)


def test_the_newest_stops_are_those_at_the_end_and_a_damaged_line_is_named_by_its_own_number(backed_up):
    here, _ = backed_up
    here.text(ANNA, "STOP")
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    line = file.read_bytes()
    file.write_bytes(line * 1000)
    assert len(here.store.journal.newest(5)) == 5
    file.write_bytes(line * 998 + b"nonsense\n" + line)
    with pytest.raises(journal.DamagedJournalError, match="Line 999 of"):
        here.store.journal.newest(5)


def test_a_store_that_is_put_back_under_a_running_dispatcher_is_held_within_seconds(backed_up):
    here, copy = backed_up
    here.text(ANNA, "STOP")
    put_back(here, copy)
    rounds = iter([False, True])
    here.dispatcher.run(lambda: next(rounds))
    assert is_held(here.store) == {holds.RESTORED}


def test_a_stop_under_a_pepper_that_is_not_here_is_not_replayed_and_holds(backed_up):
    here, copy = backed_up
    here.text(ANNA, "STOP")
    (file,) = here.store.journal.folder.glob("stops-*.jsonl")
    (stop,) = here.store.journal.stops()
    file.unlink()
    here.store.journal.write([replace(stop, pepper=2)])
    put_back(here, copy)
    hold_if_restored(here.store, here.at)
    with pytest.raises(KeyMissingError, match="pepper-2"):
        restoring.replay(here.store, here.at)
    assert is_held(here.store) == {holds.RESTORED}


def test_a_head_that_is_signed_while_somebody_looks_is_no_sign_of_an_older_store(backed_up, monkeypatch):
    here, _ = backed_up
    sequencer = Sequencer(store=here.store, clock=lambda: here.at)
    sequencer.round()
    read = restoring.ledgers.logs

    def logs(*about):
        found = read(*about)
        monkeypatch.undo()
        here.text(ANNA, "STOP")
        sequencer.round()
        return found

    monkeypatch.setattr(restoring.ledgers, "logs", logs)
    assert not restoring.forgotten(here.store)


def test_a_log_that_is_only_just_being_made_is_not_taken_for_a_lost_one(sqlite_store):
    """Its sequencer tells the journal first, and whoever starts to send beside it looks there in between."""
    with world(sqlite_store) as here:
        brand = programs.brand(here.club.brand)
        here.join()
        die_before_the_log_is_there(here, brand)
        assert list(here.store.journal.heads())
        assert not restoring.forgotten(here.store)
        hold_if_restored(here.store, here.at)
        assert not is_held(here.store)


def die_before_the_log_is_there(here, brand):
    class Dies:
        def __getattr__(self, name):
            return getattr(here.store.database, name)

        def write(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_log(replace(here.store, database=Dies()), brand, here.at)
