"""The processes of a run: started, killed, paused and started again, each by its own id and no other."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from yesword.worker.supervisor import die_with_parent

_GRACE_S: Final = 12.0
_BREATH_S: Final = 0.3  # before one that ended by itself is started again


@dataclass(kw_only=True)
class Player:
    """One process that should run. Whoever handles it holds its lock."""

    name: str
    command: Sequence[str]
    log: Path
    told: bytes = b""  # on its standard input, which is closed then
    environ: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    is_down: bool = False  # on purpose
    is_paused: bool = False
    ended_by_itself: int = 0
    _seen_ended_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        with self._lock:
            self._start()

    def kill(self) -> bool:
        """Whether it ran."""
        with self._lock:
            self.is_down, self.is_paused = True, False
            return self._end()

    def pause(self) -> bool:
        with self._lock:
            self.is_paused = self._signal(signal.SIGSTOP)
            return self.is_paused

    def go_on(self) -> None:
        """After a kill or a pause."""
        with self._lock:
            if self.is_paused:
                self._signal(signal.SIGCONT)
            self.is_paused = False
            if self.is_down:
                self.is_down = False
                self._start()

    def look(self) -> None:
        """Start it again if it ended by itself, as a supervisor would."""
        with self._lock:
            if self.is_down or self.process is None or not self._has_ended():
                return
            if self._seen_ended_at is None:
                self._seen_ended_at = time.monotonic()
                self.ended_by_itself += 1
                self._end()  # and whatever it had started
            elif time.monotonic() - self._seen_ended_at > _BREATH_S:
                self._start()

    def bow(self) -> bool:
        """Ask it to end in its own time. Whether it did."""
        with self._lock:
            self.is_down = True
            if self.process is None:
                return True
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            try:
                self.process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self._end()
                return False
            return True

    def _start(self) -> None:
        self._seen_ended_at = None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environ},
                start_new_session=True,
                preexec_fn=partial(die_with_parent, signal.SIGKILL),  # noqa: PLW1509 - one system call
            )
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(self.told)
            self.process.stdin.close()

    def _has_ended(self) -> bool:
        """Seen, and not waited for: so its id, and its group's, can belong to nobody else yet."""
        assert self.process is not None
        if self.process.returncode is not None:
            return True
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

    def _signal(self, number: signal.Signals) -> bool:
        """To it and to what it has started. Whether it still ran."""
        if self.process is None or self.process.returncode is not None:
            return False
        has_ended = self._has_ended()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        return not has_ended

    def _end(self) -> bool:
        ran = self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        return ran


@dataclass(kw_only=True)
class Cast:
    players: dict[str, Player]

    def start(self) -> None:
        for player in self.players.values():
            player.start()

    def look(self) -> None:
        for player in self.players.values():
            player.look()

    def bow(self) -> list[str]:
        """All end in their own time, the last that was started first. Those that had to be killed."""
        return [player.name for player in reversed(self.players.values()) if not player.bow()]

    def kill(self) -> None:
        for player in self.players.values():
            player.kill()
