"""What the supervisor starts ends with it, however it ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from yesword.cli import serve
from yesword.store.locality import owner_lock
from yesword.worker.dispatcher import AlreadyDispatchingError
from yesword.worker.supervisor import Child, supervise

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or while it was read
        return False


def until(claim, patience_s: float = 10.0) -> bool:
    deadline = time.monotonic() + patience_s
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(claim())


@pytest.fixture
def running():
    child = Child(name="sleeper", command=SLEEP)
    stop = threading.Event()
    thread = threading.Thread(target=supervise, args=([child], stop))
    thread.start()
    assert until(lambda: child.process is not None)
    yield child, stop
    stop.set()
    thread.join()


def test_what_ends_by_itself_is_started_again(running) -> None:
    child, _ = running
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    assert until(lambda: child.process is not None and child.process.pid != first)


def test_stopping_leaves_nothing_running(running) -> None:
    child, stop = running
    pid = child.process.pid
    stop.set()
    assert until(lambda: not is_running(pid))


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
SERVER = "import yesword.web.wsgi, time; print('served', flush=True); time.sleep(60)"


@ON_LINUX
def test_a_server_process_does_not_outlive_the_server_that_was_killed(tmp_path) -> None:
    script = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {SERVER!r}], stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    environment = {**os.environ, "YESWORD_DATA": str(tmp_path)}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    assert until(lambda: not is_running(pid))


def test_a_store_that_is_served_already_is_not_served_twice(sqlite_store) -> None:
    with owner_lock(sqlite_store.run, "dispatcher"), pytest.raises(AlreadyDispatchingError):
        serve.run(sqlite_store, None, "127.0.0.1", 8000, list)


@ON_LINUX
def test_a_killed_parent_takes_its_child_along() -> None:
    script = (
        "import subprocess, sys\n"
        "from yesword.worker.supervisor import die_with_parent\n"
        f"child = subprocess.Popen({SLEEP!r}, preexec_fn=die_with_parent)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    assert until(lambda: not is_running(pid))
