"""Why people left, in a code that can be counted; and in their own words, sealed under their key."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store import departures
from yesword.store.database import Session
from yesword.store.sealing import Seal, place

if TYPE_CHECKING:
    from yesword.store.opening import Store

MOST_WORDS: Final = 500  # characters


class LeaveReason(enum.StrEnum):
    TOO_OFTEN = "too_often"
    IRRELEVANT = "irrelevant"
    CHANGED = "changed"  # what they like, or what they do
    LOST_INTEREST = "lost_interest"
    COMPETITOR = "competitor"  # they buy elsewhere now
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LeaveAnswer:
    """What one person said of one withdrawal."""

    event: EventId
    program: ProgramId | None
    campaign: int | None
    said_at: datetime
    reason: LeaveReason | None = None
    words: str = ""
    wants_mail: bool = False  # e-mail in place of texts: a wish, and no consent


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonCount:
    reason: LeaveReason | None
    program: ProgramId | None  # whose text led to it
    campaign: int | None
    count: int


def keep(store: "Store", session: Session, brand: BrandId, contact: ContactId, answer: LeaveAnswer) -> None:
    """The newest answer about a withdrawal takes the place of the one before."""
    seal = store.vault.seal(contact)
    words = answer.words.strip().encode(errors="replace").decode()[:MOST_WORDS]
    session.run(
        "say_why_left",
        bucket=bucket_of(contact),
        event_id=answer.event,
        brand_id=brand,
        contact_id=contact,
        program_id=answer.program,
        campaign_id=answer.campaign,
        reason=answer.reason.value if answer.reason else "",
        wants_mail=int(answer.wants_mail),
        sealed_words=seal.close(words.encode(), _place(answer.event)) if words and seal else None,
        said_at=to_micros(answer.said_at),
    )
    departures.give_reason(session, answer.event, answer.reason.value if answer.reason else "")


def of_contact(store: "Store", session: Session, contact: ContactId) -> Sequence[LeaveAnswer]:
    """Oldest first."""
    seal = store.vault.seal(contact)
    return [
        LeaveAnswer(
            event=EventId(event),
            program=None if program is None else ProgramId(program),
            campaign=campaign,
            said_at=from_micros(said_at),
            reason=LeaveReason(reason) if reason else None,
            words=_opened(seal, sealed, EventId(event)),
            wants_mail=bool(wants_mail),
        )
        for event, program, campaign, reason, wants_mail, sealed, said_at in session.rows(
            "leave_answers_of_contact", bucket=bucket_of(contact), contact_id=contact
        )
    ]


def counted(session: Session, brand: BrandId, since: datetime, until: datetime) -> Sequence[ReasonCount]:
    """How many gave which reason in a span of time, by the program and the campaign whose text they left by."""
    rows = session.rows("leave_reasons", brand_id=brand, since=to_micros(since), until=to_micros(until))
    return [
        ReasonCount(
            reason=LeaveReason(reason) if reason else None,
            program=None if program is None else ProgramId(program),
            campaign=campaign,
            count=count,
        )
        for reason, program, campaign, count in rows
    ]


def _opened(seal: Seal | None, sealed: bytes | None, event: EventId) -> str:
    return "" if seal is None or sealed is None else seal.open(bytes(sealed), _place(event)).decode()


def _place(event: EventId) -> bytes:
    return place("leave_answer", event)
