"""Proofs of inclusion for what goes out of the house: receipts and packs. Each is checked here before anybody gets it.

Only what is published is proven. Which events a proof is wanted for, and what travels with it, their writers know.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.domain.times import from_micros
from yesword.ledger.checkpoint import (
    Checkpoint,
    VerifierKey,
    read_checkpoint,
    read_vkey,
    verify_checkpoint,
)
from yesword.ledger.leaf import HASH_BYTES
from yesword.ledger.merkle import verify_inclusion
from yesword.ledger.proof import TlogProof
from yesword.ledger.tile_proofs import inclusion_path_from
from yesword.ledger.tiles import TILE_WIDTH
from yesword.proof.attesting import note_with_cosignatures
from yesword.store import ledgers
from yesword.store.database import Session
from yesword.store.ledgers import STAMP, WITNESS, LogRow, Place
from yesword.store.opening import Store


class UnpublishedError(YeswordError):
    """The log {origin} has published {published} records, and record {index} under {size} is not yet among them. Ask again in a moment."""

    code = "ledger_not_published"


class UnfitTreeError(YeswordError):
    """The stored tree of the log {origin} does not lead to the root that was signed for {size} records, so no proof is given: {reason} `yesword ledger audit` names what was changed."""

    code = "ledger_tree_unfit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proven:
    """A place in a log, with the proof of it."""

    log: LogRow
    place: Place
    proof: TlogProof

    @property
    def checkpoint(self) -> Checkpoint:
        return read_checkpoint(self.proof.checkpoint)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouching:
    """A witness or a timestamp authority, and when it first vouched for a log that holds the place."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouched:
    """Since when a place is in the log, by the log's own clock and by those of others; the earliest first."""

    since: datetime | None  # when the head that first covered it was signed
    witnesses: tuple[Vouching, ...]
    stamps: tuple[Vouching, ...]


def inclusion(session: Session, log: LogRow, index: int, size: int) -> TlogProof:
    """That the record at this index is under the published checkpoint of this size, with its witnesses' lines.

    Raises NoCheckpointError, UnpublishedError, UnfitTreeError.
    """
    if not index < size <= log.published_size:
        raise UnpublishedError(origin=log.origin, published=log.published_size, index=index, size=size)
    return inclusion_under(session, log, index, note_with_cosignatures(session, log, size))


def inclusion_under(session: Session, log: LogRow, index: int, note: str) -> TlogProof:
    """The same, for a note that is at hand. Raises UnfitTreeError."""
    said = read_checkpoint(note)
    read = ledgers.tile_reader(session, log.id)
    tile, within = divmod(index, TILE_WIDTH)
    try:
        signing_key(session, log, note)
        path = inclusion_path_from(read, index, said.size)
        leaf = read(0, tile)[within * HASH_BYTES : (within + 1) * HASH_BYTES]
        verify_inclusion(leaf=leaf, index=index, size=said.size, path=path, root=said.root)
    except YeswordError as error:
        raise UnfitTreeError(origin=log.origin, size=said.size, reason=error.message) from error
    return TlogProof(index=index, path=path, checkpoint=note)


def published_note(store: Store, session: Session, log: LogRow) -> str | None:
    """The newest published checkpoint with its witnesses' lines; None while nothing is published."""
    if not log.published_size:
        return None
    if ledgers.checkpoint(session, log.id, log.published_size) is not None:
        return note_with_cosignatures(session, log, log.published_size)
    # Its successor is committed and took its place, but is not yet published: what the journal knows may be shown.
    remembered = store.journal.head(log.id)
    if remembered is not None:
        head = read_checkpoint(remembered)
        if head.origin == log.origin and log.published_size <= head.size <= log.size:
            return remembered
    size = _size(session, "newest_shown", log)
    return note_with_cosignatures(session, log, size) if size else None


def prove(store: Store, session: Session, place: Place) -> Proven | None:
    """The proof that says most of a place: under the newest checkpoint that a witness has seen, or else the newest.

    None while no published checkpoint covers the place. Raises UnfitTreeError.
    """
    known = ledgers.logs(session, ledgers.brand_of(place.log))
    log = next((each for each in known if each.id == place.log), None)
    if log is None or place.index >= log.published_size:
        return None
    witnessed = witnessed_size(session, log)
    if place.index < witnessed:
        return Proven(log=log, place=place, proof=inclusion(session, log, place.index, witnessed))
    note = published_note(store, session, log)
    if note is None or place.index >= read_checkpoint(note).size:
        return None
    return Proven(log=log, place=place, proof=inclusion_under(session, log, place.index, note))


def witnessed_size(session: Session, log: LogRow) -> int:
    """The size of the newest published checkpoint that a witness has seen; 0 for none."""
    return _size(session, "newest_vouched_for", log, kind=WITNESS)


def _size(session: Session, query: str, log: LogRow, **more: str) -> int:
    """The size of a checkpoint that is kept and published; 0 for none."""
    row = session.first(query, log_id=log.id, published=log.published_size, **more)
    return 0 if row is None or row[0] is None else int(row[0])


def signing_key(session: Session, log: LogRow, note: str) -> VerifierKey:
    """The one of the log's keys that signed the note. Raises what `verify_checkpoint` says of the newest of them."""
    newest, *older = [read_vkey(row[1]) for row in reversed(session.rows("ledger_keys", log_id=log.id))]
    try:
        verify_checkpoint(note, newest)
    except YeswordError:
        for key in older:
            with contextlib.suppress(YeswordError):
                verify_checkpoint(note, key)
                return key
        raise
    return newest


def published(session: Session, brand: BrandId, events: Iterable[int]) -> dict[int, Place]:
    """Where these events stand under a published checkpoint; those that are not there yet are left out."""
    sizes = {log.id: log.published_size for log in ledgers.logs(session, brand)}
    found = ledgers.places(session, events)
    return {event: place for event, place in found.items() if place.index < sizes.get(place.log, 0)}


def vouched(session: Session, place: Place) -> Vouched:
    """What was said of the log since it holds the place."""
    where = {"log_id": place.log, "idx": place.index}
    first = session.first("entered_at", **where)
    said = [
        (kind, Vouching(name=name, at=from_micros(at)))
        for kind, name, at in session.rows("first_vouched_for", **where)
    ]
    return Vouched(
        since=None if first is None else from_micros(first[0]),
        witnesses=tuple(each for kind, each in said if kind == WITNESS),
        stamps=tuple(each for kind, each in said if kind == STAMP),
    )
