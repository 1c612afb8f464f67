"""Witnesses that are down, hang, or are ahead of the log."""

import sqlite3
import threading
from contextlib import closing

import pytest
from django.db import connections

from factories.witnesses import witness_at
from factories.worlds import elsewhere
from yesword.consent import restoring
from yesword.proof import attesters
from yesword.proof.attesting import LONGEST_WAIT, SHORTEST_WAIT, Occasion
from yesword.proof.witnessing import ask, post_over_http
from yesword.store import holds, log_troubles


def shown_to(witness, note, known=0):
    """The witness saw this head, whoever showed it."""
    assert ask(witness, note, lambda _: (), known, post_over_http).failure is None


class TestDownAndBack:
    def test_a_witness_that_is_down_is_told_of_and_asked_ever_more_seldom(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow()
        with bench.witness() as witness:
            pass
        for failures in range(1, 10):
            assert bench.attest() == 0
            asked = bench.asking()
            assert (asked.failures, asked.last_error_code) == (failures, "witness_unreachable")
            wait = min(LONGEST_WAIT, SHORTEST_WAIT * 2**failures)
            bench.here.wait(seconds=wait.total_seconds() - 1)
            bench.attest()
            assert bench.asking().failures == failures
            bench.here.wait(seconds=1)
        assert wait == LONGEST_WAIT
        port = int(witness.url.rpartition(":")[2])
        with bench.witness(port=port):
            assert bench.attest() == 1
        assert (bench.asking().failures, bench.asking().last_error, bench.attested()) == (0, "", [1])

    def test_a_witness_that_does_not_watch_the_log_is_told_of(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow()
        with witness_at(bench.folder / "w", []) as (url, vkey):
            attesters.add_witness(bench.store, "W", url, vkey, None)
            assert bench.attest() == 0
        assert bench.asking().last_error.startswith("The witness")
        assert "does not watch this log" in bench.asking().last_error

    def test_what_nobody_foresaw_is_told_of_and_not_raised(self, sqlite_bench):
        def broken(url, body):
            raise ZeroDivisionError

        sqlite_bench.grow()
        with sqlite_bench.witness():
            assert sqlite_bench.attest(post=broken) == 0
            assert sqlite_bench.asking().last_error_code == "attesting_failed"
            sqlite_bench.here.wait(minutes=1)
            assert sqlite_bench.attest() == 1


class TestHanging:
    """A witness that gives no answer until it is let go."""

    @pytest.fixture
    def hanging(self, sqlite_bench):
        bench, let_go = sqlite_bench, threading.Event()
        bench.grow()
        with bench.witness("hanging") as slow, bench.witness("quick"):

            def post(url, body):
                if url.startswith(slow.url):
                    assert let_go.wait(30)
                    raise TimeoutError
                return post_over_http(url, body)

            yield bench, post, let_go
            let_go.set()
            for thread in threading.enumerate():
                if thread.name == "attest-lane":
                    thread.join()

    def test_it_holds_up_no_other(self, hanging):
        bench, post, let_go = hanging
        kept = []

        def tell(outcome):
            kept.append((outcome.name, bench.attested()))
            let_go.set()

        assert bench.attest(post=post, tell=tell) == 1
        assert kept == [("quick", [1]), ("hanging", [1])]

    def test_it_does_not_hold_up_the_end_of_the_process(self, hanging):
        bench, post, _ = hanging
        told = []
        assert bench.attest(post=post, tell=told.append, is_over=lambda: bool(told)) == 1
        assert [each.name for each in told] == ["quick"]
        assert bench.asking("hanging") is None


class TestAlarms:
    def test_a_witness_that_is_ahead_ends_the_signing(self, bench):
        bench.grow(2)
        with bench.witness() as witness:
            shown_to(witness, bench.signed_elsewhere(b"more", is_continued=True))
            assert bench.attest() == 0
            assert bench.log.trouble == log_troubles.WITNESS_AHEAD
            assert bench.asking().last_error_code == "witness_ahead"
            assert bench.grow() == 0
            assert (bench.log.size, bench.log.published_size) == (2, 2)
            with bench.store.database.read() as session:
                assert holds.held_for(session) == {holds.RESTORED}, (
                    "stops may be missing that the witness's log has"
                )
            assert restoring.forgotten(bench.store).logs == (bench.log.origin,), "and `store resume` says so"
            bench.here.wait(hours=1)
            assert bench.attest(Occasion.DEMAND) == 0
        assert bench.attested() == []

    def test_a_witness_that_saw_another_past_ends_the_signing(self, bench):
        bench.grow(2)
        with bench.witness() as witness:
            shown_to(witness, bench.signed_elsewhere(b"other", is_continued=False))
            assert bench.attest() == 0
        assert bench.log.trouble == log_troubles.WITNESS_DISAGREES
        assert bench.grow() == 0

    def test_a_store_that_was_put_back_with_its_journal_learns_it_from_its_witness(self, sqlite_bench):
        bench, copy = sqlite_bench, sqlite_bench.folder / "backup.sqlite3"
        bench.grow(2)
        with bench.witness():
            bench.attest()
            with connections["default"].cursor() as cursor:
                cursor.execute(f"VACUUM INTO '{copy}'")
            head = bench.store.journal.head(bench.log.id)
            bench.grow()
            bench.here.wait(seconds=10)
            assert bench.attest() == 1
            with (
                closing(sqlite3.connect(copy)) as old,
                closing(sqlite3.connect(bench.store.folder / "yesword.sqlite3")) as now,
            ):
                bench.store.database.close()
                old.backup(now)
            bench.store.journal.raise_head(bench.log.id, head)
            assert bench.log.size == 2
            assert bench.attest() == 0, "nothing grew, so nobody is due"
            assert not bench.log.trouble
            assert bench.attest(Occasion.START) == 0
        assert bench.log.trouble == log_troubles.WITNESS_AHEAD

    def test_a_witness_that_another_process_of_ours_led_further_meanwhile_is_no_alarm(self, bench):
        was_led = []

        def led_further(url, body):
            if not was_led:
                was_led.append(True)
                elsewhere(bench.store, lambda: (bench.grow(), bench.attest(Occasion.DEMAND)))
            return post_over_http(url, body)

        bench.grow()
        with bench.witness():
            assert bench.attest(post=led_further) == 0
            assert not bench.log.trouble
            assert bench.asking().last_error_code == "witness_moved"
            bench.here.wait(minutes=1)
            assert bench.grow() == 1
            assert bench.attest() == 1
        assert bench.attested() == [2, 3]

    def test_after_a_false_alarm_the_log_is_signed_again(self, bench):
        bench.grow(2)
        with bench.witness() as witness:
            shown_to(witness, bench.signed_elsewhere(b"more", is_continued=True))
            bench.attest()
        assert bench.grow() == 0
        assert attesters.remove(bench.store, "W", was_wrong=True) == [bench.log.origin]
        assert bench.grow() == 2
        assert bench.log.size == 4

    def test_an_alarm_that_another_witness_shares_stands(self, sqlite_bench):
        bench, both = sqlite_bench, threading.Barrier(2, timeout=30)

        def together(url, body):  # else the alarm of one may keep the other from being asked
            both.wait()
            return post_over_http(url, body)

        bench.grow(2)
        with bench.witness("one") as one, bench.witness("two") as two:
            for each in (one, two):
                shown_to(each, bench.signed_elsewhere(b"more", is_continued=True))
            bench.attest(post=together)
        assert attesters.remove(bench.store, "one", was_wrong=True) == []
        assert bench.log.trouble == log_troubles.WITNESS_AHEAD

    def test_a_false_alarm_lifts_no_other_trouble(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow(2)
        with bench.witness() as witness:
            shown_to(witness, bench.signed_elsewhere(b"more", is_continued=True))
            bench.attest()
        with bench.store.database.write() as session:
            session.run("trouble_log", id=bench.log.id, trouble=log_troubles.REWRITTEN)
        assert attesters.remove(bench.store, "W", was_wrong=True) == []
        assert bench.log.trouble == log_troubles.REWRITTEN
