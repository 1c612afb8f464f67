"""The verifiers for sceptics: the one file says what Yesword says, of every file; the page is one whole that loads nothing."""

import ast
import importlib.util
import json
import re
import string
import subprocess
import sys
import tomllib
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from itertools import product

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yesword.domain.errors import YeswordError
from yesword.ledger import sceptic
from yesword.ledger.checkpoint import Checkpoint, Signer, VerifierKey, read_vkey, sign_checkpoint
from yesword.ledger.entry import b64url, make_entry
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import inclusion_path, tree_root
from yesword.ledger.policy import read_keys
from yesword.ledger.proof import TlogProof, format_proof
from yesword.ledger.receipt import Receipt, Verdict, read_receipt, write_receipt, write_tlog_receipt

FILE = files(sceptic) / "verify_yesword.py"


@pytest.fixture(scope="module")
def verifier():
    spec = importlib.util.spec_from_file_location("verify_yesword_alone", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def yesword_says(data, vkeys=None):
    """The verdict, and what failed, of Yesword itself."""
    try:
        keys = [] if vkeys is None else [log.key for log in read_keys(vkeys).logs]
        check = read_receipt(data).check(*keys)
    except YeswordError:
        return "UNREADABLE", set(), {}
    found = {str(finding.check): str(finding.outcome) for finding in check.findings}
    return (
        check.verdict.upper(),
        {name for name, outcome in found.items() if outcome == "failed"},
        check.sections,
    )


def sceptic_says(verifier, data, vkeys=None):
    try:
        keys = [] if vkeys is None else verifier.read_keys(vkeys)
        verdict, shown, found = verifier.look_at_all(verifier.read_receipt(data), keys)
    except (ValueError, RecursionError):
        return "UNREADABLE", set(), {}
    return verdict, {name for name, (outcome, _) in found.items() if outcome == "FAILED"}, shown


def assert_agree(verifier, data, vkeys=None):
    ours, theirs = yesword_says(data, vkeys), sceptic_says(verifier, data, vkeys)
    assert theirs[0] == ours[0]
    assert theirs[2] == ours[2]
    # Of a proof that nobody can read, the one file says twice that it fails: it reads it afresh for each question.
    assert theirs[1] - {"signature"} == ours[1] - {"signature"}
    return ours[0]


def run(path, *options):
    return subprocess.run(
        [sys.executable, "-I", str(FILE), str(path), *options], capture_output=True, text=True, check=False
    )


@pytest.fixture(params=[write_receipt, write_tlog_receipt], ids=["as JSON", "as a tlog-proof"])
def write(request):
    return request.param


class TestTheOneFile:
    def test_proves_a_good_receipt_and_shows_its_words(self, log, write, tmp_path):
        (tmp_path / "receipt").write_bytes(write(log.receipt()))
        result = run(tmp_path / "receipt", "--vkey", str(log.key))
        assert result.returncode == 0
        assert "PROVEN: the log holds this record" in result.stdout
        assert "number 7 of the 11 records" in result.stdout
        assert "Ja, Angebote per SMS.\n                STOP beendet." in result.stdout
        assert "ends in 78" in result.stdout
        assert "15112345678" not in result.stdout

    def test_without_a_key_says_that_it_is_not_proven(self, log, write, tmp_path):
        (tmp_path / "receipt").write_bytes(write(log.receipt()))
        result = run(tmp_path / "receipt")
        assert result.returncode == 0
        assert "CONSISTENT: but not proven." in result.stdout
        assert "open    signature" in result.stdout

    def test_always_says_what_no_receipt_shows(self, log, tmp_path):
        for receipt in (log.receipt(), replace(log.receipt(), leaf_hash=bytes(32))):
            (tmp_path / "receipt").write_bytes(write_receipt(receipt))
            assert "No receipt shows that nothing was withdrawn later" in run(tmp_path / "receipt").stdout

    @pytest.mark.parametrize(
        ("receipt", "options", "code"),
        [
            pytest.param(lambda log: log.receipt(is_published=False), ["key"], 1, id="lost its proof, with a key"),
            pytest.param(lambda log: log.receipt(is_published=False), [], 0, id="not yet in the log"),
            pytest.param(lambda log: replace(log.receipt(), event_id="evt_other"), [], 1, id="of another event"),
            pytest.param(lambda log: replace(log.receipt(), leaf_hash=bytes(32)), ["key"], 1, id="of another leaf"),
        ],
    )  # fmt: skip
    def test_exits_as_yesword_verify_does(self, receipt, options, code, log, tmp_path):
        (tmp_path / "receipt").write_bytes(write_receipt(receipt(log)))
        arguments = ["--vkey", str(log.key)] if options else []
        assert run(tmp_path / "receipt", *arguments).returncode == code
        whole = [sys.executable, "-m", "yesword", "verify", str(tmp_path / "receipt"), *arguments]
        assert subprocess.run(whole, capture_output=True, check=False).returncode == code

    def test_what_cannot_be_read_exits_2_and_says_so(self, log, tmp_path):
        (tmp_path / "receipt").write_bytes(b"hello")
        (tmp_path / "good").write_bytes(write_receipt(log.receipt()))
        for result in (
            run(tmp_path / "receipt"), run(tmp_path / "nowhere"), run(tmp_path / "good", "--vkey", "sms.example"),
        ):  # fmt: skip
            assert result.returncode == 2
            assert result.stderr.startswith("UNREADABLE:")

    def test_a_value_in_the_file_cannot_steer_the_terminal(self, tmp_path):
        entry = make_entry(
            {"event": {"id": "evt_1", "type": "\x1b[2Jgranted\n  held    signature", "method": "\u202ex"}}
        )
        receipt = Receipt(
            origin="a.example\r", event_id="evt_1", entry=entry.entry,
            leaf_hash=entry.leaf_hash, disclosures=entry.disclosures,
        )  # fmt: skip
        (tmp_path / "receipt").write_bytes(write_receipt(receipt))
        output = run(tmp_path / "receipt").stdout
        assert not any(char in output for char in "\x1b\r\u202e")
        assert "\n  held    signature" not in output

    def test_takes_nothing_but_the_standard_library_and_cryptography(self):
        names = set()
        for node in ast.walk(ast.parse(FILE.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names.add(node.module.split(".")[0])
        assert names - sys.stdlib_module_names == {"cryptography"}

    def test_is_short_enough_to_read(self):
        assert len(FILE.read_text().splitlines()) < 280

    def test_is_handed_out_as_it_is(self):
        assert sceptic.verifier_source() == FILE.read_text()


class TestBothAgree:
    def test_when_any_character_of_any_member_is_changed(self, verifier, log):
        whole = json.loads(write_receipt(log.receipt()))
        signer = f"— {log.key.name} "
        key_id_at = whole["proof"].index(signer) + len(signer)
        names = [(name, None) for name in ("origin", "event_id", "entry", "leaf_hash", "proof")]
        names += [("disclosures", index) for index in range(len(whole["disclosures"]))]
        for name, index in names:
            value = whole[name] if index is None else whole[name][index]
            for place, char in enumerate(value):
                changed = value[:place] + ("A" if char != "A" else "B") + value[place + 1 :]
                listed = [*whole["disclosures"]]
                if index is not None:
                    listed[index] = changed
                members = {**whole, "disclosures": listed} if index is not None else {**whole, name: changed}
                verdict = assert_agree(verifier, json.dumps(members).encode(), str(log.key))
                refused = {"FAILED", "UNREADABLE"}
                if name == "proof" and key_id_at <= place < key_id_at + 5:
                    refused = {"CONSISTENT"}  # it could be by a key of the log that nobody brought
                assert verdict in refused, (name, index, place)

    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_when_bytes_are_changed_dropped_added_or_cut_off(self, verifier, log, write, data):
        whole = write(log.receipt())
        place = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 3))
        some = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"\n", b" ", b'"', b"A", b"=", b"\r\n", b"{", b"0"])
        )
        rest = data.draw(st.sampled_from([whole[place + length :], b""]))
        changed = whole[:place] + some + rest
        verdict = assert_agree(verifier, changed, str(log.key))
        is_same = read_receipt_or_none(changed) == log.receipt()
        assert (verdict == "PROVEN") == is_same

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"note": "hello"}, id="a member too many"),
            pytest.param({"yesword_receipt": True}, id="true for a version"),
            pytest.param({"yesword_receipt": 2}, id="a later version"),
            pytest.param({"origin": 7}, id="a number as origin"),
            pytest.param({"origin": ""}, id="an empty origin"),
            pytest.param({"origin": None, "proof": None}, id="neither origin nor proof"),
            pytest.param({"event_id": "x" * 513}, id="an event id without end"),
            pytest.param({"entry": "e30="}, id="padding in the entry"),
            pytest.param({"entry": "e31"}, id="stray bits in the entry"),
            pytest.param({"entry": "e30"}, id="an entry that is none"),
            pytest.param({"leaf_hash": "AB" * 32}, id="a leaf hash in capitals"),
            pytest.param({"leaf_hash": "ab" * 31}, id="a short leaf hash"),
            pytest.param({"disclosures": None}, id="no disclosures"),
            pytest.param({"disclosures": ["a"] * 7}, id="seven disclosures"),
            pytest.param({"disclosures": [{}]}, id="an object as a disclosure"),
            pytest.param({"proof": ""}, id="an empty proof"),
            pytest.param({"proof": {}}, id="an empty object as proof"),
            pytest.param({"proof": None}, id="no proof"),
            pytest.param({"proof": "c2sp.org/tlog-proof@v1"}, id="half a line of proof"),
        ],
    )
    def test_on_what_a_receipt_may_hold(self, change, verifier, log):
        members = json.loads(write_receipt(log.receipt())) | change
        for key in (None, str(log.key)):
            assert assert_agree(verifier, json.dumps(members).encode(), key) != "PROVEN"

    @pytest.mark.parametrize(
        "disclosure",
        [
            pytest.param(b'["%s","event",{"id":"evt_0198c1b27a52","id":"x"}]', id="a key twice"),
            pytest.param(b'["%s","event",{"id":1.5}]', id="a fraction"),
            pytest.param(b'["%s","event",{"id":9007199254740992}]', id="a number that readers round"),
            pytest.param(b'["%s","event",{"id":9007199254740991}]', id="the largest whole number"),
            pytest.param(b'["%s","event",{"id":NaN}]', id="no number"),
            pytest.param(b'["%s","event",{"id":"\\ud800"}]', id="half a surrogate pair"),
            pytest.param(b'["%s","event","granted"]', id="a text for a section"),
            pytest.param(b'["%s","other",{}]', id="an unknown section"),
            pytest.param(b'["%s","event"]', id="no value"),
            pytest.param(b'{"a":"%s"}', id="an object"),
            pytest.param(b'["short","event",{}]', id="a short salt"),
            pytest.param(b'[["%s"],"event",{}]', id="a list for a salt"),
            pytest.param(b'["%s",["event"],{}]', id="a list for a name"),
            pytest.param(b"\xff", id="no text"),
        ],
    )
    def test_on_disclosures_that_the_record_does_commit_to(self, disclosure, verifier):
        text = b64url(disclosure.replace(b"%s", b64url(bytes(32)).encode()))
        digests = sorted(
            [b64url(sha256(text.encode()).digest()), *(b64url(bytes([n]) * 32) for n in range(5))]
        )
        entry = json.dumps({"_sd": digests, "_sd_alg": "sha-256", "v": 1}, separators=(",", ":")).encode()
        receipt = Receipt(
            origin="a.example", event_id="evt_1", entry=entry, leaf_hash=leaf_hash(entry), disclosures=(text,)
        )
        assert assert_agree(verifier, write_receipt(receipt)) == "FAILED"

    def test_on_disclosures_of_another_record_and_the_same_one_twice(self, verifier, log):
        foreign = make_entry({"event": {}, "context": {"a": 1}}).disclosures[1]
        for disclosures in ((*log.entry.disclosures, foreign), log.entry.disclosures[:1] * 2):
            data = write_receipt(replace(log.receipt(), disclosures=disclosures))
            assert assert_agree(verifier, data, str(log.key)) == "FAILED"

    def test_on_parts_held_back(self, verifier, log):
        for count in range(len(log.entry.disclosures)):
            data = write_receipt(replace(log.receipt(), disclosures=log.entry.disclosures[:count]))
            expected = "PROVEN" if count else "CONSISTENT"  # the event comes first
            assert assert_agree(verifier, data, str(log.key)) == expected

    def test_on_a_log_of_anybody_else_and_on_its_own_by_a_false_key(self, verifier, log):
        forger = Signer(name=log.key.name, private=Ed25519PrivateKey.generate())
        note = sign_checkpoint(Checkpoint(origin=log.key.name, size=1, root=log.entry.leaf_hash), forger)
        # The forger may put the id of the true key on the signature: then it is false, not just unknown.
        posing = note.replace(
            b64encode(forger.verifier_key.key_id + (raw := signature_of(note))).decode(),
            b64encode(log.key.key_id + raw).decode(),
        )
        assert posing != note
        for made_up, expected in ((note, "CONSISTENT"), (posing, "FAILED")):
            proof = format_proof(TlogProof(index=0, path=(), checkpoint=made_up))
            data = write_receipt(replace(log.receipt(), proof=proof))
            assert assert_agree(verifier, data, str(log.key)) == expected
            assert assert_agree(verifier, data) == "CONSISTENT"
        other = VerifierKey(name="other.example", public=log.key.public)
        assert assert_agree(verifier, write_receipt(log.receipt()), str(other)) == "FAILED"
        assert assert_agree(verifier, write_receipt(log.receipt(is_published=False)), str(other)) == "FAILED"

    def test_on_signatures_of_others_that_ride_along(self, verifier, log):
        witness = "— witness.example " + b64encode(bytes(76)).decode() + "\n"
        data = write_receipt(replace(log.receipt(), proof=format_proof(log.proof) + witness))
        assert assert_agree(verifier, data, str(log.key)) == "PROVEN"

    def test_on_every_place_of_every_small_log(self, verifier, log):
        for size in range(1, 18):
            for index in range(size):
                leaves = [leaf_hash(b"%d" % n) for n in range(size)]
                leaves[index] = log.entry.leaf_hash
                note = sign_checkpoint(
                    Checkpoint(origin=log.key.name, size=size, root=tree_root(leaves)), log.signer
                )
                for said in {index, 0, size - 1}:
                    proof = TlogProof(index=said, path=inclusion_path(leaves, index), checkpoint=note)
                    data = write_receipt(replace(log.receipt(), proof=format_proof(proof)))
                    verdict = assert_agree(verifier, data, str(log.key))
                    assert (verdict == "PROVEN") == (said == index)

    @settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_on_which_keys_can_be_read(self, verifier, log, data):
        vkey = str(log.key)
        place = data.draw(st.integers(0, len(vkey) - 1))
        changed = vkey[:place] + data.draw(st.text(max_size=2)) + vkey[place + data.draw(st.integers(0, 2)) :]
        try:
            ours = (found := read_vkey(changed)).name, found.key_id, found.public
        except YeswordError:
            ours = None
        try:
            theirs = verifier.read_key(changed)
        except ValueError:
            theirs = None
        assert theirs == ours

    def test_on_receipts_of_before_and_after_a_change_of_keys(self, verifier, rotated):
        both, newest = "\n".join(map(str, rotated.keys)), str(rotated.keys[0])
        for receipt in (rotated.old, rotated.new):
            assert assert_agree(verifier, write_receipt(receipt), f"\n{both}\r\n") == "PROVEN"
            assert assert_agree(verifier, write_receipt(receipt), f"{rotated.stranger}\n{both}") == "PROVEN"
            assert assert_agree(verifier, write_receipt(receipt), str(rotated.stranger)) == "CONSISTENT"
            altered = write_receipt(replace(receipt, leaf_hash=bytes(32)))
            for keys in (both, newest, str(rotated.stranger)):
                assert assert_agree(verifier, altered, keys) == "FAILED"
        assert assert_agree(verifier, write_receipt(rotated.new), newest) == "PROVEN"
        assert assert_agree(verifier, write_receipt(rotated.old), newest) == "CONSISTENT"
        assert assert_agree(verifier, write_receipt(rotated.old), f"{newest}\nhello+a+b") == "UNREADABLE"


class TestAfterAChangeOfKeys:
    """The one file, as it is run."""

    @pytest.fixture
    def files(self, rotated, tmp_path):
        (tmp_path / "keys").write_text("".join(f"{key}\n" for key in rotated.keys))
        for name in ("old", "new"):
            (tmp_path / name).write_bytes(write_tlog_receipt(getattr(rotated, name)))
        return tmp_path

    @pytest.mark.parametrize(("name", "signer"), [("old", 1), ("new", 0)])
    def test_a_file_of_keys_proves_it_and_the_one_that_signed_is_named(self, name, signer, rotated, files):
        result = run(files / name, "--vkey", files / "keys")
        assert result.returncode == 0, result.stdout
        assert f"signed by the key that you gave, {rotated.keys[signer].key_id.hex()}." in result.stdout

    def test_with_the_newest_key_alone_the_old_one_is_not_called_false(self, rotated, files):
        result = run(files / "old", "--vkey", str(rotated.keys[0]))
        assert result.returncode == 1
        assert "CONSISTENT: but not proven" in result.stdout
        assert (
            f"another key, {rotated.keys[1].key_id.hex()}, than those that you gave. Ask for all"
            in result.stdout
        )

    def test_a_line_that_is_no_key_is_named(self, rotated, files):
        (files / "keys").write_text(f"{rotated.keys[0]}\nhello\n")
        result = run(files / "old", "--vkey", files / "keys")
        assert (result.returncode, result.stdout) == (2, "")
        assert "'hello'" in result.stderr
        (files / "keys").write_text("\n")
        assert "there is no key" in run(files / "old", "--vkey", files / "keys").stderr


class TestThePage:
    def test_lets_nothing_run_but_its_own_script_and_loads_nothing(self, log):
        page = sceptic.verify_page(write_receipt(log.receipt()), str(log.key), "en")
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#x27;", "'")
        script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
        for kind, text in (("script", script), ("style", style)):
            digest = b64encode(sha256(text.encode()).digest()).decode()
            assert f"{kind}-src 'sha256-{digest}';" in policy
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert not re.search(r"\b(?:src|srcset|style|on[a-z]+)=", page.replace(script, "").replace(style, ""))
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|fetch\(|XMLHttp", script
        )

    @pytest.mark.parametrize("language", sceptic.LANGUAGES)
    def test_holds_what_it_was_given_as_it_was(self, language, log):
        receipt = write_tlog_receipt(log.receipt())
        found = embedded(sceptic.verify_page(receipt, str(log.key), language), "given")
        assert b64decode(found["receipt"]) == receipt
        assert (found["vkey"], found["language"]) == (str(log.key), language)

    def test_empty_and_in_a_language_that_we_do_not_have_it_begins_in_english(self):
        page = sceptic.verify_page(None, None, "fr")
        assert embedded(page, "given") == {"receipt": None, "vkey": None, "language": "en"}
        assert '<html lang="en">' in page

    def test_nothing_it_is_given_can_end_its_place_in_the_page(self):
        evil = "</script><script>alert(1)</script><!-- {script} {given}"
        page = sceptic.verify_page(evil.encode(), evil, evil)
        assert "alert(1)</script>" not in page
        assert embedded(page, "given")["vkey"] == evil
        assert page.count("<script") == 3

    def test_every_language_says_the_same_things_with_the_same_fields(self):
        words = embedded(sceptic.verify_page(None, None, "en"), "words")
        assert list(words) == list(sceptic.LANGUAGES)
        assert words == tomllib.loads((files(sceptic) / "words.toml").read_text("utf-8"))
        for language, (name, english) in product(words, words["en"].items()):
            assert fields(words[language][name]) == fields(english), (language, name)
        for texts in words.values():
            assert list(texts) == list(words["en"])
            assert all(texts.values())

    def test_every_word_is_used_and_every_used_word_is_there(self):
        page = sceptic.verify_page(None, None, "en")
        words = set(embedded(page, "words")["en"])
        script = (files(sceptic) / "verify.js").read_text("utf-8")
        html = (files(sceptic) / "verify.html").read_text("utf-8")
        named = set(re.findall(r'data-word="(\w+)"', html)) | set(re.findall(r'"([a-z_0-9]+)"', script))
        assert set(re.findall(r'data-word="(\w+)"', html)) <= words
        made = r"(?:event|method|field|part|check|verdict|means)_\w+|\w+_held|name|no_script"
        assert {word for word in words - named if not re.fullmatch(made, word)} == set()
        for verdict in (*Verdict, "given", "unproven", "unreadable"):
            assert {f"verdict_{verdict}", f"means_{verdict}"} <= words


def embedded(page, name):
    return json.loads(
        re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)[1]
    )


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def signature_of(note):
    return b64decode(note.rsplit(" ", 1)[1])[4:]


def read_receipt_or_none(data):
    try:
        return read_receipt(data)
    except YeswordError:
        return None
