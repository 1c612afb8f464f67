"""One log's tree, walked once from its first place to its last: places, leaves, tiles and the roots on the way.

Where two things differ, a third decides which of them was changed: a row and its tile are held against the hash that
stands above them. So one change is told once, and what rests on it is not told as changed, too. Memory does not grow with
the log: a tile of each level is held, and one page of places.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from yesword.domain.ids import BrandId, to_text
from yesword.ledger.leaf import HASH_BYTES
from yesword.ledger.merkle import Frontier
from yesword.ledger.tiles import TILE_WIDTH, hashes_of, tile_path, tile_width
from yesword.proof.auditing.marks import Mark
from yesword.store.database import Row, Session
from yesword.store.forms import as_bytes
from yesword.store.misfits import MOST_TOLD, Fault, Misfits, misfit
from yesword.store.opening import Store

_PAGE_TILES: Final = 8
_MISSING: Final = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """The log as its row claims it to be; `size` is what is walked."""

    id: int
    brand: BrandId
    origin: str
    size: int
    frontier: Frontier | None  # None where the row's own is damaged


@dataclass(kw_only=True)
class Walk:
    """`marks` are the heads to be held against the roots, smallest first."""

    store: Store
    log: Claimed
    marks: Iterator[Mark]
    misfits: Misfits
    tiles: int = 0
    frontier: Frontier = field(default_factory=Frontier)
    _next: Mark | None = None
    # By level: the index of the tile in the making, and its hashes.
    _above: list[tuple[int, list[bytes]]] = field(default_factory=list)

    def run(self) -> Iterator[int]:
        """Do it; gives the number of places looked at, as it goes on."""
        self._next = next(self.marks, None)
        self._pass_marks()
        last = -(-self.log.size // TILE_WIDTH)
        for start in range(0, last, _PAGE_TILES):
            stop = min(start + _PAGE_TILES, last)
            with self.store.database.read() as session:
                self._page(session, start, stop)
            yield min(stop * TILE_WIDTH, self.log.size)
        with self.store.database.read() as session:
            level = 0
            while level < len(self._above):
                index, hashes = self._above[level]
                if hashes:
                    self._settle_upper(session, level + 1, index, hashes)
                level += 1
        self._look_beyond()

    # --- one page of level 0 ----------------------------------------------------------------------------------------

    def _page(self, session: Session, start: int, stop: int) -> None:
        log = self.log
        first, end = start * TILE_WIDTH, min(stop * TILE_WIDTH, log.size)
        rows: dict[int, Row] = {
            row[0]: row for row in session.rows("audited_places", log_id=log.id, start=first, stop=end)
        }
        stored = _tiles(session, log.id, 0, start, stop)
        for tile in range(start, stop):
            width = tile_width(0, tile, log.size)
            at = tile * TILE_WIDTH
            leaves = [_leaf(rows.get(at + step)) for step in range(width)]
            for step in range(width):
                self._look_at_row(at + step, rows.get(at + step))
            chosen = self._settle(session, tile, rows, leaves, stored.get(tile))
            self._extend(chosen)
            self.tiles += 1
            if width == TILE_WIDTH:
                self._raise(session, 0, Frontier().extend(chosen).root())

    def _look_at_row(self, index: int, row: Row | None) -> None:
        brands = () if row is None else (row[4], row[6])
        if any(brand is not None and brand != self.log.brand for brand in brands):
            assert row is not None
            self._tell(Fault.PLACE_OF_OTHER_BRAND, "ledger_entry", index=index, event=_named(row))

    def _settle(
        self,
        session: Session,
        tile: int,
        rows: dict[int, Row],
        leaves: Sequence[bytes],
        stored: bytes | None,
    ) -> list[bytes]:
        """Hold the leaves of the rows against their tile; the hashes to go on with."""
        width = len(leaves)
        inside = (stored or b"")[: width * HASH_BYTES]
        if inside == b"".join(leaves):  # a leaf that is missing makes it shorter
            return list(leaves)
        above = self._what_stands_above(session, 0, tile, width)
        have_all = all(len(leaf) == HASH_BYTES for leaf in leaves)
        if have_all and _summary(leaves) == above:
            self._tell_tile(0, tile, leaves, stored)
            return list(leaves)
        hashes = hashes_of(inside) if len(inside) == width * HASH_BYTES else []
        if not hashes:  # neither side is whole: say so of both
            self._tell_tile(0, tile, leaves, stored)
        at = tile * TILE_WIDTH
        chosen = []
        is_blamed = False
        for step, leaf in enumerate(leaves):
            kept = hashes[step] if hashes else leaf if len(leaf) == HASH_BYTES else bytes(HASH_BYTES)
            if leaf != kept:
                is_blamed = True
                self._tell_place(at + step, rows.get(at + step), kept)
            chosen.append(kept)
        if hashes and have_all and is_blamed and _summary(hashes) != above:
            return list(
                leaves
            )  # nothing vouches for the tile, either: what is stored as events is what we have
        return chosen

    def _tell_place(self, index: int, row: Row | None, expected: bytes) -> None:
        if row is None:
            self._tell(Fault.PLACE_MISSING, "ledger_entry", index=index, expected=expected.hex())
            return
        leaf = _leaf(row)
        if not leaf:
            self._tell(
                Fault.PLACE_OF_NOTHING,
                "consent_event",
                index=index,
                event=_named(row),
                expected=expected.hex(),
            )
            return
        self._tell(
            Fault.LEAF_DIFFERS,
            "consent_event",
            index=index,
            event=_named(row),
            expected=expected.hex(),
            found=leaf.hex(),
        )

    # --- the levels above -------------------------------------------------------------------------------------------

    def _raise(self, session: Session, level: int, root: bytes) -> None:
        """A tile of this level is full: its root is a hash of the level above."""
        if len(self._above) == level:
            self._above.append((0, []))
        index, hashes = self._above[level]
        hashes.append(root)
        if len(hashes) == TILE_WIDTH:
            self._settle_upper(session, level + 1, index, hashes)
            self._above[level] = (index + 1, [])
            self._raise(session, level + 1, Frontier().extend(hashes).root())

    def _settle_upper(self, session: Session, level: int, index: int, hashes: Sequence[bytes]) -> None:
        stored = _tiles(session, self.log.id, level, index, index + 1).get(index)
        self.tiles += 1
        if (stored or b"")[: len(hashes) * HASH_BYTES] != b"".join(hashes):
            self._tell_tile(level, index, hashes, stored)

    def _what_stands_above(
        self, session: Session, level: int, tile: int, width: int
    ) -> tuple[bytes, ...] | None:
        """What the stored tree says of this tile as a whole, in the form of `_summary`."""
        if width == TILE_WIDTH:
            parent, place = divmod(tile, TILE_WIDTH)
            row = _tiles(session, self.log.id, level + 1, parent, parent + 1).get(parent, b"")
            found = row[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            return (found,) if found else None
        if self.log.frontier is None:
            return None
        return self.log.frontier.hashes[len(self.log.frontier.hashes) - width.bit_count() :]

    def _tell_tile(self, level: int, index: int, wanted: Sequence[bytes], stored: bytes | None) -> None:
        name = tile_path(level, index)
        if not stored:
            self._tell(Fault.TILE_MISSING, "ledger_tile", tile=name, expected=len(wanted))
            return
        found = hashes_of(stored)
        for place, hash_ in enumerate(wanted):
            there = found[place] if place < len(found) else _MISSING
            if there != hash_ and len(there) == HASH_BYTES and hash_:
                self._tell(
                    Fault.TILE_DIFFERS,
                    "ledger_tile",
                    tile=name,
                    index=place,
                    expected=hash_.hex(),
                    found=there.hex(),
                )
                return
        if len(stored) < len(wanted) * HASH_BYTES:
            self._tell(
                Fault.TILE_CUT,
                "ledger_tile",
                tile=name,
                expected=len(wanted) * HASH_BYTES,
                found=len(stored),
            )

    # --- roots ------------------------------------------------------------------------------------------------------

    def _extend(self, leaves: list[bytes]) -> None:
        """Add to the tree, stopping wherever a head was signed."""
        done = 0
        while done < len(leaves):
            end = len(leaves)
            if self._next is not None:
                end = min(end, done + self._next.size - self.frontier.size)
            self.frontier = self.frontier.extend(leaves[done:end])
            done = end
            self._pass_marks()

    def _pass_marks(self) -> None:
        while self._next is not None and self._next.size <= self.frontier.size:
            found = self._next.against(self.frontier.root())
            if found is not None:
                self.misfits.add(found)
            self._next = next(self.marks, None)

    # --- what is too much -------------------------------------------------------------------------------------------

    def _look_beyond(self) -> None:
        """Heads, places and tiles that no log of this size has. A log that grew meanwhile has more of them, rightly."""
        log = self.log
        heads = [] if self._next is None else [self._next, *self.marks]
        with self.store.database.read() as session:
            places = session.rows("places_beyond", log_id=log.id, size=log.size, count=MOST_TOLD)
            wide = list(_wide(session, log.id, log.size))
            row = session.first("log_size", id=log.id)
        size = max(log.size, row[0]) if row and log.frontier is not None else log.size
        for head in heads:
            if head.size > size:
                self.misfits.add(head.beyond(size))
        for index, event in places:
            if not 0 <= index < size:
                self._tell(
                    Fault.PLACE_BEYOND,
                    "ledger_entry",
                    index=index,
                    event=to_text("evt", event),
                    expected=size,
                )
        for level, index, length in wide:
            expected = tile_width(level, index, size) if level >= 0 <= index else 0
            if length > expected * HASH_BYTES:
                self._tell(
                    Fault.TILE_BEYOND,
                    "ledger_tile",
                    tile=f"level {level}, index {index}",
                    expected=expected,
                    found=length // HASH_BYTES,
                )

    def _tell(self, fault: Fault, where: str, **fields: object) -> None:
        self.misfits.add(misfit(fault, where, log=self.log.origin, **fields))


def _tiles(session: Session, log_id: int, level: int, start: int, stop: int) -> dict[int, bytes]:
    rows = session.rows("audited_tiles", log_id=log_id, level=level, start=start, stop=stop)
    return {index: as_bytes(hashes) for index, hashes in rows}


def _wide(session: Session, log_id: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Stored tiles that are wider than a log of this size has them."""
    level, index = -1, -1
    while rows := session.rows("tile_lengths", log_id=log_id, level=level, idx=index, count=1000):
        for level, index, length in rows:
            if level < 0 or index < 0 or length > tile_width(level, index, size) * HASH_BYTES:
                yield level, index, length


def _leaf(row: Row | None) -> bytes:
    if row is None:
        return _MISSING
    found = row[3] if row[3] is not None else row[5]
    return _MISSING if found is None else as_bytes(found)


def _named(row: Row) -> str:
    """An event, unless only a statement has this id."""
    return to_text("sta" if row[3] is None and row[5] is not None else "evt", row[2])


def _summary(hashes: Iterable[bytes]) -> tuple[bytes, ...]:
    """A tile as what stands above it knows it: one root of a full one, the end of the frontier for a partial one."""
    return Frontier().extend(hashes).hashes
