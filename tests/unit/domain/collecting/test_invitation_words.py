"""What stands in every invitation: in each language the word to answer with is read as a yes, and leaving is named."""

import string
from dataclasses import asdict

import pytest

from yesword.domain.collecting.invitation_words import FALLBACK, fixed_words, languages
from yesword.domain.understanding import Kind, understand


@pytest.mark.parametrize("language", languages())
def test_the_word_of_each_language_is_understood_as_a_yes(language):
    intent = understand(fixed_words(language).word, (language,))
    assert (intent.kind, intent.confidence) == (Kind.OPT_IN, 1.0)


@pytest.mark.parametrize("language", languages())
def test_each_language_says_everything_with_the_same_fields(language):
    for name, said in asdict(fixed_words(language)).items():
        assert said.strip(), name
        wanted = {field for _, field, _, _ in string.Formatter().parse(getattr(fixed_words(FALLBACK), name))}
        assert {field for _, field, _, _ in string.Formatter().parse(said)} == wanted, name


def test_a_language_that_does_not_ship_is_spoken_to_in_english():
    assert fixed_words("fi") == fixed_words("en")
