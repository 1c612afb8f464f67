"""The simulated carrier as a peer that speaks SMPP in another process, what it wrote down, and how fast it brings texts.

Taken in here, nothing is understood and nothing is stored: what the engine's own figures are to be held against.
"""

import contextlib
import ipaddress
import json
import multiprocessing
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yesword.channels.ports import CarrierUnreachableError, Channel, InboundItem
from yesword.channels.simulator import Endpoint, SimulatorControl
from yesword.channels.simulator.carrier import CarrierSettings, run_carrier
from yesword.channels.simulator.smsc import SmscSettings
from yesword.channels.smpp import Binding, KeptInMemory, SmppAccount, SmppChannel, SmppReceiver

NAME = "simulator"  # of the account, here and there
_PATIENCE_S = 120.0
_INBOUND = 50_000


@contextlib.contextmanager
def smsc_process(log: Path | None = None) -> Iterator[tuple[SimulatorControl, "AccountAt"]]:
    """A carrier that speaks SMPP, in a process of its own. It writes down what it takes, brings and is answered."""
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "port"
        smsc = SmscSettings(ready_path=ready.with_suffix(".smpp"))
        settings = CarrierSettings(
            token=token, ready_path=ready, smsc=smsc, log_path=log, log_texts=log is not None
        )
        process = multiprocessing.get_context("spawn").Process(target=run_carrier, args=(settings,))
        process.start()
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not ready.exists() and process.is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            port = int(ready.with_suffix(".smpp").read_text())
            control = SimulatorControl(Endpoint(port=int(ready.read_text()), token=token))
            try:
                yield control, AccountAt(port, token)
            finally:
                control.close()
        finally:
            process.terminate()
            process.join()


class AccountAt:
    """Accounts with that carrier, by window."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token

    def __call__(self, window: int) -> SmppAccount:
        return SmppAccount(
            name=NAME,
            host="127.0.0.1",
            port=self.port,
            system_id=NAME,
            password=self.token,
            binding=Binding.PAIRS,
            window=window,
            max_per_second=10_000_000,
        )


Peer = Channel  # to a carrier of ours on this machine, and to no other


def peer(account: SmppAccount) -> Peer:
    """Raises CarrierUnreachableError for what is not this machine: nothing here is decided by the gate."""
    if not ipaddress.ip_address(account.host).is_loopback:
        raise CarrierUnreachableError(endpoint=account.endpoint, why="measuring is for carriers of our own")
    return SmppChannel(account)


def taken_in(control: SimulatorControl, account: SmppAccount) -> tuple[float, float]:
    """Texts a second, and CPU in microseconds each."""
    for first in range(0, _INBOUND, 5_000):
        control.from_handsets(
            (f"+31612{number:06}", "800123", "Thanks")
            for number in range(first, min(first + 5_000, _INBOUND))
        )
    stop, taken = threading.Event(), 0

    def take(items: list[InboundItem]) -> list[bool]:
        nonlocal taken
        taken += len(items)
        if taken >= _INBOUND:
            stop.set()
        return [True] * len(items)

    started, used = time.perf_counter(), time.process_time()
    SmppReceiver(account, keeping=KeptInMemory()).run(take, stop)
    return (
        round(taken / (time.perf_counter() - started)),
        round((time.process_time() - used) / taken * 1e6, 2),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the peer saw of texts that were sent in: how long each took until it was acknowledged, in milliseconds, and how
    many texts went to their senders after that which were no answers to a stop.
    """

    waits_ms: tuple[float, ...]  # ascending
    unanswered: int
    after_stop: int

    def quantile(self, share: float) -> float:
        return round(self.waits_ms[int((len(self.waits_ms) - 1) * share)], 1) if self.waits_ms else 0.0


def seen(log: Path, word: str, is_answer: Callable[[str], bool]) -> Seen:
    """Of the texts that are this word, in the order in which the peer wrote things down."""
    sent: dict[str, tuple[float, str]] = {}
    stopped: set[str] = set()
    waits: list[float] = []
    after = 0
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["event"] == "inbound" and entry["text"] == word:
                sent[entry["id"]] = (entry["at"], entry["from"])
            elif entry["event"] == "acknowledged" and entry["id"] in sent:
                at, number = sent.pop(entry["id"])
                waits.append((entry["at"] - at) * 1e3)
                stopped.add(number)
            elif entry["event"] == "accepted" and entry["to"] in stopped and not is_answer(entry["text"]):
                after += 1
    return Seen(waits_ms=tuple(sorted(waits)), unanswered=len(sent), after_stop=after)
