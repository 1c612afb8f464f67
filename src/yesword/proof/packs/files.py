"""The files that back a person's events: texts that they sent, what was kept for them, and pages that everybody was shown.

Each is found by its digest, as the record names it. What cannot be opened any more is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from yesword.domain.ids import from_text
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.sealing import Seal, UnreadableError, place

_EXTENSIONS: Final = {
    "text/plain": "txt",
    "text/html": "html",
    "application/json": "json",
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "message/rfc822": "eml",
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EvidenceFile:
    sha256: str
    extension: str
    body: bytes
    words: str = ""  # of a text that the person sent


def files_named(
    session: Session, contact: Contact, seal: Seal | None, named: Mapping[str, str]
) -> tuple[EvidenceFile, ...]:
    """`named`: the digest of each, and where it says that it is kept. By digest."""
    found = {
        each.sha256: each
        for each in (
            *_texts(session, contact, named.values(), seal),
            *_blobs(session, contact, seal),
            *_pages(session, named),
        )
    }
    return tuple(found[digest] for digest in sorted(named) if digest in found)


def _texts(
    session: Session, contact: Contact, refs: Iterable[str], seal: Seal | None
) -> Iterator[EvidenceFile]:
    ids = sorted({from_text("inb", ref) for ref in refs if ref.startswith("inb_")})
    rows = session.rows("inbound_bodies", bucket=contact.bucket, contact_id=contact.id, ids=session.ids(ids))
    for row_id, sealed in rows:
        body = _unsealed(seal, sealed, "inbound", row_id)
        if body is not None:
            yield EvidenceFile(
                sha256=sha256(body).hexdigest(),
                extension="txt",
                body=body,
                words=body.decode(errors="replace"),
            )


def _blobs(session: Session, contact: Contact, seal: Seal | None) -> Iterator[EvidenceFile]:
    rows = session.rows("blobs_of_contact", bucket=contact.bucket, contact_id=contact.id)
    for row_id, _, media_type, sealed in rows:
        body = _unsealed(seal, sealed, "blob", row_id)
        if body is not None:
            yield EvidenceFile(sha256=sha256(body).hexdigest(), extension=_extension(media_type), body=body)


def _pages(session: Session, digests: Iterable[str]) -> Iterator[EvidenceFile]:
    for digest, media_type, body in session.rows("shown_pages", digests=session.texts(sorted(digests))):
        yield EvidenceFile(sha256=digest, extension=_extension(media_type), body=bytes(body))


def _unsealed(seal: Seal | None, sealed: bytes | None, kind: str, row_id: int) -> bytes | None:
    if seal is None or sealed is None:
        return None
    try:
        return seal.open(bytes(sealed), place(kind, row_id))
    except UnreadableError:
        return None


def _extension(media_type: str) -> str:
    return _EXTENSIONS.get(media_type.partition(";")[0].strip().lower(), "bin")
