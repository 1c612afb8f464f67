"""Roots and proofs computed from stored tiles, reading as few as there can be.

A tree of 100 million leaves has four levels of tiles; an inclusion proof reads at most seven: the
leaf's own at each level, and the partial one at the right border of each but the highest. Tiles are
trusted here: whoever holds a signed root checks the proof against it (`merkle`), which takes microseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from yesword.ledger.leaf import HASH_BYTES, parents
from yesword.ledger.merkle import (
    EMPTY_ROOT,
    MAX_TREE_SIZE,
    ConsistencyError,
    Frontier,
    FrontierError,
    InclusionError,
)
from yesword.ledger.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    TileLengthError,
    TileReader,
    tile_width,
)

_FULL_BYTES: Final = TILE_WIDTH * HASH_BYTES


def root_from(read: TileReader, size: int) -> bytes:
    """The root of the tree's first `size` leaves. Raises TileLengthError."""
    if not 0 <= size <= MAX_TREE_SIZE:
        raise FrontierError(size=size, count=0)
    return _Tree(read=read, size=size).span(0, size) if size else EMPTY_ROOT


def inclusion_path_from(read: TileReader, index: int, size: int) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.1, from the leaf's sibling upwards. Raises InclusionError, TileLengthError."""
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise InclusionError(reason=f"a log of {size} records has no record {index}")
    start, end = 0, size
    spans: list[tuple[int, int]] = []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return _hashes(read, size, spans)


def consistency_path_from(read: TileReader, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.2. Raises ConsistencyError, TileLengthError."""
    if not 0 <= old_size <= new_size <= MAX_TREE_SIZE:
        raise ConsistencyError(reason=f"the log would have shrunk from {old_size} to {new_size}")
    if old_size == 0:
        return ()
    start, end = 0, new_size
    spans: list[tuple[int, int]] = []
    while end != old_size:
        middle = _middle(start, end)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # the old root itself is known to whoever checks, the end of the old tree is not
        spans.append((start, end))
    return _hashes(read, new_size, spans)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tree:
    read: TileReader
    size: int
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def span(self, start: int, end: int) -> bytes:
        """The root over these leaves, where `start` is the border of a subtree of at least this length."""
        length, at = end - start, start
        nodes: list[bytes] = []
        for height in reversed(range(length.bit_length())):
            if length >> height & 1:
                nodes.append(self._node(height, at >> height))
                at += 1 << height
        return Frontier(size=length, hashes=tuple(nodes)).root()

    def _node(self, height: int, index: int) -> bytes:
        """The root of the complete subtree of 2**height leaves: folded from at most half a tile."""
        level, rise = divmod(height, TILE_HEIGHT)
        tile, first = divmod(index << rise, TILE_WIDTH)
        row = self._tile(level, tile)[first * HASH_BYTES : (first + (1 << rise)) * HASH_BYTES]
        while len(row) > HASH_BYTES:
            row = parents(row)
        return row

    def _tile(self, level: int, index: int) -> bytes:
        tile = self.tiles.get((level, index))
        if tile is None:
            tile = self.tiles[level, index] = self.read(level, index)
            wanted = tile_width(level, index, self.size) * HASH_BYTES
            # A stored tile may have grown since this size: then it is wider, by whole hashes.
            if not wanted <= len(tile) <= _FULL_BYTES or len(tile) % HASH_BYTES:
                raise TileLengthError(level=level, index=index, wanted=wanted, found=len(tile))
        return tile


def _hashes(read: TileReader, size: int, spans: Iterable[tuple[int, int]]) -> tuple[bytes, ...]:
    """Of spans that were found from the root downwards; a path goes up."""
    tree = _Tree(read=read, size=size)
    return tuple(reversed([tree.span(start, end) for start, end in spans]))


def _middle(start: int, end: int) -> int:
    """Where RFC 6962 splits: after the largest power of two below the length."""
    return start + (1 << (end - start - 1).bit_length() - 1)
