"""Parameters about wording: what a text and a disclosure must say, must not say, and how long they may be."""

import enum
from dataclasses import dataclass
from typing import ClassVar

from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.rules.model.parameter import ForClasses, ForKinds, OnRecord, Parameter, at_least


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming(ForKinds):
    """Which kinds of texts must name the brand."""

    table: ClassVar[str] = "naming"
    operator: ClassVar[str] = "union"


@dataclass(frozen=True, kw_only=True, slots=True)
class Length(Parameter):
    """More segments than this are remarked on; or more characters, for some kinds."""

    table: ClassVar[str] = "length"
    operator: ClassVar[str] = "minimum"
    segments: int = at_least(0, default=0)  # 0: none named
    characters: int = at_least(0, default=0)
    kinds: tuple[MessageKind, ...] = ()  # empty: all

    def concerns(self, message_class: MessageClass, kind: MessageKind) -> bool:  # noqa: ARG002
        return not self.kinds or kind in self.kinds


class Position(enum.StrEnum):
    FIRST = "first"  # the text begins with it
    ANYWHERE = "anywhere"
    END = "end"


@dataclass(frozen=True, kw_only=True, slots=True)
class Label(ForClasses):
    """Words that such a text has to carry as they stand, and where."""

    table: ClassVar[str] = "label"
    operator: ClassVar[str] = "union"
    literal: str
    position: Position

    @property
    def slot(self) -> str:
        return f"label.{self.literal}"


class Forbidden(enum.StrEnum):
    LINK = "link"
    PHONE_NUMBER = "phone_number"
    PUBLIC_SHORTENER = "public_shortener"  # a shortened link that many senders share
    PROMOTION = "promotion"


@dataclass(frozen=True, kw_only=True, slots=True)
class Without(ForClasses):
    """What such a text must not contain."""

    table: ClassVar[str] = "without"
    operator: ClassVar[str] = "union"
    elements: tuple[Forbidden, ...]

    @property
    def slot(self) -> str:
        return f"without.{'+'.join(self.elements)}"


class Part(enum.StrEnum):
    """What a disclosure, or an automatic reply, says."""

    BRAND = "brand"
    PROGRAM = "program"
    USE_CASE = "use_case"
    CATEGORIES = "categories"
    CHANNEL = "channel"
    FREQUENCY = "frequency"
    RATES = "rates"  # message and data rates may apply
    STOP = "stop"
    HELP = "help"
    TERMS = "terms"
    PRIVACY = "privacy"
    WITHDRAWAL = "withdrawal"  # that the consent can be withdrawn
    NO_CONDITION = "no_condition"  # that it is no condition of a purchase
    AUTOMATED = "automated"  # that the texts are automated marketing
    NUMBER = "number"
    ADDRESS = "address"  # the sender's mailing address
    CONTACT = "contact"  # how to reach a human
    THIRD_PARTIES = "third_parties"
    CART_DETECTION = "cart_detection"
    CONFIRMED_OUT = "confirmed_out"  # that no further texts will come


class Shown(enum.StrEnum):
    VISIBLE = "visible"
    LINK = "link"  # behind a link is enough


@dataclass(frozen=True, kw_only=True, slots=True)
class Disclosure(OnRecord):
    """What the wording that asks for consent has to say. Held against it by the linter."""

    table: ClassVar[str] = "disclosure"
    operator: ClassVar[str] = "union"
    parts: tuple[Part, ...]
    shown: Shown = Shown.VISIBLE
    verbatim: tuple[str, ...] = ()  # any of these, as it stands
    languages: tuple[str, ...] = ()  # of the verbatim words

    @property
    def slot(self) -> str:
        return f"disclosure.{self.shown}.{'+'.join(self.parts)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Elements(OnRecord):
    """What an automatic text has to say: a welcome, a reply to HELP, the confirmation of a stop."""

    table: ClassVar[str] = "elements"
    operator: ClassVar[str] = "union"
    kind: MessageKind
    parts: tuple[Part, ...]

    @property
    def slot(self) -> str:
        return f"elements.{self.kind}"
