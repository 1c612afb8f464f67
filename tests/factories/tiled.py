"""A log kept as tiles in memory, which remembers every tile that was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from yesword.ledger.leaf import node_hash
from yesword.ledger.merkle import Frontier
from yesword.ledger.tiles import Growth, grow, tile_width


@dataclass(kw_only=True)
class TiledLog:
    frontier: Frontier = field(default_factory=Frontier)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    asked: list[tuple[int, int]] = field(default_factory=list)

    def read(self, level: int, index: int) -> bytes:
        self.asked.append((level, index))
        return self.tiles.get((level, index), b"")

    def append(self, leaves: Sequence[bytes]) -> Growth:
        growth = grow(self.frontier, leaves, self.read)
        self.frontier = growth.frontier
        self.tiles.update(growth.tiles)
        return growth


@dataclass(kw_only=True)
class EvenLog:
    """A log of equal leaves: of any size, and with no tile stored."""

    leaf: bytes
    size: int
    asked: list[tuple[int, int]] = field(default_factory=list)

    def read(self, level: int, index: int) -> bytes:
        self.asked.append((level, index))
        return self.node(8 * level) * tile_width(level, index, self.size)

    def node(self, height: int) -> bytes:
        node = self.leaf
        for _ in range(height):
            node = node_hash(node, node)
        return node

    @property
    def frontier(self) -> Frontier:
        heights = [height for height in reversed(range(64)) if self.size >> height & 1]
        return Frontier(size=self.size, hashes=tuple(map(self.node, heights)))

    def root(self) -> bytes:
        return self.frontier.root()
