"""The vector is the note that golang.org/x/mod/sumdb/note shows in its documentation."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.ledger.checkpoint import (
    BadKeyError,
    Checkpoint,
    ForgedCheckpointError,
    MalformedCheckpointError,
    OtherLogError,
    Signer,
    UnsignedCheckpointError,
    VerifierKey,
    read_checkpoint,
    read_note,
    read_vkey,
    sign_checkpoint,
    verify_checkpoint,
)

GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# A '+' inside the base64, and the type of a cosignature: keys from transparency-dev/formats.
PLUS_VKEY = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"
COSIGNER_VKEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


@pytest.fixture
def signed(log):
    return log.proof.checkpoint


def sign_text(text, signer) -> str:
    signature = b64encode(signer.verifier_key.key_id + signer.private.sign(text.encode())).decode()
    return f"{text}\n— {signer.name} {signature}\n"


class TestKeys:
    @pytest.mark.parametrize("text", [GO_VKEY, PLUS_VKEY])
    def test_reads_and_writes_what_other_tools_made(self, text):
        assert str(read_vkey(text)) == text

    def test_a_private_key_has_the_same_public_key_as_elsewhere(self):
        signer = Signer(name="PeterNeumann", private=Ed25519PrivateKey.from_private_bytes(GO_SEED))
        assert str(signer.verifier_key) == GO_VKEY

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param("PeterNeumann", id="a name alone"),
            pytest.param(GO_VKEY.replace("Peter", "peter"), id="another name"),
            pytest.param(GO_VKEY.replace("c74f", "c75f"), id="another id"),
            pytest.param(GO_VKEY.replace("c74f20a3", "C74F20A3"), id="an id in capitals"),
            pytest.param(GO_VKEY[:-4], id="a key cut short"),
            pytest.param(GO_VKEY + "\n", id="a line end"),
            pytest.param(COSIGNER_VKEY, id="a witness's key"),
            pytest.param(GO_VKEY.replace("PeterNeumann", "Peter Neumann"), id="a space in the name"),
            pytest.param(GO_VKEY.replace("PeterNeumann", "\udce9"), id="a name that was not UTF-8"),
            pytest.param(GO_VKEY.replace("ARpc", "ARpé"), id="a letter outside base64"),
        ],
    )
    def test_refuses(self, text):
        with pytest.raises(BadKeyError):
            read_vkey(text)


class TestCheckpoints:
    def test_what_is_signed_is_verified_and_read_back(self, log, signed):
        checkpoint = verify_checkpoint(signed, log.key)
        assert checkpoint.origin == log.key.name
        assert checkpoint.size == 11
        assert signed.startswith(f"{checkpoint.origin}\n11\n{b64encode(checkpoint.root).decode()}\n\n— ")

    def test_a_note_that_go_signed_passes_the_signature_and_fails_as_a_checkpoint(self):
        key = read_vkey(GO_VKEY)
        assert read_note(GO_NOTE).signatures[0].key_id == key.key_id
        with pytest.raises(MalformedCheckpointError, match="2 lines"):
            verify_checkpoint(GO_NOTE, key)
        with pytest.raises(ForgedCheckpointError):
            verify_checkpoint(GO_NOTE.replace("the answer", "an answer"), key)

    def test_signatures_by_strangers_ride_along(self, log, signed):
        stranger = Signer(name="witness.example/w1", private=Ed25519PrivateKey.generate())
        line = sign_text("anything\n", stranger).split("\n\n")[1]
        assert verify_checkpoint(signed + line, log.key) == read_checkpoint(signed)

    def test_a_stranger_with_the_logs_name_is_a_stranger(self, log, signed):
        stranger = Signer(name=log.key.name, private=Ed25519PrivateKey.generate())
        with pytest.raises(UnsignedCheckpointError):
            verify_checkpoint(sign_checkpoint(read_checkpoint(signed), stranger), log.key)

    def test_a_false_signature_spoils_the_note_even_beside_a_true_one(self, log, signed):
        line = signed.split("\n\n")[1]
        false = b64encode(log.key.key_id + bytes(64)).decode()
        with pytest.raises(ForgedCheckpointError):
            verify_checkpoint(f"{signed}— {log.key.name} {false}\n", log.key)
        assert verify_checkpoint(signed + line, log.key).size == 11

    def test_a_log_vouches_only_for_its_own_origin(self, log):
        other = Checkpoint(origin="sms.example/ledger/other", size=0, root=bytes(32))
        with pytest.raises(OtherLogError):
            sign_checkpoint(other, log.signer)
        with pytest.raises(OtherLogError):
            verify_checkpoint(sign_text(other.text, log.signer), log.key)

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param("{o}\n11\n", id="no root"),
            pytest.param("{o}\n11\n{r}\nextension\n", id="an extension line"),
            pytest.param("{o}\n011\n{r}\n", id="a leading zero"),
            pytest.param("{o}\n+11\n{r}\n", id="a sign"),
            pytest.param("{o}\n１１\n{r}\n", id="digits of another script"),
            pytest.param("{o}\n9223372036854775808\n{r}\n", id="a size beyond 63 bits"),
            pytest.param("{o}\n11\nAAAA\n", id="a short root"),
            pytest.param("{o}\n11\n{r}=\n", id="padding too many"),
            pytest.param("{o}\n11\n{stray}\n", id="stray bits in the root"),
            pytest.param("\n11\n{r}\n", id="no origin"),
        ],
    )
    def test_even_signed_by_the_log_refuses(self, body, log):
        root = b64encode(bytes(32)).decode()
        text = body.format(o=log.key.name, r=root, stray=root[:-2] + "B=")
        with pytest.raises((MalformedCheckpointError, OtherLogError)):
            verify_checkpoint(sign_text(text, log.signer), log.key)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda note: note.replace("\n", "\r\n"), id="line ends of Windows"),
            pytest.param(lambda note: note[:-1], id="no line end at its end"),
            pytest.param(lambda note: note + "\n", id="an empty line at its end"),
            pytest.param(lambda note: note.replace("\n\n", "\n"), id="no empty line"),
            pytest.param(lambda note: note.split("—")[0], id="no signatures"),
            pytest.param(lambda note: note.replace("— ", "- "), id="a hyphen for a dash"),
            pytest.param(lambda note: note.replace("— ", "—  "), id="two spaces"),
            pytest.param(lambda note: note + "— witness.example AAAA\n", id="a signature that is only an id"),
            pytest.param(lambda note: note + "— witness.example !!!!\n", id="a signature outside base64"),
            pytest.param(lambda note: note + "— witness+1 AAAAAAAA\n", id="a plus in a name"),
            pytest.param(lambda note: "\t" + note, id="a tab"),
            pytest.param(lambda note: "\ud800" + note, id="half a surrogate pair"),
            pytest.param(lambda note: note + "— w AAAAAAAA\n" * 2**15, id="hundreds of kilobytes"),
        ],
    )
    def test_refuses_a_note_with(self, change, log, signed):
        with pytest.raises(MalformedCheckpointError):
            verify_checkpoint(change(signed), log.key)

    def test_a_key_of_the_wrong_length_is_no_key(self):
        with pytest.raises(BadKeyError):
            VerifierKey(name="a", public=bytes(31))

    @pytest.mark.parametrize(
        ("size", "root"),
        [pytest.param(-1, bytes(32), id="a negative size"), pytest.param(1, bytes(31), id="a short root")],
    )
    def test_does_not_make_a_checkpoint_with(self, size, root):
        with pytest.raises(MalformedCheckpointError):
            Checkpoint(origin="a.example", size=size, root=root)
