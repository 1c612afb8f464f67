"""The links by which a question is answered that comes from a name: one a question, behind a short random word.

As with the links by which people leave, a link is made when its text is claimed, in that transaction, and only a keyed
digest of its word is kept. What a link does is `sending.link_answers`'s.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from yesword.domain.composing import CONFIRM_LINK
from yesword.domain.ids import BrandId, ContactId, EventId, MessageId, ProgramId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store import link_words
from yesword.store.database import Session

if TYPE_CHECKING:
    from yesword.store.opening import Store

LINKS: Final = link_words.Links("/y/", CONFIRM_LINK)

_KIND: Final = "confirm_link"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ConfirmLink:
    """Which question it answers, whom that was put to, and which text carried it."""

    digest: bytes
    brand: BrandId
    program: ProgramId
    contact: ContactId
    message: MessageId
    request: EventId
    made_at: datetime
    used_at: datetime | None


def row(
    store: "Store",
    word: str,
    *,
    brand: int,
    program: int,
    contact: ContactId,
    message: MessageId,
    request: int,
    at: datetime,
) -> dict[str, object]:
    """For `insert_confirm_link`."""
    return {
        "digest": link_words.digest(store, _KIND, word),
        "brand_id": brand,
        "program_id": program,
        "bucket": bucket_of(contact),
        "contact_id": contact,
        "message_id": message,
        "request_id": request,
        "made_at": to_micros(at),
    }


def find(store: "Store", session: Session, word: str) -> ConfirmLink | None:
    """The link of this word."""
    for digest in link_words.digests(store, _KIND, word):
        found = session.first("confirm_link", digest=digest)
        if found is not None:
            brand, program, contact, message, request, made_at, used_at = found
            return ConfirmLink(
                digest=digest,
                brand=BrandId(brand),
                program=ProgramId(program),
                contact=ContactId(contact),
                message=MessageId(message),
                request=EventId(request),
                made_at=from_micros(made_at),
                used_at=None if used_at is None else from_micros(used_at),
            )
    return None


def use(session: Session, link: ConfirmLink, at: datetime) -> bool:
    """False: it was used before."""
    return bool(session.run("use_confirm_link", digest=link.digest, used_at=to_micros(at)))


def purge(session: Session, before: datetime) -> int:
    """Forget the links of questions that were put before then: from then on they open nothing."""
    return session.run("purge_confirm_links", before=to_micros(before))
