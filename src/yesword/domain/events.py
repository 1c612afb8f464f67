"""Consent events: what happened to permission. Immutable, and the only truth from which state is folded."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import BrandId, ContactId, EventId, ProgramId, to_text
from yesword.domain.parties import Provenance, Relation
from yesword.domain.terms import Term

# The route of what was read from somebody's own words, and so may have been misread. Exact words come by `REPLY`.
FREE_TEXT: Final = "free_text"
# The same, of a text that says that somebody else has the number: what it ended does not come back with START.
OTHER_OWNER: Final = "other_owner"
READ: Final = frozenset({FREE_TEXT, OTHER_OWNER})
REPLY: Final = "reply"
# By the link of a text. Whoever holds it can leave, and nothing else; the slip of a finger is undone on the same page.
LINK: Final = "link"
# By the link of the one question that was texted: it came to the handset and to nobody else, and it answers only that.
CONFIRM_LINK: Final = "confirm_link"
SLIP: Final = timedelta(minutes=15)
# By hand and by number, for somebody who asked a colleague. It is what it says, so nobody but the handset lifts it.
EXCLUSION: Final = "exclusion"
# By what carriers answered on several days: that nobody has the number. And by a list of numbers that were given up.
DEAD_NUMBER: Final = "dead_number"
GONE_LIST: Final = "gone_list"
# What outlived an earlier contact: by the keyed digest of the number, and of whoever was erased with the month alone.
SUPPRESSION: Final = "suppression"
# Why an invalidation says that a number is not theirs any more, beside a text that says so.
UNKNOWN_SUBSCRIBER: Final = "unknown_subscriber"
DEACTIVATED: Final = "deactivated"
REASSIGNED: Final = "reassigned"


class EventKind(enum.StrEnum):
    REQUESTED = "requested"  # we may ask the person once to confirm
    GRANTED = "granted"
    CONFIRMED = "confirmed"  # a request, answered with yes from the handset
    RENEWED = "renewed"
    REFUSED = "refused"  # a request, answered with no
    PREFERRED = "preferred"  # topics, frequency, pause
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"  # a misread stop undone
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    ERASED = "erased"


class Basis(Term):
    """On what a grant rests, strongest first."""

    EXPRESS_WRITTEN = "express_written"
    EXPRESS = "express"
    CUSTOMER = "customer"  # soft opt-in; only where a verified fact of the pack knows it
    CONVERSATION = "conversation"  # the person wrote first: replies in that thread only
    TRIGGER = "trigger"  # information until the order, appointment or application closes


class Grade(enum.StrEnum):
    """How well the evidence backs an event. E is never a grant."""

    A = "A"  # confirmed from the handset, with the disclosure pinned
    B = "B"  # express, with disclosure and context
    C = "C"  # attested: paper, spoken, kiosk, scan
    D = "D"  # imported with source, date and wording
    E = "E"  # claimed only


class Actor(enum.StrEnum):
    """Who acted. Only the handset lifts a stop."""

    HANDSET = "handset"
    PERSON = "person"  # the person, but not provably from the handset: form, checkout, e-mail
    AGENT = "agent"
    IMPORT = "import"
    API = "api"
    CARRIER = "carrier"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What an event is about. `program` None means every program of the brand; an empty tuple means no limit."""

    program: ProgramId | None = None
    purposes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ("sms",)
    at_any_hour: bool = False  # agreed to as a matter of its own


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Where a grant ends by itself, and what the person chose."""

    conversation: int | None = None
    trigger: int | None = None
    ends_at: datetime | None = None


_TRIGGER: Final = "trg"


def trigger_ref(trigger: int) -> str:
    """What a text names that informs about an order or application that we have been told of."""
    return to_text(_TRIGGER, trigger)


def is_of_ours(trigger: str) -> bool:
    """Whether such a name is one of ours, so that it counts only as long as it is open."""
    return trigger.startswith(f"{_TRIGGER}_")


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """What the person chose within a grant: at most `count` texts in `window_days`, nothing before `paused_until`."""

    count: int | None = None
    window_days: int | None = None
    paused_until: datetime | None = None
    without_categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentEvent:
    """One row of the record, without its sealed evidence."""

    id: EventId
    brand: BrandId
    contact: ContactId
    seq: int  # 1, 2, 3 … within brand and contact, handed out under the standing's lock
    kind: EventKind
    scope: Scope
    actor: Actor
    route: str  # how it came: keyword, reply, free_text, form, import, link, agent, carrier_block …
    occurred_at: datetime  # when the person acted
    received_at: datetime  # when it reached us
    program_version: int | None = None
    basis: Basis | None = None
    grade: Grade | None = None
    limits: Limits = Limits()
    preferences: Preferences | None = None
    answers: EventId | None = None  # the request, or the stop, that this event answers or undoes
    lapses_at: datetime | None = None  # of a request: until when a yes counts
    language: str | None = None
    disclosure: str | None = None  # digest of the wording that was shown
    reason: str | None = None
    relation: Relation | None = None  # to the brand, where the person is a customer
    provenance: Provenance = Provenance.OWN
