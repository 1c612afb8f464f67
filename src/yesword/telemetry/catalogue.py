"""Everything that is counted or measured, each with its name, what it says, and by what it is told apart.

A label never holds a number, a name or words of anybody: accounts, states, codes and steps only, of which there are few.
"""

import enum
from dataclasses import dataclass
from typing import Final


class Kind(enum.StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Of(enum.StrEnum):
    """Who knows the figure."""

    PROCESS = "process"  # each counts for itself
    STORE = "store"  # read when somebody asks


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    name: str  # as Prometheus has it, a counter without its `_total`
    says: str
    kind: Kind
    of: Of
    labels: tuple[str, ...] = ()
    steps: tuple[float, ...] = ()  # of a histogram: upper borders in seconds, without the infinite one

    @property
    def shown(self) -> str:
        """The name by which it is asked for."""
        return f"{self.name}_total" if self.kind is Kind.COUNTER else self.name


FIGURES: Final[dict[str, Figure]] = {}


def _figure(
    name: str,
    says: str,
    kind: Kind,
    of: Of,
    labels: tuple[str, ...] = (),
    steps: tuple[float, ...] = (),
) -> Figure:
    found = Figure(name=f"yesword_{name}", says=says, kind=kind, of=of, labels=labels, steps=steps)
    FIGURES[found.name] = found
    return found


def _count(name: str, says: str, *labels: str) -> Figure:
    return _figure(name, says, Kind.COUNTER, Of.PROCESS, labels)


def _level(name: str, says: str, *labels: str) -> Figure:
    return _figure(name, says, Kind.GAUGE, Of.PROCESS, labels)


def _time(name: str, says: str, steps: tuple[float, ...], *labels: str) -> Figure:
    return _figure(name, says, Kind.HISTOGRAM, Of.PROCESS, labels, steps)


def _read(name: str, says: str, *labels: str) -> Figure:
    return _figure(name, says, Kind.GAUGE, Of.STORE, labels)


_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_DRAIN: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)

# --- the way out ---------------------------------------------------------------------------------------------
CLAIMS: Final = _count("claims", "Claims that took at least one message.")
DECISIONS: Final = _count(
    "decisions", "Decisions of the gate, by verdict and by the code of the first reason.", "verdict", "code"
)
HANDED_OVER: Final = _count("handed_over", "Texts handed to a channel.", "account")
OUTCOMES: Final = _count(
    "outcomes",
    "What became of hand-overs: accepted, refused, throttled, unknown or unwritten.",
    "account",
    "outcome",
)
CARRIER_ERRORS: Final = _count(
    "carrier_errors",
    "Texts that a carrier refused or did not deliver, by what its code means.",
    "account",
    "meaning",
)
STEP_SECONDS: Final = _time(
    "batch_seconds", "How long each step of a batch took: claim, hand_over or record.", _QUICK, "step"
)
PACE: Final = _level("account_texts_per_second", "How many texts a second a carrier takes now.", "account")
RESTS: Final = _level("account_rests_seconds", "For how long an account rests.", "account")

# --- the way in ----------------------------------------------------------------------------------------------
INBOUND: Final = _count(
    "inbound_texts", "Texts that people sent, acknowledged to the carrier or not yet.", "account", "answer"
)
STRAYS: Final = _count(
    "stray_texts",
    "Texts from no number that can be read, or to an address without a program: kept or passed_over.",
    "account",
    "state",
)
REPORTS: Final = _count("delivery_reports", "Delivery reports that came in.", "account", "state")
STOPS: Final = _count("stops", "Texts that ended a consent and were acknowledged.", "account")
STOP_SECONDS: Final = _time(
    "stop_seconds", "From a stop's arrival until nothing that it covers is on its way.", _DRAIN, "account"
)

# --- the ledgers and the pages -------------------------------------------------------------------------------
ENTERED: Final = _count("ledger_entries", "Events that got their place in a ledger.")
REQUESTS: Final = _count("web_requests", "Requests to the pages, by the class of their status.", "status")
REQUEST_SECONDS: Final = _time("web_request_seconds", "How long a request took.", _QUICK)

# --- what the store knows ------------------------------------------------------------------------------------
UP: Final = _read("process_up", "Whether a process of this machine lives: 1 or 0.", "process", "slot")
QUEUE: Final = _read(
    "queue_messages",
    "Messages in the queue, by urgency, and whether they are due, wait for their time, or are paused.",
    "class",
    "state",
)
OLDEST_DUE: Final = _read(
    "queue_oldest_due_seconds", "For how long the oldest due message has been due.", "class"
)
ON_THEIR_WAY: Final = _read("messages_sending", "Messages that are being handed over now.")
UNCERTAIN: Final = _read("messages_uncertain", "Messages that may or may not have gone.")
DRAINING: Final = _read("stops_undrained", "Confirmations that wait until their stop is drained.")
WORKERS: Final = _read("workers", "Workers that may hand over, by whether their lease holds.", "lease")
REPORTS_WAITING: Final = _read("delivery_reports_waiting", "Delivery reports that are not applied yet.")
OUTBOX: Final = _read("ledger_waiting", "Events that wait for their place in a ledger.")
OUTBOX_AGE: Final = _read("ledger_oldest_waiting_seconds", "For how long the oldest of them has waited.")
CHECKPOINT_AGE: Final = _read(
    "ledger_checkpoint_age_seconds", "Age of the newest signed head, of the log where it is oldest."
)
LOGS_IN_TROUBLE: Final = _read("ledger_logs_in_trouble", "Logs that are signed no more.")
HELD: Final = _read(
    "sending_held",
    "1 while nothing is sent of everything, or of how many accounts or brands, by the reason.",
    "reason",
    "of",
)
PAUSES: Final = _read("pauses", "What is paused by itself: campaigns, programs, senders.", "of")
WEBHOOKS: Final = _read(
    "webhooks", "Things that other systems are still to be told: for the first time, or again.", "state"
)
WEBHOOKS_AGE: Final = _read("webhooks_oldest_due_seconds", "For how long the oldest of them has been due.")
ENDPOINTS: Final = _read("webhook_endpoints", "Who is told: endpoints that are on, failing, or off.", "state")
DISK_FREE: Final = _read("disk_free_bytes", "Room that is left where the data and the journal lie.", "folder")
