"""What the gate answers: a decision with ordered reasons.

A sentence is a message id with arguments; `explain` turns it into words at the edge.
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from yesword.domain import codec
from yesword.domain.errors import YeswordError

Argument = str | int


class Verdict(enum.StrEnum):
    SEND = "send"
    WAIT = "wait"
    REFUSE = "refuse"


class NotApprovedError(YeswordError):
    """Message {message_id} has no approval: its decision is {verdict}. Only a decision to send may be handed over."""

    code = "not_approved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A message id and its arguments, in the order in which they were given."""

    id: str
    args: tuple[tuple[str, Argument], ...] = ()

    @classmethod
    def of(cls, sentence_id: str, /, **args: Argument) -> Self:
        return cls(id=sentence_id, args=tuple(args.items()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a text may not go now, or ever, or what was noted although it may."""

    code: str  # stable, e.g. "quiet_hours"
    verdict: Verdict  # what this reason alone would decide; SEND for a warning or a note
    pack: str  # rule pack that speaks, e.g. "us-fl"; "consent" for the person's own word
    rule: str  # rule id within the packs, e.g. "us-fl.ftsa.tm"
    citation: str  # where the rule is written
    fact: Sentence  # the fact that it was held against, and where that came from
    sentence: Sentence
    remedy: Sentence  # what would change the answer
    not_before: datetime | None = None  # for a wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Send, wait until, or refuse; the first reason is the one that decided.

    `skipped` names the steps that could not be asked because the question lacked their input.
    """

    verdict: Verdict
    at: datetime
    not_before: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()  # warnings: they do not change the verdict
    skipped: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()  # the packs that were asked, strictest merge
    grant: int | None = None  # event id of the grant that permits it

    def to_bytes(self) -> bytes:
        """Canonical bytes: the same inputs give the same bytes, whatever the language of the reader."""
        return codec.dumps(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Decision":
        return codec.loads(cls, data)


@dataclass(frozen=True, kw_only=True, slots=True)
class GateVersions:
    """What has to be the same for a decision to come out the same."""

    gate: str
    packs: str  # digest of all packs
    tz: str
    phone: str

    def differing(self, now: "GateVersions") -> tuple[str, ...]:
        return tuple(name for name in self.__slots__ if getattr(self, name) != getattr(now, name))
