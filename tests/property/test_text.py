from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.templates import parse, render
from yesword.domain.text import Encoding, measure, split

any_text = st.text(st.characters(exclude_categories=()), max_size=400)
gsm_text = st.text("aé@ ]€{|\n", max_size=400)
emoji_text = st.text("a\N{WAVING HAND SIGN}", min_size=1, max_size=200)
texts = st.one_of(gsm_text, emoji_text, any_text)


@given(texts)
def test_every_text_has_a_measure_and_as_many_pieces_as_segments(text):
    assert len(split(text)) == measure(text).segments


@given(texts)
def test_pieces_joined_are_the_text(text):
    def as_sent(text):
        return text.encode("utf-16-le", "surrogatepass")

    assert as_sent("".join(split(text))) == as_sent(text)


@given(texts)
def test_every_piece_fits_and_only_a_short_text_fills_the_header_room(text):
    measured = measure(text)
    alone, joined = (160, 153) if measured.encoding is Encoding.GSM_7 else (70, 67)
    room = alone if measured.segments == 1 else joined
    for piece in split(text):
        assert _units(piece, measured.encoding) <= room


@given(texts)
def test_no_segment_is_wasted(text):
    pieces = split(text)
    encoding = measure(text).encoding
    room = 153 if encoding is Encoding.GSM_7 else 67
    for piece, following in pairwise(pieces):
        assert _units(piece, encoding) + _units(following[0], encoding) > room


@given(texts)
def test_culprits_are_there_exactly_when_the_text_is_ucs_2(text):
    measured = measure(text)
    assert bool(measured.culprits) == (measured.encoding is Encoding.UCS_2)
    assert len(set(measured.culprits)) == len(measured.culprits)


@given(st.text(st.characters(exclude_categories=()), max_size=100))
def test_what_a_person_calls_themselves_never_becomes_syntax_or_a_line(name):
    template = parse("Hi [first name|you], [brand] here")
    rendered = render(template, {"first name": name, "brand": "Acme"})
    assert rendered.startswith("Hi ")
    assert rendered.endswith(", Acme here")
    assert len(rendered) <= len("Hi , Acme here") + 60
    assert rendered.isprintable() or not any(character in rendered for character in "\r\n\t\x00\x1b\u2028")


@given(st.text(max_size=100))
def test_a_text_with_its_brackets_doubled_is_rendered_as_it_stands(text):
    assert render(parse(text.replace("[", "[[")), {}) == text


def _units(text, encoding):
    if encoding is Encoding.GSM_7:
        return sum(2 if character in "\f^{}\\[~]|€" else 1 for character in text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
