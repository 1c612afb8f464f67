"""The sequencer: every event gets one place, and a crash between any two steps forks nothing and loses nothing."""

import subprocess
import sys
from datetime import timedelta

import pytest

from factories.worlds import ANNA, world
from yesword.ledger.checkpoint import (
    Checkpoint,
    read_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from yesword.ledger.merkle import verify_consistency
from yesword.ledger.tile_proofs import consistency_path_from, root_from
from yesword.proof import logs
from yesword.proof.sequencer import Sequencer, Step
from yesword.store import holds, ledgers, log_troubles

BEN = "+31612345679"

CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from yesword.store.opening import open_store
folder, url, step = sys.argv[1:]
store = open_store(Path(folder), url or None)
from yesword.proof.sequencer import Sequencer, Step
def watch(seen):
    if seen is Step[step]:
        os.kill(os.getpid(), signal.SIGKILL)
Sequencer(store=store, clock=lambda: datetime.now(UTC), watch=watch).round()
sys.exit("the step was never reached")
"""


@pytest.fixture
def here(store):
    with world(store) as made:
        made.join()
        yield made


def sequencer(here):
    return Sequencer(store=here.store, clock=lambda: here.at)


def the_log(here):
    with here.store.database.read() as session:
        (log,) = ledgers.logs(session)
    return log


def published(here):
    """What the world has seen: the head in the journal, with its signature checked."""
    log = the_log(here)
    note = here.store.journal.head(log.id)
    return verify_checkpoint(note, logs.verifier_keys(here.store, log)[log.key_number])


def is_continued(here, old, new):
    with here.store.database.read() as session:
        read = ledgers.tile_reader(session, the_log(here).id)
        verify_consistency(
            old_size=old.size,
            new_size=new.size,
            path=consistency_path_from(read, old.size, new.size),
            old_root=old.root,
            new_root=new.root,
        )


def everybody_has_one_place(here):
    places = here.sql("SELECT idx, event_id FROM ledger_entry ORDER BY idx")
    assert [index for index, _ in places] == list(range(the_log(here).size))
    events = {
        row[0] for row in here.sql("SELECT id FROM consent_event UNION SELECT id FROM ledger_statement")
    }
    assert {event for _, event in places} == events
    assert len(places) == len(events)
    assert here.sql("SELECT count(*) FROM ledger_outbox") == [(0,)]


def test_events_get_their_places_in_the_order_in_which_they_were_recorded(here):
    assert sequencer(here).round() > 0
    everybody_has_one_place(here)
    rows = here.sql(
        "SELECT e.seq FROM ledger_entry l JOIN consent_event e ON e.id = l.event_id WHERE e.contact_id = %s ORDER BY idx",
        here.contact().id,
    )
    assert [seq for (seq,) in rows] == [1, 2]


@pytest.mark.parametrize("step", list(Step), ids=lambda step: step.name.lower())
def test_a_kill_after_any_step_forks_nothing_and_loses_nothing(here, step):
    sequencer(here).round()
    before = published(here)
    here.text(BEN, "SAVEMORE")
    here.store.database.close()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(here.store.folder), here.store.url or "", step.name],
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == -9, done.stderr.decode()

    at_crash = published(here)
    is_continued(here, before, at_crash)
    again = sequencer(here)
    again.recover()
    again.round()
    everybody_has_one_place(here)
    log = the_log(here)
    assert log.published_size == log.size == published(here).size
    assert not log.trouble
    is_continued(here, before, published(here))
    is_continued(here, at_crash, published(here))


def test_what_was_committed_and_not_published_is_published_by_the_next_run(here):
    class CrashError(Exception):
        pass

    def watch(step):
        if step is Step.COMMITTED:
            raise CrashError

    with pytest.raises(CrashError):
        Sequencer(store=here.store, clock=lambda: here.at, watch=watch).round()
    assert (the_log(here).published_size, published(here).size) == (0, 0)
    sequencer(here).recover()
    assert the_log(here).published_size == the_log(here).size > 0


def held(here):
    with here.store.database.read() as session:
        return holds.held_for(session)


def test_a_log_whose_head_the_journal_has_lost_is_not_signed(here):
    sequencer(here).round()
    (here.store.journal.folder / f"log-{the_log(here).id}.checkpoint").unlink()
    here.text(BEN, "SAVEMORE")
    size = the_log(here).size
    assert sequencer(here).round() == 0
    assert (the_log(here).trouble, the_log(here).size) == (log_troubles.NO_HEAD, size)
    assert here.sql("SELECT count(*) FROM ledger_outbox") != [(0,)], "intake goes on"
    assert held(here) == {holds.RESTORED}, "nobody can say which stops are missing"


def test_a_store_that_is_put_back_under_a_running_sequencer_is_not_signed(here):
    running = sequencer(here)
    running.round()
    log = the_log(here)
    seen = published(here)
    other = sign_checkpoint(
        Checkpoint(origin=log.origin, size=seen.size + 5, root=seen.root), logs.signer_of(here.store, log)
    )
    here.store.journal.raise_head(log.id, other)
    here.text(BEN, "SAVEMORE")
    assert running.round() == 0
    assert the_log(here).trouble == log_troubles.ROLLED_BACK
    assert held(here) == {holds.RESTORED}
    assert here.store.journal.head(log.id) == other


def test_two_sequencers_at_once_make_one_tree(here):
    first, second = sequencer(here), sequencer(here)
    taken = []

    def watch(step):
        if step is Step.SIGNED and not taken:
            taken.append(second.round())

    first.watch = watch
    assert first.round() == 0
    assert taken[0] > 0
    everybody_has_one_place(here)
    with here.store.database.read() as session:
        assert (
            root_from(ledgers.tile_reader(session, the_log(here).id), the_log(here).size)
            == published(here).root
        )


def test_each_brand_has_a_log_of_its_own(here):
    sequencer(here).round()
    assert the_log(here).origin == published(here).origin


def test_heads_of_one_hour_are_forgotten_but_the_last(here):
    running = sequencer(here)
    for number in range(5):
        here.text(f"+3161234570{number}", "SAVEMORE")
        running.round()
    here.wait(hours=1)
    here.text(BEN, "SAVEMORE")
    running.round()
    with here.store.database.read() as session:
        kept = ledgers.checkpoints(session, the_log(here).id)
    assert len(kept) == 2
    assert kept[1].signed_at - kept[0].signed_at >= timedelta(minutes=50)
    assert read_checkpoint(kept[-1].note).size == the_log(here).size


def test_a_stop_is_in_the_ledger_after_the_next_round(here):
    here.text(ANNA, "STOP")
    placed = "SELECT count(*) FROM consent_event e JOIN ledger_entry l ON l.event_id = e.id WHERE e.kind = 'withdrawn'"
    assert here.sql(placed) == [(0,)]
    sequencer(here).round()
    assert here.sql(placed) == [(1,)]
    everybody_has_one_place(here)
