"""Claims about tiles that hold for any tree, however it grew."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.tiled import TiledLog
from yesword.ledger.bundles import BadBundleError, read_bundle, write_bundle
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import Frontier, consistency_path, inclusion_path, tree_root, verify_inclusion
from yesword.ledger.tile_proofs import consistency_path_from, inclusion_path_from, root_from
from yesword.ledger.tiles import BadTilePathError, TileLengthError, TilePath, grow, read_tile_path

LEAVES = [leaf_hash(b"%d" % n) for n in range(1400)]
levels = st.none() | st.integers(0, 63)
indexes = st.integers(0, (2**63 - 1) >> 8) | st.integers(0, 2000)
batches = st.lists(st.sampled_from([0, 1, 2, 100, 255, 256, 257]) | st.integers(0, 300), max_size=5)
sizes = st.sampled_from([1, 255, 256, 257, 512, 1024]) | st.integers(1, 1400)


def none_stored(level, index):
    raise AssertionError(f"an empty log has no tile {level}/{index}")


LOG = TiledLog()
LOG.append(LEAVES)


@given(levels, indexes, st.integers(1, 256))
def test_every_tile_has_one_path(level, index, width):
    path = TilePath(level=level, index=index, width=width)
    assert read_tile_path(str(path)) == path


@given(st.text(alphabet="tile/ntrsx0126.p", max_size=30).map("tile/".__add__) | st.text(max_size=40))
def test_a_text_is_the_path_of_one_tile_or_refused(text):
    try:
        path = read_tile_path(text)
    except BadTilePathError:
        return
    assert str(path) == text


@settings(max_examples=40)
@given(batches)
def test_a_log_that_grew_in_batches_is_the_one_that_grew_at_once(counts):
    log = TiledLog()
    for count in counts:
        before, size = dict(log.tiles), log.frontier.size
        growth = log.append(LEAVES[size : size + count])
        assert growth.frontier == Frontier().extend(LEAVES[: size + count])
        for place, tile in growth.tiles.items():
            assert tile.startswith(before.get(place, b""))
            assert len(tile) > len(before.get(place, b""))
        assert log.tiles == grow(Frontier(), LEAVES[: size + count], none_stored).tiles
    size = log.frontier.size
    assert root_from(log.read, size) == log.frontier.root() == tree_root(LEAVES[:size])


@settings(max_examples=60)
@given(sizes, st.data())
def test_paths_from_tiles_are_those_of_the_recursion(size, data):
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert inclusion_path_from(LOG.read, index, size) == inclusion_path(LEAVES[:size], index)
    assert consistency_path_from(LOG.read, old, size) == consistency_path(LEAVES[:size], old)


@settings(max_examples=60)
@given(sizes, st.data())
def test_a_cut_tile_gives_the_right_path_or_none(size, data):
    index = data.draw(st.integers(0, size - 1))
    cut = data.draw(st.sampled_from(sorted(LOG.tiles)))
    length = data.draw(st.integers(0, len(LOG.tiles[cut])))
    tiles = LOG.tiles | {cut: LOG.tiles[cut][:length]}
    named = cut
    try:
        path = inclusion_path_from(lambda *place: tiles.get(place, b""), index, size)
    except TileLengthError as error:
        named = error.fields["level"], error.fields["index"]
    else:
        root = root_from(LOG.read, size)
        verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=path, root=root)
    assert named == cut


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_bundles_round_trip_and_are_read_whole_or_not_at_all(entries):
    data = write_bundle(entries)
    assert read_bundle(data, len(entries)) == tuple(entries)
    for wrong in (data[:-1], data + b"\0"):
        with pytest.raises(BadBundleError):
            read_bundle(wrong, len(entries))
