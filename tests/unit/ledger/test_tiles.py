"""Paths and widths: the examples of c2sp.org/tlog-tiles."""

import pytest

from factories.tiled import EvenLog, TiledLog
from yesword.ledger.leaf import leaf_hash
from yesword.ledger.merkle import EMPTY_ROOT, MAX_TREE_SIZE, Frontier, FrontierError, tree_root
from yesword.ledger.tiles import (
    BadTilePathError,
    LeafLengthError,
    OtherTileError,
    TileLengthError,
    TilePath,
    bundle_path,
    grow,
    read_tile_path,
    tile_path,
    tile_width,
)

LEAVES = [leaf_hash(b"%d" % n) for n in range(1100)]
BORDERS = [0, 1, 2, 255, 256, 257, 511, 512, 513, 767, 768, 769, 1023, 1024, 1025, 1100]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(TilePath(level=0, index=1234067), "tile/0/x001/x234/067", id="the example of the spec"),
        pytest.param(TilePath(level=0, index=0), "tile/0/000", id="the first tile"),
        pytest.param(TilePath(level=0, index=999), "tile/0/999", id="the last of one group"),
        pytest.param(TilePath(level=0, index=1000), "tile/0/x001/000", id="the first of two groups"),
        pytest.param(TilePath(level=63, index=5), "tile/63/005", id="the highest level"),
        pytest.param(TilePath(level=1, index=0, width=17), "tile/1/000.p/17", id="a partial tile"),
        pytest.param(TilePath(level=0, index=273, width=255), "tile/0/273.p/255", id="all but one hash"),
        pytest.param(
            TilePath(level=None, index=1234067, width=8), "tile/entries/x001/x234/067.p/8", id="a bundle"
        ),
        pytest.param(TilePath(level=None, index=0), "tile/entries/000", id="a full bundle"),
        pytest.param(
            TilePath(level=0, index=(2**63 - 1) >> 8),
            "tile/0/x036/x028/x797/x018/x963/967",
            id="the last tile of the largest tree",
        ),
    ],
)
def test_a_path_is_written_and_read_as(path, text):
    assert str(path) == text
    assert read_tile_path(text) == path


def test_tiles_and_bundles_are_named_by_number():
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(2, 67, 5) == "tile/2/067.p/5"
    assert bundle_path(1234067, 5) == "tile/entries/x001/x234/067.p/5"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("tile/0", id="no index"),
        pytest.param("/tile/0/000", id="a slash in front"),
        pytest.param("tile/0/000/", id="a slash behind"),
        pytest.param("tile/0/000\n", id="a line feed behind"),
        pytest.param("tile/0/000x", id="an x behind"),
        pytest.param("tile/0/x000", id="an x in the last group"),
        pytest.param("tile/0/001/234", id="no x in a first group"),
        pytest.param("tile/0/x000/001", id="an empty first group"),
        pytest.param("tile/0/7", id="a short group"),
        pytest.param("tile/0/0007", id="a long group"),
        pytest.param("tile/0/-01", id="a negative index"),
        pytest.param("tile/0/٠٠٧", id="digits of another script"),
        pytest.param("tile/0/x036/x028/x797/x018/x963/968", id="an index past the largest tree"),
        pytest.param("tile/0/" + "x999/" * 7 + "999", id="an endless index"),
        pytest.param("tile/64/000", id="an unknown level"),
        pytest.param("tile/00/000", id="a level with a leading zero"),
        pytest.param("tile/-1/000", id="a negative level"),
        pytest.param("tile/data/000", id="a level of Go's own logs"),
        pytest.param("tile/8/0/000", id="a height in front"),
        pytest.param("tile/0/000.p/256", id="a full width written out"),
        pytest.param("tile/0/000.p/0", id="an empty tile"),
        pytest.param("tile/0/000.p/05", id="a width with a leading zero"),
        pytest.param("tile/0/000.p/257", id="a width past a full tile"),
        pytest.param("tile/0/000.p/", id="no width"),
        pytest.param("tile/0/000.p5", id="a width without a slash"),
        pytest.param("tile/entries/000.p/256", id="a full bundle written out"),
    ],
)
def test_a_path_is_refused_with(text):
    with pytest.raises(BadTilePathError):
        read_tile_path(text)


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [
        pytest.param(64, 0, 1, id="an unknown level"),
        pytest.param(-1, 0, 1, id="a negative level"),
        pytest.param(0, -1, 1, id="a negative index"),
        pytest.param(0, 2**63, 1, id="an index past the largest tree"),
        pytest.param(0, 0, 0, id="no hashes"),
        pytest.param(0, 0, 257, id="more hashes than fit"),
    ],
)
def test_no_path_is_made_for(level, index, width):
    with pytest.raises(BadTilePathError):
        tile_path(level, index, width)


@pytest.mark.parametrize(
    ("size", "full", "partial"),
    [
        pytest.param(70_000, {0: 273, 1: 1}, {0: 112, 1: 17, 2: 1}, id="70,000 leaves, as in the spec"),
        pytest.param(256, {0: 1}, {1: 1}, id="256 leaves, as in the spec"),
        pytest.param(255, {}, {0: 255}, id="255 leaves"),
        pytest.param(257, {0: 1}, {0: 1, 1: 1}, id="257 leaves"),
        pytest.param(65_536, {0: 256, 1: 1}, {2: 1}, id="65,536 leaves"),
        pytest.param(1, {}, {0: 1}, id="one leaf"),
        pytest.param(0, {}, {}, id="no leaves"),
    ],
)
def test_a_tree_is_cut_into_the_tiles_of_the_spec(size, full, partial):
    tiles = grow(Frontier(), [LEAVES[0]] * size, TiledLog().read).tiles
    wanted = {(level, index): 256 for level, count in full.items() for index in range(count)}
    wanted |= {(level, full.get(level, 0)): width for level, width in partial.items()}
    assert {place: len(tile) // 32 for place, tile in tiles.items()} == wanted
    assert all(tile_width(*place, size) == width for place, width in wanted.items())
    assert tile_width(0, full.get(0, 0) + 1, size) == 0


@pytest.mark.parametrize("size", BORDERS)
def test_each_hash_of_a_tile_is_the_root_of_its_leaves(size):
    tiles = grow(Frontier(), LEAVES[:size], TiledLog().read).tiles
    for (level, index), tile in tiles.items():
        span = 256**level
        for n in range(len(tile) // 32):
            start = (index * 256 + n) * span
            assert tile[n * 32 : n * 32 + 32] == tree_root(LEAVES[start : start + span])


@pytest.mark.parametrize("size", BORDERS)
def test_the_frontier_grows_as_without_tiles(size):
    growth = grow(Frontier(), LEAVES[:size], TiledLog().read)
    assert growth.frontier == Frontier().extend(LEAVES[:size])
    assert growth.frontier.root() == (tree_root(LEAVES[:size]) if size else EMPTY_ROOT)


def test_appending_nothing_touches_and_reads_nothing():
    log = TiledLog()
    log.append(LEAVES[:300])
    growth = log.append([])
    assert (growth.frontier.size, growth.tiles, log.asked) == (300, {}, [])


@pytest.mark.parametrize(
    ("before", "count", "asked", "touched"),
    [
        pytest.param(0, 300, [], [(0, 0), (0, 1), (1, 0)], id="to an empty log"),
        pytest.param(300, 1, [(0, 1)], [(0, 1)], id="within a tile: the level above stays unread"),
        pytest.param(
            300, 212, [(0, 1), (1, 0)], [(0, 1), (1, 0)], id="up to a border: the level above gets a hash"
        ),
        pytest.param(512, 1, [], [(0, 2)], id="after a border: a new tile needs no old one"),
        pytest.param(512, 256, [(1, 0)], [(0, 2), (1, 0)], id="a whole tile"),
    ],
)
def test_only_partial_tiles_that_widen_are_read_when_leaves_are_appended(before, count, asked, touched):
    log = TiledLog()
    log.append(LEAVES[:before])
    growth = log.append(LEAVES[before : before + count])
    assert log.asked == asked
    assert sorted(growth.tiles) == touched


@pytest.mark.parametrize(
    ("place", "change", "error"),
    [
        pytest.param((0, 1), lambda _: b"", TileLengthError, id="missing"),
        pytest.param((0, 1), lambda tile: tile[:-32], TileLengthError, id="a hash short"),
        pytest.param((0, 1), lambda tile: tile + tile[:32], TileLengthError, id="ahead of the log"),
        pytest.param((0, 1), lambda tile: tile[:-1], TileLengthError, id="cut within a hash"),
        pytest.param((0, 1), lambda tile: b"\0" + tile[1:], OtherTileError, id="another byte"),
        pytest.param((0, 1), lambda tile: tile[32:] + tile[:32], OtherTileError, id="another order"),
        pytest.param((1, 0), lambda tile: tile[::-1], OtherTileError, id="damaged a level higher"),
    ],
)
def test_a_log_does_not_grow_on_a_tile_that_is(place, change, error):
    log = TiledLog()
    log.append(LEAVES[:300])
    log.tiles[place] = change(log.tiles[place])
    with pytest.raises(error) as caught:
        log.append(LEAVES[300:600])
    assert (caught.value.fields["level"], caught.value.fields["index"]) == place
    assert log.frontier.size == 300


def test_the_length_of_a_bad_tile_is_told():
    log = TiledLog()
    log.append(LEAVES[:300])
    log.tiles[0, 1] = log.tiles[0, 1][:-1]
    with pytest.raises(TileLengthError, match=r"level 0, index 1 is 1407 bytes long where 1408 are wanted"):
        log.append(LEAVES[300:301])


def test_only_hashes_are_appended():
    with pytest.raises(LeafLengthError, match="31 bytes"):
        grow(Frontier(), [LEAVES[0], LEAVES[1][:31]], TiledLog().read)


def test_a_log_ends_where_its_formats_end():
    full = EvenLog(leaf=LEAVES[0], size=MAX_TREE_SIZE - 1)
    assert grow(full.frontier, LEAVES[:1], full.read).frontier.size == MAX_TREE_SIZE
    with pytest.raises(FrontierError):
        grow(full.frontier, LEAVES[:2], full.read)
