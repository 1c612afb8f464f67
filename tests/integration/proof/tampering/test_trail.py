"""The trail of who did what, changed: its rows, and the statement that names them."""

from datetime import timedelta

import pytest

from yesword.domain.ids import to_text
from yesword.domain.times import from_micros
from yesword.proof import trail
from yesword.store import models
from yesword.store.misfits import Fault


def row(hands):
    return hands.one("SELECT min(id) FROM store_auditentry WHERE stated_in IS NOT NULL")


def changed(column, value):
    def act(hands):
        found = row(hands)
        hands.sql(f"UPDATE store_auditentry SET {column} = %s WHERE id = %s", value, found)
        return f"Row {found} of the trail"

    return act


def dropped(hands):
    found = row(hands)
    hands.sql("DELETE FROM store_auditentry WHERE id = %s", found)
    return f"Row {found} of the trail"


def replaced(hands):
    """Taken out, and another put in its place for the next statement to name."""
    found = row(hands)
    hands.sql("UPDATE store_auditentry SET stated_in = NULL, subject = %s WHERE id = %s", "campaign 9", found)
    return f"Row {found} of the trail"


def swapped(hands):
    """Two rows that say each what the other said."""
    found = row(hands)
    ((mine,), (other,)) = hands.sql(
        "SELECT subject FROM store_auditentry WHERE id IN (%s, %s) ORDER BY id", found, found + 1
    )
    hands.sql("UPDATE store_auditentry SET subject = %s WHERE id = %s", other, found)
    hands.sql("UPDATE store_auditentry SET subject = %s WHERE id = %s", mine, found + 1)
    return f"Row {found} of the trail"


def invented(hands):
    ((statement,),) = hands.sql("SELECT DISTINCT stated_in FROM store_auditentry WHERE stated_in IS NOT NULL")
    hands.sql(
        "INSERT INTO store_auditentry (id, at, action, subject, detail, stated_in)"
        " SELECT 999, at, action, subject, detail, stated_in FROM store_auditentry WHERE id = %s",
        row(hands),
    )
    return f"says that {to_text('sta', statement)} names it"


def of_a_statement_that_is_not_there(hands):
    newest = hands.one("SELECT max(id) FROM store_auditentry")
    hands.sql("UPDATE store_auditentry SET stated_in = 12345 WHERE id = %s", newest)
    return f"Row {newest} of the trail"


def back_dated(hands):
    """A row that is put in after the trail was named, as of long before, and named like others in the next round."""
    newest = models.AuditEntry.objects.order_by("pk").last()
    named_at = from_micros(hands.one("SELECT max(made_at) FROM ledger_statement WHERE kind = 'trail'"))
    models.AuditEntry.objects.filter(pk=newest.pk).update(at=named_at - timedelta(days=30))
    trail.state(hands.store, named_at + timedelta(hours=2))
    return f"Row {newest.pk} of the trail"


def dated_forward(hands):
    newest = models.AuditEntry.objects.order_by("pk").last()
    named_at = from_micros(hands.one("SELECT max(made_at) FROM ledger_statement WHERE kind = 'trail'"))
    models.AuditEntry.objects.filter(pk=newest.pk).update(at=named_at + timedelta(days=30))
    trail.state(hands.store, named_at + timedelta(hours=2))
    return f"Row {newest.pk} of the trail"


CASES = {
    "a row's action": (changed("action", "sign in"), Fault.TRAIL_DIFFERS),
    "a row's subject": (changed("subject", "campaign 9"), Fault.TRAIL_DIFFERS),
    "a row's detail": (changed("detail", '{"people": 4}'), Fault.TRAIL_DIFFERS),
    "a row, back-dated": (changed("at", "2020-01-01 00:00:00"), Fault.TRAIL_DIFFERS),
    "a row, dropped": (dropped, Fault.TRAIL_DIFFERS),
    "a row, replaced": (replaced, Fault.TRAIL_DIFFERS),
    "two rows, swapped": (swapped, Fault.TRAIL_DIFFERS),
    "a row, invented": (invented, Fault.TRAIL_DIFFERS),
    "a row, put in as of long before": (back_dated, Fault.TRAIL_DIFFERS),
    "a row, put in as of later": (dated_forward, Fault.TRAIL_DIFFERS),
    "a row of no statement": (of_a_statement_that_is_not_there, Fault.TRAIL_DIFFERS),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", [each for each in CASES if each != "a row, back-dated"])
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])


def test_a_value_that_is_no_text_is_named_as_such(check):
    def act(hands):
        hands.sql("UPDATE store_auditentry SET action = %s WHERE id = %s", b"\x00", row(hands))
        return f"store_auditentry, id {row(hands)}"

    check(act, Fault.VALUE_MALFORMED)
