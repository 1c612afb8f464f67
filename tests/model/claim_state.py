"""What the model of the send path is made of: the state of the world, the switches of the protocol, the faults."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple


class M(IntEnum):
    """Where a message is. SENT stands for failed, too: both are a hand-over that was recorded."""

    ABSENT = 0
    QUEUED = 1
    HELD = 2
    SENDING = 3
    SENT = 4
    UNCERTAIN = 5
    REFUSED = 6
    CANCELLED = 7


class W(IntEnum):
    """Where a worker is."""

    IDLE = 0
    TOOK = 1  # has read the due rows, and locked them on PostgreSQL
    JUDGED = 2  # has asked the gate
    HANDING = 3  # the claim is committed
    RECORDING = 4  # the record is written, but not committed
    DEAD = 5
    SETTLED = 6  # dead, and the reaper has been


class S(IntEnum):
    """Where the STOP is."""

    ARRIVES = 0
    RAISED = 1  # holds the standing
    CANCELLED = 2
    RECALLED = 3
    DRAINING = 4  # committed
    DRAINED = 5
    ACKNOWLEDGED = 6
    # Committed, but "try again" was answered, or its process died: the carrier brings it again.
    UNANSWERED = 7


GRANTED, STOPPED, RESTARTED = 1, 2, 3  # the seq of the standing, and what it means here
CONFIRMATION: Final = 0  # comes first in the queue

AFTER_ACK: Final = "a covered text was handed over after the stop was acknowledged"
TWICE: Final = "a text was handed over twice"
UNSENT: Final = "a text that was handed over is recorded as not sent"
REVIVED: Final = "START revived a text that was planned before the stop"
TOO_EARLY: Final = "the confirmation went out before the drain was over"
STUCK: Final = "nothing moves any more, but not everything is settled"
ENDLESS: Final = "from here on no history ends with everything settled"


class Message(NamedTuple):
    state: int = M.ABSENT
    planned: int = 0  # planned_seq
    owner: int = 0  # 1 or 2; with one claim a worker at a time it is the claim token, too
    recalled: bool = False
    handed: bool = False  # what the carrier knows; no process can read it


class Worker(NamedTuple):
    at: int = W.IDLE
    seen: int = 0  # the standing's seq under which the gate was asked
    rows: int = 0  # messages, as bits
    written: int = 0
    back: int = 0
    shares: bool = False  # holds a share lock on the standing
    is_enrolled: bool = True  # its row in `worker` is there
    is_leased: bool = True


class State(NamedTuple):
    messages: tuple[Message, ...] = (Message(), Message(), Message())
    workers: tuple[Worker, ...] = (Worker(), Worker())
    seq: int = GRANTED  # committed
    fed: int = 0
    feeding: int = 0  # the seq that the feeder has read
    stop: int = S.ARRIVES
    stop_rows: int = 0  # rows that the withdrawal has locked
    start: int = 0  # 1 holds the standing, 2 committed
    may_crash: bool = True
    condemned: int = 0  # whom a reaper on another host is about to settle


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """The protocol as it is, with a switch for each of its cures. All on is what the code does."""

    vendor: str
    row_exists: bool = True  # the standing is made with the contact, not by the first event
    facts_after_lock: bool = True  # PostgreSQL
    compares_seq: bool = True  # SQLite
    compares_queued: bool = True  # SQLite
    claim_skips: bool = True  # PostgreSQL: a claim never waits for a standing
    cancel_skips: bool = True  # PostgreSQL: a withdrawal never waits for a message
    groups: bool = (
        True  # PostgreSQL: one claim of a contact at a time (for caps; permission does not need it)
    )
    checks_planned: bool = True
    cancels: bool = True
    drains: bool = True
    drains_again: bool = True
    recalls: bool = True
    gives_back_only_unwritten: bool = True
    holds_confirmation: bool = True
    releases: bool = True
    reaps_only_the_dead: bool = True
    reaps: bool = True
    # Several hosts, which cannot look at each other's owner locks.
    is_on_two_hosts: bool = False
    renews_in_lifeline: bool = True
    reaper_looks_again: bool = True
    # What the world does.
    texts: int = 2  # of the campaign
    is_brought_again: bool = True
    carrier_sleeps: bool = False  # takes nothing until the stop is acknowledged
