"""Vectors: the reference tree of the Certificate Transparency implementations of RFC 6962."""

import pytest

from yesword.ledger.leaf import leaf_hash
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

ENTRIES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (0, 1, []),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip


def unhex(items):
    return tuple(bytes.fromhex(item) for item in items)


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
