"""Files of evidence as rows, with what is sealed of each. What may be a file, and until when it is kept, is not known here.

No digest of a file stands in a column: it would tell who has the same file. It is in the sealed record, under a salt.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store.database import Row, Session
from yesword.store.sealing import Seal, place


@dataclass(frozen=True, kw_only=True, slots=True)
class BlobRow:
    id: int
    brand: BrandId
    contact: ContactId
    kind: str
    media_type: str
    size: int  # bytes, before it was sealed
    kept_at: datetime
    purge_at: datetime | None  # None: as long as the record of the person
    is_there: bool = True  # False: only the row is left


def insert(session: Session, row: BlobRow, data: bytes, seal: Seal) -> None:
    session.run(
        "insert_blob",
        bucket=bucket_of(row.id),
        id=row.id,
        brand_id=row.brand,
        contact_id=row.contact,
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        sealed=seal.close(data, place("blob", row.id)),
        kept_at=to_micros(row.kept_at),
        purge_at=None if row.purge_at is None else to_micros(row.purge_at),
    )


def read(session: Session, blob: int) -> tuple[BlobRow, bytes | None] | None:
    """The row, and what is sealed of the file: None where it is gone."""
    row = session.first("blob", bucket=bucket_of(blob), id=blob)
    if row is None:
        return None
    sealed = None if row[8] is None else bytes(row[8])
    return _row(row, is_there=sealed is not None), sealed


def of_contact(session: Session, contact: ContactId) -> list[BlobRow]:
    """All of a person, oldest first, those that are gone too."""
    rows = session.rows("blob_rows_of_contact", bucket=bucket_of(contact), contact_id=contact)
    return [_row(row, is_there=bool(row[8])) for row in rows]


def purge_by(session: Session, blobs: Iterable[int], at: datetime) -> int:
    """Let these go at `at` at the latest, where they have a day to go by; how many go earlier by that."""
    return sum(
        session.run("purge_blob_by", bucket=bucket_of(each), id=each, purge_at=to_micros(at))
        for each in blobs
    )


def _row(row: Row, *, is_there: bool) -> BlobRow:
    return BlobRow(
        id=row[0],
        brand=BrandId(row[1]),
        contact=ContactId(row[2]),
        kind=row[3],
        media_type=row[4],
        size=row[5],
        kept_at=from_micros(row[6]),
        purge_at=None if row[7] is None else from_micros(row[7]),
        is_there=is_there,
    )
