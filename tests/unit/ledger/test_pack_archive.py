"""The zip file of a pack: what is refused before anything in it is looked at, and its manifest."""

import io
import stat
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.ledger.checkpoint import Checkpoint
from yesword.ledger.findings import Verdict
from yesword.ledger.packs import (
    Listed,
    Manifest,
    Purpose,
    UnreadablePackError,
    archive,
    check_pack,
    is_archive,
    read_archive,
    read_manifest,
    write_archive,
    write_manifest,
)
from yesword.ledger.packs.manifest import MalformedManifestError

FILES = {"manifest.json": b"{}", "proofs/0.tlog-proof": b"index 0", "policy.txt": b"quorum none\n"}
MANIFEST = Manifest(
    id="pak_1",
    purpose=Purpose.LITIGATION,
    created="2026-03-02T12:00:00.000Z",
    asked="2026-03-01T12:00:00.000Z",
    checkpoint=Checkpoint(origin="sms.example/log", size=3, root=bytes(32)),
    subject="b7f0",
    brand="Linde & Loom",
    program="club",
    disclosed=("event", "notice"),
    waiting=("evt_9",),
    left_out={"record.jsonld": "no wording is known"},
    files={"policy.txt": Listed.of(b"quorum none\n")},
)


def zipped(*entries, **more):
    """A zip file with these (name or ZipInfo, content) in it, whatever is wrong with them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info, body in entries:
            made.writestr(info, body, **more)
    return out.getvalue()


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def directory(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFDIR | 0o755) << 16
    return info


def test_what_is_written_is_read_again_and_names_no_time_and_no_person():
    data = write_archive(FILES)
    assert is_archive(data)
    assert read_archive(data) == FILES
    assert write_archive(dict(reversed(FILES.items()))) == data
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert [info.filename for info in made.infolist()] == sorted(FILES)
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../policy.txt", id="a path upwards"),
        pytest.param("proofs/../../x", id="a path upwards in the middle"),
        pytest.param("/etc/passwd", id="an absolute path"),
        pytest.param("C:\\x.txt", id="a drive"),
        pytest.param("proofs\\x", id="a backslash"),
        pytest.param("proofs//x", id="an empty part"),
        pytest.param(".hidden", id="a hidden file"),
        pytest.param("a/b/c/d/e", id="too deep"),
        pytest.param("x" * 300, id="too long"),
        pytest.param("policy.txt\n", id="a line break"),
        pytest.param("pölicy.txt", id="letters beyond ASCII"),
        pytest.param("proofs/", id="a folder"),
    ],
)
def test_a_name_that_no_pack_uses_is_refused(name):
    with pytest.raises(UnreadablePackError):
        read_archive(zipped((zipfile.ZipInfo(name), b"x")))


def test_a_name_that_hides_behind_a_zero_byte_is_refused():
    data = zipped(("policyXtxt", b"x")).replace(b"policyXtxt", b"policy\x00txt")
    with pytest.raises(UnreadablePackError):
        read_archive(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["policy.txt", "Policy.txt"])
def test_a_name_that_is_there_twice_is_refused(second):
    with pytest.raises(UnreadablePackError, match="twice"):
        read_archive(zipped(("policy.txt", b"one"), (second, b"two")))


@pytest.mark.parametrize("info", [link("policy.txt"), directory("policy.txt")], ids=["a link", "a folder"])
def test_what_is_no_plain_file_is_refused(info):
    with pytest.raises(UnreadablePackError, match="no file"):
        read_archive(zipped((info, b"/etc/passwd")))


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does(monkeypatch):
    honest = zipped(("bomb.bin", bytes(1 << 22)))
    assert len(honest) < 1 << 14
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1 << 20)
    with pytest.raises(UnreadablePackError, match="larger than"):
        read_archive(honest)
    # The same with a size in its heads that is no longer true.
    lying = honest.replace((1 << 22).to_bytes(4, "little"), (1 << 10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(UnreadablePackError):
        read_archive(lying)


def test_many_files_that_are_too_much_together_are_refused(monkeypatch):
    monkeypatch.setattr(archive, "MAX_ALL_BYTES", 1000)
    with pytest.raises(UnreadablePackError):
        read_archive(write_archive({f"evidence/{n}.txt": bytes(300) for n in range(4)}))
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(UnreadablePackError, match="more than 2 files"):
        read_archive(write_archive(FILES))
    monkeypatch.setattr(archive, "MAX_PACK_BYTES", 10)
    with pytest.raises(UnreadablePackError, match="larger than 10"):
        read_archive(write_archive(FILES))


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(6, id="said to be encrypted"),
        pytest.param(8, id="said to be packed otherwise"),
        pytest.param(14, id="with another checksum"),
        pytest.param(22, id="said to be larger"),
    ],
)
def test_what_stands_before_a_file_says_the_same_as_the_list(place):
    made = bytearray(write_archive(FILES))
    made[place] ^= 1
    with pytest.raises(UnreadablePackError, match="not what the list of files says"):
        read_archive(bytes(made))


def test_a_packed_byte_that_was_changed_is_found_by_the_zip_file_itself():
    data = bytearray(write_archive({"policy.txt": b"quorum none, and much more of it" * 10}))
    at = data.index(b"policy.txt") + len("policy.txt") + 4
    data[at] ^= 1
    with pytest.raises(UnreadablePackError):
        read_archive(bytes(data))


@given(st.binary(max_size=300))
def test_bytes_from_anywhere_are_refused_with_an_error_of_ours(data):
    for given_bytes in (data, b"PK\x03\x04" + data, write_archive(FILES)[:-30] + data):
        with pytest.raises(UnreadablePackError):
            read_archive(given_bytes)


@given(st.integers(0), st.integers(0, 255))
def test_a_byte_of_a_pack_that_is_another_is_refused_or_fails(at, value):
    data = bytearray(write_archive({"manifest.json": write_manifest(MANIFEST), "policy.txt": b"q"}))
    data[at % len(data)] = value
    try:
        check = check_pack(bytes(data))
    except UnreadablePackError:
        return
    assert check.verdict is Verdict.FAILED


# --- the manifest --------------------------------------------------------------------------------------------


def test_a_manifest_is_read_as_it_was_written():
    assert read_manifest(write_manifest(MANIFEST)) == MANIFEST


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param(b'"yesword_pack":1', b'"yesword_pack":2', id="another version"),
        pytest.param(b'"yesword_pack":1', b'"yesword_pack":true', id="true for one"),
        pytest.param(b'"purpose":"litigation"', b'"purpose":"fun"', id="an unknown purpose"),
        pytest.param(b'"size":3', b'"size":-3', id="a size below zero"),
        pytest.param(
            b'"disclosed":["event","notice"]', b'"disclosed":["event","event"]', id="a section twice"
        ),
        pytest.param(
            b'"disclosed":["event","notice"]', b'"disclosed":["event","secret"]', id="an unknown section"
        ),
        pytest.param(b"2026-03-02T12:00:00.000Z", b"yesterday", id="no time"),
        pytest.param(b'"subject":"b7f0"', b'"subject":7', id="a subject that is no text"),
        pytest.param(b'"waiting":["evt_9"]', b'"waiting":"evt_9"', id="a text for a list"),
        pytest.param(b'{"asked"', b'{ "asked"', id="a space"),
        pytest.param(b'{"asked"', b'{"asked":"x","asked"', id="a member twice"),
        pytest.param(b'"id":"pak_1"', b'"idd":"pak_1"', id="an unknown member"),
    ],
)
def test_a_manifest_that_is_not_one_is_refused(was, becomes):
    data = write_manifest(MANIFEST)
    assert was in data
    with pytest.raises(MalformedManifestError):
        read_manifest(data.replace(was, becomes, 1))


def test_a_pack_without_a_manifest_or_with_a_broken_one_fails_and_names_it():
    for files in ({"policy.txt": b"x"}, {"manifest.json": b"[]"}):
        check = check_pack(write_archive(files))
        assert check.verdict is Verdict.FAILED
        assert [each.file for each in check.findings] == ["manifest.json"]


def test_a_manifest_of_nothing_fails():
    empty = write_manifest(replace(MANIFEST, files={}))
    check = check_pack(write_archive({"manifest.json": empty}))
    assert check.verdict is Verdict.FAILED
