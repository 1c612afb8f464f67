"""Parameters about consent: what it must be, where it may come from, how long it holds, and how it may be asked for."""

import enum
from dataclasses import dataclass
from typing import ClassVar

from yesword.domain.events import Basis, Grade
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import Origin, Provenance
from yesword.domain.rules.model.parameter import ForClasses, ForKinds, OnRecord, Parameter, at_least


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


class Form(enum.StrEnum):
    """How a yes may be said, and how it may not."""

    TICK = "tick"
    REPLY = "reply"
    KEYWORD = "keyword"
    ORAL = "oral"
    PAPER = "paper"
    SIGNATURE = "signature"
    PRE_TICKED = "pre_ticked"
    BUNDLED = "bundled"  # with terms, or with another consent
    CONDITION_OF_SALE = "condition_of_sale"
    CONDITION_OF_ENTRY = "condition_of_entry"  # to a contest


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent(Parameter):
    """The least that a grant must be for this class of texts."""

    table: ClassVar[str] = "consent"
    operator: ClassVar[str] = "maximum"
    message_class: MessageClass  # `class` in TOML
    standard: Standard
    lowest_grade: Grade = Grade.D
    accepted: tuple[Form, ...] = ()
    forbidden: tuple[Form, ...] = ()
    per: tuple[
        str, ...
    ] = ()  # what each consent must name for itself: brand, program, category, channel, number …

    @property
    def slot(self) -> str:
        return f"consent.{self.message_class}"

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return message_class is self.message_class


@dataclass(frozen=True, kw_only=True, slots=True)
class SoftOptIn(ForClasses):
    """Where being a customer permits promotion, with every condition of the law. No origins: nowhere here.

    Only a verified rule permits; every place, the sender's own too, must have one.
    """

    table: ClassVar[str] = "soft_opt_in"
    operator: ClassVar[str] = "every condition"
    origins: tuple[Origin, ...]
    is_own_similar: bool = True  # own goods, like those that were bought
    is_same_entity: bool = True
    is_told: bool = True  # that refusing is free, when the number was given
    is_told_each_time: bool = True  # and in every text
    max_age_days: int = at_least(0, default=0)  # since the newest purchase; 0: the law names none
    may_pre_tick: bool = False


class ConfirmationMode(enum.StrEnum):
    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubleOptIn(ForClasses):
    """Whether a grant counts only once it was confirmed from the handset."""

    table: ClassVar[str] = "double_opt_in"
    operator: ClassVar[str] = "maximum"
    mode: ConfirmationMode
    is_same_channel: bool = True  # an e-mail proves no number
    is_ad_free: bool = True
    lapses_after_s: int = at_least(0, default=0)  # 0: the law names none

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:
        return (
            message_class in self.classes
            and self.mode is not ConfirmationMode.NONE
            and kind not in self.exempt_kinds
        )


class Anchor(enum.StrEnum):
    """From where a time runs."""

    GRANT = "grant"
    FIRST_TEXT = "first_text"  # the grant, until a first text has followed it
    LAST_TEXT = "last_text"
    RELATION = "relation"  # the newest purchase or enquiry
    EACH_USE = "each_use"
    WITHDRAWAL = "withdrawal"
    EVENT = "event"


class OnSilence(enum.StrEnum):
    """What becomes of a consent whose time is over and of which nobody was heard."""

    LAPSE = "lapse"
    RECONFIRM = "reconfirm"  # the next text has to say why it comes, and how to leave
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True, slots=True)
class Expiry(ForClasses):
    """After how long a consent is stale, and what follows."""

    table: ClassVar[str] = "expiry"
    operator: ClassVar[str] = "minimum"
    anchor: Anchor
    days: int = at_least(1)
    on_silence: OnSilence = OnSilence.LAPSE

    @property
    def slot(self) -> str:
        return f"expiry.{self.anchor}.{self.on_silence}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconfirm(ForClasses):
    """How often a person has to be asked, or reminded, that they agreed; `notice_days` ahead it is due."""

    table: ClassVar[str] = "reconfirm"
    operator: ClassVar[str] = "minimum"
    every_days: int = at_least(1)
    notice_days: int = at_least(0, default=0)
    on_silence: OnSilence


@dataclass(frozen=True, kw_only=True, slots=True)
class AskingByText(ForKinds):
    """How a text that asks for consent is seen: as promotion itself, how often, and from what number."""

    table: ClassVar[str] = "asking_by_text"
    operator: ClassVar[str] = "promotional before not; fewest"
    is_promotional: bool
    bars_invitations: bool = False  # to ask out of the blue is forbidden, whoever the person is
    at_most: int = at_least(0, default=0)  # requests to one person, ever; 0: no number is named
    rest_days: int = at_least(0, default=0)  # after a no or a stop, none for so long
    from_pattern: str = ""  # the only senders that may ask, as a regular expression

    kinds: tuple[MessageKind, ...] = (MessageKind.CONSENT_REQUEST, MessageKind.INVITATION)


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenances(OnRecord):
    """Where a consent may not come from."""

    table: ClassVar[str] = "provenance"
    operator: ClassVar[str] = "union"
    forbidden: tuple[Provenance, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation(Parameter):
    """How long after the person's own text an answer to it may go."""

    table: ClassVar[str] = "conversation"
    operator: ClassVar[str] = "minimum"
    reply_within_s: int = at_least(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixed(OnRecord):
    """Whether a text that informs and sells is held to be promotion."""

    table: ClassVar[str] = "mixed"
    operator: ClassVar[str] = "promotional before not"
    is_promotional: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Age(Parameter):
    """From what age a person may get texts about these categories; banned ones go to nobody."""

    table: ClassVar[str] = "age"
    operator: ClassVar[str] = "maximum; banned before allowed"
    categories: tuple[str, ...]
    minimum: int = at_least(1, default=18)
    is_banned: bool = False  # even to people who are old enough
    is_by_birth_date: bool = False  # a mere "yes" is not enough; no age is recorded on less than a date
    classes: tuple[MessageClass, ...] = ()  # empty: all

    @property
    def slot(self) -> str:
        return f"age.{'+'.join(self.categories)}"

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return not self.classes or message_class in self.classes


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentAge(OnRecord):
    """From what age a child's own consent counts."""

    table: ClassVar[str] = "consent_age"
    operator: ClassVar[str] = "maximum"
    minimum: int = at_least(1)
