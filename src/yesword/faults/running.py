"""A whole run: the scratch installation is set up, its processes start, the plan happens, all comes to rest, and is checked.

Everything is on the loopback. Only processes of its own are ended, by their ids; and should something hang, the whole run ends
by itself.
"""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from yesword.bench.scratch import scratch_store
from yesword.channels.ports import ChannelError
from yesword.channels.simulator import Endpoint, SimulatorControl
from yesword.domain.errors import YeswordError
from yesword.domain.messages import MessageState
from yesword.faults import reading, wire
from yesword.faults.cast import Cast, Player
from yesword.faults.checker import Violation, check
from yesword.faults.evidence import Evidence
from yesword.faults.lanes import Lanes, python_command
from yesword.faults.plan import Fault, FaultKind, Measures, Plan, plan
from yesword.faults.staging import Stage, set_up, speak
from yesword.store.opening import Store

CARRIER: Final = "carrier"
DATABASE: Final = "database"
_MODES: Final = {FaultKind.CUT: wire.CUT, FaultKind.HALF_OPEN: wire.HALF_OPEN, FaultKind.SLOW: wire.SLOW}
_TICK_S: Final = 0.02
_READY_S: Final = 60.0
_REST_S: Final = 600.0  # until all is settled
_STILL_S: Final = 90.0  # without anything getting done
_CHECK_S: Final = 600.0
_LOOKS: Final = (0.3, 0.6, 0.9)  # of the time: when rows are looked at that must not change
Say = Callable[[str], None]


class NotReadyError(YeswordError):
    """The scratch installation did not start: {what} was not ready within {seconds} seconds. Try again when the machine is less busy."""

    code = "faults_not_ready"


class NotEndedError(YeswordError):
    """The run did not come to its end as it should, so it shows nothing: {what}. With the same seed it has the same plan."""

    code = "faults_not_ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What happened, counted, and what it broke."""

    seconds: float
    people: int
    kills: int
    pauses: int
    cuts: int  # of wires, in whatever way
    ended_by_themselves: int  # processes, by timers of their own or errors; each was started again
    stops: int  # by text
    starts: int
    left_by_link: int
    imported: int  # leavers
    acknowledged: int  # stops of all sorts that were
    campaigns: int
    texts: int  # that the peer took
    uncertain: int
    violations: tuple[Violation, ...]

    @property
    def is_held(self) -> bool:
        return not self.violations

    def counts(self) -> Mapping[str, float]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "violations"}


def run(
    seed: int, measures: Measures, *, say: Say, server_url: str | None = None, per_s: float = 300.0
) -> Ran:
    """One run on a store of its own. Raises NotReadyError, NotEndedError."""
    limit_s = measures.seconds + _READY_S * 2 + _REST_S + _CHECK_S
    with scratch_store(server_url) as store:
        stage = set_up(store, measures.people)
        show = _Show(store=store, stage=stage, per_s=per_s, say=say)
        with _watchdog(show, limit_s), contextlib.closing(show):
            show.begin(measures)
            show.play(plan(seed, measures))
            show.rest()
            say("Checking.")
            return show.told(time.monotonic())


def processes(*, on_postgresql: bool) -> tuple[str, ...]:
    """Those that are killed and paused. A SQLite store has one dispatcher."""
    several = ("dispatch-1", "dispatch-2") if on_postgresql else ("dispatch-1",)
    return (*several, "sequence", "receive", "web", "peer")


def wires(*, on_postgresql: bool) -> tuple[str, ...]:
    return (CARRIER, DATABASE) if on_postgresql else (CARRIER,)


@contextlib.contextmanager
def _watchdog(show: "_Show", limit_s: float) -> Iterator[None]:
    def bark() -> None:
        sys.stderr.write(f"yesword: the run hangs after {limit_s:.0f} seconds, and is ended.\n")
        show.close()
        os._exit(3)

    timer = threading.Timer(limit_s, bark)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Show:
    """The processes, the wires and the lanes of one run."""

    def __init__(self, *, store: Store, stage: Stage, per_s: float, say: Say) -> None:
        self._store = store
        self._stage = stage
        self._per_s = per_s
        self._say = say
        self._folder = store.folder / "faults"
        self._folder.mkdir(mode=0o700)
        self._token = secrets.token_hex(16)  # short enough for a bind
        self._cast = Cast(players={})
        self._wire: subprocess.Popen[bytes] | None = None
        self._lanes: Lanes | None = None
        self._counts: Counter[FaultKind] = Counter()
        self._began = 0.0
        self._trouble: list[str] = []

    def begin(self, measures: Measures) -> None:
        """Start everything, and wait until it works."""
        ports = {name: _free_port() for name in ("control", "smpp", "web")}
        wire_ports = self._start_wire(ports["smpp"], measures.wires)
        speak(self._store, wire_ports[CARRIER], self._token, per_s=self._per_s)
        url = self._store.url
        if url is not None and DATABASE in wire_ports:
            parts = urlsplit(url)
            user = f"{parts.username}:{parts.password}@" if parts.username else ""
            url = f"{parts.scheme}://{user}127.0.0.1:{wire_ports[DATABASE]}{parts.path}"

        def command(name: str) -> list[str]:
            on = [] if url is None else ["--database-url", url]
            return [*python_command("yesword"), name, "--data", str(self._store.folder), *on]

        peer = {
            "token": self._token,
            "port": ports["control"],
            "smpp_port": ports["smpp"],
            "folder": str(self._folder),
            "speed": self._per_s * 2,
        }
        for name in sorted(measures.processes, key=lambda each: each != "peer"):
            own = command(name.partition("-")[0])
            if name == "peer":
                own = python_command("yesword.faults.peer")
            elif name == "web":
                own += ["--port", str(ports["web"])]
            self._cast.players[name] = Player(
                name=name,
                command=own,
                log=self._folder / f"{name}.log",
                told=json.dumps(peer).encode() + b"\n" if name == "peer" else b"",
                # People write all the time, so it is never quiet for the ten seconds that end a gap.
                environ={"YESWORD_GAP_SETTLES_AFTER": "1"},
            )
        self._cast.start()
        control = SimulatorControl(Endpoint(port=ports["control"], token=self._token))
        self._wait_for("the carrier", lambda: control.counts() is not None)
        self._wait_for("the pages", lambda: _answers(ports["web"]))
        self._lanes = Lanes(
            store=self._store,
            stage=self._stage,
            control=control,
            web_port=ports["web"],
            command=command,
            folder=self._folder,
        )

    def play(self, script: Plan) -> None:
        """Faults and their ends, in this thread; what people do, in others."""
        assert self._lanes is not None
        moments = [each.at_s for each in script.faults] + [each.at_s for each in script.acts]
        seconds = max(moments, default=0.0)
        self._lanes.start(script.acts, [share * seconds for share in _LOOKS])
        self._began = time.monotonic()
        cues = [(each.at_s, True, each) for each in script.faults]
        cues += [(each.at_s + each.for_s, False, each) for each in script.faults]
        cues.sort(key=lambda cue: cue[0])
        minute = 60.0
        for at_s, is_begin, fault in cues:
            while (left := self._began + at_s - time.monotonic()) > 0:
                self._cast.look()
                time.sleep(min(left, _TICK_S))
            if is_begin:
                self._do(fault)
            else:
                self._undo(fault)
            if at_s >= minute:
                self._say(f"{at_s / 60:.0f} min: {sum(self._counts.values()):,} faults so far.")
                minute = at_s + 60.0
        while time.monotonic() < self._began + seconds:
            self._cast.look()
            time.sleep(_TICK_S)

    def _do(self, fault: Fault) -> None:
        self._counts[fault.kind] += 1
        if fault.kind in _MODES:
            self._order(fault.target, _MODES[fault.kind], fault.delay_s)
        elif fault.kind is FaultKind.KILL:
            self._cast.players[fault.target].kill()
        else:
            self._cast.players[fault.target].pause()

    def _undo(self, fault: Fault) -> None:
        if fault.kind in _MODES:
            self._order(fault.target, wire.PASS)
        else:
            self._cast.players[fault.target].go_on()

    def rest(self) -> None:
        """No more faults: all that people began comes to its end, and all processes end in their own time."""
        assert self._lanes is not None
        for player in self._cast.players.values():
            player.go_on()
        for name in self._wire_names:
            self._order(name, wire.PASS)
        deadline = time.monotonic() + _REST_S
        least, moved_at = self._open(), time.monotonic()
        while time.monotonic() < deadline and not self._is_settled():
            if (left := self._open()) < least:
                least, moved_at = left, time.monotonic()
            elif time.monotonic() - moved_at > _STILL_S:
                break
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                self._cast.look()
                time.sleep(_TICK_S)
        self._lanes.over.set()
        for name in self._lanes.join(10.0):
            self._trouble.append(f"the lane of {name} never came to its end")
        self._trouble += self._lanes.troubles
        self._trouble += [f"{name} did not end when it was asked to" for name in self._cast.bow()]
        self._end_wire()

    def _is_settled(self) -> bool:
        assert self._lanes is not None
        if self._lanes.join(0.0):
            return False
        if self._open():
            return False
        try:
            return not self._lanes.control.waiting("simulator")
        except ChannelError:
            return False

    def _open(self) -> int:
        """How much is not done yet: texts, and events that are not in their log."""
        with self._store.database.read() as session:
            row = session.first("faults_open")
        return sum(row) if row else 0

    def told(self, ended: float) -> Ran:
        assert self._lanes is not None
        evidence = reading.gather(
            self._store, self._stage, self._folder, self._lanes.stops, self._lanes.snapshots
        )
        if self._trouble:
            raise NotEndedError(what="; ".join(self._trouble))
        return self._counted(evidence, self._lanes, ended)

    def _counted(self, evidence: Evidence, lanes: Lanes, ended: float) -> Ran:
        players = self._cast.players.values()
        by_text = [each for each in evidence.stops if each.how == "text"]
        by_link = [each for each in evidence.stops if each.how == "link"]
        states = Counter(each.state for each in evidence.messages.values())
        cuts = sum(self._counts[kind] for kind in _MODES)
        return Ran(
            seconds=round(ended - self._began, 1),
            people=len(self._stage.people),
            kills=self._counts[FaultKind.KILL] + lanes.import_kills,
            pauses=self._counts[FaultKind.PAUSE],
            cuts=cuts,
            ended_by_themselves=sum(each.ended_by_itself for each in players),
            stops=len(by_text),
            starts=evidence.sent_in,
            left_by_link=len(by_link),
            imported=lanes.imported,
            acknowledged=sum(each.acknowledged_at is not None for each in evidence.stops),
            campaigns=lanes.campaigns,
            texts=len(evidence.taken),
            uncertain=states[MessageState.UNCERTAIN],
            violations=tuple(check(evidence)),
        )

    def close(self) -> None:
        """Whatever still runs is killed."""
        self._cast.kill()
        self._end_wire()
        if self._lanes is not None:
            self._lanes.over.set()
            self._lanes.control.close()

    # --- the wires ---

    def _start_wire(self, smpp_port: int, names: Sequence[str]) -> Mapping[str, int]:
        self._wire_names = names
        wanted: list[dict[str, Any]] = []
        for name in names:
            host, port = "127.0.0.1", smpp_port
            if name == DATABASE:
                parts = urlsplit(str(self._store.url))
                host, port = parts.hostname or host, parts.port or 5432
            wanted.append({"name": name, "host": host, "port": port, "is_tapped": name == CARRIER})
        settings = {"log": str(self._folder / "wire.jsonl"), "wires": wanted}
        self._wire = subprocess.Popen(  # noqa: S603 - our own command
            python_command("yesword.faults.wire"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._wire.stdin is not None
        assert self._wire.stdout is not None
        self._wire.stdin.write(json.dumps(settings).encode() + b"\n")
        self._wire.stdin.flush()
        ports: dict[str, int] = json.loads(self._wire.stdout.readline())
        return ports

    def _order(self, name: str, mode: str, delay_s: float = 0.0) -> None:
        assert self._wire is not None
        assert self._wire.stdin is not None
        self._wire.stdin.write(json.dumps({"wire": name, "mode": mode, "delay_s": delay_s}).encode() + b"\n")
        self._wire.stdin.flush()

    def _end_wire(self) -> None:
        """It ends when it is told nothing any more."""
        if self._wire is None:
            return
        for pipe in (self._wire.stdin, self._wire.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._wire.wait(5.0)
        except subprocess.TimeoutExpired:
            self._wire.kill()
            self._wire.wait()
        self._wire = None

    def _wait_for(self, what: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _READY_S
        while True:
            with contextlib.suppress(OSError, YeswordError):
                if is_ready():
                    return
            if time.monotonic() > deadline:
                raise NotReadyError(what=what, seconds=int(_READY_S))
            time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1.0):
        return True
