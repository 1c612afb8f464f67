"""Rows of contacts, and the look-ups in the vault by which they are found, changed: whom a text goes to depends on them."""

import sqlite3

import pytest

from factories.tampering import BACK_US, BEN, flipped
from factories.worlds import ANNA
from yesword.domain.ids import to_text
from yesword.store import contacts, models
from yesword.store.checking import check_store
from yesword.store.misfits import Fault
from yesword.store.opening import open_store


def contact_of(hands, number):
    with hands.store.database.read() as session:
        return contacts.find(hands.store, session, models.Brand.objects.get().pk, number)


# --- the row ----------------------------------------------------------------------------------------------------


def column(name, value):
    def act(hands):
        contact = contact_of(hands, ANNA)
        hands.sql(f"UPDATE contact SET {name} = %s WHERE id = %s", value, contact)
        return to_text("con", contact)

    return act


def sealed_number_flipped(hands):
    contact = contact_of(hands, ANNA)
    hands.flip("contact", "sealed_number", "id = %s", contact)
    return to_text("con", contact)


def rows_swapped(hands):
    anna, ben = contact_of(hands, ANNA), contact_of(hands, BEN)
    (one,), (two,) = (
        hands.sql("SELECT places, mac FROM contact WHERE id = %s", each) for each in (anna, ben)
    )
    for contact, (places, mac) in ((anna, two), (ben, one)):
        hands.sql("UPDATE contact SET places = %s, mac = %s WHERE id = %s", places, mac, contact)
    return to_text("con", min(anna, ben))


ROWS = {
    "a contact, of another brand": column("brand_id", 7),
    "a contact, in another country": column("country", "BE"),
    "a contact's number, of another kind": column("number_kind", "fixed_line"),
    "a contact, who may not be texted": column("may_text", 0),
    "a contact, in other places": column("places", b"[]"),
    "a contact, with another name": column("name", "Bella"),
    "a contact, in another language": column("language", "de"),
    "a contact, with other attributes": column("attributes", '{"City":"Utrecht"}'),
    "a contact, said to be of age": column("adult_since", BACK_US),
    "a contact, said to be younger": column("age_said", 12),
    "a contact, found to be somebody else": column("merged_into", 9),
    "a contact, restricted": column("restricted_since", BACK_US),
    "a contact, hidden": column("hidden_since", BACK_US),
    "a contact, called a company": column("recipient", "company"),
    "a contact, from elsewhere": column("source", "import"),
    "a contact, made earlier": column("created_at", BACK_US),
    "a contact's mark, gone": column("mac", None),
    "a contact's mark, a single byte": column("mac", b"\0"),
    "a contact's number, a single byte": column("sealed_number", b"\0"),
    "a contact's number, flipped": sealed_number_flipped,
    "two contacts' places, exchanged with their marks": rows_swapped,
}


@pytest.mark.parametrize("case", ROWS)
def test_a_changed_row_is_found_and_named(check, case):
    check(ROWS[case], Fault.CONTACT_DIFFERS)


@pytest.mark.parametrize("case", ["a contact, restricted", "a contact, in other places"])
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(ROWS[case], Fault.CONTACT_DIFFERS)


@pytest.mark.parametrize("value", [b"\0", b"", "no"])
def test_a_key_that_cannot_be_one_is_named_with_its_person(hands, look_again, value):
    anna = contact_of(hands, ANNA)
    hands.store.vault.close()
    with sqlite3.connect(hands.file("keys.sqlite3")) as rows:
        rows.execute("UPDATE subject_key SET wrapped = ? WHERE contact_id = ?", (value, anna))
    rows.close()
    found = [each for each in look_again().misfits.told if each.fault is Fault.PERSON_KEY_UNFIT]
    assert [each.fields["contact"] for each in found] == [to_text("con", anna)]


# --- how they are found -----------------------------------------------------------------------------------------


def vault(change, named=None):
    def act(hands):
        anna, ben = contact_of(hands, ANNA), contact_of(hands, BEN)
        hands.store.vault.close()
        with sqlite3.connect(hands.file("keys.sqlite3")) as rows:
            change(rows, anna, ben)
        rows.close()
        return to_text("con", {None: anna, "first": min(anna, ben), "nobody": anna ^ 1}[named])

    return act


def dropped(rows, anna, ben):
    rows.execute("DELETE FROM look_up WHERE contact_id = ?", (anna,))


def digest_flipped(rows, anna, ben):
    ((digest,),) = rows.execute("SELECT digest FROM look_up WHERE contact_id = ?", (anna,))
    rows.execute("UPDATE look_up SET digest = ? WHERE contact_id = ?", (flipped(digest), anna))


def swapped(rows, anna, ben):
    rows.execute("UPDATE look_up SET contact_id = -1 WHERE contact_id = ?", (anna,))
    rows.execute("UPDATE look_up SET contact_id = ? WHERE contact_id = ?", (anna, ben))
    rows.execute("UPDATE look_up SET contact_id = ? WHERE contact_id = -1", (ben,))


def to_nobody(rows, anna, ben):
    rows.execute(
        "INSERT INTO look_up SELECT brand_id, kind, ?, pepper, ? FROM look_up WHERE contact_id = ?",
        (bytes(32), anna ^ 1, anna),
    )


def copied(rows, anna, ben):
    rows.execute(
        "INSERT INTO look_up SELECT brand_id, kind, ?, pepper, contact_id FROM look_up WHERE contact_id = ?",
        (bytes(32), anna),
    )


def other(name, value):
    def change(rows, anna, ben):
        rows.execute(f"UPDATE look_up SET {name} = ? WHERE contact_id = ?", (value, anna))

    return change


LOOK_UPS = {
    "a look-up, dropped": (vault(dropped), Fault.LOOK_UP_MISSING),
    "a look-up, flipped": (vault(digest_flipped), Fault.LOOK_UP_DIFFERS),
    "a look-up, of another brand": (vault(other("brand_id", 7)), Fault.LOOK_UP_DIFFERS),
    "a look-up, under another pepper": (vault(other("pepper", 2)), Fault.LOOK_UP_DIFFERS),
    "a look-up, of another kind": (vault(other("kind", "held_phone")), Fault.LOOK_UP_MISSING),
    "two look-ups, exchanged": (vault(swapped, "first"), Fault.LOOK_UP_DIFFERS),
    "a look-up, one more": (vault(copied), Fault.LOOK_UP_DIFFERS),
    "a look-up, that leads to nobody": (vault(to_nobody, "nobody"), Fault.LOOK_UP_OF_NOBODY),
}


@pytest.mark.parametrize("case", LOOK_UPS)
def test_a_changed_look_up_is_found_and_named(check, case):
    check(*LOOK_UPS[case])


@pytest.mark.parametrize("case", [*ROWS, *LOOK_UPS])
def test_a_check_of_the_store_finds_it_too(hands, case):
    act = ROWS[case] if case in ROWS else LOOK_UPS[case][0]
    assert check_store(hands.store).findings == []
    hands.drop_guards()
    named = act(hands)
    hands.store.close()
    again = open_store(hands.store.folder)
    report = check_store(again)
    again.close()
    told = [each for each in report.misfits.told if each.fault is not Fault.GUARD_MISSING]
    assert named in told[0].sentence
