"""What the wire reads along: texts that are written, and texts of people that are acknowledged."""

from yesword.channels.simulator.smsc import REFERENCE
from yesword.channels.smpp import pdu
from yesword.channels.smpp.pdu import ShortMessage
from yesword.faults.tap import Tap


def short(**changes: object) -> bytes:
    told = {
        "source": "800123",
        "source_ton": 3,
        "source_npi": 0,
        "destination": "31611000003",
        "destination_ton": 1,
        "destination_npi": 1,
        "esm_class": 0,
        "data_coding": 0,
        "content": b"hello",
    } | changes
    return pdu.short_message_body(ShortMessage(**told))


def submit(reference: int) -> bytes:
    return pdu.pdu(pdu.SUBMIT_SM, 4, short(tlvs={REFERENCE: str(reference).encode()}))


def brought(text: str, sequence: int, esm_class: int = 0) -> bytes:
    body = short(esm_class=esm_class, tlvs={pdu.RECEIPTED_MESSAGE_ID: text.encode() + b"\0"})
    return pdu.pdu(pdu.DELIVER_SM, sequence, body)


def answer(sequence: int, status: int = 0) -> bytes:
    return pdu.pdu(pdu.DELIVER_SM | pdu.RESPONSE, sequence, b"\0", status=status)


def test_a_text_is_written_once_its_last_byte_is_there() -> None:
    tap, data = Tap(), submit(81)
    assert tap.from_us(data[:-1]) == ([], [])
    assert tap.from_us(data[-1:]) == ([{"event": "written", "ref": 81, "to": "+31611000003"}], [])


def test_a_text_of_a_person_is_acknowledged_by_its_own_id() -> None:
    tap = Tap()
    tap.from_peer(brought("a1", 11) + brought("a2", 12))
    assert tap.from_us(answer(12)) == ([], [{"event": "answered", "id": "a2"}])


def test_try_again_is_no_acknowledgement() -> None:
    tap = Tap()
    tap.from_peer(brought("a1", 11))
    assert tap.from_us(answer(11, status=0x64)) == ([], [])
    tap.from_peer(brought("a1", 13))
    assert tap.from_us(answer(13)) == ([], [{"event": "answered", "id": "a1"}])


def test_delivery_reports_are_no_texts_of_people() -> None:
    tap = Tap()
    tap.from_peer(brought("a1", 11, esm_class=0x04))
    assert tap.from_us(answer(11)) == ([], [])


def test_what_makes_no_sense_is_passed_over() -> None:
    assert Tap().from_us(b"GET / HTTP/1.1\r\n\r\n") == ([], [])
