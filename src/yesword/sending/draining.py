"""After a withdrawal: wait until nothing that it covers is on its way, then let its confirmation go."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from yesword.consent import Withdrawn
from yesword.domain.ids import ContactId, ProgramId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store.opening import Store

PATIENCE_S: Final = 3.0
_POLL_S: Final = 0.004


def drain(
    store: Store, contact: ContactId, withdrawn: Withdrawn, at: datetime, patience_s: float = PATIENCE_S
) -> bool:
    """True once no covered message is being handed over; then, and only then, the stop may be acknowledged."""
    return drain_all(store, [(contact, withdrawn)], at, patience_s)


def drain_all(
    store: Store,
    stops: Iterable[tuple[ContactId, Withdrawn]],
    at: datetime,
    patience_s: float = PATIENCE_S,
) -> bool:
    """The same of all stops that one text led to. Of one person, nothing is confirmed before all of them are drained.

    Each look is a transaction of its own: inside one snapshot it would look for ever. False after `patience_s`: the
    withdrawals stand, but the answer is "try again", never success.
    """
    deadline = time.monotonic() + patience_s
    waiting: dict[ContactId, list[Withdrawn]] = {}
    for contact, withdrawn in stops:
        waiting.setdefault(contact, []).append(withdrawn)
    while True:
        for contact, ended in list(waiting.items()):
            if all(_is_clear(store, contact, each) for each in ended):
                for each in waiting.pop(contact):
                    release(store, contact, each, at)
        if not waiting:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)


def _is_clear(store: Store, contact: ContactId, withdrawn: Withdrawn) -> bool:
    with store.database.read() as session:
        row = session.first(
            "covered_sending",
            bucket=bucket_of(contact),
            contact_id=contact,
            seq=withdrawn.seq,
            program_id=withdrawn.program,
        )
    return row is not None and row[0] == 0


def release(store: Store, contact: ContactId, withdrawn: Withdrawn, at: datetime) -> None:
    """Queue the confirmation that was held back; it keeps its own last moment."""
    with store.database.write() as session:
        session.run("release_held", bucket=bucket_of(contact), event_id=withdrawn.event, now=to_micros(at))


def release_forgotten(store: Store, at: datetime) -> int:
    """Let go of confirmations whose withdrawal was committed by a process that did not live to drain it."""
    with store.database.read() as session:
        held = session.rows("held_messages")
    released = 0
    for _, contact, program, event, seq, created_at in held:
        if (at - from_micros(created_at)).total_seconds() < PATIENCE_S:
            continue
        withdrawn = Withdrawn(event=event, seq=seq, program=None if program is None else ProgramId(program))
        everything = Withdrawn(event=event, seq=seq, program=None)
        if _is_clear(store, ContactId(contact), everything):
            release(store, ContactId(contact), withdrawn, at)
            released += 1
    return released
