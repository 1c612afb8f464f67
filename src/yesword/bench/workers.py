"""What a second worker brings on PostgreSQL: the same campaign, over the same carrier, by one of them and by two.

The server, the carrier and the workers share the cores of this machine, so that the gain here is the least there is.
"""

import os
import resource
import subprocess
import time
from collections.abc import Iterator

from yesword.bench.rows import Figure, compared
from yesword.bench.scratch import (
    carrier_process,
    program_with_crowd,
    scratch_store,
    speak_simulator,
    start_campaign,
    start_dispatcher,
)
from yesword.domain.errors import YeswordError
from yesword.store import models, programs
from yesword.store.opening import Store

_PATIENCE_S = 1800.0


class NotSentError(YeswordError):
    """The carrier took {sent} texts of {messages}: what was measured is not sending."""

    code = "not_sent"


def figures(messages: int, server_url: str) -> Iterator[Figure]:
    yield Figure(name="cores for server, carrier and workers", value=os.cpu_count() or 1, unit="")
    with scratch_store(server_url) as store:
        program = program_with_crowd(store, messages)
        speak_simulator()
        with carrier_process(store) as control:
            control.reset()
            _campaign(store, program.id, messages, 1)  # until everything runs warm
            one = None
            for workers in (1, 2):
                control.reset()
                speed, cpu_us = _campaign(store, program.id, messages, workers)
                if (sent := control.counts().get("accepted", 0)) != messages:
                    raise NotSentError(sent=sent, messages=messages)
                by = "one worker" if workers == 1 else "two workers"
                figure = Figure(
                    name=f"campaign of {messages:,} by {by}, PostgreSQL", value=speed, unit="msg/s"
                )
                yield compared(figure, one)
                yield Figure(name=f"CPU of {by}", value=cpu_us, unit="us/msg")
                one = figure


def _campaign(store: Store, program_id: int, messages: int, workers: int) -> tuple[float, float]:
    """Messages a second from the first that was planned to the last record, with all workers up before it; and CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    processes = [start_dispatcher(store) for _ in range(workers)]
    try:
        _until_known(store, workers)
        campaign = start_campaign(programs.current(program_id), f"by {workers}")  # type: ignore[arg-type]
        spent = _until_done(campaign)
    finally:
        _end(processes)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return round(messages / spent), round(cpu / messages * 1e6, 1)


def _until_known(store: Store, workers: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with store.database.read() as session:
            if len(session.rows("workers")) == workers:
                return
        time.sleep(0.05)
    raise TimeoutError(f"{workers} workers did not start within {_PATIENCE_S:.0f} seconds")


def _until_done(campaign: int) -> float:
    """Seconds since its first text was planned."""
    deadline, first = time.monotonic() + _PATIENCE_S, 0.0
    while time.monotonic() < deadline:
        state, cursor = models.Campaign.objects.values_list("state", "cursor").get(pk=campaign)
        if not first and cursor:
            first = time.perf_counter()
        if state == models.Campaign.State.DONE:
            return time.perf_counter() - first
        time.sleep(0.02)
    raise TimeoutError(f"the campaign was not done after {_PATIENCE_S:.0f} seconds")


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for each in processes:
        each.terminate()
    for each in processes:
        each.wait()
