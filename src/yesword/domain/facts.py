"""What the gate is told. It fetches nothing: whoever asks gathers these, and they are stored so that a decision can
be computed again.

A `None` means "not known"; the step that needs it is skipped and named in the decision. Nothing here holds a number,
an address or a text.
"""

import enum
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.ages import SaidAge
from yesword.domain.events import Preferences
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageClass, MessageKind
from yesword.domain.parties import RecipientKind, SenderTrait
from yesword.domain.places import Place
from yesword.domain.programs import Frequency
from yesword.domain.state import ConsentState


@dataclass(frozen=True, kw_only=True, slots=True)
class TextFacts:
    """What matters of a wording, measured before the gate."""

    encoding: str
    segments: int
    names_brand: bool
    has_way_out: bool
    characters: int = 0
    labels: tuple[str, ...] = ()  # of those that some law wants, the ones it carries, each where it belongs
    elements: tuple[
        str, ...
    ] = ()  # what it contains that some law forbids: link, phone_number, public_shortener …
    reconfirms: bool = False  # says why it comes, and how to leave
    has_way_out_elsewhere: bool = False  # by a link, or to another number: it needs no answer to the sender
    asks_by_link: bool = False  # the answer to its question is given on a page


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramFacts:
    id: ProgramId
    version: int
    key: str
    purpose: str
    categories: tuple[str, ...]
    frequency: Frequency
    minimum_age: int | None = None
    is_paused: bool = False
    may_invite: bool = False  # by text, people who have not asked: off unless somebody turns it on


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderFacts:
    address: str
    kind: str  # short_code, long_code, toll_free, alphanumeric
    can_receive: bool
    carrier_answers_stop: bool = False
    registrations: tuple[str, ...] | None = ()  # registries in which it stands: "tcr" …; None: nobody says
    provider: str = ""  # of its account


@dataclass(frozen=True, kw_only=True, slots=True)
class BrandFacts:
    """The legal sender."""

    country: str
    region: str | None = None  # from where it sends, where that matters: US-TX
    traits: tuple[SenderTrait, ...] = ()  # what it says of itself, which exemptions ask about

    def __hash__(self) -> int:
        return hash(self.country)  # asked for every text; equality still tells brands of one country apart


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFacts:
    """The message that is asked about."""

    message_class: MessageClass
    kind: MessageKind
    categories: tuple[str, ...] = ()
    subject: str = ""  # texts with the same subject count together under a law's cap; empty: all of the brand
    planned_seq: int | None = None  # the place in the person's record under which it was planned
    send_by: datetime | None = None  # after this it is of no use
    answers: EventId | None = None  # the withdrawal or request that it answers
    conversation_at: datetime | None = None  # when the person's text that it replies to arrived
    trigger: str | None = None  # the open order, appointment or request that it informs about
    is_cancelled: bool = False  # its campaign was cancelled or paused for good
    is_mixed: bool = False  # it informs and sells, whatever its class says
    occasion: str = ""  # what occasions it: cart, delivery, fraud, health
    event_at: datetime | None = None  # when that was


@dataclass(frozen=True, kw_only=True, slots=True)
class SentFact:
    """One earlier text to this contact that counts."""

    at: datetime
    program: ProgramId | None
    subject: str
    message_class: MessageClass
    event_at: datetime | None = None  # of the event that occasioned it


class Listed(enum.StrEnum):
    """Whether a number stands in a registry."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryFact:
    """What a registry said about the number."""

    registry: str
    listed: Listed
    checked_at: datetime
    since: datetime | None = None  # of the listing, where the registry tells


class Cause(enum.StrEnum):
    EMERGENCY = "emergency"
    HOLIDAY = "holiday"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proclamation:
    """An emergency or a holiday that an authority declared, entered by hand."""

    cause: Cause
    country: str
    region: str | None  # None: the whole country
    starts_at: datetime
    ends_at: datetime
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactFacts:
    country: str  # of the number
    may_text: bool  # False when the number certainly cannot be a mobile
    places: tuple[Place, ...]  # everywhere that the person may plausibly be
    state: ConsentState
    recent: tuple[SentFact, ...] = ()  # counted texts of the last 31 days, oldest first
    adult_since: datetime | None = None  # "18+ on date"
    last_text_at: datetime | None = (
        None  # newest counted text, however old; None: never one (`recent` counts too)
    )
    recipient: RecipientKind = RecipientKind.PERSON
    registries: tuple[RegistryFact, ...] | None = ()  # what was asked of them; None: nobody says
    requests_before: int = 0  # texts that ever asked this person for consent
    is_restricted: bool = False  # kept, and used for nothing else
    said_age: SaidAge | None = None  # "16+ on date": younger than of age


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseFact:
    """That sending was paused by itself, because of how people took the texts."""

    of: str  # campaign, program, sender
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class GateFacts:
    message: MessageFacts
    brand: BrandFacts
    contact: ContactFacts
    program: ProgramFacts | None = None
    sender: SenderFacts | None = None
    text: TextFacts | None = None
    preferences: Preferences | None = None
    proclamations: tuple[Proclamation, ...] = ()  # that touch a place where the person may be
    pauses: tuple[PauseFact, ...] = ()  # of the text's campaign, program or sender, the narrowest first
