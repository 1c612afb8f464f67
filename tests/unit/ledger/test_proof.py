from base64 import b64encode
from dataclasses import replace

import pytest

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import MalformedCheckpointError, UnsignedCheckpointError, VerifierKey
from yesword.ledger.merkle import InclusionError
from yesword.ledger.proof import MalformedProofError, TlogProof, format_proof, read_proof, verify_proof


@pytest.fixture
def text(log):
    return format_proof(log.proof)


def test_is_laid_out_as_the_specification_shows(log, text):
    first, index, *path = text.split("\n\n")[0].split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    assert index == "index 6"
    assert path == [b64encode(item).decode() for item in log.proof.path]
    assert text.split("\n\n", 1)[1] == log.proof.checkpoint


def test_extra_data_stands_before_the_index_and_is_read_back(log):
    for extra in (b"v1.2.1", b""):
        proof = replace(log.proof, extra=extra)
        assert format_proof(proof).split("\n")[1] == f"extra {b64encode(extra).decode()}"
        assert read_proof(format_proof(proof)) == proof


def test_the_only_record_of_a_log_needs_no_hashes(log):
    proof = TlogProof(index=0, path=(), checkpoint=log.proof.checkpoint)
    assert read_proof(format_proof(proof)) == proof


def test_shows_the_entry_and_no_other(log, text):
    assert verify_proof(log.key, read_proof(text), log.entry.entry).size == 11
    with pytest.raises(InclusionError):
        verify_proof(log.key, read_proof(text), log.entry.entry[:-1])


def test_needs_the_key_of_the_log(log, text):
    other = VerifierKey(name=log.key.name, public=bytes(range(1, 33)))
    with pytest.raises(UnsignedCheckpointError):
        verify_proof(other, read_proof(text), log.entry.entry)


def test_any_changed_character_is_refused(log, text):
    for place, char in enumerate(text):
        changed = text[:place] + ("A" if char != "A" else "B") + text[place + 1 :]
        with pytest.raises(YeswordError):
            verify_proof(log.key, read_proof(changed), log.entry.entry)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "", id="nothing"),
        pytest.param(lambda text: text.replace("@v1", "@v2"), id="another version"),
        pytest.param(lambda text: text.replace("index 6\n", ""), id="no index"),
        pytest.param(lambda text: text.replace("index 6", "index 06"), id="a leading zero"),
        pytest.param(lambda text: text.replace("index 6", "index -6"), id="a negative index"),
        pytest.param(lambda text: text.replace("index", "extra AAAA\nextra AAAA\nindex"), id="extra data twice"),
        pytest.param(lambda text: text.replace("index", "extra !\nindex"), id="extra data outside base64"),
        pytest.param(lambda text: text.replace("index 6", "index 6\nAAAA"), id="a short hash"),
        pytest.param(lambda text: text.replace("index 6", "index 6" + "\n" + "A" * 43 + "=") * 64, id="a text again and again"),
        pytest.param(lambda text: text.replace("index 6", "index 6" + ("\n" + "A" * 43 + "=") * 64), id="more hashes than a tree is deep"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param(lambda text: text + "A" * 400_000, id="hundreds of kilobytes"),
        pytest.param(lambda text: text.split("\n\n")[0] + "\n", id="no checkpoint"),
    ],
)  # fmt: skip
def test_refuses(change, text):
    with pytest.raises((MalformedProofError, MalformedCheckpointError)):
        read_proof(change(text))
