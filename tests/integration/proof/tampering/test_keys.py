"""People's keys in the vault, and the key files, changed."""

import sqlite3

import pytest

from factories.tampering import flipped
from yesword.domain.ids import to_text
from yesword.store.misfits import Fault


def vault(change):
    def act(hands):
        contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
        hands.store.vault.close()
        with sqlite3.connect(hands.file("keys.sqlite3")) as rows:
            change(rows, contact)
        rows.close()
        return to_text("con", contact)

    return act


def wrapped_flipped(rows, contact):
    ((wrapped,),) = rows.execute("SELECT wrapped FROM subject_key WHERE contact_id = ?", (contact,))
    rows.execute("UPDATE subject_key SET wrapped = ? WHERE contact_id = ?", (flipped(wrapped), contact))


def key_number_changed(rows, contact):
    rows.execute("UPDATE subject_key SET wrapping = 9 WHERE contact_id = ?", (contact,))


def person_key_dropped(rows, contact):
    rows.execute("DELETE FROM subject_key WHERE contact_id = ?", (contact,))


def key_of_somebody_else(rows, contact):
    ((wrapped,),) = rows.execute(
        "SELECT wrapped FROM subject_key WHERE contact_id <> ? LIMIT 1", (contact,)
    ).fetchall()
    rows.execute("UPDATE subject_key SET wrapped = ? WHERE contact_id = ?", (wrapped, contact))


def key_file(pattern, change):
    def act(hands):
        (path,) = hands.file("keys").glob(pattern)
        change(path)
        return path.name if pattern.startswith(("wrapping", "pepper")) else "key 1"

    return act


def rewritten(path):
    path.write_bytes(flipped(path.read_bytes()))


def gone(path):
    path.unlink()


def pepper_exchanged_with_its_check(hands):
    """Nothing says any more which file it was, but people are found by another one."""
    hands.sql("DELETE FROM key_check WHERE name = 'pepper-1'")
    rewritten(hands.file("keys", "pepper-1.key"))
    return "pepper-1.key"


CASES = {
    "a person's key, flipped": (vault(wrapped_flipped), Fault.PERSON_KEY_UNFIT),
    "a person's key, wrapped by a key that nobody has": (vault(key_number_changed), Fault.PERSON_KEY_MISSING),
    "a person's key, dropped": (vault(person_key_dropped), Fault.PERSON_KEY_MISSING),
    "a person's key, that of somebody else": (vault(key_of_somebody_else), Fault.PERSON_KEY_UNFIT),
    "the wrapping key's file": (key_file("wrapping-1.key", rewritten), Fault.KEYS_UNFIT),
    "the wrapping key's file, gone": (key_file("wrapping-1.key", gone), Fault.KEYS_UNFIT),
    "the pepper's file": (key_file("pepper-1.key", rewritten), Fault.KEYS_UNFIT),
    "the pepper's file, with what the store knows it by": (
        pepper_exchanged_with_its_check,
        Fault.KEYS_UNFIT,
    ),
    "the file of the key that signs": (key_file("ledger-*.key", rewritten), Fault.LOG_KEY_UNFIT),
    "the file of the key that signs, gone": (key_file("ledger-*.key", gone), Fault.LOG_KEY_UNFIT),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])
