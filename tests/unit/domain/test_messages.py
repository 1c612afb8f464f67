"""What of a text is for its handset alone: codes, and the words of the links that it carries."""

import pytest

from yesword.domain.messages import MessageKind, for_colleagues, without_code, without_link_words
from yesword.domain.text import measure

TO_STOP = "Linde & Loom: 20% off. To stop: https://texts.example.org/u/4fKq9ZbT0xW"
TO_ANSWER = "Linde & Loom: yes or no? https://texts.example.org/y/4fKq9ZbT0xW"
A_CODE = "482193 is your code for Linde & Loom."
SECRETS = ("4fKq9ZbT0xW", "482193")

EACH = [
    pytest.param(MessageKind.CAMPAIGN, TO_STOP, id="a link to leave"),
    pytest.param(MessageKind.WELCOME, f"{TO_STOP}. Welcome!", id="a link to leave with a full stop"),
    pytest.param(MessageKind.CONSENT_REQUEST, TO_ANSWER, id="a link to answer"),
    pytest.param(MessageKind.CODE, A_CODE, id="a code"),
]


@pytest.mark.parametrize(("kind", "text"), EACH)
def test_colleagues_read_what_makes_nobody_the_person(kind, text):
    shown = for_colleagues(kind, text)
    assert [each for each in SECRETS if each in shown] == []
    assert shown.startswith("****** is" if kind is MessageKind.CODE else "Linde & Loom: ")


@pytest.mark.parametrize(("kind", "text"), EACH)
def test_what_they_read_is_as_long_and_as_many_segments(kind, text):
    shown = for_colleagues(kind, text)
    assert (len(shown), measure(shown)) == (len(text), measure(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("See https://shop.example/u/summer-sale-boots", id="a longer name in a shop"),
        pytest.param("See https://shop.example/u/sale", id="a shorter one"),
        pytest.param("See https://shop.example/you/4fKq9ZbT0xW", id="another folder"),
    ],
)
def test_the_links_of_others_stay(text):
    assert without_link_words(text) == text


def test_a_text_that_a_person_quotes_has_no_word_either():
    assert "4fKq9ZbT0xW" not in without_link_words(f"Liked “{TO_STOP}”")


def test_the_copy_of_the_persons_own_data_keeps_their_way_out():
    assert without_code(MessageKind.CAMPAIGN, TO_STOP) == TO_STOP
