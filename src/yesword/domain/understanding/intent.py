"""What a text can mean, and what must be known beside its words to tell.

Only the values: how a text is read stands in `reading`. Nothing here decides what is done about it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What the person wants. An opt-out wins over everything else in the same text."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    CONFIRM = "confirm"  # yes to a pending question
    DECLINE = "decline"  # no to a pending question
    NARROW = "narrow"  # an answer to our question which texts a stop was about: only those
    HELP = "help"
    KEYWORD = "keyword"  # a program's own word for joining
    WRONG_NUMBER = "wrong_number"
    PRIVACY_REQUEST = "privacy_request"
    COMPLAINT = "complaint"
    OTHER = "other"


class Scope(StrEnum):
    """How much a withdrawal ends, as far as the words tell; the caller knows what silence means."""

    EVERYTHING = "everything"
    PROGRAM = "program"  # the one that is named, if the text names one that is known
    OTHERS = "others"  # all but the one that is named: "only send me the reminders"
    UNSPECIFIED = "unspecified"


class Right(StrEnum):
    """What a privacy request asks for."""

    ACCESS = "access"  # what do you have on me
    ERASURE = "erasure"  # delete it


class Label(StrEnum):
    """The four coarse answers that the finer kinds fold into."""

    OPT_OUT = "OPT_OUT"
    OPT_IN = "OPT_IN"
    HELP = "HELP"
    OTHER = "OTHER"


class PendingKind(StrEnum):
    """What we last asked this person, if the answer still counts."""

    CONFIRM_CONSENT = "confirm_consent"
    POLL = "poll"
    REMINDER = "reminder"
    WHICH_TEXTS = "which_texts"  # whether a stop was about one program only; silence means all
    CONVERSATION = "conversation"  # somebody of the brand is writing with this person
    # Texts read without their conversation: a plain YES answers something, an OK or a 1 may be idle.
    UNKNOWN = "unknown"


# A withdrawal of less is acted on all the same, and put before a person.
SURE: Final = 0.9

# How the rule of an intent begins that rests on an exact word.
KEYWORD: Final = "keyword"

_OPTING_IN = frozenset({Kind.OPT_IN, Kind.CONFIRM, Kind.KEYWORD})


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is known beside the words. The default knows nothing and has asked nothing."""

    languages: tuple[str, ...] = ()
    pending: PendingKind | None = None
    program_keywords: tuple[tuple[str, str], ...] = ()  # (keyword as declared, program key)
    program_topics: tuple[
        tuple[str, tuple[str, ...]], ...
    ] = ()  # program key, and what people call its texts
    brands: tuple[str, ...] = ()  # by name: STOP with it is a STOP
    confirm_words: tuple[str, ...] = ()  # accepted as a yes by this program, beside the usual ones


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """How a text was read, and which of its own characters say so."""

    kind: Kind
    scope: Scope = Scope.UNSPECIFIED
    confidence: float  # 0 to 1; exact words are 1
    span: tuple[int, int] | None = None  # into the text as it was received
    matched: str = ""  # the normalised words that decided
    rule: str  # the layer that decided, for explaining and for figures
    is_withdrawal: bool = False  # texts end; act on this, not on the kind alone
    is_per_se: bool = False  # the law names the word itself: nobody may call it a misreading
    language: str | None = None  # None when the word belongs to many languages and no hint picks one
    keyword: str | None = None  # the program's keyword, as declared
    program: str | None = None  # the key of the program that the text names
    right: Right | None = None  # what a privacy request asks for, also where leaving is the main wish
    names_email: bool = False  # e-mail is to end as well
    suggestion: str | None = None  # a program keyword that was narrowly missed
    also: tuple[Kind, ...] = ()  # what the text says besides

    @property
    def is_probable(self) -> bool:
        """Plausibly a wish to leave and not surely one: texts end at once, and a person looks at it."""
        return self.is_withdrawal and not self.is_per_se and self.confidence < SURE

    @property
    def is_exact(self) -> bool:
        """Whether it rests on the very words that the law or our own texts name; all else was read."""
        return self.is_per_se or self.rule.startswith(KEYWORD)

    @property
    def label(self) -> Label:
        if self.is_withdrawal:
            return Label.OPT_OUT
        if self.kind in _OPTING_IN:
            return Label.OPT_IN
        return Label.HELP if self.kind is Kind.HELP else Label.OTHER
