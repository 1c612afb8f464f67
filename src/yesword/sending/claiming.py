"""The claim: due messages, their standings locked or compared, every other fact read after, the gate asked, all written.

One transaction of one worker. On PostgreSQL the locks come first and skip what others hold, so that a claim never waits
and a withdrawal never deadlocks with it. On SQLite the gate is asked before the one write lock is taken, and what
changed in between is left queued.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from yesword.domain.ids import BrandId
from yesword.domain.lanes import GROUP_BUCKETS
from yesword.sending.due import due_lanes, in_turn, take
from yesword.sending.fates import Claimant, Claimed, Fate, fates, reason
from yesword.sending.judging import judge
from yesword.sending.pacing import Pacer
from yesword.sending.weighing import Scales
from yesword.store import contacts, webhooks
from yesword.store.database import Session
from yesword.store.holds import held
from yesword.store.opening import Store
from yesword.store.webhooks import Notice, WebhookKind
from yesword.telemetry.catalogue import DECISIONS
from yesword.telemetry.tally import TALLY

if TYPE_CHECKING:
    from yesword.domain.lanes import Lane

_GROUP_LOCK: Final = 730_581_100
ANY_ROOM: Final[Mapping[int, int]] = {}  # every account takes whatever there is
_WRITES: Final = (
    *("insert_decision", "claim_message", "insert_attempt", "insert_leave_link"),
    "insert_confirm_link",
    *("postpone_message", "refuse_message"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one claim took. `seen` counts all that it looked at: 0 means that nothing is due."""

    claimant: Claimant
    seen: int
    claimed: tuple[Claimed, ...] = ()


def claim(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    at: datetime,
    limit: int,
    *,
    pacer: Pacer | None = None,
    rooms: Mapping[int, int] = ANY_ROOM,
) -> Claim:
    """Decide up to `limit` due messages, of those that the pacer lets go now, and take what the gate lets go too.

    `rooms`: how many texts an account takes now, where that is known.
    """
    pacer = pacer or Pacer()
    if store.database.vendor == "sqlite":
        with store.database.read() as session:
            valve = held(session)
            lanes = () if valve.reasons else due_lanes(session, at)
            rows = take(session, pacer.round(session, lanes, rooms, at), lanes, at, limit) if lanes else []
            judged = judge(store, session, scales, rows, at, lock=False, valve=valve) if rows else []
        if not rows:
            return Claim(claimant=claimant, seen=0)
        ends = fates(store, scales, claimant, pacer, judged, rows, at)
        with store.database.write() as session:
            if held(session) != valve:
                return Claim(claimant=claimant, seen=0)  # the next claim looks anew
            return _write(store, session, claimant, pacer, _unchanged(session, ends), len(rows), at)
    return _claim_a_group(store, scales, claimant, at, limit, pacer, rooms)


def _claim_a_group(
    store: Store,
    scales: Scales,
    claimant: Claimant,
    at: datetime,
    limit: int,
    pacer: Pacer,
    rooms: Mapping[int, int],
) -> Claim:
    with store.database.read() as session:
        lanes = due_lanes(session, at)
        free = pacer.round(session, lanes, rooms, at) if lanes else None
    by_group: dict[int, list[Lane]] = {}
    for lane in lanes:
        if free is not None and free.room(lane) >= 1:
            by_group.setdefault(lane.group, []).append(lane)
    for group in in_turn(by_group, claimant.token):
        with store.database.write() as session:
            valve = held(session, lock=True)
            if valve.reasons:
                return Claim(claimant=claimant, seen=0)
            is_ours = session.first("try_group_lock", key=_GROUP_LOCK + group)
            if not is_ours or not is_ours[0]:
                continue
            buckets = group * GROUP_BUCKETS, (group + 1) * GROUP_BUCKETS - 1
            own = by_group[group]
            sharing = pacer.round(session, own, rooms, at, lock=True)
            rows = take(session, sharing, own, at, limit, buckets)
            if rows:
                judged = judge(store, session, scales, rows, at, lock=True, valve=valve)
                ends = fates(store, scales, claimant, pacer, judged, rows, at)
                return _write(store, session, claimant, pacer, ends, len(rows), at)
    return Claim(claimant=claimant, seen=0)


def _unchanged(session: Session, fates: Sequence[Fate]) -> list[Fate]:
    """Those whose record and whose row are as they were when the gate was asked."""
    ids = [fate.judged.queued.id for fate in fates]
    queued = {row[0] for row in session.rows("queued_of", ids=session.ids(ids))}
    seqs = contacts.standing_seqs(session, {fate.judged.queued.contact for fate in fates})
    return [
        fate
        for fate in fates
        if fate.judged.queued.id in queued and seqs.get(fate.judged.queued.contact) == fate.judged.seq
    ]


def _write(
    store: Store,
    session: Session,
    claimant: Claimant,
    pacer: Pacer,
    fates: Sequence[Fate],
    seen: int,
    at: datetime,
) -> Claim:
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in _WRITES}
    for fate in fates:
        for name, row in fate.writes:
            rows[name].append(row)
    for name in _WRITES:
        session.many(name, rows[name])
    _tell_refused(store, session, fates)
    _count(fates)
    claimed = tuple(fate.claimed for fate in fates if fate.claimed is not None)
    pacer.spend(session, (each.lane for each in claimed), at)
    return Claim(claimant=claimant, seen=seen, claimed=claimed)


def _count(fates: Sequence[Fate]) -> None:
    decisions = (each.judged.decision for each in fates)
    for (verdict, code), number in Counter((each.verdict.value, reason(each)) for each in decisions).items():
        TALLY.add(DECISIONS, verdict, code, by=number)


def _tell_refused(store: Store, session: Session, fates: Sequence[Fate]) -> None:
    refused: dict[BrandId, list[Notice]] = {}
    for fate in fates:
        if fate.refusal is not None:
            refused.setdefault(BrandId(fate.judged.queued.brand), []).append(fate.refusal)
    for brand, notices in refused.items():
        if endpoints := webhooks.listening(session, brand, WebhookKind.MESSAGE_REFUSED):
            webhooks.tell(store, session, endpoints, notices, notices[0].at)
