"""What costs the store and the carrier too: a campaign, a crowd, and inbound texts, beside the limits of the same run."""

import contextlib
import os
import random
import resource
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from yesword.bench.rows import Figure, compared
from yesword.bench.scratch import (
    carrier_process,
    program_with_crowd,
    scratch_store,
    start_campaign,
    start_dispatcher,
)
from yesword.channels.ports import HandOver, InboundText
from yesword.channels.simulator import Endpoint, SimulatorChannel, SimulatorControl
from yesword.domain.decisions import Decision, Verdict
from yesword.sending import inbound
from yesword.sending.handing import hand_over
from yesword.store import models, programs
from yesword.store.keyfiles import shared_token
from yesword.store.opening import Store
from yesword.worker.channels import TOKEN

_PATIENCE_S = 1800.0


def figures(messages: int, server_url: str | None) -> Iterator[Figure]:
    """Each figure for SQLite, and for PostgreSQL where there is a server."""
    yield from _on("SQLite", None, messages)
    if server_url is not None:
        yield from _on("PostgreSQL", server_url, messages)


def _on(name: str, server_url: str | None, messages: int) -> Iterator[Figure]:
    with scratch_store(server_url) as store:
        started = time.perf_counter()
        program = program_with_crowd(store, messages)
        spent = time.perf_counter() - started
        yield Figure(name=f"people with a grant recorded, {name}", value=round(messages / spent), unit="1/s")
        with carrier_process(store) as control:
            bare = _bare_loop(store, control, messages)
            yield (peer := Figure(name=f"bare hand-over loop, {name}", value=bare, unit="msg/s"))
            speed, cpu_us, memory = _campaign(store, program.id, messages)
            yield compared(
                Figure(
                    name=f"campaign of {messages:,}, gated and durable, {name}", value=speed, unit="msg/s"
                ),
                peer,
            )
            yield Figure(name=f"dispatcher's CPU, {name}", value=cpu_us, unit="us/msg")
            yield Figure(name=f"dispatcher's peak memory, {name}", value=memory, unit="MB")
        yield from _stops(store, name, messages)


def _bare_loop(store: Store, control: SimulatorControl, messages: int) -> float:
    """The same texts over the same channel, with nothing decided and nothing stored."""
    control.reset()
    endpoint = Endpoint(
        host="127.0.0.1",
        port=int((store.run / "carrier-port").read_text()),
        token=shared_token(store.folder, TOKEN),
    )
    channel = SimulatorChannel(endpoint)
    approval = Decision(verdict=Verdict.SEND, at=datetime.now(UTC))
    count = min(messages, 50_000)
    started = time.perf_counter()
    for first in range(0, count, 1000):
        batch = [
            HandOver(
                message_id=first + index,
                attempt_id=first + index,
                sender="800123",
                number="+31612345678",
                text="Linde & Loom: this week 20% off our range. Show this text at the till. Reply STOP to stop.",
                decision=approval,
            )
            for index in range(min(1000, count - first))
        ]
        for _ in hand_over(channel, batch, frozenset):
            pass
    spent = time.perf_counter() - started
    channel.close()
    control.reset()
    return round(count / spent)


def _campaign(store: Store, program_id: int, messages: int) -> tuple[float, float, float]:
    """Messages a second from the first claim to the last record; the dispatcher's CPU a message, and its peak memory."""
    campaign = start_campaign(programs.current(program_id))  # type: ignore[arg-type]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    dispatcher = start_dispatcher(store)
    started, first = time.perf_counter(), 0.0
    peak = 0.0
    with _ended(dispatcher):
        while time.perf_counter() - started < _PATIENCE_S:
            row = models.Campaign.objects.values_list("state", "cursor").get(pk=campaign)
            if not first and row[1]:
                first = time.perf_counter()
            peak = max(peak, _resident_mb(dispatcher.pid))
            if row[0] == models.Campaign.State.DONE:
                break
            time.sleep(0.05)
        spent = time.perf_counter() - first
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return round(messages / spent), round(cpu / messages * 1e6, 1), round(peak, 1)


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _resident_mb(pid: int) -> float:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def _stops(store: Store, name: str, messages: int) -> Iterator[Figure]:
    """Keywords and stops, one transaction each, from one thread: what a single texter waits for."""
    account = models.Account.objects.get(key="simulator")
    chance = random.Random(1)  # noqa: S311 - picks people, no secret
    times = []
    count = min(messages, 1000)
    for index in range(count):
        text = InboundText(
            account="simulator",
            provider_id=f"bench-{os.getpid()}-{index}",
            sender_number=f"+3161{1_000_000 + chance.randrange(messages):07d}",
            to_address="800123",
            text="STOP",
            received_at=datetime.now(UTC),
        )
        started = time.perf_counter()
        handled = inbound.receive(store, account.pk, text, datetime.now(UTC))
        assert inbound.may_acknowledge(store, handled, datetime.now(UTC))
        times.append(time.perf_counter() - started)
    times.sort()
    yield Figure(
        name=f"STOP, kept and drained, p50, {name}", value=round(times[count // 2] * 1e3, 2), unit="ms"
    )
    yield Figure(
        name=f"STOP, kept and drained, p99, {name}", value=round(times[count * 99 // 100] * 1e3, 2), unit="ms"
    )
