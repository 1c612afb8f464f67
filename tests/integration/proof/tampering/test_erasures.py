"""What keeps an erased person erased, changed: suppressions, erasures, the moment in the contact's row, and their lines in the journal.

Whoever wants to text somebody again who was erased, or never to have erased them, would begin here.
"""

import json
from datetime import timedelta

import pytest

from factories.tampering import BACK_US, BEN, CEES, last_recorded
from factories.worlds import ANNA
from yesword.consent import restoring
from yesword.domain.ids import bucket_of, random_bucket, to_text
from yesword.domain.retention import Override
from yesword.domain.times import from_micros
from yesword.privacy import erasing
from yesword.privacy.erasing import OPERATOR, Wish
from yesword.store import contacts, models
from yesword.store.contacts import PHONE
from yesword.store.journal import Stop
from yesword.store.misfits import Fault

STRANGER = "+31612345671"


def prepare(hands):
    """Cees is erased. Two stops come from the journal: one of Ben's, and one of a number that the store never knew."""
    store = hands.store
    at = from_micros(last_recorded(hands)) + timedelta(hours=1)
    wish = Wish(ground=OPERATOR, overrides=(Override(days=0, reason="tests"),))
    erasing.erase(store, contact_of(hands, CEES), wish, at)
    brand = models.Brand.objects.get().pk
    store.journal.write(
        [
            Stop(
                event=store.ids.make(random_bucket()),
                brand=brand,
                digest=store.look_up.digest(brand, PHONE, number),
                pepper=store.look_up.newest,
                program=None,
                kind="withdrawn",
                at=at,
            )
            for number in (BEN, STRANGER)
        ]
    )
    done = restoring.replay(store, at)
    assert (done.ended, done.suppressed) == (1, 1)


@pytest.fixture
def hands(hands):
    prepare(hands)
    return hands


def contact_of(hands, number):
    with hands.store.database.read() as session:
        return contacts.find(hands.store, session, models.Brand.objects.get().pk, number)


def erased(hands):
    return hands.one("SELECT contact_id FROM consent_event WHERE kind = 'erased'")


def name_of_erased(hands):
    return to_text("con", erased(hands))


# --- suppressions -----------------------------------------------------------------------------------------------


def digest_of_erased(hands):
    return hands.one("SELECT digest FROM suppression WHERE cause = 'erased'")


def suppression_dropped(hands):
    digest = digest_of_erased(hands)
    hands.sql("DELETE FROM suppression WHERE cause = 'erased'")
    return digest


def suppression_flipped(hands):
    digest = digest_of_erased(hands)
    hands.flip("suppression", "digest", "cause = 'erased'")
    return digest


def suppression_of_another_brand(hands):
    hands.sql("UPDATE suppression SET brand_id = 7 WHERE cause = 'erased'")
    return digest_of_erased(hands)


def suppression_garbled(hands):
    digest = digest_of_erased(hands)
    hands.sql("UPDATE suppression SET digest = 'no digest' WHERE cause = 'erased'")
    return digest


def suppression_back_dated(hands):
    hands.sql("UPDATE suppression SET since = since - %s WHERE cause = 'erased'", BACK_US)
    return digest_of_erased(hands)


def erasure(column, value):
    def act(hands):
        hands.sql(f"UPDATE erasure SET {column} = {value}")
        return f"{name_of_erased(hands)}: the row of their erasure says"

    return act


def proof_kept_after_all(hands):
    hands.sql("UPDATE erasure SET retain_until = asked_at + 1000000")
    return name_of_erased(hands)


def suppression_of_another_pepper(hands):
    hands.sql("UPDATE suppression SET pepper = 7 WHERE cause = 'erased'")
    return digest_of_erased(hands)


def suppression_of_a_stop_of_another_pepper(hands):
    hands.sql("UPDATE suppression SET pepper = 7 WHERE cause = 'restored'")
    return hands.one("SELECT digest FROM suppression WHERE cause = 'restored'")


def suppression_later(hands):
    hands.sql("UPDATE suppression SET since = since + %s WHERE cause = 'restored'", BACK_US)
    return hands.one("SELECT digest FROM suppression WHERE cause = 'restored'")


def last_stop_of_the_journal_cut(hands):
    lines = hands.stops.read_bytes()
    hands.stops.write_bytes(lines[:-10])
    return to_text("evt", json.loads(lines.splitlines()[-1])[1])


def stop_of_a_stranger_lost_from_the_journal(hands):
    digest = hands.one("SELECT digest FROM suppression WHERE cause = 'restored'")
    lines = hands.stops.read_bytes().splitlines(keepends=True)
    hands.stops.write_bytes(b"".join(each for each in lines if digest.encode() not in each))
    return digest


def suppression_of_another_cause_and_day(hands):
    hands.sql("UPDATE suppression SET since = since - %s, cause = 'restored' WHERE cause = 'erased'", BACK_US)
    return "a month, and nothing closer"


def suppression_invented(hands):
    of_nobody = "ab" * 32
    hands.sql(
        "INSERT INTO suppression (brand_id, kind, digest, pepper, cause, since)"
        " SELECT brand_id, kind, %s, pepper, cause, since FROM suppression WHERE cause = 'erased'",
        of_nobody,
    )
    return f"The suppression {of_nobody}"


def suppression_of_a_stop_dropped(hands):
    event = hands.one("SELECT event_id FROM replayed_stop WHERE became IS NULL")
    hands.sql("DELETE FROM suppression WHERE cause = 'restored'")
    return f"The stop {to_text('evt', event)}"


def everything_dropped(hands):
    hands.sql("DELETE FROM suppression")
    hands.sql("DELETE FROM erasure")
    hands.sql("UPDATE contact SET erased_at = NULL")
    hands.sql("DELETE FROM replayed_stop")
    return "The journal has the stop"


# --- stops that were replayed -----------------------------------------------------------------------------------


def replayed_stop_dropped(hands):
    event = hands.one("SELECT event_id FROM replayed_stop WHERE became IS NULL")
    hands.sql("DELETE FROM replayed_stop WHERE event_id = %s", event)
    return to_text("evt", event)


def replayed_stop_given_away(hands):
    """With an older stop of somebody else in place of the suppression."""
    event = hands.one("SELECT event_id FROM replayed_stop WHERE became IS NULL")
    other = hands.sql("SELECT id FROM consent_event WHERE kind = 'withdrawn' ORDER BY recorded_at")[0][0]
    hands.sql("UPDATE replayed_stop SET became = %s WHERE event_id = %s", other, event)
    hands.sql("DELETE FROM suppression WHERE cause = 'restored'")
    return to_text("evt", event)


# --- erasures and contacts --------------------------------------------------------------------------------------


def erasure_dropped(hands):
    hands.sql("DELETE FROM erasure")
    return f"{name_of_erased(hands)}: the journal says"


def erasure_dropped_with_its_line(hands):
    hands.sql("DELETE FROM erasure")
    lines(hands).unlink()
    return f"{name_of_erased(hands)}: event"


def erasure_copied(hands):
    contact = hands.store.ids.make(random_bucket())
    hands.sql(
        "INSERT INTO erasure (bucket, contact_id, brand_id, stage, ground, policy, citation, asked_at, done_at)"
        " SELECT %s, %s, brand_id, stage, ground, policy, citation, asked_at, done_at FROM erasure",
        bucket_of(contact),
        contact,
    )
    return to_text("con", contact)


def erased_at_set_back(hands):
    hands.sql("UPDATE contact SET erased_at = NULL WHERE id = %s", erased(hands))
    return f"{name_of_erased(hands)}: its row says nothing for erased_at"


def erased_at_back_dated(hands):
    hands.sql("UPDATE contact SET erased_at = erased_at - %s WHERE id = %s", BACK_US, erased(hands))
    return name_of_erased(hands)


def erased_at_of_no_time(hands):
    hands.sql("UPDATE contact SET erased_at = %s WHERE id = %s", 2**62, erased(hands))
    return "in no calendar"


def erased_at_invented(hands):
    anna = contact_of(hands, ANNA)
    hands.sql("UPDATE contact SET erased_at = %s WHERE id = %s", last_recorded(hands), anna)
    return f"{to_text('con', anna)}: its row says"


# --- lines of the journal ---------------------------------------------------------------------------------------


def lines(hands):
    (found,) = hands.file("journal").glob("erasures-*.jsonl")
    return found


def line_dropped(hands):
    lines(hands).unlink()
    return f"{name_of_erased(hands)}: event"


def lines_garbled(hands):
    path = lines(hands)
    path.write_text("nothing\n" + path.read_text())
    return f"Line 1 of {path.name}"


def digest_lines(hands):
    (found,) = hands.file("journal").glob("gone-*.jsonl")
    return found


def digest_line_dropped(hands):
    digest_lines(hands).unlink()
    return digest_of_erased(hands)


def digest_lines_garbled(hands):
    path = digest_lines(hands)
    path.write_text("nothing\n" + path.read_text())
    return f"Line 1 of {path.name}"


def digest_line_of_another_number(hands):
    fields = json.loads(digest_lines(hands).read_text())
    fields[4] = fields[4][::-1]
    digest_lines(hands).write_text(json.dumps(fields) + "\n")
    return fields[4]


def digest_line_of_another_month(hands):
    path = digest_lines(hands)
    path.rename(path.with_name(f"gone-2019-05-{path.stem[-1]}.jsonl"))
    return "2019-05-01"


def line_of(place, value):
    def act(hands):
        fields = json.loads(lines(hands).read_text())
        fields[place] = value(fields[place])
        lines(hands).write_text(json.dumps(fields) + "\n")
        return to_text("con", fields[2])

    return act


CASES = {
    "a suppression of somebody who was erased, dropped": (suppression_dropped, Fault.SUPPRESSION_MISSING),
    "a suppression, of nothing": (suppression_garbled, Fault.SUPPRESSION_MISSING),
    "a suppression, of another number": (suppression_flipped, Fault.SUPPRESSION_MISSING),
    "a suppression, of another brand": (suppression_of_another_brand, Fault.SUPPRESSION_MISSING),
    "a suppression of a stop that was replayed, dropped": (
        suppression_of_a_stop_dropped,
        Fault.SUPPRESSION_MISSING,
    ),
    "everything that tells of an end, dropped": (everything_dropped, Fault.STOP_UNKNOWN),
    "a replayed stop, dropped": (replayed_stop_dropped, Fault.STOP_UNKNOWN),
    "a replayed stop, with somebody else's event": (replayed_stop_given_away, Fault.STOP_UNKNOWN),
    "an erasure, dropped": (erasure_dropped, Fault.ERASURE_MISSING),
    "an erasure, dropped with its line in the journal": (
        erasure_dropped_with_its_line,
        Fault.ERASURE_MISSING,
    ),
    "an erasure, of nobody": (erasure_copied, Fault.ERASURE_INVENTED),
    "a contact, erased no more": (erased_at_set_back, Fault.ERASED_AT_DIFFERS),
    "a contact, erased earlier": (erased_at_back_dated, Fault.ERASED_AT_DIFFERS),
    "a contact, erased in no calendar": (erased_at_of_no_time, Fault.VALUE_MALFORMED),
    "a contact, said to be erased": (erased_at_invented, Fault.ERASED_AT_DIFFERS),
    "an erasure in the journal, dropped": (line_dropped, Fault.ERASURE_NOT_IN_JOURNAL),
    "an erasure in the journal, of another number": (
        digest_line_of_another_number,
        Fault.SUPPRESSION_MISSING,
    ),
    "an erasure in the journal, of another month": (digest_line_of_another_month, Fault.SUPPRESSION_DIFFERS),
    "the digest of an erasure in the journal, dropped": (
        digest_line_dropped,
        Fault.SUPPRESSION_NOT_IN_JOURNAL,
    ),
    "the digests of erasures in the journal, garbled": (digest_lines_garbled, Fault.JOURNAL_UNREADABLE),
    "a suppression of somebody who was erased, earlier": (suppression_back_dated, Fault.SUPPRESSION_DIFFERS),
    "a suppression of an erasure that never was": (
        suppression_invented,
        Fault.SUPPRESSION_NOT_IN_JOURNAL,
    ),
    "the last stop in the journal, cut": (last_stop_of_the_journal_cut, Fault.STOP_NOT_IN_JOURNAL),
    "a stranger's stop in the journal, dropped": (
        stop_of_a_stranger_lost_from_the_journal,
        Fault.SUPPRESSION_NOT_IN_JOURNAL,
    ),
    "an erasure, at another stage": (erasure("stage", "'garbage'"), Fault.ERASURE_DIFFERS),
    "an erasure, said to keep its proof": (erasure("stage", "'held'"), Fault.ERASURE_DIFFERS),
    "an erasure, on another ground": (erasure("ground", "'requested'"), Fault.ERASURE_DIFFERS),
    "an erasure, by another policy": (erasure("policy", "'other'"), Fault.ERASURE_DIFFERS),
    "an erasure, whose proof is to be kept": (
        proof_kept_after_all,
        Fault.ERASURE_MISSING,
    ),
    "an erasure, asked for earlier": (erasure("asked_at", "asked_at - 1"), Fault.ERASURE_DIFFERS),
    "an erasure, asked for by somebody": (erasure("asked_by", "7"), Fault.ERASURE_DIFFERS),
    "an erasure, of another brand": (erasure("brand_id", "7"), Fault.ERASURE_DIFFERS),
    "an erasure, done before it was asked for": (erasure("done_at", "asked_at - 1"), Fault.ERASURE_DIFFERS),
    "an erasure, not done": (erasure("done_at", "NULL"), Fault.ERASURE_DIFFERS),
    "a suppression, under another pepper": (suppression_of_another_pepper, Fault.SUPPRESSION_DIFFERS),
    "a suppression of a stop, under another pepper": (
        suppression_of_a_stop_of_another_pepper,
        Fault.SUPPRESSION_DIFFERS,
    ),
    "a suppression of a stop, later than it came": (suppression_later, Fault.SUPPRESSION_DIFFERS),
    "a suppression of somebody who was erased, for another reason on another day": (
        suppression_of_another_cause_and_day,
        Fault.SUPPRESSION_DIFFERS,
    ),
    "an erasure in the journal, asked for earlier": (
        line_of(4, lambda at: at - 1),
        Fault.ERASURE_DIFFERS,
    ),
    "an erasure in the journal, on another ground": (
        line_of(5, lambda _: "requested"),
        Fault.ERASURE_DIFFERS,
    ),
    "an erasure in the journal, whose proof is to be kept": (
        line_of(8, lambda _: 1_900_000_000_000_000),
        Fault.ERASURE_DIFFERS,
    ),
    "an erasure in the journal, of another contact": (
        line_of(2, lambda contact: contact ^ 1),
        Fault.ERASURE_MISSING,
    ),
    "the journal's erasures, garbled": (lines_garbled, Fault.JOURNAL_UNREADABLE),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "a suppression of somebody who was erased, dropped",
    "a suppression of somebody who was erased, earlier",
    "a suppression of a stop that was replayed, dropped",
    "a replayed stop, dropped",
    "an erasure, dropped",
    "a contact, erased no more",
    "a contact, said to be erased",
)


def kept_proof_changed(hands):
    """Ben is erased as well, and what proves his consent is locked away."""
    at = from_micros(last_recorded(hands)) + timedelta(hours=2)
    erasing.erase(hands.store, contact_of(hands, BEN), Wish(ground=OPERATOR), at)
    kept = "contact_id = (SELECT contact_id FROM erasure WHERE stage = 'held') AND seq = 1"
    hands.flip("consent_event", "sealed", kept)
    return to_text("evt", hands.one(f"SELECT id FROM consent_event WHERE {kept}"))


CASES["kept proof of somebody who was erased, flipped"] = (kept_proof_changed, Fault.DISCLOSURES_UNREADABLE)


def test_what_nobody_changed_fits(hands, look_again):
    report = look_again()
    assert report.misfits.told == []
    assert (report.erasures, report.stops) == (1, 5)
    assert report.unreadable


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case], prepare)
