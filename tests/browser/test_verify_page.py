"""The page that checks a receipt, as a file in a real browser without a network: it says what Yesword says, and sends nothing."""

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.looks import wrong_with
from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import Checkpoint, Signer, sign_checkpoint
from yesword.ledger.entry import b64url, make_entry
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import inclusion_path, tree_root
from yesword.ledger.proof import TlogProof, format_proof
from yesword.ledger.receipt import Receipt, read_receipt, write_receipt, write_tlog_receipt
from yesword.ledger.sceptic import LANGUAGES, verify_page

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ORIGIN = "wintelroos.example/ledger"
SIGNER = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NEXT = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
STRANGER = Signer(name=ORIGIN, private=Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))
KEY = SIGNER.verifier_key
NUMBER = "+31612345001"
WORDING = "Ja, sms me de aanbiedingen van Wintelroos.\n<b onclick=alert(1)>STOP</b> stopt."


def receipt_of(index=6, size=11, signer=SIGNER, **sections):
    entry = make_entry(
        {
            "event": {
                "id": "evt_1", "type": "confirmed", "occurred_at": "2026-08-30T10:15:40.000Z",
                "received_at": "2026-08-30T22:15:41.000Z", "program": "club", "method": "reply",
            },
            "subject": {"phone": NUMBER},
            "notice": {"lang": "nl", "text": WORDING},
            "terms": {"controller": "Wintelroos"},
            **sections,
        }
    )  # fmt: skip
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    leaves[index] = entry.leaf_hash
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=tree_root(leaves)), signer)
    return Receipt(
        origin=ORIGIN,
        event_id="evt_1",
        entry=entry.entry,
        leaf_hash=entry.leaf_hash,
        disclosures=entry.disclosures,
        proof=format_proof(TlogProof(index=index, path=inclusion_path(leaves, index), checkpoint=note)),
    )


GOOD = receipt_of()


@pytest.fixture
def shown(chromium, tmp_path):
    """Opens a page as a file, offline; fails on complaints, and when anything but that file is asked for."""
    complaints, requests, contexts = [], [], []

    def opened(receipt=None, vkey=None, language="en", script=None, **more):
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "offline": True, **more}
        )
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(verify_page(receipt, vkey, language), encoding="utf-8")
        page.goto(file.as_uri())
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:///", "blob:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == len(contexts)


# The verdict is written last of all.
SAYS_SO = """language => document.querySelector("#verdict-word").textContent
    === JSON.parse(document.querySelector("#words").textContent)[language].verdict_given"""


def verdict(page):
    page.wait_for_selector("#verdict[data-verdict]")
    return page.locator("#verdict").get_attribute("data-verdict")


def outcomes(page):
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#checks li')].map(e => [e.dataset.check, e.dataset.outcome]))"
    )


# Chosen one after the other within the page: there are hundreds.
CHOOSE = """async files => {
  const field = document.querySelector("#file"), found = [];
  for (const [name, data] of files) {
    const given = new DataTransfer();
    given.items.add(new File([Uint8Array.from(atob(data), each => each.charCodeAt(0))], name));
    field.files = given.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    const verdict = () => document.querySelector("#source").textContent.includes(name)
      && document.querySelector("#verdict").dataset.verdict;
    while (!verdict()) await new Promise(done => setTimeout(done));
    found.push(verdict());
  }
  return found;
}"""


def confirmed(page):
    """The verdict once the visitor says that they compared the key."""
    page.get_by_role("button", name="I have compared this key").click()
    page.wait_for_selector("#verdict:not([data-verdict=given])")
    return verdict(page)


@pytest.mark.parametrize("write", [write_receipt, write_tlog_receipt], ids=["as JSON", "as a tlog-proof"])
def test_a_good_receipt_is_proven_once_the_key_was_compared_and_shows_what_was_agreed_to(shown, write):
    page = shown(write(GOOD), str(KEY))
    assert verdict(page) == "given"
    assert confirmed(page) == "proven"
    assert set(outcomes(page).values()) == {"held"}
    said = page.locator("main").inner_text()
    for text in (
        "Wintelroos", "Confirmed", "30 August 2026 at 10:15:40 UTC", "30 August 2026 at 22:15:41 UTC", "club",
        "number 7 of the 11 in the log wintelroos.example/ledger",
    ):  # fmt: skip
        assert text in said
    assert page.locator("#wording-text").inner_text() == WORDING
    assert page.locator("#wording-text").get_attribute("lang") == "nl"


def test_a_key_that_came_along_proves_nothing_until_it_was_compared(shown):
    page = shown(write_receipt(GOOD), str(KEY))
    assert verdict(page) == "given"
    heading = page.get_by_role("heading", name="Consistent with the key that came along: compare the key")
    expect(heading).to_be_visible()
    assert page.get_by_role("heading", name="Proven", exact=True).count() == 0
    expect(page.get_by_text("What stands here came with the page")).to_be_visible()
    page.get_by_role("button", name="I have compared this key").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#verdict[data-verdict=proven]")
    assert page.evaluate("document.activeElement.id") == "key"
    for gone in (page.get_by_text("What stands here came with the page"), page.locator("#key-confirm")):
        assert gone.filter(visible=True).count() == 0


def test_a_key_that_was_typed_in_is_the_visitors_own_even_where_it_is_the_same(shown):
    page = shown(write_receipt(GOOD), str(KEY))
    assert verdict(page) == "given"
    page.get_by_label("The log’s public key").fill("")
    page.wait_for_selector("#verdict[data-verdict=consistent]")
    page.get_by_label("The log’s public key").fill(str(KEY))
    page.wait_for_selector("#verdict[data-verdict=proven]")


def test_a_key_from_elsewhere_is_not_warned_of(shown):
    page = shown(write_receipt(GOOD), None)
    assert verdict(page) == "consistent"
    page.get_by_label("The log’s public key").fill(f"  {KEY} ")
    page.wait_for_selector("#verdict[data-verdict=proven]")
    assert page.get_by_text("What stands here came with the page").filter(visible=True).count() == 0


def test_a_key_that_is_added_does_not_make_those_of_the_page_the_visitors_own(shown):
    page = shown(write_receipt(GOOD), str(KEY))
    assert verdict(page) == "given"
    page.get_by_label("The log’s public key").fill(f"{KEY}\n{NEXT.verifier_key}")
    page.wait_for_function("document.querySelector('#key').value.includes('\\n')")
    assert verdict(page) == "given"
    expect(page.locator("#key-confirm")).to_be_visible()


class TestAfterAChangeOfKeys:
    BOTH = f"{NEXT.verifier_key}\n{KEY}"

    @pytest.mark.parametrize("signer", [SIGNER, NEXT], ids=["of before", "of after"])
    def test_all_keys_prove_it_and_the_one_that_signed_is_named(self, shown, signer):
        page = shown(write_receipt(receipt_of(signer=signer)), self.BOTH)
        assert verdict(page) == "given"
        assert page.locator("#key").input_value() == self.BOTH
        assert confirmed(page) == "proven"
        assert (
            f"a key that stands on this page: {signer.verifier_key.key_id.hex()}."
            in page.locator("#checks").inner_text()
        )

    @pytest.mark.parametrize(
        "brought", [NEXT, STRANGER], ids=["the newest alone", "of a stranger by the same name"]
    )
    def test_by_another_key_it_is_not_called_false_and_all_keys_are_asked_for(self, shown, brought):
        page = shown(write_receipt(GOOD), str(brought.verifier_key))
        assert verdict(page) == "unproven"
        assert outcomes(page)["signature"] == "open"
        expect(page.get_by_text("The receipt names another key of this log")).to_be_visible()
        assert KEY.key_id.hex() in page.locator("#checks").inner_text()
        assert page.get_by_text("Do not rely on this receipt.").count() == 0

    def test_what_was_altered_is_refused_with_whatever_key(self, shown):
        altered = write_receipt(replace(GOOD, event_id="evt_2"))
        for keys in (self.BOTH, str(NEXT.verifier_key), str(STRANGER.verifier_key)):
            assert verdict(shown(altered, keys)) == "failed"

    def test_a_line_that_is_no_key_is_named(self, shown):
        page = shown(write_receipt(GOOD), f"{KEY}\n\nhello")
        assert verdict(page) == "consistent"
        expect(page.get_by_text("Line 3 is no key of a log")).to_be_visible()


def test_without_the_event_it_says_that_the_log_holds_a_record_of_nobody_knows_what(shown):
    page = shown(write_receipt(replace(GOOD, disclosures=())), str(KEY))
    assert verdict(page) == "unproven"
    expect(
        page.get_by_text("The log holds this record, but the receipt does not show the event")
    ).to_be_visible()
    expect(page.locator("#key-given")).to_be_visible()


def test_the_number_is_masked_until_it_is_asked_for_by_keyboard(shown):
    page = shown(write_receipt(GOOD), str(KEY))
    assert verdict(page) == "given"
    page.get_by_text("Every part that is shown, as").click()
    assert NUMBER not in page.locator("body").inner_text()
    assert "ends in 01" in page.locator("#facts").inner_text()
    page.get_by_role("button", name="Show the number").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Hide the number").wait_for()
    assert NUMBER in page.locator("#facts").inner_text()
    assert page.evaluate("document.activeElement.id") == "number-toggle"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show the number").wait_for()
    assert NUMBER not in page.locator("body").inner_text()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"leaf_hash": bytes(32)}, {"leaf_hash"}, id="the leaf hash"),
        pytest.param({"event_id": "evt_2"}, {"event_id"}, id="the event id"),
        pytest.param({"origin": "other.example"}, {"inclusion", "signature"}, id="the log"),
        pytest.param({"proof": "c2sp.org/tlog-proof@v1"}, {"inclusion"}, id="the proof"),
        pytest.param({"proof": GOOD.proof.replace("index 6", "index 5")}, {"inclusion"}, id="the place"),
        pytest.param({"proof": GOOD.proof.replace("\n11\n", "\n12\n")}, {"signature"}, id="the size"),
        pytest.param({"disclosures": GOOD.disclosures[:1] * 2}, {"disclosures"}, id="a part twice"),
        pytest.param({"disclosures": make_entry({"event": {}}).disclosures}, {"disclosures"}, id="a foreign part"),
    ],
)  # fmt: skip
def test_what_was_altered_fails_by_name(shown, change, expected):
    page = shown(write_receipt(replace(GOOD, **change)), str(KEY))
    assert verdict(page) == "failed"
    assert {name for name, outcome in outcomes(page).items() if outcome == "failed"} == expected
    expect(page.get_by_text("Do not rely on this receipt.")).to_be_visible()


def test_nothing_is_shown_of_a_record_whose_parts_fail(shown):
    foreign = make_entry({"event": {}, "subject": {"phone": NUMBER}}).disclosures[1]
    page = shown(write_receipt(replace(GOOD, disclosures=(GOOD.disclosures[0], foreign))), str(KEY))
    assert verdict(page) == "failed"
    assert page.locator("#consent").is_hidden()


def test_without_a_key_and_without_a_proof_it_claims_none(shown):
    for receipt, vkey, expected in (
        (GOOD, None, "consistent"),
        (replace(GOOD, proof=None), None, "consistent"),
        (replace(GOOD, proof=None), str(KEY), "unproven"),
        (GOOD, "no key", "consistent"),
    ):
        page = shown(write_receipt(receipt), vkey)
        assert verdict(page) == expected
        assert outcomes(page)["signature"] == "open"
        assert page.get_by_text("Line 1 is no key of a log").filter(visible=True).count() == (
            vkey == "no key"
        )


def test_a_browser_that_knows_no_such_signatures_says_so_and_leaves_the_signature_open(shown):
    without = """
        const known = SubtleCrypto.prototype.importKey;
        SubtleCrypto.prototype.importKey = function (...given) {
            return given[2].name === "Ed25519"
                ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
                : known.apply(this, given);
        };
    """
    page = shown(write_receipt(GOOD), str(KEY), script=without)
    assert verdict(page) == "consistent"
    assert outcomes(page) == {
        "disclosures": "held", "leaf_hash": "held", "event_id": "held", "inclusion": "held", "signature": "open",
    }  # fmt: skip
    expect(page.get_by_text("This browser cannot check signatures of this kind")).to_be_visible()


def test_it_says_of_many_files_what_yesword_says(shown):
    page = shown(None, str(KEY))
    files = [(f"{number}.{name}", data) for number, (data, name) in enumerate(many_files())]
    verdicts = page.evaluate(CHOOSE, [(name, b64encode(data).decode()) for name, data in files])
    for (name, data), found in zip(files, verdicts, strict=True):
        try:
            expected = str(read_receipt(data).check(KEY).verdict)
        except YeswordError:
            expected = "unreadable"
        assert found.replace("unproven", "consistent").replace("given", "proven") == expected, name


def many_files():
    as_json, as_tlog = write_receipt(GOOD), write_tlog_receipt(GOOD)
    yield from ((as_json, "json"), (as_tlog, "tlog-proof"))
    for whole, name in ((as_json, "json"), (as_tlog, "tlog-proof")):
        for place in range(3, len(whole), len(whole) // 60):  # all the way through, a bit of each part
            yield whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], name
            yield whole[:place], name
    for size, index in ((1, 0), (2, 1), (3, 2), (7, 6), (8, 3), (1000, 999)):
        yield write_receipt(receipt_of(index, size)), "json"
    members = json.loads(as_json)
    for change in (
        {"note": 1}, {"yesword_receipt": 2}, {"yesword_receipt": True}, {"origin": 7}, {"entry": "e30="}, {"entry": "e31"},
        {"entry": "e30"}, {"disclosures": None}, {"disclosures": []}, {"disclosures": [1]}, {"proof": {}}, {"proof": ""},
        {"proof": None}, {"origin": None, "proof": None}, {"leaf_hash": "AB" * 32}, {"__proto__": None},
    ):  # fmt: skip
        yield json.dumps(members | change).encode(), "json"
    yield as_json.replace(b'"yesword_receipt": 1,', b'"yesword_receipt": 1, "yesword_receipt": 1,'), "json"
    yield as_json.replace(b'"yesword_receipt": 1,', b'"yesword_receipt": 1.0,'), "json"
    yield b"\xef\xbb\xbf" + as_json, "json"
    yield b" " * (2**21 + 1), "json"
    yield b"[" * 2**20, "json"
    for part in (
        b'["%s","event",{"id":"evt_1","id":"evt_1"}]', b'["%s","event",{"id":1.5}]', b'["%s","event",{"a":9007199254740992}]',
        b'["%s","event",{"a":9007199254740991}]', b'["%s","event",{"a":"\\ud800","id":"evt_1"}]', b'["%s","event",{"id":"evt_1"}]',
        b'["%s","other",{}]', b'["%s","event"]', b'["short","event",{}]', b'["%s","event",null]', b'["%s","event",[]]',
        b'["%s","event",{"id":"evt_1","__proto__":{"a":1},"\\"b\\":":" \\": 1.5"}]', b"\xff",
    ):  # fmt: skip
        yield write_receipt(committed_to(part)), "json"


def committed_to(part):
    """A receipt that shows this, in a record that does hold its digest."""
    text = b64url(part.replace(b"%s", b64url(bytes(32)).encode()))
    digests = sorted([b64url(sha256(text.encode()).digest()), *(b64url(bytes([n]) * 32) for n in range(5))])
    entry = json.dumps({"_sd": digests, "_sd_alg": "sha-256", "v": 1}, separators=(",", ":")).encode()
    leaf = leaf_hash(entry)
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=1, root=leaf), SIGNER)
    proof = format_proof(TlogProof(index=0, path=(), checkpoint=note))
    return Receipt(
        origin=ORIGIN, event_id="evt_1", entry=entry, leaf_hash=leaf, disclosures=(text,), proof=proof
    )


def test_a_file_may_be_dropped_anywhere(shown):
    page = shown(None, str(KEY))
    page.evaluate(
        """data => {
            const moved = new DataTransfer();
            moved.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], "mine.tlog-proof"));
            document.body.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: moved}));
        }""",
        b64encode(write_tlog_receipt(GOOD)).decode(),
    )
    assert verdict(page) == "given"
    expect(page.get_by_text("Checked: mine.tlog-proof")).to_be_visible()


def test_the_receipt_can_be_had_as_the_file_that_it_was(shown):
    for data, name in (
        (write_receipt(GOOD), "receipt.json"),
        (write_tlog_receipt(GOOD), "receipt.tlog-proof"),
    ):
        page = shown(data, str(KEY))
        with page.expect_download() as download:
            page.get_by_role("button", name="Save the receipt as a file").click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes() == data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_can_be_changed_and_nothing_stays_in_the_other(shown, language):
    page = shown(write_receipt(GOOD), str(KEY), language)
    assert verdict(page) == "given"
    begun = page.locator("#page").inner_text()
    other = "en" if language != "en" else "nl"
    page.locator("#language").select_option(other)
    page.wait_for_function(SAYS_SO, arg=other)
    lines = {line for line in begun.split("\n") if len(line) > 24} - {*WORDING.split("\n")}
    assert lines.isdisjoint(page.locator("#page").inner_text().split("\n"))
    page.locator("#language").select_option(language)
    page.wait_for_function(SAYS_SO, arg=language)
    assert page.locator("#page").inner_text() == begun


def test_axe_finds_nothing_and_nothing_runs_over(shown):
    for receipt, vkey, language in (
        (write_receipt(GOOD), str(KEY), "en"),
        (write_receipt(replace(GOOD, event_id="evt_2")), None, "de"),
        (b"hello", "no key", "sv"),
        (None, None, "da"),
    ):
        page = shown(receipt, vkey, language, bypass_csp=True)
        if receipt:
            verdict(page)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert wrong_with(page) == [], language


def test_without_a_script_it_says_what_is_missing(shown):
    page = shown(write_receipt(GOOD), str(KEY), "nl", java_script_enabled=False)
    expect(page.get_by_text("Deze pagina controleert bewijsstukken met JavaScript")).to_be_visible()


def test_no_other_script_can_run_in_it(shown):
    page = shown(write_receipt(GOOD), str(KEY))
    assert verdict(page) == "given"
    ran = page.evaluate(
        """() => new Promise(done => {
            addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "globalThis.ran = true";
            document.body.append(script);
            setTimeout(() => done(globalThis.ran ? "ran" : "kept quiet"), 2000);
        })"""
    )
    assert ran == "script-src-elem"
    assert len(shown.complaints) == 1
    assert "Content Security Policy" in shown.complaints.pop()
