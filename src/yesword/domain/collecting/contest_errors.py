"""Why a contest cannot be announced as it is written: one error for each reason. What is checked is in `contests`."""

from yesword.domain.errors import YeswordError


class ContestError(YeswordError):
    """A contest is not as it has to be."""


class BadContestError(ContestError):
    """The contest cannot be announced."""

    code = "bad_contest"


class LeavingWordError(ContestError):
    """{word} cannot be used in a contest: people leave, join or ask for help with it, and that always comes first. Choose another word."""

    code = "contest_leaving_word"


# --- texts ---------------------------------------------------------------------------------------------------


class SilentContestError(BadContestError):
    """The contest cannot be announced: it says nothing in any language."""

    code = "bad_contest_silent"


class ContestLanguageError(BadContestError):
    """The contest cannot be announced: the program has no texts in {languages}."""

    code = "bad_contest_language"


class NoTitleError(BadContestError):
    """The contest cannot be announced: it has no title in {language}."""

    code = "bad_contest_title"


class NoConsentTermsError(BadContestError):
    """The contest cannot be announced: it asks for consent, and the terms in {language} do not say to what."""

    code = "bad_contest_consent"


class TermsFieldError(BadContestError):
    """The contest cannot be announced: the terms in {language} cannot be filled in. {why}"""

    code = "bad_contest_terms_field"


# --- words ---------------------------------------------------------------------------------------------------


class NoKeywordError(BadContestError):
    """The contest cannot be announced: it has no word by which people enter."""

    code = "bad_contest_no_keyword"


class KeywordInUseError(BadContestError):
    """The contest cannot be announced: {word} means something else on {sender}."""

    code = "bad_contest_keyword_in_use"


class WordTwiceError(BadContestError):
    """The contest cannot be announced: a word stands there twice."""

    code = "bad_contest_word_twice"


class LongWordError(BadContestError):
    """The contest cannot be announced: {word} is not one short word."""

    code = "bad_contest_long_word"


class OptionCountError(BadContestError):
    """The contest cannot be announced: people choose from 2 to {most} answers."""

    code = "bad_contest_options"


class NeedlessOptionsError(BadContestError):
    """The contest cannot be announced: answers to choose from are for contests in which people choose."""

    code = "bad_contest_needless_options"


class UnknownOptionError(BadContestError):
    """The contest cannot be announced: {word} stands among the answers in {language}, and is none that people choose from."""

    code = "bad_contest_unknown_option"


class AnswerAndYesError(BadContestError):
    """The contest cannot be announced: {word} would be an answer and a yes at once."""

    code = "bad_contest_answer_and_yes"


class RightOfNothingError(BadContestError):
    """The contest cannot be announced: where nothing is asked, no answer is right."""

    code = "bad_contest_right_of_nothing"


class UnknownRightAnswerError(BadContestError):
    """The contest cannot be announced: {answer} is right, and none of the answers."""

    code = "bad_contest_right_answer"


# --- times and numbers ---------------------------------------------------------------------------------------


class ClosesFirstError(BadContestError):
    """The contest cannot be announced: it closes before it opens."""

    code = "bad_contest_closes_first"


class NoSeedError(BadContestError):
    """The contest cannot be announced: winners are drawn from a seed: say from where it comes, and when that is published."""

    code = "bad_contest_no_seed"


class KnownSeedError(BadContestError):
    """The contest cannot be announced: the seed would be known before it closes: name one that comes later."""

    code = "bad_contest_known_seed"


class EntryCountError(BadContestError):
    """The contest cannot be announced: a number enters once, or up to {most} times."""

    code = "bad_contest_entries"


class WinnerCountError(BadContestError):
    """The contest cannot be announced: {winners} winners cannot be drawn."""

    code = "bad_contest_winners"


class NegativeDaysError(BadContestError):
    """The contest cannot be announced: entries cannot be kept for less than no days."""

    code = "bad_contest_days"
