"""The hashes of an RFC 6962 tree: one for a leaf, one for a node. What goes into a leaf is in `entry`, the tree in `merkle`."""

from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
_PAIR: Final = 2 * HASH_BYTES

# RFC 6962 section 2.1: the prefixes keep a leaf from ever being read as a node.
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    return sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(_NODE + left + right).digest()


def parents(row: bytes) -> bytes:
    """The row of hashes above a row of pairs, one after the other in one piece: `node_hash` of each pair."""
    return b"".join([sha256(_NODE + row[at : at + _PAIR]).digest() for at in range(0, len(row), _PAIR)])
