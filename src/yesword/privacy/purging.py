"""What the retention job takes away of people who stay: addresses, files whose day has come, what is left of imports, and old texts.

Each step does one page of it. Nothing here decides who is erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from yesword.collect.imports import uploaded
from yesword.consent.record import open_sections, seal_place
from yesword.domain import codec
from yesword.domain.events import ConsentEvent, EventKind
from yesword.domain.evidence.addresses import KEPT_FOR, purge_after
from yesword.domain.evidence.kinds import EvidenceKind
from yesword.domain.ids import BUCKETS, EPOCH_MS, ContactId, bucket_of, from_text
from yesword.domain.retention import Override
from yesword.domain.times import to_micros
from yesword.ledger.entry import open_disclosure
from yesword.privacy.periods import Periods
from yesword.store import models, programs
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.sealing import Seal

# What of the circumstances says where somebody was, and with what. A section goes as a whole, or its digest would not fit.
_WHEREABOUTS: Final = frozenset({"ip", "ua", "geo"})
_BUCKETS_A_PAGE: Final = 32
_STAMP_BITS: Final = 12  # of an id, below its milliseconds
_BUCKET_BITS: Final = 53
_MARGIN: Final = timedelta(days=1)  # between the clocks of two machines that write


@dataclass(kw_only=True, slots=True)
class Job:
    store: Store
    at: datetime
    periods: Periods
    overrides: tuple[Override, ...]
    is_dry_run: bool
    place: models.RetentionRun
    last_began: datetime | None  # the last run that was done: whatever was due then is gone
    texts_from: datetime | None  # up to then, texts were looked at
    page: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a step: what went, and where the next one begins."""

    cursor: int = -1
    is_last: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)


# --- addresses, and what else says where somebody was ----------------------------------------------------------


def addresses(job: Job) -> Page:
    """An address is due when the handset confirms, or 30 days on: whatever is younger than the last run can be it."""
    floor = 0 if job.last_began is None else to_micros(job.last_began - KEPT_FOR - _MARGIN)
    with job.store.database.read() as session:
        rows = session.rows(
            "events_since",
            cursor=job.place.cursor,
            cursor_bucket=bucket_of(job.place.cursor),
            floor=floor,
            count=job.page,
        )
        seals = dict(job.store.vault.seals({ContactId(row[1]) for row in rows}))
        due = [
            (row, kept, seal)
            for row in rows
            if (seal := seals.get(ContactId(row[1]))) is not None
            and (kept := _without_address(session, row, seal, job.at)) is not None
        ]
    if due and not job.is_dry_run:
        with job.store.database.write() as session, job.store.database.overwriting():
            for row, kept, seal in due:
                _reseal(session, row, kept, seal)
    return Page(
        cursor=rows[-1][0] if rows else -1,
        is_last=len(rows) < job.page,
        counts={"addresses": len(due)},
    )


def _without_address(session: Session, row: Sequence[Any], seal: Seal, at: datetime) -> list[str] | None:
    """The disclosures of an event that stay, where its circumstances are due; None where they are not."""
    event = codec.loads(ConsentEvent, bytes(row[2]))
    disclosures = open_sections(seal, bytes(row[3]), _origin(event), event.id)
    opened = [(each, open_disclosure(each)) for each in disclosures]
    tells_where = any(
        name == "context" and isinstance(value, Mapping) and not _WHEREABOUTS.isdisjoint(value)
        for _, (name, value) in opened
    )
    if not tells_where:
        return None
    due_at = purge_after(
        claim_period=None, confirmed_at=_confirmed_at(session, event), collected_at=event.received_at
    )
    return [each for each, (name, _) in opened if name != "context"] if due_at <= at else None


def _origin(event: ConsentEvent) -> str:
    return programs.brand(event.brand).origin


def _confirmed_at(session: Session, event: ConsentEvent) -> datetime | None:
    rows = session.rows("events_of_contact", bucket=bucket_of(event.contact), contact_id=event.contact)
    answers = (codec.loads(ConsentEvent, bytes(row[1])) for row in rows)
    return next(
        (
            each.received_at
            for each in answers
            if each.kind is EventKind.CONFIRMED and each.answers == event.id
        ),
        None,
    )


def _reseal(session: Session, row: Sequence[Any], kept: list[str], seal: Seal) -> None:
    event = codec.loads(ConsentEvent, bytes(row[2]))
    session.run(
        "reseal_unchanged",
        bucket=bucket_of(event.id),
        id=event.id,
        was=row[3],
        sealed=seal.close(codec.dumps(kept), seal_place(_origin(event), event.id)),
    )


# --- files -----------------------------------------------------------------------------------------------------


def files(job: Job) -> Page:
    with job.store.database.read() as session:
        rows = session.rows(
            "files_due",
            now=to_micros(job.at),
            cursor=job.place.cursor,
            cursor_bucket=bucket_of(job.place.cursor),
            count=job.page,
        )
    ids = [row[0] for row in rows]
    if ids and not job.is_dry_run:
        with job.store.database.write() as session, job.store.database.overwriting():
            for each in ids:
                session.run("wipe_blob", bucket=bucket_of(each), id=each, sealed=None)
    return Page(cursor=ids[-1] if ids else -1, is_last=len(ids) < job.page, counts={"files": len(ids)})


def uploads(job: Job) -> Page:
    """What is left of files that were uploaded to be imported, the rejected rows above all. All at once: there are few."""
    due = uploaded.over(job.store, job.at - job.periods.uploads)
    for each in () if job.is_dry_run else due:
        uploaded.let_go(each)
    return Page(counts={"uploads": len(due)})


# --- texts that prove nothing ----------------------------------------------------------------------------------


def texts(job: Job) -> Page:
    """Some buckets; the cursor counts them. A text is as old as its id."""
    first = job.place.cursor + 1
    last = min(first + _BUCKETS_A_PAGE, BUCKETS) - 1
    inbound = sent = 0
    for bucket in range(first, last + 1):
        floor, until = job.texts_from, job.place.texts_until
        span = {"bucket": bucket, "top": last_id(bucket, until)}
        after = (bucket << _BUCKET_BITS) - 1 if floor is None else last_id(bucket, floor)
        inbound += _empty(job, "old_inbound", after, span)
        sent += _empty(job, "old_bodies", after, span)
    return Page(
        cursor=last,
        is_last=last == BUCKETS - 1,
        counts={"inbound_texts": inbound, "sent_texts": sent},
    )


def _empty(job: Job, query: str, first: int, span: Mapping[str, int]) -> int:
    after, count = first, 0
    while True:
        with job.store.database.read() as session:
            rows = session.rows(query, after=after, count=job.page, **span)
            ids = [row[0] for row in rows]
            if query == "old_inbound":
                proofs = _texts_that_prove(job.store, session, {ContactId(row[1]) for row in rows})
                ids = [each for each in ids if each not in proofs]
        if ids and not job.is_dry_run:
            with job.store.database.write() as session, job.store.database.overwriting():
                for each in ids:
                    _empty_one(session, query, each)
        count += len(ids)
        if len(rows) < job.page:
            return count
        after = rows[-1][0]


def _empty_one(session: Session, query: str, row_id: int) -> None:
    if query == "old_inbound":
        session.run("empty_inbound", bucket=bucket_of(row_id), id=row_id)
        session.run("empty_triage_note", bucket=bucket_of(row_id), id=row_id)
    else:
        session.run("empty_body", bucket=bucket_of(row_id), id=row_id)


def _texts_that_prove(store: Store, session: Session, people: set[ContactId]) -> set[int]:
    """The inbound texts to which events of these people point as their evidence."""
    found: set[int] = set()
    seals = dict(store.vault.seals(people))
    for contact, seal in seals.items():
        for row in session.rows("events_of_contact", bucket=bucket_of(contact), contact_id=contact):
            if row[2] is None:
                continue
            origin = _origin(codec.loads(ConsentEvent, bytes(row[1])))
            for disclosure in open_sections(seal, bytes(row[2]), origin, row[0]):
                name, value = open_disclosure(disclosure)
                if name == "evidence" and isinstance(value, Sequence):
                    found |= {
                        from_text("inb", str(each["ref"]))
                        for each in value
                        if isinstance(each, Mapping) and each.get("kind") == EvidenceKind.INBOUND_TEXT.value
                    }
    return found


def last_id(bucket: int, moment: datetime) -> int:
    """The last id that a bucket can have had at a moment."""
    stamp = max(0, int(moment.astimezone(UTC).timestamp() * 1000) - EPOCH_MS)
    return (bucket << _BUCKET_BITS) | min(((stamp + 1) << _STAMP_BITS) - 1, (1 << _BUCKET_BITS) - 1)
