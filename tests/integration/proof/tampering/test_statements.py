"""Statements of the brand, changed: what was handed over; and what waits for its place."""

import pytest

from factories.tampering import BACK_US
from yesword.domain.ids import to_text
from yesword.ledger.entry import make_entry
from yesword.store.misfits import Fault


def statement(column):
    def act(hands):
        found = hands.statement()
        hands.flip("ledger_statement", column, "id = %s", found)
        return to_text("sta", found)

    return act


def statement_back_dated(hands):
    found = hands.statement()
    hands.sql("UPDATE ledger_statement SET made_at = made_at - %s WHERE id = %s", BACK_US, found)
    return to_text("sta", found)


def statement_dropped(hands):
    found = hands.statement()
    index = hands.place(found)
    hands.sql("DELETE FROM ledger_statement WHERE id = %s", found)
    return f"place {index}: it is that of"


def statement_replaced(hands):
    found = hands.statement()
    from yesword.domain import codec

    forged = make_entry({"event": {"type": "handed_over"}})
    hands.sql(
        "UPDATE ledger_statement SET entry = %s, leaf_hash = %s, disclosures = %s WHERE id = %s",
        forged.entry,
        forged.leaf_hash,
        codec.dumps(list(forged.disclosures)),
        found,
    )
    return f"place {hands.place(found)}: {to_text('sta', found)}"


def batch(column):
    def act(hands):
        found = hands.statement()
        hands.flip("handed_batch", column, "id = %s", found)
        return to_text("sta", found)

    return act


def batch_after_another(hands):
    found = hands.statement()
    hands.sql("UPDATE handed_batch SET after_id = 12345 WHERE id = %s", found)
    return to_text("sta", found)


def batch_back_dated(hands):
    found = hands.statement()
    hands.sql(
        "UPDATE handed_batch SET first_at = first_at - %s, last_at = last_at - %s WHERE id = %s",
        BACK_US,
        BACK_US,
        found,
    )
    return to_text("sta", found)


def text_taken_out(hands):
    """One text of several, from leaves that are sorted as ever."""
    found = hands.one("SELECT id FROM handed_batch ORDER BY length(leaves) DESC LIMIT 1")
    leaves = bytes(hands.one("SELECT leaves FROM handed_batch WHERE id = %s", found))
    hands.sql("UPDATE handed_batch SET leaves = %s WHERE id = %s", leaves[64:], found)
    return to_text("sta", found)


def batch_dropped(hands):
    found = hands.statement()
    hands.sql("DELETE FROM handed_batch WHERE id = %s", found)
    return to_text("sta", found)


def waiting(hands):
    return hands.sql(
        "SELECT o.event_id FROM ledger_outbox o JOIN consent_event e ON e.id = o.event_id ORDER BY o.event_id"
    )[0][0]


def outbox(column):
    def act(hands):
        event = waiting(hands)
        hands.flip("ledger_outbox", column, "event_id = %s", event)
        return hands.name(event)

    return act


def outbox_row_back_dated(hands):
    event = waiting(hands)
    hands.sql("UPDATE ledger_outbox SET created_at = created_at - %s WHERE event_id = %s", BACK_US, event)
    return hands.name(event)


def outbox_row_dropped(hands):
    event = waiting(hands)
    hands.sql("DELETE FROM ledger_outbox WHERE event_id = %s", event)
    return hands.name(event)


def outbox_row_invented(hands):
    event = waiting(hands)
    hands.sql("UPDATE ledger_outbox SET event_id = event_id + 1 WHERE event_id = %s", event)
    return hands.name(event + 1)


def outbox_row_for_a_logged_event(hands):
    event = hands.event(2)
    hands.sql(
        "INSERT INTO ledger_outbox SELECT bucket, id, brand_id, leaf_hash, recorded_at FROM consent_event WHERE id = %s",
        event,
    )
    return hands.name(event)


CASES = {
    "a statement's entry, flipped": (statement("entry"), Fault.LEAF_NOT_OF_ENTRY),
    "a statement's leaf hash, flipped": (statement("leaf_hash"), Fault.LEAF_DIFFERS),
    "a statement's disclosures, flipped": (statement("disclosures"), Fault.STATEMENT_DIFFERS),
    "a statement's kind": (statement("kind"), Fault.STATEMENT_DIFFERS),
    "a statement, back-dated": (statement_back_dated, Fault.STATEMENT_DIFFERS),
    "a statement, dropped": (statement_dropped, Fault.PLACE_OF_NOTHING),
    "a statement, replaced by one that fits itself": (statement_replaced, Fault.LEAF_DIFFERS),
    "a hand-over's leaves, flipped": (batch("leaves"), Fault.HANDED_DIFFERS),
    "a hand-over, after one that there was not": (batch_after_another, Fault.HANDED_DIFFERS),
    "a hand-over's nonce, flipped": (batch("nonce"), Fault.HANDED_DIFFERS),
    "a hand-over's process": (batch("chain"), Fault.HANDED_DIFFERS),
    "a hand-over's number": (batch("n"), Fault.HANDED_DIFFERS),
    "a hand-over, back-dated": (batch_back_dated, Fault.HANDED_DIFFERS),
    "a hand-over, without one of its texts": (text_taken_out, Fault.HANDED_DIFFERS),
    "a hand-over, dropped": (batch_dropped, Fault.HANDED_DIFFERS),
    "an outbox row's leaf hash": (outbox("leaf_hash"), Fault.WAITS_OTHERWISE),
    "an outbox row's brand": (outbox("brand_id"), Fault.WAITS_OTHERWISE),
    "an outbox row, back-dated": (outbox_row_back_dated, Fault.WAITS_OTHERWISE),
    "an outbox row, dropped": (outbox_row_dropped, Fault.EVENT_NOWHERE),
    "an outbox row, of an event that is not there": (outbox_row_invented, Fault.WAITS_FOR_NOTHING),
    "an outbox row, for an event that has its place": (outbox_row_for_a_logged_event, Fault.WAITS_AGAIN),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "a statement, dropped",
    "a hand-over, without one of its texts",
    "an outbox row, dropped",
    "an outbox row, of an event that is not there",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
