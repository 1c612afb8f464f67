"""A program: one recurring stream of texts of a brand, as one immutable version describes it."""

import enum
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ProgramId
from yesword.domain.messages import MessageClass


class OptIn(enum.StrEnum):
    SINGLE = "single"  # the keyword itself is the grant
    DOUBLE = "double"  # the keyword asks; a yes grants


LONGEST_WINDOW_DAYS: Final = 92  # of a promise: how far back texts are counted


class BadFrequencyError(YeswordError):
    """A promise of {count} texts in {days} days cannot be kept count of. Promise at least one text, in 1 to 92 days."""

    code = "bad_frequency"


@dataclass(frozen=True, kw_only=True, slots=True)
class Frequency:
    """The promise made to the person, which is itself a cap: at most `count` texts in any `days` days."""

    count: int
    days: int

    def __post_init__(self) -> None:
        if self.count < 1 or not 1 <= self.days <= LONGEST_WINDOW_DAYS:
            raise BadFrequencyError(count=self.count, days=self.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """What the program says in one language. Each is a template source."""

    disclosure: str  # the whole wording shown when asking, with its seven parts
    consent_request: str
    welcome: str
    help: str
    stop: str  # the one confirmation that a stop gets
    stop_program: str  # the same, when the person stopped this program only
    already_in: str
    lapsed: str  # an answer that came after the request lapsed
    declined: str
    unknown_keyword: str
    confirm_words: tuple[str, ...]
    frequency: str  # "up to four texts a month", as a person says it
    way_out: str  # "Reply STOP to stop": appended where the way out is due
    # Empty: the wording that ships for the language.
    reconfirm: str = ""  # takes the way out's place in a text that has to say why it comes
    renewal_notice: str = ""  # reminds of a consent that goes on unless the person stops it
    renewal_question: str = ""  # asks whether a consent that is about to end should go on


class UnknownLanguageError(YeswordError):
    """Program {program} has no texts in {language}; it has {known}."""

    code = "unknown_language"


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    id: ProgramId
    version: int
    brand: BrandId
    brand_name: str
    brand_country: str  # ISO 3166-1 alpha-2 of the legal sender
    key: str  # short and stable: "club"
    name: str
    purpose: str  # "offers", "events", "feedback", "reminders"
    categories: tuple[str, ...]
    message_class: MessageClass
    frequency: Frequency
    opt_in: OptIn
    keywords: tuple[str, ...]
    sender: str  # address of the sender, e.g. "800123"
    default_language: str
    texts: tuple[tuple[str, Texts], ...]  # language → texts
    support: str  # how to reach a human
    terms_url: str
    privacy_url: str
    minimum_age: int | None = None
    may_invite: bool = False  # may ask by text people who have not asked
    renews: bool = False  # reminds people of their consent, and asks before it ends, where the rules say when
    asks_which: bool = False  # the confirmation of a bare STOP asks what was meant, where the rules let it

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.texts)

    def texts_in(self, language: str | None) -> tuple[str, Texts]:
        """The texts in the language, or else in the program's own; with the language that was found."""
        known = dict(self.texts)
        found = language if language in known else self.default_language
        if found not in known:
            raise UnknownLanguageError(program=self.key, language=found, known=", ".join(known))
        return found, known[found]
