"""A pack under a policy that lacks the key that signed it: not proven, and not called forged; what was changed still is."""

import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.packed import (
    changed,
    checked,
    failures,
    own_policy,
    packed,
    sequence,
    story,
    unzipped,
    with_witness,
    witnessed,
)
from factories.tampered import flipped, in_folder, resigned
from factories.worlds import world
from yesword.cli import group
from yesword.ledger.checkpoint import Signer, read_checkpoint, read_note, sign_checkpoint, write_note
from yesword.ledger.entry import SECTIONS
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs import Purpose
from yesword.ledger.packs.findings import OTHER_KEY, OTHER_LOG
from yesword.ledger.policy import Policy, PolicyLog, read_policy, write_policy
from yesword.ledger.presentation import present, read_presentation
from yesword.proof import logs
from yesword.proof.continuing import continue_log, plan
from yesword.proof.packs.dossier import collect
from yesword.store import ledgers
from yesword.store.opening import open_store

BEN = "+31612345679"


@pytest.fixture
def here(sqlite_store):
    with world(sqlite_store) as made:
        story(made)
        yield made


def rotated(here):
    """Change the log's key, and let the log go on."""
    with here.store.database.read() as session:
        log = ledgers.logs(session)[-1]
    key = logs.change_key(here.store, log, here.at)
    sequence(here)
    here.wait(minutes=1)
    here.join(BEN)
    sequence(here)
    return key


def continued(here):
    continue_log(here.store, here.club.brand, plan(here.store, here.club.brand, "moved", here.at), here.at)
    sequence(here)
    return logs.verifier_keys(here.store, newest(here))[1]


def newest(here):
    with here.store.database.read() as session:
        return ledgers.logs(session)[-1]


CHANGES = pytest.mark.parametrize(
    ("change", "code"),
    [pytest.param(rotated, OTHER_KEY, id="rotated"), pytest.param(continued, OTHER_LOG, id="continued")],
)


def verify(tmp_path, data, policy, *options):
    file, text = tmp_path / "pack.zip", tmp_path / "policy.txt"
    file.write_bytes(data)
    text.write_text(write_policy(policy))
    return CliRunner().invoke(group, ["verify", str(file), "--policy", str(text), *options])


@CHANGES
def test_a_pack_that_nobody_touched_is_not_proven_by_a_policy_from_before_and_not_called_forged(
    here, tmp_path, change, code
):
    old = own_policy(here)
    new = change(here)
    data = packed(here).data
    check = checked(data, old)
    assert failures(check) == []
    assert check.verdict is Verdict.CONSISTENT
    assert (check.findings[0].code, check.findings[0].outcome) == (code, Outcome.OPEN)
    assert [each.code for each in check.findings].count(code) == 1
    assert new.key_id.hex() in check.findings[0].sentence
    done = verify(tmp_path, data, old)
    assert done.exit_code == 1
    assert done.output.strip().splitlines()[-1].startswith("Not proven: this pack is signed with another key")
    assert "FAILED" not in done.output
    assert verify(tmp_path, data, own_policy(here)).exit_code == 0


@CHANGES
def test_the_story_is_told_under_a_policy_from_before_as_it_is_under_none(here, tmp_path, change, code):
    del code
    old = own_policy(here)
    change(here)
    data = packed(here, at=here.at).data
    bare, under = checked(data), checked(data, old)
    assert under.standing == bare.standing
    assert under.standing is not None
    assert under.events == bare.events
    assert {each.check for each in under.findings} == {each.check for each in bare.findings}
    told = json.loads(verify(tmp_path, data, old, "--json").output)
    assert (told["verdict"], told["ok"]) == ("consistent", False)
    assert told["number"] == "ends in 78"
    assert told["state"]["code"] == "granted"
    assert "Number ends in 78" in verify(tmp_path, data, old).output


def byte_of_the_summary(files):
    return {"summary.json": flipped(files["summary.json"])}


def byte_of_an_entry(files):
    name = in_folder(files, "entries")[1]
    return {name: flipped(files[name])}


def event_left_out(files):
    return {in_folder(files, "presentations")[0]: None}


def manifest_altered(files):
    return {"manifest.json": files["manifest.json"].replace(b'"litigation"', b'"dsar"')}


def signature_of_the_head(files):
    head = files["head.jws"]
    return {"head.jws": head[:-6] + (b"AAAAAA" if head[-6:] != b"AAAAAA" else b"BBBBBB")}


def checkpoint_altered(files):
    name = in_folder(files, "checkpoints")[-1]
    return {name: flipped(files[name])}


def policy_taken_out(files):
    del files
    return {"policy.txt": None}


@CHANGES
@pytest.mark.parametrize(
    "trick",
    [
        byte_of_the_summary,
        byte_of_an_entry,
        event_left_out,
        manifest_altered,
        signature_of_the_head,
        checkpoint_altered,
        policy_taken_out,
    ],
    ids=lambda trick: trick.__name__.replace("_", " "),
)
def test_what_was_changed_is_named_under_a_policy_from_before(here, change, code, trick):
    old = own_policy(here)
    change(here)
    data = packed(here).data
    files = trick(unzipped(data))
    check = checked(changed(data, **files), old)
    assert check.verdict is Verdict.FAILED
    if trick is not policy_taken_out:
        assert check.findings[0].code == code
        # What fails is what fails under no policy at all, and nothing that only the key is to blame for.
        bare = failures(checked(changed(data, **files)))
        assert [(each.check, each.file) for each in failures(check)] == [
            (each.check, each.file) for each in bare
        ]
    assert set(files) & {each.file for each in failures(check)} or trick is manifest_altered


@CHANGES
def test_an_operator_who_signs_a_change_with_the_new_key_is_found_out_by_a_policy_from_before(
    here, change, code
):
    del code
    old = own_policy(here)
    change(here)
    data = packed(here).data
    signer = collect(here.store, here.contact(), here.club, here.at).signer
    check = checked(resigned(signer, data, {"purpose": Purpose.DSAR}, **{"evidence/extra.txt": b"x"}), old)
    assert check.verdict is Verdict.FAILED
    left_out = in_folder(unzipped(data), "presentations")[-1]
    assert checked(resigned(signer, data, **{left_out: None}), old).verdict is Verdict.FAILED


# --- the checkpoint that both keys signed --------------------------------------------------------------------


def both_signed(data):
    """The sizes of the checkpoints in the pack that two keys have signed."""
    notes = [body for name, body in unzipped(data).items() if name.startswith("checkpoints/")]
    return [read_checkpoint(note.decode()).size for note in notes if is_by_two(note)]


def is_by_two(note):
    return len(read_note(note.decode()).signatures) > 1


def test_a_pack_brings_the_checkpoint_that_both_keys_signed_though_the_log_went_on_within_the_hour(here):
    old = own_policy(here)
    rotated(here)
    data = packed(here).data
    (size,) = both_signed(data)
    assert f"The checkpoint of {size} records is signed by both" in checked(data, old).findings[0].sentence
    assert checked(data, own_policy(here)).verdict is Verdict.PROVEN


def test_a_pack_brings_it_where_the_last_checkpoint_before_was_kept_for_a_witness(here):
    witnessed(here)
    old = own_policy(here)
    rotated(here)
    data = packed(here).data
    (size,) = both_signed(data)
    assert f"The checkpoint of {size} records is signed by both" in checked(data, old).findings[0].sentence


def test_after_two_changes_the_pack_brings_both_and_says_that_one_leads_to_the_other(here):
    old = own_policy(here)
    rotated(here)
    here.wait(minutes=1)
    second = rotated_again(here)
    data = packed(here).data
    check = checked(data, old)
    assert failures(check) == []
    sizes = ", ".join(map(str, sorted(both_signed(data))))
    assert f"The checkpoints of {sizes} records are signed by two keys each" in check.findings[0].sentence
    assert check.findings[0].fields["signed"] == second.key_id.hex()


def rotated_again(here):
    key = logs.change_key(here.store, newest(here), here.at)
    sequence(here)
    here.wait(minutes=1)
    here.text(BEN, "STOP")
    sequence(here)
    return key


def test_a_pack_made_before_the_log_went_on_says_that_no_checkpoint_is_signed_by_both(here):
    old = own_policy(here)
    logs.change_key(here.store, newest(here), here.at)
    check = checked(packed(here).data, old)
    assert failures(check) == []
    assert check.verdict is Verdict.CONSISTENT
    assert "No checkpoint in the pack is signed by both." in check.findings[0].sentence


def test_checkpoints_under_an_older_key_that_was_not_brought_are_not_called_forged(here):
    witnessed(here)
    rotated(here)
    data = packed(here).data
    whole = own_policy(here)
    check = checked(data, Policy(logs=whole.logs[:1]))
    assert failures(check) == []
    assert check.verdict is Verdict.CONSISTENT
    assert check.findings[0].fields["signed"] == whole.logs[1].key.key_id.hex()


@CHANGES
def test_witnesses_of_a_log_under_an_unknown_key_prove_nothing(here, change, code):
    old = with_witness(own_policy(here))
    change(here)
    witnessed(here)
    check = checked(packed(here).data, old)
    assert failures(check) == []
    assert check.findings[0].code == code
    assert check.verdict is Verdict.CONSISTENT
    assert checked(packed(here).data, with_witness(own_policy(here))).verdict is Verdict.PROVEN


# --- somebody with a key of their own ------------------------------------------------------------------------


def with_key(policy_text, key):
    policy = read_policy(policy_text.decode())
    return write_policy(replace(policy, logs=(*policy.logs, PolicyLog(key=key)))).encode()


@pytest.fixture
def stranger(here):
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    return Signer(name=newest(here).origin, private=private)


def test_a_pack_signed_anew_by_a_stranger_is_never_proven_and_never_said_to_be_vouched_for(here, stranger):
    data = packed(here).data
    files = unzipped(data)
    name = in_folder(files, "checkpoints")[-1]
    said = read_note(files[name].decode())
    theirs = read_note(sign_checkpoint(read_checkpoint(files[name].decode()), stranger))
    forged = resigned(
        stranger,
        data,
        {"purpose": Purpose.DSAR},
        **{
            "policy.txt": with_key(files["policy.txt"], stranger.verifier_key),
            name: write_note(said.text, [*said.signatures, *theirs.signatures]).encode(),
        },
    )
    check = checked(forged, own_policy(here))
    assert check.verdict is not Verdict.PROVEN
    assert stranger.verifier_key.key_id.hex() in check.findings[0].sentence
    assert "somebody else made this" in check.findings[0].sentence
    assert "anybody could have added a signature" in check.findings[0].sentence


def test_a_key_that_the_pack_does_not_bring_either_is_refused_as_ever(here, stranger):
    check = checked(resigned(stranger, packed(here).data), own_policy(here))
    assert check.verdict is Verdict.FAILED
    assert [each.file for each in failures(check)] == ["manifest.jws"]


def test_a_statement_by_another_key_than_the_manifests_is_refused_though_the_pack_brings_it(here, stranger):
    data = packed(here).data
    signer = collect(here.store, here.contact(), here.club, here.at).signer
    files = unzipped(data)
    name = in_folder(files, "presentations")[0]
    theirs = re_signed(files[name].decode(), stranger)
    policy = with_key(files["policy.txt"], stranger.verifier_key)
    forged = resigned(signer, data, **{name: theirs, "policy.txt": policy})
    check = checked(forged, own_policy(here))
    assert check.verdict is Verdict.FAILED
    assert name in {each.file for each in failures(check)}


def re_signed(text, signer):
    shown = read_presentation(text)
    anew = present(
        shown.entry,
        text.split("~")[1:-1],
        show=SECTIONS,
        origin=shown.origin,
        index=shown.index,
        issued_at=shown.issued_at,
        signer=signer,
    )
    return anew.encode()


def test_a_log_of_the_same_name_that_somebody_made_up_whole_fails(here, sqlite_template, tmp_path):
    right = own_policy(here)
    shutil.copytree(sqlite_template, tmp_path / "theirs")
    opened = open_store(tmp_path / "theirs")
    with world(opened) as theirs:
        story(theirs)
        data = packed(theirs).data
    opened.close()
    check = checked(data, right)
    assert check.verdict is Verdict.FAILED
    assert check.findings[0].code == OTHER_KEY
    assert verify(tmp_path, data, right).exit_code == 1
