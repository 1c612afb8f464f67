"""The tiles of c2sp.org/tlog-tiles: how a tree is cut into rows of 256 hashes, what they are called, how they grow.

A tile's level is 0 for leaf hashes; one hash of level L is the root of a complete subtree of 256**L
leaves. One row is kept for each (level, index). It only ever widens: every narrower version of a
tile is a prefix of it. Proofs from tiles are in `tile_proofs`, the entries in `bundles`; where
tiles are stored is not known here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from yesword.domain.errors import YeswordError
from yesword.ledger.leaf import HASH_BYTES
from yesword.ledger.merkle import MAX_TREE_SIZE, Frontier

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT  # hashes in a full tile, and entries in a full bundle
MAX_LEVEL: Final = 63  # what a path may name; a tree of 2^63 leaves ends at level 7

TileReader: TypeAlias = Callable[[int, int], bytes]  # of level and index; empty if there is no such tile

_MAX_INDEX: Final = MAX_TREE_SIZE >> TILE_HEIGHT
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class BadTilePathError(YeswordError):
    """{path} is no path of a tile. It should look like tile/0/x001/x234/067, or tile/entries/x001/x234/067.p/5 for the first five entries of a bundle: a level of 0 to 63 or "entries", an index in groups of three digits, and a width of 1 to 255 if the tile is partial."""

    code = "ledger_tile_path_malformed"


class TileLengthError(YeswordError):
    """The tile at level {level}, index {index} is {found} bytes long where {wanted} are wanted. It is missing, cut, or ahead of the log: the stored tree is damaged. Restore the tile, and sign nothing until then."""

    code = "ledger_tile_length"


class OtherTileError(YeswordError):
    """The tile at level {level}, index {index} does not belong to the log's tree of {size} leaves. The stored tree is damaged: sign nothing until the tile is restored."""

    code = "ledger_tile_of_other_tree"


class LeafLengthError(YeswordError):
    """A leaf hash of {found} bytes cannot go into the log. Leaf hashes are 32 bytes long: nothing was appended."""

    code = "ledger_leaf_length"


@dataclass(frozen=True, kw_only=True, slots=True)
class TilePath:
    """Where a log serves a tile of hashes or a bundle of entries, below its URL prefix."""

    level: int | None  # none for a bundle of entries
    index: int
    width: int = TILE_WIDTH  # hashes, or entries

    def __post_init__(self) -> None:
        if (
            (self.level is not None and not 0 <= self.level <= MAX_LEVEL)
            or not 0 <= self.index <= _MAX_INDEX
            or not 1 <= self.width <= TILE_WIDTH
        ):
            raise BadTilePathError(path=str(self))

    def __str__(self) -> str:
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        *first, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
        level = "entries" if self.level is None else self.level
        suffix = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{''.join(f'x{group}/' for group in first)}{last}{suffix}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """What appending leaves changes: the frontier, and the new contents of every tile that it touched."""

    frontier: Frontier
    tiles: Mapping[tuple[int, int], bytes]  # by level and index


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    return str(TilePath(level=level, index=index, width=width))


def bundle_path(index: int, width: int = TILE_WIDTH) -> str:
    return str(TilePath(level=None, index=index, width=width))


def read_tile_path(text: str) -> TilePath:
    """Takes one spelling for each tile, the canonical one. Raises BadTilePathError."""
    shown = repr(text[:80])
    found = _PATH.fullmatch(text)
    if found is None:
        raise BadTilePathError(path=shown)
    level, index, width = found["level"], found["index"], found["width"]
    try:
        path = TilePath(
            level=None if level == "entries" else int(level),
            index=int(index.replace("x", "").replace("/", "")),
            width=TILE_WIDTH if width is None else int(width),
        )
    except BadTilePathError as error:
        raise BadTilePathError(path=shown) from error
    if str(path) != text:  # leading zeros, and a full width written out
        raise BadTilePathError(path=shown)
    return path


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes this tile has in a tree of `size` leaves: 0 to 256."""
    before = index << TILE_HEIGHT
    return min(max((size >> TILE_HEIGHT * level) - before, 0), TILE_WIDTH)


def hashes_of(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def grow(frontier: Frontier, leaves: Iterable[bytes], read_tile: TileReader) -> Growth:
    """Append leaf hashes to the tree of `frontier`.

    Reads the stored partial tile of each level that gets hashes, and no other. Such a tile must be
    exactly what the frontier says: to widen a damaged one would put the damage under a signature.
    Raises TileLengthError, OtherTileError, LeafLengthError, and FrontierError past 2^63 - 1 leaves.
    """
    nodes: Sequence[bytes] = list(leaves)
    for leaf in nodes:
        if len(leaf) != HASH_BYTES:
            raise LeafLengthError(found=len(leaf))
    size = frontier.size + len(nodes)
    tiles: dict[tuple[int, int], bytes] = {}
    above, ends = frontier.hashes, []
    level = 0
    while nodes:
        # The frontier is cut like the tree: a level's share of it is the frontier of its last tile.
        index, width = divmod(frontier.size >> TILE_HEIGHT * level, TILE_WIDTH)
        cut = len(above) - width.bit_count()
        last = Frontier(size=width, hashes=above[cut:])
        above = above[:cut]
        row = _stored(read_tile, level, index, last, frontier.size) if width else b""
        parents: list[bytes] = []
        taken = 0
        while taken < len(nodes):
            fresh = nodes[taken : taken + TILE_WIDTH - last.size]
            taken += len(fresh)
            last = last.extend(fresh)
            tiles[level, index] = row + b"".join(fresh)
            if last.size == TILE_WIDTH:
                parents.append(last.root())
                index, row, last = index + 1, b"", Frontier()
        ends.append(last.hashes)
        nodes = parents
        level += 1
    hashes = tuple(chain(above, *reversed(ends)))
    return Growth(frontier=Frontier(size=size, hashes=hashes), tiles=tiles)


def _stored(read_tile: TileReader, level: int, index: int, last: Frontier, size: int) -> bytes:
    tile = read_tile(level, index)
    wanted = last.size * HASH_BYTES
    if len(tile) != wanted:
        raise TileLengthError(level=level, index=index, wanted=wanted, found=len(tile))
    if Frontier().extend(hashes_of(tile)) != last:
        raise OtherTileError(level=level, index=index, size=size)
    return tile
