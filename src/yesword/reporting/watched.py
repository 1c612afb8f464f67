"""One look at everything that runs, and two of them as a frame of a terminal: what changed in between makes the rates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from yesword.reporting import running
from yesword.reporting.metrics import account_keys
from yesword.reporting.running import Queue, Running
from yesword.store.opening import Store
from yesword.telemetry import snapshots
from yesword.telemetry.catalogue import (
    ENTERED,
    HANDED_OVER,
    INBOUND,
    OUTCOMES,
    PACE,
    REPORTS,
    RESTS,
    STOPS,
    Figure,
    Kind,
)
from yesword.telemetry.snapshots import Snapshot

WIDTH: Final = 80
_LEAST_ROOM: Final = 1 << 30  # bytes; below it the disk is told to be running full
_LATE: Final = timedelta(seconds=60)
_SLOW_LEDGER: Final = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    running: Running
    snapshots: tuple[Snapshot, ...]
    accounts: Mapping[str, str]  # number to key


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    key: str
    per_second: float  # handed over
    accepted: float
    refused: float
    throttled: float
    unknown: float
    inbound: float
    reports: float
    takes: float | None  # a second, as its channel knows; None: nobody hands over
    rests_s: float


def look(store: Store, at: datetime) -> Look:
    return Look(
        running=running.count(store, at),
        snapshots=tuple(snapshots.read(store.run)),
        accounts=account_keys(),
    )


def accounts(before: Look, after: Look) -> list[AccountLine]:
    handed, known = _rates(before, after, HANDED_OVER), _rates(before, after, OUTCOMES)
    inbound, reports = _rates(before, after, INBOUND), _rates(before, after, REPORTS)
    takes, rests = _levels(after, PACE), _levels(after, RESTS)
    return [
        AccountLine(
            key=key,
            per_second=handed.get((number,), 0.0),
            accepted=known.get((number, "accepted"), 0.0),
            refused=known.get((number, "refused"), 0.0),
            throttled=known.get((number, "throttled"), 0.0),
            unknown=known.get((number, "unknown"), 0.0),
            inbound=_of(inbound, number),
            reports=_of(reports, number),
            takes=takes.get((number,)),
            rests_s=rests.get((number,), 0.0),
        )
        for number, key in sorted(after.accounts.items(), key=lambda each: each[1])
    ]


def frame(before: Look, after: Look, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` characters. What needs somebody begins with an exclamation mark."""
    now = after.running
    lines = [
        f"yesword top   {now.at:%Y-%m-%d %H:%M:%S} UTC   q ends",
        "",
        *_alarms(after),
        "QUEUE            due     later    paused   oldest due",
        *(_queue(urgency, each) for urgency, each in now.queues.items()),
        (
            f"  on its way {now.sending:,}   uncertain {now.uncertain:,}   stops not drained {now.undrained:,}"
            f"   reports waiting {now.reports_waiting:,}"
        ),
        "",
        "ACCOUNT          out/s  taken/s   refused throttled unknown   in/s  rep/s  can/s",
        *map(_account, accounts(before, after)),
        "",
        "LEDGER",
        (
            f"  {_sum(_rates(before, after, ENTERED)):,.0f} entries/s   waiting {now.outbox:,}"
            f"   oldest {_age(now.outbox_oldest)}   newest head {_age(now.checkpoint_age)} old"
        ),
        (
            f"  stops/s {_sum(_rates(before, after, STOPS)):,.1f}   webhooks to tell {now.webhooks_due:,}"
            f", again {now.webhooks_again:,}   disk free {_room(now.free_bytes)}"
        ),
        "",
        "WORKERS AND PROCESSES",
        *_workers(now),
        *_processes(after.snapshots),
    ]
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]


def as_json(before: Look, after: Look) -> dict[str, Any]:
    """The same for another program. Times in seconds."""
    now = after.running
    return {
        "at": now.at.isoformat(timespec="seconds"),
        "queues": {
            urgency: {
                "due": each.due,
                "later": each.later,
                "paused": each.paused,
                "oldest_due_s": _seconds(each.oldest_due),
            }
            for urgency, each in now.queues.items()
        },
        "sending": now.sending,
        "uncertain": now.uncertain,
        "stops_undrained": now.undrained,
        "delivery_reports_waiting": now.reports_waiting,
        "accounts": [
            {name: getattr(each, name) for name in AccountLine.__slots__} for each in accounts(before, after)
        ],
        "ledger": {
            "entries_per_second": _sum(_rates(before, after, ENTERED)),
            "waiting": now.outbox,
            "oldest_waiting_s": _seconds(now.outbox_oldest),
            "head_age_s": _seconds(now.checkpoint_age),
            "in_trouble": now.logs_in_trouble,
        },
        "held": sorted(now.held),
        "held_apart": [
            {"reason": reason, "of": of, "count": number}
            for (reason, of), number in sorted(now.held_apart.items())
        ],
        "pauses": dict(now.pauses),
        "webhooks": {"due": now.webhooks_due, "again": now.webhooks_again, "endpoints": dict(now.endpoints)},
        "disk_free_bytes": dict(now.free_bytes),
        "workers": [
            {"owner": each.owner, "pid": each.pid, "is_gone": each.is_gone, "lease_s": round(each.lease_s, 1)}
            for each in now.workers
        ],
        "processes": [
            {"role": each.role, "slot": each.slot, "pid": each.pid, "is_alive": each.is_alive}
            for each in after.snapshots
        ],
    }


# --- rates ---------------------------------------------------------------------------------------------------


def _rates(before: Look, after: Look, figure: Figure) -> dict[tuple[str, ...], float]:
    """A second. Between two files of one process, by its own clock: they are written every second, and not when we look."""
    earlier = {(each.role, each.slot): each for each in before.snapshots}
    found: dict[tuple[str, ...], float] = {}
    for each in after.snapshots:
        was = earlier.get((each.role, each.slot))
        if was is None or each.at <= was.at or not each.is_alive:
            continue
        for (name, labels), value in each.counted.values.items():
            if name == figure.name:
                rise = value - was.counted.values.get((name, labels), 0.0)
                found[labels] = found.get(labels, 0.0) + max(0.0, rise) / (each.at - was.at)
    return found


def _levels(after: Look, figure: Figure) -> dict[tuple[str, ...], float]:
    """Of several workers on one account together what they take, and the longest that one of them rests."""
    assert figure.kind is Kind.GAUGE
    found: dict[tuple[str, ...], float] = {}
    for each in after.snapshots:
        for (name, labels), value in each.counted.values.items():
            if name == figure.name and each.is_alive:
                before = found.get(labels, 0.0)
                found[labels] = max(before, value) if figure is RESTS else before + value
    return found


def _of(rates: Mapping[tuple[str, ...], float], account: str) -> float:
    return sum(value for labels, value in rates.items() if labels[0] == account)


def _sum(rates: Mapping[tuple[str, ...], float]) -> float:
    return sum(rates.values())


# --- lines ---------------------------------------------------------------------------------------------------


def _alarms(after: Look) -> list[str]:
    now = after.running
    lines = [f"! nothing is sent: {', '.join(sorted(now.held))}"] if now.held else []
    lines += [
        f"! held: {number} {of}{'' if number == 1 else 's'} ({reason})"
        for (reason, of), number in sorted(now.held_apart.items())
    ]
    lines += [f"! paused by itself: {number} of {of}" for of, number in now.pauses.items() if number]
    if now.logs_in_trouble:
        lines.append(f"! ledgers that are signed no more: {now.logs_in_trouble}")
    if now.outbox_oldest is not None and now.outbox_oldest > _SLOW_LEDGER:
        lines.append(f"! the sequencer is behind by {_age(now.outbox_oldest)}")
    lines += [f"! {name}: {_size(room)} left" for name, room in now.free_bytes.items() if room < _LEAST_ROOM]
    lines += [f"! process {each.role} does not run" for each in _missing(after.snapshots)]
    return [*lines, ""] if lines else []


def _missing(found: Iterable[Snapshot]) -> list[Snapshot]:
    """Of a role that ran here, and of which none lives."""
    alive = {each.role for each in found if each.is_alive}
    return [each for each in found if each.role not in alive and each.slot == 0]


def _queue(urgency: str, queue: Queue) -> str:
    mark = "!" if queue.oldest_due is not None and queue.oldest_due > _LATE else " "
    return (
        f"{mark} {urgency:<11}{queue.due:>9,} {queue.later:>9,} {queue.paused:>9,}   {_age(queue.oldest_due)}"
    )


def _account(line: AccountLine) -> str:
    mark = "!" if line.rests_s > 0 else " "
    can = (
        "-" if line.takes is None else f"rests {line.rests_s:.0f}s" if line.rests_s else f"{line.takes:,.0f}"
    )
    return (
        f"{mark} {line.key[:13]:<13}{line.per_second:>7,.0f} {line.accepted:>8,.0f} {line.refused:>9,.1f}"
        f" {line.throttled:>9,.1f} {line.unknown:>7,.1f} {line.inbound:>6,.0f} {line.reports:>6,.0f} {can:>6}"
    )


def _workers(now: Running) -> list[str]:
    if not now.workers:
        return ["  no worker may hand over now"]
    return [
        f"  {each.owner[:8]}  pid {each.pid:<8}{'here' if each.is_here else 'elsewhere':<10}"
        + ("gone, to be settled" if each.is_gone else f"lease {each.lease_s:,.0f}s")
        for each in now.workers
    ]


def _processes(found: Sequence[Snapshot]) -> list[str]:
    lines = [f"{each.role} {each.pid}" if each.is_alive else f"{each.role} -" for each in found]
    return [f"  {'   '.join(lines)}"] if lines else []


def _age(age: timedelta | None) -> str:
    if age is None:
        return "-"
    seconds = age.total_seconds()
    if seconds < 120:
        return f"{seconds:.1f}s"
    return f"{seconds / 60:.0f}min" if seconds < 7200 else f"{seconds / 3600:,.0f}h"


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else age.total_seconds()


def _room(rooms: Mapping[str, int]) -> str:
    return _size(min(rooms.values()))


def _size(room: int) -> str:
    return f"{room / (1 << 30):,.1f} GiB"
