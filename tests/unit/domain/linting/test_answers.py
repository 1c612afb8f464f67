import pytest

from yesword.domain.linting.answers import refuse_answers
from yesword.domain.linting.finding import Severity


def judged(word, *languages):
    return [each.severity for each in refuse_answers((word,), languages or ("en", "nl", "sv", "de", "da"))]


@pytest.mark.parametrize(
    "word",
    ["STOP", "CANCEL", "cancel", "END", "Quit", "UNSUBSCRIBE", "UIT", "SLUT", "AFMELDEN", "AVSLUTA", "ENDE", "UD", "BAJA", "STOPP", "OPT OUT", "🛑"],
)  # fmt: skip
def test_a_word_that_people_leave_with_is_no_answer(word):
    assert judged(word) == [Severity.ERROR]


@pytest.mark.parametrize("word", ["CANCEL 2", "STOP THE CLOCK", "END CALL"])
def test_nor_is_an_answer_that_begins_with_one(word):
    assert judged(word) == [Severity.ERROR]


@pytest.mark.parametrize(
    "word", ["YES", "JA", "NO", "NEE", "NEJ", "NEIN", "A", "B", "1", "2", "R", "N", "MOVE", "BLUE", "C", ""]
)
def test_a_plain_answer_may_be_asked_for(word):
    assert judged(word) == []


def test_a_word_of_a_language_that_nobody_asked_for_is_a_warning():
    assert judged("PERU", "en") == [Severity.WARNING]
    assert judged("PERU", "fi") == [Severity.ERROR]
    assert judged("SLUTT", "no") == judged("SLUTT", "nb") == [Severity.ERROR]


def test_the_finding_names_the_rule_and_the_word():
    (found,) = refuse_answers(("CANCEL 2", "YES"), ("en",))
    assert (found.rule, dict(found.sentence.args)) == ("house.words.stop", {"word": "CANCEL"})
