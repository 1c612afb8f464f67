"""What a dead worker left behind. `sending` becomes `uncertain` only when its owner can no longer write."""

import os
import secrets
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.times import from_micros, to_micros
from yesword.sending import handed
from yesword.sending.fates import LEASE
from yesword.store import handed as stored
from yesword.store.database import Session
from yesword.store.locality import is_gone, locality
from yesword.store.opening import Store

# Added to another host's lease. Assumes that a machine frozen as a whole does not resume and write after it.
_MARGIN: Final = timedelta(seconds=15)


def new_owner() -> str:
    return secrets.token_hex(8)


def enrol(store: Store, owner: str, at: datetime) -> None:
    """Make a process known as one that may hand over. Its owner lock must be held from before this until its end."""
    with store.database.write() as session:
        session.run("insert_worker", **_row(store, session, owner, at))


def _lease_clock(session: Session, at: datetime) -> datetime:
    """The database's clock, where hosts share a database: their own may differ by more than a margin."""
    if session.vendor == "sqlite":
        return at
    row = session.first("server_clock")
    assert row is not None
    return from_micros(row[0])


def _row(store: Store, session: Session, owner: str, at: datetime) -> dict[str, object]:
    return {
        "owner": owner,
        "locality": locality(store.run),
        "pid": os.getpid(),
        "started_at": to_micros(at),
        "lease_until": to_micros(_lease_clock(session, at) + LEASE),
    }


def leave(store: Store, owner: str) -> None:
    """Take the leave of a process. One that could not record all it handed over stays known, for the reaper."""
    with store.database.write() as session:
        session.run("delete_worker", owner=owner)


def renew(store: Store, owner: str, at: datetime) -> None:
    """Known again even if another host had taken it for dead: what it claims next must not stay `sending` for ever."""
    with store.database.write() as session:
        session.run("renew_worker", **_row(store, session, owner, at))


def reap(store: Store, at: datetime, *, keep: str | None = None) -> int:
    """Settle the hand-overs of workers that are gone: uncertain, but for codes, which are tried again.

    Returns the number of messages that became uncertain.
    """
    here = locality(store.run)
    with store.database.read() as session:
        workers = session.rows("workers")
        now = _lease_clock(session, at)
    uncertain = 0
    for owner, where, _, lease_until in workers:
        if owner == keep:
            continue
        is_dead = is_gone(store.run, owner) if where == here else from_micros(lease_until) + _MARGIN < now
        if is_dead:
            uncertain += _settle(store, owner, lease_until, at, chain=keep or owner)
    return uncertain


def _settle(store: Store, owner: str, lease_until: int, at: datetime, *, chain: str) -> int:
    with store.database.write() as session:
        if not session.run("condemn_worker", owner=owner, lease_until=lease_until):
            return 0  # it renewed its lease since it was looked at
        # Whatever it had claimed, it may have written. Logged in the chain of whoever settles, which nobody else writes to.
        handed.log(store, session, chain, handed.prepare(stored.unrecorded(session, owner)), at)
        session.run("retry_codes_of_owner", owner=owner, now=to_micros(at))
        uncertain = session.run("unsettle_owner", owner=owner, now=to_micros(at))
        session.run("delete_worker", owner=owner)
    (store.run / f"owner-{owner}").unlink(missing_ok=True)
    return uncertain
