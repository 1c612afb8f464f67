"""Tables that are written by hand name all that is there, and nothing else."""

import re
from pathlib import Path

from yesword.store.keychecks import WrongKeyError
from yesword.store.keyfiles import KeyMissingError
from yesword.web import probes

ROOT = Path(__file__).resolve().parents[3]


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = f"\n{text}".partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_reasons_of_not_being_ready_are_those_that_are_told():
    written = {
        code
        for codes, _ in rows("how-to/watch-it-run.md", "## Is it alive, is it ready")
        for code in re.findall(r"`(\w+)`", codes)
    }
    assert written == {
        probes._UNREACHABLE,
        probes._OLD,
        KeyMissingError.code,
        WrongKeyError.code,
        *probes._UNFIT,
    }


def test_each_room_of_the_source_has_a_row():
    written = [path for path, _ in rows("reference/files-and-folders.md", "## The repository")]
    rooms = sorted(each.parent.name for each in (ROOT / "src" / "yesword").glob("*/__init__.py"))
    assert len(rooms) > 15, "the search for rooms finds them"
    assert sorted(re.findall(r"`src/yesword/(\w+)/`", " ".join(written))) == rooms


def test_each_runtime_dependency_is_decided_on():
    asked = (ROOT / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
    names = {re.split(r"[\[<>=]", line)[0] for line in asked}
    table = rows("decisions/0012-runtime-dependencies.md", "# 12. The runtime dependencies")
    assert {cells[0].split()[0] for cells in table} == names
