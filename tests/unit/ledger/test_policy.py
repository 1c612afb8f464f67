"""The quorums are those of the specification (c2sp.org/tlog-policy) and of the tests of sigsum-go."""

from datetime import UTC, datetime, timedelta
from itertools import chain, combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.ledger.checkpoint import (
    ForgedCheckpointError,
    MalformedCheckpointError,
    Signature,
    Signer,
    VerifierKey,
    read_checkpoint,
    sign_checkpoint,
)
from yesword.ledger.cosignature import FalseCosignatureError, WitnessKey, WitnessSigner, cosign
from yesword.ledger.policy import (
    MAX_POLICY_CHARS,
    Group,
    MalformedPolicyError,
    Policy,
    PolicyLog,
    PolicyWitness,
    Witnessed,
    check,
    read_policy,
    write_policy,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOG_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NAMES = ("W1", "W2", "W3", "W4", "W5")
SIGNERS = {
    name: WitnessSigner(
        name=f"witness.example/{name}", private=Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)
    )
    for n, name in enumerate(NAMES, 1)
}
WITNESS_LINES = "".join(f"witness {name} {signer.witness_key}\n" for name, signer in SIGNERS.items())
W1, W2 = (SIGNERS[name].witness_key for name in ("W1", "W2"))


@pytest.fixture
def signed(log):
    return log.proof.checkpoint


def by(signed, *names, at=NOON) -> str:
    checkpoint = read_checkpoint(signed)
    return signed + "".join(cosign(checkpoint, SIGNERS[name], at) for name in names)


def subsets():
    return chain.from_iterable(combinations(NAMES, count) for count in range(len(NAMES) + 1))


class TestReading:
    def test_reads_logs_witnesses_groups_and_the_quorum(self, log):
        policy = read_policy(
            f"# who is believed\n\n  log {log.key} https://sms.example/ledger\n"
            f"\twitness  a/b+c\t{W1} \t https://w1.example\t\n   # more\nwitness Ö {W2}\n"
            "group both all a/b+c Ö\nquorum both\n"
        )
        assert policy == Policy(
            logs=(PolicyLog(key=log.key, url="https://sms.example/ledger"),),
            witnesses=(
                PolicyWitness(name="a/b+c", key=W1, url="https://w1.example"),
                PolicyWitness(name="Ö", key=W2),
            ),
            groups=(Group(name="both", threshold=2, members=("a/b+c", "Ö")),),
            quorum="both",
        )
        assert read_policy(write_policy(policy)) == policy

    def test_a_policy_may_ask_for_no_witness_and_name_no_log(self):
        assert read_policy("quorum none\n") == Policy()
        assert write_policy(Policy()) == "quorum none\n"

    def test_logs_and_witnesses_may_follow_the_quorum(self, log):
        policy = read_policy(f"quorum none\nwitness W1 {W1}\nlog {log.key}\n")
        assert len(policy.logs) == len(policy.witnesses) == 1

    def test_a_log_and_a_witness_may_hold_the_same_key(self, log):
        same = WitnessKey(name="w", public=log.key.public)
        policy = read_policy(f"log {log.key}\nwitness W {same}\nquorum W\n")
        assert policy.logs[0].key.public == policy.witnesses[0].key.public

    def test_no_break_space_and_other_spaces_belong_to_a_name(self):
        policy = read_policy(f"witness a\u00a0b\u2003c\u2028d {W1}\nquorum a\u00a0b\u2003c\u2028d\n")
        assert policy.quorum == "a\u00a0b\u2003c\u2028d"

    def test_a_name_that_only_looks_the_same_is_another(self):
        with pytest.raises(MalformedPolicyError, match="Line 2"):
            read_policy(f"witness K {W1}\nquorum \u212a\n")

    @pytest.mark.parametrize(
        ("line", "text", "reason"),
        [
            pytest.param(1, "", "no quorum", id="nothing"),
            pytest.param(6, WITNESS_LINES, "no quorum", id="no quorum"),
            pytest.param(1, "quorum none", "no end", id="cut short in its last line"),
            pytest.param(2, "quorum none\n# more", "no end", id="cut short in a comment"),
            pytest.param(2, "quorum none\nquorum none\n", "already", id="two quorums"),
            pytest.param(1, "quorum W1\n" + WITNESS_LINES, "W1", id="a quorum before its witness"),
            pytest.param(1, "quorum\n", "none of", id="a quorum of nobody"),
            pytest.param(1, "# \f\nquorum none\n", "control", id="a form feed, even in a comment"),
            pytest.param(1, "# \x7f\nquorum none\n", "control", id="a delete character"),
            pytest.param(1, "quorum none\r\n", "control", id="line ends of Windows"),
            pytest.param(1, "Quorum none\n", "none of", id="a capital"),
            pytest.param(1, "cosigner a b\n", "none of", id="a word of its own"),
            pytest.param(
                1,
                f"log {LOG_VKEY} https://a #comment\nquorum none\n",
                "none of",
                id="a comment behind a line",
            ),
            pytest.param(2, f"log {LOG_VKEY}\n log {LOG_VKEY}\n", "already", id="a log twice"),
            pytest.param(1, f"log {W1}\n", "Ed25519 for logs", id="a witness's key for a log"),
            pytest.param(
                1, f"witness W {LOG_VKEY}\n", "Ed25519 for witnesses", id="a log's key for a witness"
            ),
            pytest.param(2, f"witness W1 {W1}\nwitness W1 {W2}\n", "taken", id="a name twice"),
            pytest.param(2, f"witness W1 {W1}\nwitness W2 {W1}\n", "already", id="a witness twice"),
            pytest.param(
                2,
                f"witness W1 {W1}\nwitness W2 {WitnessKey(name='other', public=W1.public)}\n",
                "already",
                id="a witness twice, by another name",
            ),
            pytest.param(1, f"witness none {W1}\n", "taken", id="a witness called none"),
            pytest.param(6, WITNESS_LINES + "group none any W1\n", "taken", id="a group called none"),
            pytest.param(6, WITNESS_LINES + "group W1 any W2\n", "taken", id="a group called as a witness"),
            pytest.param(6, WITNESS_LINES + "group G any none\n", "none", id="none as a member"),
            pytest.param(6, WITNESS_LINES + "group G any\n", "0 members", id="no member"),
            pytest.param(6, WITNESS_LINES + "group G all\n", "0 members", id="all of no member"),
            pytest.param(6, WITNESS_LINES + "group G\n", "none of", id="a name alone"),
            pytest.param(6, WITNESS_LINES + "group G 0 W1\n", "number", id="a threshold of zero"),
            pytest.param(6, WITNESS_LINES + "group G 2 W1\n", "asks for 2", id="a threshold too high"),
            pytest.param(6, WITNESS_LINES + "group G 01 W1\n", "number", id="a leading zero"),
            pytest.param(6, WITNESS_LINES + "group G +1 W1\n", "number", id="a sign"),
            pytest.param(6, WITNESS_LINES + "group G １ W1\n", "number", id="a digit of another script"),
            pytest.param(6, WITNESS_LINES + "group G 1 W9\n", "W9", id="an unknown member"),
            pytest.param(6, WITNESS_LINES + "group G 1 G\n", "G comes", id="itself as a member"),
            pytest.param(6, WITNESS_LINES + "group G any W1 W2 W1\n", "already", id="a member twice"),
            pytest.param(
                7,
                WITNESS_LINES + "group G any W1\ngroup H any W2 W1\n",
                "already",
                id="a member of two groups",
            ),
            pytest.param(1, "#" * MAX_POLICY_CHARS + "\n", "longer", id="more than anyone writes"),
        ],
    )
    def test_refuses_and_names_the_line(self, line, text, reason):
        where = "As a whole" if reason == "longer" else f"Line {line}"
        with pytest.raises(MalformedPolicyError, match=rf"{where}: .*{reason}"):
            read_policy(text)

    @pytest.mark.parametrize(
        "parts",
        [
            pytest.param({"quorum": "W1"}, id="an unknown quorum"),
            pytest.param({"quorum": "none"}, id="a quorum that would read as another"),
            pytest.param({"witnesses": (PolicyWitness(name="a b", key=W1),)}, id="a space in a name"),
            pytest.param({"witnesses": (PolicyWitness(name="", key=W1),)}, id="an empty name"),
            pytest.param(
                {"witnesses": (PolicyWitness(name="a", key=W1, url="x\ny"),)}, id="two lines in one"
            ),
            pytest.param({"groups": (Group(name="G", threshold=0, members=()),)}, id="an empty group"),
        ],
    )
    def test_cannot_be_put_together_so_that_it_would_not_be_read_back(self, parts):
        with pytest.raises(MalformedPolicyError):
            Policy(**parts)


class TestQuorum:
    @pytest.mark.parametrize(
        ("groups", "is_enough"),
        [
            pytest.param("quorum none\n", lambda _: True, id="nobody"),
            pytest.param("quorum W2\n", lambda by: "W2" in by, id="one witness"),
            pytest.param("group G 3 W1 W2 W3 W4 W5\nquorum G\n", lambda by: len(by) >= 3, id="three of five"),
            pytest.param("group G all W1 W2\nquorum G\n", lambda by: {"W1", "W2"} <= by, id="both"),
            pytest.param(
                "group G1 any W1 W2\ngroup G2 2 W3 W4 W5\ngroup G3 all G1 G2\nquorum G3\n",
                lambda by: bool(by & {"W1", "W2"}) and len(by & {"W3", "W4", "W5"}) >= 2,
                id="one of these and two of those",
            ),
            pytest.param(
                "group A 1 W1 W2\ngroup B 2 W3 W4\ngroup G any A B W5\nquorum G\n",
                lambda by: bool(by & {"W1", "W2", "W5"}) or {"W3", "W4"} <= by,
                id="any of groups and a witness",
            ),
            pytest.param(
                "group A any W1\ngroup B all W2 W3\nquorum A\n",
                lambda by: "W1" in by,
                id="not of a group beside it",
            ),
        ],
    )
    def test_is_met_by_just_those_sets_of_witnesses(self, groups, is_enough, signed):
        policy = read_policy(WITNESS_LINES + groups)
        for names in subsets():
            assert check(policy, by(signed, *names)).is_quorum_met is is_enough(set(names)), names


class TestChecking:
    def test_tells_who_signed_who_cosigned_and_when(self, log, signed):
        policy = read_policy(f"log {log.key}\n{WITNESS_LINES}group G 2 W1 W2 W3\nquorum G\n")
        later = NOON + timedelta(minutes=5)
        note = by(by(signed, "W3", at=later), "W1")
        found = check(policy, note)
        assert found.holds
        assert found.log == policy.logs[0]
        assert found.checkpoint == read_checkpoint(signed)
        assert found.witnessed == (Witnessed(name="W1", at=NOON), Witnessed(name="W3", at=later))

    def test_a_witness_that_said_it_twice_counts_once_and_from_the_first_time(self, log, signed):
        policy = read_policy(f"log {log.key}\n{WITNESS_LINES}group G 2 W1 W2\nquorum G\n")
        note = by(by(signed, "W1", at=NOON + timedelta(hours=1)), "W1")
        found = check(policy, note)
        assert found.witnessed == (Witnessed(name="W1", at=NOON),)
        assert not found.holds

    def test_a_quorum_does_not_stand_in_for_the_log_s_signature(self, log, signed):
        other = Signer(name=log.key.name, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        policy = read_policy(f"log {other.verifier_key}\n{WITNESS_LINES}quorum W1\n")
        found = check(policy, by(signed, "W1"))
        assert (found.is_quorum_met, found.log, found.holds) == (True, None, False)

    def test_a_log_of_the_policy_vouches_for_its_own_origin_only(self, log, signed):
        same_key = VerifierKey(name="sms.example/ledger/other", public=log.key.public)
        assert check(Policy(logs=(PolicyLog(key=same_key),)), signed).log is None

    def test_either_key_of_a_log_that_changes_its_key_will_do(self, log, signed):
        new = Signer(name=log.key.name, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        policy = Policy(logs=(PolicyLog(key=new.verifier_key), PolicyLog(key=log.key)))
        assert check(policy, signed).log == policy.logs[1]
        assert check(policy, sign_checkpoint(read_checkpoint(signed), new)).log == policy.logs[0]

    def test_signed_by_both_of_its_keys_it_is_by_the_first_of_the_policy(self, log, signed):
        new = Signer(name=log.key.name, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
        both = signed + sign_checkpoint(read_checkpoint(signed), new).split("\n\n")[1]
        policy = Policy(logs=(PolicyLog(key=new.verifier_key), PolicyLog(key=log.key)))
        assert check(policy, both).log == policy.logs[0]

    def test_another_log_of_the_policy_cannot_vouch_for_it_and_must_not_be_forged(self, log, signed):
        other = Signer(
            name="sms.example/ledger/other", private=Ed25519PrivateKey.from_private_bytes(bytes(32))
        )
        key = other.verifier_key
        text = read_checkpoint(signed).text
        line = Signature(name=key.name, key_id=key.key_id, signature=other.private.sign(text.encode())).line
        assert check(Policy(logs=(PolicyLog(key=key),)), signed + line).log is None
        policy = Policy(logs=(PolicyLog(key=key), PolicyLog(key=log.key)))
        assert check(policy, signed + line).log == policy.logs[1]
        forged = Signature(name=key.name, key_id=key.key_id, signature=bytes(64)).line
        with pytest.raises(ForgedCheckpointError):
            check(policy, signed + forged)

    def test_what_is_false_is_an_error_and_not_merely_missing(self, log, signed):
        policy = read_policy(f"log {log.key}\n{WITNESS_LINES}quorum none\n")
        false = Signature(name=W1.name, key_id=W1.key_id, signature=bytes(72)).line
        with pytest.raises(FalseCosignatureError):
            check(policy, signed + false)
        forged = Signature(name=log.key.name, key_id=log.key.key_id, signature=bytes(64)).line
        with pytest.raises(ForgedCheckpointError):
            check(policy, signed + forged)
        with pytest.raises(MalformedCheckpointError):
            check(policy, "no checkpoint\n")
