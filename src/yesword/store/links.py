"""Private links: what is behind a random word that only its holder has. The store keeps the word's digest, never the word.

What each kind opens is for whoever asks: a link says whose it is, and whether it still holds.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from yesword.domain.ids import BrandId, ContactId, ProgramId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Row, Session

WORD_BYTES: Final = 16  # 128 random bits
WORD_CHARS: Final = 22  # as base64url
RECEIPT_LASTS: Final = timedelta(days=365)
AUDIT_LASTS: Final = timedelta(days=7)


class LinkKind(StrEnum):
    RECEIPT = "receipt"  # a person's own page about one program
    AUDITOR = "auditor"  # the entries of a brand's log
    AUDIT = "audit"  # the answer to a carrier's audit; `pack` is its row


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Link:
    """One that was made, whether it holds or not."""

    digest: bytes
    brand: BrandId
    kind: str
    contact: ContactId | None
    program: ProgramId | None
    pack: int | None
    made_at: datetime
    expires_at: datetime | None  # None: not by itself
    ended_at: datetime | None
    opened: int  # times

    def holds(self, at: datetime) -> bool:
        return self.ended_at is None and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLink:
    brand: BrandId
    kind: str
    contact: ContactId | None = None
    program: ProgramId | None = None
    pack: int | None = None
    expires_at: datetime | None = None


def make(session: Session, link: NewLink, at: datetime) -> str:
    """The word. It is nowhere else: who loses it needs another link."""
    word = secrets.token_urlsafe(WORD_BYTES)
    session.run(
        "insert_link",
        digest=digest_of(word),
        brand_id=link.brand,
        kind=link.kind,
        bucket=None if link.contact is None else bucket_of(link.contact),
        contact_id=link.contact,
        program_id=link.program,
        pack_id=link.pack,
        made_at=to_micros(at),
        expires_at=None if link.expires_at is None else to_micros(link.expires_at),
    )
    return word


def find(session: Session, word: str, kind: str, at: datetime) -> Link | None:
    """The link of this word, if it is of this kind and still holds.

    What is looked up is a digest, so how long it takes tells nothing about words that come near; it is compared once
    more in constant time.
    """
    if len(word) != WORD_CHARS or not word.isascii():
        return None
    digest = digest_of(word)
    row = session.first("link", digest=digest)
    if row is None:
        return None
    link = _link(row)
    is_it = secrets.compare_digest(link.digest, digest) and link.kind == kind
    return link if is_it and link.holds(at) else None


def count_opening(session: Session, link: Link) -> None:
    session.run("count_opening", digest=link.digest)


def end(session: Session, digest: bytes, at: datetime) -> bool:
    """False: there is no such link, or it was ended before."""
    return bool(session.run("end_link", digest=digest, ended_at=to_micros(at)))


def of_contact(session: Session, contact: ContactId, kind: str) -> Sequence[Link]:
    """All that were made for a person, newest first."""
    rows = session.rows("links_of_contact", bucket=bucket_of(contact), contact_id=contact)
    return [link for link in map(_link, rows) if link.kind == kind]


def of_kind(session: Session, brand: BrandId, kind: str) -> Sequence[Link]:
    """All of a brand, newest first."""
    return [_link(row) for row in session.rows("links_of_kind", brand_id=brand, kind=kind)]


def digest_of(word: str) -> bytes:
    """SHA-256: a word of 128 random bits cannot be guessed from it, so it takes no salt."""
    return hashlib.sha256(word.encode()).digest()


def _link(row: Row) -> Link:
    return Link(
        digest=bytes(row[0]),
        brand=BrandId(row[1]),
        kind=row[2],
        contact=None if row[3] is None else ContactId(row[3]),
        program=None if row[4] is None else ProgramId(row[4]),
        pack=row[5],
        made_at=from_micros(row[6]),
        expires_at=None if row[7] is None else from_micros(row[7]),
        ended_at=None if row[8] is None else from_micros(row[8]),
        opened=row[9],
    )
