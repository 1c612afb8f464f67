"""What kinds of texts there are, and what each is held to."""

import enum
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from yesword.domain.terms import Term


class MessageClass(Term):
    PROMOTIONAL = "promotional"
    INFORMATIONAL = "informational"
    TRANSACTIONAL = "transactional"
    CONVERSATIONAL = "conversational"
    SERVICE = "service"  # administrative: the confirmation of a stop, HELP, a request to confirm


class MessageKind(Term):
    CAMPAIGN = "campaign"
    REMINDER = "reminder"
    SURVEY = "survey"
    CODE = "code"
    CONSENT_REQUEST = "consent_request"
    INVITATION = "invitation"  # asks for consent out of the blue; off, unless law and program allow it
    RENEWAL = "renewal"  # reminds of a consent, and how to end it
    WELCOME = "welcome"
    STOP_REPLY = "stop_reply"
    HELP_REPLY = "help_reply"
    REPLY = "reply"


class Standing(enum.Enum):
    """What a kind must be able to point at."""

    GRANT = "an active grant"
    REQUEST = "a pending request"
    WITHDRAWAL = "the withdrawal that it confirms"
    CONVERSATION = "a text that the person sent"
    TRIGGER = "an open order, appointment or request"


@dataclass(frozen=True, kw_only=True, slots=True)
class KindRules:
    rests_on: Standing
    priority: int  # lower goes first: codes and confirmations overtake campaigns
    # House rule, where a text names no end of its own: after an outage nothing goes that answers another moment.
    useful_for: timedelta
    may_repeat: bool = False  # a repeat is better than a loss
    counts: bool = True  # towards frequency caps


_MOMENT: Final = timedelta(minutes=5)
_A_DAY: Final = timedelta(days=1)
_A_WEEK: Final = timedelta(days=7)

KINDS: Final = {
    MessageKind.CODE: KindRules(
        rests_on=Standing.TRIGGER, priority=0, useful_for=_MOMENT, may_repeat=True, counts=False
    ),
    MessageKind.STOP_REPLY: KindRules(
        rests_on=Standing.WITHDRAWAL, priority=0, useful_for=_MOMENT, counts=False
    ),
    MessageKind.CONSENT_REQUEST: KindRules(
        rests_on=Standing.REQUEST, priority=1, useful_for=timedelta(minutes=30), counts=False
    ),
    MessageKind.WELCOME: KindRules(rests_on=Standing.GRANT, priority=1, useful_for=_A_DAY, counts=False),
    MessageKind.HELP_REPLY: KindRules(
        rests_on=Standing.CONVERSATION, priority=1, useful_for=_A_DAY, counts=False
    ),
    MessageKind.REPLY: KindRules(rests_on=Standing.CONVERSATION, priority=1, useful_for=_A_DAY, counts=False),
    MessageKind.REMINDER: KindRules(rests_on=Standing.GRANT, priority=2, useful_for=_A_DAY),
    MessageKind.SURVEY: KindRules(rests_on=Standing.GRANT, priority=3, useful_for=_A_WEEK),
    MessageKind.RENEWAL: KindRules(rests_on=Standing.GRANT, priority=3, useful_for=_A_WEEK, counts=False),
    MessageKind.INVITATION: KindRules(rests_on=Standing.GRANT, priority=3, useful_for=_A_WEEK),
    MessageKind.CAMPAIGN: KindRules(rests_on=Standing.GRANT, priority=3, useful_for=_A_WEEK),
}


# Texts that answer nothing which the person just did: what a pause for a bad reputation holds back, and what is counted.
STARTED_BY_US: Final = frozenset(
    {
        MessageKind.CAMPAIGN,
        MessageKind.REMINDER,
        MessageKind.SURVEY,
        MessageKind.RENEWAL,
        MessageKind.INVITATION,
    }
)


LINK_WORD_CHARS: Final = 11  # of the links that texts carry, in letters and digits: 65 random bits


def without_code(kind: str, text: str) -> str:
    """The text as it stands in a copy of the person's data: a code, and the link of a question, are for the handset alone.

    For whoever has them is taken for the person.
    """
    if kind == MessageKind.CONSENT_REQUEST:
        return _ANSWER.sub(_HIDDEN, text)
    return _DIGIT.sub(_MASK, text) if kind == MessageKind.CODE else text


def for_colleagues(kind: str, text: str) -> str:
    """The text as anybody but the person reads it: nobody else is to leave in their name."""
    return without_link_words(without_code(kind, text))


def without_link_words(text: str) -> str:
    """Any text, such as one in which the person quotes ours. It stays as long as it was, so that places in it hold."""
    return _LINK.sub(_HIDDEN, text)


_MASK: Final = "*"  # which every handset's alphabet has: the text takes as many segments as it did
_HIDDEN: Final = _MASK * LINK_WORD_CHARS
_DIGIT: Final = re.compile(r"\d")
_WORD: Final = rf"[0-9A-Za-z]{{{LINK_WORD_CHARS}}}(?![0-9A-Za-z])"
_ANSWER: Final = re.compile(rf"(?<=/y/){_WORD}")
_LINK: Final = re.compile(rf"(?<=/[uy]/){_WORD}")


class MessageState(enum.IntEnum):
    """Where a message is. Stored as a number; the queue's index holds only `QUEUED`."""

    QUEUED = 0
    HELD = 1  # a confirmation that waits for its withdrawal to drain
    SENDING = 2
    SENT = 3
    FAILED = 4
    UNCERTAIN = 5  # handed over or not: its owner died between the two
    REFUSED = 6
    CANCELLED = 7
    EXPIRED = 8
    DELIVERED = 9
    UNDELIVERED = 10
