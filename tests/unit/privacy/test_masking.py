"""A person reads what is about them, and nothing about others."""

import pytest

from yesword.privacy.masking import MASK, Masker

ANNA = "+31612345678"


@pytest.fixture
def masker():
    return Masker(["kim", "Kim Jansen", "Jo"], ANNA, "Anna de Wit")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("Kim Jansen called back", f"{MASK} called back", id="a full name"),
        pytest.param("ask KIM.", f"ask {MASK}.", id="a name in capitals"),
        pytest.param("Jansen says no", f"{MASK} says no", id="a family name alone"),
        pytest.param("Kimono, size 40", "Kimono, size 40", id="a word that begins like a name"),
        pytest.param("Jo is a word of two letters", "Jo is a word of two letters", id="too short to be sure"),
        pytest.param("call +49 152 28817386", f"call {MASK}", id="another number"),
        pytest.param("06 12345678 is hers", "06 12345678 is hers", id="the own number as people write it"),
        pytest.param("+31 6 12 34 56 78", "+31 6 12 34 56 78", id="the own number with spaces"),
        pytest.param("on 2026-03-02 at 12:00", "on 2026-03-02 at 12:00", id="a date is no number"),
    ],
)
def test_words_lose_others_and_nothing_else(masker, said, shown):
    assert masker.words(said) == shown


def test_what_is_nested_loses_names_and_the_user():
    found = Masker(["Kim Jansen"], ANNA).members(
        {"user": 3, "reason": "Kim knows; 0201234567", "rows": [{"Seller": "Kim Jansen", "n": 2}]}
    )
    assert found == {"reason": f"{MASK} knows; {MASK}", "rows": [{"Seller": MASK, "n": 2}]}


def test_who_is_called_like_a_colleague_keeps_their_name():
    assert Masker(["Anna Smit"], ANNA, "Anna de Wit").names("Anna and Smit") == f"Anna and {MASK}"


def test_where_nobody_works_nothing_is_masked():
    assert Masker([], ANNA).names("Kim") == "Kim"
