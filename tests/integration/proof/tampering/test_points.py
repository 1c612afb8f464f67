"""Versions of collection points, changed: what a form, a pop-up or a spoken script said, and which of them is the newest."""

import hashlib

import pytest

from factories.collected import DOOR
from factories.tampering import PAGE_DIGEST
from yesword.store.misfits import Fault

FORGED = b"Good eve"  # as long as what is there, so that it reads as before


def row(hands, version=2):
    return hands.one(
        "SELECT v.id FROM store_pointversion v JOIN store_collectionpoint p ON p.id = v.point_id"
        " WHERE p.key = %s AND v.version = %s",
        DOOR,
        version,
    )


def named(version=2):
    return f"Collection point {DOOR}, version {version}"


def rewritten(hands):
    data = hands.one("SELECT definition FROM store_pointversion WHERE id = %s", row(hands))
    assert b"Good day" in data
    forged = data.replace(b"Good day", FORGED)
    hands.sql("UPDATE store_pointversion SET definition = %s WHERE id = %s", forged, row(hands))
    return forged


def definition_rewritten(hands):
    rewritten(hands)
    return named()


def rewritten_with_its_digest(hands):
    digest = hashlib.sha256(rewritten(hands)).hexdigest()
    hands.sql("UPDATE store_pointversion SET digest = %s WHERE id = %s", digest, row(hands))
    return f"it names version 2 of collection point {DOOR}, with the digest"


def digest_flipped(hands):
    hands.flip("store_pointversion", "digest", "id = %s", row(hands))
    return named()


def newest_dropped(hands):
    hands.sql("DELETE FROM store_pointversion WHERE id = %s", row(hands))
    return named()


def first_dropped(hands):
    hands.sql("DELETE FROM store_pointversion WHERE id = %s", row(hands, 1))
    return named(1)


def all_dropped(hands):
    hands.sql("DELETE FROM store_pointversion WHERE id IN (%s, %s)", row(hands, 1), row(hands))
    return named(1)


def newest_dropped_and_forgotten(hands):
    newest_dropped(hands)
    hands.sql("UPDATE store_collectionpoint SET version = 1 WHERE key = %s", DOOR)
    return f"it names version 2 of collection point {DOOR}"


def set_back(hands):
    hands.sql("UPDATE store_collectionpoint SET version = 1 WHERE key = %s", DOOR)
    return named()


def swapped(hands):
    first, second = row(hands, 1), row(hands)
    hands.sql("UPDATE store_pointversion SET version = 9 WHERE id = %s", first)
    hands.sql("UPDATE store_pointversion SET version = 1 WHERE id = %s", second)
    hands.sql("UPDATE store_pointversion SET version = 2 WHERE id = %s", first)
    return f"of collection point {DOOR}, with the digest"


def pages_forgotten(hands):
    hands.sql("UPDATE store_pointversion SET pages = '{}' WHERE id = %s", row(hands, 1))
    return f"it names version 1 of collection point {DOOR}, with the page in en {PAGE_DIGEST}"


def page_dropped(hands):
    hands.sql("DELETE FROM shown_page WHERE digest = %s", PAGE_DIGEST)
    return f"{named(1)}: its page in en is not in the store under its digest {PAGE_DIGEST}"


def definition_of_text(hands):
    hands.sql("UPDATE store_pointversion SET definition = 'no' WHERE id = %s", row(hands))
    return f"Table store_pointversion, id {row(hands)}: its column definition holds a text"


CASES = {
    "a version, rewritten": (definition_rewritten, Fault.POINT_DIFFERS),
    "a version, rewritten with its digest": (rewritten_with_its_digest, Fault.POINT_NOT_AS_NAMED),
    "a version's digest, flipped": (digest_flipped, Fault.POINT_DIFFERS),
    "the newest version, dropped": (newest_dropped, Fault.POINT_VERSION_MISSING),
    "the first version, dropped": (first_dropped, Fault.POINT_VERSION_MISSING),
    "all versions, dropped": (all_dropped, Fault.POINT_VERSION_MISSING),
    "the newest version, dropped and not counted": (newest_dropped_and_forgotten, Fault.POINT_NOT_AS_NAMED),
    "an old version, shown again": (set_back, Fault.POINT_DIFFERS),
    "two versions, swapped": (swapped, Fault.POINT_NOT_AS_NAMED),
    "the pages of a version, forgotten": (pages_forgotten, Fault.POINT_NOT_AS_NAMED),
    "the page of a version, dropped": (page_dropped, Fault.PAGE_MISSING),
    "a version, a text instead of bytes": (definition_of_text, Fault.VALUE_MALFORMED),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "a version, rewritten with its digest",
    "the newest version, dropped",
    "the pages of a version, forgotten",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
