"""Contests, from the form to the draw."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.collect.contest_refusals import (
    AnnouncedContestError,
    ClosedTwiceError,
    ContestKeyTakenError,
    DrawnTwiceError,
    EarlySeedError,
    FutureSeedError,
    NoSuchContestError,
    NotAnnouncedError,
    NotClosedError,
    NothingToDrawError,
    PastContestError,
    SeedDueError,
    StillOpenError,
    UnplainTermsError,
)
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
from yesword.domain.collecting.drawing import EmptySeedError
from yesword.domain.errors import YeswordError

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    LeavingWordError: gettext_lazy(
        "{word} cannot be used in a contest: people leave, join or ask for help with it, and that always comes first. Choose another word."
    ),
    SilentContestError: gettext_lazy("The contest cannot be announced: it says nothing in any language."),
    ContestLanguageError: gettext_lazy(
        "The contest cannot be announced: the program has no texts in {languages}."
    ),
    NoTitleError: gettext_lazy("The contest cannot be announced: it has no title in {language}."),
    NoConsentTermsError: gettext_lazy(
        "The contest cannot be announced: it asks for consent, and the terms in {language} do not say to what."
    ),
    TermsFieldError: gettext_lazy(
        "The contest cannot be announced: the terms in {language} cannot be filled in. {why}"
    ),
    NoKeywordError: gettext_lazy("The contest cannot be announced: it has no word by which people enter."),
    KeywordInUseError: gettext_lazy(
        "The contest cannot be announced: {word} means something else on {sender}."
    ),
    WordTwiceError: gettext_lazy("The contest cannot be announced: a word stands there twice."),
    LongWordError: gettext_lazy("The contest cannot be announced: {word} is not one short word."),
    OptionCountError: gettext_lazy(
        "The contest cannot be announced: people choose from 2 to {most} answers."
    ),
    NeedlessOptionsError: gettext_lazy(
        "The contest cannot be announced: answers to choose from are for contests in which people choose."
    ),
    AnswerAndYesError: gettext_lazy(
        "The contest cannot be announced: {word} would be an answer and a yes at once."
    ),
    RightOfNothingError: gettext_lazy(
        "The contest cannot be announced: where nothing is asked, no answer is right."
    ),
    UnknownOptionError: gettext_lazy(
        "The contest cannot be announced: {word} stands among the answers in {language}, and is none that people choose from."
    ),
    UnknownRightAnswerError: gettext_lazy(
        "The contest cannot be announced: {answer} is right, and none of the answers."
    ),
    ClosesFirstError: gettext_lazy("The contest cannot be announced: it closes before it opens."),
    NoSeedError: gettext_lazy(
        "The contest cannot be announced: winners are drawn from a seed: say from where it comes, and when that is published."
    ),
    KnownSeedError: gettext_lazy(
        "The contest cannot be announced: the seed would be known before it closes: name one that comes later."
    ),
    EntryCountError: gettext_lazy(
        "The contest cannot be announced: a number enters once, or up to {most} times."
    ),
    WinnerCountError: gettext_lazy("The contest cannot be announced: {winners} winners cannot be drawn."),
    NegativeDaysError: gettext_lazy(
        "The contest cannot be announced: entries cannot be kept for less than no days."
    ),
    NoSuchContestError: gettext_lazy(
        "There is no contest {key}. `yesword contest list` shows those that there are."
    ),
    ContestKeyTakenError: gettext_lazy(
        "The name {key} in the address is taken by another contest. Choose another."
    ),
    AnnouncedContestError: gettext_lazy(
        "{name} is open, or was. What people were told when they entered does not change any more."
    ),
    PastContestError: gettext_lazy(
        "{name} cannot be announced: it would have closed already. Give it a time that is still to come."
    ),
    UnplainTermsError: gettext_lazy(
        "The terms of {name} do not do: ({language}) {what} Mend them; what a yes means has to be plain."
    ),
    NotAnnouncedError: gettext_lazy(
        "{name} was never announced, so nobody has entered it. Announce it first."
    ),
    StillOpenError: gettext_lazy(
        "{name} is open until {until}. People were told so; to close it earlier, say so expressly."
    ),
    ClosedTwiceError: gettext_lazy("{name} was closed at {at}, and its list is fixed."),
    SeedDueError: gettext_lazy(
        "The seed of {name} was to be published at {due}, which is over: it would be known before the list is fixed. Name a seed that comes later."
    ),
    NothingToDrawError: gettext_lazy("{name} draws nobody: it is a vote, or nobody took part."),
    NotClosedError: gettext_lazy(
        "{name} is not closed yet. Its list has to be fixed and published before there is a seed."
    ),
    DrawnTwiceError: gettext_lazy(
        "{name} was drawn at {at}. A draw stands: the same seed draws the same winners."
    ),
    EarlySeedError: gettext_lazy(
        "The seed was published at {seed_at}, and the list was fixed at {committed_at}: whoever fixed it could have known the seed. Take one that came later."
    ),
    FutureSeedError: gettext_lazy(
        "The seed cannot have been published at {seed_at}, which is still to come."
    ),
    EmptySeedError: gettext_lazy("The seed is empty. Type what the announced source published."),
}
