"""Errors on pages: in the words of the page's language, which are the error's own words in English."""

import pytest

from yesword.collect.points import KeyTakenError
from yesword.domain.collecting.points import BadWordingError, ForeignLanguageError
from yesword.domain.errors import YeswordError
from yesword.web.error_words import WORDS, told


class FoundError(YeswordError):
    """There was {what}."""


@pytest.mark.parametrize("error", WORDS, ids=lambda each: each.code)
def test_the_words_are_those_of_the_error_to_the_letter(error):
    assert str(WORDS[error]) == error.__doc__.strip()


def test_the_fields_are_filled_in():
    assert "no texts in fi" in told(ForeignLanguageError(languages="fi"))
    assert told(KeyTakenError(key="door")) == KeyTakenError(key="door").message


def test_an_error_within_an_error_is_told_too():
    assert "There was nothing." in told(BadWordingError(language="nl", why=FoundError(what="nothing")))


def test_an_error_that_is_not_translated_is_told_in_its_own_words():
    assert told(FoundError(what="nothing")) == "There was nothing."
