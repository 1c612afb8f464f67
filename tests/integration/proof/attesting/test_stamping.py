"""Heads are stamped by timestamp authorities."""

from contextlib import contextmanager

import pytest

from factories.stamping import need_openssl, send, serving, stamper
from yesword.proof import attesters
from yesword.proof.attesting import Occasion
from yesword.proof.timestamps import verify_token
from yesword.store import ledgers
from yesword.store.ledgers import STAMP


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    need_openssl()
    return stamper(tmp_path_factory.mktemp("authorities") / "clock")


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
