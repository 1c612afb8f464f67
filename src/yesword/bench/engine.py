"""What costs the store and the carrier too: a campaign, a crowd, and inbound texts, beside the limits of the same run."""

import contextlib
import random
import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from yesword.bench import over_http, smpp
from yesword.bench.rows import Figure, compared
from yesword.bench.scratch import (
    ADDRESS,
    carrier_process,
    program_with_crowd,
    scratch_store,
    speak_simulator,
    speak_smpp,
    start_campaign,
    start_dispatcher,
    start_receiver,
)
from yesword.channels.ports import HandOver
from yesword.channels.simulator import Endpoint, SimulatorChannel, SimulatorControl
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.programs import Program
from yesword.sending.handing import hand_over
from yesword.store import models, programs
from yesword.store.keyfiles import shared_token
from yesword.store.opening import Store
from yesword.worker.channels import TOKEN

_PATIENCE_S = 1800.0
_BATCH = 1000
_TEXT = "Linde & Loom: this week 20% off our range. Show this text at the till. Reply STOP to stop."
_OFFER = "this week 20% off"
_ORDINARY = "Do you also have this one in blue? I would like two of them"
_TEXTED = 5_000  # ordinary texts that come in
_ALL_BY = 0.9  # of the time that a campaign takes: then the last stop has come
_STOP_NOW = "Stop"  # the same word, told from those of before


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
        yield from _over_smpp(store, program, name, messages)
        yield from _over_simulator(store, program, name, messages)
        yield from over_http.figures(store, _people(messages, _TEXTED, seed=5), _ORDINARY, name)


def _over_smpp(store: Store, program: Program, name: str, messages: int) -> Iterator[Figure]:
    log = store.folder / "peer.jsonl"
    with smpp.smsc_process(log) as (control, account_at):
        bare = None
        for window in (10, 100, 1000):
            control.reset()
            speed, cpu_us = _bare_loop(smpp.peer(account_at(window)), min(messages, 20_000))
            bare = Figure(
                name=f"bare hand-over over SMPP, window {window}, {name}", value=speed, unit="msg/s"
            )
            yield bare
            yield Figure(name=f"its CPU, window {window}, {name}", value=cpu_us, unit="us/msg")
        control.reset()
        speed, cpu_us = smpp.taken_in(control, account_at(1000))
        yield (bare_in := Figure(name=f"bare taking in over SMPP, {name}", value=speed, unit="1/s"))
        yield Figure(name=f"its CPU, {name}", value=cpu_us, unit="us/text")
        control.reset()
        speak_smpp(store, account_at.port, account_at.token)
        speed, cpu_us, memory = _campaign(store, program.id, messages)
        yield compared(
            Figure(
                name=f"campaign of {messages:,} over SMPP, gated and durable, {name}",
                value=speed,
                unit="msg/s",
            ),
            bare,
        )
        yield Figure(name=f"dispatcher's CPU, {name}", value=cpu_us, unit="us/msg")
        yield Figure(name=f"dispatcher's peak memory, {name}", value=memory, unit="MB")
        with ended(start_receiver(store)):
            yield from _inbound(control, log, bare_in, name, messages)
            yield from _stops_alone(control, log, name, messages)
            yield from _stops_in_campaign(store, control, log, program, name, messages, messages / speed)


def _over_simulator(store: Store, program: Program, name: str, messages: int) -> Iterator[Figure]:
    """The same over the simulator's own protocol, which costs next to nothing."""
    speak_simulator()
    with carrier_process(store) as control:
        endpoint = Endpoint(
            host="127.0.0.1",
            port=int((store.run / "carrier-port").read_text()),
            token=shared_token(store.folder, TOKEN),
        )
        control.reset()
        speed, _ = _bare_loop(SimulatorChannel(endpoint), min(messages, 20_000))
        control.reset()
        yield (peer := Figure(name=f"bare hand-over loop, {name}", value=speed, unit="msg/s"))
        # Somebody has listened for this account, so nothing is sent over it when nobody does.
        with ended(start_receiver(store)):
            speed, cpu_us, _ = _campaign(store, program.id, messages)
        yield compared(
            Figure(name=f"campaign over the simulator's protocol, {name}", value=speed, unit="msg/s"), peer
        )
        yield Figure(name=f"dispatcher's CPU with it, {name}", value=cpu_us, unit="us/msg")


def _bare_loop(channel: smpp.Peer, count: int) -> tuple[float, float]:
    """The same texts over the same channel, with nothing decided and nothing stored: a second, and CPU in microseconds."""
    approval = Decision(verdict=Verdict.SEND, at=datetime.now(UTC))
    spent = cpu = 0.0
    for first in range(0, count, _BATCH):
        batch = [
            HandOver(
                message_id=first + index,
                attempt_id=first + index,
                sender=ADDRESS,
                number=f"+31612{first + index:06}",
                text=_TEXT,
                decision=approval,
            )
            for index in range(min(_BATCH, count - first))
        ]
        started, used = time.perf_counter(), time.process_time()
        for _ in hand_over(channel, batch, frozenset):
            pass
        spent += time.perf_counter() - started
        cpu += time.process_time() - used
    channel.close()
    return round(count / spent), round(cpu / count * 1e6, 2)


def _campaign(store: Store, program_id: int, messages: int) -> tuple[float, float, float]:
    """Messages a second from the first claim to the last record; the dispatcher's CPU a message, and its peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    campaign = start_campaign(programs.current(program_id))  # type: ignore[arg-type]
    dispatcher = start_dispatcher(store)
    with ended(dispatcher):
        spent, peak = until_done(campaign, dispatcher.pid)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return round(messages / spent), round(cpu / messages * 1e6, 1), round(peak, 1)


def until_done(campaign: int, pid: int, patience_s: float = _PATIENCE_S) -> tuple[float, float]:
    """Seconds since its first text was planned, and the peak memory in MB of the process. Raises TimeoutError."""
    started, first, peak = time.perf_counter(), 0.0, 0.0
    while time.perf_counter() - started < patience_s:
        row = models.Campaign.objects.values_list("state", "cursor").get(pk=campaign)
        if not first and row[1]:
            first = time.perf_counter()
        peak = max(peak, _resident_mb(pid))
        if row[0] == models.Campaign.State.DONE:
            return time.perf_counter() - first, peak
        time.sleep(0.05)
    raise TimeoutError(f"the campaign was not done after {patience_s:.0f} seconds")


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """It is, once this is left."""
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


def _inbound(
    control: SimulatorControl, log: Path, bare: Figure, name: str, messages: int
) -> Iterator[Figure]:
    """Ordinary texts of people who are in the program, as fast as they are acknowledged."""
    count = min(messages, _TEXTED)
    _text_in(control, _people(messages, 20, seed=9), "Thanks, see you on Saturday")  # until it runs warm
    _until_taken(control)
    _text_in(control, _people(messages, count, seed=1), _ORDINARY)
    _until_taken(control)
    waits = smpp.seen(log, _ORDINARY, _is_answer).waits_ms
    if waits:
        yield compared(
            Figure(
                name=f"texts in over SMPP, understood and durable, {name}",
                value=round(len(waits) / (waits[-1] / 1e3)),
                unit="1/s",
            ),
            bare,
        )


def _stops_alone(control: SimulatorControl, log: Path, name: str, messages: int) -> Iterator[Figure]:
    """Stops among other texts, at an even rate, while nothing is sent."""
    per_s = 1_000
    count = min(messages // 10, 1_000)
    people = _people(messages, count, seed=2)
    for start in range(0, count, 10):  # each tenth of a second: ten stops among other texts
        began = time.perf_counter()
        _text_in(control, people[start : start + 10], "STOP")
        _text_in(control, _people(messages, per_s // 10 - 10, seed=start + 10), f"{_ORDINARY} ({start})")
        time.sleep(max(0.0, 0.1 - (time.perf_counter() - began)))
    _until_taken(control)
    seen = smpp.seen(log, "STOP", _is_answer)
    for share, label in ((0.5, "p50"), (0.99, "p99")):
        yield Figure(
            name=f"STOP to its acknowledgement, {per_s:,} in/s, {label}, {name}",
            value=seen.quantile(share),
            unit="ms",
        )


def _stops_in_campaign(
    store: Store,
    control: SimulatorControl,
    log: Path,
    program: Program,
    name: str,
    messages: int,
    lasts_s: float,
) -> Iterator[Figure]:
    """Stops at random moments of a campaign at full speed, from its beginning to its end."""
    count = min(messages // 10, 2_000)
    pause_s = 2 * lasts_s * _ALL_BY / count  # at most, and half of it on average
    people = _people(messages, count, seed=3)
    chance = random.Random(4)  # noqa: S311 - picks moments, no secret
    campaign = start_campaign(programs.current(program.id), "stopped")
    dispatcher = start_dispatcher(store)
    with ended(dispatcher):
        _until_begun(campaign)
        while people:
            _text_in(control, [people.pop()], _STOP_NOW)
            time.sleep(chance.random() * pause_s)
        until_done(campaign, dispatcher.pid)
        _until_taken(control)
    seen = smpp.seen(log, _STOP_NOW, _is_answer)
    for share, label in ((0.5, "p50"), (0.99, "p99")):
        yield Figure(
            name=f"STOP in a campaign to its acknowledgement, {label}, {name}",
            value=seen.quantile(share),
            unit="ms",
        )
    yield Figure(name=f"stops that were never acknowledged, {name}", value=seen.unanswered, unit="")
    yield Figure(name=f"texts handed over after the acknowledgement, {name}", value=seen.after_stop, unit="")


def _people(messages: int, count: int, *, seed: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - picks people, no secret
    chosen = chance.sample(range(messages), min(count, messages))
    return [f"+3161{1_000_000 + each:07d}" for each in chosen]


def _text_in(control: SimulatorControl, people: Sequence[str], text: str) -> None:
    control.from_handsets((number, ADDRESS, text) for number in people)


def _until_taken(control: SimulatorControl) -> None:
    """Until all that was texted in is acknowledged."""
    deadline = time.perf_counter() + _PATIENCE_S
    while control.waiting(smpp.NAME) and time.perf_counter() < deadline:
        time.sleep(0.02)


def _until_begun(campaign: int) -> None:
    deadline = time.perf_counter() + _PATIENCE_S
    while time.perf_counter() < deadline:
        if models.Campaign.objects.values_list("cursor", flat=True).get(pk=campaign):
            return
        time.sleep(0.01)


def _is_answer(text: str) -> bool:
    """Whether a text is what a stop is answered with, or another answer that a person asked for."""
    return _OFFER not in text
