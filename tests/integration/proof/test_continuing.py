"""A log that may not be signed any more: given up in the open and continued, or accepted on a machine that never knew it."""

import shutil

import pytest
from django.db import connections

from factories.tampering import Hands
from factories.worlds import ANNA, world
from yesword.consent import restoring
from yesword.ledger.checkpoint import read_checkpoint
from yesword.proof import continuing, standing
from yesword.proof.auditing import audit
from yesword.proof.continuing import (
    HeadKnownError,
    HeadUnfitError,
    NoLogError,
    NothingToContinueError,
    accept,
    acceptable,
    continue_log,
    plan,
)
from yesword.proof.logs import LogTroubleError
from yesword.proof.sequencer import Sequencer, Step
from yesword.store import ledgers, log_troubles
from yesword.store.misfits import Fault

BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        yield made


def sequence(here):
    sequencer = Sequencer(store=here.store, clock=lambda: here.at)
    sequencer.recover()
    while sequencer.round():
        pass


def copied(here, folder, name):
    copy = folder / name
    with connections["default"].cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{copy}'")
    return copy


def put_back(here, copy):
    here.store.database.close()
    for name in ("yesword.sqlite3-wal", "yesword.sqlite3-shm"):
        (here.store.folder / name).unlink(missing_ok=True)
    shutil.copy(copy, here.store.folder / "yesword.sqlite3")


def all_logs(here):
    with here.store.database.read() as session:
        return ledgers.logs(session)


@pytest.fixture
def rolled_back(here, tmp_path):
    """Anna's stop was logged and signed, and then the store was put back to before it."""
    here.join()
    sequence(here)
    copy = copied(here, tmp_path, "backup.sqlite3")
    here.text(ANNA, "STOP")
    sequence(here)
    put_back(here, copy)
    restoring.replay(here.store, here.at)
    return copy


def brand_of(here):
    return here.club.brand


def test_a_log_that_was_rolled_back_is_continued_in_the_open(here, rolled_back):
    del rolled_back
    sequence(here)
    (log,) = all_logs(here)
    assert log.trouble == log_troubles.ROLLED_BACK
    (status,) = standing.statuses(here.store)
    assert status.trouble
    assert "ledger continue" in status.advice
    assert audit(here.store).first.fault in (Fault.LOG_IN_TROUBLE, Fault.HEAD_BEYOND)

    planned = plan(here.store, brand_of(here), None, here.at)
    signed = read_checkpoint(here.store.journal.head(log.id))
    assert [(each.origin, each.size, each.root) for each in planned.heads] == [
        (log.origin, signed.size, signed.root)
    ]
    assert all_logs(here) == [log]

    new = continue_log(here.store, brand_of(here), planned, here.at)
    assert new.origin == f"{log.origin}/2"
    sequence(here)
    old, new = all_logs(here)
    assert (old.size, old.trouble) == (log.size, log_troubles.ROLLED_BACK)
    report = audit(here.store)
    assert report.misfits.told == []
    assert report.logs[0].closed == log_troubles.ROLLED_BACK
    assert report.logs[0].known.told
    assert report.logs[1].size == new.size == report.events + report.statements
    (told,) = continuing.continued(here.store, brand_of(here))
    assert (told.origin, told.size, told.root) == (old.origin, old.size, old.frontier.root())
    assert told.reason == log_troubles.ROLLED_BACK
    assert [each.is_newest for each in standing.statuses(here.store)] == [False, True]


def test_what_was_given_up_must_stay_as_it_was_then(here, rolled_back):
    del rolled_back
    continue_log(here.store, brand_of(here), plan(here.store, brand_of(here), None, here.at), here.at)
    sequence(here)
    hands = Hands(store=here.store)
    hands.drop_guards()
    old, _ = all_logs(here)
    hands.sql("DELETE FROM ledger_entry WHERE log_id = %s AND idx = %s", old.id, old.size - 1)
    hands.sql("UPDATE ledger_tile SET hashes = %s WHERE log_id = %s", bytes(32 * old.size), old.id)
    found = [each for each in audit(here.store).misfits.told if each.fault is not Fault.GUARD_MISSING]
    assert found[0].fault is Fault.LOG_DIFFERS
    assert old.origin in found[0].sentence


def test_a_store_that_is_put_back_twice_never_begins_the_same_log_twice(here, rolled_back):
    continue_log(here.store, brand_of(here), plan(here.store, brand_of(here), None, here.at), here.at)
    sequence(here)
    put_back(here, rolled_back)
    restoring.replay(here.store, here.at)
    planned = plan(here.store, brand_of(here), None, here.at)
    assert planned.generation == 3
    assert len(planned.heads) == 2
    continue_log(here.store, brand_of(here), planned, here.at)
    sequence(here)
    assert [each.generation for each in all_logs(here)] == [1, 3]
    assert audit(here.store).misfits.told == []


def test_a_sequencer_at_work_enters_nothing_into_a_log_that_is_given_up(here):
    here.join()
    sequence(here)
    here.join(BEN)
    (old,) = all_logs(here)

    def give_up(step):
        if step is Step.SIGNED and len(all_logs(here)) == 1:
            planned = plan(here.store, brand_of(here), "moved to another house", here.at)
            continue_log(here.store, brand_of(here), planned, here.at)

    Sequencer(store=here.store, clock=lambda: here.at, watch=give_up).round()
    sequence(here)
    kept, new = all_logs(here)
    assert kept.size == old.size
    report = audit(here.store)
    assert report.misfits.told == []
    assert new.size == report.events + report.statements


def test_a_log_that_is_well_is_given_up_for_a_reason_only(here):
    with pytest.raises(NoLogError):
        plan(here.store, brand_of(here), None, here.at)
    here.join()
    sequence(here)
    with pytest.raises(NothingToContinueError):
        plan(here.store, brand_of(here), None, here.at)
    assert plan(here.store, brand_of(here), "another operator", here.at).reason == "another operator"


def test_a_head_is_accepted_where_the_journal_knows_none(here):
    with pytest.raises(NoLogError):
        acceptable(here.store, brand_of(here), here.at)
    here.join()
    sequence(here)
    (log,) = all_logs(here)
    with pytest.raises(HeadKnownError):
        acceptable(here.store, brand_of(here), here.at)

    file = here.store.folder / "journal" / f"log-{log.id}.checkpoint"
    file.unlink()
    here.join(BEN)
    sequence(here)
    assert all_logs(here)[0].trouble == log_troubles.NO_HEAD
    found = acceptable(here.store, brand_of(here), here.at)
    assert (found.size, found.root, found.is_mended) == (log.size, log.frontier.root(), False)
    accept(here.store, found)
    sequence(here)
    (grown,) = all_logs(here)
    assert grown.size > log.size
    assert grown.published_size == grown.size
    assert audit(here.store).misfits.told == []


def test_a_mark_is_lifted_when_the_journal_was_put_back(here):
    here.join()
    sequence(here)
    (log,) = all_logs(here)
    file = here.store.folder / "journal" / f"log-{log.id}.checkpoint"
    kept = file.read_text()
    file.unlink()
    sequence(here)
    assert all_logs(here)[0].trouble == log_troubles.NO_HEAD
    file.write_text(kept)
    found = acceptable(here.store, brand_of(here), here.at)
    assert found.is_mended
    accept(here.store, found)
    assert not all_logs(here)[0].trouble


def test_a_mark_is_not_lifted_while_its_cause_is_there(here, rolled_back):
    del rolled_back
    sequence(here)
    with pytest.raises(LogTroubleError):
        acceptable(here.store, brand_of(here), here.at)


def test_what_a_witness_has_seen_cannot_be_accepted_away(here):
    here.join()
    sequence(here)
    (log,) = all_logs(here)
    with here.store.database.write() as session:
        session.run("trouble_log", id=log.id, trouble=log_troubles.WITNESS_AHEAD)
    with pytest.raises(LogTroubleError):
        acceptable(here.store, brand_of(here), here.at)


def test_a_tree_that_is_not_that_of_its_checkpoint_is_not_accepted(here):
    here.join()
    sequence(here)
    (log,) = all_logs(here)
    (here.store.folder / "journal" / f"log-{log.id}.checkpoint").unlink()
    hands = Hands(store=here.store)
    hands.drop_guards()
    hands.flip("ledger_tile", "hashes", "level = 0")
    with pytest.raises(HeadUnfitError):
        acceptable(here.store, brand_of(here), here.at)
