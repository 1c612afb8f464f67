import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.linting.patterns import BadPhraseError, Many, compiled, is_in, merged, plain, spans

NUMBERS = {"four": 4, "fourteen": 14}


def found(phrase: str, text: str) -> list[str]:
    written = plain(text)
    return [text[start:end] for start, end in spans([compiled(phrase, NUMBERS)], written)]


@pytest.mark.parametrize(
    ("phrase", "text", "hits"),
    [
        pytest.param("data rates", "Data\n rates apply", ["Data\n rates"], id="any blanks, any case"),
        pytest.param("sale", "for resale, a saleswoman", [], id="whole words only"),
        pytest.param("reminder*", "Reminders and a reminder", ["Reminders", "reminder"], id="a beginning"),
        pytest.param("*korting*", "Zomerkortingen!", ["Zomerkortingen"], id="the middle"),
        pytest.param("all our *", "all our shoes", ["all our shoes"], id="a star alone is a word"),
        pytest.param("# texts", "4 texts, four texts, many texts", ["4 texts", "four texts"], id="numbers in both ways"),
        pytest.param("#% off", "20% off, 12,5% off", ["20% off", "12,5% off"], id="a percentage"),
        pytest.param("text @ to", "Text SAVEMORE to 800123", ["Text SAVEMORE to"], id="a code word"),
        pytest.param("(stop|end) now", "Stop now. End now. Halt now.", ["Stop now", "End now"], id="one or the other"),
        pytest.param("the (whole |)range", "the range, the whole range", ["the range", "the whole range"], id="with or without"),
        pytest.param("stop…any time", "stop it at any time", ["stop it at any time"], id="a gap"),
        pytest.param("stop…any time", "Please stop. Any time", [], id="no gap over a sentence"),
        pytest.param("stop…any time", "stop one two three four five six any time", [], id="no gap of six words"),
        pytest.param("don't miss", "Don’t miss it", ["Don’t miss"], id="an apostrophe of another kind"),
        pytest.param("terms", "Terms: acme.example", ["Terms"], id="before a colon"),
        pytest.param("vragen?", "Vragen? Bel ons", ["Vragen?"], id="with its mark"),
    ],
)  # fmt: skip
def test_a_phrase_is_found_where_it_stands(phrase, text, hits):
    assert found(phrase, text) == hits


@pytest.mark.parametrize("phrase", ["", " ", "a ", "…a", "a…", "(a", "a)", "a|b", "(a|b))"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase):
    with pytest.raises(BadPhraseError):
        compiled(phrase, NUMBERS)


@given(st.text(max_size=40))
def test_places_in_the_plain_text_are_places_in_the_text(text):
    assert len(plain(text)) == len(text)


WORDS = ("sale", "big sale", "#% off", "*korting*", "% off", "up", "win a", "gratis (sms|mms)")


@given(st.lists(st.sampled_from((*WORDS, "12% off", "zomerkorting", "gratis mms", "x", "."))).map(" ".join))
def test_looking_for_many_phrases_finds_what_looking_for_each_does(text):
    phrases = [compiled(word, {}) for word in WORDS]
    each = sorted(spans(phrases, text))
    assert sorted(spans(Many(phrases).near(text), text)) == each
    assert is_in(Many(phrases).near(text), text) is bool(each)


def test_spans_that_overlap_become_one():
    assert merged([(4, 9), (0, 5), (9, 12)]) == ((0, 9), (9, 12))
