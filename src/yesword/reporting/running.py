"""How it runs at this moment, as the store has it: the queue, what is on its way, the ledgers, holds, pauses and webhooks.

What the processes count for themselves is `telemetry`. Nothing here is about anybody.
"""

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.thresholds import Level, Watched
from yesword.domain.times import from_micros, to_micros
from yesword.sending.campaigns import PARKED
from yesword.store import holds, models
from yesword.store.database import Session
from yesword.store.locality import is_gone, locality
from yesword.store.opening import Store

# What a queue is divided into, by how urgent its messages are: `domain.messages.KINDS` says which kind is how urgent.
URGENCIES: Final = ("codes", "answers", "reminders", "campaigns")


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """Messages of one urgency."""

    due: int = 0
    later: int = 0
    paused: int = 0  # wait for somebody: their campaign, program, account or brand is paused or held
    oldest_due: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """Who may be in the middle of a hand-over."""

    owner: str
    pid: int
    is_here: bool  # on this machine
    is_gone: bool  # known only of those here; another one is gone when its lease is long over
    lease_s: float  # that is left


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    at: datetime
    queues: Mapping[str, Queue]  # by urgency, the most urgent first
    sending: int
    uncertain: int
    undrained: int
    reports_waiting: int
    outbox: int
    outbox_oldest: timedelta | None
    checkpoint_age: timedelta | None
    logs_in_trouble: int
    held: frozenset[str]  # reasons why nothing is sent at all
    held_apart: Mapping[tuple[str, str], int]  # reason and account or brand: of how many
    pauses: Mapping[str, int]
    webhooks_due: int
    webhooks_again: int
    webhooks_oldest: timedelta | None
    endpoints: Mapping[str, int]  # on, failing, off
    workers: tuple[Worker, ...]
    free_bytes: Mapping[str, int]  # of the disk under data and journal


def count(store: Store, at: datetime) -> Running:
    now = to_micros(at)
    with store.database.read() as session:
        row = session.first("running_counts")
        assert row is not None
        heads = session.rows("heads_of_logs")
        untold = {place: (number, due_at) for place, number, due_at in session.rows("untold_webhooks")}
        held = holds.held(session)
        queues = _queues(session, at)
        workers = _workers(store, session, now)
    signed = [signed_at for _, signed_at in heads if signed_at is not None]
    dues = [due_at for _, due_at in untold.values() if due_at <= now]
    return Running(
        at=at,
        queues=queues,
        sending=row[0],
        uncertain=row[1],
        undrained=row[2],
        reports_waiting=row[3],
        outbox=row[4],
        outbox_oldest=_since(row[5], now),
        checkpoint_age=_since(min(signed, default=None), now),
        logs_in_trouble=sum(bool(trouble) for trouble, _ in heads),
        held=held.reasons,
        held_apart=Counter(
            (reason, "brand" if scope.brand is not None else "account") for reason, scope in held.scopes
        ),
        pauses=_pauses(),
        webhooks_due=untold.get(0, (0, 0))[0],
        webhooks_again=untold.get(1, (0, 0))[0],
        webhooks_oldest=_since(min(dues, default=None), now),
        endpoints=_endpoints(),
        workers=workers,
        free_bytes={"data": _free(store.folder), "journal": _free(store.journal.folder)},
    )


def _queues(session: Session, at: datetime) -> dict[str, Queue]:
    now = to_micros(at)
    found: dict[str, dict[int, tuple[int, int]]] = {each: {} for each in URGENCIES}
    for priority, place, number, due_at in session.rows(
        "queue_by_urgency", now=now, parked=to_micros(PARKED)
    ):
        found[URGENCIES[min(priority, len(URGENCIES) - 1)]][place] = (number, due_at)
    return {
        urgency: Queue(
            due=places.get(0, (0, 0))[0],
            later=places.get(1, (0, 0))[0],
            paused=places.get(2, (0, 0))[0],
            oldest_due=_since(places[0][1], now) if 0 in places else None,
        )
        for urgency, places in found.items()
    }


def _workers(store: Store, session: Session, now: int) -> tuple[Worker, ...]:
    here = locality(store.run)
    clock = session.first("server_clock") if session.vendor == "postgresql" else None
    now = clock[0] if clock else now  # leases are of the database's clock, where hosts share one
    return tuple(
        Worker(
            owner=owner,
            pid=pid,
            is_here=where == here,
            is_gone=is_gone(store.run, owner) if where == here else lease_until < now,
            lease_s=(lease_until - now) / 1e6,
        )
        for owner, where, pid, lease_until in session.rows("workers")
    )


def _pauses() -> dict[str, int]:
    standing = models.SendingAlarm.objects.filter(level=Level.PAUSE.value, ended_at=None)
    counted = Counter(standing.values_list("watched", flat=True))
    return {each.value: counted[each.value] for each in Watched}


def _endpoints() -> dict[str, int]:
    found = {"on": 0, "failing": 0, "off": 0}
    for is_on, failing_since in models.WebhookEndpoint.objects.values_list("is_on", "failing_since"):
        found["off" if not is_on else "on" if failing_since is None else "failing"] += 1
    return found


def _since(micros: int | None, now: int) -> timedelta | None:
    return None if micros is None else max(timedelta(0), from_micros(now) - from_micros(micros))


def _free(folder: object) -> int:
    return shutil.disk_usage(str(folder)).free
