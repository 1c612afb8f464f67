"""The row of a log, changed, and the keys that verify it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from factories.tampering import last_recorded
from yesword.ledger.checkpoint import Checkpoint, Signer, sign_checkpoint
from yesword.store.misfits import Fault


def log_set(column, value):
    def act(hands):
        hands.sql(f"UPDATE ledger_log SET {column} = %s", value)
        return column

    return act


def log_lowered(hands):
    hands.sql("UPDATE ledger_log SET published_size = published_size - 1")
    return "for published_size"


def log_flipped(hands):
    hands.flip("ledger_log", "frontier", "1 = 1")
    return "for frontier"


def log_cut(hands):
    """As an older head had it: everything in the row fits everything else in it."""
    from yesword.ledger.merkle import Frontier

    first = bytes(hands.one("SELECT hashes FROM ledger_tile WHERE level = 0 AND idx = 0"))
    small = Frontier().extend(first[at : at + 32] for at in range(0, 4 * 32, 32))
    hands.sql(
        "UPDATE ledger_log SET size = %s, published_size = %s, frontier = %s",
        small.size,
        small.size,
        b"".join(small.hashes),
    )
    return "for size"


def log_dropped(hands):
    hands.sql("DELETE FROM ledger_log")
    return "generation 1 of brand"


def log_rolled_back(hands):
    """Everything behind an older head is gone, as if nothing had ever been beyond it."""
    log_cut(hands)
    hands.sql("DELETE FROM ledger_checkpoint WHERE size > 4")
    hands.sql("DELETE FROM ledger_entry WHERE idx >= 4")
    hands.sql("DELETE FROM ledger_tile WHERE level > 0 OR idx > 0")
    hands.sql("UPDATE ledger_tile SET hashes = substr(hashes, 1, 128)")
    note = sign_checkpoint(
        Checkpoint(origin=hands.signer().name, size=4, root=_root_of_log(hands)), hands.signer()
    )
    hands.sql("INSERT INTO ledger_checkpoint VALUES (%s, 4, %s, %s)", hands.log, note, last_recorded(hands))
    return "it was signed at"


def _root_of_log(hands):
    from yesword.ledger.merkle import Frontier

    data = bytes(hands.one("SELECT frontier FROM ledger_log"))
    size = hands.one("SELECT size FROM ledger_log")
    return Frontier(size=size, hashes=tuple(data[at : at + 32] for at in range(0, len(data), 32))).root()


def key_replaced(hands):
    stranger = Signer(name=hands.signer().name, private=Ed25519PrivateKey.generate())
    hands.sql("UPDATE ledger_key SET vkey = %s", str(stranger.verifier_key))
    return "key 1"


def key_flipped(hands):
    hands.flip("ledger_key", "vkey", "1 = 1")
    return "key 1"


def key_begun_later(hands):
    hands.sql("UPDATE ledger_key SET since_size = 5")
    return "key 1"


def key_dropped(hands):
    hands.sql("DELETE FROM ledger_key")
    return "for key_number"


CASES = {
    "a log's frontier, flipped": (log_flipped, Fault.LOG_DIFFERS),
    "a log's frontier, thrown away": (log_set("frontier", b""), Fault.LOG_DIFFERS),
    "a log's size, raised": (log_set("size", 500), Fault.LOG_DIFFERS),
    "a log's size, lowered with its frontier": (log_cut, Fault.LOG_DIFFERS),
    "a log's published size, raised": (log_set("published_size", 999), Fault.LOG_DIFFERS),
    "a log's published size, lowered": (log_lowered, Fault.LOG_DIFFERS),
    "a log's origin": (log_set("origin", "example.org/ledger/another"), None),
    "a log's generation": (log_set("generation", 2), Fault.LOG_DIFFERS),
    "a log's brand": (log_set("brand_id", 2), Fault.LOG_DIFFERS),
    "a log's key number": (log_set("key_number", 2), Fault.LOG_DIFFERS),
    "a log, dropped": (log_dropped, Fault.LOG_MISSING),
    "a log, rolled back with all that is in it": (log_rolled_back, Fault.HEAD_BEYOND),
    "a log's key, replaced": (key_replaced, Fault.LOG_KEY_UNFIT),
    "a log's key, flipped": (key_flipped, Fault.LOG_KEY_UNFIT),
    "a log's key, in use from later on": (key_begun_later, Fault.LOG_KEY_UNFIT),
    "a log's key, dropped": (key_dropped, Fault.LOG_DIFFERS),
}

# What PostgreSQL might tell otherwise: its queries have their own forms.
ON_BOTH = ("a log's size, lowered with its frontier",)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_found_and_named(check, case):
    check(*CASES[case])


@pytest.mark.parametrize("case", ON_BOTH)
@pytest.mark.postgres
def test_it_is_found_on_both_databases(check_on_both, case):
    check_on_both(*CASES[case])
