"""What was handed over, as rows: batches of leaves, and the statement of each. Making and proving them is done elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from yesword.domain.ids import BrandId, ContactId, bucket_of, to_text
from yesword.domain.times import from_micros, to_micros
from yesword.ledger.entry import Entry
from yesword.ledger.handed import KIND, HandedText
from yesword.store import ledgers, programs
from yesword.store.database import Row, Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What the next statement of a chain hangs on."""

    n: int = 0
    prev: bytes | None = None
    after_id: int | None = None
    after: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What one hand-over wrote for a brand, under the id of its statement."""

    id: int
    chain: str
    n: int
    after_id: int | None
    first_at: datetime
    last_at: datetime
    nonce: bytes
    secret: bytes
    leaves: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Where a batch hangs in its chain, without what is in it."""

    id: int
    chain: str
    n: int
    after_id: int | None
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Attempted:
    """One attempt to write a text; what the carrier said of it is the caller's to add."""

    brand: BrandId
    attempt: int
    subject: str
    text: HandedText


def before(session: Session, brand: BrandId, chain: str) -> Before:
    own = session.first("newest_of_chain", brand_id=brand, chain=chain)
    newest = session.first("newest_handed", brand_id=brand)
    is_foreign = newest is not None and newest[1] != chain
    return Before(
        n=own[0] if own else 0,
        prev=bytes(own[1]) if own else None,
        after_id=newest[0] if newest and is_foreign else None,
        after=bytes(newest[2]) if newest and is_foreign else None,
    )


def insert(session: Session, brand: BrandId, batch: Batch, made: Entry) -> None:
    """Keep a batch and its statement, and put that into the outbox."""
    session.run(
        "insert_handed_batch",
        bucket=bucket_of(batch.id),
        id=batch.id,
        brand_id=brand,
        chain=batch.chain,
        n=batch.n,
        after_id=batch.after_id,
        first_at=to_micros(batch.first_at),
        last_at=to_micros(batch.last_at),
        nonce=batch.nonce,
        secret=batch.secret,
        leaves=batch.leaves,
    )
    ledgers.insert_statement(session, brand, KIND, batch.id, made, batch.last_at)


def read(session: Session, batch_id: int) -> Batch | None:
    row = session.first("handed_batch", bucket=bucket_of(batch_id), id=batch_id)
    if row is None:
        return None
    return Batch(
        id=row[0],
        chain=row[1],
        n=row[2],
        after_id=row[3],
        first_at=from_micros(row[4]),
        last_at=from_micros(row[5]),
        nonce=bytes(row[6]),
        secret=bytes(row[7]),
        leaves=bytes(row[8]),
    )


def in_span(session: Session, brand: BrandId, since: datetime, until: datetime) -> list[Link]:
    """Those in which something may have been written from `since` to before `until`, oldest first."""
    rows = session.rows("handed_in_span", brand_id=brand, since=to_micros(since), until=to_micros(until))
    return [_link(row) for row in rows]


def in_chain(session: Session, brand: BrandId, chain: str, n: int) -> list[Link]:
    """One, where all is well; none, where it was taken away."""
    return [_link(row) for row in session.rows("handed_in_chain", brand_id=brand, chain=chain, n=n)]


def link(session: Session, batch_id: int) -> Link | None:
    row = session.first("handed_link", bucket=bucket_of(batch_id), id=batch_id)
    return None if row is None else _link(row)


def _link(row: Row) -> Link:
    return Link(id=row[0], chain=row[1], n=row[2], after_id=row[3], last_at=from_micros(row[4]))


def unrecorded(session: Session, owner: str) -> Iterator[Attempted]:
    """What a process had claimed, and may have written, when it ended."""
    for brand, message, *text, subject, attempt, at, decision, verdict in session.rows(
        "unrecorded_of_owner", owner=owner
    ):
        yield Attempted(
            brand=BrandId(brand),
            attempt=attempt,
            subject=subject,
            text=_text(message, text, at, decision, verdict),
        )


def attempted(
    session: Session, brand: BrandId, contact: ContactId, subject: str, since: datetime, until: datetime
) -> Iterator[Attempted]:
    """Every attempt to write to a person that was decided in this span, once for each decision that may have let it go."""
    for message, *text, attempt, at, decision, verdict in session.rows(
        "attempts_in_span",
        bucket=bucket_of(contact),
        contact_id=contact,
        since=to_micros(since),
        until=to_micros(until),
    ):
        yield Attempted(
            brand=brand,
            attempt=attempt,
            subject=subject,
            text=_text(message, text, at, decision, verdict),
        )


def _text(message: int, text: Sequence[Any], at: int, decision: bytes, verdict: str) -> HandedText:
    kind, message_class, program, version = text
    return HandedText(
        id=to_text("msg", message),
        at=from_micros(at),
        kind=kind,
        message_class=message_class,
        program=None if program is None else programs.version(program, version).key,
        outcome="unknown",
        decision=sha256(bytes(decision)).hexdigest(),
        verdict=verdict,
    )
