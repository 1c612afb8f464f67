import pytest

from yesword.ledger.bundles import BadBundleError, read_bundle, write_bundle

THREE = b"\x00\x02ab\x00\x00\x00\x03cde"


def test_an_entry_follows_its_length_in_two_bytes_the_larger_first():
    assert write_bundle([b"ab", b"", b"cde"]) == THREE
    assert read_bundle(THREE, 3) == (b"ab", b"", b"cde")
    assert write_bundle([b"x" * 258])[:3] == b"\x01\x02x"


def test_the_largest_bundle_is_of_256_of_the_longest_entries():
    entries = (b"x" * 65_535,) * 256
    assert read_bundle(write_bundle(entries), 256) == entries


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([], id="nothing"),
        pytest.param([b"x"] * 257, id="257 entries"),
        pytest.param([b"x" * 65_536], id="an entry longer than its length can tell"),
    ],
)
def test_no_bundle_is_written_of(entries):
    with pytest.raises(BadBundleError):
        write_bundle(entries)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        pytest.param(THREE, 2, id="an entry too many"),
        pytest.param(THREE, 4, id="an entry too few"),
        pytest.param(THREE + b"\x00", 3, id="a byte behind"),
        pytest.param(THREE[:-1], 3, id="its last byte missing"),
        pytest.param(THREE[:5], 2, id="a length cut in half"),
        pytest.param(b"\x00", 1, id="half a length only"),
        pytest.param(b"", 1, id="nothing in it"),
        pytest.param(b"", 0, id="no entries asked for"),
        pytest.param(b"\x00\x00" * 257, 257, id="more entries than fit"),
        pytest.param(THREE, -1, id="a negative count"),
    ],
)
def test_a_bundle_is_refused_with(data, count):
    with pytest.raises(BadBundleError):
        read_bundle(data, count)


def test_a_refusal_says_where_a_bundle_ends_or_goes_on():
    with pytest.raises(BadBundleError, match="ends within entry 2 of 3"):
        read_bundle(THREE[:-1], 3)
    with pytest.raises(BadBundleError, match="bytes are left after its 2 entries"):
        read_bundle(THREE, 2)
