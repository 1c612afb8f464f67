"""The links by which people leave: one a text, behind a short random word of which only a keyed digest is kept.

A link is made when its text is claimed, in that transaction: before, and wherever a text is only looked at, something as
long stands in its place. What a link does is `sending.leaving`'s.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from yesword.domain.composing import LEAVE_LINK
from yesword.domain.ids import BrandId, ContactId, MessageId, ProgramId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store import link_words
from yesword.store.database import Session

if TYPE_CHECKING:
    from yesword.store.opening import Store

LINKS: Final = link_words.Links("/u/", LEAVE_LINK)

_KIND: Final = "leave_link"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class LeaveLink:
    """Whom it ends texts to, and which text carried it."""

    digest: bytes
    brand: BrandId
    program: ProgramId | None
    contact: ContactId
    message: MessageId
    campaign: int | None
    made_at: datetime


def row(
    store: "Store",
    word: str,
    *,
    brand: int,
    program: int | None,
    contact: ContactId,
    message: MessageId,
    campaign: int | None,
    at: datetime,
) -> dict[str, object]:
    """For `insert_leave_link`."""
    return {
        "digest": link_words.digest(store, _KIND, word),
        "brand_id": brand,
        "program_id": program,
        "bucket": bucket_of(contact),
        "contact_id": contact,
        "message_id": message,
        "campaign_id": campaign,
        "made_at": to_micros(at),
    }


def find(store: "Store", session: Session, word: str) -> LeaveLink | None:
    """The link of this word."""
    for digest in link_words.digests(store, _KIND, word):
        found = by_digest(session, digest)
        if found is not None:
            return found
    return None


def by_digest(session: Session, digest: bytes) -> LeaveLink | None:
    found = session.first("leave_link", digest=digest)
    if found is None:
        return None
    brand, program, contact, message, campaign, made_at = found
    return LeaveLink(
        digest=digest,
        brand=BrandId(brand),
        program=None if program is None else ProgramId(program),
        contact=ContactId(contact),
        message=MessageId(message),
        campaign=campaign,
        made_at=from_micros(made_at),
    )
