"""The compiled packs are the packs: made from what is written now, or not looked at."""

import pickle
import zlib
from importlib import resources
from pathlib import Path

import pytest

from yesword.domain.rules import compiled
from yesword.domain.rules.loader import read_packs
from yesword.domain.validating import shipped_files

FILES = shipped_files()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the compiled file is looked for in this test; the sources stay where they are."""
    file = tmp_path / compiled.FILE
    there = resources.files

    class Folder:
        def joinpath(self, *names):
            return file if names[-1] == compiled.FILE else there("yesword.domain.rules").joinpath(*names)

        def __truediv__(self, name):
            return self.joinpath(name)

    monkeypatch.setattr(
        compiled.resources,
        "files",
        lambda package: Folder() if package == "yesword.domain.rules" else there(package),
    )
    return file


def test_the_shipped_file_is_made_from_the_packs_as_they_stand():
    assert compiled.load(FILES) is not None, "run `make docs`"


def test_what_is_compiled_reads_as_what_is_written(made: Path):
    packs = read_packs(FILES)
    made.write_bytes(compiled.dump(FILES, packs))
    assert compiled.load(FILES) == packs


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({**FILES, "us.toml": FILES["us.toml"] + "\n# a word\n"}, id="a pack that was changed"),
        pytest.param({name: FILES[name] for name in FILES if name != "us.toml"}, id="a pack that is gone"),
        pytest.param({**FILES, "xx.toml": ""}, id="a pack that is new"),
    ],
)
def test_a_stale_file_is_not_looked_at(made: Path, changed):
    made.write_bytes(compiled.dump(FILES, ()))
    assert compiled.load(FILES) == ()
    assert compiled.load(changed) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no packs", id="damaged"),
        pytest.param(zlib.compress(pickle.dumps(print)), id="a call of something else"),
    ],
)
def test_a_file_that_holds_no_packs_is_not_believed(made: Path, body: bytes):
    made.write_bytes(compiled.key(FILES) + body)
    assert compiled.load(FILES) is None


def test_without_a_file_the_packs_are_read(made: Path):
    assert compiled.load(FILES) is None
