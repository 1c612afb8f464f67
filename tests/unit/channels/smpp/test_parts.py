"""Long texts: what is cut for a carrier is put together again, in whatever order and however often it comes."""

import re
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.smpp import pdu
from yesword.channels.smpp.alphabets import Alphabet, decode
from yesword.channels.smpp.parts import (
    MISSING,
    Content,
    KeptInMemory,
    KeptPart,
    LongTexts,
    PartKey,
    Place,
    TooLongError,
    assemble,
    content_of,
    current,
    joined,
    parts_of,
)
from yesword.channels.smpp.pdu import ShortMessage
from yesword.domain.text import measure

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
KEY = PartKey(account="main", number="+46701200001", to_address="800123", reference=7, total=3)
GSM = "abc éà€[]{}|^~\\ÄÖ\n"


def long(alphabet):
    """Chance alone seldom writes more than a segment."""
    start = st.text(alphabet, min_size=1, max_size=30)
    return st.builds(lambda start, times, end: start * times + end, start, st.integers(0, 30), start)


texts = st.one_of(
    st.text(max_size=400), long(st.sampled_from(GSM)), long(st.sampled_from("aé👩ß")), long(st.characters())
)


def received(part):
    """A part as a carrier brings it on."""
    body = bytes((0, 0, 0)) + b"\0\0\0\0"
    message = pdu.read_short_message(
        body
        + bytes((part.esm_class, 0, 0, 0, 0, 0, 0, part.data_coding, 0, len(part.content)))
        + part.content
        + part.tlvs
    )
    return content_of(message), message.data_coding


@pytest.mark.parametrize("long_texts", LongTexts)
@pytest.mark.parametrize("alphabet", Alphabet)
@given(text=texts, reference=st.integers(0, 100_000))
def test_a_text_comes_through_every_alphabet_and_way(text, alphabet, long_texts, reference):
    parts = parts_of(text, alphabet=alphabet, long_texts=long_texts, reference=reference)
    got = [received(part) for part in parts]
    pieces = [
        decode(content.octets, coding, alphabet, fill_bits=content.fill_bits) for content, coding in got
    ]
    whole = "".join(pieces).encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
    if alphabet is Alphabet.GSM_7_PACKED:  # a carriage return at the border of an octet may be doubled
        whole, text = re.sub("\r+", "\r", whole), re.sub("\r+", "\r", text)
    assert whole == text
    if len(parts) > 1:
        assert [content.place.number for content, _ in got] == list(range(1, len(parts) + 1))
        assert {(c.place.total, c.place.reference) for c, _ in got} == {
            (len(parts), reference & (0xFF if long_texts is LongTexts.UDH_8 else 0xFFFF))
        }


@pytest.mark.parametrize("alphabet", [Alphabet.GSM_7, Alphabet.GSM_7_PACKED])
@given(text=texts)
def test_as_many_parts_are_sent_as_the_domain_counts_segments(text, alphabet):
    parts = parts_of(text, alphabet=alphabet, long_texts=LongTexts.UDH_8, reference=1)
    assert len(parts) == measure(text).segments


@pytest.mark.parametrize("long_texts", LongTexts)
@given(text=texts)
def test_no_part_is_longer_than_the_air_allows(text, long_texts):
    for part in parts_of(text, alphabet=Alphabet.GSM_7_PACKED, long_texts=long_texts, reference=1):
        assert len(part.content) <= 140


def test_a_header_of_one_octet_as_a_phone_reads_it():
    first, second = parts_of("x" * 161, alphabet=Alphabet.GSM_7, long_texts=LongTexts.UDH_8, reference=0x1AB)
    assert first.content == bytes.fromhex("050003ab0201") + b"x" * 153
    assert second.content == bytes.fromhex("050003ab0202") + b"x" * 8
    assert first.esm_class == second.esm_class == 0x40


def test_in_a_header_before_packed_septets_one_bit_is_filled():
    first, _ = parts_of("x" * 161, alphabet=Alphabet.GSM_7_PACKED, long_texts=LongTexts.UDH_8, reference=1)
    assert len(first.content) == 140
    assert received(first)[0].fill_bits == 1


@pytest.mark.parametrize("sign", ["x" * 153 * 256, "é👩" * 67 * 256])
def test_more_parts_than_can_be_counted_are_refused(sign):
    with pytest.raises(TooLongError):
        parts_of(sign, alphabet=Alphabet.GSM_7, long_texts=LongTexts.UDH_16, reference=1)


def message(content, *, esm_class=0x40, tlvs=None):
    return ShortMessage(
        source="1",
        source_ton=1,
        source_npi=1,
        destination="2",
        destination_ton=3,
        destination_npi=0,
        esm_class=esm_class,
        data_coding=0,
        content=content,
        tlvs=tlvs or {},
    )


@pytest.mark.parametrize(
    ("given_message", "content"),
    [
        pytest.param(
            message(bytes.fromhex("0605040b8423f0") + b"x"),
            Content(octets=b"x", fill_bits=0),
            id="a header for ports only",
        ),
        pytest.param(
            message(bytes.fromhex("0a05000b8423f0") + b"x"),
            Content(octets=bytes.fromhex("0a05000b8423f0") + b"x"),
            id="a header that is longer than the text",
        ),
        pytest.param(
            message(b"\x05\x00\x03\x01\x00\x01x"), Content(octets=b"x", fill_bits=1), id="of no parts"
        ),
        pytest.param(
            message(b"\x05\x00\x03\x01\x02\x03x"), Content(octets=b"x", fill_bits=1), id="the third of two"
        ),
        pytest.param(message(b""), Content(octets=b""), id="no content"),
        pytest.param(
            message(
                b"x",
                esm_class=0,
                tlvs={
                    pdu.SAR_MSG_REF_NUM: b"\x01\x02",
                    pdu.SAR_TOTAL_SEGMENTS: b"\x02",
                    pdu.SAR_SEGMENT_SEQNUM: b"\x01",
                },
            ),
            Content(octets=b"x", place=Place(reference=0x102, total=2, number=1)),
            id="by parameters",
        ),
        pytest.param(
            message(b"x", esm_class=0, tlvs={pdu.SAR_MSG_REF_NUM: b"\x01\x02"}),
            Content(octets=b"x"),
            id="by half of the parameters",
        ),
    ],
)
def test_headers_and_what_is_made_of_odd_ones(given_message, content):
    assert content_of(given_message) == content


@given(
    st.binary(max_size=200),
    st.integers(0, 255),
    st.dictionaries(st.integers(0x20C, 0x20F), st.binary(max_size=3)),
)
def test_any_header_can_be_taken_off(content, esm_class, tlvs):
    content_of(message(content, esm_class=esm_class, tlvs=tlvs))


def part(number, *, text=None, at=AT, provider_id=None):
    return KeptPart(
        key=KEY, number=number, text=text or f"<{number}>", provider_id=provider_id or f"id{number}", at=at
    )


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])), ids=str)
def test_parts_come_in_any_order_and_the_text_has_the_id_of_the_first_to_come(order):
    keeping = KeptInMemory()
    for index, number in enumerate(order):
        new = part(number, at=AT + timedelta(seconds=index))
        whole = assemble(keeping.kept(KEY), new)
        if index < 2:
            assert whole is None
            keeping.keep([new])
            keeping.keep([new])  # brought twice
    assert whole.text == "<1><2><3>"
    assert whole.provider_id == f"id{order[0]}"
    again = assemble(keeping.kept(KEY), part(order[2], at=AT + timedelta(minutes=1)))
    assert again.provider_id == whole.provider_id, "the last part brought again is the same text"


def test_a_reference_that_comes_round_again_does_not_mix_two_texts():
    old = [part(1, text="old", at=AT), part(2, text="old", at=AT)]
    new = part(3, text="new", at=AT + timedelta(hours=2))
    assert assemble(old, new) is None
    assert current(old, new) == [new]


def test_what_came_of_a_text_whose_rest_did_not_is_still_readable():
    assert joined([part(3), part(1)]).text == f"<1>{MISSING}<3>"


def test_a_surrogate_pair_that_a_phone_cut_in_two_is_one_character_again():
    assert joined([part(1, text="\ud83d"), part(2, text="\ude00"), part(3)]).text == "😀<3>"
