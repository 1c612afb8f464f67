"""Heads are shown to witnesses once they are published, and cosigned."""

import threading

import pytest

from factories.attested import until
from factories.worlds import NOON, elsewhere, with_own_connections
from yesword.ledger.checkpoint import verify_checkpoint
from yesword.ledger.cosignature import cosignatures
from yesword.ledger.policy import check, read_policy
from yesword.proof import attesters, attesting
from yesword.proof.asking import Outcome, Said
from yesword.proof.attesting import NoCheckpointError, Occasion
from yesword.proof.sequencer import Sequencer, Step
from yesword.proof.witnessing import post_over_http
from yesword.store import ledgers, models
from yesword.store.ledgers import WITNESS


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
