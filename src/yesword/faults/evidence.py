"""What a run left behind, in the terms of the checker: what the wire and the peer saw, what people did, what the store says.

Times are seconds since 1970 by the one clock of the machine. People are known by their place in the crowd.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yesword.domain.messages import KINDS, MessageKind, MessageState

MICROS: Final = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Passing:
    """A text on its way to a phone: as the wire saw it written, or as the peer took it."""

    at: float
    message: int
    person: int | None  # None: nobody of the crowd
    sender: str = ""  # which the wire does not tell


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """Somebody left. Acknowledged when they, their carrier or whoever imported them heard that it is done."""

    person: int
    how: str
    asked_at: float
    acknowledged_at: float | None
    heard_at: float | None = None  # when we read it, where it was a text: a START may overtake it on its way


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """Somebody came back, from their handset."""

    person: int
    at: float  # when we read it: what is still on its way lifts nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A claim of a message, and what was recorded of its hand-over."""

    claimed_at: float
    ended_at: float | None
    outcome: str | None
    is_approved: bool  # a decision to send was stored with it


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMessage:
    id: int
    person: int | None
    program: int | None
    campaign: int | None
    sender: str
    kind: MessageKind
    state: MessageState
    segments: int = 1
    reason: str = ""
    due_at: float = 0.0
    attempts: Sequence[Attempt] = ()

    @property
    def may_repeat(self) -> bool:
        return KINDS[self.kind].may_repeat


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """One consent event of a person."""

    at: float
    kind: str
    program: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    written: Sequence[Passing] = ()  # in the order of the wire
    taken: Sequence[Passing] = ()  # in the order of the peer
    stops: Sequence[Stop] = ()
    starts: Sequence[Start] = ()
    answered: Mapping[str, float] = field(
        default_factory=dict
    )  # texts of people, and when each was acknowledged
    handled: frozenset[str] = frozenset()  # those that the store knows
    sent_in: int = 0  # STARTs, read or not
    messages: Mapping[int, StoredMessage] = field(default_factory=dict)
    events: Mapping[int, Sequence[Recorded]] = field(default_factory=dict)  # of each person, in their order
    senders: Mapping[int, str] = field(default_factory=dict)  # of each program
    unfinished: Sequence[str] = ()  # campaigns that never came to their end
    held: Sequence[str] = ()  # why nothing is sent, when nothing is wrong any more
    changed: Sequence[str] = ()  # rows that must not change and did
    misfits: Sequence[str] = ()  # what the audits of the store and its ledger find
