"""A process in which a thread died ends as if it had been asked to, and says that it failed."""

import subprocess
import sys
import threading

import pytest

from yesword.worker import receiver

PROCESS = """
import threading
from yesword.worker.as_one import as_one
from yesword.worker.supervisor import stop_on_signals
stop = stop_on_signals()
def work():
    if {dies}:
        raise RuntimeError("it broke")
with as_one():
    threading.Thread(target=work, name="ears").start()
    print("told to end" if stop.wait(10 if {dies} else 0.2) else "went on")
"""


@pytest.mark.parametrize(
    ("dies", "said", "code"),
    [pytest.param(True, "told to end", 1, id="a thread died"), pytest.param(False, "went on", 0, id="none")],
)
def test_a_process_ends_with_its_threads(dies, said, code):
    script = PROCESS.format(dies=dies)
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.stdout.splitlines()[-1], ran.returncode) == (said, code)
    assert ("RuntimeError: it broke" in ran.stderr) is dies


def test_a_listener_that_cannot_look_for_accounts_ends_its_threads(sqlite_store):
    def away(store):
        raise ConnectionError("the database is away")

    stop = threading.Event()
    with pytest.raises(ConnectionError, match="away"):
        receiver.run(sqlite_store, away, stop)
    assert stop.is_set()
    assert not [each for each in threading.enumerate() if each.name in ("alerting", "listening")]
