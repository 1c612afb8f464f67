"""The process that enters, signs, and asks others to vouch."""

import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from factories.attested import until
from factories.worlds import NOON
from yesword.ledger.checkpoint import read_checkpoint
from yesword.ledger.leaf import leaf_hash
from yesword.proof.witnessing import ask, post_over_http
from yesword.store import log_troubles, models
from yesword.worker import sequencing
from yesword.worker.sequencing import AlreadySequencingError


class TestTheProcess:
    @contextmanager
    def running(self, bench, monkeypatch):
        """The process as a thread, with all the time for witnesses that a busy machine wants."""
        monkeypatch.setattr(sequencing, "HEAD_START_S", 30.0)
        over = threading.Event()

        def work():
            try:
                sequencing.run(bench.store, over.is_set, lambda: datetime.now(UTC))
            finally:
                bench.store.database.close()
                bench.store.vault.close()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def test_what_is_recorded_is_entered_and_cosigned(self, bench, monkeypatch):
        bench.grow()
        with bench.witness(), self.running(bench, monkeypatch):
            assert until(lambda: bench.attested() == [1])
            bench.here.members(2)
            assert until(lambda: bench.log.published_size == 3)
            with bench.store.database.write():  # it was asked seconds ago
                models.Asking.objects.update(last_asked_at=NOON, last_ok_at=NOON)
            assert until(lambda: bench.attested() == [1, 3])
        assert read_checkpoint(bench.note(3)).size == 3

    def test_a_witness_is_asked_before_anything_is_signed(self, bench, monkeypatch):
        bench.grow(2)
        with bench.witness() as witness:
            bench.attest()
            larger = bench.signed_elsewhere(b"more", is_continued=True)
            proof = (leaf_hash(b"more"),)  # that a log of two went on with this one
            asked = ask(witness, larger, lambda _: proof, 2, post_over_http)
            assert asked.failure is None
            bench.here.members(5)
            with self.running(bench, monkeypatch):
                assert until(lambda: bench.log.trouble)
        assert bench.log.trouble == log_troubles.WITNESS_AHEAD
        assert bench.log.size == 2

    def test_it_is_a_command_that_ends_when_it_is_told_to(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow()
        bench.here.members(2)
        command = [sys.executable, "-m", "yesword", "sequence", "--data", str(bench.store.folder)]
        with bench.witness(), subprocess.Popen(command) as process:
            assert until(lambda: bench.attested() and bench.log.published_size == 3)
            process.terminate()
        assert process.returncode == 0

    def test_a_log_has_one_sequencer(self, sqlite_bench):
        refused = []

        def is_over():
            """Asked by the first while it works: a second begins beside it."""
            try:
                sequencing.run(sqlite_bench.store, lambda: True)
            except AlreadySequencingError as error:
                refused.append(error)
            return True

        sequencing.run(sqlite_bench.store, is_over)
        assert refused


@pytest.mark.parametrize(
    "span",
    [pytest.param(timedelta(seconds=-3600), id="back"), pytest.param(timedelta(days=400), id="ahead")],
)
def test_a_clock_that_was_wrong_stops_nobody_from_being_asked(sqlite_bench, span):
    bench = sqlite_bench
    bench.grow()
    with bench.witness():
        bench.attest()
        bench.here.wait(seconds=span.total_seconds())
        bench.grow()
        assert bench.attest() == 1
