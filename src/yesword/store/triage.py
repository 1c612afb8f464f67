"""Texts that somebody should look at, as rows: made with the text, settled once. What it all means is for `sending` to say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from yesword.domain.ids import ContactId, EventId, InboundId, RequestId, bucket_of
from yesword.domain.times import to_micros
from yesword.domain.triage import TriageKind, TriageState, urgency
from yesword.store.database import Session
from yesword.store.sealing import Seal, UnreadableError, place

if TYPE_CHECKING:
    from yesword.store.contacts import Contact
    from yesword.store.opening import Store

NOTE = "note"  # what somebody wrote about the person is sealed as the person's own words are


def row(
    contact: "Contact",
    inbound: InboundId,
    kind: TriageKind,
    received_at: datetime,
    *,
    event: EventId | None = None,
    request: RequestId | None = None,
    due_at: datetime | None = None,
) -> dict[str, object]:
    """What is to be looked at, for `insert`."""
    return {
        "bucket": contact.bucket,
        "id": inbound,
        "brand_id": contact.brand,
        "contact_id": contact.id,
        "kind": kind.value,
        "urgency": urgency(kind),
        "received_at": to_micros(received_at),
        "due_at": None if due_at is None else to_micros(due_at),
        "event_id": event,
        "request_id": request,
    }


def insert(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    session.many("insert_triage", rows)


def settle(
    store: "Store",
    session: Session,
    contact: ContactId,
    inbound: InboundId,
    state: TriageState,
    user: int | None,
    note: str,
    at: datetime,
    *,
    event: EventId | None = None,
) -> bool:
    """Settle an open row; False where it was settled before. Whoever calls holds the standing's lock."""
    return bool(
        session.run(
            "settle_triage",
            bucket=bucket_of(inbound),
            id=inbound,
            state=state.value,
            event_id=event,
            settled_at=to_micros(at),
            settled_by=user,
            sealed_note=seal_note(store.vault.seal(contact), note, inbound),
        )
    )


def settle_stop(
    store: "Store",
    session: Session,
    contact: ContactId,
    inbound: InboundId,
    state: TriageState,
    user: int,
    note: str,
    at: datetime,
) -> None:
    """Settle a probable stop. Where it made a request that is open, the row stays for that, with its clock."""
    asks = urgency(TriageKind.PRIVACY_REQUEST)
    if not session.run("turn_triage", bucket=bucket_of(inbound), id=inbound, urgency=asks):
        settle(store, session, contact, inbound, state, user, note, at)


def settle_request(
    store: "Store",
    session: Session,
    contact: ContactId,
    request: RequestId,
    user: int | None,
    note: str,
    at: datetime,
) -> None:
    """Settle all texts that made this request, which is met. A stop that was not sure waits on, without a clock."""
    place_of = {"bucket": bucket_of(contact), "contact_id": contact, "request_id": request}
    for row in session.rows("triage_of_request", **place_of):
        settle(store, session, contact, InboundId(row[0]), TriageState.DONE, user, note, at)
    session.run("stop_triage_clock", **place_of)


def close(session: Session, contact: ContactId, user: int | None, at: datetime) -> int:
    """Put away all that waits of somebody who is erased: there is nothing left to read, and nobody to answer."""
    return session.run(
        "close_triage",
        bucket=bucket_of(contact),
        contact_id=contact,
        settled_at=to_micros(at),
        settled_by=user,
    )


def keep_answer(
    store: "Store",
    session: Session,
    contact: ContactId,
    inbound: InboundId,
    user: int,
    text: str,
    at: datetime,
) -> None:
    """Keep who answered an open row, when, and with which words: the row stays open."""
    session.run(
        "answer_triage",
        bucket=bucket_of(inbound),
        id=inbound,
        settled_at=to_micros(at),
        settled_by=user,
        sealed_note=seal_note(store.vault.seal(contact), text, inbound),
    )


def of_event(session: Session, contact: ContactId, event: EventId) -> InboundId | None:
    """The open row that waits for somebody to say whether the text that led to this withdrawal was a stop."""
    row = session.first("triage_of_event", bucket=bucket_of(contact), contact_id=contact, event_id=event)
    return InboundId(row[0]) if row else None


def seal_note(seal: Seal | None, note: str, row_id: int) -> bytes | None:
    if not note or seal is None:
        return None
    return seal.close(note.encode(errors="replace"), place(NOTE, row_id))


def open_note(seal: Seal | None, sealed: bytes | None, row_id: int) -> str:
    if sealed is None or seal is None:
        return ""
    try:
        return seal.open(bytes(sealed), place(NOTE, row_id)).decode()
    except UnreadableError:
        return ""  # one damaged note must not hide all rows
