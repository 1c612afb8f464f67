"""The rows of the ledgers: logs, tiles, places, checkpoints and what others attest. Growing one is `proof.sequencer`'s."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain import codec
from yesword.domain.ids import BrandId, bucket_of
from yesword.domain.times import from_micros, to_micros
from yesword.ledger.entry import Entry
from yesword.ledger.merkle import Frontier
from yesword.ledger.tiles import TileReader
from yesword.store.database import Session

WITNESS: Final = "witness"
STAMP: Final = "stamp"

_HOUR_US: Final = 3_600_000_000
_HASH: Final = 32
_GENERATIONS: Final = 16  # bits of a log's id


@dataclass(frozen=True, kw_only=True, slots=True)
class LogRow:
    """One generation of a brand's log, as it stands in the store."""

    id: int
    brand: BrandId
    generation: int
    origin: str
    frontier: Frontier
    key_number: int
    published_size: int
    trouble: str  # why nothing is signed any more; empty while all is well

    @property
    def size(self) -> int:
        return self.frontier.size


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An event in the outbox."""

    bucket: int
    event: int
    leaf_hash: bytes
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an event stands: in which log, at which index from zero."""

    event: int
    log: int
    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCheckpoint:
    size: int
    note: str
    signed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Attestation:
    """What a witness (`kind` WITNESS, `body` its line) or an authority (STAMP, `body` its token) says of a checkpoint."""

    size: int
    kind: str
    name: str
    body: bytes
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """An entry as its event or statement holds it, whatever the tree says of it."""

    entry: bytes
    leaf_hash: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What the brand did, in its log: nothing in it is about anyone."""

    id: int
    brand: BrandId
    kind: str
    at: datetime
    disclosures: tuple[str, ...]
    entry: bytes
    leaf_hash: bytes


def logs(session: Session, brand: BrandId | None = None) -> list[LogRow]:
    """Of a brand, or all; older generations first."""
    rows = session.rows("logs") if brand is None else session.rows("logs_of_brand", brand_id=brand)
    return [
        LogRow(
            id=row[0],
            brand=BrandId(row[1]),
            generation=row[2],
            origin=row[3],
            frontier=_frontier(row[4], bytes(row[5])),
            key_number=row[6],
            published_size=row[7],
            trouble=row[8],
        )
        for row in rows
    ]


def insert_log(session: Session, brand: BrandId, generation: int, origin: str, key_number: int) -> int:
    """A new log, or the one that somebody else made meanwhile; its id."""
    session.run(
        "insert_log",
        id=log_id(brand, generation),
        brand_id=brand,
        generation=generation,
        origin=origin,
        frontier=b"",
        key_number=key_number,
    )
    return log_id(brand, generation)


def log_id(brand: BrandId, generation: int) -> int:
    return (brand << _GENERATIONS) | generation


def brand_of(log_id: int) -> BrandId:
    """Whose log it is: the id says so even where the store has no such log any more."""
    return BrandId(log_id >> _GENERATIONS)


def grow(session: Session, log: LogRow, frontier: Frontier) -> bool:
    """Take over a larger tree. False: somebody else has grown it since it was read."""
    return bool(
        session.run(
            "grow_log", id=log.id, was=log.size, size=frontier.size, frontier=b"".join(frontier.hashes)
        )
    )


def outbox(session: Session, brand: BrandId, count: int) -> list[Waiting]:
    rows = session.rows("outbox_of_brand", brand_id=brand, count=count)
    return [
        Waiting(bucket=row[0], event=row[1], leaf_hash=bytes(row[2]), since=from_micros(row[3]))
        for row in rows
    ]


def brands_waiting(session: Session) -> list[BrandId]:
    return [BrandId(row[0]) for row in session.rows("brands_in_outbox")]


def oldest_waiting(session: Session, brand: BrandId) -> tuple[int, datetime | None]:
    """How many events of the brand wait in the outbox, and since when the first of them."""
    row = session.first("outbox_waiting", brand_id=brand)
    assert row is not None
    return row[0], None if row[1] is None else from_micros(row[1])


def enter(session: Session, log: LogRow, taken: Sequence[Waiting], at: datetime) -> None:
    """Give each event the next place in the log, and take it from the outbox."""
    session.many(
        "insert_entry",
        [
            {
                "log_id": log.id,
                "idx": log.size + step,
                "bucket": each.bucket,
                "event_id": each.event,
                "entered_at": to_micros(at),
            }
            for step, each in enumerate(taken)
        ],
    )
    session.many("take_from_outbox", [{"bucket": each.bucket, "event_id": each.event} for each in taken])


def put_tiles(session: Session, log_id: int, tiles: Mapping[tuple[int, int], bytes]) -> None:
    session.many(
        "put_tile",
        [
            {"log_id": log_id, "level": level, "idx": index, "hashes": hashes}
            for (level, index), hashes in tiles.items()
        ],
    )


def tile_reader(session: Session, log_id: int) -> TileReader:
    """Tiles from the store, for `ledger.tile_proofs`; a tile that is not there is empty."""

    def read(level: int, index: int) -> bytes:
        row = session.first("tile", log_id=log_id, level=level, idx=index)
        return b"" if row is None else bytes(row[0])

    return read


def insert_checkpoint(session: Session, log: LogRow, size: int, note: str, at: datetime) -> None:
    """The new head. It is nobody's business before it is published."""
    session.run("insert_checkpoint", log_id=log.id, size=size, note=note, signed_at=to_micros(at))


def publish(session: Session, log: LogRow, size: int) -> None:
    """Show the head of this size. The one shown before is forgotten if it is of the same hour, and nothing else needs it."""
    session.run("publish_log", id=log.id, size=size)
    shown = checkpoint(session, log.id, size)
    if shown is not None:
        hour = to_micros(shown.signed_at) // _HOUR_US
        session.run("forget_checkpoint", log_id=log.id, size=log.published_size, hour=hour)


def checkpoint(session: Session, log_id: int, size: int) -> StoredCheckpoint | None:
    row = session.first("checkpoint", log_id=log_id, size=size)
    if row is None:
        return None
    return StoredCheckpoint(size=row[0], note=row[1], signed_at=from_micros(row[2]))


def checkpoints(session: Session, log_id: int, least: int = 0) -> list[StoredCheckpoint]:
    """Those of at least this size that are kept, smallest first."""
    return [
        StoredCheckpoint(size=size, note=note, signed_at=from_micros(at))
        for size, note, at in session.rows("checkpoints", log_id=log_id, least=least)
    ]


def attest(session: Session, log_id: int, attestation: Attestation) -> None:
    session.run(
        "insert_attestation",
        log_id=log_id,
        size=attestation.size,
        kind=attestation.kind,
        name=attestation.name,
        body=attestation.body,
        attested_at=to_micros(attestation.at),
    )


def attestations(session: Session, log_id: int, least: int = 0) -> list[Attestation]:
    return [
        Attestation(size=size, kind=kind, name=name, body=bytes(body), at=from_micros(at))
        for size, kind, name, body, at in session.rows("attestations", log_id=log_id, least=least)
    ]


def places(session: Session, events: Iterable[int]) -> dict[int, Place]:
    """Where events stand; of one that was entered again after a store was put back, in the newest log."""
    rows = session.rows("places_of_events", ids=session.ids(sorted(set(events))))
    return {event: Place(event=event, log=log, index=index) for event, log, index in rows}


def entered(session: Session, log_id: int, start: int, stop: int) -> list[tuple[int, int]]:
    """(index, event) of a range of places. A place that is missing is left out."""
    rows = session.rows("entries", log_id=log_id, start=start, stop=stop)
    return [(row[0], row[2]) for row in rows]


def stored_entries(session: Session, events: Sequence[int]) -> dict[int, StoredEntry]:
    """The entries of events and statements; what is in neither table is left out."""
    buckets = sorted({bucket_of(each) for each in events}) if session.vendor == "postgresql" else 0
    ids = session.ids(events)
    found = {
        row[0]: StoredEntry(entry=bytes(row[1]), leaf_hash=bytes(row[2]))
        for row in session.rows("event_entries", ids=ids, buckets=buckets)
    }
    if len(found) < len(events):
        for each in statements(session, [event for event in events if event not in found]):
            found[each.id] = StoredEntry(entry=each.entry, leaf_hash=each.leaf_hash)
    return found


def entry_bodies(session: Session, log_id: int, start: int, stop: int) -> Iterator[bytes | None]:
    """The entries of a range of places, in order; None where there is none."""
    at = dict(entered(session, log_id, start, stop))
    found = stored_entries(session, list(at.values()))
    for index in range(start, stop):
        stored = found.get(at.get(index, -1))
        yield stored.entry if stored else None


def insert_statement(
    session: Session, brand: BrandId, kind: str, row_id: int, made: Entry, at: datetime
) -> None:
    """Keep a statement, and put it into the outbox."""
    row = {
        "bucket": bucket_of(row_id),
        "id": row_id,
        "event_id": row_id,
        "brand_id": brand,
        "kind": kind,
        "made_at": to_micros(at),
        "created_at": to_micros(at),
        "disclosures": codec.dumps(list(made.disclosures)),
        "entry": made.entry,
        "leaf_hash": made.leaf_hash,
    }
    session.run("insert_statement", **row)
    session.many("insert_outbox", [row])


def statements(session: Session, ids: Sequence[int]) -> list[Statement]:
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    return [
        Statement(
            id=row[0],
            brand=BrandId(row[1]),
            kind=row[2],
            at=from_micros(row[3]),
            disclosures=tuple(codec.loads(list, bytes(row[4]))),
            entry=bytes(row[5]),
            leaf_hash=bytes(row[6]),
        )
        for row in session.rows("statements_by_id", ids=session.ids(ids), buckets=buckets)
    ]


def _frontier(size: int, hashes: bytes) -> Frontier:
    return Frontier(size=size, hashes=tuple(hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH)))
