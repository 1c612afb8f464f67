"""What is due: the lanes of the queue in which something waits, and the rows that a claim takes of them in its turn.

Which lanes may go, and how much of each, is settled before a row is read: what must wait for its turn stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from yesword.domain.ids import ContactId, MessageId
from yesword.domain.lanes import GROUPS, Lane
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.pacing import Round
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Row, Session

_LANE, _DUE_AT = 23, 22  # columns of a due message
_BEFORE_ALL: Final = -(1 << 62)


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """A due message as its row has it."""

    id: MessageId
    brand: int
    contact: ContactId
    program: int
    program_version: int
    campaign: int | None
    sender: int
    message_class: MessageClass
    kind: MessageKind
    subject: str
    categories: tuple[str, ...]
    language: str
    send_by: datetime | None
    planned_seq: int
    answers: int | None
    conversation_at: datetime | None
    trigger: str | None
    sealed_body: bytes | None
    occasion: str
    event_at: datetime | None
    planned_at: datetime

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            id=MessageId(row[0]),
            brand=row[1],
            contact=ContactId(row[2]),
            program=row[3],
            program_version=row[4],
            campaign=row[5],
            sender=row[6],
            message_class=MessageClass(row[7]),
            kind=MessageKind(row[8]),
            subject=row[9],
            categories=tuple(row[10].split("\n")) if row[10] else (),
            language=row[11],
            send_by=None if row[12] is None else from_micros(row[12]),
            planned_seq=row[13],
            answers=row[14],
            conversation_at=None if row[15] is None else from_micros(row[15]),
            trigger=row[16],
            sealed_body=None if row[17] is None else bytes(row[17]),
            occasion=row[19],
            event_at=None if row[20] is None else from_micros(row[20]),
            planned_at=from_micros(row[21]),
        )


def due_lanes(session: Session, at: datetime) -> Sequence[Lane]:
    """The lanes in which something is due."""
    return [Lane.of_number(row[0]) for row in session.rows("due_lanes", now=to_micros(at))]


def in_turn(by_group: Mapping[int, Sequence[Lane]], token: int) -> list[int]:
    """Groups with something urgent first; the others from another one each time."""
    return sorted(
        by_group,
        key=lambda group: (
            not any(lane.is_urgent for lane in by_group[group]),
            (group - token) % GROUPS,
        ),
    )


def take(
    session: Session,
    sharing: Round,
    lanes: Sequence[Lane],
    at: datetime,
    limit: int,
    buckets: tuple[int, int] | None = None,
) -> list[Row]:
    """Up to `limit` rows, as they are shared out among the lanes; what one does not use goes to the others.

    With `buckets`, under a lock. In the order of urgency and age, as the texts of one person are judged.
    """
    rows: list[Row] = []
    last: dict[Lane, tuple[int, int]] = {}
    urgency = {lane.number: lane.priority for lane in lanes}
    used_up: set[Lane] = set()
    while len(rows) < limit:
        shares = sharing.share([lane for lane in lanes if lane not in used_up], limit - len(rows))
        if not shares:
            break
        for lane, count in shares.items():
            after_due_at, after_id = last.get(lane, (_BEFORE_ALL, 0))
            which = {"lane": lane.number, "now": to_micros(at), "count": count}
            which |= {"after_due_at": after_due_at, "after_id": after_id}
            if buckets is None:
                found = session.rows("due_messages", **which)
            else:
                found = session.rows("take_due_messages", first=buckets[0], last=buckets[1], **which)
            rows += found
            if len(found) == count:
                last[lane] = found[-1][_DUE_AT], found[-1][0]
            else:
                used_up.add(lane)
                sharing.give_back(lane, count - len(found))
    rows.sort(key=lambda row: (urgency[row[_LANE]], row[_DUE_AT], row[0]))
    return rows


def lane_of(row: Row) -> int:
    return int(row[_LANE])
