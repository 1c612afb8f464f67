"""Witnesses and timestamp authorities in the running product: who is asked, when, and what their answers do."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from factories.stamping import need_openssl, send, serving, stamper
from factories.witnesses import witness_at
from factories.worlds import NOON, World, elsewhere, with_own_connections, world
from yesword.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint, verify_checkpoint
from yesword.ledger.cosignature import cosignatures, read_witness_vkey
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.policy import check, read_policy
from yesword.proof import attesters, attesting, logs
from yesword.proof.asking import Outcome, Said
from yesword.proof.attesting import (
    LONGEST_WAIT,
    SHORTEST_WAIT,
    NoCheckpointError,
    Occasion,
    attest_due,
    note_with_cosignatures,
)
from yesword.proof.sequencer import Sequencer, Step
from yesword.proof.timestamps import verify_token
from yesword.proof.witnessing import Witness, ask, post_over_http
from yesword.store import attesters as rows
from yesword.store import ledgers, models
from yesword.store.ledgers import STAMP, WITNESS
from yesword.worker import sequencing
from yesword.worker.sequencing import AlreadySequencingError


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@dataclass(kw_only=True)
class Bench:
    """A world whose log is grown by hand, and a folder for its witnesses."""

    here: World
    folder: Path

    @property
    def store(self):
        return self.here.store

    @property
    def log(self):
        with self.store.database.read() as session:
            return ledgers.logs(session, self.here.club.brand)[-1]

    @property
    def keys(self):
        return list(logs.verifier_keys(self.store, self.log).values())

    def grow(self, count=1, watch=lambda _: None) -> int:
        self.here.members(count)
        return Sequencer(store=self.store, clock=lambda: self.here.at, watch=watch).round()

    @contextmanager
    def witness(self, name="W", port=0, brand=None):
        """It answers, and is asked."""
        with witness_at(self.folder / name, self.keys, port) as (url, vkey):
            attesters.add_witness(self.store, name, url, vkey, brand)
            yield Witness(key=read_witness_vkey(vkey), url=url)

    def attest(self, occasion=Occasion.ROUND, **ports) -> int:
        return attest_due(self.store, self.here.at, occasion=occasion, **ports)

    def asking(self, name="W", kind=WITNESS):
        return rows.askings().get((kind, name, self.log.id))

    def attested(self, kind=WITNESS):
        """Sizes, smallest first."""
        with self.store.database.read() as session:
            return [each.size for each in ledgers.attestations(session, self.log.id) if each.kind == kind]

    def note(self, size) -> str:
        with self.store.database.read() as session:
            return note_with_cosignatures(session, self.log, size)

    def signed_elsewhere(self, extra: bytes, *, is_continued: bool) -> str:
        """A head that another store signed with the key of the log."""
        log = self.log
        frontier = log.frontier if is_continued else type(log.frontier)()
        larger = frontier.append(leaf_hash(extra))
        checkpoint = Checkpoint(origin=log.origin, size=larger.size, root=larger.root())
        return sign_checkpoint(checkpoint, logs.signer_of(self.store, log))


@pytest.fixture
def bench(store, tmp_path):
    with world(store) as here:
        yield Bench(here=here, folder=tmp_path)


@pytest.fixture
def sqlite_bench(sqlite_store, tmp_path):
    """For what does not depend on the database."""
    with world(sqlite_store) as here:
        yield Bench(here=here, folder=tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    need_openssl()
    return stamper(tmp_path_factory.mktemp("authorities") / "clock")


def shown_to(witness, note, known=0):
    """The witness saw this head, whoever showed it."""
    assert ask(witness, note, lambda _: (), known, post_over_http).failure is None


def until(claim):
    for _ in range(600):
        if claim():
            return True
        threading.Event().wait(0.05)
    return False


class TestCosigning:
    def test_a_head_is_cosigned_within_a_round(self, bench):
        bench.grow(3)
        with bench.witness() as witness:
            assert bench.attest() == 1
        note = bench.note(3)
        policy = read_policy(f"log {bench.keys[0]}\nwitness W {witness.key}\nquorum W\n")
        assert check(policy, note).holds
        assert bench.attested() == [3]
        asked = bench.asking()
        assert (asked.size, asked.last_ok_at, asked.last_error) == (3, bench.here.at, "")

    def test_a_log_that_grows_is_followed_by_proofs_from_what_was_cosigned_last(self, bench):
        posted = []

        def told(url, body):
            posted.append(body.split(b"\n")[0])
            return post_over_http(url, body)

        bench.grow(1)
        with bench.witness():
            for count in (1, 5, 300):
                bench.attest(post=told)
                bench.grow(count)
                bench.here.wait(seconds=10)
            bench.attest(post=told)
        assert posted == [b"old 0", b"old 1", b"old 2", b"old 7"]
        assert bench.attested() == [1, 2, 7, 307]

    def test_nobody_is_asked_before_the_wait_is_over_or_about_what_was_cosigned(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow()
        with bench.witness():
            assert bench.attest() == 1
            bench.here.wait(hours=1)
            assert bench.attest() == 0
            bench.grow()
            assert bench.attest() == 1
            bench.grow()
            bench.here.wait(seconds=9)
            assert bench.attest() == 0
            bench.here.wait(seconds=1)
            assert bench.attest() == 1

    def test_on_demand_everybody_is_asked_at_once(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow()
        with bench.witness():
            assert [bench.attest(Occasion.DEMAND), bench.attest(Occasion.DEMAND)] == [1, 1]
        assert bench.attested() == [1]

    def test_a_witness_that_remembers_what_the_store_forgot_is_followed_in_the_same_round(self, bench):
        bench.grow(2)
        with bench.witness():
            bench.attest()
            models.Asking.objects.all().delete()
            bench.grow(3)
            assert bench.attest() == 1
        assert bench.attested() == [2, 5]

    def test_a_witness_of_another_brand_is_not_asked(self, sqlite_bench):
        bench = sqlite_bench
        other = models.Brand.objects.create(key="other", name="O", country="NL", origin="o.example/ledger")
        bench.grow()
        with bench.witness(brand=other.pk):
            assert bench.attest() == 0
        assert bench.asking() is None

    def test_a_witness_of_the_brand_is_asked(self, sqlite_bench):
        sqlite_bench.grow()
        with sqlite_bench.witness(brand=sqlite_bench.here.club.brand):
            assert sqlite_bench.attest() == 1

    def test_one_that_is_taken_out_is_asked_no_more_and_what_it_said_stays(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow()
        with bench.witness() as witness:
            bench.attest()
            attesters.remove(bench.store, "W")
            bench.grow()
            bench.here.wait(hours=1)
            assert bench.attest(Occasion.DEMAND) == 0
        assert len(cosignatures(bench.note(1), [witness.key])) == 1

    def test_a_note_carries_the_lines_of_all_its_witnesses(self, bench):
        bench.grow(2)
        with bench.witness("one") as one, bench.witness("two") as two:
            assert bench.attest() == 2
        assert {each.witness for each in cosignatures(bench.note(2), [one.key, two.key])} == {
            one.key,
            two.key,
        }
        assert verify_checkpoint(bench.note(2), bench.keys[0]).size == 2

    def test_a_checkpoint_that_is_not_kept_is_named(self, sqlite_bench):
        sqlite_bench.grow(2)
        with pytest.raises(NoCheckpointError, match="no checkpoint of 1 records"):
            sqlite_bench.note(1)


class TestOnlyPublished:
    def test_a_head_that_was_not_published_is_shown_to_nobody(self, bench):
        def die(step):
            if step is Step.COMMITTED:
                raise KeyboardInterrupt

        bench.grow()
        with bench.witness():
            with pytest.raises(KeyboardInterrupt):
                bench.grow(watch=die)
            assert (bench.log.size, bench.log.published_size) == (2, 1)
            assert bench.attest(Occasion.DEMAND) == 1
            assert bench.attested() == [1], "the one that was shown before"
            Sequencer(store=bench.store, clock=lambda: bench.here.at).recover()
            assert bench.attest(Occasion.DEMAND) == 1
        assert bench.attested() == [1, 2]

    def test_a_head_that_is_forgotten_while_it_is_being_cosigned_is_kept(self, bench):
        def grow_meanwhile(url, body):
            elsewhere(bench.store, lambda: bench.grow(2))
            with bench.store.database.read() as session:
                assert ledgers.checkpoint(session, bench.log.id, 1) is None
            return post_over_http(url, body)

        bench.grow()
        with bench.witness() as witness:
            assert bench.attest(post=grow_meanwhile) == 1
        assert len(cosignatures(bench.note(1), [witness.key])) == 1
        assert bench.log.published_size == 3

    @pytest.mark.parametrize("store", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
    def test_a_head_is_not_forgotten_by_whoever_cannot_see_yet_that_it_is_vouched_for(self, bench):
        def is_over_or_waits(thread):
            bench.here.sql("SELECT pg_stat_clear_snapshot()")
            waiting = bench.here.sql(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return waiting or not thread.is_alive()

        bench.grow()
        bench.here.members(1)
        log = bench.log
        with bench.store.database.write() as session:
            head = ledgers.checkpoint(session, log.id, 1)
            said = Said(body=b"a line", at=NOON)
            attesting._enter(session, Outcome(kind=WITNESS, name="W", log=log, head=head, said=said))
            sequencer = Sequencer(store=bench.store, clock=lambda: bench.here.at)
            growing = threading.Thread(target=with_own_connections, args=(bench.store, sequencer.round))
            growing.start()
            assert until(lambda: is_over_or_waits(growing))
        growing.join()
        assert bench.log.size == 2
        with bench.store.database.read() as session:
            assert ledgers.checkpoint(session, log.id, 1) == head


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
            assert bench.log.trouble == logs.WITNESS_AHEAD
            assert bench.asking().last_error_code == "witness_ahead"
            assert bench.grow() == 0
            assert (bench.log.size, bench.log.published_size) == (2, 2)
            bench.here.wait(hours=1)
            assert bench.attest(Occasion.DEMAND) == 0
        assert bench.attested() == []

    def test_a_witness_that_saw_another_past_ends_the_signing(self, bench):
        bench.grow(2)
        with bench.witness() as witness:
            shown_to(witness, bench.signed_elsewhere(b"other", is_continued=False))
            assert bench.attest() == 0
        assert bench.log.trouble == logs.WITNESS_DISAGREES
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
        assert bench.log.trouble == logs.WITNESS_AHEAD

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
        assert bench.log.trouble == logs.WITNESS_AHEAD

    def test_a_false_alarm_lifts_no_other_trouble(self, sqlite_bench):
        bench = sqlite_bench
        bench.grow(2)
        with bench.witness() as witness:
            shown_to(witness, bench.signed_elsewhere(b"more", is_continued=True))
            bench.attest()
        with bench.store.database.write() as session:
            session.run("trouble_log", id=bench.log.id, trouble=logs.REWRITTEN)
        assert attesters.remove(bench.store, "W", was_wrong=True) == []
        assert bench.log.trouble == logs.REWRITTEN


class TestStamps:
    @contextmanager
    def authority(self, bench, made, reply=None):
        with serving(lambda to, query: send(to, (reply or made.reply)(query))) as url:
            attesters.add_authority(bench.store, "clock", url, made.roots, 3600)
            yield

    def test_the_published_head_is_stamped_as_openssl_verifies_it(self, bench, made):
        bench.grow(2)
        with self.authority(bench, made):
            assert bench.attest() == 1
        with bench.store.database.read() as session:
            (token,) = [each for each in ledgers.attestations(session, bench.log.id) if each.kind == STAMP]
            note = ledgers.checkpoint(session, bench.log.id, 2).note.encode()
        assert made.reads(token.body, note)
        assert (token.size, token.name, token.at) == (2, "clock", verify_token(token.body, note, made.roots))
        assert bench.note(2).encode() == note, "a stamp is no line under the note"

    def test_a_log_that_grows_is_stamped_once_an_hour_and_only_its_newest_head(self, sqlite_bench, made):
        bench = sqlite_bench
        bench.grow()
        with self.authority(bench, made):
            assert bench.attest() == 1
            for _ in range(59):
                bench.grow()
                bench.here.wait(minutes=1)
                assert bench.attest() == 0
            bench.grow()
            bench.here.wait(minutes=1)
            assert bench.attest() == 1
        assert bench.attested(STAMP) == [1, 61]

    def test_a_log_that_does_not_grow_is_not_stamped_again(self, sqlite_bench, made):
        sqlite_bench.grow()
        with self.authority(sqlite_bench, made):
            sqlite_bench.attest()
            sqlite_bench.here.wait(days=1)
            assert [sqlite_bench.attest(each) for each in Occasion] == [0, 0, 0]

    def test_a_start_stamps_no_sooner_and_a_demand_does(self, sqlite_bench, made):
        bench = sqlite_bench
        bench.grow()
        with self.authority(bench, made):
            bench.attest()
            bench.grow()
            assert bench.attest(Occasion.START) == 0
            assert bench.attest(Occasion.DEMAND) == 1

    def test_a_token_that_is_not_the_authority_s_is_not_kept(self, sqlite_bench, made, tmp_path):
        bench, other = sqlite_bench, stamper(tmp_path / "other")
        bench.grow()
        with self.authority(bench, made, reply=other.reply):
            assert bench.attest() == 0
        assert bench.asking("clock", STAMP).last_error_code == "timestamp_untrusted"
        assert bench.attested(STAMP) == []
        bench.here.wait(seconds=20)
        with self.authority(bench, made):
            assert bench.attest() == 1, "a failure waits for seconds, not for the hour"
        assert bench.asking("clock", STAMP).last_error == ""


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
        assert bench.log.trouble == logs.WITNESS_AHEAD
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

    def test_a_log_has_one_sequencer(self, sqlite_bench, monkeypatch):
        with self.running(sqlite_bench, monkeypatch):
            assert until((sqlite_bench.store.run / "owner-sequencer").exists)
            with pytest.raises(AlreadySequencingError):
                sequencing.run(sqlite_bench.store, lambda: True)


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
