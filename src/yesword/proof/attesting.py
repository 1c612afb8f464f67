"""Having the heads of the logs vouched for by witnesses and timestamp authorities, and keeping what they say.

Nothing waits for them, and signing least of all. How they are asked is `asking`'s; here it is decided who is due, and
what their answers do.
"""

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.domain.times import to_micros
from yesword.ledger.cosignature import add_cosignatures
from yesword.proof import logs, timestamps, witnessing
from yesword.proof.asking import Attester, Outcome, at_once, attesters_on, lane
from yesword.proof.witnessing import (
    WitnessAheadError,
    WitnessError,
    WitnessMovedError,
)
from yesword.store import attesters, ledgers, log_troubles
from yesword.store.attesters import AskingRow
from yesword.store.database import Session
from yesword.store.ledgers import WITNESS, Attestation, LogRow
from yesword.store.opening import Store

log = structlog.get_logger("yesword.attesting")

SHORTEST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(minutes=10)


class NoCheckpointError(YeswordError):
    """The log {origin} keeps no checkpoint of {size} records. Take one of those that it keeps."""

    code = "ledger_checkpoint_not_kept"


class Occasion(enum.Enum):
    """Who is asked in a round."""

    ROUND = enum.auto()  # whoever is due
    START = enum.auto()  # every witness too, which may remember more than a store that was put back
    DEMAND = enum.auto()  # everybody who has anything to say, however short ago it was


def _logged(outcome: Outcome) -> None:
    failure = outcome.said.failure
    if failure is None:
        return
    is_alarm = isinstance(failure, WitnessError) and failure.is_alarm
    (log.error if is_alarm else log.warning)(
        "witness_alarm" if is_alarm else "not_attested",
        origin=outcome.log.origin,
        name=outcome.name,
        code=failure.code,
        reason=failure.message,
    )


def _never() -> bool:
    return False


def attest_due(
    store: Store,
    at: datetime,
    *,
    occasion: Occasion = Occasion.ROUND,
    post: witnessing.Post = witnessing.post_over_http,
    post_stamp: timestamps.Post = timestamps.post,
    is_over: Callable[[], bool] = _never,
    tell: Callable[[Outcome], None] = _logged,
) -> int:
    """One round. The number of times that somebody vouched for a head; who did not is noted, and never raised.
    `tell` hears of each; by default who did not goes to the log of the process.

    What comes in after `is_over` is dropped: the next round learns it from the witness.
    """
    kept = 0
    found = list(attesters_on(store, post, post_stamp))
    for outcome in at_once(store, _lanes(store, found, at, occasion), is_over):
        settled = _keep(store, outcome, at)
        tell(settled)
        kept += settled.said.failure is None
    return kept


def note_with_cosignatures(session: Session, log_row: LogRow, size: int) -> str:
    """A checkpoint that is kept, with the lines of all its witnesses under it. Raises NoCheckpointError."""
    found = ledgers.checkpoint(session, log_row.id, size)
    if found is None:
        raise NoCheckpointError(origin=log_row.origin, size=size)
    note = found.note
    for _, body in session.rows("attestations_of_checkpoint", log_id=log_row.id, size=size, kind=WITNESS):
        note = add_cosignatures(note, bytes(body).decode())
    return note


# --- who is due ----------------------------------------------------------------------------------------------


def _lanes(
    store: Store, found: Sequence[Attester], at: datetime, occasion: Occasion
) -> list[Iterator[Outcome]]:
    if not found:
        return []
    with store.database.read() as session:
        newest = {each.brand: each for each in ledgers.logs(session)}
    heads = [each for each in newest.values() if each.published_size and not each.trouble]
    asked = attesters.askings()
    lanes = []
    for each in found:
        due = []
        for row in heads:
            was = asked.get((each.kind, each.name, row.id))
            if each.brand not in (None, row.brand):
                continue
            if was is None or _is_due(each, row, was, at, occasion):
                due.append((row, was.size if was else 0))
        if due:
            lanes.append(lane(store, each, due))
    return lanes


def _is_due(each: Attester, row: LogRow, was: AskingRow, at: datetime, occasion: Occasion) -> bool:
    if each.kind == WITNESS and occasion is not Occasion.ROUND:
        return True
    if row.published_size <= was.size:
        return False
    if occasion is Occasion.DEMAND:
        return True
    rests = was.last_ok_at is not None and not _is_over(each.every, was.last_ok_at, at)
    return not rests and _is_over(_wait(was.failures), was.last_asked_at, at)


def _wait(failures: int) -> timedelta:
    """Twice as long after each failure; the shift is held down, since one may be gone for years."""
    return min(LONGEST_WAIT, SHORTEST_WAIT * (1 << min(failures, 10)))


def _is_over(wait: timedelta, since: datetime, at: datetime) -> bool:
    return not timedelta() <= at - since < wait  # a clock that was put back must not make anything wait


# --- keeping -------------------------------------------------------------------------------------------------


def _keep(store: Store, outcome: Outcome, at: datetime) -> Outcome:
    """Keep what was said, or how it failed; an alarm ends the signing of the log."""
    kind, name, row = outcome.kind, outcome.name, outcome.log
    with store.database.write() as session:
        outcome = _unless_outrun(session, outcome)
        failure = outcome.said.failure
        if failure is None:
            attesters.note_success(kind, name, row.id, outcome.head.size, at)
            _enter(session, outcome)
        else:
            attesters.note_failure(kind, name, row.id, failure, at)
            if isinstance(failure, WitnessError) and failure.is_alarm:
                is_ahead = isinstance(failure, WitnessAheadError)
                trouble = log_troubles.WITNESS_AHEAD if is_ahead else log_troubles.WITNESS_DISAGREES
                logs.mark(session, row, trouble, at)
    return outcome


def _enter(session: Session, outcome: Outcome) -> None:
    row, head, said = outcome.log, outcome.head, outcome.said
    assert said.at is not None
    session.rows("hold_log", id=row.id)
    session.run(
        "keep_checkpoint",
        log_id=row.id,
        size=head.size,
        note=head.note,
        signed_at=to_micros(head.signed_at),
    )
    ledgers.attest(
        session,
        row.id,
        Attestation(size=head.size, kind=outcome.kind, name=outcome.name, body=said.body, at=said.at),
    )


def _unless_outrun(session: Session, outcome: Outcome) -> Outcome:
    """A witness may be ahead of what we showed it only because another process of ours has shown it more since."""
    if not isinstance(outcome.said.failure, WitnessAheadError):
        return outcome
    now = next(each for each in ledgers.logs(session, outcome.log.brand) if each.id == outcome.log.id)
    if now.size < outcome.said.witness_size:
        return outcome
    return replace(outcome, said=replace(outcome.said, failure=WitnessMovedError(name=outcome.name)))
