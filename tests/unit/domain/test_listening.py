"""What looks like a keyword."""

import pytest

from yesword.domain.listening import KEYWORD_LENGTH, is_one_word


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        pytest.param("SAVEMORE", True, id="a word"),
        pytest.param("  savemore!\n", True, id="however it is written"),
        pytest.param("x" * 3 + "yz" * 8, True, id="a long word"),
        pytest.param("ab" * (KEYWORD_LENGTH // 2 + 1), False, id="too long for one"),
        pytest.param("save more", False, id="two words"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_one_word_of_a_keyword_s_length_is_answered_as_a_keyword(text, is_one):
    assert is_one_word(text) is is_one
