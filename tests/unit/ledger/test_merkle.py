"""Against the reference tree of RFC 6962."""

import pytest

from factories.rfc6962 import CONSISTENCY, INCLUSION, LEAVES, ROOTS, unhex
from yesword.ledger.merkle import (
    EMPTY_ROOT,
    ConsistencyError,
    Frontier,
    FrontierError,
    InclusionError,
    consistency_path,
    inclusion_path,
    tree_root,
    verify_consistency,
    verify_inclusion,
)


def root(size):
    return bytes.fromhex(ROOTS[size])


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tree(size):
    assert tree_root(LEAVES[:size]) == root(size)
    assert Frontier().extend(LEAVES[:size]).root() == root(size)


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_paths_are_those_of_the_reference_tree(index, size, path):
    assert inclusion_path(LEAVES[:size], index) == unhex(path)
    verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=unhex(path), root=root(size))


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_paths_are_those_of_the_reference_tree(old, new, path):
    assert consistency_path(LEAVES[:new], old) == unhex(path)
    verify_consistency(old_size=old, new_size=new, path=unhex(path), old_root=root(old), new_root=root(new))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"index": 4}, id="another index"),
        pytest.param({"index": 8}, id="an index outside the tree"),
        pytest.param({"index": -1}, id="a negative index"),
        pytest.param({"size": 6}, id="a smaller tree"),
        pytest.param({"size": 16}, id="a deeper tree"),
        pytest.param({"size": 2**63}, id="a tree larger than the formats carry"),
        pytest.param({"leaf": LEAVES[4]}, id="another leaf"),
        pytest.param({"leaf": b""}, id="an empty leaf"),
        pytest.param({"root": root(7)}, id="another root"),
        pytest.param({"path": ()}, id="no path"),
        pytest.param({"path": unhex(INCLUSION[1][2][:2])}, id="a path without its end"),
        pytest.param({"path": unhex(INCLUSION[1][2][::-1])}, id="a path upside down"),
        pytest.param({"path": (*unhex(INCLUSION[1][2]), root(1))}, id="a path that goes on"),
        pytest.param({"path": (b"short", *unhex(INCLUSION[1][2][1:]))}, id="a hash of five bytes"),
    ],
)
def test_inclusion_is_refused_with(change):
    good = {"leaf": LEAVES[5], "index": 5, "size": 8, "path": unhex(INCLUSION[1][2]), "root": root(8)}
    verify_inclusion(**good)
    with pytest.raises(InclusionError):
        verify_inclusion(**good | change)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"old_size": 5}, id="another old size"),
        pytest.param({"old_size": 9}, id="a log that shrank"),
        pytest.param({"old_size": -1}, id="a negative size"),
        pytest.param({"new_size": 16}, id="another new size"),
        pytest.param({"old_root": root(5)}, id="another old root"),
        pytest.param({"new_root": root(7)}, id="another new root"),
        pytest.param({"path": ()}, id="no path"),
        pytest.param({"path": unhex(CONSISTENCY[2][2][:2])}, id="a path without its end"),
        pytest.param({"path": (*unhex(CONSISTENCY[2][2]), root(1))}, id="a path that goes on"),
        pytest.param({"path": (b"short", *unhex(CONSISTENCY[2][2][1:]))}, id="a hash of five bytes"),
    ],
)
def test_consistency_is_refused_with(change):
    good = {
        "old_size": 6, "new_size": 8, "path": unhex(CONSISTENCY[2][2]), "old_root": root(6), "new_root": root(8),
    }  # fmt: skip
    verify_consistency(**good)
    with pytest.raises(ConsistencyError):
        verify_consistency(**good | change)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param((), "too short", id="none of its hashes"),
        pytest.param(unhex(INCLUSION[1][2]) * 2, "too long", id="its hashes twice"),
        pytest.param(unhex(INCLUSION[1][2][::-1]), "another root", id="its hashes upside down"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_a_path_of(path, reason):
    with pytest.raises(InclusionError, match=reason):
        verify_inclusion(leaf=LEAVES[5], index=5, size=8, path=path, root=root(8))
    if reason != "another root":
        with pytest.raises(ConsistencyError, match=reason):
            verify_consistency(old_size=6, new_size=8, path=path, old_root=root(6), new_root=root(8))


def test_every_log_continues_the_empty_one_and_itself_without_a_path():
    assert consistency_path(LEAVES, 0) == consistency_path(LEAVES, 8) == ()
    verify_consistency(old_size=0, new_size=8, path=(), old_root=EMPTY_ROOT, new_root=root(8))
    verify_consistency(old_size=8, new_size=8, path=(), old_root=root(8), new_root=root(8))
    verify_consistency(old_size=0, new_size=0, path=(), old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)


@pytest.mark.parametrize(
    ("old", "new", "path", "old_root", "new_root"),
    [
        pytest.param(0, 8, (), root(1), root(8), id="an empty log with a root of its own"),
        pytest.param(0, 0, (), EMPTY_ROOT, root(1), id="a log that is still empty with a new root"),
        pytest.param(8, 8, (), root(8), root(7), id="one size with two roots"),
        pytest.param(8, 8, (root(1),), root(8), root(8), id="one size with a path"),
        pytest.param(4, 8, (), root(4), root(8), id="a complete old log without a path"),
    ],
)
def test_consistency_at_the_edges_is_refused_for(old, new, path, old_root, new_root):
    with pytest.raises(ConsistencyError):
        verify_consistency(old_size=old, new_size=new, path=path, old_root=old_root, new_root=new_root)


def test_paths_are_not_made_for_what_is_not_there():
    with pytest.raises(InclusionError):
        inclusion_path(LEAVES, 8)
    with pytest.raises(ConsistencyError):
        consistency_path(LEAVES, 9)


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        pytest.param(3, (root(1),), id="a subtree is missing"),
        pytest.param(1, (root(1), root(1)), id="a subtree too many"),
        pytest.param(1, (b"short",), id="a hash is short"),
        pytest.param(-1, (), id="the size is negative"),
    ],
)
def test_a_saved_frontier_is_refused_when(size, hashes):
    with pytest.raises(FrontierError):
        Frontier(size=size, hashes=hashes)
