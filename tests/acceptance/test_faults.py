"""A short run of the fault harness: an installation is killed, paused and cut off for a while, and keeps its promises."""

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_an_installation_that_is_killed_paused_and_cut_off_keeps_its_promises() -> None:
    command = [sys.executable, "-m", "yesword", "faults", "--only", "sqlite", "--json"]
    short = ["--minutes", "0.3", "--people", "90", "--every", "1.2", "--seed", "4"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("YESWORD_")}
    done = subprocess.run(
        [*command, *short], capture_output=True, text=True, timeout=300, env=environ, check=False
    )
    assert done.stdout, done.stderr[-2000:]
    told = json.loads(done.stdout)["sqlite"]
    assert told["violations"] == []
    assert done.returncode == 0
    happened = ("kills", "pauses", "cuts", "stops", "starts", "left_by_link", "acknowledged", "texts")
    assert [each for each in happened if not told[each]] == []
