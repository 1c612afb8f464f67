"""What the gate is told. It fetches nothing: whoever asks gathers these, and they are stored so that a decision can
be computed again.

A `None` means "not known"; the step that needs it is skipped and named in the decision. Nothing here holds a number,
an address or a text.
"""

from dataclasses import dataclass
from datetime import datetime

from yesword.domain.events import Preferences
from yesword.domain.ids import EventId, ProgramId
from yesword.domain.messages import MessageClass, MessageKind
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


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderFacts:
    address: str
    kind: str  # short_code, long_code, toll_free, alphanumeric
    can_receive: bool
    carrier_answers_stop: bool = False


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


@dataclass(frozen=True, kw_only=True, slots=True)
class SentFact:
    """One earlier text to this contact that counts."""

    at: datetime
    program: ProgramId | None
    subject: str
    message_class: MessageClass


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactFacts:
    country: str  # of the number
    may_text: bool  # False when the number certainly cannot be a mobile
    places: tuple[Place, ...]  # everywhere that the person may plausibly be
    state: ConsentState
    recent: tuple[SentFact, ...] = ()  # counted texts of the last 31 days, oldest first
    is_excluded: bool = False  # by hand, by number
    adult_since: datetime | None = None  # "18+ on date"
    last_text_at: datetime | None = (
        None  # newest counted text, however old; None: never one (`recent` counts too)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class GateFacts:
    message: MessageFacts
    brand_country: str
    contact: ContactFacts
    program: ProgramFacts | None = None
    sender: SenderFacts | None = None
    text: TextFacts | None = None
    preferences: Preferences | None = None
