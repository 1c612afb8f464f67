"""Whatever is done to a pack is found, and named by its file: by a stranger, and by the operator who signs what they changed."""

import json
import shutil
from dataclasses import dataclass, replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.packed import (
    WITNESS,
    attested,
    changed,
    failures,
    own_policy,
    packed,
    sequence,
    story,
    unzipped,
    with_witness,
    witnessed,
)
from factories.worlds import ANNA, NOON, world
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint, sign_checkpoint
from yesword.ledger.cosignature import add_cosignatures, cosign
from yesword.ledger.entry import SECTIONS, make_entry
from yesword.ledger.findings import Verdict
from yesword.ledger.head import sign_head, verify_head
from yesword.ledger.jws import sign_detached
from yesword.ledger.packs import Listed, Purpose, check_pack, read_manifest, write_manifest
from yesword.ledger.packs.manifest import NAME, SIGNATURE, TYPE
from yesword.ledger.policy import Policy
from yesword.ledger.presentation import present, read_presentation
from yesword.ledger.proof import format_proof, read_proof
from yesword.proof.packs.dossier import collect
from yesword.proof.timestamps import UnreadableTimestampError
from yesword.store import ledgers
from yesword.store.opening import open_store

BOB = "+31687654321"


def flipped(body):
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One pack with a file of every kind, the policy to hold it against, and what a trickster has at hand."""

    data: bytes
    policy: Policy
    signer: Signer
    older: int  # the size of its older checkpoint
    size: int
    theirs: dict[str, bytes]  # the files of another person's pack
    open: dict[str, bytes]  # the files of the same person's, made for themselves

    @property
    def files(self):
        return unzipped(self.data)


@pytest.fixture(scope="module")
def whole(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack") / "data"
    shutil.copytree(sqlite_template, folder)
    opened = open_store(folder)
    with world(opened) as made:
        made.join(BOB)
        made.join()
        sequence(made)
        older = witnessed(made)
        attested(made, ledgers.STAMP, "tsa", token_over)
        made.wait(minutes=1)
        made.members(4)
        sequence(made)
        pack = packed(made)
        yield Whole(
            data=pack.data,
            policy=with_witness(own_policy(made)),
            signer=collect(made.store, made.contact(), made.club, made.at).signer,
            older=older,
            size=pack.manifest.checkpoint.size,
            theirs=unzipped(packed(made, BOB).data),
            open=unzipped(packed(made, purpose=Purpose.DSAR).data),
        )
    opened.close()


def token_over(note):
    return b"a token over " + note.encode()


def read_stamp(token, data):
    if token != b"a token over " + data:
        raise UnreadableTimestampError
    return NOON


def test_the_pack_that_is_tampered_with_holds_at_first(whole):
    data = whole.data
    check = check_pack(data, whole.policy, read_stamp)
    assert check.verdict is Verdict.PROVEN, failures(check)
    folders = {name.partition("/")[0] for name in unzipped(data)}
    assert {"witnesses", "time", "consistency", "evidence", "head.jws", "record.jsonld"} <= folders


def test_whatever_file_is_flipped_dropped_or_added_is_named(whole):
    data, policy, files = whole.data, whole.policy, whole.files
    assert len(files) > 20
    for name, body in files.items():
        for tampered in (changed(data, **{name: flipped(body)}), changed(data, **{name: None})):
            check = check_pack(tampered, policy, read_stamp)
            assert check.verdict is Verdict.FAILED, name
            named = {each.file for each in failures(check)}
            # Of the manifest, its signature is what tells.
            assert name in named or (name == "manifest.json" and "manifest.jws" in named), (name, named)
    check = check_pack(changed(data, **{"evidence/extra.txt": b"x"}), policy, read_stamp)
    assert "evidence/extra.txt" in {each.file for each in failures(check)}


# --- by the operator, who signs what they changed ------------------------------------------------------------


def resigned(signer, data, claims=None, **changes):
    """The pack with other files, listed and signed anew."""
    files = unzipped(changed(data, **changes))
    manifest = read_manifest(files[NAME])
    listed = {name: Listed.of(body) for name, body in files.items() if name not in (NAME, SIGNATURE)}
    written = write_manifest(replace(manifest, files=listed, **(claims or {})))
    signature = sign_detached(written, typ=TYPE, signer=signer)
    return changed(data, **{**changes, NAME: written, SIGNATURE: signature.encode()})


def in_folder(files, folder):
    return [name for name in sorted(files) if name.startswith(f"{folder}/")]


def proofs_exchanged(pack):
    one, two = in_folder(pack.files, "proofs")[:2]
    return one, {one: pack.files[two], two: pack.files[one]}


def path_that_leads_elsewhere(pack):
    name = in_folder(pack.files, "proofs")[0]
    proof = read_proof(pack.files[name].decode())
    wrong = replace(proof, path=(bytes(32), *proof.path[1:]))
    return name, {name: format_proof(wrong).encode()}


def entry_of_another_event(pack):
    one, two = in_folder(pack.files, "entries")[:2]
    return one, {one: pack.files[two]}


def presentation_under_another_name(pack):
    one, two = in_folder(pack.files, "presentations")[:2]
    return two, {one: pack.files[two], two: pack.files[one]}


def presentation_of_another_person(pack):
    name = in_folder(pack.files, "presentations")[0]
    theirs = next(body for each, body in pack.theirs.items() if each.startswith("presentations/"))
    return name, {name: theirs}


def presentation_that_shows_more(pack):
    name = in_folder(pack.files, "presentations")[0]
    return name, {name: pack.open[name]}


def presented_anew(pack, **place):
    """The first event, said to stand in another log or at another place."""
    name = in_folder(pack.files, "presentations")[0]
    text = pack.files[name].decode()
    shown = read_presentation(text)
    anew = present(
        shown.entry,
        text.split("~")[1:-1],
        issued_at=shown.issued_at,
        signer=pack.signer,
        show=SECTIONS,
        **{"origin": shown.origin, "index": shown.index, **place},
    )
    return name, shown.index, anew.encode()


def presentation_of_another_log(pack):
    name, _, text = presented_anew(pack, origin="other.example/log")
    return name, {name: text}


def place_that_is_not_the_proofs_own(pack):
    name, index, text = presented_anew(pack, index=0)
    assert index != 0
    return "proofs/0.tlog-proof", {
        name: text,
        f"entries/{index}.bin": None,
        f"proofs/{index}.tlog-proof": None,
        "entries/0.bin": pack.files[f"entries/{index}.bin"],
        "proofs/0.tlog-proof": pack.files[f"proofs/{index}.tlog-proof"],
    }


def checkpoint_of_another_tree(pack):
    size = pack.size
    forked = sign_checkpoint(Checkpoint(origin=pack.signer.name, size=size, root=bytes(32)), pack.signer)
    return f"checkpoints/{size}.ckpt", {f"checkpoints/{size}.ckpt": forked.encode()}


def checkpoint_by_another_key(pack):
    """Which of course has the same name."""
    stranger = Signer(name=pack.signer.name, private=Ed25519PrivateKey.from_private_bytes(bytes(32)))
    name = f"checkpoints/{pack.size}.ckpt"
    said = read_checkpoint(pack.files[name].decode())
    return name, {name: sign_checkpoint(said, stranger).encode()}


def older_checkpoint_of_another_tree(pack):
    size = pack.older
    forked = sign_checkpoint(Checkpoint(origin=pack.signer.name, size=size, root=bytes(32)), pack.signer)
    return f"consistency/{size}-{pack.size}.txt", {f"checkpoints/{size}.ckpt": forked.encode()}


def growth_left_out(pack):
    name = f"consistency/{pack.older}-{pack.size}.txt"
    return name, {name: None}


def checkpoint_left_out(pack):
    name = f"checkpoints/{pack.size}.ckpt"
    return name, {name: None}


def checkpoint_under_another_size(pack):
    return "checkpoints/3.ckpt", {"checkpoints/3.ckpt": pack.files[f"checkpoints/{pack.size}.ckpt"]}


def witness_of_another_checkpoint(pack):
    name = f"witnesses/{pack.older}.ckpt"
    return name, {name: pack.files[f"checkpoints/{pack.size}.ckpt"]}


def witness_of_another_tree(pack):
    name = f"witnesses/{pack.older}.ckpt"
    said = Checkpoint(origin=pack.signer.name, size=pack.older, root=bytes(32))
    note = add_cosignatures(sign_checkpoint(said, pack.signer), cosign(said, WITNESS, NOON))
    return name, {name: note.encode()}


def growth_between_nothing(pack):
    return "consistency/3-5.txt", {"consistency/3-5.txt": b""}


def cosignature_cut_short(pack):
    name = f"witnesses/{pack.older}.ckpt"
    return name, {name: pack.files[name][:-10] + b"A" * 9 + b"\n"}


def stamp_of_other_bytes(pack):
    name = in_folder(pack.files, "time")[0]
    return name, {name: b"a token over something else"}


def stamp_of_no_checkpoint(pack):
    return "time/77.tsr", {"time/77.tsr": b"a token over nothing"}


def head_of_another_person(pack):
    return "head.jws", {"head.jws": pack.theirs["head.jws"]}


def head_that_stops_early(pack):
    first = read_presentation(pack.files[in_folder(pack.files, "presentations")[0]].decode())
    head = verify_head(pack.files["head.jws"].decode(), pack.signer.verifier_key)
    early = sign_head(replace(head, seq=1, leaf_hash=first.leaf_hash), pack.signer)
    return "head.jws", {"head.jws": early.encode()}


def head_under_another_name(pack):
    head = verify_head(pack.files["head.jws"].decode(), pack.signer.verifier_key)
    return "head.jws", {"head.jws": sign_head(replace(head, subject="b7f0"), pack.signer).encode()}


def head_of_an_older_log(pack):
    head = verify_head(pack.files["head.jws"].decode(), pack.signer.verifier_key)
    older = read_checkpoint(pack.files[f"checkpoints/{pack.older}.ckpt"].decode())
    return "head.jws", {"head.jws": sign_head(replace(head, checkpoint=older), pack.signer).encode()}


def head_left_out(pack):
    return "head.jws", {"head.jws": None}


def evidence_that_nobody_names(pack):
    name = f"evidence/{sha256(b'more').hexdigest()}.txt"
    return name, {name: b"more"}


def evidence_under_another_name(pack):
    name = in_folder(pack.files, "evidence")[0]
    return name, {name: b"something else"}


def record_with_another_wording(pack):
    record = json.loads(pack.files["record.jsonld"])
    record["dpv:hasNotice"][0]["led:text"] = "You agree to everything."
    return "record.jsonld", {"record.jsonld": json.dumps(record).encode()}


def record_of_another_person(pack):
    return "record.jsonld", {"record.jsonld": pack.theirs["record.jsonld"]}


def record_with_a_better_grade(pack):
    record = json.loads(pack.files["record.jsonld"])
    record["dpv:hasConsentStatus"][0]["led:grade"] = "B"
    return "record.jsonld", {"record.jsonld": json.dumps(record).encode()}


def record_without_the_wording(pack):
    record = json.loads(pack.files["record.jsonld"])
    record["dpv:hasNotice"].clear()
    return "record.jsonld", {"record.jsonld": json.dumps(record).encode()}


def record_with_another_leaf_hash(pack):
    record = json.loads(pack.files["record.jsonld"])
    record["dpv:hasConsentStatus"].append(
        {**record["dpv:hasConsentStatus"][0], "led:leafHash": bytes(32).hex()}
    )
    return "record.jsonld", {"record.jsonld": json.dumps(record).encode()}


def record_with_an_event_too_many(pack):
    record = json.loads(pack.files["record.jsonld"])
    record["dpv:hasConsentStatus"].append({"dct:identifier": "evt_1", "led:leafIndex": 77})
    return "record.jsonld", {"record.jsonld": json.dumps(record).encode()}


def record_with_an_event_that_does_not_wait(pack):
    record = json.loads(pack.files["record.jsonld"])
    record["dpv:hasConsentStatus"].append({"dct:identifier": "evt_1"})
    return "record.jsonld", {"record.jsonld": json.dumps(record).encode()}


def proof_that_belongs_to_nothing(pack):
    return "proofs/77.tlog-proof", {"proofs/77.tlog-proof": b"x"}


def policy_that_is_none(pack):
    return "policy.txt", {"policy.txt": b"log me in"}


@pytest.mark.parametrize(
    "trick",
    [
        proofs_exchanged,
        path_that_leads_elsewhere,
        entry_of_another_event,
        presentation_under_another_name,
        presentation_of_another_person,
        presentation_that_shows_more,
        presentation_of_another_log,
        place_that_is_not_the_proofs_own,
        checkpoint_of_another_tree,
        checkpoint_by_another_key,
        older_checkpoint_of_another_tree,
        growth_between_nothing,
        witness_of_another_tree,
        growth_left_out,
        checkpoint_left_out,
        checkpoint_under_another_size,
        witness_of_another_checkpoint,
        cosignature_cut_short,
        stamp_of_other_bytes,
        stamp_of_no_checkpoint,
        head_of_another_person,
        head_that_stops_early,
        head_of_an_older_log,
        head_under_another_name,
        head_left_out,
        evidence_that_nobody_names,
        evidence_under_another_name,
        record_with_another_wording,
        record_of_another_person,
        record_with_a_better_grade,
        record_without_the_wording,
        record_with_another_leaf_hash,
        record_with_an_event_too_many,
        record_with_an_event_that_does_not_wait,
        proof_that_belongs_to_nothing,
        policy_that_is_none,
    ],
    ids=lambda trick: trick.__name__.replace("_", " "),
)
def test_an_operator_who_signs_what_they_changed_is_found_out(whole, trick):
    file, changes = trick(whole)
    check = check_pack(resigned(whole.signer, whole.data, **changes), whole.policy, read_stamp)
    assert check.verdict is Verdict.FAILED
    assert file in {each.file for each in failures(check)}


def re_presented(pack, seq, **changes):
    """The event of that number, presented anew over an entry of the operator's own making."""
    files = pack.files
    for name in in_folder(files, "presentations"):
        shown = read_presentation(files[name].decode())
        if shown.sections["event"]["seq"] == seq:
            sections = {
                key: {**value, **changes.get(key, {})} if isinstance(value, dict) else changes.get(key, value)
                for key, value in shown.sections.items()
            }
            made = make_entry(sections)
            text = present(
                made.entry,
                made.disclosures,
                show=list(sections),
                origin=shown.origin,
                index=shown.index,
                issued_at=shown.issued_at,
                signer=pack.signer,
            )
            return {name: text.encode(), f"entries/{shown.index}.bin": made.entry}
    raise AssertionError(seq)


@pytest.mark.parametrize(
    ("seq", "changes", "says"),
    [
        pytest.param(
            2, {"event": {"prev": "00" * 32}}, "does not follow on event number 1", id="another link"
        ),
        pytest.param(2, {"event": {"prev": None}}, "does not name the event before it", id="no link"),
        pytest.param(2, {"event": {"seq": 1}}, "two events of the number 1", id="the same number twice"),
        pytest.param(1, {"event": {"seq": 7}}, "the pack shows a newer event", id="a number beyond the head"),
        pytest.param(
            2, {"notice": {"text": "Everything."}}, "not the one of its digest", id="another wording"
        ),
        pytest.param(
            2,
            {"evidence": [{"kind": "import_row", "row": {"a": "b"}, "sha256": "00" * 32}]},
            "the row that it names",
            id="a row under another digest",
        ),
        pytest.param(2, {"event": {}}, "leads to another root", id="nothing but new salts"),
    ],
)
def test_an_event_that_was_made_anew_is_found_out(whole, seq, changes, says):
    files = re_presented(whole, seq, **changes)
    check = check_pack(resigned(whole.signer, whole.data, **files), whole.policy, read_stamp)
    assert says in " ".join(each.sentence for each in failures(check))


def test_a_manifest_that_says_it_shows_less_than_it_does_is_found_out(whole):
    check = check_pack(
        resigned(whole.signer, whole.data, {"disclosed": ("event",)}), whole.policy, read_stamp
    )
    assert "presentations" in {each.check.value for each in failures(check)}


def test_a_manifest_about_another_person_is_found_out(whole):
    check = check_pack(resigned(whole.signer, whole.data, {"subject": "b7f0"}), whole.policy, read_stamp)
    assert {each.check.value for each in failures(check)} >= {"head", "record", "presentations"}


def test_an_operator_who_signs_a_pack_that_leaves_out_the_stop_is_found_out(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        made.text(ANNA, "STOP")
        sequence(made)
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        files = unzipped(data)
        stop = check_pack(data, own_policy(made)).events[-1]
        gone = (
            f"presentations/{stop.id}.sdjwt",
            f"entries/{stop.index}.bin",
            f"proofs/{stop.index}.tlog-proof",
        )
        record = json.loads(files["record.jsonld"])
        record["dpv:hasConsentStatus"].pop()
        changes = {**dict.fromkeys(gone), "record.jsonld": json.dumps(record).encode()}
        check = check_pack(resigned(signer, data, **changes), own_policy(made))
        assert "head.jws" in {each.file for each in failures(check)}
        told = check_pack(
            resigned(signer, data, **{"record.jsonld": json.dumps(record).encode()}), own_policy(made)
        )
        assert "record.jsonld" in {each.file for each in failures(told)}


def test_a_record_that_says_something_else_than_the_log_is_found_out_though_it_is_signed(sqlite_store):
    with world(sqlite_store) as made:
        story(made)
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        record = json.loads(unzipped(data)["record.jsonld"])
        record["dpv:hasConsentStatus"][0]["dpv:isIndicatedAtTime"] = "2025-01-01T00:00:00.000Z"
        check = check_pack(
            resigned(signer, data, **{"record.jsonld": json.dumps(record).encode()}), own_policy(made)
        )
    (failure,) = failures(check)
    assert failure.file == "record.jsonld"
    assert "occurred_at" in failure.sentence


def test_an_erased_event_that_is_left_out_is_missed(sqlite_store):
    with world(sqlite_store) as made:
        story(made)
        made.sql(
            "UPDATE consent_event SET sealed = NULL WHERE contact_id = %s AND seq < 4", made.contact().id
        )
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        first = check_pack(data, own_policy(made)).events[0]
        gone = (
            f"presentations/{first.id}.sdjwt",
            f"entries/{first.index}.bin",
            f"proofs/{first.index}.tlog-proof",
        )
        check = check_pack(resigned(signer, data, **dict.fromkeys(gone)), own_policy(made))
    assert "chain" in {each.check.value for each in failures(check)}
