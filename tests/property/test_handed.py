"""Hand-overs of any size: everybody is shown right, present or absent, and nothing that is altered passes."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from yesword.domain.errors import YeswordError
from yesword.ledger.handed import Excerpt, join_leaves, prove, root_of, split_leaves, tag_of, verify
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import inclusion_path, tree_root

hashes = st.binary(min_size=32, max_size=32)
# Few tags, so that people get several texts; near ones, so that neighbours differ in little.
tags = st.one_of(hashes, st.integers(0, 12).map(lambda last: bytes(31) + bytes([last])))
batches = st.dictionaries(st.tuples(tags, hashes), st.none(), min_size=1, max_size=40).map(join_leaves)


@given(batches, tags)
def test_everybody_is_shown_right_present_or_absent(leaves: bytes, stranger: bytes) -> None:
    found = split_leaves(leaves)
    for tag in {*(leaf[:32] for leaf in found), stranger}:
        shown = verify(prove(leaves, tag), tag=tag, count=len(found), root=root_of(leaves))
        assert list(shown) == [leaf[32:] for leaf in found if leaf[:32] == tag]


@given(batches)
def test_the_tree_is_that_of_rfc_6962(leaves: bytes) -> None:
    hashed = [leaf_hash(leaf) for leaf in split_leaves(leaves)]
    assert root_of(leaves) == tree_root(hashed)
    excerpt = prove(leaves, leaves[:32])
    assert excerpt.paths == tuple(inclusion_path(hashed, index) for index in range(len(excerpt.paths)))


@given(batches, tags, st.data())
def test_an_excerpt_from_which_a_leaf_is_taken_shows_nothing_or_the_same(
    leaves: bytes, tag: bytes, data: st.DataObject
) -> None:
    """What may be missing is a neighbour that is not needed; never a text of the person."""
    excerpt, found = prove(leaves, tag), split_leaves(leaves)
    start = data.draw(st.integers(0, len(excerpt.leaves)))
    stop = data.draw(st.integers(start, len(excerpt.leaves)))
    cut = Excerpt(
        first=excerpt.first + start, leaves=excerpt.leaves[start:stop], paths=excerpt.paths[start:stop]
    )
    try:
        shown = verify(cut, tag=tag, count=len(found), root=root_of(leaves))
    except YeswordError:
        return
    assert cut == excerpt
    assert list(shown) == [leaf[32:] for leaf in found if leaf[:32] == tag]


@given(batches, tags, st.data())
def test_an_excerpt_in_which_a_bit_is_turned_shows_nothing(
    leaves: bytes, tag: bytes, data: st.DataObject
) -> None:
    excerpt, count = prove(leaves, tag), len(split_leaves(leaves))
    at = data.draw(st.integers(0, len(excerpt.leaves) - 1))
    if data.draw(st.booleans()) or not excerpt.paths[at]:
        turned = _turned(excerpt.leaves[at], data)
        altered = replace(excerpt, leaves=(*excerpt.leaves[:at], turned, *excerpt.leaves[at + 1 :]))
    else:
        path = list(excerpt.paths[at])
        step = data.draw(st.integers(0, len(path) - 1))
        path[step] = _turned(path[step], data)
        altered = replace(excerpt, paths=(*excerpt.paths[:at], tuple(path), *excerpt.paths[at + 1 :]))
    assert _is_refused(altered, tag, count, root_of(leaves))


@given(batches, tags, st.sampled_from([1, 2, 3, -1, -2, -3]))
def test_an_excerpt_moved_to_another_place_shows_nothing(leaves: bytes, tag: bytes, by: int) -> None:
    excerpt = prove(leaves, tag)
    moved = replace(excerpt, first=excerpt.first + by)
    assert _is_refused(moved, tag, len(split_leaves(leaves)), root_of(leaves))


@given(batches, tags, st.integers(1, 50))
def test_an_excerpt_under_another_count_shows_no_other_texts(leaves: bytes, tag: bytes, count: int) -> None:
    excerpt, found = prove(leaves, tag), split_leaves(leaves)
    try:
        shown = verify(excerpt, tag=tag, count=count, root=root_of(leaves))
    except YeswordError:
        return
    assert list(shown) == [leaf[32:] for leaf in found if leaf[:32] == tag]


@given(
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=16, max_size=16),
)
def test_a_person_has_another_tag_in_every_hand_over(subject: bytes, one: bytes, other: bytes) -> None:
    assume(one != other)
    assert tag_of(subject.hex(), one) == tag_of(subject.hex(), one) != tag_of(subject.hex(), other)


def _turned(data: bytes, draw: st.DataObject) -> bytes:
    bit = draw.draw(st.integers(0, 8 * len(data) - 1))
    turned = bytearray(data)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def _is_refused(excerpt: Excerpt, tag: bytes, count: int, root: bytes) -> bool:
    try:
        verify(excerpt, tag=tag, count=count, root=root)
    except YeswordError:
        return True
    return False
