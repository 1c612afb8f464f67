"""Files that back a consent: sealed, let go in time, graded, and never more than the handset allows."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from factories.browsers import probe
from factories.databases import on_both
from factories.dumps import dump
from factories.worlds import ANNA, NOON, TEXTS, publish, world
from yesword.consent import Act, Draft, append, invalidate, withdraw
from yesword.domain import composing
from yesword.domain.decisions import Sentence
from yesword.domain.events import OTHER_OWNER, Actor, Basis, EventKind, Grade, Scope
from yesword.domain.evidence import EvidenceKind, Happening, grade
from yesword.domain.evidence.media import AmbiguousMediaError, MediaMismatchError, MediaTooLargeError
from yesword.domain.evidence.probe import read_probe
from yesword.domain.ids import to_text
from yesword.domain.programs import UnknownLanguageError
from yesword.domain.retention import Override
from yesword.privacy import erasing, retaining
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.proof.evidence import attaching, files, grades, opening
from yesword.proof.evidence.attaching import AttachedBeforeError, Attachment, attach
from yesword.proof.evidence.probes import keep_probe
from yesword.proof.sequencer import Sequencer
from yesword.store import blobs, contacts, ledgers, models, programs
from yesword.store.checking import check_store
from yesword.store.ledgers import Attestation

SIGNED_ON = NOON - timedelta(days=20)
MARK = b"signed by Annabella Unmistakable"
SCAN = b"%PDF-1.7\n% " + MARK + b"\n%%EOF\n"
PNG_THAT_IS_HTML = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR<html><script>alert(1)</script></html>"
AMERICAN = "+12025550123"
NOW = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="tests"),))
KEPT = Wish(ground=REQUESTED)


@pytest.fixture
def here(chosen_store, monkeypatch):
    """A program that was there a month ago, and somebody whom the brand knows."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON - timedelta(days=30))
    with world(chosen_store) as made:
        monkeypatch.undo()
        made.strangers([ANNA])
        yield made


def scan(**changes):
    usual = Attachment(kind=EvidenceKind.SCAN, data=SCAN, happened_at=SIGNED_ON, language="en")
    return replace(usual, **changes)


def add(here, number=ANNA, **changes):
    return attach(here.store, here.contact(number), here.club, scan(**changes), here.at)


def count(here):
    return here.sql("SELECT count(*) FROM evidence_blob")[0][0], here.sql(
        "SELECT count(*) FROM consent_event"
    )[0][0]


def lines(sentences):
    return {each.id for each in sentences}


# --- files -------------------------------------------------------------------------------------------------------


@on_both
def test_a_scan_is_kept_sealed_and_comes_back_as_it_was(here):
    added = add(here)
    found = files.read(here.store, added.file.id)
    assert (found.data, found.media_type, found.contact) == (SCAN, "application/pdf", here.contact().id)
    left = dump(here.store)
    digest = sha256(SCAN)
    for secret in (MARK.decode(), digest.hexdigest(), digest.digest().hex(), "application/pdf"):
        assert (secret in left) == (secret == "application/pdf"), secret
    (item,) = record(here)[-1].items
    assert item == {
        "kind": "scan",
        "sha256": digest.hexdigest(),
        "size": len(SCAN),
        "media_type": "application/pdf",
        "ref": added.file.ref,
    }
    assert check_store(here.store).findings == []


def test_a_scan_of_ten_megabytes_is_taken_and_one_of_twenty_is_not(here):
    large = b"%PDF-1.7\n" + b"0123456789abcde\n" * 655_360 + b"%%EOF"
    assert files.read(here.store, add(here, data=large).file.id).data == large
    with pytest.raises(MediaTooLargeError):
        add(here, data=large * 2)
    assert count(here) == (1, 1)


@on_both
@pytest.mark.parametrize(
    ("data", "declared", "error"),
    [
        pytest.param(
            b"<!doctype html><p>hi", "image/png", MediaMismatchError, id="a page that is called a picture"
        ),
        pytest.param(
            PNG_THAT_IS_HTML, "image/png", AmbiguousMediaError, id="a picture that is a page as well"
        ),
        pytest.param(SCAN, "image/png", MediaMismatchError, id="a document that is called a picture"),
    ],
)
def test_a_file_that_is_something_else_leaves_nothing_behind(here, data, declared, error):
    with pytest.raises(error):
        add(here, data=data, declared_type=declared)
    assert count(here) == (0, 0)
    assert not models.AuditEntry.objects.filter(action="evidence.added").exists()


def test_the_same_scan_of_the_same_consent_is_known_again_and_adds_nothing(here):
    added = add(here)
    with pytest.raises(AttachedBeforeError) as raised:
        add(here)
    assert raised.value.fields["file"] == added.file.ref
    assert raised.value.fields["event"] == to_text("evt", added.event.id)
    assert count(here) == (1, 1)


def test_where_it_shows_another_consent_too_it_is_kept_once(here):
    first = add(here)
    second = add(here, happened_at=SIGNED_ON + timedelta(days=1))
    assert not first.was_kept
    assert second.was_kept
    assert second.file.ref == first.file.ref
    assert count(here) == (1, 2)


def test_a_file_is_lost_with_the_event_that_it_backs(here, monkeypatch):
    def crash(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr(attaching, "append", crash)
    with pytest.raises(OSError):
        add(here)
    assert count(here) == (0, 0)


@on_both
def test_a_file_that_was_never_there_is_not_one_that_is_gone(here):
    file = add(here).file
    with pytest.raises(files.NoSuchFileError):
        files.read(here.store, file.id + 1)
    here.sql("UPDATE evidence_blob SET sealed = NULL, purge_at = 1")
    with pytest.raises(files.FileGoneError):
        files.read(here.store, file.id)


# --- evidence that comes later -----------------------------------------------------------------------------------


def record(here, number=ANNA):
    with here.store.database.read() as session:
        return list(opening.record_of(here.store, session, here.contact(number)))


@pytest.mark.parametrize(
    ("changes", "route", "basis", "reason"),
    [
        pytest.param({}, "paper", Basis.EXPRESS_WRITTEN, "graded.c.scan", id="a scan"),
        pytest.param(
            {"kind": EvidenceKind.RECORDING, "data": b"ID3\x04\x00\x00\x00\x00\x00\x00yes please"},
            "spoken",
            Basis.EXPRESS,
            "graded.c.recording",
            id="a recording",
        ),
        pytest.param(
            {"kind": EvidenceKind.ATTESTATION, "data": b"I saw her sign it. Ben"},
            "attested",
            Basis.EXPRESS,
            "graded.c.attestation",
            id="a statement",
        ),
        pytest.param(
            {"basis": Basis.EXPRESS}, "paper", Basis.EXPRESS, "graded.c.scan", id="a basis of its own"
        ),
    ],
)
def test_it_is_a_consent_of_that_day_that_reached_us_today(here, changes, route, basis, reason):
    added = add(here, **changes)
    event = record(here)[-1].event
    assert event == added.event
    assert (event.kind, event.actor, event.route) == (EventKind.GRANTED, Actor.AGENT, route)
    assert (event.occurred_at, event.received_at) == (SIGNED_ON, here.at)
    assert (event.grade, event.basis) == (Grade.C, basis)
    assert event.disclosure == programs.disclosure_digest(composing.disclosure(here.club, "en"))
    assert added.is_granted
    assert here.state().grant_for(here.club.id).event == event.id
    again = grades.graded(here.store, here.contact(), event.id)
    assert again == added.graded
    assert lines(again.reasons) == {reason}
    assert Sentence.of("remark.recorded_later.days", count=20) in again.remarks
    assert "unproved.true" in lines(again.does_not_prove)


@on_both
def test_who_added_it_and_why_is_sealed_and_traced(here):
    user = models.User.objects.create_user("ben")
    added = add(here, by=user.pk, note="found in the drawer of the Amsterdam shop")
    last = record(here)[-1]
    assert last.sections["context"] == {"user": user.pk}
    assert last.items[0]["note"] == "found in the drawer of the Amsterdam shop"
    assert "drawer" not in dump(here.store)
    (entry,) = models.AuditEntry.objects.filter(action="evidence.added")
    assert (entry.user, entry.subject) == (user, to_text("con", here.contact().id))
    assert entry.detail == {
        "file": added.file.ref,
        "event": to_text("evt", added.event.id),
        "kind": "scan",
        "program": "club",
    }


@on_both
def test_the_version_of_that_day_is_the_one_that_was_agreed_to(here):
    sender = models.Sender.objects.get(address=here.club.sender)
    other = replace(TEXTS, disclosure="[Brand] texts you much more. STOP to stop, HELP for help.")
    brand = models.Brand.objects.get()
    second = publish(brand, sender, texts=(("en", other),))
    assert second.version == 2
    added = attach(here.store, here.contact(), second, scan(), here.at)
    assert added.event.program_version == 1
    assert record(here)[-1].sections["notice"]["text"] == composing.disclosure(here.club, "en")


def test_the_words_on_the_paper_count_where_they_are_given(here):
    words = "Yes, text me. I was told all about it."
    added = add(here, wording=words, language="nl")
    assert added.event.disclosure == programs.disclosure_digest(words)
    assert record(here)[-1].sections["notice"]["text"] == words
    assert added.event.language == "nl"


def test_before_the_program_no_words_of_its_own_are_made_up(here):
    long_ago = NOON - timedelta(days=400)
    added = add(here, happened_at=long_ago)
    assert (added.event.disclosure, added.event.language) == (None, None)
    assert "notice" not in record(here)[-1].sections
    assert added.graded.grade is Grade.C, "the scan shows them"
    statement = {"kind": EvidenceKind.ATTESTATION, "data": b"I saw her sign it.", "happened_at": long_ago}
    with pytest.raises(attaching.WordingNeededError):
        add(here, **statement)
    assert add(here, wording="Yes, text me.", **statement).graded.grade is Grade.C


def test_nothing_is_added_of_a_day_to_come_or_in_a_language_that_was_not_spoken(here):
    with pytest.raises(attaching.NotYetHappenedError):
        add(here, happened_at=here.at + timedelta(seconds=1))
    with pytest.raises(UnknownLanguageError):
        add(here, language="nl")
    assert count(here) == (0, 0)


@on_both
def test_no_paper_lifts_a_stop(here):
    here.join()
    here.text(ANNA, "STOP")
    stops = here.state().withdrawals
    for signed in (SIGNED_ON, here.at):
        added = add(here, happened_at=signed)
        assert added.is_stopped
        assert not added.is_granted
    assert here.state().withdrawals == stops
    assert here.state().grants == ()
    before = len(here.shown())
    here.campaign()
    here.settle()
    assert len(here.shown()) == before
    # START brings back what the stop had ended, and nothing that was filed since.
    here.text(ANNA, "START")
    assert [grant.grade for grant in here.state().grants] == [Grade.A]


@on_both
def test_no_paper_takes_back_a_no(here):
    here.text(ANNA, "SAVEMORE")
    here.text(ANNA, "no")
    assert "refused" in here.kinds()
    added = add(here)
    assert (added.is_granted, added.is_refused) == (False, True)


def test_paper_pushes_out_no_yes_from_the_handset(here):
    here.join()
    confirmed = here.state().grant_for(here.club.id)
    assert add(here).is_granted
    assert here.state().grant_for(here.club.id) == confirmed


@on_both
@pytest.mark.parametrize("route", ["lookup", OTHER_OWNER], ids=["found out", "said by who has it now"])
def test_what_a_former_owner_signed_is_nobodys_consent(here, route):
    here.join()
    act = Act(actor=Actor.SYSTEM, route=route, occurred_at=here.at, received_at=here.at, language="en")
    with here.store.database.write() as session:
        brand, contact = programs.brand(here.club.brand), here.contact()
        if route == OTHER_OWNER:
            withdraw(here.store, session, brand, contact, act, here.at)
        else:
            invalidate(here.store, session, brand, contact, act, here.at, reason="reassigned")
    changed = here.at
    here.wait(days=3)
    here.join()
    for then in (SIGNED_ON, changed):
        with pytest.raises(attaching.FormerOwnerError, match="2026-03-02"):
            add(here, happened_at=then)
    assert count(here)[0] == 0
    assert add(here, happened_at=changed + timedelta(hours=1)).is_granted


# --- probes ------------------------------------------------------------------------------------------------------


def take(here, number=ANNA, **changes):
    """A form that was sent in: the probe is taken, and the grant that it backs is recorded with it."""
    wording = composing.disclosure(here.club, "en")
    contact, brand = here.contact(number), programs.brand(here.club.brand)
    with here.store.database.write() as session:
        taken = keep_probe(
            here.store,
            session,
            contact,
            read_probe(probe(wording, **changes)),
            disclosure=programs.disclosure_digest(wording),
            at=here.at,
        )
        happening = Happening(
            kind=EventKind.GRANTED,
            actor=Actor.PERSON,
            route="form",
            occurred_at=here.at,
            received_at=here.at,
            basis=Basis.EXPRESS_WRITTEN,
            disclosure=programs.disclosure_digest(wording),
        )
        graded = grade(happening, grades.evidence_of([taken.item]))
        draft = Draft(
            kind=happening.kind,
            scope=Scope(program=here.club.id, purposes=("offers",), categories=("shoes",)),
            actor=happening.actor,
            route=happening.route,
            occurred_at=here.at,
            received_at=here.at,
            program=here.club,
            basis=happening.basis,
            grade=graded.grade,
            language="en",
            evidence=[taken.item],
        )
        (event,) = append(here.store, session, brand, contact, [draft], here.at).events
    return taken, event, graded


def purge_at(here, file):
    with here.store.database.read() as session:
        row, _ = blobs.read(session, file.id)
    return row.purge_at


def test_in_the_eu_nothing_of_the_person_or_the_device_is_kept_and_it_goes_after_thirty_days(here):
    taken, event, graded = take(here)
    kept = read_probe(files.read(here.store, taken.file.id).data)
    assert (kept.device, kept.url, kept.rendering.visible_ms) == (None, "https://example.org/club", 1000)
    assert b"nmistakable" not in files.read(here.store, taken.file.id).data
    assert purge_at(here, taken.file) == here.at + timedelta(days=30)
    assert graded.grade is Grade.B
    assert grades.graded(here.store, here.contact(), event.id) == graded


@on_both
def test_an_american_of_an_american_brand_keeps_the_record_that_the_law_asks_for(here):
    models.Brand.objects.update(country="US")
    here.strangers([AMERICAN])
    taken, _, _ = take(here, AMERICAN)
    kept = read_probe(files.read(here.store, taken.file.id).data)
    assert kept.device.viewport_width == 390
    assert purge_at(here, taken.file) is None
    models.Brand.objects.update(country="NL")
    taken, _, _ = take(here, AMERICAN)
    assert read_probe(files.read(here.store, taken.file.id).data).device is None, (
        "the brand is under the GDPR"
    )
    assert purge_at(here, taken.file) is None


@pytest.mark.parametrize(
    ("changes", "reached", "reason"),
    [
        pytest.param(
            {"was_ticked": True}, Grade.E, "probe.ticked_at_first", id="a box that was ticked before"
        ),
        pytest.param(
            {"rendering": {"font_tenths_px": 80}}, Grade.D, "probe.font_small", id="letters too small to read"
        ),
    ],
)
def test_what_was_found_stays_in_the_record_when_the_probe_goes(here, changes, reached, reason):
    taken, event, graded = take(here, **changes)
    assert (graded.grade, here.state().grant_for(here.club.id) is None) == (reached, reached is Grade.E)
    here.wait(days=31)
    assert retaining.run(here.store, here.at).counts["files"] == 1
    with pytest.raises(files.FileGoneError):
        files.read(here.store, taken.file.id)
    found = grades.graded(here.store, here.contact(), event.id)
    assert found == graded
    assert reason in lines(found.why_not_better)


@on_both
def test_at_the_confirmation_what_the_browser_told_of_that_request_goes(here):
    taken, event, _ = take(here)
    other, _, _ = take(here)
    paper = add(here).file
    here.wait(minutes=3)
    with here.store.database.write() as session:
        contact = here.contact()
        assert files.let_go_on_confirming(here.store, session, contact, event.id, here.at) == 1
        assert files.let_go_on_confirming(here.store, session, contact, event.id, here.at) == 0
    assert purge_at(here, taken.file) == here.at
    assert purge_at(here, other.file) == NOON + timedelta(days=30)
    assert purge_at(here, paper) is None
    assert retaining.run(here.store, here.at).counts["files"] == 1


# --- grades ------------------------------------------------------------------------------------------------------


@on_both
def test_an_event_is_said_to_be_witnessed_once_it_is(here):
    event = add(here).event
    Sequencer(store=here.store, clock=lambda: here.at).round()
    before = grades.graded(here.store, here.contact(), event.id)
    assert "remark.not_yet_witnessed" in lines(before.remarks)
    with here.store.database.write() as session:
        (log,) = ledgers.logs(session, here.club.brand)
        said = Attestation(size=log.size, kind=ledgers.STAMP, name="clock", body=b"x", at=here.at)
        ledgers.attest(session, log.id, said)
    assert grades.graded(here.store, here.contact(), event.id) == before, "a clock is no witness"
    with here.store.database.write() as session:
        ledgers.attest(session, log.id, replace(said, kind=ledgers.WITNESS, name="W"))
    after = grades.graded(here.store, here.contact(), event.id)
    assert "remark.not_yet_witnessed" not in lines(after.remarks)


def test_a_yes_from_the_handset_is_graded_a_and_what_is_not_there_is_not_graded(here):
    here.join()
    record_of = grades.graded_record(here.store, here.contact())
    assert [each.grade for each in record_of.values()][-1] is Grade.A
    with pytest.raises(grades.NoSuchEventError):
        grades.graded(here.store, here.contact(), 1)


def test_silence_carries_on_the_grade_of_what_it_reminds_of(here):
    granted = add(here).event
    draft = Draft(
        kind=EventKind.RENEWED,
        scope=granted.scope,
        actor=Actor.SYSTEM,
        route="reminder",
        occurred_at=here.at,
        received_at=here.at,
        program=here.club,
        answers=granted.id,
        language="en",
    )
    with here.store.database.write() as session:
        brand = programs.brand(here.club.brand)
        (event,) = append(here.store, session, brand, here.contact(), [draft], here.at).events
    assert grades.graded(here.store, here.contact(), event.id).grade is Grade.C


# --- erasing -----------------------------------------------------------------------------------------------------


def erased(here, contact):
    with here.store.database.read() as session:
        return contacts.read(here.store, session, contact)


@on_both
def test_who_is_erased_leaves_no_file_and_gets_no_new_one(here):
    file, person = add(here).file, here.contact()
    taken, _, _ = take(here)
    erasing.erase(here.store, person.id, NOW, here.at)
    assert here.sql("SELECT count(*) FROM evidence_blob WHERE sealed IS NOT NULL") == [(0,)]
    for each in (file, taken.file):
        with pytest.raises(files.FileGoneError):
            files.read(here.store, each.id)
    graded = grades.graded_record(here.store, erased(here, person.id))
    assert set(graded.values()) == {None}
    with pytest.raises(files.NobodyToKeepForError):
        attach(here.store, person, here.club, scan(), here.at)
    assert MARK.decode() not in dump(here.store)


@on_both
def test_where_the_proof_must_be_kept_the_scan_is_and_the_probe_is_not(here):
    here.join()
    file, person = add(here).file, here.contact()
    taken, _, _ = take(here)
    erasing.erase(here.store, person.id, KEPT, here.at)
    assert files.read(here.store, file.id).data == SCAN
    with pytest.raises(files.FileGoneError):
        files.read(here.store, taken.file.id)
    graded = grades.graded_record(here.store, erased(here, person.id))
    reached = [each.grade for each in graded.values() if each is not None]
    assert reached[1:4] == [Grade.A, Grade.C, Grade.B]
