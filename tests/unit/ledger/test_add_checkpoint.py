"""The signed requests are those that litewitness, a public witness's software, is tested with; the order of the checks
and their statuses are those of c2sp.org/tlog-witness."""

from base64 import b64decode, b64encode
from http import HTTPStatus

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.errors import YeswordError
from yesword.ledger.add_checkpoint import (
    MAX_REQUEST_BYTES,
    Accepted,
    AddCheckpoint,
    MalformedRequestError,
    Refused,
    consider,
    read_request,
    write_request,
)
from yesword.ledger.checkpoint import (
    Checkpoint,
    MalformedCheckpointError,
    Signature,
    Signer,
    VerifierKey,
    read_checkpoint,
    read_note,
    sign_checkpoint,
    verify_checkpoint,
)
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import EMPTY_ROOT, consistency_path, tree_root

ORIGIN = "sms.example/ledger/brand"
SIGNER = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NEW_SIGNER = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = SIGNER.verifier_key
LEAVES = [leaf_hash(b"%d" % n) for n in range(20)]

SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = VerifierKey(
    name=SIGSUM,
    public=bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"),
)
TO_1 = f"""old 0

{SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— {SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
"""
TO_3 = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
"""
TO_5 = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
"""


def head(size, leaves=LEAVES, origin=ORIGIN) -> Checkpoint:
    return Checkpoint(origin=origin, size=size, root=tree_root(leaves[:size]))


def request(old, new, *, leaves=LEAVES, proof=None, signer=SIGNER) -> AddCheckpoint:
    path = consistency_path(leaves[:new], old) if proof is None and old <= new else proof or ()
    return AddCheckpoint(
        old_size=old, proof=tuple(path), checkpoint=sign_checkpoint(head(new, leaves), signer)
    )


def status_of(found) -> HTTPStatus:
    assert isinstance(found, Refused)
    return found.status


class TestRequests:
    def test_the_example_of_another_witness_is_read_and_written_byte_for_byte(self):
        for text in (TO_1, TO_3, TO_5):
            assert write_request(read_request(text.encode())).decode() == text

    def test_reads_what_it_is_made_of(self):
        found = read_request(TO_3.encode())
        assert found.old_size == 1
        assert found.proof == (
            b64decode("KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            b64decode("KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        )
        assert found.origin == SIGSUM
        assert read_checkpoint(found.checkpoint).size == 3

    @given(
        st.integers(0, 2**63 - 1),
        st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    )
    def test_every_request_is_read_back(self, old, proof):
        made = AddCheckpoint(old_size=old, proof=tuple(proof), checkpoint=sign_checkpoint(head(3), SIGNER))
        assert read_request(write_request(made)) == made

    @given(st.binary(max_size=200), st.integers(0, len(TO_3.encode())))
    def test_no_bytes_make_the_reader_stumble(self, noise, where):
        whole = TO_3.encode()
        for body in (noise, whole[:where] + noise + whole[where + len(noise) :]):
            try:
                found = read_request(body)
            except YeswordError:
                continue
            assert write_request(found) == body

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda _: "", id="nothing"),
            pytest.param(lambda text: text.replace("old 1", "old 01"), id="a leading zero"),
            pytest.param(lambda text: text.replace("old 1", "old -1"), id="a sign"),
            pytest.param(lambda text: text.replace("old 1", "old  1"), id="two spaces"),
            pytest.param(lambda text: text.replace("old 1", "old 9223372036854775808"), id="64 bits"),
            pytest.param(lambda text: text.replace("old 1", "size 1"), id="another word"),
            pytest.param(lambda text: text.replace("old 1\n", ""), id="no old size"),
            pytest.param(lambda text: text.replace("\n", "\r\n"), id="line ends of Windows"),
            pytest.param(lambda text: text.replace("KgEA", "KgE"), id="a hash cut short"),
            pytest.param(lambda text: text.replace("KgEAAAAA", "KgEA"), id="a hash of 29 bytes"),
            pytest.param(lambda text: text.replace("KgEA", "KgE!"), id="a hash outside base64"),
            pytest.param(
                lambda text: text.replace("old 1\n", "old 1\n" + f"{b64encode(bytes(32)).decode()}\n" * 62),
                id="64 hashes",
            ),
            pytest.param(lambda text: text.partition("\n\n")[0], id="no checkpoint"),
            pytest.param(lambda text: text + "— w " + "A" * MAX_REQUEST_BYTES + "\n", id="more than 64 kB"),
        ],
    )
    def test_refuses(self, change):
        with pytest.raises(MalformedRequestError):
            read_request(change(TO_3).encode())

    def test_refuses_what_is_no_utf_8(self):
        with pytest.raises(MalformedRequestError):
            read_request(b"\xff" + TO_3.encode())

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda text: text.replace("\n3\n", "\n03\n"), id="a malformed size"),
            pytest.param(lambda text: text[:-1], id="no line end at its end"),
        ],
    )
    def test_refuses_a_checkpoint_with(self, change):
        with pytest.raises(MalformedCheckpointError):
            read_request(change(TO_3).encode())


class TestDecisionsOnSignedRequestsOfAnotherWitness:
    def test_the_first_then_the_next_is_accepted(self):
        first = consider(None, read_request(TO_1.encode()), [SIGSUM_KEY])
        assert isinstance(first, Accepted)
        second = consider(first.checkpoint, read_request(TO_3.encode()), [SIGSUM_KEY])
        assert isinstance(second, Accepted)
        assert second.checkpoint.size == 3
        assert isinstance(consider(first.checkpoint, read_request(TO_5.encode()), [SIGSUM_KEY]), Accepted)

    def test_one_that_continues_an_older_head_is_told_the_newer_size(self):
        third = read_checkpoint(read_request(TO_3.encode()).checkpoint)
        found = consider(third, read_request(TO_5.encode()), [SIGSUM_KEY])
        assert isinstance(found, Refused)
        assert (found.status, found.size) == (HTTPStatus.CONFLICT, 3)

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            pytest.param(
                lambda text: text.replace("AB8WVrx6go=", "AB8WVrx6gs="), 403, id="a false signature"
            ),
            pytest.param(lambda text: text.replace("ff0309e562", "ff0309e561"), 404, id="another origin"),
            pytest.param(
                lambda text: text.replace(text.split("\n", 1)[1].split("\n\n")[0] + "\n", ""),
                422,
                id="no proof",
            ),
            pytest.param(lambda text: text.replace("KgIAAAAA", "KgIAAAAB"), 422, id="a false proof"),
        ],
    )
    def test_refuses_as_the_other_witness_does(self, change, status):
        first = read_checkpoint(read_request(TO_1.encode()).checkpoint)
        assert status_of(consider(first, read_request(change(TO_3).encode()), [SIGSUM_KEY])) == status


class TestDecisions:
    @pytest.mark.parametrize("old", [0, 1, 7, 8, 12])
    @pytest.mark.parametrize("new", [12, 13, 16, 20])
    def test_whatever_continues_the_last_is_accepted(self, old, new):
        found = consider(head(old) if old else None, request(old, new), [KEY])
        assert isinstance(found, Accepted)
        assert found.checkpoint == head(new)

    def test_the_same_again_is_accepted_again(self):
        assert isinstance(consider(head(7), request(7, 7), [KEY]), Accepted)

    def test_an_empty_log_is_accepted_and_followed(self):
        assert isinstance(consider(None, request(0, 0), [KEY]), Accepted)
        assert isinstance(consider(head(0), request(0, 5), [KEY]), Accepted)

    @pytest.mark.parametrize(
        ("known", "asked", "status"),
        [
            pytest.param(None, request(0, 5, signer=NEW_SIGNER), 403, id="another key"),
            pytest.param(head(5), request(8, 7), 400, id="an old size beyond the checkpoint"),
            pytest.param(head(5), request(0, 7), 409, id="an old size that forgets"),
            pytest.param(head(5), request(6, 7), 409, id="an old size that was never cosigned"),
            pytest.param(None, request(3, 7), 409, id="an old size where nothing was cosigned"),
            pytest.param(head(9), request(3, 7), 409, id="an older checkpoint"),
            pytest.param(None, request(0, 7, proof=[bytes(32)]), 422, id="a proof from nothing"),
            pytest.param(head(7), request(7, 7, proof=[bytes(32)]), 422, id="a proof from itself"),
            pytest.param(head(5), request(5, 9, leaves=LEAVES[::-1]), 422, id="another history"),
            pytest.param(
                head(7), request(7, 7, leaves=LEAVES[::-1]), 422, id="another root of the same size"
            ),
            pytest.param(head(8), request(8, 16, proof=[]), 422, id="no proof"),
        ],
    )
    def test_refuses(self, known, asked, status):
        found = consider(known, asked, [KEY])
        assert status_of(found) == status
        assert (found.size is not None) == (status == 409)

    def test_tells_the_size_it_knows(self):
        assert consider(head(9), request(3, 12), [KEY]).size == 9
        assert consider(None, request(3, 12), [KEY]).size == 0

    def test_refuses_an_empty_log_with_a_root(self):
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=0, root=bytes(32)), SIGNER)
        asked = AddCheckpoint(old_size=0, proof=(), checkpoint=note)
        assert status_of(consider(None, asked, [KEY])) == HTTPStatus.UNPROCESSABLE_ENTITY
        assert tree_root([]) == EMPTY_ROOT

    def test_what_is_not_watched_is_unknown_before_anything_else_is_looked_at(self):
        other = VerifierKey(name="sms.example/ledger/other", public=KEY.public)
        assert status_of(consider(None, request(0, 5), [other])) == HTTPStatus.NOT_FOUND
        assert status_of(consider(None, request(0, 5), [])) == HTTPStatus.NOT_FOUND
        torn = AddCheckpoint(old_size=0, proof=(), checkpoint="nobody\n")
        assert status_of(consider(None, torn, [KEY])) == HTTPStatus.NOT_FOUND

    def test_a_torn_checkpoint_of_a_watched_log_is_malformed(self):
        torn = AddCheckpoint(old_size=0, proof=(), checkpoint=f"{ORIGIN}\n5\n")
        assert status_of(consider(None, torn, [KEY])) == HTTPStatus.BAD_REQUEST

    def test_a_log_that_changes_its_key_is_followed_by_either(self):
        keys = [KEY, NEW_SIGNER.verifier_key]
        assert isinstance(consider(head(5), request(5, 7), keys), Accepted)
        assert isinstance(consider(head(7), request(7, 9, signer=NEW_SIGNER), keys), Accepted)

    def test_keeps_the_signatures_that_it_verified_and_no_others(self):
        asked = request(0, 5)
        stranger = Signature(name="w.example", key_id=bytes(4), signature=bytes(72)).line
        noisy = AddCheckpoint(old_size=0, proof=(), checkpoint=asked.checkpoint + stranger)
        found = consider(None, noisy, [KEY, NEW_SIGNER.verifier_key])
        assert isinstance(found, Accepted)
        assert found.note == asked.checkpoint
        assert verify_checkpoint(found.note, KEY) == head(5)
        assert len(read_note(found.note).signatures) == 1

    def test_one_false_signature_of_a_known_key_spoils_the_true_one(self):
        asked = request(0, 5)
        false = Signature(name=ORIGIN, key_id=KEY.key_id, signature=bytes(64)).line
        both = AddCheckpoint(old_size=0, proof=(), checkpoint=asked.checkpoint + false)
        assert status_of(consider(None, both, [KEY])) == HTTPStatus.FORBIDDEN
        new = NEW_SIGNER.verifier_key
        false = Signature(name=ORIGIN, key_id=new.key_id, signature=bytes(64)).line
        both = AddCheckpoint(old_size=0, proof=(), checkpoint=asked.checkpoint + false)
        assert status_of(consider(None, both, [KEY, new])) == HTTPStatus.FORBIDDEN
