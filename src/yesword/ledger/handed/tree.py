"""The tree of one hand-over: a leaf a text, sorted by whom it went to, so that absence can be shown as well as presence.

A leaf is a person's tag and a digest of the text's facts, 32 bytes each. Whoever knows a tag is shown the run of leaves
in which it would have to stand, with the neighbours on both sides; the tags of others say nothing without their subject
ids, and are different in every hand-over. What tags and digests are made of is in `texts`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.leaf import HASH_BYTES, leaf_hash, node_hash
from yesword.ledger.merkle import verify_inclusion

TAG_BYTES: Final = 32
LEAF_BYTES: Final = TAG_BYTES + HASH_BYTES


class MalformedLeavesError(YeswordError):
    """The leaves of the hand-over cannot be used: {reason}. They should be one or more different leaves of 64 bytes, in ascending order."""

    code = "ledger_handed_leaves_malformed"


class ExcerptError(YeswordError):
    """The excerpt of the hand-over does not show who got its texts: {reason}."""

    code = "ledger_handed_excerpt_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Excerpt:
    """Neighbouring leaves of a hand-over, each with its path to the root: all of one tag, and the next on both sides.

    At a border of the tree there is no neighbour. Where no leaf has the tag, the two that would stand around it are left.
    """

    first: int  # index of the first leaf, from zero
    leaves: tuple[bytes, ...]
    paths: tuple[tuple[bytes, ...], ...]  # from each leaf's sibling upwards


def join_leaves(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Tags and digests as the sorted leaves that are kept."""
    return b"".join(sorted(tag + digest for tag, digest in pairs))


def split_leaves(leaves: bytes) -> list[bytes]:
    """Raises MalformedLeavesError."""
    if not leaves or len(leaves) % LEAF_BYTES:
        raise MalformedLeavesError(reason=f"they are {len(leaves)} bytes long")
    found = [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]
    if any(left >= right for left, right in pairwise(found)):
        raise MalformedLeavesError(reason="they are not sorted")
    return found


def root_of(leaves: bytes) -> bytes:
    """The RFC 6962 root over the joined leaves. Raises MalformedLeavesError."""
    return _levels(split_leaves(leaves))[-1][0]


def prove(leaves: bytes, tag: bytes) -> Excerpt:
    """What shows all the leaves of the tag, or that there is none. Raises MalformedLeavesError."""
    found = split_leaves(leaves)
    start = bisect_left(found, tag, key=_tag)
    end = bisect_right(found, tag, key=_tag)
    first, stop = max(start - 1, 0), min(end + 1, len(found))
    levels = _levels(found)
    return Excerpt(
        first=first,
        leaves=tuple(found[first:stop]),
        paths=tuple(_path(levels, index) for index in range(first, stop)),
    )


def verify(excerpt: Excerpt, *, tag: bytes, count: int, root: bytes) -> tuple[bytes, ...]:
    """The digests of the texts that the hand-over holds for the tag, none where it holds none.

    That every leaf outside the excerpt is in order cannot be seen from inside it: whoever keeps all leaves checks that.
    Raises ExcerptError, InclusionError.
    """
    leaves = excerpt.leaves
    if not leaves or len(leaves) != len(excerpt.paths):
        raise ExcerptError(reason="it has no leaves, or not a path for each")
    if len(tag) != TAG_BYTES or any(len(leaf) != LEAF_BYTES for leaf in leaves):
        raise ExcerptError(reason=f"a tag is not {TAG_BYTES} bytes long, or a leaf not {LEAF_BYTES}")
    if any(left >= right for left, right in pairwise(leaves)):
        raise ExcerptError(reason="its leaves are not sorted, so a leaf could stand anywhere")
    for index, (leaf, path) in enumerate(zip(leaves, excerpt.paths, strict=True), excerpt.first):
        verify_inclusion(leaf=leaf_hash(leaf), index=index, size=count, path=path, root=root)
    if excerpt.first and _tag(leaves[0]) >= tag:
        raise ExcerptError(reason="the leaf before those of the person is missing")
    if excerpt.first + len(leaves) < count and _tag(leaves[-1]) <= tag:
        raise ExcerptError(reason="the leaf after those of the person is missing")
    return tuple(leaf[TAG_BYTES:] for leaf in leaves if _tag(leaf) == tag)


def _tag(leaf: bytes) -> bytes:
    return leaf[:TAG_BYTES]


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """All hashes from the leaves up. Pairing from below, with an odd one carried up, is RFC 6962's tree."""
    levels = [[leaf_hash(leaf) for leaf in leaves]]
    while len(below := levels[-1]) > 1:
        above = [node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)]
        if len(below) & 1:
            above.append(below[-1])
        levels.append(above)
    return levels


def _path(levels: Sequence[Sequence[bytes]], index: int) -> tuple[bytes, ...]:
    path = []
    for level in levels[:-1]:
        if (sibling := index ^ 1) < len(level):
            path.append(level[sibling])
        index >>= 1
    return tuple(path)
