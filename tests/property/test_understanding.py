"""What must hold of every text, whoever wrote it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yesword.domain.understanding import Context, Kind, Label, PendingKind, understand
from yesword.domain.understanding.keywords import all_keywords
from yesword.domain.understanding.normalise import normalise

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(st.sampled_from("stopSTOP ,.!?\n'’\u200b🛑゙́か"))
WORDS = st.sampled_from(sorted({row.word for row in all_keywords() if row.kind != "courtesy"}))
# A hand or a sign between letters is a word of its own, and not inside of theirs.
ONE_WORD = WORDS.filter(lambda word: len(normalise(word).words) == len(normalise(f"a{word}a").words) == 1)
understand("read the tables and the model, so that no case has to wait for them")
SENTENCES = st.sampled_from(
    [
        "stop texting me",
        "don't stop",
        "haal me van de lijst",
        "see you at five",
        "who is this",
        "sluta skicka",
    ]
)
SIGNATURES = st.sampled_from(
    [
        "Sent from my iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Von meinem iPhone gesendet",
        "Sendt fra min iPhone",
    ]
)
CONTEXTS = st.builds(
    Context,
    pending=st.none() | st.sampled_from(PendingKind),
    languages=st.lists(st.sampled_from(["en", "nl", "sv", "de", "da", "xx", ""]), max_size=2).map(tuple),
    program_keywords=st.lists(
        st.tuples(st.sampled_from(["SAVEMORE", "EVENTS", "", "STOP"]), st.just("p"))
    ).map(tuple),
    confirm_words=st.lists(st.sampled_from(["YES", "", "ok ja"])).map(tuple),
)


@given(ANY_TEXT)
@example("か\u200b\u3099")
@example("İı\u0130ſſſ")
@example("sent sent from my iphone from my iphone")
def test_normalising_is_idempotent(text):
    once = normalise(text).text
    assert normalise(once).text == once


@given(ANY_TEXT)
def test_every_token_lies_in_the_original_in_order(text):
    form = normalise(text)
    assert len(form.tokens) == len(form.starts) == len(form.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(form.starts, form.ends, strict=True))
    assert list(form.starts) == sorted(form.starts)


@given(
    WORDS | SENTENCES,
    st.sampled_from(["", ".", "!", "!!!", " ?", "…", " 😀"]),
    st.sampled_from(["", "“", "(", " ", "> ", '... "', "‘“"]),
)
def test_punctuation_around_a_text_never_changes_its_label(text, after, before):
    assert understand(before + text + after).label is understand(text).label


@given(WORDS | SENTENCES, st.sampled_from([str.lower, str.upper, str.title, str.swapcase]))
def test_case_never_changes_the_label(text, change):
    if normalise(change(text)).text == normalise(text).text:  # İ and ß do not survive every change
        assert understand(change(text)).label is understand(text).label
    else:
        assert not text.isascii()


@given(WORDS | SENTENCES, SIGNATURES, st.sampled_from([" ", "\n", "\n\n"]))
def test_a_signature_never_changes_the_label(text, signature, between):
    assert understand(text + between + signature).label is understand(text).label


@given(
    st.integers(1, 400),
    st.sampled_from(["STOP ", "stop! ", "Stop\n", "stop now ", "afmelden aub ", "STOPSTOP "]),
)
def test_a_stop_said_any_number_of_times_is_a_stop(times, stop):
    assert understand(stop * times).kind is Kind.OPT_OUT


@given(ANY_TEXT, ANY_TEXT, CONTEXTS, st.sampled_from(["STOP", "stop.", " Stop ", "“STOP”"]))
def test_stop_on_a_line_of_its_own_always_stops(before, after, context, stop):
    intent = understand(f"{before}\n{stop}\n{after}", context=context)
    assert intent.kind is Kind.OPT_OUT


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=6), ONE_WORD)
def test_no_keyword_is_found_inside_a_longer_word(letters, word):
    longer = f"{letters}{word}{letters}"
    whole = understand(longer)
    if whole.is_withdrawal and not whole.rule.startswith(
        "slip:"
    ):  # then the longer word is itself on the list
        assert normalise(longer).text in {normalise(row.word).text for row in all_keywords()}


@given(ANY_TEXT, CONTEXTS)
def test_nothing_makes_it_fail(text, context):
    intent = understand(text, context=context)
    assert intent.label in Label
    assert 0 <= intent.confidence <= 1
    if intent.span is not None:
        assert 0 <= intent.span[0] < intent.span[1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("stop " * 2_000, id="stop two thousand times"),
        pytest.param("a" * 10_000, id="one letter"),
        pytest.param("a\u0301" * 5_000, id="accents"),
        pytest.param("\u0301" * 10_000, id="only accents"),
        pytest.param("please " * 1_500, id="only courtesy"),
        pytest.param("STOP\n" * 2_000, id="two thousand lines"),
        pytest.param("sent from my " * 800, id="signatures without an end"),
        pytest.param("\u202e\u2066" * 5_000, id="right-to-left tricks"),
        pytest.param("\ud800" * 10_000, id="lone surrogates"),
        pytest.param("".join(map(chr, range(32))) * 300, id="control characters"),
        pytest.param("take me my off " * 700, id="half phrases"),
        pytest.param("ﷺ" * 3_000, id="a character that unfolds to a sentence"),
    ],
)
def test_long_hostile_texts_are_read(text):
    assert understand(text).label in Label


@pytest.mark.parametrize(
    "unit",
    ["please stop ", "take me my off ", "sent from my ", "a\u0301", "stop\n", "don't stop texting me "],
)
def test_the_work_grows_with_the_length_and_no_faster(unit):
    """Counted in steps of the interpreter, so that a busy machine changes nothing."""
    understand("warm")
    short, long = (steps(unit * count) for count in (200, 1_600))
    assert long < 8 * 1.25 * short


def steps(text):
    import sys

    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)
    try:
        understand(text)
    finally:
        sys.settrace(None)
    return count
