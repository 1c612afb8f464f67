"""A log asks a witness: they agree, they do not, or it is not there."""

import socket
from contextlib import closing

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.witnessing import FORK, LOG, NOON, ORIGIN, SIGNER, Log, serving
from yesword.ledger.checkpoint import Signer
from yesword.ledger.cosignature import add_cosignatures
from yesword.ledger.policy import check, read_policy
from yesword.proof.witnessing import (
    Answer,
    BadWitnessAddressError,
    Witness,
    WitnessAheadError,
    WitnessDisagreesError,
    WitnessRefusedError,
    WitnessUnreachableError,
    post_over_http,
)


class TestAgreeing:
    def test_a_cosigned_checkpoint_satisfies_a_policy(self, witness):
        asked = LOG.ask(witness, 7)
        assert (asked.failure, asked.witness_size, asked.at) == (None, 7, NOON)
        policy = read_policy(f"log {SIGNER.verifier_key}\nwitness W {witness.key} {witness.url}\nquorum W\n")
        assert not check(policy, LOG.note(7)).holds
        assert check(policy, add_cosignatures(LOG.note(7), asked.lines)).holds

    def test_a_log_that_grows_is_followed_from_the_size_that_it_remembers(self, witness):
        known = 0
        for size in (1, 2, 8, 8, 13, 40):
            asked = LOG.ask(witness, size, known)
            assert asked.failure is None
            known = asked.witness_size
        assert known == 40

    def test_a_log_that_forgot_the_size_is_told_and_asks_once_more(self, witness):
        LOG.ask(witness, 7)
        posted = []

        def counting(url, body):
            posted.append(body.split(b"\n")[0])
            return post_over_http(url, body)

        asked = LOG.ask(witness, 12, known_size=0, post=counting)
        assert (asked.failure, asked.witness_size) == (None, 12)
        assert posted == [b"old 0", b"old 7"]

    def test_a_witness_that_forgot_is_met_where_it_is(self, witness):
        assert LOG.ask(witness, 12, known_size=7).witness_size == 12

    def test_what_was_cosigned_already_is_cosigned_again_with_the_time_of_now(self, folder):
        times = iter([NOON, NOON.replace(hour=13)])
        with serving(folder, now=lambda: next(times)) as witness:
            assert [LOG.ask(witness, 7).at.hour, LOG.ask(witness, 7).at.hour] == [12, 13]

    def test_each_log_has_a_past_of_its_own(self, folder):
        other = Log(signer=Signer(name="sms.example/ledger/two", private=SIGNER.private))
        with serving(folder, LOG, other) as witness:
            assert LOG.ask(witness, 9).failure is None
            assert other.ask(witness, 4).failure is None
            assert LOG.ask(witness, 12, 9).failure is None


class TestAlarms:
    def test_a_store_that_was_rolled_back_learns_it(self, witness):
        LOG.ask(witness, 12)
        asked = LOG.ask(witness, 9, known_size=9)
        assert isinstance(asked.failure, WitnessAheadError)
        assert asked.failure.is_alarm
        assert asked.witness_size == 12
        assert asked.lines == ""
        assert "12" in asked.failure.message
        assert "9" in asked.failure.message

    def test_a_known_size_beyond_our_own_is_the_same_alarm_without_asking(self, witness):
        def never(url, body):
            raise AssertionError

        assert isinstance(LOG.ask(witness, 9, known_size=12, post=never).failure, WitnessAheadError)

    @pytest.mark.parametrize("size", [pytest.param(7, id="same size"), pytest.param(12, id="larger")])
    def test_another_history_is_refused_and_told(self, size, witness):
        LOG.ask(witness, 7)
        asked = FORK.ask(witness, size)
        assert isinstance(asked.failure, WitnessDisagreesError)
        assert asked.failure.is_alarm
        assert asked.lines == ""
        assert LOG.ask(witness, 20, 7).failure is None, "the true log goes on"

    @pytest.mark.parametrize(
        ("answer", "failure"),
        [
            pytest.param(Answer(status=409, content_type="", body=b""), WitnessDisagreesError, id="no size"),
            pytest.param(
                Answer(status=409, content_type="text/x.tlog.size", body=b"7\n"),
                WitnessDisagreesError,
                id="the same size",
            ),
            pytest.param(
                Answer(status=409, content_type="text/x.tlog.size; charset=utf-8", body=b"8"),
                WitnessAheadError,
                id="a larger size",
            ),
        ],
    )
    def test_a_conflict_about_the_very_size_that_we_have_is_one(self, answer, failure, witness):
        assert type(LOG.ask(witness, 7, 7, lambda *_: answer).failure) is failure


class TestRefusals:
    def test_a_log_that_is_not_watched(self, witness):
        other = Log(signer=Signer(name="sms.example/ledger/two", private=SIGNER.private))
        failure = other.ask(witness, 7).failure
        assert isinstance(failure, WitnessRefusedError)
        assert failure.fields["status"] == 404

    def test_a_log_with_another_key(self, witness):
        thief = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        failure = Log(signer=thief).ask(witness, 7).failure
        assert isinstance(failure, WitnessRefusedError)
        assert failure.fields["status"] == 403
        assert not failure.is_alarm

    def test_a_witness_that_is_not_there(self, witness):
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            gone = Witness(key=witness.key, url=f"http://127.0.0.1:{free.getsockname()[1]}")
            assert isinstance(LOG.ask(gone, 7).failure, WitnessUnreachableError)

    def test_a_witness_that_says_nothing(self, witness, monkeypatch):
        monkeypatch.setattr("yesword.proof.witnessing.TIMEOUT_S", 0.2)
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            mute = Witness(key=witness.key, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
            failure = LOG.ask(mute, 7).failure
        assert isinstance(failure, WitnessUnreachableError)
        assert "timed out" in failure.message

    @pytest.mark.parametrize(
        "url",
        [
            pytest.param("", id="nothing"),
            pytest.param("witness.example", id="no scheme"),
            pytest.param("file:///etc/passwd", id="a file"),
            pytest.param("https://", id="no host"),
            pytest.param("https://witness.example/\n", id="a line end"),
            pytest.param("https://witness.example/a b", id="a space"),
            pytest.param("https://witness.example:99999/", id="no port"),
            pytest.param("https://[witness.example/", id="half a bracket"),
        ],
    )
    def test_an_address_that_is_none(self, url, witness):
        with pytest.raises(BadWitnessAddressError):
            Witness(key=witness.key, url=url)
