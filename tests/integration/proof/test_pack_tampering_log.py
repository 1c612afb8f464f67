"""An operator who changes what a pack shows of the log, and signs it anew, is found out."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.packed import (
    WITNESS,
    checked,
    failures,
    own_policy,
    packed,
    sequence,
    story,
    unzipped,
)
from factories.tampered import in_folder, presented_anew, re_presented, read_stamp, resigned, whole_pack
from factories.worlds import ANNA, NOON, world
from yesword.ledger.checkpoint import Checkpoint, Signer, read_checkpoint, sign_checkpoint
from yesword.ledger.cosignature import add_cosignatures, cosign
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.head import sign_head, verify_head
from yesword.ledger.presentation import present, read_presentation
from yesword.ledger.proof import format_proof, read_proof
from yesword.proof import logs
from yesword.proof.packs.dossier import collect
from yesword.store import ledgers


@pytest.fixture(scope="module")
def whole(sqlite_template, tmp_path_factory):
    with whole_pack(sqlite_template, tmp_path_factory.mktemp("pack")) as made:
        yield made


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
        growth_left_out,
        checkpoint_left_out,
        checkpoint_under_another_size,
        witness_of_another_checkpoint,
        witness_of_another_tree,
        growth_between_nothing,
        cosignature_cut_short,
        stamp_of_other_bytes,
        stamp_of_no_checkpoint,
        head_of_another_person,
        head_that_stops_early,
        head_under_another_name,
        head_of_an_older_log,
        head_left_out,
        proof_that_belongs_to_nothing,
        policy_that_is_none,
    ],
    ids=lambda trick: trick.__name__.replace("_", " "),
)
def test_an_operator_who_signs_what_they_changed_is_found_out(whole, trick):
    file, changes = trick(whole)
    check = checked(resigned(whole.signer, whole.data, **changes), whole.policy, read_stamp)
    assert check.verdict is Verdict.FAILED
    assert file in {each.file for each in failures(check)}


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
    check = checked(resigned(whole.signer, whole.data, **files), whole.policy, read_stamp)
    assert says in " ".join(each.sentence for each in failures(check))


def test_a_manifest_that_says_it_shows_less_than_it_does_is_found_out(whole):
    check = checked(resigned(whole.signer, whole.data, {"disclosed": ("event",)}), whole.policy, read_stamp)
    assert "presentations" in {each.check.value for each in failures(check)}


def test_a_manifest_about_another_person_is_found_out(whole):
    check = checked(resigned(whole.signer, whole.data, {"subject": "b7f0"}), whole.policy, read_stamp)
    assert {each.check.value for each in failures(check)} >= {"head", "record", "presentations"}


def test_an_operator_who_signs_a_pack_that_leaves_out_the_stop_is_found_out(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        made.text(ANNA, "STOP")
        sequence(made)
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        files = unzipped(data)
        stop = checked(data, own_policy(made)).events[-1]
        gone = (
            f"presentations/{stop.id}.sdjwt",
            f"entries/{stop.index}.bin",
            f"proofs/{stop.index}.tlog-proof",
        )
        record = json.loads(files["record.jsonld"])
        record["dpv:hasConsentStatus"].pop()
        changes = {**dict.fromkeys(gone), "record.jsonld": json.dumps(record).encode()}
        check = checked(resigned(signer, data, **changes), own_policy(made))
        assert "head.jws" in {each.file for each in failures(check)}
        told = checked(
            resigned(signer, data, **{"record.jsonld": json.dumps(record).encode()}), own_policy(made)
        )
        assert "record.jsonld" in {each.file for each in failures(told)}


def test_an_erased_event_that_is_left_out_is_missed(sqlite_store):
    with world(sqlite_store) as made:
        story(made)
        made.sql(
            "UPDATE consent_event SET sealed = NULL WHERE contact_id = %s AND seq < 4", made.contact().id
        )
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        first = checked(data, own_policy(made)).events[0]
        gone = (
            f"presentations/{first.id}.sdjwt",
            f"entries/{first.index}.bin",
            f"proofs/{first.index}.tlog-proof",
        )
        check = checked(resigned(signer, data, **dict.fromkeys(gone)), own_policy(made))
    assert "chain" in {each.check.value for each in failures(check)}


def with_nothing_open(pack, seq):
    """The event of that number, presented anew as if it had been erased."""
    for name in in_folder(pack.files, "presentations"):
        text = pack.files[name].decode()
        shown = read_presentation(text)
        if shown.sections["event"]["seq"] == seq:
            anew = present(
                shown.entry,
                text.split("~")[1:-1],
                show=(),
                origin=shown.origin,
                index=shown.index,
                issued_at=shown.issued_at,
                signer=pack.signer,
            )
            return name, anew.encode()
    raise AssertionError(seq)


def test_a_pack_in_which_an_event_is_closed_is_not_proven(whole):
    name, text = with_nothing_open(whole, 2)
    row = f"rows/{name.split('/')[1].split('.')[0]}.json"
    changes = {name: text, row: None, **dict.fromkeys(in_folder(whole.files, "evidence"))}
    check = checked(resigned(whole.signer, whole.data, **changes), whole.policy, read_stamp)
    assert not failures(check)
    assert check.verdict is Verdict.CONSISTENT
    outcomes = {each.check.value: each.outcome for each in check.findings}
    assert outcomes["chain"] is Outcome.OPEN
    assert check.standing is None


def test_a_file_that_no_pack_has_is_named_though_the_manifest_lists_it(whole):
    for name in ("verdict.txt", "presentations.html", "shapes/other.ttl"):
        check = checked(resigned(whole.signer, whole.data, **{name: b"It holds."}), whole.policy, read_stamp)
        assert [(each.file, each.code) for each in failures(check)] == [(name, "pack_file_unknown")]


# --- another key ---------------------------------------------------------------------------------------------


def test_a_policy_from_before_the_key_was_changed_is_told_which_key_signed_and_how_the_old_one_vouches(
    sqlite_store,
):
    with world(sqlite_store) as made:
        story(made)
        old = own_policy(made)
        with made.store.database.read() as session:
            (log,) = ledgers.logs(session)
        new = logs.change_key(made.store, log, made.at)
        sequence(made)
        under_both = checked(packed(made).data, old)
        made.wait(hours=2)
        made.text(ANNA, "STOP")
        sequence(made)
        data = packed(made).data
        check = checked(data, old)
        assert checked(data, own_policy(made)).verdict is Verdict.PROVEN
    for each in (under_both, check):
        assert (each.verdict, failures(each)) == (Verdict.CONSISTENT, [])
    told = check.findings[0]
    assert told.code == "pack_other_key"
    (known,) = old.logs
    for part in (new.key_id.hex(), known.key.key_id.hex(), "is signed by both"):
        assert part in told.sentence
    assert "pack_checkpoints_held" in {each.code for each in under_both.findings}
