"""Proof that is kept of somebody who was erased, changed: files, texts, what events disclosed, the number."""

from datetime import timedelta

import pytest

from factories.tampering import last_recorded
from factories.worlds import ANNA
from yesword.domain.evidence import EvidenceKind
from yesword.domain.ids import to_text
from yesword.domain.times import from_micros
from yesword.privacy import erasing
from yesword.privacy.erasing import REQUESTED, Wish
from yesword.proof.auditing import audit
from yesword.proof.evidence.attaching import Attachment, attach
from yesword.store import contacts, erasures, models, programs
from yesword.store.misfits import Fault

SCAN = b"%PDF-1.7\n% signed\n%%EOF\n"


@pytest.fixture
def hands(hands):
    prepare(hands)
    return hands


def prepare(hands):
    """Anna, who has a scan, is erased, and her proof is kept."""
    at = from_micros(last_recorded(hands)) + timedelta(hours=3)
    program = programs.current(models.Program.objects.get(key="club").pk)
    with hands.store.database.read() as session:
        found = contacts.find(hands.store, session, program.brand, ANNA)
        person = contacts.read(hands.store, session, found)
    scan = Attachment(kind=EvidenceKind.SCAN, data=SCAN, happened_at=at - timedelta(hours=1), language="en")
    attach(hands.store, person, program, scan, at)
    done = erasing.erase(hands.store, found, Wish(ground=REQUESTED), at)
    assert done.stage == erasures.HELD


def anna(hands):
    return hands.one("SELECT contact_id FROM erasure")


def file_of(hands):
    return hands.one("SELECT id FROM evidence_blob")


def text_of(hands):
    return hands.sql("SELECT id FROM inbound_text WHERE contact_id = %s ORDER BY id", anna(hands))[0][0]


def file_dropped(hands):
    file = file_of(hands)
    hands.sql("DELETE FROM evidence_blob")
    return f"{to_text('evi', file)} that it names is missing from the store"


def file_emptied(hands):
    hands.sql("UPDATE evidence_blob SET sealed = NULL")
    return f"{to_text('evi', file_of(hands))} that it names is missing from the store"


def file_turned(hands):
    hands.flip("evidence_blob", "sealed", "id = %s", file_of(hands))
    return f"{to_text('evi', file_of(hands))} that it names does not open"


def column(name, value):
    def act(hands):
        file = file_of(hands)
        hands.sql(f"UPDATE evidence_blob SET {name} = %s", value)
        return f"{to_text('evi', file)} that it names has the"

    return act


def texts_dropped(hands):
    text = text_of(hands)
    hands.sql("DELETE FROM inbound_text WHERE contact_id = %s", anna(hands))
    return f"{to_text('inb', text)} that it names is missing from the store"


def text_turned(hands):
    text = text_of(hands)
    hands.flip("inbound_text", "sealed_body", "id = %s", text)
    return f"{to_text('inb', text)} that it names does not open"


def number_turned(hands):
    hands.flip("contact", "sealed_number", "id = %s", anna(hands))
    return "the number does not open"


def number_gone(hands):
    hands.sql("UPDATE contact SET sealed_number = NULL WHERE id = %s", anna(hands))
    return "the number is missing"


def disclosures_gone(hands):
    event = hands.sql("SELECT id FROM consent_event WHERE contact_id = %s ORDER BY seq", anna(hands))[0][0]
    hands.sql("UPDATE consent_event SET sealed = NULL WHERE id = %s", event)
    return f"what event {to_text('evt', event)} disclosed is missing"


CASES = {
    "a file, dropped": (file_dropped, Fault.EVIDENCE_LOST),
    "a file, emptied": (file_emptied, Fault.EVIDENCE_LOST),
    "a file, one bit": (file_turned, Fault.EVIDENCE_LOST),
    "a file, of another person": (column("contact_id", 7), Fault.EVIDENCE_LOST),
    "a file, of another brand": (column("brand_id", 7), Fault.EVIDENCE_LOST),
    "a file, of another kind": (column("kind", "replay"), Fault.EVIDENCE_LOST),
    "a file, of another size": (column("size", 7), Fault.EVIDENCE_LOST),
    "a file, of another media type": (column("media_type", "text/html"), Fault.EVIDENCE_LOST),
    "the texts, dropped": (texts_dropped, Fault.TEXT_LOST),
    "a text, one bit": (text_turned, Fault.TEXT_LOST),
    "the number, one bit": (number_turned, Fault.KEPT_PROOF_UNFIT),
    "the number, gone": (number_gone, Fault.KEPT_PROOF_UNFIT),
    "what an event disclosed, gone": (disclosures_gone, Fault.KEPT_PROOF_UNFIT),
}


def test_what_nobody_changed_fits(hands, look_again):
    assert look_again().misfits.told == []


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both):
    check_on_both(number_turned, Fault.KEPT_PROOF_UNFIT, prepare)


# --- where the key of legal holds is not here -------------------------------------------------------------------


def file_cut(hands):
    hands.sql("UPDATE evidence_blob SET sealed = %s", bytes(40))
    return f"the file {to_text('evi', file_of(hands))} is of 12 bytes, and not of {len(SCAN)}"


def file_of_another_size(hands):
    hands.sql("UPDATE evidence_blob SET size = 7")
    return f"the file {to_text('evi', file_of(hands))} is of {len(SCAN)} bytes, and not of 7"


def file_gone(hands):
    hands.sql("UPDATE evidence_blob SET sealed = NULL")
    return f"the file {to_text('evi', file_of(hands))} is missing"


def stop_gone(hands):
    text = hands.one(
        "SELECT id FROM inbound_text WHERE contact_id = %s AND event_id IS NOT NULL", anna(hands)
    )
    hands.sql("UPDATE inbound_text SET sealed_body = NULL WHERE id = %s", text)
    return f"the text {to_text('inb', text)} is missing"


def number_cut(hands):
    hands.sql("UPDATE contact SET sealed_number = %s WHERE id = %s", b"\0", anna(hands))
    return "the number is cut"


CLOSED = {
    "a file, cut": file_cut,
    "a file, of another size": file_of_another_size,
    "a file, emptied": file_gone,
    "a stop, emptied": stop_gone,
    "the number, cut": number_cut,
    "what an event disclosed, gone": disclosures_gone,
}


@pytest.fixture
def look_without_the_key(hands):
    def look():
        hands.store.vault._wrapping.pop(-1, None)
        hands.store.vault._opened.cache_clear()
        return [each for each in audit(hands.store).misfits.told if each.fault is not Fault.GUARD_MISSING]

    return look


def test_without_the_key_what_nobody_changed_fits(hands, look_without_the_key):
    assert look_without_the_key() == []


@pytest.mark.parametrize("case", CLOSED)
def test_without_the_key_what_is_gone_or_cut_is_found(hands, look_without_the_key, case):
    hands.drop_guards()
    named = CLOSED[case](hands)
    first = look_without_the_key()[0]
    assert first.fault is Fault.KEPT_PROOF_UNFIT
    assert named in first.sentence
