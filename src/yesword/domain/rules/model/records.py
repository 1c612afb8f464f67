"""Parameters about proof: what to keep, how long at least and at most; and what only informs, such as penalties."""

import enum
from dataclasses import dataclass
from typing import ClassVar

from yesword.domain.rules.model.consent import Anchor
from yesword.domain.rules.model.parameter import OnRecord, at_least


class Kept(enum.StrEnum):
    NAME = "name"
    NUMBER = "number"
    REQUEST_AS_SHOWN = "request_as_shown"
    PURPOSE = "purpose"
    CONSENT = "consent"
    DATE = "date"
    TIME = "time"
    MEDIUM = "medium"
    CAMPAIGN = "campaign"
    IP_ADDRESS = "ip_address"
    IDENTITY = "identity"
    PROCESS = "process"


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention(OnRecord):
    """How long proof is kept at least, and at most, and from when."""

    table: ClassVar[str] = "retention"
    operator: ClassVar[str] = "maximum of the least, minimum of the most"
    anchor: Anchor
    least_days: int = at_least(0, default=0)
    most_days: int = at_least(0, default=0)  # 0: no end is named
    elements: tuple[Kept, ...] = ()
    produce_within_days: int = at_least(0, default=0)


class Topic(enum.StrEnum):
    PENALTY = "penalty"
    LIABILITY = "liability"
    SCOPE = "scope"
    CASE = "case"
    OUTLOOK = "outlook"
    RIGHTS = "rights"
    BREACH = "breach"
    REGISTRY = "registry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Information(OnRecord):
    """What nothing is held against, but who reads the rules should know."""

    table: ClassVar[str] = "information"
    operator: ClassVar[str] = "union"
    topic: Topic
    summary: str

    @property
    def slot(self) -> str:
        return f"information.{self.topic}.{self.summary}"
