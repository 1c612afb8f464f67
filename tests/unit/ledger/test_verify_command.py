import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.cli.verify import command
from yesword.ledger.checkpoint import read_checkpoint
from yesword.ledger.cosignature import WitnessSigner, add_cosignatures, cosign
from yesword.ledger.entry import make_entry
from yesword.ledger.policy import Group, Policy, PolicyLog, PolicyWitness, write_policy
from yesword.ledger.proof import format_proof
from yesword.ledger.receipt import Receipt, write_receipt


@pytest.fixture
def verify(tmp_path):
    def run(receipt, *options):
        file = tmp_path / "consent.json"
        file.write_bytes(receipt if isinstance(receipt, bytes) else write_receipt(receipt))
        return CliRunner().invoke(command, [str(file), *options])

    return run


def self_made(**event) -> Receipt:
    entry = make_entry({"event": {"id": "evt_1", **event}})
    return Receipt(
        origin="a.example",
        event_id="evt_1",
        entry=entry.entry,
        leaf_hash=entry.leaf_hash,
        disclosures=entry.disclosures,
    )


def test_a_proven_receipt_shows_the_consent_in_its_words_and_exits_0(log, verify):
    result = verify(log.receipt(), "--vkey", str(log.key))
    assert result.exit_code == 0
    for shown in ("granted", "2026-01-05 10:00:00 UTC", "SAVEMORE", "Ja, Angebote per SMS.", "STOP beendet."):
        assert shown in result.output
    assert "number 7 of the 11 records" in result.output
    assert "Proven: the log holds this record" in result.output


def test_the_number_stays_masked(log, verify):
    for options in ((), ("--json",)):
        result = verify(log.receipt(), *options)
        assert "ends in 78" in result.output
        assert "15112345678" not in result.output


def test_without_a_key_a_good_receipt_exits_0_and_does_not_claim_proof(log, verify):
    for receipt in (log.receipt(), log.receipt(is_published=False)):
        result = verify(receipt)
        assert result.exit_code == 0
        assert "Consistent, not proven" in result.output
    assert "not yet in the published log" in result.output


def test_with_a_key_a_receipt_that_lost_its_proof_exits_1(log, verify):
    result = verify(log.receipt(is_published=False), "--vkey", str(log.key))
    assert result.exit_code == 1
    assert "Not proven" in result.output


def test_a_changed_receipt_exits_1_and_names_what_failed(log, verify):
    changed = replace(log.receipt(), leaf_hash=bytes(32))
    result = verify(changed)
    assert result.exit_code == 1
    assert "FAILED  The leaf hash" in result.output
    assert "do not rely on this receipt" in result.output


@pytest.mark.parametrize(
    "data", [pytest.param(b"hello", id="a text"), pytest.param(b" " * 2**22, id="four megabytes")]
)
def test_an_unreadable_file_exits_2_and_says_what_was_expected(data, verify):
    result = verify(data)
    assert result.exit_code == 2
    assert "Expected a JSON file" in result.stderr
    as_json = verify(data, "--json")
    assert as_json.exit_code == 2
    assert json.loads(as_json.stdout)["code"] == "receipt_unreadable"


def test_a_file_that_is_not_there_exits_2():
    assert CliRunner().invoke(command, ["/nowhere/consent.json"]).exit_code == 2


def test_a_key_that_cannot_be_read_exits_2(log, verify):
    result = verify(log.receipt(), "--vkey", "sms.example")
    assert result.exit_code == 2
    assert "three parts" in result.stderr


class TestAfterAChangeOfKeys:
    @pytest.fixture
    def keys(self, rotated, tmp_path):
        file = tmp_path / "log.vkey"
        file.write_text("".join(f"{key}\n" for key in rotated.keys))
        return file

    @pytest.mark.parametrize(("name", "signer"), [("old", 1), ("new", 0)])
    def test_all_keys_prove_it_from_a_file_or_as_text_and_the_one_that_signed_is_named(
        self, name, signer, rotated, keys, verify
    ):
        for given in (keys, keys.read_text()):
            result = verify(getattr(rotated, name), "--vkey", str(given))
            assert result.exit_code == 0, result.output
            assert f"signed by the log's key, {rotated.keys[signer]}." in result.output

    @pytest.mark.parametrize("wrong", ["the newest alone", "of a stranger by the same name"])
    def test_by_another_key_it_is_not_called_false_and_all_keys_are_asked_for(self, wrong, rotated, verify):
        given = rotated.keys[0] if wrong == "the newest alone" else rotated.stranger
        result = verify(rotated.old, "--vkey", str(given))
        assert result.exit_code == 1
        assert "do not rely" not in result.output
        signed, brought = rotated.keys[1].key_id.hex(), given.key_id.hex()
        assert (
            f"  open    The checkpoint names the key {signed} of this log as its signer, and you brought {brought}:"
            in result.output
        )
        assert result.output.splitlines()[-1].startswith(
            "Not proven: this receipt names another key of this log"
        )
        found = json.loads(verify(rotated.old, "--vkey", str(given), "--json").output)
        assert (found["verdict"], found["ok"], found["remarks"]) == ("consistent", False, [])
        assert found["checks"][-1]["code"] == "receipt_signature_other_key"

    def test_what_was_altered_is_refused_with_whatever_key(self, rotated, keys, verify):
        altered = replace(rotated.old, event_id="evt_other")
        for given in (keys, rotated.keys[0], rotated.stranger):
            result = verify(altered, "--vkey", str(given))
            assert result.exit_code == 1
            assert result.output.splitlines()[-1] == "Failed: do not rely on this receipt."

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param("{0}\nhello\n{1}\n", "in line 2 ('hello'), it is not three parts", id="a word between keys"),
            pytest.param("hello\n", "it is not three parts", id="a word"),
            pytest.param("\n \n", "there is none", id="nothing"),
            pytest.param("log {0}\nquorum none\n", "in line 1", id="a policy"),
        ],
    )  # fmt: skip
    def test_a_line_that_is_no_key_is_named(self, text, said, rotated, keys, verify):
        keys.write_text(text.format(*rotated.keys))
        result = verify(rotated.old, "--vkey", str(keys))
        assert result.exit_code == 2
        assert said in result.stderr

    def test_a_key_that_is_there_twice_is_one_key(self, rotated, verify):
        twice = f"{rotated.keys[1]}\n\n{rotated.keys[1]}\n"
        assert verify(rotated.old, "--vkey", twice).exit_code == 0


class TestWithAPolicyThatAsksForWitnesses:
    SIGNER = WitnessSigner(name="w.example", private=Ed25519PrivateKey.from_private_bytes(bytes(32)))

    @pytest.fixture
    def policy(self, log, tmp_path):
        partner = PolicyWitness(name="partner", key=self.SIGNER.witness_key)
        other = PolicyWitness(
            name="other", key=replace(self.SIGNER, private=Ed25519PrivateKey.generate()).witness_key
        )
        asked = Policy(
            logs=(PolicyLog(key=log.key),),
            witnesses=(partner, other),
            groups=(Group(name="some", threshold=1, members=("partner", "other")),),
            quorum="some",
        )
        (tmp_path / "policy.txt").write_text(write_policy(asked))
        return str(tmp_path / "policy.txt")

    def test_it_says_who_saw_it(self, log, policy, verify):
        note = log.proof.checkpoint
        line = cosign(read_checkpoint(note), self.SIGNER, datetime(2026, 3, 1, tzinfo=UTC))
        seen = replace(log.proof, checkpoint=add_cosignatures(note, line))
        result = verify(replace(log.receipt(), proof=format_proof(seen)), "--policy", policy)
        assert result.exit_code == 0, result.output
        said = "As many witnesses as the policy asks for have seen the checkpoint in this file: partner."
        assert f"  held    {said}" in result.output
        found = json.loads(
            verify(replace(log.receipt(), proof=format_proof(seen)), "--policy", policy, "--json").output
        )
        assert found["checks"][-1] == {
            "check": "witnesses", "outcome": "held", "code": "receipt_witnesses_held", "sentence": said,
        }  # fmt: skip

    def test_it_says_that_nobody_did(self, log, policy, verify):
        result = verify(log.receipt(), "--policy", policy)
        assert result.exit_code == 1
        assert "  open    Not as many witnesses as the policy asks for" in result.output
        assert "Seen by: nobody." in result.output


def test_without_the_event_it_says_that_the_log_holds_a_record_of_nobody_knows_what(log, verify):
    result = verify(replace(log.receipt(), disclosures=()), "--vkey", str(log.key))
    assert result.exit_code == 1
    assert "  held    The record is number 7" in result.output
    assert "  held    The checkpoint is signed" in result.output
    assert result.output.splitlines()[-1].startswith(
        "Not proven: the log holds this record, but the receipt does not show the event"
    )


def test_a_program_reads_verdict_and_checks(log, verify):
    found = json.loads(verify(log.receipt(), "--vkey", str(log.key), "--json").stdout)
    assert found["verdict"] == "proven"
    assert found["ok"] is True
    assert found["shown"]["wording"] == "Ja, Angebote per SMS.\nSTOP beendet."
    assert [item["check"] for item in found["checks"]] == [
        "disclosures", "leaf_hash", "event_id", "inclusion", "signature",
    ]  # fmt: skip
    lost = json.loads(verify(log.receipt(is_published=False), "--vkey", str(log.key), "--json").stdout)
    assert (lost["verdict"], lost["ok"]) == ("consistent", False)


def test_standard_input_is_a_file_too(log):
    result = CliRunner().invoke(command, ["-"], input=write_receipt(log.receipt()))
    assert result.exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x1b[2Jgranted", id="clears the screen"),
        pytest.param("granted\n  held    The checkpoint is signed", id="adds a finding"),
        pytest.param("granted\r", id="writes over its line"),
        pytest.param("\u202edetnarg", id="turns the direction"),
        pytest.param("\x9b2J", id="uses an eight-bit control"),
    ],
)
def test_a_value_in_the_file_cannot_steer_the_terminal(text, verify):
    lines = verify(self_made(type=text)).output.split("\n")
    assert not any(char in line for line in lines for char in "\x1b\r\u202e\x9b")
    assert not any(line.startswith("  held    The checkpoint is signed") for line in lines)
    origin = verify(replace(self_made(), origin=text)).output
    assert not any(line.startswith("  held    The checkpoint is signed") for line in origin.split("\n"))


def test_values_of_unexpected_types_are_left_out(verify):
    result = verify(self_made(type=7, occurred_at=["x"], program={"a": 1}))
    assert result.exit_code == 0
    assert "Program" not in result.output


def test_loads_no_django():
    code = "import sys, yesword.cli.verify; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
