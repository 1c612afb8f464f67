"""The files in which processes say what they count: of real processes, that are killed and come back."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yesword.telemetry import snapshots
from yesword.telemetry.catalogue import CLAIMS, PACE
from yesword.telemetry.tally import Tally

_WORKER = """
import sys, time
from pathlib import Path
from yesword.telemetry import snapshots
from yesword.telemetry.catalogue import CLAIMS, PACE
from yesword.telemetry.tally import TALLY
with snapshots.keeping(Path(sys.argv[1]), "dispatch"):
    TALLY.add(CLAIMS, by=int(sys.argv[2]))
    TALLY.put(PACE, 10.0, "1")
    print("counted", flush=True)
    time.sleep(60)
"""


def started(run: Path, claims: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(run), str(claims)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


def until(run: Path, claims: float) -> list[snapshots.Snapshot]:
    """Waits until so many are told in all."""
    for _ in range(400):
        found = list(snapshots.read(run))
        if sum(each.counted.values.get((CLAIMS.name, ()), 0) for each in found) == claims:
            return found
        time.sleep(0.05)
    pytest.fail(f"never told: {found}")


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_count_goes_on_after_a_process_was_killed(tmp_path: Path) -> None:
    first = started(tmp_path, 5)
    (alive,) = until(tmp_path, 5)
    assert (alive.role, alive.slot, alive.pid, alive.is_alive) == ("dispatch", 0, first.pid, True)
    killed(first)
    (dead,) = snapshots.read(tmp_path)
    assert not dead.is_alive
    second = started(tmp_path, 2)
    try:
        (alive,) = until(tmp_path, 7)
        assert (alive.slot, alive.pid, alive.is_alive) == (0, second.pid, True)
    finally:
        killed(second)


def test_two_processes_of_one_role_have_a_place_each(tmp_path: Path) -> None:
    both = [started(tmp_path, 3), started(tmp_path, 4)]
    try:
        assert [each.slot for each in until(tmp_path, 7)] == [0, 1]
    finally:
        for each in both:
            killed(each)


def test_a_process_that_ends_in_order_tells_all_it_counted(tmp_path: Path) -> None:
    tally = Tally()
    with snapshots.keeping(tmp_path, "receive", tally):
        tally.add(CLAIMS, by=9)
    (found,) = snapshots.read(tmp_path)
    assert found.counted.values == {(CLAIMS.name, ()): 9}
    assert not found.is_alive


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "at": 2, "values": [[1]]}'])
def test_a_file_that_is_broken_is_as_if_it_were_not_there(tmp_path: Path, content: str) -> None:
    (snapshots.folder_of(tmp_path) / "dispatch-0.json").write_text(content)
    assert not snapshots.read(tmp_path)
    tally = Tally()
    with snapshots.keeping(tmp_path, "dispatch", tally):
        tally.add(CLAIMS)
    assert len(snapshots.read(tmp_path)) == 1


def test_what_another_version_counted_and_this_one_does_not_know_is_left_out(tmp_path: Path) -> None:
    stored = {
        "pid": os.getpid(),
        "at": 1.0,
        "values": [["yesword_gone", [], 1], [CLAIMS.name, ["more"], 1], [PACE.name, ["1"], 2]],
        "histograms": [["yesword_stop_seconds", ["1"], [1, 2], 3.0]],
    }
    (snapshots.folder_of(tmp_path) / "dispatch-0.json").write_text(json.dumps(stored))
    (found,) = snapshots.read(tmp_path)
    assert found.counted.values == {(PACE.name, ("1",)): 2}
    assert not found.counted.histograms


def test_a_folder_that_cannot_be_written_stops_no_work(tmp_path: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "write", full)
    with snapshots.keeping(tmp_path, "dispatch", Tally()):
        pass
    assert not snapshots.read(tmp_path)
