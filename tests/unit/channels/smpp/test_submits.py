"""What a text becomes on the wire, read by an implementation that is not ours."""

from datetime import UTC, datetime

import pytest
import smpp34
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels import HandOver
from yesword.channels.smpp import Reports, SmppAccount, pdu
from yesword.channels.smpp.alphabets import Alphabet, decode
from yesword.channels.smpp.submits import Submits
from yesword.domain.decisions import Decision, Verdict

APPROVED = Decision(verdict=Verdict.SEND, at=datetime(2026, 3, 1, 9, tzinfo=UTC))


def submits(**settings):
    account = SmppAccount(name="main", host="localhost", system_id="linde", password="secret", **settings)
    return Submits(account)


def handover(text="Hej!", number="+31612345678", sender="800123"):
    return HandOver(message_id=7, attempt_id=8, sender=sender, number=number, text=text, decision=APPROVED)


def read(bodies):
    return [smpp34.decode(pdu.pdu(pdu.SUBMIT_SM, 1, body)) for body in bodies]


def test_every_field_of_a_short_text():
    (theirs,) = read(submits(validity_s=300).bodies(handover()))
    assert (theirs.source_addr_ton, theirs.source_addr_npi, theirs.source_addr) == (3, 0, "800123")
    assert (theirs.dest_addr_ton, theirs.dest_addr_npi, theirs.destination_addr) == (1, 1, "31612345678")
    assert (theirs.esm_class, theirs.data_coding, theirs.registered_delivery) == (0, 0, 1)
    assert (theirs.validity_period, theirs.schedule_delivery_time) == ("000000000500000R", "")
    assert (theirs.short_message, theirs.tlvs) == (b"Hej!", [])


@given(
    text=st.text(alphabet="abcé€[ \n", max_size=170),
    number=st.from_regex(r"\+[1-9][0-9]{6,14}|[0-9]{3,12}", fullmatch=True),
    sender=st.sampled_from(["800123", "+31612345670", "Linde"]),
    validity=st.none() | st.integers(60, 86_400),
)
def test_the_quick_way_and_the_long_way_write_the_same(text, number, sender, validity):
    made = submits(validity_s=validity)
    each = handover(text, number, sender)
    quick = made.bodies(each)
    if len(quick) == 1:
        assert quick == made._any(each)


def test_a_report_is_asked_for_with_the_last_part_only():
    parts = read(submits().bodies(handover("x" * 400)))
    assert [part.registered_delivery for part in parts] == [0, 0, 1]
    assert {part.esm_class for part in parts} == {0x40}
    assert len({part.short_message[3] for part in parts}) == 1


def test_two_long_texts_have_two_references():
    made = submits()
    first, second = (read(made.bodies(handover("x" * 161)))[0].short_message[3] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(("reports", "asked"), [(Reports.NONE, 0), (Reports.ALL, 1), (Reports.FAILURES, 2)])
def test_the_wish_for_reports(reports, asked):
    assert read(submits(reports=reports).bodies(handover()))[0].registered_delivery == asked


def test_our_own_reference_goes_along_where_the_account_names_a_place():
    (theirs,) = read(submits(reference_tag=0x1400).bodies(handover()))
    assert [(tlv.tag, tlv.value) for tlv in theirs.tlvs] == [(0x1400, b"7")]


@given(st.builds(lambda start, times: start * times, st.text(max_size=30), st.integers(1, 20)))
def test_any_text_can_be_read_by_another_implementation(text):
    parts = read(submits().bodies(handover(text)))
    pieces = [
        decode(
            part.short_message[6:] if part.esm_class else part.short_message, part.data_coding, Alphabet.GSM_7
        )
        for part in parts
    ]
    assert "".join(pieces) == text


def test_a_null_in_a_sender_does_not_move_the_fields():
    (theirs,) = read(submits().bodies(handover(sender="Lin\0de")))
    assert (theirs.source_addr, theirs.short_message) == ("Linde", b"Hej!")
