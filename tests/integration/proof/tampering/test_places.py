"""The tree, changed: places of events in a log, and tiles."""

import os

import pytest

from factories.tampering import flipped
from yesword.store.misfits import Fault


def place_dropped(hands):
    hands.sql("DELETE FROM ledger_entry WHERE idx = 7")
    return "place 7: there is no row"


def last_place_dropped(hands):
    size = hands.one("SELECT size FROM ledger_log")
    hands.sql("DELETE FROM ledger_entry WHERE idx = %s", size - 1)
    return f"place {size - 1}: there is no row"


def places_exchanged(hands):
    hands.sql("UPDATE ledger_entry SET idx = -7 WHERE idx = 7")
    hands.sql("UPDATE ledger_entry SET idx = 7 WHERE idx = 270")
    hands.sql("UPDATE ledger_entry SET idx = 270 WHERE idx = -7")
    return "place 7:"


def place_given_to_another(hands):
    event, bucket = hands.sql("SELECT id, bucket FROM consent_event WHERE kind = 'withdrawn' ORDER BY id")[0]
    hands.sql("DELETE FROM ledger_entry WHERE event_id = %s", event)
    hands.sql("UPDATE ledger_entry SET event_id = %s, bucket = %s WHERE idx = 7", event, bucket)
    return "place 7:"


def place_of_an_invented_event(hands):
    hands.flip("ledger_entry", "event_id", "idx = 7")
    return "place 7: it is that of"


def place_added(hands):
    size = hands.one("SELECT size FROM ledger_log")
    event, bucket = hands.sql(
        "SELECT event_id, bucket FROM ledger_outbox WHERE event_id IN (SELECT id FROM consent_event)"
    )[0]
    hands.sql("INSERT INTO ledger_entry VALUES (%s, %s, %s, %s, 0)", hands.log, size, bucket, event)
    return f"place {size}: it is beyond the end"


def tile(level, index, change):
    def act(hands):
        data = hands.one("SELECT hashes FROM ledger_tile WHERE level = %s AND idx = %s", level, index)
        hands.sql(
            "UPDATE ledger_tile SET hashes = %s WHERE level = %s AND idx = %s",
            change(bytes(data)),
            level,
            index,
        )
        return f"tile/{level}/{index:03}" if change is not widened else f"level {level}, index {index}"

    return act


def widened(data):
    return data + bytes(32)


def cut(data):
    return data[:-32]


def hashes_exchanged(data):
    return data[32:64] + data[:32] + data[64:]


def replaced(data):
    return os.urandom(len(data))


def tile_dropped(level, index):
    def act(hands):
        hands.sql("DELETE FROM ledger_tile WHERE level = %s AND idx = %s", level, index)
        return f"tile/{level}/{index:03}"

    return act


def tile_added(hands):
    hands.sql("INSERT INTO ledger_tile VALUES (%s, 0, 9, %s)", hands.log, bytes(32))
    return "level 0, index 9"


CASES = {
    "a place, dropped": (place_dropped, Fault.PLACE_MISSING),
    "the last place, dropped": (last_place_dropped, Fault.PLACE_MISSING),
    "two places, exchanged": (places_exchanged, Fault.LEAF_DIFFERS),
    "a place, given to another event": (place_given_to_another, Fault.LEAF_DIFFERS),
    "a place, of an event that is not there": (place_of_an_invented_event, Fault.PLACE_OF_NOTHING),
    "a place, added": (place_added, Fault.PLACE_BEYOND),
    "a full tile, flipped": (tile(0, 0, flipped), Fault.TILE_DIFFERS),
    "a full tile, replaced": (tile(0, 0, replaced), Fault.TILE_DIFFERS),
    "a full tile, reordered": (tile(0, 0, hashes_exchanged), Fault.TILE_DIFFERS),
    "a full tile, cut": (tile(0, 0, cut), Fault.TILE_CUT),
    "a full tile, dropped": (tile_dropped(0, 0), Fault.TILE_MISSING),
    "a full tile, widened": (tile(0, 0, widened), Fault.TILE_BEYOND),
    "a partial tile, flipped": (tile(0, 1, flipped), Fault.TILE_DIFFERS),
    "a partial tile, cut": (tile(0, 1, cut), Fault.TILE_CUT),
    "a partial tile, dropped": (tile_dropped(0, 1), Fault.TILE_MISSING),
    "a partial tile, widened": (tile(0, 1, widened), Fault.TILE_BEYOND),
    "a tile of the next level, flipped": (tile(1, 0, flipped), Fault.TILE_DIFFERS),
    "a tile of the next level, dropped": (tile_dropped(1, 0), Fault.TILE_MISSING),
    "a tile of the next level, widened": (tile(1, 0, widened), Fault.TILE_BEYOND),
    "a tile, added": (tile_added, Fault.TILE_BEYOND),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = (
    "a place, dropped",
    "two places, exchanged",
    "a partial tile, flipped",
)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
