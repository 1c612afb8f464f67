"""Erasing a person: nothing readable stays, their stop holds, everybody else's proof verifies, and no crash leaves a half."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from factories.dumps import dump, found_in
from factories.worlds import ANNA, world
from yesword.consent.record import open_sections
from yesword.domain.errors import YeswordError
from yesword.domain.events import Actor, Grade
from yesword.domain.retention import Override
from yesword.ledger.entry import open_disclosure
from yesword.ledger.merkle import verify_inclusion
from yesword.ledger.tile_proofs import inclusion_path_from, root_from
from yesword.privacy import erasing, kept_proof
from yesword.privacy.erasing import OPERATOR, REQUESTED, NobodyToEraseError, Wish
from yesword.proof.sequencer import Sequencer
from yesword.store import contacts, erasures, ledgers, programs
from yesword.store.checking import check_store
from yesword.store.contacts import PHONE
from yesword.store.vault import HoldKeyMissingError

BEN = "+31612345679"
NAME = "Annabella Unmistakable"
WORDS = "my grandmother wears size 37"
NOW = Wish(ground=REQUESTED, overrides=(Override(days=0, reason="tests"),))
KEPT = Wish(ground=REQUESTED)


@pytest.fixture
def here(store):
    with world(store) as made:
        made.strangers([ANNA], name=NAME, attributes=(("City", "Unmistakable-on-Sea"),))
        made.join()
        made.text(ANNA, WORDS)
        made.join(BEN)
        made.campaign("[Brand]: hi [First name|you], 20% off.")
        made.settle()
        sequence(made)
        yield made


def sequence(here):
    Sequencer(store=here.store, clock=lambda: here.at).round()


def record(here, contact):
    """Of each event of the record: its kind, and the sections that still open."""
    origin = programs.brand(here.club.brand).origin
    seal = here.store.vault.seal(contact)
    with here.store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=contact >> 53, contact_id=contact)
    opened = [
        {}
        if row[2] is None or seal is None
        else dict(open_disclosure(each) for each in open_sections(seal, bytes(row[2]), origin, row[0]))
        for row in rows
    ]
    return [(codec_kind(here, row[0]), sections) for row, sections in zip(rows, opened, strict=True)]


def codec_kind(here, event):
    return here.sql("SELECT kind FROM consent_event WHERE id = %s", event)[0][0]


def block():
    """Every number that a guesser would try who knows all but the last four digits."""
    return [f"{ANNA[:-4]}{last:04d}" for last in range(10_000)]


# --- what is left -----------------------------------------------------------------------------------------------


def test_nothing_readable_is_left_anywhere(here, tmp_path):
    anna = here.contact().id
    assert WORDS not in dump(here.store)
    assert NAME in dump(here.store)
    row = erasing.erase(here.store, anna, NOW, here.at)
    assert (row.stage, row.retain_until) == (erasures.DONE, None)
    left = dump(here.store)
    for secret in (ANNA[1:], ANNA, NAME, "Unmistakable-on-Sea", WORDS):
        assert secret not in left, secret
    assert [kind for kind, sections in record(here, anna) if sections] == ["erased"]
    with here.store.database.read() as session:
        person = contacts.read(here.store, session, anna)
    assert (person.number, person.name, dict(person.attributes), person.subject) == (None, "", {}, "")
    assert check_store(here.store).findings == []


def test_no_guess_finds_the_number_without_the_pepper_and_with_it_only_that_it_is_suppressed(here, tmp_path):
    """Over the whole block of the number: in the store and in a backup from before, with the keys of today."""
    anna, brand = here.contact().id, here.club.brand
    with_before = dump(here.store) if here.store.url else copied(here, tmp_path)
    erasing.erase(here.store, anna, NOW, here.at)
    after = dump(here.store)
    peppers = here.store.look_up
    assert peppers.digest(brand, PHONE, BEN).hex() in after, (
        "a guess that is right is found, or this test shows nothing"
    )
    plain = {
        hashlib.sha256(form.encode()).hexdigest(): number
        for number in block()
        for form in (number, number[1:])
    }
    looked_up = {peppers.digest(brand, PHONE, number).hex(): number for number in block() if number != BEN}
    assert found_in(with_before, plain | ({} if here.store.url else looked_up)) == set()
    assert found_in(after, plain) == set()
    assert found_in(after, looked_up) == {ANNA}, "and it says only that this number is suppressed"
    assert here.sql("SELECT cause FROM suppression") == [("erased",)]
    # The vault, and so whoever asks it, knows nothing of the number any more.
    assert here.store.vault.find(brand, PHONE, [peppers.digest(brand, PHONE, ANNA)]) == {}


def copied(here, folder: Path) -> str:
    """A backup of the store as it is now, as characters and as hex."""
    path = folder / "backup.sqlite3"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{path}'")
    data = path.read_bytes()
    return data.decode("latin-1") + data.hex()


def test_a_backup_of_the_store_opens_with_no_key_of_today(here):
    anna = here.contact().id
    with here.store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=anna >> 53, contact_id=anna)
    before = [(row[0], bytes(row[2])) for row in rows]
    erasing.erase(here.store, anna, NOW, here.at)
    seal = here.store.vault.seal(anna)
    for event, sealed in before:
        with pytest.raises(YeswordError):
            open_sections(seal, sealed, programs.brand(here.club.brand).origin, event)


def test_the_event_says_what_was_erased_and_names_nobody(here):
    anna = here.contact().id
    events = len(record(here, anna))
    erasing.erase(here.store, anna, NOW, here.at)
    kind, sections = record(here, anna)[-1]
    assert kind == "erased"
    assert sections.keys() == {"event", "terms"}
    assert len(sections["event"]["erased"]) == events
    assert sections["event"]["reason"] == REQUESTED


# --- what stays true --------------------------------------------------------------------------------------------


def test_every_leaf_still_proves(here):
    anna = here.contact().id
    with here.store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=anna >> 53, contact_id=anna)
        (log,) = ledgers.logs(session)
    leaves = {row[0]: bytes(row[3]) for row in rows}
    erasing.erase(here.store, anna, NOW, here.at)
    sequence(here)
    with here.store.database.read() as session:
        read = ledgers.tile_reader(session, log.id)
        (log,) = ledgers.logs(session)
        for event, place in ledgers.places(session, leaves).items():
            verify_inclusion(
                leaf=leaves[event],
                index=place.index,
                size=log.size,
                path=inclusion_path_from(read, place.index, log.size),
                root=root_from(read, log.size),
            )


def test_the_stop_holds_when_they_are_imported_again_and_only_their_handset_lifts_it(here):
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    here.wait(days=1)
    here.grant(here.strangers([ANNA]), here.club, Actor.IMPORT, Grade.D)
    assert here.state().grant_for(here.club.id) is None
    assert here.kinds() == ["withdrawn", "granted"]
    here.join()
    assert here.state().grant_for(here.club.id) is not None


def test_a_stop_from_somebody_who_was_erased_is_taken_and_acknowledged(here):
    was = here.contact().id
    erasing.erase(here.store, was, NOW, here.at)
    assert here.text(ANNA, "STOP") == "withdrawn"
    assert here.contact().id != was


def test_nothing_more_is_sent_to_them(here):
    anna = here.contact().id
    here.plan(anna)
    shown = here.shown()
    erasing.erase(here.store, anna, NOW, here.at)
    here.settle()
    assert here.shown() == shown


def test_who_was_erased_is_not_erased_again(here):
    anna = here.contact().id
    erasing.erase(here.store, anna, NOW, here.at)
    assert erasing.erase(here.store, anna, NOW, here.at).stage == erasures.DONE
    with pytest.raises(NobodyToEraseError):
        erasing.plan(here.store, anna, here.at)


def test_the_others_are_untouched(here):
    ben, before = here.contact(BEN), record(here, here.contact(BEN).id)
    erasing.erase(here.store, here.contact().id, NOW, here.at)
    assert here.contact(BEN) == ben
    assert record(here, ben.id) == before


# --- proof that must be kept ------------------------------------------------------------------------------------


def test_where_the_proof_must_be_kept_it_alone_is_kept_under_a_key_of_its_own(here):
    anna = here.contact().id
    row = erasing.erase(here.store, anna, KEPT, here.at)
    assert row.stage == erasures.HELD
    assert row.retain_until > here.at + timedelta(days=365)
    left = dump(here.store)
    for secret in (ANNA[1:], NAME, "Unmistakable-on-Sea", WORDS):
        assert secret not in left, secret
    opened = dict(record(here, anna))
    assert opened["confirmed"]["subject"]["phone"] == ANNA
    assert opened["confirmed"]["notice"]["text"]
    assert all("context" not in sections for sections in opened.values())
    # Nobody finds them by their number but who has a claim to answer.
    with here.store.database.read() as session:
        assert contacts.find(here.store, session, here.club.brand, ANNA) is None
    assert kept_proof.find(here.store, here.club.brand, ANNA) == [anna]


def test_kept_proof_is_unreadable_where_the_key_of_legal_holds_is_not(here):
    anna = here.contact().id
    erasing.erase(here.store, anna, KEPT, here.at)
    here.store.vault._wrapping.pop(-1)
    here.store.vault._opened.cache_clear()
    assert here.store.vault.seal(anna) is None
    assert not any(sections for _, sections in record(here, anna))


def test_without_the_key_of_legal_holds_nothing_is_kept_under_another_and_the_stop_holds(here):
    anna = here.contact().id
    key = here.store.vault._wrapping.pop(-1)
    with pytest.raises(HoldKeyMissingError):
        erasing.erase(here.store, anna, KEPT, here.at)
    assert erasing.finish(here.store, here.at) == 0
    with here.store.database.read() as session:
        assert erasures.read(session, anna).stage == erasures.STOPPED
    assert here.state(anna).withdrawal_for(here.club.id) is not None
    here.store.vault._wrapping[-1] = key
    assert erasing.finish(here.store, here.at) == 1
    assert {number for _, _, number, _ in here.store.vault.rows.keys([anna])} == {-1}


def test_kept_proof_goes_when_its_time_is_over(here):
    anna = here.contact().id
    row = erasing.erase(here.store, anna, KEPT, here.at)
    assert erasing.erase(here.store, anna, KEPT, here.at).stage == erasures.HELD
    here.now[0] = row.retain_until + timedelta(seconds=1)
    assert erasing.erase(here.store, anna, Wish(ground="retention"), here.at).stage == erasures.DONE
    assert [kind for kind, sections in record(here, anna) if sections] == ["erased"]
    assert kept_proof.find(here.store, here.club.brand, ANNA) == []


def test_a_plan_changes_nothing_and_says_until_when_and_why(here):
    before = [
        here.sql(f"SELECT * FROM {table}") for table in ("contact", "consent_event", "erasure", "suppression")
    ]
    found = erasing.plan(here.store, here.contact().id, here.at)
    assert found.retention.is_kept
    assert "NL" in found.jurisdictions
    assert before == [
        here.sql(f"SELECT * FROM {table}") for table in ("contact", "consent_event", "erasure", "suppression")
    ]


# --- crashes ----------------------------------------------------------------------------------------------------


class CrashError(Exception):
    pass


def crash(*args, **kwargs):
    raise CrashError


@pytest.mark.parametrize("wish", [NOW, KEPT], ids=["erased", "kept"])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        pytest.param(erasing, "drain", id="after the stop"),
        pytest.param(erasing, "append", id="after the number is forgotten"),
        pytest.param(erasing.erasures, "wipe", id="in the middle of wiping"),
        pytest.param(None, "destroy", id="before the key is destroyed"),
        pytest.param(None, "scrub", id="before the traces are overwritten"),
    ],
)
def test_a_crash_is_made_good(here, monkeypatch, where, name, wish):
    anna = here.contact().id
    target = where or (here.store.vault if name == "destroy" else here.store.database)
    with monkeypatch.context() as patch:
        patch.setattr(target, name, crash)
        with pytest.raises(CrashError):
            erasing.erase(here.store, anna, wish, here.at)
    # Whatever was left undone: nothing goes to them, and a text of theirs is taken.
    assert here.state(anna).grant_for(here.club.id) is None
    assert here.receive(ANNA, "STOP").what == "withdrawn"
    assert erasing.finish(here.store, here.at) == 1
    assert erasing.finish(here.store, here.at) == 0
    with here.store.database.read() as session:
        row = erasures.read(session, anna)
    assert row.stage == (erasures.DONE if wish is NOW else erasures.HELD)
    assert [kind for kind, _ in record(here, anna)].count("erased") == 1
    assert NAME not in dump(here.store)
    assert check_store(here.store).findings == []


def test_an_operators_wish_is_recorded_as_such(here):
    anna = here.contact().id
    erasing.erase(here.store, anna, Wish(ground=OPERATOR, overrides=NOW.overrides), here.at)
    kinds = [sections["event"]["reason"] for _, sections in record(here, anna) if sections]
    assert kinds == [OPERATOR]


def test_each_of_two_erased_records_of_one_number_is_found_when_claimed(here):
    first = here.contact().id
    erasing.erase(here.store, first, KEPT, here.at)
    here.join()
    second = here.contact().id
    erasing.erase(here.store, second, KEPT, here.at)
    erasing.erase(here.store, second, KEPT, here.at)
    assert kept_proof.find(here.store, here.club.brand, ANNA) == sorted([first, second])
    found = kept_proof.find_many(here.store, here.club.brand, [ANNA, "+31612349999"])
    assert found == {ANNA: sorted([first, second])}
