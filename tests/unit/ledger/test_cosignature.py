"""The vectors: a head of the Sigsum test log barreleye with what two public witnesses said of it, the keys of
transparency-dev/formats, and the example of c2sp.org/tlog-cosignature."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yesword.ledger.checkpoint import (
    BadKeyError,
    Checkpoint,
    MalformedCheckpointError,
    Signature,
    VerifierKey,
    read_checkpoint,
    read_vkey,
    verify_checkpoint,
    write_note,
)
from yesword.ledger.cosignature import (
    BadWitnessKeyError,
    FalseCosignatureError,
    WitnessKey,
    WitnessSigner,
    add_cosignatures,
    cosign,
    cosignatures,
    read_witness_vkey,
)

LOG_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
VKEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

SIGSUM_LOG = VerifierKey(
    name="sigsum.org/v1/tree/44ad38f8226ff9bd27629a41e55df727308d0a1cd8a2c31d3170048ac1dd22a1",
    public=bytes.fromhex("0ec7e16843119b120377a73913ac6acbc2d03d82432e2c36b841b09a95841f25"),
)
SIGSUM_HEAD = Checkpoint(
    origin=SIGSUM_LOG.name,
    size=12851,
    root=bytes.fromhex("4ccedda0c3e6afc83cfcddfad7df3d95cbd1e857ecf3cf0569b8f69ce32727f8"),
)
SIGSUM_SIGNATURE = bytes.fromhex(
    "880207e73dbe7aa11ebab8118d4da67e59a2ff29d9b11e98b8d5d4062dbd4d12"
    "765b5389b4f0583130fa8573cf997d60b94c9e4d700469aba5a9f4383f619509"
)
GLASKLAR = WitnessKey(
    name="witness.glasklar.is",
    public=bytes.fromhex("b2106db9065ec97f25e09c18839216751a6e26d8ed8b41e485a563d3d1498536"),
)
MULLVAD = WitnessKey(
    name="witness.mullvad.net",
    public=bytes.fromhex("15d6d0141543247b74bab3c1076372d9c894f619c376d64b29aa312cc00f61ad"),
)
SAID_AT = 1754020861
SAID = {
    GLASKLAR: "9ab58c0f6cbfd02549891b3b9d7e68fd7fefd42b6dc22fbbee7ed3119d1ed180"
    "7edc74c8b12fd430e4ee6084b59077d4c8eafe09eefdbbe31666828c34d24702",
    MULLVAD: "82f16ff572ba54e6f0b2f27e0e34fa729ab42d566b1d54a0b689d345c373fd0d"
    "87a61a6b6e81b4d17b3ca9f13f01a6c1325d701e6350ecddfa54b6b453691d0f",
}


def said(key, seconds=SAID_AT) -> Signature:
    return Signature(
        name=key.name, key_id=key.key_id, signature=seconds.to_bytes(8) + bytes.fromhex(SAID[key])
    )


def sigsum_note(*signatures) -> str:
    own = Signature(name=SIGSUM_LOG.name, key_id=SIGSUM_LOG.key_id, signature=SIGSUM_SIGNATURE)
    return write_note(SIGSUM_HEAD.text, (own, *signatures))


@pytest.fixture
def signed(log):
    return log.proof.checkpoint


@pytest.fixture
def witness():
    return WitnessSigner(
        name="witness.example/w1", private=Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    )


def timed(signer, seconds, text) -> str:
    """A line with a true signature over whatever time."""
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    key = signer.witness_key
    data = seconds.to_bytes(8) + signer.private.sign(message)
    return Signature(name=key.name, key_id=key.key_id, signature=data).line


class TestKeys:
    def test_reads_and_writes_what_another_tool_made(self):
        assert str(read_witness_vkey(VKEY)) == VKEY

    @pytest.mark.parametrize(
        ("read", "text"),
        [
            pytest.param(read_witness_vkey, LOG_VKEY, id="a log's key for a witness's"),
            pytest.param(read_vkey, VKEY, id="a witness's key for a log's"),
        ],
    )
    def test_takes_no_key_for_one_of_the_other_kind(self, read, text):
        with pytest.raises(BadKeyError, match="other than Ed25519 for"):
            read(text)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param(VKEY.replace("da77", "da78"), id="another id"),
            pytest.param(VKEY.replace("remora", "remor"), id="another name"),
            pytest.param(VKEY[:-4], id="a key cut short"),
            pytest.param(VKEY.replace("remora.", "remora "), id="a space in the name"),
        ],
    )
    def test_refuses(self, text):
        with pytest.raises(BadWitnessKeyError):
            read_witness_vkey(text)

    def test_the_same_32_bytes_are_another_key_as_a_log_and_as_a_witness(self):
        log, witness = (
            VerifierKey(name="a", public=bytes(32)),
            WitnessKey(name="a", public=bytes(32)),
        )
        assert log.key_id != witness.key_id
        assert log != witness


class TestWhatPublicWitnessesSaid:
    def test_the_log_signed_its_head(self):
        assert verify_checkpoint(sigsum_note(), SIGSUM_LOG) == SIGSUM_HEAD

    def test_both_witnesses_are_found_with_their_time(self):
        found = cosignatures(sigsum_note(said(MULLVAD), said(GLASKLAR)), [GLASKLAR, MULLVAD])
        at = datetime(2025, 8, 1, 4, 1, 1, tzinfo=UTC)
        assert [(item.witness, item.at) for item in found] == [(MULLVAD, at), (GLASKLAR, at)]

    def test_with_another_time_the_same_signature_is_false(self):
        with pytest.raises(FalseCosignatureError, match=r"witness\.glasklar\.is"):
            cosignatures(sigsum_note(said(GLASKLAR, 1234567890)), [GLASKLAR])

    def test_the_line_in_the_specification_carries_the_time_that_it_tells(self):
        line = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
        data = b64decode(line)
        assert int.from_bytes(data[4:12]) == 1679315147
        assert len(data) == 4 + 8 + 64


class TestCosigning:
    def test_what_is_cosigned_is_found_and_the_log_s_own_signature_still_holds(self, log, signed, witness):
        checkpoint = read_checkpoint(signed)
        line = cosign(checkpoint, witness, NOON)
        note = add_cosignatures(signed, line)
        assert note == signed + line
        (found,) = cosignatures(note, [witness.witness_key])
        assert (found.witness, found.at, found.line) == (witness.witness_key, NOON, line)
        assert verify_checkpoint(note, log.key) == checkpoint

    def test_a_time_of_another_zone_comes_out_in_utc(self, signed, witness):
        line = cosign(read_checkpoint(signed), witness, NOON.astimezone(timezone(timedelta(hours=-7))))
        (found,) = cosignatures(signed + line, [witness.witness_key])
        assert found.at == NOON
        assert found.at.tzinfo is UTC

    @given(st.datetimes(min_value=datetime(1970, 1, 1, 0, 0, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - as hypothesis wants it
    def test_every_time_is_read_back_to_the_second(self, at):
        signer = WitnessSigner(name="w", private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        checkpoint = Checkpoint(origin="a", size=1, root=bytes(32))
        line = cosign(checkpoint, signer, at)
        (found,) = cosignatures(f"{checkpoint.text}\n{line}", [signer.witness_key])
        assert found.at == at.replace(microsecond=0)

    @pytest.mark.parametrize(
        "at",
        [
            pytest.param(datetime(2026, 3, 1, 12, 0), id="without a zone"),  # noqa: DTZ001 - the point
            pytest.param(datetime(1970, 1, 1, tzinfo=UTC), id="of zero"),
        ],
    )
    def test_does_not_cosign_at_a_time(self, at, signed, witness):
        with pytest.raises(ValueError, match="time"):
            cosign(read_checkpoint(signed), witness, at)

    def test_strangers_are_ignored_whatever_they_say(self, signed, witness):
        key = witness.witness_key
        same_name = Signature(name=key.name, key_id=bytes(4), signature=bytes(72)).line
        same_id = Signature(name="witness.example/w2", key_id=key.key_id, signature=bytes(72)).line
        assert cosignatures(signed + same_name + same_id, [key]) == ()
        assert cosignatures(signed, []) == ()

    def test_one_false_line_of_a_known_witness_spoils_the_note_beside_a_true_one(self, signed, witness):
        key = witness.witness_key
        true = cosign(read_checkpoint(signed), witness, NOON)
        false = Signature(name=key.name, key_id=key.key_id, signature=bytes(72)).line
        with pytest.raises(FalseCosignatureError):
            cosignatures(signed + true + false, [key])

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda text: text.replace("\n11\n", "\n12\n"), id="another size"),
            pytest.param(lambda text: text + "x\n", id="a line more"),
        ],
    )
    def test_a_cosignature_of_another_text_is_false(self, change, signed, witness):
        checkpoint = read_checkpoint(signed)
        line = cosign(checkpoint, witness, NOON)
        with pytest.raises(FalseCosignatureError):
            cosignatures(f"{change(checkpoint.text)}\n{line}", [witness.witness_key])

    @pytest.mark.parametrize(
        "length",
        [
            pytest.param(8, id="a time alone"),
            pytest.param(71, id="one byte short"),
            pytest.param(3, id="less"),
        ],
    )
    def test_a_line_of_a_known_witness_that_is_cut_short_is_false(self, length, signed, witness):
        key = witness.witness_key
        line = Signature(name=key.name, key_id=key.key_id, signature=bytes(length)).line
        with pytest.raises(FalseCosignatureError):
            cosignatures(signed + line, [key])

    @pytest.mark.parametrize(
        "seconds",
        [
            pytest.param(0, id="zero"),
            pytest.param(2**63, id="beyond 63 bits"),
            pytest.param(2**63 - 1, id="beyond every calendar"),
            pytest.param(253402300800, id="in the year 10000"),
        ],
    )
    def test_a_truly_signed_time_is_refused(self, seconds, signed, witness):
        line = timed(witness, seconds, read_checkpoint(signed).text)
        with pytest.raises(FalseCosignatureError, match="time"):
            cosignatures(signed + line, [witness.witness_key])

    def test_a_signature_as_a_log_is_no_cosignature(self, log, signed):
        as_witness = WitnessKey(name=log.key.name, public=log.key.public)
        assert cosignatures(signed, [as_witness]) == ()


class TestAddingLines:
    def test_the_same_line_is_not_added_twice(self, signed, witness):
        line = cosign(read_checkpoint(signed), witness, NOON)
        once = add_cosignatures(signed, line)
        assert add_cosignatures(once, line) == once

    def test_the_same_witness_may_say_it_again_later(self, signed, witness):
        checkpoint = read_checkpoint(signed)
        note = add_cosignatures(signed, cosign(checkpoint, witness, NOON))
        note = add_cosignatures(note, cosign(checkpoint, witness, NOON + timedelta(hours=1)))
        times = [item.at for item in cosignatures(note, [witness.witness_key])]
        assert times == [NOON, NOON + timedelta(hours=1)]

    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param("", id="nothing"),
            pytest.param("— w AAAAAAAA", id="no line end"),
            pytest.param("\n— w AAAAAAAA\n", id="an empty line first"),
            pytest.param("a\n\n— w AAAAAAAA\n", id="a text of its own"),
            pytest.param("— w AAAAAAAA\n" * 2 + "hello\n", id="a line that is no signature"),
            pytest.param("— w " + b64encode(bytes(2**18)).decode() + "\n", id="more than anyone reads"),
        ],
    )
    def test_refuses(self, lines, signed):
        with pytest.raises(MalformedCheckpointError):
            add_cosignatures(signed, lines)
