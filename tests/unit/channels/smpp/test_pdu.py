"""The codec: what it writes another implementation reads, and no stream of bytes can hurt it."""

import contextlib

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.smpp import pdu
from yesword.channels.smpp.pdu import Frames, PduError, ShortMessage

addresses = st.text(alphabet="0123456789+ABCxyz ", max_size=20)
octet = st.integers(0, 255)
tags = st.integers(0x1400, 0x3FFF)
messages = st.builds(
    ShortMessage,
    source=addresses,
    source_ton=octet,
    source_npi=octet,
    destination=addresses,
    destination_ton=octet,
    destination_npi=octet,
    esm_class=octet,
    data_coding=octet,
    registered_delivery=octet,
    content=st.binary(min_size=1, max_size=254),
    tlvs=st.dictionaries(tags, st.binary(max_size=40), max_size=4),
)


@given(messages)
def test_a_short_message_comes_back_as_it_was_written(message):
    assert pdu.read_short_message(pdu.short_message_body(message)) == message


@given(messages)
def test_another_implementation_reads_what_we_write(message):
    theirs = smpp34.decode(pdu.pdu(pdu.SUBMIT_SM, 7, pdu.short_message_body(message)))
    assert isinstance(theirs, smpp34.SubmitSm)
    assert (theirs.source_addr, theirs.destination_addr) == (message.source, message.destination)
    assert (theirs.source_addr_ton, theirs.source_addr_npi) == (message.source_ton, message.source_npi)
    assert (theirs.dest_addr_ton, theirs.dest_addr_npi) == (message.destination_ton, message.destination_npi)
    assert (theirs.esm_class, theirs.data_coding) == (message.esm_class, message.data_coding)
    assert theirs.registered_delivery == message.registered_delivery
    assert theirs.short_message == message.content
    assert {tlv.tag: tlv.value for tlv in theirs.tlvs} == message.tlvs


@given(messages)
def test_we_read_what_another_implementation_writes(message):
    theirs = smpp34.DeliverSm(
        message.source,
        message.destination,
        message.content,
        source_addr_ton=message.source_ton,
        source_addr_npi=message.source_npi,
        dest_addr_ton=message.destination_ton,
        dest_addr_npi=message.destination_npi,
        esm_class=message.esm_class,
        data_coding=message.data_coding,
        registered_delivery=message.registered_delivery,
        tlvs=[smpp34.Tlv(tag, value) for tag, value in message.tlvs.items()],
        sequence_number=9,
    )
    ((command, status, sequence, body),) = Frames().feed(theirs.encode())
    assert (command, status, sequence) == (pdu.DELIVER_SM, 0, 9)
    assert pdu.read_short_message(body) == message


def test_what_does_not_fit_the_field_goes_as_payload_and_is_read_from_there():
    message = ShortMessage(
        source="800123",
        source_ton=3,
        source_npi=0,
        destination="31612345678",
        destination_ton=1,
        destination_npi=1,
        esm_class=0,
        data_coding=8,
        content=b"\0x" * 300,
    )
    body = pdu.short_message_body(message)
    assert smpp34.decode(pdu.pdu(pdu.SUBMIT_SM, 1, body)).sm_length == 0
    assert pdu.read_short_message(body).content == message.content
    assert pdu.read_data(pdu.data_body(message)).content == message.content


@given(st.lists(st.tuples(octet, octet, st.binary(max_size=60)), max_size=12), st.data())
def test_frames_survive_any_cutting_of_the_stream(wanted, data):
    stream = b"".join(
        pdu.pdu(command, number, body, status)
        for number, (command, status, body) in enumerate(wanted, start=1)
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    frames, got = Frames(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += frames.feed(stream[start:end])
    assert got == [(command, status, n, body) for n, (command, status, body) in enumerate(wanted, start=1)]
    assert frames.fault is None


@pytest.mark.parametrize("length", [0, 15, pdu.LONGEST_PDU + 1, 0xFFFFFFFF])
def test_a_length_that_cannot_be_ends_the_stream_after_what_came_before(length):
    frames = Frames()
    good = pdu.pdu(pdu.ENQUIRE_LINK, 1)
    assert frames.feed(good + length.to_bytes(4, "big") + bytes(12) + good) == [(pdu.ENQUIRE_LINK, 0, 1, b"")]
    assert frames.fault is not None
    assert frames.feed(good) == [], "it never comes into step again"


@given(st.binary(max_size=300))
def test_any_body_is_read_or_refused_with_one_kind_of_error(body):
    for read in (
        pdu.read_short_message,
        pdu.read_data,
        pdu.read_bind,
        pdu.read_id,
        pdu.read_query_answer,
        pdu.read_status_text,
    ):
        with contextlib.suppress(PduError):
            read(body)


@given(messages, st.data())
def test_a_body_that_was_cut_short_is_refused_or_loses_only_parameters(message, data):
    body = pdu.short_message_body(message)
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    try:
        got = pdu.read_short_message(cut)
    except PduError:
        return
    assert got.content == message.content
    assert set(got.tlvs.items()) <= set(message.tlvs.items())


def test_a_null_in_a_name_does_not_move_the_fields_after_it():
    frame = pdu.bind(pdu.BIND_TRANSCEIVER, 1, system_id="li\0nde", password="secret", system_type="x")
    asked = pdu.read_bind(frame[16:])
    assert (asked.system_id, asked.password, asked.system_type) == ("linde", "secret", "x")
    assert asked.interface_version == 0x34
    assert "secret" not in repr(asked)


@pytest.mark.parametrize(
    ("body", "written"),
    [
        pytest.param(b"abc\0", "abc", id="as the specification has it"),
        pytest.param(b"abc", "abc", id="without its null"),
        pytest.param(b"", "", id="no body at all"),
        pytest.param(b"abc\0" + pdu.tlv(0x1400, b"x"), "abc", id="with a parameter behind it"),
    ],
)
def test_the_id_of_a_taken_text_is_read_however_it_is_written(body, written):
    assert pdu.read_id(body) == written


@pytest.mark.parametrize("start", [b"", b"\0", b"17\0"])
def test_the_words_of_a_refusal_are_found_with_and_without_an_id_before_them(start):
    told = pdu.tlv(pdu.ADDITIONAL_STATUS_INFO_TEXT, b"blocked by the person\0")
    assert pdu.read_status_text(start + told) == "blocked by the person"
    assert pdu.read_status_text(start) is None


def test_a_query_and_its_answer():
    frame = pdu.query(3, "a1", source="800123", ton=3, npi=0)
    assert frame[16:] == b"a1\0\x03\x00800123\0"
    answer = pdu.read_query_answer(b"a1\x00261123100000000+\x00\x02\x00")
    assert (answer.message_id, answer.state, answer.error) == ("a1", 2, 0)
