"""What a contest or a vote is, as it was announced: what people text, until when, what they are asked, and what is drawn.

Entering is an act of its own. Nothing here, and nothing that follows from it, lets an entry without a yes permit a text;
a yes is either a separate answer to a question, or a word of its own behind the answer, as the terms spell it.
"""

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from yesword.domain import codec, composing, templates
from yesword.domain.collecting.contest_errors import (
    AnswerAndYesError,
    ClosesFirstError,
    ContestLanguageError,
    EntryCountError,
    KeywordInUseError,
    KnownSeedError,
    LeavingWordError,
    LongWordError,
    NeedlessOptionsError,
    NegativeDaysError,
    NoConsentTermsError,
    NoKeywordError,
    NoSeedError,
    NoTitleError,
    OptionCountError,
    RightOfNothingError,
    SilentContestError,
    TermsFieldError,
    UnknownOptionError,
    UnknownRightAnswerError,
    WinnerCountError,
    WordTwiceError,
)
from yesword.domain.ids import ProgramId
from yesword.domain.linting.answers import refuse_answers
from yesword.domain.linting.finding import has_errors
from yesword.domain.programs import Program
from yesword.domain.understanding import Kind
from yesword.domain.understanding.keywords import found as known_words
from yesword.domain.understanding.normalise import normalise

KEEPS_DAYS: Final = 30  # entries that did not win, after the draw
WINNERS_DAYS: Final = 365
UNDRAWN_DAYS: Final = 180  # a contest that nobody draws does not keep its entries for ever
MOST_ENTRIES: Final = 100  # of one number
MOST_OPTIONS: Final = 20
MOST_WINNERS: Final = 10_000
LONGEST_ANSWER: Final = 160
_LONGEST_WORD: Final = 20
_OLDEST: Final = 120


class Answering(enum.StrEnum):
    OPTIONS = "options"  # one of a few words: a vote, or a question with choices
    FREE = "free"  # own words
    NONE = "none"  # the keyword is all


class State(enum.StrEnum):
    DRAFT = "draft"
    ANNOUNCED = "announced"  # its page is there, and it opens later
    OPEN = "open"
    OVER = "over"  # its time is over, and its list is about to be fixed
    CLOSED = "closed"  # the list is fixed and its digest published
    DRAWN = "drawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    word: str  # what is texted: "B"
    label: str  # what it stands for, in every language that does not say it in its own words


@dataclass(frozen=True, kw_only=True, slots=True)
class ContestWording:
    """What the page of a contest says in one language."""

    title: str
    question: str = ""
    prize: str = ""
    rules: str = ""  # who may take part, who runs it, how winners hear of it
    consent: str = ""  # a template: what a yes means. Pinned by whoever says it; empty where nothing is asked
    options: tuple[
        Option, ...
    ] = ()  # what answers stand for in this language; the words to text stay the same


@dataclass(frozen=True, kw_only=True, slots=True)
class ContestDefinition:
    """One contest as it is announced. It does not change once it is open."""

    name: str  # for whoever runs it
    program: ProgramId
    program_version: int
    keywords: tuple[str, ...]
    answering: Answering
    opens_at: datetime
    closes_at: datetime
    wordings: tuple[tuple[str, ContestWording], ...]
    options: tuple[Option, ...] = ()
    right: tuple[str, ...] = ()  # only who answers so takes part in the draw; empty: everybody does
    entries_each: int = 1
    winners: int = 0  # a mere vote draws nobody
    seed_source: str = ""
    seed_due_at: datetime | None = None
    asks_after: bool = False  # the text that answers an entry asks, and a separate yes grants
    takes_yes: bool = False  # a yes-word behind the answer grants
    minimum_age: int | None = None  # the strictest that brand, program and law ask, when it was announced
    is_by_birth_date: bool = False
    keeps_days: int = KEEPS_DAYS
    winners_days: int = WINNERS_DAYS
    shows_results: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, _ in self.wordings)

    @property
    def asks(self) -> bool:
        return self.asks_after or self.takes_yes

    def wording_in(self, language: str) -> ContestWording:
        known = dict(self.wordings)
        return known.get(language) or next(iter(known.values()))

    def options_in(self, language: str) -> tuple[Option, ...]:
        own = {plain(each.word): each.label for each in self.wording_in(language).options}
        return tuple(
            Option(word=each.word, label=own.get(plain(each.word), each.label)) for each in self.options
        )

    def to_bytes(self) -> bytes:
        return codec.dumps(self)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.to_bytes()).hexdigest()


def yes_words(definition: ContestDefinition, program: Program) -> tuple[str, ...]:
    """The words that the terms spell as a yes: the first of the program's own, in each language of the contest."""
    if not definition.takes_yes:
        return ()
    spelled = (program.texts_in(each)[1].confirm_words[:1] for each in definition.languages)
    return tuple(dict.fromkeys(word.upper() for words in spelled for word in words))


def check(definition: ContestDefinition, program: Program, taken: Iterable[str] = ()) -> None:
    """Whether it could run as it is. `taken`: words that mean something else on the sender.

    Raises BadContestError, LeavingWordError.
    """
    _check_texts(definition, program)
    _check_words(definition, program, taken)
    _check_times(definition)
    if not 1 <= definition.entries_each <= MOST_ENTRIES:
        raise EntryCountError(most=MOST_ENTRIES)
    if not 0 <= definition.winners <= MOST_WINNERS:
        raise WinnerCountError(winners=definition.winners)
    if definition.keeps_days < 0 or definition.winners_days < 0:
        raise NegativeDaysError


def _check_texts(definition: ContestDefinition, program: Program) -> None:
    if not definition.wordings:
        raise SilentContestError
    foreign = [each for each in definition.languages if each not in program.languages]
    if foreign:
        raise ContestLanguageError(languages=", ".join(foreign))
    for language, wording in definition.wordings:
        if not wording.title.strip():
            raise NoTitleError(language=language)
        if definition.asks and not wording.consent.strip():
            raise NoConsentTermsError(language=language)
        try:
            composing.compose(wording.consent, program, program.texts_in(language)[1])
        except templates.TemplateError as error:
            raise TermsFieldError(language=language, why=error) from error


def _check_words(definition: ContestDefinition, program: Program, taken: Iterable[str]) -> None:
    used = {plain(each) for each in taken}
    if not definition.keywords:
        raise NoKeywordError
    for word in (*definition.keywords, *(each.word for each in definition.options)):
        _check_word(word, definition.languages)
    for word in definition.keywords:
        if plain(word) in used:
            raise KeywordInUseError(word=word, sender=program.sender)
    words = [plain(each.word) for each in definition.options]
    if len({*words, *map(plain, definition.keywords)}) < len(words) + len(definition.keywords):
        raise WordTwiceError
    if definition.answering is Answering.OPTIONS and not 2 <= len(words) <= MOST_OPTIONS:
        raise OptionCountError(most=MOST_OPTIONS)
    if definition.answering is not Answering.OPTIONS and words:
        raise NeedlessOptionsError
    for language, wording in definition.wordings:
        strange = [each.word for each in wording.options if plain(each.word) not in words]
        if strange:
            raise UnknownOptionError(word=strange[0], language=language)
    both = {plain(each) for each in yes_words(definition, program)} & {
        *words,
        *map(plain, definition.keywords),
    }
    if both:
        raise AnswerAndYesError(word=next(iter(both)).upper())
    if definition.right and definition.answering is Answering.NONE:
        raise RightOfNothingError
    unknown = [each for each in definition.right if words and plain(each) not in words]
    if unknown:
        raise UnknownRightAnswerError(answer=unknown[0])


def _check_word(word: str, languages: tuple[str, ...]) -> None:
    said = normalise(word).words
    if len(said) != 1 or len(word) > _LONGEST_WORD:
        raise LongWordError(word=word)
    commands = any(known_words(said, kind, weak=True) for kind in (Kind.HELP, Kind.OPT_IN))
    if commands or has_errors(refuse_answers((word,), languages)):
        raise LeavingWordError(word=word)


def _check_times(definition: ContestDefinition) -> None:
    if definition.opens_at >= definition.closes_at:
        raise ClosesFirstError
    if not definition.winners:
        return
    if not definition.seed_source.strip() or definition.seed_due_at is None:
        raise NoSeedError
    if definition.seed_due_at <= definition.closes_at:
        raise KnownSeedError


def state_of(
    definition: ContestDefinition,
    at: datetime,
    *,
    is_announced: bool,
    is_committed: bool = False,
    is_drawn: bool = False,
    closed_at: datetime | None = None,
) -> State:
    """`closed_at`: when somebody closed it before its time."""
    if is_drawn:
        return State.DRAWN
    if is_committed:
        return State.CLOSED
    if not is_announced:
        return State.DRAFT
    if at > (closed_at or definition.closes_at):
        return State.OVER
    return State.OPEN if at >= definition.opens_at else State.ANNOUNCED


# --- reading entries -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    answer: str  # the word of an option, own words, or nothing
    says_yes: bool  # apart from the answer


def plain(word: str) -> str:
    """How words are compared."""
    return " ".join(normalise(word).words)


def first_word(text: str) -> str:
    """The word by which a text would enter a contest."""
    words = normalise(text).words
    return words[0] if words else ""


def read_entry(text: str, definition: ContestDefinition, yes: Iterable[str]) -> Entry | None:
    """What the text enters, behind the keyword; None where that is no answer to what was asked."""
    words = text.split()
    while words and plain(words[0]) not in map(plain, definition.keywords):
        words = words[1:]  # a sign or an empty mark before the keyword
    rest = [each for each in words[1:] if plain(each)]
    known = {plain(each) for each in yes}
    needs_answer = definition.answering is not Answering.NONE
    # Where only one word is left it is the answer, whatever it says: a yes stands apart from it, or is none.
    says_yes = len(rest) > (1 if needs_answer else 0) and plain(rest[-1]) in known
    said = " ".join(rest[:-1] if says_yes else rest)[:LONGEST_ANSWER]
    if definition.answering is Answering.OPTIONS:
        chosen = next((each.word for each in definition.options if plain(each.word) == plain(said)), None)
        return None if chosen is None else Entry(answer=chosen, says_yes=says_yes)
    if needs_answer:
        return Entry(answer=said, says_yes=says_yes) if said else None
    return None if said else Entry(answer="", says_yes=says_yes)


def is_right(answer: str, definition: ContestDefinition) -> bool:
    """Whether the entry takes part in the draw."""
    return not definition.right or plain(answer) in {plain(each) for each in definition.right}


def read_age(text: str, definition: ContestDefinition, on: date) -> int | None:
    """How old somebody says they are, in years; None where the text says no such thing."""
    said = "".join(letter if letter.isdigit() else " " for letter in text).split()
    letters = sum(letter.isalpha() for letter in text)
    if definition.is_by_birth_date:
        born = _birth_date(said) if not letters else None
        if born is None or born > on:
            return None
        had_birthday = (on.month, on.day) >= (born.month, born.day)
        age = on.year - born.year - (0 if had_birthday else 1)
        return age if age <= _OLDEST else None
    if len(said) != 1 or len(normalise(text).words) > _MOST_WORDS_OF_AN_AGE:
        return None
    age = int(said[0]) if len(said[0]) <= len(str(_OLDEST)) else _OLDEST + 1
    return age if age <= _OLDEST else None


_MOST_WORDS_OF_AN_AGE: Final = 4  # "I am 23 years"
_DATE_PARTS: Final = 3
_WRITTEN_AS_ONE: Final = 8


def _birth_date(said: list[str]) -> date | None:
    """31-12-1990 or 1990-12-31, also without marks: the year has four figures, so that nothing is guessed."""
    if len(said) == 1 and len(said[0]) == _WRITTEN_AS_ONE:
        one = said[0]
        said = [one[:2], one[2:4], one[4:]]
    if len(said) != _DATE_PARTS:
        return None
    day, month, year = said if len(said[2]) == 4 else reversed(said)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
