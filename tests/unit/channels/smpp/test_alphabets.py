"""Octets and characters: each way and back, and no character cut in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.smpp.alphabets import (
    Alphabet,
    Coding,
    UnencodableError,
    coding_of,
    cut_gsm7,
    cut_ucs2,
    decode,
    decode_gsm7,
    decode_ucs2,
    encode_gsm7,
    encode_ucs2,
    pack,
    unpack,
)
from yesword.domain.text import Encoding, measure, split

DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM = DEFAULT + "\f^{}\\[~]|€"


def long(alphabet):
    """Chance alone seldom writes more than a segment."""
    start = st.text(alphabet, min_size=1, max_size=30)
    return st.builds(lambda start, times, end: start * times + end, start, st.integers(0, 20), start)


gsm_texts = st.text(alphabet=GSM, max_size=300) | long(st.sampled_from(GSM))


@given(gsm_texts)
def test_gsm7_comes_back_as_it_was_written(text):
    assert decode_gsm7(encode_gsm7(text)) == text


@given(st.one_of(gsm_texts, st.text(max_size=60)))
def test_gsm7_takes_exactly_what_the_domain_counts_as_gsm7_and_as_many_septets(text):
    told = measure(text)
    if told.encoding is Encoding.GSM_7:
        assert len(encode_gsm7(text)) == told.units
    else:
        with pytest.raises(UnencodableError):
            encode_gsm7(text)


@given(st.binary(max_size=300))
def test_any_octets_are_some_text(octets):
    decode_gsm7(octets)
    decode_ucs2(octets)
    for alphabet in Alphabet:
        for data_coding in (*range(16), 0x10, 0x18, 0xC0, 0xE0, 0xF0, 0xF4, 0xFF):
            assert isinstance(decode(octets, data_coding, alphabet), str)


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        pytest.param(b"\x1b\x65", "€", id="the euro"),
        pytest.param(b"\x1bA", "A", id="an escape before what the table lacks"),
        pytest.param(b"\x1b\x1b", " ", id="two escapes"),
        pytest.param(b"A\x1b", "A ", id="an escape at the end"),
        pytest.param(b"\x00\x11", "@_", id="the first row"),
    ],
)
def test_escapes_in_gsm7(octets, text):
    assert decode_gsm7(octets) == text


def test_packing_is_the_one_of_the_specification():
    assert pack(encode_gsm7("hellohello")).hex() == "e8329bfd4697d9ec37"
    assert decode_gsm7(unpack(bytes.fromhex("e8329bfd4697d9ec37"))) == "hellohello"


@given(gsm_texts, st.integers(0, 6))
def test_packed_septets_come_back_whatever_header_stands_before_them(text, fill_bits):
    septets = encode_gsm7(text)
    octets = pack(septets, fill_bits=fill_bits)
    assert unpack(octets, fill_bits=fill_bits, count=len(septets)) == septets
    assert unpack(octets, fill_bits=fill_bits).rstrip(b"\r\0") == septets.rstrip(b"\r\0")


def test_seven_spare_bits_are_not_read_as_an_at_sign():
    septets = encode_gsm7("seven77")
    assert unpack(pack(septets)) == septets


@given(gsm_texts)
def test_a_long_text_is_cut_where_the_domain_cuts_it(text):
    pieces = [decode_gsm7(piece) for piece in cut_gsm7(encode_gsm7(text), 153)]
    if measure(text).segments > 1:
        assert tuple(pieces) == split(text)
    assert "".join(pieces) == text


@given(long(st.characters()).filter(lambda text: measure(text).encoding is Encoding.UCS_2))
def test_a_long_ucs2_text_is_cut_where_the_domain_cuts_it(text):
    if measure(text).segments > 1:
        pieces = cut_ucs2(encode_ucs2(text), 134)
        assert tuple(decode_ucs2(piece) for piece in pieces) == split(text)


@given(gsm_texts, st.integers(2, 160))
def test_no_escape_is_cut_from_its_character(text, room):
    pieces = cut_gsm7(encode_gsm7(text), room)
    assert all(len(piece) <= room for piece in pieces)
    assert "".join(decode_gsm7(piece) for piece in pieces) == text


@given(st.text(max_size=200), st.integers(2, 70))
def test_no_surrogate_pair_is_cut(text, units):
    pieces = cut_ucs2(encode_ucs2(text), 2 * units)
    assert all(len(piece) <= 2 * units for piece in pieces)
    assert "".join(decode_ucs2(piece) for piece in pieces) == text


@pytest.mark.parametrize(
    ("data_coding", "coding"),
    [
        pytest.param(0x00, Coding.DEFAULT, id="default"),
        pytest.param(0x03, Coding.LATIN_1, id="latin-1"),
        pytest.param(0x08, Coding.UCS_2, id="ucs-2"),
        pytest.param(0x10, Coding.DEFAULT, id="flash"),
        pytest.param(0x18, Coding.UCS_2, id="flash in ucs-2"),
        pytest.param(0xF0, Coding.DEFAULT, id="class 0"),
        pytest.param(0xF5, Coding.BINARY, id="eight bits, class 1"),
        pytest.param(0xE0, Coding.UCS_2, id="message waiting"),
    ],
)
def test_data_coding(data_coding, coding):
    assert coding_of(data_coding) is coding


@pytest.mark.parametrize(
    ("octets", "data_coding", "alphabet"),
    [
        pytest.param("één".encode("latin-1"), 3, Alphabet.GSM_7, id="latin-1 by its data_coding"),
        pytest.param("één".encode("latin-1"), 0, Alphabet.LATIN_1, id="latin-1 by the account"),
        pytest.param(
            "één".encode("latin-1"), 0, Alphabet.GSM_7, id="latin-1 although the account says GSM-7"
        ),
        pytest.param(encode_gsm7("één"), 0, Alphabet.GSM_7, id="gsm-7"),
        pytest.param(pack(encode_gsm7("één")), 0, Alphabet.GSM_7_PACKED, id="gsm-7 packed"),
        pytest.param(encode_gsm7("één"), 1, Alphabet.LATIN_1, id="gsm-7 that calls itself ascii"),
        pytest.param(encode_ucs2("één"), 8, Alphabet.GSM_7, id="ucs-2"),
        pytest.param(encode_ucs2("één"), 0, Alphabet.UCS_2, id="ucs-2 by the account"),
    ],
)
def test_the_same_word_however_the_carrier_writes_it(octets, data_coding, alphabet):
    assert decode(octets, data_coding, alphabet) == "één"
