"""The one valve in front of all sending. Closed, nothing is claimed; intake never asks it.

It is a row that every claim reads under a lock and that whoever closes it writes: once a hold is committed, and what was
being handed over by then has settled, nothing more goes to any phone.
"""

import time
from datetime import datetime
from typing import Final

from yesword.domain.times import to_micros
from yesword.store.database import Session
from yesword.store.opening import Store

KEYS: Final = "keys"  # a key is missing or wrong: who has stopped cannot be looked up
RESTORED: Final = "restored"  # the store is older than its journal
_POLL_S: Final = 0.01


def held_for(session: Session, *, lock: bool = False) -> frozenset[str]:
    """Why nothing is sent; empty while sending is free. With `lock`, whoever closes the valve waits for this transaction."""
    row = session.first("lock_valve" if lock and session.vendor == "postgresql" else "valve")
    return frozenset(row[0].split()) if row else frozenset()


def hold(session: Session, reason: str, at: datetime) -> None:
    """Close the valve for one more reason."""
    _set(session, held_for(session) | {reason}, at)


def release(session: Session, reason: str, at: datetime) -> None:
    """One reason less; sending is free when the last is gone."""
    _set(session, held_for(session) - {reason}, at)


def is_quiet(store: Store, patience_s: float) -> bool:
    """Whether nothing is being handed over any more, after waiting for at most so long."""
    deadline = time.monotonic() + patience_s
    while True:
        with store.database.read() as session:
            row = session.first("count_sending")
        if row is not None and row[0] == 0:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)


def _set(session: Session, reasons: frozenset[str], at: datetime) -> None:
    session.run("set_valve", held_for=" ".join(sorted(reasons)), since=to_micros(at))
