"""Messages as rows: planned, claimed, recorded. The table is the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from yesword.domain.ids import BrandId, ContactId, EventId, MessageId, ProgramId, bucket_of
from yesword.domain.lanes import group_of, number_of
from yesword.domain.messages import KINDS, MessageClass, MessageKind, MessageState
from yesword.domain.times import to_micros
from yesword.store import pools
from yesword.store.database import Session
from yesword.store.sealing import Seal, place

if TYPE_CHECKING:
    from yesword.store.opening import Store


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Plan:
    """A text that is about to be queued. A campaign's has no body yet: it is written when it is claimed."""

    brand: BrandId
    contact: ContactId
    program: ProgramId | None
    program_version: int | None
    sender: int
    message_class: MessageClass
    kind: MessageKind
    planned_seq: int
    due_at: datetime
    language: str
    country: str  # of the number
    body: str | None = None
    campaign: int | None = None
    subject: str = ""
    categories: tuple[str, ...] = ()
    send_by: datetime | None = None
    answers: EventId | None = None
    conversation_at: datetime | None = None
    trigger: str | None = None
    occasion: str = ""  # what occasions it: cart, delivery, fraud, health
    event_at: datetime | None = None  # when that was
    held_for: EventId | None = None


def insert(
    store: "Store", session: Session, plans: Sequence[Plan], seals: dict[ContactId, Seal], at: datetime
) -> list[MessageId]:
    """Queue texts; the bodies are sealed under their contacts' keys. Of several senders of a program, each goes out from
    the one that suits its person.
    """
    plans = pools.assign(session, plans, at)
    ids = [MessageId(store.ids.make(bucket_of(plan.contact))) for plan in plans]
    is_alone = session.vendor == "sqlite"
    session.put(
        "insert_message",
        [
            _row(message_id, plan, group_of(bucket_of(message_id), is_alone=is_alone), seals, at)
            for message_id, plan in zip(ids, plans, strict=True)
        ],
    )
    return ids


def _row(
    message_id: MessageId, plan: Plan, group: int, seals: dict[ContactId, Seal], at: datetime
) -> dict[str, object]:
    body = plan.body
    return {
        "bucket": bucket_of(message_id),
        "id": message_id,
        "brand_id": plan.brand,
        "contact_id": plan.contact,
        "program_id": plan.program,
        "program_version": plan.program_version,
        "campaign_id": plan.campaign,
        "sender_id": plan.sender,
        "class": plan.message_class.value,
        "kind": plan.kind.value,
        "subject": plan.subject,
        "categories": "\n".join(plan.categories),
        "language": plan.language,
        "state": (MessageState.HELD if plan.held_for is not None else MessageState.QUEUED).value,
        "priority": KINDS[plan.kind].priority,
        "lane": number_of(group, KINDS[plan.kind].priority, plan.country, plan.program or 0, plan.sender),
        "due_at": to_micros(plan.due_at),
        "send_by": None if plan.send_by is None else to_micros(plan.send_by),
        "planned_seq": plan.planned_seq,
        "answers": plan.answers,
        "conversation_at": None if plan.conversation_at is None else to_micros(plan.conversation_at),
        "trigger_ref": plan.trigger,
        "occasion": plan.occasion,
        "event_at": None if plan.event_at is None else to_micros(plan.event_at),
        "held_for": plan.held_for,
        "sealed_body": None
        if body is None
        else seals[plan.contact].close(body.encode(), place("body", message_id)),
        "segments": None,
        "created_at": to_micros(at),
    }
