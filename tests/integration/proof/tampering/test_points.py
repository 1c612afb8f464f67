"""Versions of collection points, changed: what a form, a pop-up or a spoken script said, and which of them is the newest.

Two things vouch for a version: the row of the trail that tells of its publication, and the events of those who used it.
"""

import hashlib

import pytest

from factories.collected import DOOR, UNUSED
from factories.tampering import PAGE_DIGEST, traced
from yesword.store.misfits import Fault
from yesword.store.point_versions import PUBLISHED

FORGED = b"Good eve"  # as long as what is there, so that it reads as before


def row(hands, version=2, key=DOOR):
    return hands.one(
        "SELECT v.id FROM store_pointversion v JOIN store_collectionpoint p ON p.id = v.point_id"
        " WHERE p.key = %s AND v.version = %s",
        key,
        version,
    )


def named(version=2, key=DOOR):
    return f"Collection point {key}, version {version}"


def rewritten(hands, key=DOOR):
    found = row(hands, key=key)
    data = hands.one("SELECT definition FROM store_pointversion WHERE id = %s", found)
    assert b"Good day" in data
    forged = data.replace(b"Good day", FORGED)
    hands.sql("UPDATE store_pointversion SET definition = %s WHERE id = %s", forged, found)
    return hashlib.sha256(forged).hexdigest()


def definition_rewritten(hands):
    rewritten(hands)
    return named()


def rewritten_with_its_digest(hands):
    hands.sql("UPDATE store_pointversion SET digest = %s WHERE id = %s", rewritten(hands), row(hands))
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


# What nobody has used yet, so that no event names it.


def unused_rewritten(hands):
    digest = rewritten(hands, UNUSED)
    hands.sql("UPDATE store_pointversion SET digest = %s WHERE id = %s", digest, row(hands, key=UNUSED))
    return f"{named(key=UNUSED)}: its sha256 is {digest}, and row"


def unused_dropped(hands):
    hands.sql("DELETE FROM store_pointversion WHERE id = %s", row(hands, key=UNUSED))
    hands.sql("UPDATE store_collectionpoint SET version = 1 WHERE key = %s", UNUSED)
    return f"{named(key=UNUSED)}: it is missing, and row"


def unused_invented(hands):
    hands.sql(
        "INSERT INTO store_pointversion (id, point_id, version, definition, digest, pages, published_at)"
        " SELECT 999, point_id, 3, definition, digest, pages, published_at FROM store_pointversion WHERE id = %s",
        row(hands, key=UNUSED),
    )
    hands.sql("UPDATE store_collectionpoint SET version = 3 WHERE key = %s", UNUSED)
    return f"{named(3, UNUSED)}: no row of the trail tells that it was published."


def unused_back_dated(hands):
    hands.sql(
        "UPDATE store_pointversion SET published_at = '2020-01-01 00:00:00' WHERE id = %s",
        row(hands, key=UNUSED),
    )
    return f"{named(key=UNUSED)}: its published_at is 2020-01-01T00:00:00.000Z, and row"


def unused_without_its_page(hands):
    hands.sql("UPDATE store_pointversion SET pages = '{}' WHERE id = %s", row(hands, key=UNUSED))
    return f"{named(key=UNUSED)}: its pages is {{}}, and row"


def renamed(hands):
    hands.sql("UPDATE store_collectionpoint SET key = 'roof' WHERE key = %s", UNUSED)
    return f"{named(1, 'roof')}: no row of the trail tells that it was published."


def told_otherwise(hands):
    ((found, detail),) = hands.sql(
        "SELECT id, detail FROM store_auditentry WHERE action = %s ORDER BY id DESC LIMIT 1", PUBLISHED
    )
    hands.sql("UPDATE store_auditentry SET detail = %s WHERE id = %s", str(detail).replace("2", "1"), found)
    return f"row {found} of the trail says"


CASES = {
    "a version, rewritten": (definition_rewritten, Fault.POINT_DIFFERS),
    "a version, rewritten with its digest": (traced(rewritten_with_its_digest), Fault.POINT_NOT_AS_NAMED),
    "a version's digest, flipped": (digest_flipped, Fault.POINT_DIFFERS),
    "the newest version, dropped": (newest_dropped, Fault.POINT_VERSION_MISSING),
    "the first version, dropped": (first_dropped, Fault.POINT_VERSION_MISSING),
    "all versions, dropped": (all_dropped, Fault.POINT_VERSION_MISSING),
    "the newest version, dropped and not counted": (
        traced(newest_dropped_and_forgotten),
        Fault.POINT_NOT_AS_NAMED,
    ),
    "an old version, shown again": (set_back, Fault.POINT_DIFFERS),
    "two versions, swapped": (traced(swapped), Fault.POINT_NOT_AS_NAMED),
    "the pages of a version, forgotten": (traced(pages_forgotten), Fault.POINT_NOT_AS_NAMED),
    "the page of a version, dropped": (page_dropped, Fault.PAGE_MISSING),
    "a version, a text instead of bytes": (definition_of_text, Fault.VALUE_MALFORMED),
    "a version of no use yet, rewritten": (unused_rewritten, Fault.POINT_DIFFERS),
    "a version of no use yet, dropped": (unused_dropped, Fault.POINT_DIFFERS),
    "a version of no use yet, invented": (unused_invented, Fault.POINT_DIFFERS),
    "a version of no use yet, back-dated": (unused_back_dated, Fault.POINT_DIFFERS),
    "a version of no use yet, without its page": (unused_without_its_page, Fault.POINT_DIFFERS),
    "a point, renamed": (renamed, Fault.POINT_DIFFERS),
    "the row of the trail, changed": (told_otherwise, Fault.POINT_DIFFERS),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "a version, rewritten with its digest",
    "the newest version, dropped",
    "the pages of a version, forgotten",
    "a version of no use yet, dropped",
    "a version of no use yet, back-dated",
    "a version of no use yet, without its page",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
