"""Whatever a stranger does to a pack is found, and named: its files, what stands around them, and what was never in it."""

import io
import zipfile

import pytest

from factories.packed import changed, checked, failures, unzipped
from factories.tampered import flipped, read_stamp, whole_pack
from yesword.ledger.findings import Verdict
from yesword.ledger.packs import read_archive


@pytest.fixture(scope="module")
def whole(sqlite_template, tmp_path_factory):
    with whole_pack(sqlite_template, tmp_path_factory.mktemp("pack")) as made:
        yield made


def test_the_pack_that_is_tampered_with_holds_at_first(whole):
    data = whole.data
    check = checked(data, whole.policy, read_stamp)
    assert check.verdict is Verdict.PROVEN, failures(check)
    folders = {name.partition("/")[0] for name in unzipped(data)}
    assert {"witnesses", "time", "consistency", "evidence", "head.jws", "record.jsonld"} <= folders


def test_whatever_file_is_flipped_dropped_or_added_is_named(whole):
    data, policy, files = whole.data, whole.policy, whole.files
    assert len(files) > 20
    for name, body in files.items():
        for tampered in (changed(data, **{name: flipped(body)}), changed(data, **{name: None})):
            check = checked(tampered, policy, read_stamp)
            assert check.verdict is Verdict.FAILED, name
            named = {each.file for each in failures(check)}
            # Of the manifest, its signature is what tells.
            assert name in named or (name == "manifest.json" and "manifest.jws" in named), (name, named)
    check = checked(changed(data, **{"evidence/extra.txt": b"x"}), policy, read_stamp)
    assert "evidence/extra.txt" in {each.file for each in failures(check)}


# --- around the files ----------------------------------------------------------------------------------------


def with_comment(data):
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"see also"
    return out.getvalue()


def with_a_gap(data):
    """Bytes between the last file and the list of files, which every reader of zip files jumps over."""
    at = data.rindex(b"PK\x05\x06")
    start = int.from_bytes(data[at + 16 : at + 20], "little")
    end = data[at : at + 16] + (start + 4).to_bytes(4, "little") + data[at + 20 :]
    return data[:start] + b"junk" + data[start:at] + end


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param(lambda data: b"#!/bin/sh\n" + data, "before the zip file", id="bytes before it"),
        pytest.param(with_comment, "after the zip file", id="a comment behind it"),
        pytest.param(with_a_gap, "between the files and their list", id="bytes within it"),
    ],
)
def test_bytes_that_are_of_none_of_its_files_are_named(whole, change, where):
    tampered = change(whole.data)
    assert read_archive(tampered) == whole.files  # what others read is the same
    check = checked(tampered, whole.policy, read_stamp)
    assert check.verdict is Verdict.FAILED
    assert [(each.check.value, where in each.sentence) for each in failures(check)] == [("archive", True)]
