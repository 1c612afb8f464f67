"""What people do while things go wrong: each sort of it in a thread of its own, so that one that has to wait delays no other."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from yesword.bench.scratch import start_campaign
from yesword.channels.ports import ChannelError
from yesword.channels.simulator import SimulatorControl
from yesword.faults.evidence import Stop
from yesword.faults.plan import Act, ActKind
from yesword.faults.reading import START, STOP, Snapshot, snapshot
from yesword.faults.staging import Person, Stage
from yesword.store import models, programs
from yesword.store.opening import Store

_HTTP_S: Final = 6.0
_IMPORT_S: Final = 90.0
_TRIES: Final = 6
_AMBUSHED_AT_ONCE: Final = 3
_AMBUSH_S: Final = 4.0  # longer than an acknowledgement is waited for
_MOST_AT_ONCE: Final = 3
_ON_ITS_WAY: Final = "on_its_way"
_ONE_CLICK: Final = "List-Unsubscribe=One-Click"  # RFC 8058


@dataclass(kw_only=True)
class Lanes:
    """Everything that happens to the installation from outside."""

    store: Store
    stage: Stage
    control: SimulatorControl
    web_port: int
    command: Callable[[str], list[str]]  # of ours, on this store
    folder: Path
    over: threading.Event = field(default_factory=threading.Event)
    stops: list[Stop] = field(default_factory=list)  # those that were not texted
    snapshots: list[Snapshot] = field(default_factory=list)
    imported: int = 0
    campaigns: int = 0
    import_kills: int = 0
    troubles: list[str] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _began: float = 0.0
    _ambushed: deque[tuple[float, Person, int]] = field(default_factory=deque)  # when they come back

    def start(self, acts: Sequence[Act], looks_at_s: Iterable[float]) -> None:
        self._by_contact = {int(each.contact): each for each in self.stage.people}
        self._began = time.monotonic()
        texts = [each for each in acts if each.kind in (ActKind.STOP, ActKind.START, ActKind.AMBUSH)]
        for name, own, act in (
            ("handsets", texts, self._text),
            ("leavers", [each for each in acts if each.kind is ActKind.LEAVE], self._leave),
            ("imports", [each for each in acts if each.kind is ActKind.IMPORT], self._import),
            ("campaigns", [each for each in acts if each.kind is ActKind.CAMPAIGN], self._campaign),
        ):
            self._begin(name, partial(self._play, own, act))
        self._begin("looks", partial(self._look, list(looks_at_s)))

    def join(self, patience_s: float) -> list[str]:
        """The lanes that did not come to their end."""
        deadline = time.monotonic() + patience_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [each.name for each in self._threads if each.is_alive()]

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - told with the result, and fails the run
                self.troubles.append(f"{name}: {type(error).__name__}: {error}")
            finally:
                self.store.database.close()
                self.store.vault.close()

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _play(self, acts: Sequence[Act], act: Callable[[Act], None]) -> None:
        for each in acts:
            self._rest_until(each.at_s)
            if self.over.is_set():
                return
            act(each)

    def _rest_until(self, at_s: float) -> None:
        self.over.wait(max(0.0, self._began + at_s - time.monotonic()))

    def _look(self, moments: Sequence[float]) -> None:
        for at_s in moments:
            self._rest_until(at_s)
            self.snapshots.append(snapshot(self.store))

    def _text(self, act: Act) -> None:
        if act.kind is ActKind.AMBUSH:
            self._ambush(act)
        else:
            self._say(
                self.stage.people[act.people[0]], act.number, STOP if act.kind is ActKind.STOP else START
            )

    def _ambush(self, act: Act) -> None:
        """What is said at any moment hardly ever meets a text of the same person that is on its way, and where a stop could be
        too late, it is there.
        """
        while self._ambushed and self._ambushed[0][0] < time.monotonic():
            _, whose, number = self._ambushed.popleft()
            self._say(whose, number, START)
        with self.store.database.read() as session:
            found = session.rows("faults_on_their_way", count=_AMBUSHED_AT_ONCE)
        for (contact,) in found:
            person = self._by_contact.get(contact)
            if person is not None:
                self._say(person, act.number, STOP)
                self._ambushed.append((time.monotonic() + _AMBUSH_S, person, act.number))

    def _say(self, person: Person, number: int, word: str) -> None:
        program = self.stage.programs[number]
        try:
            self.control.from_handset(person.number, str(program.sender), word)
        except ChannelError:
            return  # the carrier is gone or asleep: what it took of it, its log says

    def _leave(self, act: Act) -> None:
        person = self.stage.people[act.people[0]]
        asked_at, done_at = time.time(), None
        try:
            if self._post(f"/u/{person.word}") == http.HTTPStatus.OK:
                done_at = time.time()
        except (OSError, http.client.HTTPException):
            pass  # not acknowledged
        self.stops.append(Stop(person=person.place, how="link", asked_at=asked_at, acknowledged_at=done_at))

    def _post(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=_HTTP_S)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, body=_ONE_CLICK, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def _import(self, act: Act) -> None:
        """A file of leavers. Every third import is killed once in its midst, and goes on where it was."""
        people = [self.stage.people[place] for place in act.people]
        file = self.folder / f"leavers-{act.number}.csv"
        rows = "\n".join(each.number for each in people)
        file.write_text(f"phone\n{rows}\n", encoding="utf-8")
        asked_at, done_at = time.time(), None
        for attempt in range(_TRIES):
            kill_after_s = 1.0 + 0.1 * (act.number % 10) if act.number % 3 == 1 and not attempt else None
            told = self._run_import(file, kill_after_s)
            if told is not None:
                done_at = time.time() if told else None
                break
        self.imported += len(people) if done_at else 0
        self.stops += [
            Stop(person=each.place, how="import", asked_at=asked_at, acknowledged_at=done_at)
            for each in people
        ]

    def _run_import(self, file: Path, kill_after_s: float | None) -> bool | None:
        """Whether it was said that all of it is done, with nothing on its way. None: it has to be run again."""
        command = [
            *self.command("import"),
            *(str(file), "--program", self.stage.key(0), "--opt-outs", "--json"),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            out, _ = process.communicate(timeout=kill_after_s or _IMPORT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.import_kills += kill_after_s is not None
            return None
        if process.returncode != 0:
            return None
        return all(note["code"] != _ON_ITS_WAY for note in json.loads(out)["notes"])

    def _campaign(self, act: Act) -> None:
        """None while several are not done: a queue that only grows shows nothing more."""
        if models.Campaign.objects.exclude(state=models.Campaign.State.DONE).count() >= _MOST_AT_ONCE:
            return
        program = programs.current(self.stage.programs[act.number % len(self.stage.programs)].id)
        start_campaign(program, f"faults-{act.number}")
        self.campaigns += 1


def python_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]
