import json
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from yesword.cli.verify import command
from yesword.ledger.entry import make_entry
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
