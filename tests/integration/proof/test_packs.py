"""Evidence packs from real stores: what is in them, for whom, and what tools that others wrote make of it."""

import json
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO

import pypdf
import pyshacl
import pytest
import rdflib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from factories.packed import (
    WITNESS,
    attested,
    checked,
    failures,
    own_policy,
    packed,
    record,
    sequence,
    story,
    unzipped,
    with_witness,
    witnessed,
)
from factories.stamping import authority, need_openssl, stamper
from factories.worlds import ANNA, publish, world
from yesword.consent.record import row_evidence, seal_place
from yesword.domain import codec
from yesword.domain.events import OTHER_OWNER, Actor, Basis, EventKind, Grade, Scope
from yesword.ledger.entry import b64url, open_disclosure
from yesword.ledger.findings import Outcome, Verdict
from yesword.ledger.packs import Purpose
from yesword.ledger.policy import Group
from yesword.proof.packs.dossier import NoHeadYetError, NoRecordError
from yesword.proof.packs.sentences import render
from yesword.proof.packs.writing import FormerOwnerInPackError, NumberInPackError
from yesword.proof.timestamps import request_token, verify_token
from yesword.store import ledgers, models

pytestmark = [pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")]

DIGITS = "612345678"  # of Anna's number, as she writes it at home


@contextmanager
def after_a_story(store):
    with world(store) as made:
        story(made)
        yield made


def verdict(world, data, **more):
    return checked(data, own_policy(world), **more).verdict


def finding(check, name):
    (found,) = [each for each in check.findings if each.check == name]
    return found


def state(pack):
    return [render(each) for each in pack.timeline.state]


def pdf_text(files):
    reader = pypdf.PdfReader(BytesIO(files["summary.pdf"]))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


# --- what is in it -------------------------------------------------------------------------------------------


def test_the_pack_of_somebody_who_joined_stopped_and_came_back_is_proven(store):
    with after_a_story(store) as world:
        pack = packed(world)
        check = checked(pack.data, own_policy(world))
    assert not failures(check)
    assert check.verdict is Verdict.PROVEN
    assert [each.told["type"] for each in check.events] == ["requested", "confirmed", "withdrawn", "granted"]
    assert [each.seq for each in check.events] == [1, 2, 3, 4]


def test_the_policy_in_the_pack_alone_proves_nothing(sqlite_store):
    with after_a_story(sqlite_store) as world:
        check = checked(packed(world).data)
    assert not failures(check)
    assert check.verdict is Verdict.CONSISTENT


def test_the_policy_of_another_log_fails(sqlite_store):
    with after_a_story(sqlite_store) as world:
        policy = own_policy(world)
        (log,) = policy.logs
        other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        elsewhere = replace(log.key, public=other, name="other.example/log")
        for key in (replace(log.key, name="other.example/log"), replace(log.key, public=other), elsewhere):
            check = checked(packed(world).data, replace(policy, logs=(replace(log, key=key),)))
            assert check.verdict is Verdict.FAILED


def test_the_same_dossier_gives_the_same_bytes(sqlite_store):
    with after_a_story(sqlite_store) as world:
        assert packed(world).data == packed(world).data


def test_each_purpose_shows_the_sections_that_it_is_for(sqlite_store):
    with after_a_story(sqlite_store) as world:
        shown = {}
        for purpose in Purpose:
            check = checked(packed(world, purpose=purpose).data, own_policy(world))
            assert check.verdict is Verdict.PROVEN, failures(check)
            shown[purpose.value] = sorted({name for each in check.events for name in each.sections})
    assert shown == {
        "carrier_audit": ["context", "event", "notice", "subject"],
        "dsar": ["context", "event", "evidence", "notice", "subject", "terms"],
        "litigation": ["event", "evidence", "notice", "subject", "terms"],
        "campaign": ["event", "notice"],
    }


def test_the_texts_that_were_evidence_are_in_it_under_their_digests(sqlite_store):
    with after_a_story(sqlite_store) as world:
        files = unzipped(packed(world).data)
    texts = {body for name, body in files.items() if name.startswith("evidence/")}
    assert texts == {b"SAVEMORE", b"yes", b"STOP", b"START"}


def test_the_summary_tells_the_timeline_the_wording_the_grade_and_what_it_does_not_prove(sqlite_store):
    with after_a_story(sqlite_store) as world:
        text = pdf_text(unzipped(packed(world).data))
    for told in (
        "Consent was asked for",
        "Consent was confirmed",
        "Consent was withdrawn",
        "2 March 2026, 12:00:40 UTC",
        "Linde & Loom texts you offers, up to 4 a month.",
        "Evidence of grade A",
        "It does not prove who held the phone.",
        "No witness has signed for it yet.",
        " of 8 in the log.",
        ANNA,
    ):
        assert told in text, told


def test_what_happened_long_before_it_was_recorded_says_so(sqlite_store):
    with world(sqlite_store) as made:
        made.strangers([ANNA])
        record(
            made,
            EventKind.GRANTED,
            Actor.AGENT,
            "paper",
            scope=Scope(program=made.club.id),
            occurred_at=made.at - timedelta(days=40),
            program=made.club,
            basis=Basis.EXPRESS_WRITTEN,
            grade=Grade.C,
            language="en",
        )
        sequence(made)
        text = pdf_text(unzipped(packed(made).data))
    assert "It was recorded 40 days after it happened." in text


def test_names_and_wordings_of_any_language_do_not_break_the_summary(sqlite_store):
    with world(sqlite_store) as made:
        made.strangers([ANNA], name="Æðelþryð Łukasz 王 🎉")
        made.join()
        sequence(made)
        files = unzipped(packed(made).data)
    text = pdf_text(files)
    assert "Æðelþryð" in text
    assert "[U+738B] [U+1F389]" in text


# --- the moment that is asked about --------------------------------------------------------------------------


def test_how_it_stood_is_told_for_the_moment_that_is_asked_about(sqlite_store):
    with world(sqlite_store) as made:
        before = made.at
        made.text(ANNA, "SAVEMORE")
        asked = made.at
        made.text(ANNA, "yes")
        joined = made.at
        made.wait(days=3)
        made.text(ANNA, "STOP")
        stopped = made.at
        sequence(made)
        said = {at: state(packed(made, at=at))[0] for at in (before, asked, joined, stopped)}
    assert said[before] == "No consent had been given. It did not stand."
    assert said[asked] == "Consent had been asked for, and not answered. It did not stand."
    assert said[joined].startswith("Consent stood. It rests on event number 2 of 2 March 2026")
    assert said[stopped].startswith("Consent had been withdrawn on 5 March 2026, by event number 3")


def test_a_receipt_in_kantaras_form_is_there_only_while_consent_stands(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        sequence(made)
        assert "receipt.kantara.json" in unzipped(packed(made).data)
        made.text(ANNA, "STOP")
        sequence(made)
        pack = packed(made)
    assert "receipt.kantara.json" not in unzipped(pack.data)
    assert "receipt.kantara.json" in pack.manifest.left_out


@pytest.mark.parametrize(
    ("support", "email", "contact"),
    [
        pytest.param("help@example.org", "help@example.org", "Privacy", id="an address"),
        pytest.param("example.org/help", "not stated", "Privacy, example.org/help", id="a page"),
        pytest.param("+31 20 123 4567", "not stated", "Privacy, +31 20 123 4567", id="a number"),
    ],
)
def test_what_is_no_e_mail_address_is_not_told_as_one(sqlite_store, support, email, contact):
    with world(sqlite_store) as made:
        made.join()
        sequence(made)
        brand = models.Brand.objects.get()
        sender = models.Sender.objects.get(address=made.club.sender)
        files = unzipped(packed(replace(made, club=publish(brand, sender, support=support))).data)
    (party,) = json.loads(files["receipt.kantara.json"])["piiControllers"]
    assert (party["email"], party["contact"]) == (email, contact)


# --- tools that others wrote ---------------------------------------------------------------------------------


def test_rdflib_reads_the_record_and_it_conforms_to_the_shapes_beside_it(sqlite_store):
    with after_a_story(sqlite_store) as world:
        files = unzipped(packed(world).data)
    record = rdflib.Graph().parse(data=files["record.jsonld"], format="json-ld")
    rules = rdflib.Graph().parse(data=files["shapes/record.ttl"], format="turtle")
    conforms, _, report = pyshacl.validate(record, shacl_graph=rules)
    assert conforms, report


def test_the_record_says_where_it_applies_and_under_which_law(sqlite_store):
    with after_a_story(sqlite_store) as world:
        record = json.loads(unzipped(packed(world, stored_in=("DE",)).data)["record.jsonld"])
        american = "+13055550112"
        world.join(american)
        sequence(world)
        both = json.loads(unzipped(packed(world, american).data)["record.jsonld"])
    assert record["dct:conformsTo"].endswith("#record-eu-gdpr")
    assert record["dpv:hasJurisdiction"] == ["loc:NL"]
    assert "rule:nl.tw117.cs" in record["led:applicableRule"]
    location, _, deletion = record["dpv:hasProcess"][0]["dpv:hasStorageCondition"]
    assert location["dpv:hasLocation"] == ["loc:DE"]
    assert re.fullmatch(r"P\d+Y", deletion["dpv:hasDuration"])
    assert {"loc:US-FL", "loc:NL"} <= set(both["dpv:hasJurisdiction"])
    assert any(rule.startswith("rule:us.tcpa.cs") for rule in both["led:applicableRule"])


def test_another_library_opens_the_presentations(sqlite_store):
    with after_a_story(sqlite_store) as world:
        files = unzipped(packed(world).data)
        (log,) = own_policy(world).logs
    key = JWK(kty="OKP", crv="Ed25519", x=b64url(log.key.public))
    names = [name for name in files if name.startswith("presentations/")]
    assert len(names) == 4
    for name in names:
        payload = SDJWTVerifier(files[name].decode(), lambda *_: key).get_verified_payload()
        assert payload["event"]["id"] in name


def stamped_by(tsa, note):
    return request_token(authority(tsa), note.encode(), lambda _url, query, _type: tsa.reply(query))


def test_openssl_accepts_the_timestamps_and_so_do_we(sqlite_store, tmp_path):
    need_openssl()
    tsa = stamper(tmp_path / "tsa")
    with after_a_story(sqlite_store) as world:
        size = attested(world, ledgers.STAMP, "tsa", partial(stamped_by, tsa))
        pack = packed(world)
        files = unzipped(pack.data)
        check = checked(pack.data, own_policy(world), partial(verify_token, roots=tsa.roots))
        unchecked = checked(pack.data, own_policy(world))
    assert tsa.reads(files[f"time/{size}.tsr"], files[f"checkpoints/{size}.ckpt"])
    assert check.verdict is Verdict.PROVEN
    assert finding(check, "stamps").outcome is Outcome.HELD
    assert check.events[0].bracket.not_after.by == "the timestamp authority"
    assert finding(unchecked, "stamps").outcome is Outcome.OPEN


def test_a_stamp_by_another_authority_is_named(sqlite_store, tmp_path):
    need_openssl()
    tsa, other = stamper(tmp_path / "tsa"), stamper(tmp_path / "other")
    with after_a_story(sqlite_store) as world:
        size = attested(world, ledgers.STAMP, "tsa", partial(stamped_by, other))
        check = checked(packed(world).data, own_policy(world), partial(verify_token, roots=tsa.roots))
    assert [each.file for each in failures(check)] == [f"time/{size}.tsr"]


# --- witnesses -----------------------------------------------------------------------------------------------


def test_a_witness_that_saw_an_older_log_vouches_for_what_was_in_it_and_for_nothing_later(store):
    with world(store) as made:
        made.join()
        sequence(made)
        models.Witness.objects.create(
            name="partner", url="http://localhost/", vkey=str(WITNESS.witness_key), brand=None
        )
        seen = witnessed(made)
        made.wait(minutes=5)
        made.members(3)
        sequence(made)
        pack = packed(made)
        files = unzipped(pack.data)
        size = pack.manifest.checkpoint.size
        assert size > seen
        assert {f"witnesses/{seen}.ckpt", f"consistency/{seen}-{size}.txt"} <= files.keys()
        assert b"witness partner" in files["policy.txt"]
        policy = with_witness(own_policy(made))
        check = checked(pack.data, policy)
        assert check.verdict is Verdict.PROVEN, failures(check)
        assert check.events[0].bracket.not_after.by == "partner"
        assert "No witness has signed" not in pdf_text(files)
        other = replace(
            policy.witnesses[0],
            name="other",
            key=replace(WITNESS.witness_key, name="other.example", public=bytes(32)),
        )
        both = Group(name="some", threshold=2, members=("partner", "other"))
        wanting = checked(pack.data, replace(policy, witnesses=(*policy.witnesses, other), groups=(both,)))
        made.text(ANNA, "STOP")
        sequence(made)
        later = checked(packed(made).data, policy)
    assert finding(wanting, "witnesses").outcome is Outcome.OPEN
    assert wanting.verdict is Verdict.CONSISTENT
    assert finding(later, "witnesses").outcome is Outcome.OPEN
    assert later.verdict is Verdict.CONSISTENT
    assert later.events[-1].bracket.not_before.by == "partner"


# --- what is not there ---------------------------------------------------------------------------------------


def test_an_event_that_waits_is_told_as_not_yet_in_the_log_and_never_as_proven(store):
    with after_a_story(store) as world:
        world.text(ANNA, "STOP")
        pack = packed(world)
        check = checked(pack.data, own_policy(world))
        assert state(pack)[0].startswith("Consent had been withdrawn")
    assert len(pack.manifest.waiting) == 1
    assert not failures(check)
    assert check.verdict is Verdict.CONSISTENT
    assert pack.manifest.waiting[0] in next(
        each.sentence for each in check.findings if each.check == "inclusion" and each.outcome is Outcome.OPEN
    )
    assert "Not yet in the log, and so not proven." in pdf_text(unzipped(pack.data))


def test_without_a_signed_head_or_without_a_record_there_is_no_pack(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        with pytest.raises(NoHeadYetError):
            packed(made)
        sequence(made)
        made.strangers(["+31687654321"])
        with pytest.raises(NoRecordError):
            packed(made, "+31687654321")


@pytest.mark.parametrize(
    ("kind", "route"),
    [
        pytest.param(EventKind.INVALIDATED, "lookup", id="found out"),
        pytest.param(EventKind.WITHDRAWN, OTHER_OWNER, id="said by who has it now"),
    ],
)
def test_whoever_has_a_number_now_gets_no_pack_of_its_former_owner(store, kind, route):
    with after_a_story(store) as world:
        record(world, kind, Actor.HANDSET, route)
        world.wait(days=1)
        world.join()
        sequence(world)
        with pytest.raises(FormerOwnerInPackError, match="privacy access"):
            packed(world, purpose=Purpose.DSAR)
        for purpose in (Purpose.LITIGATION, Purpose.CARRIER_AUDIT):
            check = checked(packed(world, purpose=purpose).data, own_policy(world))
            assert check.verdict is Verdict.PROVEN, failures(check)
            assert len(check.events) == 7


def test_events_of_another_program_are_there_by_their_link_alone(sqlite_store):
    with world(sqlite_store) as made:
        made.join()
        made.text(ANNA, "EVENTS", to="555888")
        made.text(ANNA, "STOP")
        sequence(made)
        check = checked(packed(made, purpose=Purpose.DSAR).data, own_policy(made))
    assert check.verdict is Verdict.PROVEN, failures(check)
    shown = {each.told["program"]: list(each.sections) for each in check.events}
    assert shown["events"] == ["event"]
    assert "notice" in shown["club"]


def erase(world, keep=()):
    """What an erasure leaves of the person's events: these sections, sealed anew, or nothing at all."""
    contact = world.contact()
    seal = world.store.vault.seal(contact.id)
    origin = models.Brand.objects.get(pk=contact.brand).origin
    rows = world.sql("SELECT id, sealed FROM consent_event WHERE contact_id = %s ORDER BY seq", contact.id)
    for row_id, sealed in rows:
        opened = codec.loads(list, seal.open(bytes(sealed), seal_place(origin, row_id)))
        kept = [each for each in opened if open_disclosure(each)[0] in keep]
        anew = seal.close(codec.dumps(kept), seal_place(origin, row_id)) if kept else None
        world.sql("UPDATE consent_event SET sealed = %s WHERE id = %s", anew, row_id)


def test_codes_are_told_in_words(sqlite_store):
    with after_a_story(sqlite_store) as world:
        told = pdf_text(unzipped(packed(world).data))
    assert "Came by: a keyword, texted." in told
    assert "Reason given: a stop" in told
    for code in ("opt_out", "free_text"):
        assert code not in told


def test_sections_that_were_erased_are_shown_as_erased(store):
    with after_a_story(store) as world:
        erase(world, keep=("event", "notice", "terms"))
        pack = packed(world, purpose=Purpose.DSAR)
        check = checked(pack.data, own_policy(world))
    assert check.verdict is Verdict.PROVEN, failures(check)
    assert {name for each in check.events for name in each.sections} == {"event", "notice", "terms"}
    assert (
        "Erased, and no more to be read: the number and the name, where and with what it was done, the evidence."
        in pdf_text(unzipped(pack.data))
    )
    record = json.loads(unzipped(pack.data)["record.jsonld"])
    assert record["dpv:hasConsentStatus"][0]["led:erasedSection"] == ["subject", "context", "evidence"]


def test_events_that_were_erased_whole_leave_leaves_in_the_log_and_nothing_to_read(store):
    with after_a_story(store) as world:
        erase(world)
        pack = packed(world)
        check = checked(pack.data, own_policy(world))
    assert not failures(check)
    assert check.verdict is Verdict.CONSISTENT  # a stop could be among what nobody can read
    assert all(not each.sections for each in check.events)
    assert finding(check, "chain").outcome is Outcome.OPEN
    # The brand's own wording is about nobody, and stays.
    assert "Linde & Loom texts you offers" in pdf_text(unzipped(pack.data))


@pytest.mark.parametrize("column", ["phone", "..."], ids=["a plain row", "a column named as a keyword"])
def test_an_imported_row_is_shown_as_far_as_other_readers_would_see_the_same(sqlite_store, column):
    with world(sqlite_store) as made:
        made.strangers([ANNA])
        record(
            made,
            EventKind.GRANTED,
            Actor.IMPORT,
            "import",
            scope=Scope(program=made.club.id),
            program=made.club,
            basis=Basis.EXPRESS,
            grade=Grade.D,
            language="en",
            context={"file": "list.csv", "lacks": []},
            evidence=[row_evidence("import_row", {column: "0612345678", "date": "2026-01-05"}, "1:2")],
        )
        sequence(made)
        check = checked(packed(made).data, own_policy(made))
    assert check.verdict is Verdict.PROVEN, failures(check)
    (event,) = check.events
    assert ("evidence" in event.sections) is (column == "phone")


# --- no number -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", Purpose)
def test_a_pack_without_the_number_holds_it_nowhere(sqlite_store, purpose):
    with world(sqlite_store) as made:
        made.strangers([ANNA], name="Anna Appel")
        made.join()
        sequence(made)
        pack = packed(made, purpose=purpose, with_number=False)
        files = unzipped(pack.data)
        assert verdict(made, pack.data) is Verdict.PROVEN
    readable = {name: body.decode(errors="replace") for name, body in files.items()}
    for name, body in files.items():
        if name.startswith("presentations/"):
            parts = body.decode().split("~")[1:-1]
            readable[name] = " ".join(json.dumps(open_disclosure(part)) for part in parts)
    readable["summary.pdf"] = pdf_text(files)
    for name, text in readable.items():
        assert DIGITS not in re.sub(r"[ .-]", "", text) or name.startswith("entries/"), name
        assert "Appel" not in text, name
    assert "Not shown in this pack." in readable["summary.pdf"]


@pytest.mark.parametrize("written", ["+31612345678", "06 12 34 56 78", "(0)6-1234.5678"])
def test_a_number_that_somebody_wrote_into_a_reason_is_found(sqlite_store, written):
    with world(sqlite_store) as made:
        made.join()
        record(made, EventKind.WITHDRAWN, Actor.AGENT, "agent", reason=f"called from {written}")
        sequence(made)
        packed(made)
        with pytest.raises(NumberInPackError):
            packed(made, with_number=False)
