"""The rows of an erasure: how far it has come, and everything of a contact that becomes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain import codec
from yesword.domain.ids import BrandId, ContactId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
from yesword.store.journal import Erased
from yesword.store.sealing import Seal, place

# The stages of one, in their order. HELD is the end of it as long as the proof must be kept.
STOPPED: Final = "stopped"
# In place of it in a store that was put back, where the vault knows of the erasure already: nothing opens any more.
KEYLESS: Final = "keyless"
WIPED: Final = "wiped"
DONE: Final = "done"
HELD: Final = "held"


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureRow:
    contact: ContactId
    brand: BrandId
    stage: str
    ground: str  # why it was erased
    policy: str  # of retention, that said so
    citation: str
    asked_at: datetime
    asked_by: int | None  # a user; None: the person, or time
    retain_until: datetime | None  # until then the proof is kept
    done_at: datetime | None


def enter(session: Session, row: ErasureRow) -> None:
    session.run(
        "insert_erasure",
        bucket=bucket_of(row.contact),
        contact_id=row.contact,
        brand_id=row.brand,
        stage=row.stage,
        ground=row.ground,
        policy=row.policy,
        citation=row.citation,
        asked_at=to_micros(row.asked_at),
        asked_by=row.asked_by,
        retain_until=None if row.retain_until is None else to_micros(row.retain_until),
    )


def read(session: Session, contact: ContactId) -> ErasureRow | None:
    row = session.first("erasure", bucket=bucket_of(contact), contact_id=contact)
    return None if row is None else _row(row)


def unknown(session: Session, lines: Sequence[Erased]) -> list[Erased]:
    """Those of the journal's erasures of which this store does not know, or not that the kept proof has gone, too."""
    wanted = sorted({line.contact for line in lines})
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    rows = session.rows("known_erasures", ids=session.ids(wanted), buckets=buckets)
    is_kept = {row[0]: row[1] is not None for row in rows}
    return [
        line
        for line in lines
        if line.contact not in is_kept or (is_kept[line.contact] and line.retain_until is None)
    ]


def unfinished(session: Session, count: int = 100) -> list[ErasureRow]:
    """Begun by a process that did not live to end them."""
    return [_row(row) for row in session.rows("unfinished_erasures", count=count)]


def at_their_end(session: Session, at: datetime, count: int = 100) -> list[ErasureRow]:
    """Whose proof need not be kept any longer."""
    return [_row(row) for row in session.rows("holds_at_their_end", now=to_micros(at), count=count)]


def of_brand(session: Session, brand: BrandId, count: int = 200) -> list[ErasureRow]:
    """The newest of a brand."""
    return [_row(row) for row in session.rows("erasures_of_brand", brand_id=brand, count=count)]


def move(session: Session, contact: ContactId, stage: str, at: datetime | None = None) -> None:
    session.run(
        "move_erasure",
        bucket=bucket_of(contact),
        contact_id=contact,
        stage=stage,
        done_at=None if at is None else to_micros(at),
    )


def mark(session: Session, contact: ContactId, at: datetime) -> None:
    """Say of somebody whose key is destroyed that they were erased: from then on nobody tries to open their number."""
    session.run("mark_erased", bucket=bucket_of(contact), id=contact, erased_at=to_micros(at))


def last_use(session: Session, contact: ContactId) -> datetime | None:
    """When the newest text to them was handed over."""
    row = session.first("last_use", bucket=bucket_of(contact), contact_id=contact)
    return None if row is None or row[0] is None else from_micros(row[0])


def wipe(session: Session, contact: Contact, at: datetime, held_number: bytes | None) -> None:
    """Make everything nothing that is not evidence of an event. `held_number`: sealed anew, where the proof is kept."""
    place_of = {"bucket": contact.bucket, "contact_id": contact.id}
    session.run(
        "wipe_contact",
        bucket=contact.bucket,
        id=contact.id,
        subject=contact.subject if held_number else "",
        sealed_number=held_number,
        places=codec.dumps(()),
        erased_at=to_micros(at),
    )
    for name in _WIPES:
        session.run(name, **place_of)


# Reports and references first: they are found by way of the attempts.
_WIPES: Final = (
    "wipe_reports",
    "wipe_references",
    "wipe_attempts",
    "wipe_decisions",
    "wipe_bodies",
    "erase_contact_senders",
    "wipe_triage_notes",
    "wipe_request_notes",
    "wipe_answers_of_registries",
    "wipe_import_people",
    "wipe_codes",
    "wipe_second_proof",
    "wipe_links",
    "wipe_leave_links",
    "wipe_confirm_links",
    "wipe_leave_answers",
    "wipe_contest_entries",
    "wipe_arrivals",
    "wipe_arrivals_by_point",
    "wipe_departures",
    "wipe_opt_out_differences",
    "wipe_triggers",
    "wipe_deliveries",
    "wipe_invitations",
    "forget_number_of_invitations",
)


def events(session: Session, contact: ContactId) -> Iterator[tuple[int, bytes, bytes | None]]:
    """(event, body, sealed disclosures), oldest first."""
    for row in session.rows("events_of_contact", bucket=bucket_of(contact), contact_id=contact):
        yield row[0], bytes(row[1]), None if row[2] is None else bytes(row[2])


def reseal(session: Session, event: int, sealed: bytes | None) -> None:
    session.run("reseal_event", bucket=bucket_of(event), id=event, sealed=sealed)


def inbound_bodies(
    session: Session, contact: ContactId, old: Seal | None, new: Seal | None, kept: set[int]
) -> None:
    """Seal anew what somebody wrote that is evidence; the rest becomes nothing."""
    rows = session.rows("inbound_of_erased", bucket=bucket_of(contact), contact_id=contact)
    for row_id, sealed in rows:
        anew = _anew(sealed, place("inbound", row_id), old, new) if row_id in kept else None
        session.run("wipe_inbound", bucket=bucket_of(row_id), id=row_id, sealed_body=anew)


def blobs(
    session: Session, contact: ContactId, old: Seal | None, new: Seal | None, kinds: frozenset[str]
) -> None:
    """The same of files; those of these kinds are kept."""
    rows = session.rows("blobs_of_erased", bucket=bucket_of(contact), contact_id=contact)
    for row_id, kind, sealed in rows:
        anew = _anew(sealed, place("blob", row_id), old, new) if kind in kinds else None
        session.run("wipe_blob", bucket=bucket_of(row_id), id=row_id, sealed=anew)


def _anew(sealed: bytes | None, at: bytes, old: Seal | None, new: Seal | None) -> bytes | None:
    if old is None or new is None or sealed is None:
        return None
    return new.close(old.open(bytes(sealed), at), at)


def _row(row: Row) -> ErasureRow:
    return ErasureRow(
        contact=ContactId(row[0]),
        brand=BrandId(row[1]),
        stage=row[2],
        ground=row[3],
        policy=row[4],
        citation=row[5],
        asked_at=from_micros(row[6]),
        asked_by=row[7],
        retain_until=None if row[8] is None else from_micros(row[8]),
        done_at=None if row[9] is None else from_micros(row[9]),
    )
