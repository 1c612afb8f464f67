import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.ledger.checkpoint import Checkpoint, Signer, VerifierKey, sign_checkpoint
from yesword.ledger.entry import make_entry
from yesword.ledger.proof import (
    MalformedProofError,
    TlogProof,
    format_proof,
    read_proof,
    verify_proof,
)
from yesword.ledger.receipt import (
    Check,
    Outcome,
    Receipt,
    UnprovenReceiptError,
    UnreadableReceiptError,
    Verdict,
    read_receipt,
    write_receipt,
    write_tlog_receipt,
)


def outcomes(check):
    return {finding.check: finding.outcome for finding in check.findings}


def failed(check):
    return {name for name, outcome in outcomes(check).items() if outcome is Outcome.FAILED}


class TestChecking:
    def test_with_proof_and_key_everything_is_proven(self, log):
        check = log.receipt().check(log.key)
        assert outcomes(check) == dict.fromkeys(Check, Outcome.HELD)
        assert check.verdict is Verdict.PROVEN
        assert check.sections == log.sections

    def test_without_a_key_it_is_consistent_and_says_that_nobody_vouched(self, log):
        check = log.receipt().check()
        assert check.verdict is Verdict.CONSISTENT
        assert outcomes(check)[Check.SIGNATURE] is Outcome.OPEN
        assert outcomes(check)[Check.INCLUSION] is Outcome.HELD

    def test_before_the_log_took_it_up_it_says_so(self, log):
        check = log.receipt(is_published=False).check(log.key)
        assert check.verdict is Verdict.CONSISTENT
        inclusion = next(finding for finding in check.findings if finding.check is Check.INCLUSION)
        assert inclusion.outcome is Outcome.OPEN
        assert "not yet in the published log" in inclusion.sentence

    def test_a_receipt_made_up_whole_is_never_proven(self, log):
        forger = Signer(name=log.key.name, private=Ed25519PrivateKey.generate())
        entry = make_entry({"event": {"id": "evt_x", "type": "granted"}})
        note = sign_checkpoint(Checkpoint(origin=log.key.name, size=1, root=entry.leaf_hash), forger)
        made_up = Receipt(
            origin=log.key.name,
            event_id="evt_x",
            entry=entry.entry,
            leaf_hash=entry.leaf_hash,
            disclosures=entry.disclosures,
            proof=format_proof(TlogProof(index=0, path=(), checkpoint=note)),
        )
        assert made_up.check().verdict is Verdict.CONSISTENT
        check = made_up.check(log.key)
        assert (check.verdict, outcomes(check)[Check.SIGNATURE]) == (Verdict.CONSISTENT, Outcome.OPEN)
        assert check.is_by_other_key

    def test_parts_may_be_held_back(self, log):
        event_only = replace(log.receipt(), disclosures=log.entry.disclosures[:1])
        assert event_only.check(log.key).verdict is Verdict.PROVEN

    def test_without_the_event_nothing_vouches_for_which_event_it_is(self, log):
        notice_only = replace(log.receipt(), disclosures=log.entry.disclosures[2:3], event_id="evt_made_up")
        check = notice_only.check(log.key)
        assert check.verdict is Verdict.CONSISTENT
        assert check.sections == {"notice": log.sections["notice"]}
        assert outcomes(check)[Check.EVENT_ID] is Outcome.OPEN

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            pytest.param({"leaf_hash": bytes(32)}, {Check.LEAF_HASH}, id="the leaf hash"),
            pytest.param({"event_id": "evt_other"}, {Check.EVENT_ID}, id="the event id"),
            pytest.param(
                {"origin": "other.example"}, {Check.INCLUSION, Check.SIGNATURE}, id="the log's name"
            ),
            pytest.param({"proof": "c2sp.org/tlog-proof@v1"}, {Check.INCLUSION}, id="the proof"),
            pytest.param(
                {"entry": make_entry({"event": {}}).entry},
                {Check.DISCLOSURES, Check.LEAF_HASH, Check.EVENT_ID, Check.INCLUSION},
                id="the record",
            ),
        ],
    )
    def test_names_what_fails_when_something_is_replaced(self, change, expected, log):
        check = replace(log.receipt(), **change).check(log.key)
        assert check.verdict is Verdict.FAILED
        # Without its event a receipt cannot compare ids; all else that failed is named.
        assert failed(check) == expected - ({Check.EVENT_ID} if Check.DISCLOSURES in expected else set())

    def test_shows_nothing_of_a_record_whose_disclosures_fail(self, log):
        stranger = make_entry({"subject": {"phone": "+491511"}, "event": {}}).disclosures
        check = replace(log.receipt(), disclosures=(*log.entry.disclosures[:1], stranger[1])).check()
        assert failed(check) == {Check.DISCLOSURES}
        assert check.sections == {}

    def test_an_event_section_that_is_a_list_has_no_id(self):
        entry = make_entry({"event": [1]})
        receipt = Receipt(
            origin="a.example",
            event_id="evt_1",
            entry=entry.entry,
            leaf_hash=entry.leaf_hash,
            disclosures=entry.disclosures,
        )
        assert failed(receipt.check()) == {Check.EVENT_ID}

    def test_a_key_of_another_log_is_told(self, log):
        key = VerifierKey(name="other.example", public=log.key.public)
        assert failed(log.receipt(is_published=False).check(key)) == {Check.SIGNATURE}

    def test_every_sentence_is_complete(self, log):
        for receipt in (log.receipt(), log.receipt(is_published=False)):
            for finding in receipt.check().findings:
                assert finding.sentence.endswith(".")
                assert "{" not in finding.sentence
                assert finding.code


def test_any_changed_character_of_any_part_is_refused(log):
    """Each value's text in the file is changed in every place, one character at a time."""
    whole = json.loads(write_receipt(log.receipt()))
    unproven = []
    parts = [(name, None) for name in ("origin", "event_id", "entry", "leaf_hash", "proof")]
    parts += [("disclosures", index) for index in range(len(whole["disclosures"]))]
    for name, index in parts:
        value = whole[name] if index is None else whole[name][index]
        for place, char in enumerate(value):
            changed = value[:place] + ("A" if char != "A" else "B") + value[place + 1 :]
            members = json.loads(json.dumps(whole))
            if index is None:
                members[name] = changed
            else:
                members[name][index] = changed
            try:
                check = read_receipt(json.dumps(members).encode()).check(log.key)
            except UnreadableReceiptError:
                continue
            if check.is_by_other_key and check.verdict is Verdict.CONSISTENT:
                unproven.append((name, place))
            else:
                assert check.verdict is Verdict.FAILED, (name, index, place)
    # In base64 the id of the signer's key: with another one it could be by a key of the log that nobody brought.
    (name,) = {name for name, _ in unproven}
    places = [place for _, place in unproven]
    assert (name, places) == ("proof", list(range(places[0], places[0] + 5)))


class TestReading:
    def test_gives_back_what_was_written(self, log):
        for receipt in (log.receipt(), log.receipt(is_published=False)):
            assert read_receipt(write_receipt(receipt)) == receipt

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            pytest.param(b"", "not JSON", id="an empty file"),
            pytest.param(b"\xff\xfe{}", "not JSON in UTF-8", id="another encoding"),
            pytest.param(b"PK\x03\x04", "not JSON", id="a zip"),
            pytest.param(b"[]", "no yesword_receipt", id="a list"),
            pytest.param(b"{}", "no yesword_receipt", id="an empty object"),
            pytest.param(b'{"yesword_receipt":1,"yesword_receipt":1}', "same key twice", id="a member twice"),
            pytest.param(b'{"yesword_receipt":2}', "version 2", id="a later version"),
            pytest.param(b'{"yesword_receipt":true}', "version True", id="true for a version"),
            pytest.param(b'{"yesword_receipt":1.0}', "not a whole number", id="a float for a version"),
            pytest.param(
                b'{"yesword_receipt":1}', "missing or unknown: disclosures", id="nothing but a version"
            ),
            pytest.param(b" " * (2**21 + 1), "larger than", id="over two megabytes"),
            pytest.param(b"[" * 2**20, "nested", id="a million brackets"),
            pytest.param(b"[" + b"9" * 5000 + b"]", "", id="a number of five thousand digits"),
        ],
    )
    def test_says_of_what_is_no_receipt_why_not_and_what_was_expected(self, data, reason):
        with pytest.raises(UnreadableReceiptError) as caught:
            read_receipt(data)
        assert reason in str(caught.value)
        assert "Expected a JSON file" in str(caught.value)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"note": "hello"}, id="a member too many"),
            pytest.param({"origin": 7}, id="a number as origin"),
            pytest.param({"origin": ""}, id="an empty origin"),
            pytest.param({"event_id": "x" * 513}, id="an event id without end"),
            pytest.param({"event_id": None}, id="no event id"),
            pytest.param({"entry": "e30="}, id="padding in the entry"),
            pytest.param({"entry": ["e30"]}, id="a list as entry"),
            pytest.param({"leaf_hash": "AB" * 32}, id="a leaf hash in capitals"),
            pytest.param({"leaf_hash": "ab" * 31}, id="a short leaf hash"),
            pytest.param({"leaf_hash": "zz" * 32}, id="a leaf hash that is not hexadecimal"),
            pytest.param({"disclosures": None}, id="no disclosures"),
            pytest.param({"disclosures": ["a"] * 7}, id="seven disclosures"),
            pytest.param({"disclosures": [{}]}, id="an object as a disclosure"),
            pytest.param({"proof": ""}, id="an empty proof"),
            pytest.param({"proof": {"index": 1}}, id="an object as proof"),
        ],
    )
    def test_refuses(self, change, log):
        members = json.loads(write_receipt(log.receipt())) | change
        with pytest.raises(UnreadableReceiptError):
            read_receipt(json.dumps(members).encode())


class TestAsAProofFile:
    def test_gives_back_what_was_written(self, log):
        written = write_tlog_receipt(log.receipt())
        assert read_receipt(written) == log.receipt()
        assert read_receipt(written).check(log.key).verdict is Verdict.PROVEN

    def test_is_a_tlog_proof_that_shows_inclusion_to_those_who_know_no_receipts(self, log):
        text = write_tlog_receipt(log.receipt()).decode()
        assert verify_proof(log.key, read_proof(text), log.entry.entry).size == 11
        first, extra, *rest = text.split("\n")
        assert (first, extra[:6]) == ("c2sp.org/tlog-proof@v1", "extra ")
        assert "\n".join([first, *rest]) == log.receipt().proof

    def test_its_extra_line_holds_the_compact_receipt_without_the_proof(self, log):
        extra = read_proof(write_tlog_receipt(log.receipt()).decode()).extra
        members = json.loads(write_receipt(log.receipt()))
        del members["proof"]
        assert extra == json.dumps(members, separators=(",", ":"), sort_keys=True).encode()

    def test_an_extra_line_of_the_proof_gives_way(self, log):
        noted = replace(log.receipt(), proof=format_proof(replace(log.proof, extra=b"noted")))
        assert read_receipt(write_tlog_receipt(noted)) == log.receipt()

    def test_needs_a_proof(self, log):
        with pytest.raises(UnprovenReceiptError):
            write_tlog_receipt(log.receipt(is_published=False))
        with pytest.raises(MalformedProofError):
            write_tlog_receipt(replace(log.receipt(), proof="c2sp.org/tlog-proof@v1"))

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            pytest.param(lambda _: None, "without one extra line", id="no extra line"),
            pytest.param(lambda _: b"noted", "not base64 of JSON", id="an extra line that is no JSON"),
            pytest.param(lambda _: b"\xff", "not base64 of JSON", id="an extra line in another encoding"),
            pytest.param(lambda _: b"[]", "holds no receipt", id="a list in the extra line"),
            pytest.param(lambda _: b"{}", "no yesword_receipt", id="an empty object in the extra line"),
            pytest.param(lambda _: b'{"a":1,"a":1}', "same key twice", id="a member twice"),
            pytest.param(lambda old: old[:-1] + b',"proof":null}', "second proof", id="a proof in the extra line"),
            pytest.param(lambda old: old[:-1] + b',"x":1}', "unknown: x", id="a member too many"),
        ],
    )  # fmt: skip
    def test_says_of_a_proof_file_that_is_no_receipt_why_not(self, change, reason, log):
        good = read_proof(write_tlog_receipt(log.receipt()).decode())
        with pytest.raises(UnreadableReceiptError, match=reason):
            read_receipt(format_proof(replace(good, extra=change(good.extra))).encode())

    def test_two_extra_lines_are_one_too_many(self, log):
        first, rest = write_tlog_receipt(log.receipt()).decode().split("\n", 1)
        with pytest.raises(UnreadableReceiptError, match="one extra line"):
            read_receipt(f"{first}\n{rest.split(chr(10))[0]}\n{rest}".encode())

    def test_a_changed_proof_is_read_and_fails(self, log):
        written = write_tlog_receipt(log.receipt()).decode().replace("\nindex 6\n", "\nindex 7\n")
        assert failed(read_receipt(written.encode()).check(log.key)) == {Check.INCLUSION}
