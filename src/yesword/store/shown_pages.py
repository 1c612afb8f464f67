"""Pages that everybody was shown, and their pictures, each under its own digest. They are about nobody and stay for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.evidence.media import MediaType
from yesword.domain.ids import BrandId
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Row, Session


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ShownPage:
    digest: str  # SHA-256 of its bytes: its name everywhere
    brand: BrandId  # that showed it first
    kind: EvidenceKind
    media_type: str
    body: bytes
    kept_at: datetime
    of_digest: str | None = None  # of a picture: the page that it shows
    width: int | None = None  # and how wide, in CSS pixels


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def publish_page(session: Session, brand: BrandId, html: str, at: datetime) -> str:
    """Keep a page under its digest, once however often it is published. The digest."""
    return _keep(session, brand, EvidenceKind.FORM_VERSION, MediaType.HTML, html.encode(), at)


def add_picture(session: Session, brand: BrandId, page: str, width: int, png: bytes, at: datetime) -> str:
    """Keep a picture of a page. Another browser draws it a little differently: then there are two, and both were so."""
    kind = EvidenceKind.PAGE_RENDER
    return _keep(session, brand, kind, MediaType.PNG, png, at, of_digest=page, width=width)


def read(session: Session, digest: str) -> ShownPage | None:
    row = session.first("shown_page", digest=digest)
    return None if row is None else _page(row)


def pictures(session: Session, page: str) -> list[ShownPage]:
    """Of a page, the narrow ones first, and of each width the oldest first."""
    return [_page(row) for row in session.rows("pictures_of_page", digest=page)]


def _keep(
    session: Session,
    brand: BrandId,
    kind: EvidenceKind,
    media_type: MediaType,
    body: bytes,
    at: datetime,
    *,
    of_digest: str | None = None,
    width: int | None = None,
) -> str:
    digest = digest_of(body)
    session.run(
        "insert_shown_page",
        digest=digest,
        brand_id=brand,
        kind=kind.value,
        media_type=media_type.value,
        of_digest=of_digest,
        width=width,
        body=body,
        kept_at=to_micros(at),
    )
    return digest


def _page(row: Row) -> ShownPage:
    return ShownPage(
        digest=row[0],
        brand=BrandId(row[1]),
        kind=EvidenceKind(row[2]),
        media_type=row[3],
        of_digest=row[4],
        width=row[5],
        body=bytes(row[6]),
        kept_at=from_micros(row[7]),
    )
