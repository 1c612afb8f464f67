"""Delivery reports: the dialects of their text, their parameters, and ids that change between taking and reporting."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.ports import ReportState
from yesword.channels.smpp import pdu
from yesword.channels.smpp.pdu import ShortMessage
from yesword.channels.smpp.reports import (
    IdForm,
    Report,
    form_that_fits,
    is_report,
    moment,
    read,
    reported_id,
    submitted_id,
)

DELIVERED, FAILED, EXPIRED, REJECTED, UNKNOWN = ReportState
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def deliver(text="", *, esm_class=0x04, tlvs=None):
    return ShortMessage(
        source="31612345678",
        source_ton=1,
        source_npi=1,
        destination="800123",
        destination_ton=3,
        destination_npi=0,
        esm_class=esm_class,
        data_coding=0,
        content=text if isinstance(text, bytes) else text.encode("latin-1"),
        tlvs=tlvs or {},
    )


STANDARD = "id:0123456789 sub:001 dlvrd:001 submit date:2611231000 done date:2611231001 stat:DELIVRD err:000 text:Hej"


@pytest.mark.parametrize(
    ("text", "report_id", "state", "error"),
    [
        pytest.param(STANDARD, "0123456789", DELIVERED, None, id="as in the specification"),
        pytest.param(STANDARD.upper().replace("HEJ", ""), "0123456789", DELIVERED, None, id="in capitals"),
        pytest.param(
            "id: 7f-3a sub: 001 dlvrd: 000 submit date: 261123100005 done date: 261123100102 stat: UNDELIV err: 1B text: ",
            "7f-3a",
            FAILED,
            "1B",
            id="with blanks and seconds",
        ),
        pytest.param(
            "id:9 submit_date:20261123100005 done_date:20261123100102 stat:EXPIRED err:254",
            "9",
            EXPIRED,
            "254",
            id="with underscores and the century, without counts",
        ),
        pytest.param("id:9 stat:REJECTD", "9", REJECTED, None, id="only what is needed"),
        pytest.param(
            "stat=UNKNOWN, id=9, err=0", "9", UNKNOWN, None, id="in another order, with equal signs"
        ),
        pytest.param("id:9 stat:DELETED err:5", "9", FAILED, "5", id="deleted"),
        pytest.param("id:9 stat:ACCEPTD err:000", "9", None, None, id="accepted, so still on its way"),
        pytest.param("id:9 stat:ENROUTE err:000", "9", None, None, id="on its way"),
        pytest.param("id:9 stat:WHATEVER err:000", "9", UNKNOWN, None, id="a word that nobody knows"),
        pytest.param("id:9 sub:001", "9", UNKNOWN, None, id="no state at all"),
        pytest.param(
            "id:9 stat:DELIVRD err:000 text:id:66 stat:UNDELIV",
            "9",
            DELIVERED,
            None,
            id="a person's words at the end",
        ),
        pytest.param(STANDARD.encode("utf-16-be"), "0123456789", DELIVERED, None, id="in UCS-2"),
    ],
)
def test_dialects_of_the_text(text, report_id, state, error):
    report = read(deliver(text))
    assert (report.id, report.state, report.error) == (report_id, state, error)


def test_the_parameters_go_before_the_text():
    report = read(
        deliver(
            STANDARD,
            tlvs={
                pdu.RECEIPTED_MESSAGE_ID: b"75bcd15\0",
                pdu.MESSAGE_STATE: b"\x05",
                pdu.NETWORK_ERROR_CODE: b"\x03\x00\x1b",
            },
        )
    )
    assert (report.id, report.state, report.error) == ("75bcd15", FAILED, "absent_subscriber")


@pytest.mark.parametrize(
    ("number", "state"),
    [(1, None), (2, DELIVERED), (3, EXPIRED), (4, FAILED), (5, FAILED), (6, None), (7, UNKNOWN), (8, REJECTED), (99, UNKNOWN)],
)  # fmt: skip
def test_states_by_parameter(number, state):
    tlvs = {pdu.RECEIPTED_MESSAGE_ID: b"a\0", pdu.MESSAGE_STATE: bytes((number,))}
    assert read(deliver(tlvs=tlvs)).state is state


@pytest.mark.parametrize(
    ("code", "error"),
    [
        pytest.param(b"\x03\x00\x01", "unknown_subscriber", id="a cause that we name"),
        pytest.param(b"\x03\x01\x01", "3-257", id="a cause that we do not name"),
        pytest.param(b"\x01\x00\x01", "1-1", id="another kind of network"),
        pytest.param(b"\x03\x00\x00", None, id="no cause"),
        pytest.param(b"\x03", None, id="too short"),
    ],
)
def test_causes_of_the_network(code, error):
    tlvs = {pdu.RECEIPTED_MESSAGE_ID: b"a", pdu.MESSAGE_STATE: b"\x05", pdu.NETWORK_ERROR_CODE: code}
    assert read(deliver(tlvs=tlvs)).error == error


def test_an_intermediate_notice_is_never_an_end():
    assert is_report(deliver(STANDARD, esm_class=0x20))
    assert read(deliver(STANDARD, esm_class=0x20)).state is None


def test_what_names_no_message_is_no_report():
    assert read(deliver("stat:DELIVRD err:000")) is None
    assert read(deliver()) is None


@pytest.mark.parametrize("text", [STANDARD, "STOP"])
def test_without_the_flag_a_text_is_a_persons_unless_the_account_says_otherwise(text):
    assert not is_report(deliver(text, esm_class=0))
    assert is_report(deliver(text, esm_class=0), without_flag=True) == (text == STANDARD)


def test_a_stop_that_quotes_a_report_stays_a_stop():
    assert not is_report(deliver("STOP " + STANDARD, esm_class=0), without_flag=True)


@pytest.mark.parametrize(
    ("form", "given_id", "told"),
    [
        pytest.param(IdForm.DECIMAL, "0000123", "123", id="zeros lost"),
        pytest.param(IdForm.DECIMAL, "123", "000123", id="zeros won"),
        pytest.param(IdForm.HEX, "00AbC", "ABC", id="hex in another case"),
        pytest.param(IdForm.HEX_THEN_DECIMAL, "0x7B", "123", id="hex, then decimal"),
        pytest.param(IdForm.HEX_THEN_DECIMAL, "7b", "0000000123", id="hex, then decimal with zeros"),
        pytest.param(IdForm.DECIMAL_THEN_HEX, "123", "7B", id="decimal, then hex"),
        pytest.param(IdForm.AS_IS, " a-17 ", "a-17", id="blanks around it"),
        pytest.param(IdForm.HEX, "not-hex", "not-hex", id="no number at all"),
        pytest.param(IdForm.DECIMAL, "1" * 200, "1" * 200, id="too long for a number"),
    ],
)
def test_an_id_is_the_same_when_taken_and_when_reported(form, given_id, told):
    assert submitted_id(given_id, form) == reported_id(told, form)


@given(st.integers(0, 1 << 80), st.integers(0, 5))
def test_numbers_meet_in_every_form(number, zeros):
    lead = "0" * zeros
    for form in IdForm:
        base_given = "x" if form in {IdForm.HEX, IdForm.HEX_THEN_DECIMAL} else "d"
        base_told = "X" if form in {IdForm.HEX, IdForm.DECIMAL_THEN_HEX} else "d"
        if form is not IdForm.AS_IS:
            assert submitted_id(f"{number:{base_given}}", form) == reported_id(
                f"{lead}{number:{base_told}}", form
            )


@pytest.mark.parametrize(
    ("submitted", "reported", "form"),
    [
        pytest.param(["a1", "a2"], ["a2"], IdForm.AS_IS, id="unchanged"),
        pytest.param(["0017", "0018"], ["17", "18"], IdForm.DECIMAL, id="zeros lost"),
        pytest.param(["1F", "2F"], ["31", "47"], IdForm.HEX_THEN_DECIMAL, id="hex, then decimal"),
        pytest.param(["31", "47"], ["1F", "2f"], IdForm.DECIMAL_THEN_HEX, id="decimal, then hex"),
        pytest.param(["00af"], ["AF"], IdForm.HEX, id="hex"),
        pytest.param(["1", "2"], ["99"], None, id="nothing fits"),
        pytest.param(["1"], [], None, id="no report yet"),
    ],
)
def test_the_form_of_a_carrier_can_be_told_from_samples(submitted, reported, form):
    assert form_that_fits(submitted, reported) is form


@pytest.mark.parametrize(
    ("done_at", "at"),
    [
        pytest.param(None, NOW, id="not said"),
        pytest.param(NOW - timedelta(hours=1), NOW - timedelta(hours=1), id="an hour ago"),
        pytest.param(NOW + timedelta(hours=1), NOW, id="a clock that is ahead"),
        pytest.param(NOW - timedelta(days=90), NOW, id="long ago, which cannot be"),
        pytest.param(
            datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1))),
            NOW - timedelta(hours=1),
            id="in the carrier's zone",
        ),
    ],
)
def test_when_it_happened(done_at, at):
    assert moment(Report(id="1", state=DELIVERED, done_at=done_at), NOW) == at


def test_times_with_and_without_seconds_and_nonsense():
    assert read(deliver("id:1 done date:2611231001 stat:DELIVRD")).done_at == datetime(
        2026, 11, 23, 10, 1, tzinfo=UTC
    )
    assert read(deliver("id:1 done date:261123100130 stat:DELIVRD")).done_at.second == 30
    assert read(deliver("id:1 done date:9999999999 stat:DELIVRD")).done_at is None


@given(
    st.binary(max_size=200),
    st.integers(0, 255),
    st.dictionaries(st.sampled_from([0x1E, 0x423, 0x427]), st.binary(max_size=5)),
)
def test_nothing_that_comes_can_hurt(content, esm_class, tlvs):
    message = deliver(content, esm_class=esm_class, tlvs=tlvs)
    is_report(message, without_flag=True)
    read(message)
