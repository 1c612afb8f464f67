"""The supervisor of one machine: starts the processes, restarts those that end, and leaves nothing running behind."""

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

log = structlog.get_logger("yesword.supervisor")

_GRACE_S: Final = 8.0
_SHORTEST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 15.0
_PR_SET_PDEATHSIG: Final = 1


@dataclass(kw_only=True)
class Child:
    """One process that should run. It is restarted after a pause that doubles while it keeps failing."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = _SHORTEST_PAUSE_S
    due_at: float = field(default=0.0)

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then ends the others in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call
        )
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it if it is due, note it if it ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return
        if (code := self.process.poll()) is None:
            return
        lived_s = now - self.started_at
        self.pause_s = _SHORTEST_PAUSE_S if lived_s > 30 else min(_LONGEST_PAUSE_S, self.pause_s * 2)
        log.error("process_ended", process=self.name, code=code, restarts_in_s=self.pause_s)
        self.process, self.due_at = None, now + self.pause_s


SERVED: Final = "YESWORD_SERVED"
"""Set for processes that a server of ours starts, and that are called from their start on."""


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to end this process when its parent is gone, whatever ended that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)


def supervise(children: Sequence[Child], stop: threading.Event) -> None:
    """Keep the children running until `stop`, then end them in reverse order, by force after eight seconds."""
    try:
        while not stop.is_set():
            for child in children:
                child.look()
            stop.wait(0.1)
    finally:
        _end(children)


def _end(children: Sequence[Child]) -> None:
    """One after the other, the last first: whoever hands over is gone before the carrier is."""
    for child in reversed(children):
        if child.process is None:
            continue
        child.process.terminate()
        try:
            child.process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set, so that a loop ends after its round instead of in the middle."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
