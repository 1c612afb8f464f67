"""The record of a person, changed: events, standings and contacts."""

import pytest

from factories.tampering import BACK_US, FAR
from yesword.domain.ids import to_text
from yesword.ledger.entry import make_entry
from yesword.store.misfits import Fault


def column_flipped(column):
    def act(hands):
        event = hands.event(2)
        hands.flip("consent_event", column, "id = %s", event)
        return hands.name(event)

    return act


def event_dropped(hands):
    event = hands.event(2)
    index = hands.place(event)
    hands.sql("DELETE FROM consent_event WHERE id = %s", event)
    return f"place {index}: it is that of {hands.name(event)}"


def event_dropped_with_its_place(hands):
    event = hands.event(2)
    index = hands.place(event)
    hands.sql("DELETE FROM consent_event WHERE id = %s", event)
    hands.sql("DELETE FROM ledger_entry WHERE event_id = %s", event)
    return f"place {index}: there is no row"


def events_reordered(hands):
    one, two = hands.sql(
        "SELECT id, seq FROM consent_event WHERE contact_id = (SELECT contact_id FROM consent_event WHERE id = %s)"
        " ORDER BY seq LIMIT 2",
        hands.event(),
    )
    hands.sql("UPDATE consent_event SET seq = 99 WHERE id = %s", one[0])
    hands.sql("UPDATE consent_event SET seq = %s WHERE id = %s", one[1], two[0])
    hands.sql("UPDATE consent_event SET seq = %s WHERE id = %s", two[1], one[0])
    return "its column seq says"


def event_back_dated(hands):
    event = hands.event(2)
    (received_at,) = hands.sql("SELECT received_at FROM consent_event WHERE id = %s", event)[0]
    from yesword.domain.times import from_micros

    at = from_micros(received_at - BACK_US)
    hands.rewrite(event, received_at=at, occurred_at=at)
    hands.sql("UPDATE consent_event SET received_at = %s WHERE id = %s", received_at - BACK_US, event)
    return hands.name(event)


def recorded_at_back_dated(hands):
    event = hands.event(2)
    hands.sql("UPDATE consent_event SET recorded_at = recorded_at - %s WHERE id = %s", BACK_US, event)
    return f"{hands.name(event)}: the row says"


def scope_widened(hands):
    """No section tells the scope; the digest of the row does."""
    event = hands.event(3)
    from yesword.domain.events import Scope

    program = hands.one("SELECT program_id FROM consent_event WHERE id = %s", event)
    hands.rewrite(event, scope=Scope(program=program, purposes=("offers",), at_any_hour=True))
    return hands.name(event)


def entry_replaced(hands):
    """An entry that is right in itself, with a leaf hash that fits it."""
    event = hands.event(2)
    forged = make_entry({"event": {"type": "granted"}})
    hands.sql(
        "UPDATE consent_event SET entry = %s, leaf_hash = %s WHERE id = %s",
        forged.entry,
        forged.leaf_hash,
        event,
    )
    return f"place {hands.place(event)}: {hands.name(event)} has the leaf hash {forged.leaf_hash.hex()}"


def disclosures_exchanged(hands):
    one, two = hands.event(2), hands.event(3)
    hands.sql(
        "UPDATE consent_event SET sealed = (SELECT sealed FROM consent_event WHERE id = %s) WHERE id = %s",
        two,
        one,
    )
    return hands.name(one)


def disclosures_thrown_away(hands):
    event = hands.event(2)
    hands.sql("UPDATE consent_event SET sealed = NULL WHERE id = %s", event)
    return hands.name(event)


def event_given_to_somebody_else(hands):
    event = hands.event(2)
    bucket, contact = hands.sql("SELECT bucket, contact_id FROM consent_event WHERE id = %s", event)[0]
    hands.sql("UPDATE consent_event SET contact_id = %s WHERE id = %s", contact ^ 1, event)
    del bucket
    return to_text("con", contact)


def standing(column):
    def act(hands):
        contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
        hands.flip("standing", column, "contact_id = %s", contact)
        return to_text("con", contact)

    return act


def standing_dropped(hands):
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
    hands.sql("DELETE FROM standing WHERE contact_id = %s", contact)
    return to_text("con", contact)


def stop_forgotten(hands):
    """The state as it was before the stop, as somebody would like it who wants to go on texting."""
    event, contact, seq = hands.sql(
        "SELECT id, contact_id, seq FROM consent_event WHERE kind = 'withdrawn' ORDER BY recorded_at"
    )[0]
    del event
    older = hands.one(
        "SELECT leaf_hash FROM consent_event WHERE contact_id = %s AND seq = %s", contact, seq - 1
    )
    state = hands.one("SELECT state FROM standing WHERE seq = 2 AND stop_seq = 0 LIMIT 1")
    hands.sql(
        "UPDATE standing SET seq = seq - 1, stop_seq = 0, state = %s, last_leaf = %s WHERE contact_id = %s",
        state,
        older,
        contact,
    )
    return to_text("con", contact)


def subject_flipped(hands):
    event = hands.event()
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", event)
    hands.flip("contact", "subject", "id = %s", contact)
    return "for subject_id"


def contact_dropped(hands):
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
    hands.sql("DELETE FROM contact WHERE id = %s", contact)
    return to_text("con", contact)


def event_set(column, value):
    def act(hands):
        event = hands.event(2)
        hands.sql(f"UPDATE consent_event SET {column} = %s WHERE id = %s", value, event)
        return hands.name(event)

    return act


def standing_numbered_far(hands):
    contact = hands.one("SELECT contact_id FROM consent_event WHERE id = %s", hands.event())
    hands.sql("UPDATE standing SET seq = %s WHERE contact_id = %s", FAR, contact)
    return to_text("con", contact)


def standing_in_another_bucket(hands):
    """Whoever goes through the standings bucket by bucket would pass over those between."""
    contact = hands.one("SELECT contact_id FROM standing ORDER BY bucket LIMIT 1")
    hands.sql("UPDATE standing SET bucket = 1023 WHERE contact_id = %s", contact)
    return f"{to_text('con', contact)}: its column bucket"


CASES = {
    "an event's disclosures, a single byte": (event_set("sealed", b"\0"), Fault.DISCLOSURES_UNREADABLE),
    "an event's leaf hash, a single byte": (event_set("leaf_hash", b"\0"), Fault.LEAF_DIFFERS),
    "an event's leaf hash, empty": (event_set("leaf_hash", b""), None),
    "an event's time, in no calendar": (event_set("recorded_at", FAR), Fault.VALUE_MALFORMED),
    "an event's time, before all calendars": (event_set("received_at", -FAR), Fault.VALUE_MALFORMED),
    "a standing's number, beyond all counting": (standing_numbered_far, None),
    "a standing, in another bucket": (standing_in_another_bucket, Fault.VALUE_MALFORMED),
    "an event's column kind": (column_flipped("kind"), Fault.COLUMN_DIFFERS),
    "an event's column program": (column_flipped("program_id"), Fault.COLUMN_DIFFERS),
    "an event's column received_at": (column_flipped("received_at"), Fault.COLUMN_DIFFERS),
    "an event's column brand": (column_flipped("brand_id"), Fault.PLACE_OF_OTHER_BRAND),
    "an event's column seq": (column_flipped("seq"), Fault.COLUMN_DIFFERS),
    "an event's body, flipped": (column_flipped("body"), None),
    "an event's entry, flipped": (column_flipped("entry"), Fault.LEAF_NOT_OF_ENTRY),
    "an event's leaf hash, flipped": (column_flipped("leaf_hash"), Fault.LEAF_DIFFERS),
    "an event's disclosures, flipped": (column_flipped("sealed"), Fault.DISCLOSURES_UNREADABLE),
    "an event's disclosures, those of another": (disclosures_exchanged, Fault.DISCLOSURES_UNREADABLE),
    "an event's disclosures, thrown away": (disclosures_thrown_away, Fault.DISCLOSURES_GONE),
    "an event, dropped": (event_dropped, Fault.PLACE_OF_NOTHING),
    "an event, dropped with its place": (event_dropped_with_its_place, Fault.PLACE_MISSING),
    "an event, given to somebody else": (event_given_to_somebody_else, Fault.EVENT_LOST),
    "two events of a person, reordered": (events_reordered, Fault.COLUMN_DIFFERS),
    "an event, back-dated in body and column": (event_back_dated, Fault.SECTION_DIFFERS),
    "an event, back-dated in the moment it was recorded": (recorded_at_back_dated, Fault.SECTION_DIFFERS),
    "an event, with a wider scope": (scope_widened, None),
    "an event's entry, replaced with a leaf hash that fits": (entry_replaced, Fault.LEAF_DIFFERS),
    "a standing's state, flipped": (standing("state"), Fault.STATE_NOT_FOLDED),
    "a standing's number, flipped": (standing("seq"), None),
    "a standing's stop, flipped": (standing("stop_seq"), Fault.STOP_NOT_NEWEST),
    "a standing's last leaf, flipped": (standing("last_leaf"), Fault.LAST_LEAF_DIFFERS),
    "a standing, dropped": (standing_dropped, Fault.STANDING_MISSING),
    "a standing, back before the stop": (stop_forgotten, None),
    "a contact's subject, flipped": (subject_flipped, Fault.SECTION_DIFFERS),
    "a contact, dropped": (contact_dropped, Fault.CONTACT_MISSING),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "an event's entry, flipped",
    "an event's disclosures, thrown away",
    "an event, dropped",
    "an event, back-dated in body and column",
    "a standing's state, flipped",
    "a standing, dropped",
    "an event's leaf hash, a single byte",
    "an event's time, in no calendar",
    "a standing, in another bucket",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
