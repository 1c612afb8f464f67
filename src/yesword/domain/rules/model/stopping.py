"""Parameters about leaving: words, scope, deadlines, the one confirmation, and where a text says how."""

import enum
from dataclasses import dataclass
from typing import ClassVar

from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules.model.parameter import ForKinds, OnRecord, Parameter, at_least


class WayOutPolicy(enum.StrEnum):
    EACH = "each"
    MONTHLY = "monthly"
    FIRST = "first"


@dataclass(frozen=True, kw_only=True, slots=True)
class WayOut(ForKinds):
    """When a text has to say how to stop, and whether answering it has to be that way."""

    table: ClassVar[str] = "way_out"
    operator: ClassVar[str] = "most often; by reply where one asks for it"
    policy: WayOutPolicy
    is_by_reply: bool = False
    is_free: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class StopConfirmation(Parameter):
    """Whether a stop may be confirmed by a text, until how long after it, and what that text may ask."""

    table: ClassVar[str] = "stop_confirmation"
    operator: ClassVar[str] = "not allowed before allowed, then minimum"
    is_allowed: bool
    is_required: bool = False
    may_clarify: bool = False  # ask, in the same text, which programs were meant; silence means all
    max_latency_s: int = at_least(1, default=300)

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return kind is MessageKind.STOP_REPLY


class StopScope(enum.StrEnum):
    PROGRAM = "program"
    BRAND = "brand"


@dataclass(frozen=True, kw_only=True, slots=True)
class StopReach(Parameter):
    """How far a stop reaches that was said about one program: this program, or everything of the brand."""

    table: ClassVar[str] = "stop_reach"
    operator: ClassVar[str] = "maximum"
    scope: StopScope


class Match(enum.StrEnum):
    EXACT = "exact"  # the whole text is the word
    PHRASE = "phrase"
    REASONABLE = "reasonable"  # whatever a reasonable person would understand


class WordUse(enum.StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, kw_only=True, slots=True)
class Words(OnRecord):
    """Words that have to be understood, and how."""

    table: ClassVar[str] = "words"
    operator: ClassVar[str] = "union"
    use: WordUse
    words: tuple[str, ...]
    languages: tuple[str, ...] = ()
    match: Match = Match.EXACT
    is_answered_to_strangers: bool = False  # also to people who never joined

    @property
    def slot(self) -> str:
        return f"words.{self.use}"


class DayCount(enum.StrEnum):
    CALENDAR = "calendar"
    BUSINESS = "business"
    HOURS = "hours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopping(OnRecord):
    """How a stop has to be honoured. Yesword honours every stop at once; the deadline is what the law would allow."""

    table: ClassVar[str] = "stopping"
    operator: ClassVar[str] = "minimum deadline, maximum duration"
    within: int = at_least(0)
    count: DayCount = DayCount.CALENDAR
    calendar: str = ""  # of holidays, for business days
    lasts_days: int = at_least(0, default=0)  # 0: until the person joins again
    contact_valid_days: int = at_least(0, default=0)  # how long after a text its way out has to work
    is_any_means: bool = True  # the sender may not name the only way
    is_free: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyLanguage(OnRecord):
    """In which language a word is answered, whatever the program's language: ["STOP", "en"]."""

    table: ClassVar[str] = "reply_language"
    operator: ClassVar[str] = "union"
    words: tuple[str, ...]
    language: str

    @property
    def slot(self) -> str:
        return f"reply_language.{self.language}"
