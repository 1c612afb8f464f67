"""What everybody was shown, changed: wordings, programs and pages."""

import pytest

from factories.tampering import PAGE_DIGEST
from yesword.store.misfits import Fault


def wording_changed(hands):
    digest = hands.one("SELECT digest FROM store_disclosure ORDER BY digest LIMIT 1")
    hands.sql("UPDATE store_disclosure SET text = %s WHERE digest = %s", "You agree to everything.", digest)
    return digest


def wording_dropped(hands):
    digest, program, version = hands.sql(
        "SELECT d.digest, p.key, d.version FROM store_disclosure d JOIN store_program p ON p.id = d.program_id"
    )[0]
    hands.sql("DELETE FROM store_disclosure WHERE digest = %s", digest)
    return f"Program {program}, version {version}: its wording"


def version(change):
    def act(hands):
        row = hands.one(
            "SELECT v.id FROM store_programversion v JOIN store_program p ON p.id = v.program_id"
            " WHERE p.key = 'club' AND v.version = 1"
        )
        change(hands, row)
        return "Program club, version 1"

    return act


def definition_rewritten(hands, row):
    data = bytes(hands.one("SELECT definition FROM store_programversion WHERE id = %s", row))
    hands.sql(
        "UPDATE store_programversion SET definition = %s WHERE id = %s",
        data.replace(b"up to 4 a month", b"up to 9 a month"),
        row,
    )


def digest_flipped(hands, row):
    hands.flip("store_programversion", "digest", "id = %s", row)


def definition_of_text(hands):
    row = hands.one("SELECT min(id) FROM store_programversion")
    hands.sql("UPDATE store_programversion SET definition = 'no' WHERE id = %s", row)
    return f"Table store_programversion, id {row}: its column definition holds a text"


def version_renumbered(hands, row):
    hands.sql("UPDATE store_programversion SET version = 7 WHERE id = %s", row)


def newest_version_dropped(hands):
    hands.sql(
        "DELETE FROM store_programversion WHERE version = 2 AND program_id = (SELECT id FROM store_program WHERE key = 'club')"
    )
    return "Program club, version 2"


def page_changed(hands):
    hands.sql("UPDATE shown_page SET body = %s", b"<p>You said yes.</p>")
    return PAGE_DIGEST


CASES = {
    "a wording, replaced": (wording_changed, Fault.WORDING_DIFFERS),
    "a wording, dropped": (wording_dropped, Fault.WORDING_MISSING),
    "a program's version, rewritten": (version(definition_rewritten), Fault.PROGRAM_DIFFERS),
    "a program's version, a text instead of bytes": (definition_of_text, Fault.VALUE_MALFORMED),
    "a program's version, its digest flipped": (version(digest_flipped), Fault.PROGRAM_DIFFERS),
    "a program's version, renumbered": (version(version_renumbered), None),
    "a program's newest version, dropped": (newest_version_dropped, Fault.PROGRAM_VERSION_MISSING),
    "a page, replaced": (page_changed, Fault.PAGE_DIFFERS),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = ("a wording, replaced",)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
