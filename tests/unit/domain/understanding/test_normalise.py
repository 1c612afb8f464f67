import pytest

from yesword.domain.understanding.normalise import _clusters, normalise


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        pytest.param("STOP", "stop", id="case"),
        pytest.param("ＳＴＯＰ", "stop", id="full width"),
        pytest.param("ⓢⓣⓞⓟ", "stop", id="circled letters"),
        pytest.param("ST\u200bOP\ufeff", "stop", id="zero-width characters inside and after"),
        pytest.param("\u2068STOP\u2069", "stop", id="bidi isolates"),
        pytest.param("ST\u00adOP", "stop", id="soft hyphen"),
        pytest.param("stoooop", "stop", id="stretched letters"),
        pytest.param("call 1111", "call 1111", id="digits may repeat"),
        pytest.param("“STOP”.", "stop", id="quotes and a full stop"),
        pytest.param("BEKRÄFTA", "bekrafta", id="an accent that a keyboard may lack"),
        pytest.param("Bekra\u0308fta", "bekrafta", id="an accent of its own"),
        pytest.param("BEKRÆFT", "bekraeft", id="a Danish letter"),
        pytest.param("İPTAL", "iptal", id="the Turkish dotted capital"),
        pytest.param("don’t", "dont", id="a typographic apostrophe"),
        pytest.param("opt-out", "opt out", id="a hyphen"),
        pytest.param("ストップ", "ストップ", id="Japanese marks belong to their letters"),
        pytest.param("수신거부", "수신거부", id="Korean syllables stay whole"),
        pytest.param("STOP 😂❤️", "stop", id="emoji as decoration"),
        pytest.param("✋🏽", "✋", id="a sign without its skin tone"),
        pytest.param("Stop. Thanks!", "stop . thanks", id="a border between sentences stays"),
        pytest.param("yes\r\nSTOP\n", "yes \n stop", id="a line break stays"),
        pytest.param("STOP\n\nSent from my iPhone 13 Pro", "stop", id="an English signature"),
        pytest.param("STOP Von meinem iPhone gesendet", "stop", id="a German signature"),
        pytest.param("Verstuurd vanaf mijn iPhone STOP", "stop", id="a Dutch signature in front"),
        pytest.param("STOPP\nSkickat från min iPhone", "stopp", id="a Swedish signature"),
        pytest.param("STOP\nSendt fra min Samsung Galaxy", "stop", id="a Danish signature"),
        pytest.param("flowers sent from my garden", "flowers sent from my garden", id="no signature"),
        pytest.param("\ud83d \x00\x1b", "", id="a lone surrogate and control characters"),
    ],
)
def test_a_text_has_one_plain_form(written, plain):
    assert normalise(written).text == plain


def test_every_word_knows_its_place_in_the_original():
    written = "  Grüße, ＳＴＯＰ\u200b!!"
    form = normalise(written)
    assert form.tokens == ("grusse", ",", "stop")
    assert [written[a:b] for a, b in zip(form.starts, form.ends, strict=True)] == ["Grüße", ",", "ＳＴＯＰ"]


def test_a_pile_of_marks_on_one_letter_is_cut():
    assert max(len(cluster) for cluster, _, _ in _clusters("a" + "\u0301" * 5_000)) <= 8
    assert normalise("sto\u0301\u0302" + "\u0303" * 5_000 + "p").text == "stop"
