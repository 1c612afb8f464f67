"""The answer to a carrier's audit, on real stores: what each number's line says, that its proofs hold, and what is kept."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from factories import audited
from factories.audited import (
    ASKED,
    BACK,
    CLAIMED,
    ERASED,
    EVERYBODY,
    IMPORTED,
    JOINED,
    KEPT,
    STOPPED,
    STRANGER,
    UNKNOWN,
    WORDING,
    answered,
    files,
    people,
    question,
    table,
)
from factories.dumps import dump
from factories.packed import own_policy, sequence
from factories.worlds import CLUB, EVENTS, world
from yesword.domain.events import Grade
from yesword.ledger.entry import open_disclosure
from yesword.ledger.jws import verify_detached
from yesword.ledger.policy import read_policy
from yesword.ledger.receipt import Verdict, read_receipt
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.reporting.audit_answers import Part, Status, collect, keeping, read_numbers
from yesword.reporting.audit_answers.asking import UnknownSourceError
from yesword.reporting.audit_answers.keeping import AuditClosedError, NoAnswerError
from yesword.reporting.audit_answers.writing import COLUMNS, TYPE
from yesword.store import audits, models, programs
from yesword.store.keyfiles import HOLD, key_file
from yesword.store.models import CarrierAudit
from yesword.store.opening import open_store

ZIP = b"PK\x03\x04"  # its first bytes; two of them a nonce may have


@pytest.fixture
def here(store, tmp_path):
    with world(store) as made:
        people(made, tmp_path)
        yield made


@pytest.fixture
def small(sqlite_store):
    """One who joined, in the log."""
    with world(sqlite_store) as made:
        made.join(JOINED)
        sequence(made)
        yield made


def only(answer):
    (line,) = answer.lines
    return line


def rows_of(here, **more):
    written = files(here, answered(here, **more))
    return {row["destination_e164"]: row for row in table(written)}, written


# --- the table ---------------------------------------------------------------------------------------------------


def test_every_number_is_answered_with_the_columns_that_carriers_ask_for(here):
    rows, written = rows_of(here, campaign="CABC123")
    assert list(next(iter(rows.values()))) == list(COLUMNS)
    assert written["answer.csv"].decode().split("\r\n")[0] == (
        "destination_e164,source_number,program,brand,campaign_id,opt_in_method,opt_in_at_utc,opt_in_at_local,ip,"
        "user_agent,page_url,form_version,disclosure_sha256,disclosure_text,double_opt_in_at,confirmation_message_id,"
        "status,opt_out_at,last_message_at,leaf_index,tlog_proof_file"
    )
    assert tuple(rows) == EVERYBODY
    assert {row["source_number"] for row in rows.values()} == {CLUB}
    assert {row["campaign_id"] for row in rows.values()} == {"CABC123"}
    assert {number: row["status"] for number, row in rows.items()} == {
        JOINED: "opted in",
        STOPPED: "opted out",
        BACK: "opted in, again since 2026-03-04 by a text from the handset",
        ASKED: "asked to confirm, not confirmed yet",
        UNKNOWN: "no consent on record",
        IMPORTED: "opted in",
        ERASED: "erased in 2026-03, proof not kept",
        KEPT: "erased on 2026-03-04, proof kept until 2029-03-04",
        CLAIMED: "claimed by a list without proof, which is not taken for consent",
        STRANGER: "opted out, no opt-in on record",
    }


def test_somebody_who_joined_by_keyword_is_told_of_in_full(here):
    row = rows_of(here)[0][JOINED]
    assert row["opt_in_method"] == "keyword texted from the handset, confirmed by a reply from the handset"
    assert row["opt_in_at_utc"] == "2026-03-02T12:00:20Z", "when they texted the keyword"
    assert row["opt_in_at_local"] == "2026-03-02T13:00:20+01:00 Europe/Amsterdam"
    assert row["double_opt_in_at"] == "2026-03-02T12:00:40Z"
    assert hashlib.sha256(row["disclosure_text"].encode()).hexdigest() == row["disclosure_sha256"]
    assert row["last_message_at"] == "2026-03-04T12:05:00Z"
    ((theirs,),) = here.sql("SELECT provider_id FROM attempt a JOIN message m ON m.id = a.message_id "
        "WHERE m.contact_id = %s AND m.kind = 'welcome'", here.contact(JOINED).id)  # fmt: skip
    assert row["confirmation_message_id"] == theirs, "the carrier's own id of the welcome"


def test_an_imported_consent_is_told_with_its_source_and_its_own_wording(here):
    row = rows_of(here)[0][IMPORTED]
    assert row["opt_in_method"] == (
        'opt-in recorded elsewhere, brought along with its source, date and wording (=HYPERLINK("x"))'
    )
    assert (row["disclosure_text"], row["double_opt_in_at"]) == (WORDING, "")
    assert row["opt_in_at_utc"].startswith("2025-11-30")


def test_a_mere_claim_is_no_opt_in(here):
    row = rows_of(here)[0][CLAIMED]
    assert row["opt_in_method"] == "claimed by an imported list, without proof"
    assert row["opt_in_at_utc"] == ""


def test_of_somebody_unknown_there_is_nothing_but_that(here):
    row = rows_of(here)[0][UNKNOWN]
    assert {name for name, cell in row.items() if cell} == {
        "destination_e164",
        "source_number",
        "brand",
        "status",
    }


def test_an_opt_out_says_when_and_that_nothing_but_its_confirmation_followed(here):
    here.sql("UPDATE message SET handed_at = handed_at + 2000000 WHERE kind = 'stop_reply'")
    rows, written = rows_of(here)
    assert rows[STOPPED]["opt_out_at"] == "2026-03-03T12:03:40Z"
    assert rows[STOPPED]["last_message_at"] == "2026-03-03T12:03:42Z"
    assert "To none of those whose opt-out stands was any text handed over after it" in told(written)


def test_a_text_after_the_stop_is_not_hidden(here):
    here.sql(
        "UPDATE message SET handed_at = handed_at + 172800000000 WHERE contact_id = %s AND kind = 'welcome'",
        here.contact(STOPPED).id,
    )
    assert "After the opt-out of 1 line 1 text was handed over" in told(files(here, answered(here)))


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(sqlite_store, tmp_path):
    with world(sqlite_store) as made:
        audited.WORDING, kept = "=1+1", audited.WORDING
        try:
            audited.imported(made, tmp_path)
        finally:
            audited.WORDING = kept
        sequence(made)
        (row,) = table(files(made, answered(made, (IMPORTED,), campaign="@SUM(A1)")))
    assert row["disclosure_text"] == "'=1+1"
    assert row["campaign_id"] == "'@SUM(A1)"
    assert row["destination_e164"] == IMPORTED


def test_what_is_no_number_has_a_line_of_its_own(small):
    rows = table(files(small, answered(small, (JOINED, "12"))))
    assert [row["status"] for row in rows] == ["opted in", "not a telephone number"]
    assert rows[1]["destination_e164"] == "12"


def test_another_source_is_another_question(here):
    brand = programs.brand(here.club.brand)
    asked = read_numbers(JOINED, "NL")
    line = only(collect(here.store, brand, question(here, EVENTS), asked, here.at))
    assert (line.status, line.contact) == (Status.UNKNOWN, here.contact(JOINED).id)
    with pytest.raises(UnknownSourceError, match="Its senders: 555888, 800123"):
        collect(here.store, brand, question(here, "999"), asked, here.at)


def test_a_program_that_has_moved_to_another_sender_still_answers_for_the_old_one(small):
    two = models.Sender.objects.get(address=EVENTS)
    programs.publish(replace(small.club, sender=EVENTS), two)
    assert only(answered(small, (JOINED,))).status is Status.OPTED_IN


def test_who_was_erased_and_joined_again_has_both_lines(here):
    here.join(KEPT)
    sequence(here)
    told = [each.status for each in answered(here, (KEPT,)).lines]
    assert told == [Status.ERASED_KEPT, Status.OPTED_IN]


# --- the proofs --------------------------------------------------------------------------------------------------


def test_every_proof_holds_by_our_reader_and_by_the_one_file_verifier(here, tmp_path):
    rows, written = rows_of(here)
    (log,) = own_policy(here).logs
    proofs = {name: body for name, body in written.items() if name.startswith("proofs/")}
    named = {row["tlog_proof_file"]: row for row in rows.values() if row["tlog_proof_file"]}
    assert len(named) == 8
    assert named.keys() <= proofs.keys()
    for name, body in proofs.items():
        assert read_receipt(body).check(log.key).verdict is Verdict.PROVEN, name
    for name, row in named.items():
        sections = dict(map(open_disclosure, read_receipt(proofs[name]).disclosures))
        assert sections["subject"]["phone"] == row["destination_e164"]
        assert "evidence" not in sections
        assert name == f"proofs/{row['leaf_index']}.tlog-proof"
    verifier, proof = tmp_path / "verify_yesword.py", tmp_path / "proof"
    verifier.write_bytes(written["verify_yesword.py"])
    for name in sorted(proofs)[:3]:
        proof.write_bytes(proofs[name])
        ran = subprocess.run(
            [sys.executable, str(verifier), str(proof), "--vkey", str(log.key)],
            check=False,
            capture_output=True,
        )
        assert ran.returncode == 0, ran.stdout


def test_the_stop_and_the_return_are_proven_beside_the_opt_in(here):
    line = only(answered(here, (BACK,)))
    assert [each.part for each in line.proofs] == [Part.OPT_IN, Part.ASKED, Part.ENDED, Part.RESTARTED]
    said = {}
    for each in line.proofs:
        sections = dict(map(open_disclosure, read_receipt(each.body).disclosures))
        said[each.part] = sections["event"]["type"]
    assert said == {
        Part.OPT_IN: "confirmed",
        Part.ASKED: "requested",
        Part.ENDED: "withdrawn",
        Part.RESTARTED: "granted",
    }


def test_the_list_of_files_is_signed_and_complete(here):
    written = files(here, answered(here))
    manifest = json.loads(written["manifest.json"])
    (log,) = own_policy(here).logs
    verify_detached(written["manifest.jws"].decode(), written["manifest.json"], typ=TYPE, key=log.key)
    assert manifest["files"].keys() == written.keys() - {"manifest.json", "manifest.jws"}
    for name, said in manifest["files"].items():
        assert (hashlib.sha256(written[name]).hexdigest(), len(written[name])) == (
            said["sha256"],
            said["size"],
        )
    assert (manifest["carrier"], manifest["reference"], manifest["due"]) == (
        "Bandwidth",
        "CASE-1",
        "2026-03-05T12:05:00.000Z",
    )
    assert sum(manifest["counts"].values()) == manifest["lines"] == 10
    assert read_policy(written["policy.txt"].decode()).logs[0].key == log.key


def test_the_wordings_lie_under_their_digests(here):
    rows, written = rows_of(here)
    wordings = {name: body for name, body in written.items() if name.startswith("disclosures/")}
    assert len(wordings) == 2
    for name, body in wordings.items():
        assert name == f"disclosures/{hashlib.sha256(body).hexdigest()}.txt"
    assert {
        f"disclosures/{row['disclosure_sha256']}.txt" for row in rows.values() if row["disclosure_sha256"]
    } == (wordings.keys())


def test_the_same_answer_gives_the_same_bytes(small):
    answer = answered(small)
    assert files(small, answer) == files(small, answer)


def test_without_a_log_the_answer_is_made_and_says_so(sqlite_store):
    with world(sqlite_store) as made:
        made.join(JOINED)
        answer = answered(made, (JOINED,))
        written = files(made, answer)
    assert (only(answer).status, only(answer).main, only(answer).is_waiting) == (Status.OPTED_IN, None, True)
    assert "manifest.jws" not in written
    assert json.loads(written["manifest.json"])["left_out"] == {"manifest.jws": "the brand has no log yet"}
    assert "not yet in the published log" in told(written)


def test_a_log_that_may_not_be_signed_holds_no_answer_up(small):
    small.sql("UPDATE ledger_log SET trouble = 'the store is older.'")
    answer = answered(small, (JOINED,))
    written = files(small, answer)
    assert only(answer).main is not None, "what was published before stays proven"
    assert "the store is older." in json.loads(written["manifest.json"])["left_out"]["manifest.jws"]


# --- the story ---------------------------------------------------------------------------------------------------


def told(written):
    return written["narrative.md"].decode()


def test_the_story_tells_of_the_ways_that_these_people_took(here):
    story = told(files(here, answered(here)))
    assert "**Keyword texted from the handset, confirmed by a reply from the handset: 4 people.**" in story
    assert "People text SAVEMORE to 800123" in story
    assert "> Linde & Loom: reply YES to join Club." in story
    assert "brought along with its source, date and wording: 1 person.**" in story
    assert "> Linde & Loom: no more messages." in story
    assert "- erased, proof kept: 1" in story
    assert "Nobody outside cosigns its heads yet." in story


def test_the_story_does_not_tell_of_ways_that_nobody_took(here):
    story = told(files(here, answered(here, (STOPPED, UNKNOWN))))
    assert "brought along" not in story
    assert "Keyword texted" in story


def test_the_story_names_nobody(here):
    story = told(files(here, answered(here)))
    assert not [number for number in EVERYBODY if number[-6:] in story]


# --- erased people -----------------------------------------------------------------------------------------------


def test_kept_proof_is_shown_with_its_number_and_without_its_context(here):
    line = only(answered(here, (KEPT,)))
    sections = dict(map(open_disclosure, read_receipt(line.main.body).disclosures))
    assert sections["subject"]["phone"] == KEPT
    assert "context" not in sections
    assert (line.method.is_confirmed, line.kept_until) == (True, datetime(2029, 3, 4, 12, 5, tzinfo=UTC))


def test_without_the_key_of_legal_holds_it_is_only_said_that_proof_is_kept(sqlite_store, tmp_path):
    with world(sqlite_store) as made:
        people(made, tmp_path)
        key_file(made.store.folder, HOLD, 1).unlink()
        folder = made.store.folder
        made.store.close()
        made.store = open_store(folder)
        row = rows_of(made)[0][KEPT]
        made.store.close()
    assert row["status"] == (
        "erased on 2026-03-04, proof kept until 2029-03-04, under a key that is not on this machine"
    )
    assert row["opt_in_at_utc"] == ""


def test_a_number_of_somebody_else_now_says_so_and_shows_no_name_of_its_former_owner(sqlite_store):
    with world(sqlite_store) as made:
        made.strangers([JOINED], name="Former Owner")
        made.join(JOINED)
        made.text(JOINED, "wrong number, i am not anna")
        made.sql("UPDATE contact SET hidden_since = %s", int(made.at.timestamp() * 1_000_000))
        sequence(made)
        line = only(answered(made, (JOINED,)))
    for proof in line.proofs:
        assert "subject" not in dict(map(open_disclosure, read_receipt(proof.body).disclosures))
        assert b"Former Owner" not in proof.body


# --- what is kept ------------------------------------------------------------------------------------------------


def opened(here, numbers=EVERYBODY):
    asked = read_numbers("\n".join(numbers), "NL")
    audit = keeping.open_audit(here.store, here.club.brand, question(here), asked, None, here.at)
    keeping.make_answer(here.store, audit, asked, here.at)
    return CarrierAudit.objects.get(pk=audit.pk)


def test_no_number_stands_in_the_store_in_the_clear(here):
    audit = opened(here)
    assert audit.unknown_count == 2, "the unknown one, and the one whose proof is not kept"
    assert len(audit.contacts) == 8
    left = dump(here.store)
    for number in EVERYBODY:
        assert number[1:] not in left
    sealed = list((here.store.folder / audits.FOLDER).iterdir())
    assert [path.suffix for path in sealed] == [".sealed"]
    assert sealed[0].stat().st_mode & 0o077 == 0
    assert sealed[0].parent.stat().st_mode & 0o077 == 0
    assert not sealed[0].read_bytes().startswith(ZIP)
    assert keeping.read_answer(here.store, audit, here.at).startswith(ZIP)


def test_the_answer_is_worth_nothing_once_somebody_in_it_is_erased(small):
    audit = opened(small, (JOINED,))
    (path,) = (small.store.folder / audits.FOLDER).iterdir()
    copy, key = path.read_bytes(), audit.vault_key
    small.wait(minutes=1)
    erasing.erase(small.store, small.contact(JOINED).id, Wish(ground=REQUESTED), small.at)
    with pytest.raises(NoAnswerError):
        keeping.read_answer(small.store, audit, small.at)
    assert not path.exists()
    with pytest.raises(Exception, match="opens no more"):
        small.store.vault.seal(key).open(copy, f"audit_answer:{key}".encode())


def test_an_erasure_can_destroy_the_answers_itself(small):
    audit = opened(small, (JOINED,))
    assert audits.forget_about(small.store, small.contact(JOINED).id, small.at) == 1
    audit.refresh_from_db()
    assert audit.vault_key is None
    assert not list((small.store.folder / audits.FOLDER).iterdir())
    assert audits.forget_about(small.store, small.contact(JOINED).id, small.at) == 0


def test_closing_destroys_the_answer_and_ends_the_links(small):
    audit = opened(small, (JOINED, UNKNOWN))
    keeping.make_link(small.store, audit, small.at)
    keeping.close(small.store, audit, small.at)
    assert [each.holds(small.at) for each in keeping.links_of(small.store, audit)] == [False]
    with pytest.raises(NoAnswerError):
        keeping.read_answer(small.store, audit, small.at)
    with pytest.raises(AuditClosedError):
        keeping.make_link(small.store, audit, small.at)
    audit.refresh_from_db()
    assert (audit.state, audit.counts) == ("closed", {"opted_in": 1, "unknown": 1})
    assert (audit.unknown_count, audit.unknown_digests) == (1, [])


def test_making_it_again_leaves_one_answer(small):
    audit = opened(small, (JOINED,))
    first = audit.file_digest
    small.text(JOINED, "STOP")
    sequence(small)
    keeping.make_answer(small.store, audit, read_numbers(JOINED, "NL"), small.at)
    assert len(list((small.store.folder / audits.FOLDER).iterdir())) == 1
    assert (audit.counts, audit.file_digest != first) == ({"opted_out": 1}, True)


def test_answering_stops_the_clock_once(small):
    audit = opened(small, (JOINED,))
    assert audit.due_at - audit.asked_at == timedelta(hours=24)
    assert keeping.mark_answered(small.store, audit, None, small.at)
    small.wait(hours=1)
    assert not keeping.mark_answered(small.store, audit, None, small.at)
    assert (audit.state, audit.answered_at) == ("answered", small.at - timedelta(hours=1))


def test_a_thousand_numbers_say_how_far_they_are(sqlite_store):
    with world(sqlite_store) as made:
        made.grant(made.members(20), made.club, grade=Grade.B)
        seen = []
        asked = read_numbers("\n".join(f"+3161200{each:04d}" for each in range(1000)), "NL")
        brand = programs.brand(made.club.brand)
        collect(made.store, brand, question(made), asked, made.at, lambda *step: seen.append(step))
    assert seen[-1] == (1000, 1000)
    assert len(seen) == 1000
