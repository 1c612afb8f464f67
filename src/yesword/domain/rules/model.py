"""What a rule pack may say: an envelope around each rule, and one typed parameter inside it.

The shapes only. Reading TOML is in `loader`, finding what applies to a text in `resolve`, and holding a text against
it in the gate. A law that no parameter here can express is not enforced, so the list grows with the packs.
"""

import enum
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from yesword.domain.events import Basis, Grade
from yesword.domain.hours import Week
from yesword.domain.messages import MessageClass, MessageKind


class Layer(enum.StrEnum):
    """Where the authority of a rule comes from."""

    STATUTE = "statute"
    REGULATION = "regulation"
    CASE_LAW = "case_law"
    GUIDANCE = "guidance"
    CODE = "code"  # an industry's own
    CARRIER = "carrier"
    PROVIDER = "provider"
    HOUSE = "house"
    BRAND = "brand"


class Status(enum.StrEnum):
    IN_FORCE = "in_force"
    CONTESTED = "contested"  # held to, as if it were beyond doubt
    STAYED = "stayed"
    PROPOSED = "proposed"
    VACATED = "vacated"

    @property
    def applies(self) -> bool:
        return self in (Status.IN_FORCE, Status.CONTESTED)


class Confidence(enum.StrEnum):
    """How far the fact was checked. Only what was found decides; the rest is noted."""

    FOUND = "found"
    KNOWN = "known"
    UNVERIFIED = "unverified"


class Severity(enum.StrEnum):
    BLOCK = "block"
    HOLD = "hold"
    WARN = "warn"


class Merge(enum.StrEnum):
    """How a rule meets its parent pack's rule on the same matter."""

    REPLACE = "replace"  # refused at load where the parent's rule may not be relaxed
    STRICTEST = "strictest"  # both hold


class Standard(enum.IntEnum):
    """What a person must have said before a class of texts may go, weakest first."""

    NONE = 0
    IMPLIED = 1
    EXPRESS = 2
    EXPRESS_WRITTEN = 3

    @classmethod
    def of(cls, basis: Basis) -> "Standard":
        return _STANDARD_OF[basis]


_STANDARD_OF = {
    Basis.EXPRESS_WRITTEN: Standard.EXPRESS_WRITTEN,
    Basis.EXPRESS: Standard.EXPRESS,
    Basis.CUSTOMER: Standard.IMPLIED,
    Basis.CONVERSATION: Standard.IMPLIED,
    Basis.TRIGGER: Standard.IMPLIED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One matter that a rule settles.

    Rules of different lineages on the same matter are all held to, which is what merging to the strictest comes to;
    `operator` says what that means for the values.
    """

    table: ClassVar[str]  # the name of its table in TOML
    operator: ClassVar[str]

    @property
    def slot(self) -> str:
        """Within a lineage a child's rule stands for its parent's rule of the same slot."""
        return self.table

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002 - by default, all
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours(Parameter):
    """Local time of the recipient in which texts of these classes may go."""

    table: ClassVar[str] = "hours"
    operator: ClassVar[str] = "intersection"
    classes: tuple[MessageClass, ...]
    week: Week
    exempt_kinds: tuple[MessageKind, ...] = ()

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:
        return message_class in self.classes and kind not in self.exempt_kinds


class CapKey(enum.StrEnum):
    SUBJECT = "subject"
    PROGRAM = "program"
    BRAND = "brand"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap(Parameter):
    """At most `count` texts of these classes in any `seconds`."""

    table: ClassVar[str] = "cap"
    operator: ClassVar[str] = "every cap"
    classes: tuple[MessageClass, ...]
    count: int
    seconds: int
    key: CapKey

    @property
    def slot(self) -> str:
        return f"cap.{self.key}"

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return message_class in self.classes


class WayOutPolicy(enum.StrEnum):
    EACH = "each"
    MONTHLY = "monthly"
    FIRST = "first"


@dataclass(frozen=True, kw_only=True, slots=True)
class WayOut(Parameter):
    """When a text has to say how to stop, and whether answering it has to be that way."""

    table: ClassVar[str] = "way_out"
    operator: ClassVar[str] = "most often; by reply where one asks for it"
    policy: WayOutPolicy
    kinds: tuple[MessageKind, ...]
    is_by_reply: bool

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return kind in self.kinds


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming(Parameter):
    """Which kinds of texts must name the brand."""

    table: ClassVar[str] = "naming"
    operator: ClassVar[str] = "union"
    kinds: tuple[MessageKind, ...]

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return kind in self.kinds


@dataclass(frozen=True, kw_only=True, slots=True)
class Length(Parameter):
    """More segments than this are remarked on."""

    table: ClassVar[str] = "length"
    operator: ClassVar[str] = "minimum"
    segments: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StopConfirmation(Parameter):
    """Whether a stop may be confirmed by a text, and until how long after it."""

    table: ClassVar[str] = "stop_confirmation"
    operator: ClassVar[str] = "not allowed before allowed, then minimum"
    is_allowed: bool
    max_latency_s: int

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return kind is MessageKind.STOP_REPLY


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent(Parameter):
    """The least that a grant must be for this class of texts."""

    table: ClassVar[str] = "consent"
    operator: ClassVar[str] = "maximum"
    message_class: MessageClass
    standard: Standard
    lowest_grade: Grade

    @property
    def slot(self) -> str:
        return f"consent.{self.message_class}"

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return message_class is self.message_class


@dataclass(frozen=True, kw_only=True, slots=True)
class AskingByText(Parameter):
    """Whether the law sees a text that asks for consent as promotion itself."""

    table: ClassVar[str] = "asking_by_text"
    operator: ClassVar[str] = "promotional before not"
    is_promotional: bool

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return kind is MessageKind.CONSENT_REQUEST


class ConfirmationMode(enum.StrEnum):
    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubleOptIn(Parameter):
    """Whether a grant counts only once it was confirmed from the handset."""

    table: ClassVar[str] = "double_opt_in"
    operator: ClassVar[str] = "maximum"
    mode: ConfirmationMode
    classes: tuple[MessageClass, ...]

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return message_class in self.classes and self.mode is not ConfirmationMode.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Staleness(Parameter):
    """After how long a grant has to be asked for again: without a first text, and without any later one."""

    table: ClassVar[str] = "staleness"
    operator: ClassVar[str] = "minimum"
    classes: tuple[MessageClass, ...]
    first_text_days: int
    idle_days: int

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return message_class in self.classes


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation(Parameter):
    """How long after the person's own text an answer to it may go."""

    table: ClassVar[str] = "conversation"
    operator: ClassVar[str] = "minimum"
    reply_within_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Age(Parameter):
    """From what age a person may get texts about these categories; banned ones go to nobody."""

    table: ClassVar[str] = "age"
    operator: ClassVar[str] = "maximum; banned before allowed"
    categories: tuple[str, ...]
    minimum: int
    is_banned: bool

    @property
    def slot(self) -> str:
        return f"age.{'+'.join(self.categories)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The envelope: what a rule is, where it is written, how sure we are of it, and what it sets."""

    id: str
    pack: str
    pack_name: str
    depth: int  # 0 for a lineage's root; the deeper, the closer to the person
    layer: Layer
    status: Status
    citation: str
    source: str  # key of the table of sources, or "house"
    verified_on: date
    confidence: Confidence
    severity: Severity
    may_relax: bool  # by a child pack
    merge: Merge
    where_silent: bool  # only where the place's own packs say nothing verified on the matter
    effective_from: date
    effective_to: date  # the first day on which it is no longer in force
    parameter: Parameter

    @property
    def is_house(self) -> bool:
        return self.layer in (Layer.HOUSE, Layer.BRAND)

    @property
    def is_enforced(self) -> bool:
        """Whether the rule may decide. What was not found in a source, or only warns, is noted and no more."""
        return self.severity is not Severity.WARN and (self.is_house or self.confidence is Confidence.FOUND)

    def is_in_force(self, on: date) -> bool:
        return self.status.applies and self.effective_from <= on < self.effective_to


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """To which texts a pack speaks: people or senders in these places, numbers of these countries, or every text."""

    countries: tuple[str, ...] = ()
    region: str | None = None  # then only people there, not the whole country
    number_countries: tuple[str, ...] = ()
    is_everywhere: bool = False

    def has_place(self, country: str, region: str | None) -> bool:
        return country in self.countries if self.region is None else region == self.region


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    id: str
    name: str
    parent: str | None
    reach: Reach
    rules: tuple[Rule, ...]
    digest: str
    file: str
