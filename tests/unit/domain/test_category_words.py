"""What people read for the categories of a program, in their language."""

import pytest

from yesword.domain import category_words
from yesword.domain.category_words import listed, word

LANGUAGES = {"en", "nl", "sv", "de", "da"}


def test_each_that_ships_has_a_word_in_every_language():
    assert category_words._words()
    for key, words in category_words._words().items():
        assert set(words) == LANGUAGES, key
        assert all(each.strip() == each != "" for each in words.values()), key


@pytest.mark.parametrize(
    ("category", "language", "read"),
    [
        pytest.param("shoes", "nl", "schoenen", id="a usual one"),
        pytest.param("shoes", "nl-BE", "schoenen", id="of a country's own tongue"),
        pytest.param("furniture", "de", "Möbel", id="with a capital where the language has it"),
        pytest.param("shoes", "fr", "shoes", id="a language that ships none"),
        pytest.param("wool_yarn", "nl", "wool yarn", id="one that nobody knows"),
    ],
)
def test_it_is_read_in_the_language_of_the_page(category, language, read):
    assert word(category, language) == read


def test_several_stand_in_the_order_of_the_program():
    assert listed(("shoes", "yarn", "food"), "sv") == "skor, yarn, mat"
