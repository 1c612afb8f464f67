"""Another way for a text whose own way failed: by the program's next sender, as a new attempt.

Only where nobody can have got it yet: the carrier refused all of it, or not one byte of it was written. Never after "nobody
knows", unless the kind may repeat. And never around a filter: a text that one carrier takes for spam goes by no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.channels.errors import CarrierError
from yesword.channels.ports import PARTLY_TAKEN, Outcome, OutcomeStatus
from yesword.domain.ids import ContactId, MessageId, bucket_of
from yesword.domain.lanes import Lane, number_of
from yesword.domain.messages import KINDS, MessageClass, MessageKind
from yesword.domain.sender_pools import Pool, PoolSender
from yesword.domain.times import to_micros
from yesword.sending.fates import Claimed
from yesword.store import pools
from yesword.store.database import Row, Session
from yesword.store.opening import Store

ABOUT_THE_ROUTE: Final = frozenset(
    {
        CarrierError.INVALID_SENDER,
        CarrierError.NOT_REGISTERED,
        CarrierError.INSUFFICIENT_FUNDS,
        CarrierError.TEMPORARY,
        CarrierError.THROTTLED,
    }
)
PATIENCE: Final = timedelta(minutes=2)  # for an account that is away; a code is of no use much later
_CHUNK: Final = 500
# They come from whatever the person texted, or the person could not tell what they answer.
_BOUND: Final = frozenset({MessageKind.STOP_REPLY, MessageKind.HELP_REPLY, MessageKind.REPLY})


@dataclass(frozen=True, kw_only=True, slots=True)
class Detour:
    """From now on this message goes by that sender."""

    message: MessageId
    lane: Lane
    sender: int

    def row(self, at: datetime) -> dict[str, object]:
        return {
            "bucket": bucket_of(self.message),
            "id": self.message,
            "sender_id": self.sender,
            "lane": number_of(
                self.lane.group, self.lane.priority, self.lane.country, self.lane.program, self.sender
            ),
            "due_at": to_micros(at),
        }


def detours(store: Store, refused: Sequence[tuple[Claimed, Outcome]]) -> dict[int, Detour]:
    """For those of a claim that may go by another sender."""
    hopeful = [each for each, outcome in refused if may_detour(each, outcome)]
    if not hopeful:
        return {}
    with store.database.read() as session:
        found = pools.of_programs(session, {each.lane.program for each in hopeful})
        detoured = (_detour(session, found.get(each.lane.program), each) for each in hopeful)
        return {each.message: each for each in detoured if each is not None}


def may_detour(claimed: Claimed, outcome: Outcome) -> bool:
    """Whether this outcome leaves it open that the text goes once, by another sender."""
    queued = claimed.judged.queued
    return (
        outcome.status is OutcomeStatus.REFUSED
        and outcome.error_code != PARTLY_TAKEN
        and outcome.meaning in ABOUT_THE_ROUTE
        and queued.kind not in _BOUND
        and queued.conversation_at is None
    )


def _detour(session: Session, pool: Pool | None, claimed: Claimed) -> Detour | None:
    if pool is None:
        return None
    queued = claimed.judged.queued
    tries = _tries(session, queued.id)
    others = [row for row in tries if row[0] != claimed.attempt]
    if not _may_go_again(queued.kind, others):
        return None
    chosen = _next(
        pool, claimed.lane, queued.message_class, queued.contact, {queued.sender, *(row[1] for row in others)}
    )
    return None if chosen is None else Detour(message=queued.id, lane=claimed.lane, sender=chosen.id)


def _may_go_again(kind: MessageKind, tries: Sequence[Row]) -> bool:
    """Not if the person may have it from an earlier attempt."""
    return KINDS[kind].may_repeat or all(
        outcome in {OutcomeStatus.REFUSED, OutcomeStatus.UNWRITTEN, OutcomeStatus.THROTTLED}
        for _, _, outcome in tries
    )


def _tries(session: Session, message: MessageId) -> list[Row]:
    return session.rows("tries_of_message", bucket=bucket_of(message), message_id=message)


def _next(
    pool: Pool, lane: Lane, message_class: MessageClass, contact: ContactId, tried: set[int]
) -> PoolSender | None:
    """The wording may count on an answer, so a sender that hears none comes in only for one that hears none."""
    own = pool.get(lane.sender) or pool.get(pool.own)
    return pool.choose(
        country=lane.country,
        message_class=message_class,
        who=contact,
        answers_come_back=own is not None and own.facts.can_receive,
        tried=tried,
    )


# --- an account that is away ---------------------------------------------------------------------------------


def lead_around(store: Store, accounts: frozenset[int], at: datetime) -> int:
    """Move a chunk of what has been due for long, and waits for accounts that are away, to senders of other accounts.

    What is queued has not been written, or may repeat, so nobody gets it twice. How many texts were moved.
    """
    moved = 0
    with store.database.read() as session:
        lanes = [Lane.of_number(row[0]) for row in session.rows("due_lanes", now=to_micros(at - PATIENCE))]
        found = pools.of_programs(session, {each.program for each in lanes}) if lanes else {}
    for lane in lanes:
        pool = found.get(lane.program)
        stuck = None if pool is None else pool.get(lane.sender)
        if pool is not None and stuck is not None and stuck.account in accounts:
            moved += _lead_lane_around(store, pool, lane, accounts, at)
    return moved


def _lead_lane_around(store: Store, pool: Pool, lane: Lane, accounts: frozenset[int], at: datetime) -> int:
    away = {each.id for each in pool.senders if each.account in accounts}
    if len(away) == len(pool.senders):
        return 0
    with store.database.write() as session:
        rows = session.rows("stuck_in_lane", lane=lane.number, before=to_micros(at - PATIENCE), count=_CHUNK)
        found = []
        for message, contact, kind, message_class, conversation_at in rows:
            if MessageKind(kind) in _BOUND or conversation_at is not None:
                continue
            tries = _tries(session, message)
            if not _may_go_again(MessageKind(kind), tries):
                continue
            tried = away | {row[1] for row in tries if row[2] == OutcomeStatus.REFUSED}
            chosen = _next(pool, lane, MessageClass(message_class), ContactId(contact), tried)
            if chosen is not None:
                found.append(Detour(message=MessageId(message), lane=lane, sender=chosen.id))
        return session.many("move_to_sender", [each.row(at) for each in found])
