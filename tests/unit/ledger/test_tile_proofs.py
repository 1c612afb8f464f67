"""Against the reference tree of RFC 6962. Beyond it, the RFC's recursion."""

import random

import pytest

from factories.rfc6962 import CONSISTENCY, ENTRIES, INCLUSION, ROOTS, unhex
from factories.tiled import EvenLog, TiledLog
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import (
    EMPTY_ROOT,
    ConsistencyError,
    FrontierError,
    InclusionError,
    consistency_path,
    inclusion_path,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from yesword.ledger.tile_proofs import consistency_path_from, inclusion_path_from, root_from
from yesword.ledger.tiles import TileLengthError

LEAVES = [leaf_hash(b"%d" % n) for n in range(1100)]
BORDERS = [1, 2, 3, 255, 256, 257, 258, 511, 512, 513, 768, 1023, 1024, 1025, 1100]
HUNDRED_MILLION = 100_000_000


@pytest.fixture(scope="module")
def log():
    return tiled(LEAVES)


def tiled(leaves):
    made = TiledLog()
    made.append(leaves)
    return made


def reference(size):
    return tiled([leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]])


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tree(size):
    assert root_from(reference(size).read, size).hex() == ROOTS[size]
    assert root_from(reference(8).read, size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_paths_are_those_of_the_reference_tree(index, size, path):
    assert inclusion_path_from(reference(size).read, index, size) == unhex(path)


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_paths_are_those_of_the_reference_tree(old, new, path):
    assert consistency_path_from(reference(new).read, old, new) == unhex(path)


def test_every_root_is_that_of_the_recursion_read_from_tiles_that_have_grown_since(log):
    for size in range(len(LEAVES) + 1):
        assert root_from(log.read, size) == tree_root(LEAVES[:size])


@pytest.mark.parametrize("size", BORDERS)
def test_inclusion_paths_are_those_of_the_recursion(log, size):
    for index in {0, 1, size // 2, *(n for n in (254, 255, 256, 257, 511, 512) if n < size), size - 1}:
        if index < size:
            assert inclusion_path_from(log.read, index, size) == inclusion_path(LEAVES[:size], index)


def test_every_leaf_of_a_tree_of_1100_is_shown_in_it(log):
    root = root_from(log.read, 1100)
    for index, leaf in enumerate(LEAVES):
        path = inclusion_path_from(log.read, index, 1100)
        verify_inclusion(leaf=leaf, index=index, size=1100, path=path, root=root)


@pytest.mark.parametrize("new", BORDERS)
def test_consistency_paths_are_those_of_the_recursion(log, new):
    for old in [0, *(size for size in BORDERS if size <= new)]:
        path = consistency_path_from(log.read, old, new)
        assert path == consistency_path(LEAVES[:new], old)
        verify_consistency(
            old_size=old,
            new_size=new,
            path=path,
            old_root=root_from(log.read, old),
            new_root=root_from(log.read, new),
        )


@pytest.mark.parametrize(
    ("index", "size", "asked"),
    [
        pytest.param(3, 256, [(0, 0)], id="a leaf of a single tile"),
        pytest.param(3, 300, [(0, 1), (0, 0)], id="a leaf before the right border"),
        pytest.param(299, 300, [(1, 0), (0, 1)], id="a leaf at the right border"),
        pytest.param(3, 1100, [(0, 4), (1, 0), (0, 0)], id="a leaf far from the right border"),
        pytest.param(0, 1, [], id="the only leaf"),
    ],
)
def test_an_inclusion_proof_reads_each_tile_once_and_none_in_vain_for(log, index, size, asked):
    log.asked.clear()
    inclusion_path_from(log.read, index, size)
    assert log.asked == asked


def test_a_proof_among_a_hundred_million_leaves_holds_and_reads_six_tiles_at_most():
    log = EvenLog(leaf=LEAVES[0], size=HUNDRED_MILLION)
    assert root_from(log.read, log.size) == log.root()
    assert len(log.asked) == 3
    draw = random.Random(6962)
    for index in [0, log.size - 1, *(draw.randrange(log.size) for _ in range(40))]:
        log.asked.clear()
        path = inclusion_path_from(log.read, index, log.size)
        verify_inclusion(leaf=log.leaf, index=index, size=log.size, path=path, root=log.root())
        assert len(set(log.asked)) == len(log.asked) <= 6


def test_a_consistency_proof_between_two_large_trees_holds_and_reads_few_tiles():
    old, new = EvenLog(leaf=LEAVES[0], size=71_234_567), EvenLog(leaf=LEAVES[0], size=HUNDRED_MILLION)
    path = consistency_path_from(new.read, old.size, new.size)
    verify_consistency(
        old_size=old.size, new_size=new.size, path=path, old_root=old.root(), new_root=new.root()
    )
    assert len(set(new.asked)) == len(new.asked) <= 7


@pytest.mark.parametrize(
    ("place", "length", "wanted"),
    [
        pytest.param((0, 0), 0, 8192, id="a missing tile of leaves"),
        pytest.param((0, 0), 8191, 8192, id="a tile of leaves without its last byte"),
        pytest.param((0, 0), 96, 8192, id="a tile of leaves that is cut between hashes"),
        pytest.param((0, 0), 8224, 8192, id="a tile of 257 hashes"),
        pytest.param((0, 4), 75 * 32, 76 * 32, id="a partial tile that lacks its last hash"),
        pytest.param((0, 4), 76 * 32 + 1, 76 * 32, id="a partial tile with a byte too many"),
        pytest.param((1, 0), 3 * 32, 4 * 32, id="a tile of nodes that lacks its last hash"),
    ],
)
def test_no_proof_is_made_from(place, length, wanted):
    log = tiled(LEAVES)
    log.tiles[place] = (log.tiles[place] * 2)[:length]
    for make in (
        lambda: inclusion_path_from(log.read, 3, 1100),
        lambda: consistency_path_from(log.read, 3, 1100),
    ):
        with pytest.raises(TileLengthError) as caught:
            make()
        assert caught.value.fields == {
            "level": place[0], "index": place[1], "wanted": wanted, "found": length,
        }  # fmt: skip


def test_an_older_tree_needs_no_more_than_its_own_tiles():
    log = tiled(LEAVES[:300])
    assert root_from(log.read, 280) == tree_root(LEAVES[:280])
    with pytest.raises(TileLengthError):
        root_from(log.read, 301)


def test_paths_are_not_made_for_what_is_not_there(log):
    for index, size in ((5, 5), (-1, 5), (0, 0), (0, 2**63)):
        with pytest.raises(InclusionError):
            inclusion_path_from(log.read, index, size)
    for old, new in ((6, 5), (-1, 5), (5, 2**63)):
        with pytest.raises(ConsistencyError):
            consistency_path_from(log.read, old, new)
    for size in (-1, 2**63):
        with pytest.raises(FrontierError):
            root_from(log.read, size)


def test_the_empty_tree_has_its_root_without_a_tile():
    log = TiledLog()
    assert root_from(log.read, 0) == EMPTY_ROOT
    assert consistency_path_from(log.read, 0, 0) == ()
    assert log.asked == []
