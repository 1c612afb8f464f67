"""An operator who changes what is told of the log, in the record, the receipt, the summary or the evidence, is found out."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from factories.packed import checked, failures, own_policy, packed, sequence, story, unzipped
from factories.tampered import in_folder, read_stamp, resigned, whole_pack
from factories.worlds import world
from yesword.domain.decisions import Sentence
from yesword.ledger.entry import canonical
from yesword.ledger.findings import Verdict
from yesword.ledger.packs import check_pack
from yesword.proof.packs import summary
from yesword.proof.packs.dossier import collect
from yesword.proof.packs.pdf import write_summary


@pytest.fixture(scope="module")
def whole(sqlite_template, tmp_path_factory):
    with whole_pack(sqlite_template, tmp_path_factory.mktemp("pack")) as made:
        yield made


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


# --- the record, in its own form -----------------------------------------------------------------------------


def altered(pack, change):
    record = json.loads(pack.files["record.jsonld"])
    change(record)
    return "record.jsonld", {"record.jsonld": canonical(record)}


def record_with_another_state(pack):
    def change(record):
        record["dpv:hasConsentStatus"][0]["@type"][0] = "dpv:ConsentGiven"

    return altered(pack, change)


def record_with_another_kind_of_consent(pack):
    def change(record):
        record["dpv:hasConsentStatus"][0]["@type"][1] = "dpv:ImpliedConsent"

    return altered(pack, change)


def record_of_another_type(pack):
    return altered(pack, lambda record: record.update({"@type": "dpv:ConsentReceipt"}))


def record_of_another_controller(pack):
    return altered(pack, lambda record: record["dpv:hasEntity"][0].update({"dpv:hasName": "Another"}))


def record_under_another_controllers_address(pack):
    return altered(
        pack, lambda record: record.update({"dpv:hasDataController": "https://another.example/#org"})
    )


def record_whose_person_is_called_otherwise(pack):
    return altered(pack, lambda record: record["dpv:hasDataSubject"].update({"@id": "urn:subject:b7f0"}))


def record_with_somebody_elses_act(pack):
    def change(record):
        record["dpv:hasConsentStatus"][1]["dpv:isIndicatedBy"] = "urn:subject:b7f0"

    return altered(pack, change)


def record_with_more_in_it(pack):
    return altered(pack, lambda record: record.update({"led:note": "They agreed by phone, too."}))


# --- the receipt in Kantara's form ---------------------------------------------------------------------------


def receipt_altered(pack):
    receipt = json.loads(pack.files["receipt.kantara.json"])
    receipt["consentTimestamp"] -= 86400
    return "receipt.kantara.json", {"receipt.kantara.json": canonical(receipt)}


def receipt_left_out(pack):
    return "receipt.kantara.json", {"receipt.kantara.json": None}


# --- the rows and the summary --------------------------------------------------------------------------------


def row_altered(pack):
    name = in_folder(pack.files, "rows")[0]
    return name, {name: pack.files[name].replace(b"requested", b"granted")}


def row_left_out(pack):
    name = in_folder(pack.files, "rows")[0]
    return name, {name: None}


def row_of_nothing(pack):
    return "rows/evt_1.json", {"rows/evt_1.json": b"[]"}


def summary_replaced(pack):
    return "summary.pdf", {"summary.pdf": pack.theirs["summary.pdf"]}


def summary_left_out(pack):
    return "summary.pdf", {"summary.pdf": None}


def summary_of_something_else(pack):
    return "summary.json", {"summary.json": pack.theirs["summary.json"]}


def summary_that_is_none(pack):
    return "summary.json", {"summary.json": b"[]"}


def retold(pack, **changes):
    found = summary.read(pack.files["summary.json"])
    other = replace(found, timeline=replace(found.timeline, **changes))
    return "summary.json", {"summary.json": summary.write(other), "summary.pdf": write_summary(other)}


def summary_with_another_answer(pack):
    return retold(pack, state=(Sentence.of("state.none"),))


def summary_of_another_day(pack):
    return retold(pack, at=summary.read(pack.files["summary.json"]).timeline.at - timedelta(days=9))


def summary_without_an_event(pack):
    return retold(pack, lines=summary.read(pack.files["summary.json"]).timeline.lines[1:])


def summary_with_another_wording(pack):
    (wording,) = summary.read(pack.files["summary.json"]).timeline.wordings
    return retold(pack, wordings=(replace(wording, text="You agree to everything."),))


@pytest.mark.parametrize(
    "trick",
    [
        evidence_that_nobody_names,
        evidence_under_another_name,
        record_with_another_state,
        record_with_another_kind_of_consent,
        record_of_another_type,
        record_of_another_controller,
        record_under_another_controllers_address,
        record_whose_person_is_called_otherwise,
        record_with_somebody_elses_act,
        record_with_more_in_it,
        receipt_altered,
        receipt_left_out,
        row_altered,
        row_left_out,
        row_of_nothing,
        summary_replaced,
        summary_left_out,
        summary_of_something_else,
        summary_that_is_none,
        summary_with_another_answer,
        summary_of_another_day,
        summary_without_an_event,
        summary_with_another_wording,
        record_with_another_wording,
        record_of_another_person,
        record_with_a_better_grade,
        record_without_the_wording,
        record_with_another_leaf_hash,
        record_with_an_event_too_many,
        record_with_an_event_that_does_not_wait,
    ],
    ids=lambda trick: trick.__name__.replace("_", " "),
)
def test_an_operator_who_signs_what_they_changed_is_found_out(whole, trick):
    file, changes = trick(whole)
    check = checked(resigned(whole.signer, whole.data, **changes), whole.policy, read_stamp)
    assert check.verdict is Verdict.FAILED
    assert file in {each.file for each in failures(check)}


def test_a_record_that_says_something_else_than_the_log_is_found_out_though_it_is_signed(sqlite_store):
    with world(sqlite_store) as made:
        story(made)
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        record = json.loads(unzipped(data)["record.jsonld"])
        record["dpv:hasConsentStatus"][0]["dpv:isIndicatedAtTime"] = "2025-01-01T00:00:00.000Z"
        check = checked(
            resigned(signer, data, **{"record.jsonld": json.dumps(record).encode()}), own_policy(made)
        )
    (failure,) = failures(check)
    assert failure.file == "record.jsonld"
    assert "occurred_at" in failure.sentence


def test_a_receipt_that_outlives_the_consent_is_found_out(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        sequence(made)
        receipt = unzipped(packed(made).data)["receipt.kantara.json"]
        made.text(made.contact().number, "STOP")
        sequence(made)
        signer = collect(made.store, made.contact(), made.club, made.at).signer
        data = packed(made).data
        assert checked(data, own_policy(made)).verdict is Verdict.PROVEN
        check = checked(resigned(signer, data, **{"receipt.kantara.json": receipt}), own_policy(made))
    (failure,) = failures(check)
    assert (failure.check.value, failure.file) == ("receipt", "receipt.kantara.json")


def test_nothing_is_proven_where_nobody_told_it_anew(whole):
    assert check_pack(whole.data, whole.policy, read_stamp).verdict is Verdict.CONSISTENT


def test_a_page_that_another_version_drew_is_not_compared_and_still_told(whole):
    found = replace(summary.read(whole.files["summary.json"]), made_with="fpdf2 1.0")
    changes = {"summary.json": summary.write(found), "summary.pdf": b"%PDF of another version"}
    check = checked(resigned(whole.signer, whole.data, **changes), whole.policy, read_stamp)
    assert check.verdict is Verdict.PROVEN
    (told,) = [each for each in check.findings if each.check == "summary"]
    assert "fpdf2 1.0" in told.sentence
