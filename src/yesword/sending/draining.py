"""After a withdrawal: wait until nothing that it covers is on its way; from then on its confirmation may go.

Of an order or application that was closed the same wait, without a confirmation.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from yesword.collect import triggers
from yesword.collect.triggers import Closed
from yesword.consent import Withdrawn
from yesword.domain.ids import ContactId
from yesword.domain.times import to_micros
from yesword.sending.arrivals import note_drained
from yesword.store.opening import Store

PATIENCE_S: Final = 3.0
_POLL_S: Final = 0.004


def drain(store: Store, contact: ContactId, withdrawn: Withdrawn, patience_s: float = PATIENCE_S) -> bool:
    """True once no covered message is being handed over; then, and only then, the stop may be acknowledged."""
    return drain_all(store, [(contact, withdrawn)], patience_s)


def drain_all(
    store: Store,
    stops: Iterable[tuple[ContactId, Withdrawn]],
    patience_s: float = PATIENCE_S,
) -> bool:
    """The same of all stops that one text led to."""
    return drain_each(store, [list(stops)], patience_s)[0]


def drain_each(
    store: Store,
    texts: Sequence[Sequence[tuple[ContactId, Withdrawn]]],
    patience_s: float = PATIENCE_S,
) -> list[bool]:
    """The same of the stops of many texts at once: which of the texts may be acknowledged.

    Each look is a transaction of its own: inside one snapshot it would look for ever. False after `patience_s`: the
    withdrawals stand, but the answer is "try again", never success.
    """
    deadline = time.monotonic() + patience_s
    waiting: dict[tuple[int, ContactId], list[Withdrawn]] = {}
    for index, stops in enumerate(texts):
        for contact, withdrawn in stops:
            waiting.setdefault((index, contact), []).append(withdrawn)
    while waiting:
        busy = _covered(store, waiting)
        clear = [whose for whose in waiting if whose not in busy]
        if clear:
            note_drained(sum(len(waiting.pop(whose)) for whose in clear))
        if waiting:
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_S)
    late = {index for index, _ in waiting}
    return [index not in late for index in range(len(texts))]


def drain_claims(store: Store, patience_s: float = PATIENCE_S) -> bool:
    """True once nothing is being handed over that is now: for stops of which it is not known whether somebody waited."""
    deadline = time.monotonic() + patience_s
    with store.database.read() as session:
        waiting = set(session.rows("open_claims"))
    while waiting:
        with store.database.read() as session:
            waiting.intersection_update(session.rows("open_claims"))
        if waiting and time.monotonic() > deadline:
            return False
        if waiting:
            time.sleep(_POLL_S)
    return True


def drain_closed(store: Store, closed: Iterable[Closed], patience_s: float = PATIENCE_S) -> bool:
    """True once no text about any of them is being handed over; the rest never goes, for the gate knows that they are closed."""
    deadline = time.monotonic() + patience_s
    waiting = list(closed)
    while waiting:
        with store.database.read() as session:
            waiting = [each for each in waiting if triggers.is_on_its_way(session, each)]
        if waiting and time.monotonic() > deadline:
            return False
        if waiting:
            time.sleep(_POLL_S)
    return True


def _covered(
    store: Store, waiting: Mapping[tuple[int, ContactId], Sequence[Withdrawn]]
) -> set[tuple[int, ContactId]]:
    """Those of whom something is still being handed over."""
    stops = [(whose, each) for whose, ended in waiting.items() for each in ended]
    with store.database.read() as session:
        places = session.table(
            contacts=[contact for (_, contact), _ in stops],
            seqs=[each.seq for _, each in stops],
            programs=[each.program or 0 for _, each in stops],
        )
        return {stops[row[0]][0] for row in session.rows("covered_sending", **places)}


def release(store: Store, at: datetime) -> int:
    """Queue the confirmations of stops that are drained, in a round of their own: whoever waits for a stop to be
    acknowledged waits for no confirmation. How many; each keeps its own last moment.
    """
    with store.database.read() as session:
        # In one order, or two dispatchers wait for each other.
        drained = sorted(session.rows("drained_confirmations"))
    if not drained:
        return 0
    with store.database.write() as session:
        return session.many(
            "release_held",
            [{"bucket": bucket, "event_id": event, "now": to_micros(at)} for bucket, event in drained],
        )
