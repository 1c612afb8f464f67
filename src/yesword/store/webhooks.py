"""The outbox of what others are told, filled in the transaction of what it tells. Telling itself is `sending.webhooks`.

Where nobody listens, one look at a small table is all that it costs. No number is kept here: an endpoint that gets
numbers gets them put in when it is told, so that who is erased meanwhile is told of without one.
"""

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from yesword.domain import ids
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.ids import BrandId, ContactId, ProgramId, bucket_of
from yesword.domain.state import ConsentState
from yesword.domain.times import iso_millis, to_micros
from yesword.store.contacts import Contact
from yesword.store.database import Session

if TYPE_CHECKING:
    from yesword.store.opening import Store

PREFIX: Final = "whk"


class WebhookKind(enum.StrEnum):
    """What others may be told of."""

    CONSENT_CHANGED = "consent.changed"
    MESSAGE_REFUSED = "message.refused"
    PROGRAM_PAUSED = "program.paused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One thing to tell. `data` holds no number and no name: the person is the random id of theirs in exports."""

    kind: WebhookKind
    at: datetime
    data: Mapping[str, str | None]
    contact: ContactId | None = None
    is_last: bool = False  # nothing about the person comes after it

    def to_text(self) -> str:
        body = {"type": self.kind.value, "timestamp": iso_millis(self.at), "data": dict(self.data)}
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def listening(session: Session, brand: BrandId, kind: WebhookKind) -> tuple[int, ...]:
    """The endpoints that want to hear of it."""
    rows = session.rows("listening_endpoints", brand_id=brand)
    return tuple(int(row[0]) for row in rows if kind.value in row[1].split(","))


def tell(
    store: "Store", session: Session, endpoints: Sequence[int], notices: Iterable[Notice], at: datetime
) -> None:
    """Put each notice into the outbox once for each endpoint."""
    session.many(
        "insert_delivery",
        [
            {
                "bucket": (bucket := 0 if notice.contact is None else bucket_of(notice.contact)),
                "id": store.ids.make(bucket),
                "endpoint_id": endpoint,
                "kind": notice.kind.value,
                "contact_id": notice.contact,
                "body": notice.to_text(),
                "is_last": int(notice.is_last),
                "created_at": to_micros(at),
            }
            for notice in notices
            for endpoint in endpoints
        ],
    )


def consent_changed(
    contact: Contact, event: ConsentEvent, state: ConsentState, program: str | None
) -> Notice:
    """`program`: its key; None where the event is about all of the brand. `state`: after the event."""
    return Notice(
        kind=WebhookKind.CONSENT_CHANGED,
        at=event.received_at,
        contact=contact.id,
        is_last=event.kind is EventKind.ERASED,
        data={
            "event": ids.to_text("evt", event.id),
            "kind": event.kind.value,
            "contact": contact.subject,
            "program": program,
            "state": _standing(state, event.scope.program),
            "route": event.route,
            "occurred_at": iso_millis(event.occurred_at),
        },
    )


def _standing(state: ConsentState, program: ProgramId | None) -> str:
    """In one word, what may be sent after it: "granted" alone means that texts may go."""
    if state.is_erased:
        return "erased"
    if state.withdrawal_for(program) is not None:
        return "withdrawn"
    if state.grant_for(program) is not None:
        return "granted"
    if state.request_for(program) is not None:
        return "requested"
    return "refused" if any(each.program in (None, program) for each in state.refusals) else "none"


def message_refused(
    contact: ContactId, subject: str, message: int, kind: str, program: str | None, reason: str, at: datetime
) -> Notice:
    return Notice(
        kind=WebhookKind.MESSAGE_REFUSED,
        at=at,
        contact=contact,
        data={
            "message": ids.to_text("msg", message),
            "kind": kind,
            "contact": subject,
            "program": program,
            "reason": reason,
        },
    )


def tell_paused(
    store: "Store",
    session: Session,
    brand: BrandId,
    program: str,
    reason: str,
    at: datetime,
    *,
    campaign: int | None = None,
) -> None:
    """A program does not send any more, or one campaign of it. Called in the transaction that pauses it."""
    endpoints = listening(session, brand, WebhookKind.PROGRAM_PAUSED)
    if endpoints:
        data: dict[str, str | None] = {
            "program": program,
            "campaign": None if campaign is None else str(campaign),
            "state": "paused",
            "reason": reason,
        }
        tell(store, session, endpoints, [Notice(kind=WebhookKind.PROGRAM_PAUSED, at=at, data=data)], at)
