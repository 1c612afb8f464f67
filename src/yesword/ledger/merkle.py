"""The Merkle tree of RFC 6962 and RFC 9162: growing one with few hashes kept, and checking proofs about it.

Sizes and indexes count leaves; every hash is 32 bytes; leaves come in hashed (see `leaf`). The
functions that take all leaves follow the RFC's own recursion: they are exact and slow, for small
logs and as the measure for anything faster. Storing a tree is not done here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.leaf import HASH_BYTES, node_hash

EMPTY_ROOT: Final = sha256(b"").digest()
MAX_TREE_SIZE: Final = 2**63 - 1  # what tlog formats can carry


class InclusionError(YeswordError):
    """The inclusion proof does not hold: {reason}. The record is not shown to be in the log."""

    code = "ledger_inclusion_failed"


class ConsistencyError(YeswordError):
    """The consistency proof does not hold: {reason}. The larger log is not shown to continue the smaller one."""

    code = "ledger_consistency_failed"


class FrontierError(YeswordError):
    """A tree of {size} leaves does not end in {count} complete subtrees of 32-byte hashes. The saved state of the log is damaged: do not sign with it."""

    code = "ledger_frontier_damaged"


@dataclass(frozen=True, kw_only=True, slots=True)
class Frontier:
    """All that appending needs: the roots of the complete subtrees that make up the tree, largest first.

    There is one for each bit that is set in the size, so at most 63.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if (
            not 0 <= self.size <= MAX_TREE_SIZE
            or len(self.hashes) != self.size.bit_count()
            or any(len(item) != HASH_BYTES for item in self.hashes)
        ):
            raise FrontierError(size=self.size, count=len(self.hashes))

    def append(self, leaf: bytes) -> "Frontier":
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> "Frontier":
        size = self.size
        hashes = list(self.hashes)
        for leaf in leaves:
            node, filled = leaf, size
            while filled & 1:  # each trailing one is a subtree that this leaf completes
                node = node_hash(hashes.pop(), node)
                filled >>= 1
            hashes.append(node)
            size += 1
        return Frontier(size=size, hashes=tuple(hashes))

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        *larger, root = self.hashes
        for node in reversed(larger):
            root = node_hash(node, root)
        return root


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2. Raises InclusionError."""
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise InclusionError(reason=f"a log of {size} records has no record {index}")
    if any(len(item) != HASH_BYTES for item in (leaf, root, *path)):
        raise InclusionError(reason="a hash is not 32 bytes long")
    node, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise InclusionError(reason="its path is too long")
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            while not node & 1 and node:  # a right border without a sibling is passed over
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise InclusionError(reason="its path is too short")
    if computed != root:
        raise InclusionError(reason="its path leads to another root")


def verify_consistency(
    *, old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """RFC 9162 section 2.1.4.2. Every tree continues the empty one, by an empty proof. Raises ConsistencyError."""
    if not 0 <= old_size <= new_size <= MAX_TREE_SIZE:
        raise ConsistencyError(reason=f"the log would have shrunk from {old_size} to {new_size}")
    if any(len(item) != HASH_BYTES for item in (old_root, new_root, *path)):
        raise ConsistencyError(reason="a hash is not 32 bytes long")
    if old_size in (0, new_size):
        if path:
            raise ConsistencyError(reason="its path is too long")
        if old_root != (new_root if old_size else EMPTY_ROOT):
            raise ConsistencyError(reason="the roots differ")
        if new_size == 0 and new_root != EMPTY_ROOT:
            raise ConsistencyError(reason="the roots differ")
        return
    # A complete old tree is itself a node of the new one, so the proof leaves its root out.
    steps = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not steps:
        raise ConsistencyError(reason="its path is too short")
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_computed = new_computed = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise ConsistencyError(reason="its path is too long")
        if node & 1 or node == last:
            old_computed = node_hash(sibling, old_computed)
            new_computed = node_hash(sibling, new_computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new_computed = node_hash(new_computed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ConsistencyError(reason="its path is too short")
    if old_computed != old_root:
        raise ConsistencyError(reason="its path leads to another old root")
    if new_computed != new_root:
        raise ConsistencyError(reason="its path leads to another new root")


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(tree_root(leaves[:split]), tree_root(leaves[split:]))


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.1, from the leaf's sibling upwards."""
    if not 0 <= index < len(leaves):
        raise InclusionError(reason=f"a log of {len(leaves)} records has no record {index}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return (*inclusion_path(left, index), tree_root(right))
    return (*inclusion_path(right, index - split), tree_root(left))


def consistency_path(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.2: that this tree continues the one of its first `old_size` leaves."""
    if not 0 <= old_size <= len(leaves):
        raise ConsistencyError(reason=f"the log would have shrunk from {old_size} to {len(leaves)}")
    return _consistency_path(leaves, old_size, is_known=True) if old_size else ()


def _consistency_path(leaves: Sequence[bytes], old_size: int, *, is_known: bool) -> tuple[bytes, ...]:
    if old_size == len(leaves):
        return () if is_known else (tree_root(leaves),)
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return (*_consistency_path(left, old_size, is_known=is_known), tree_root(right))
    return (*_consistency_path(right, old_size - split, is_known=False), tree_root(left))


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
