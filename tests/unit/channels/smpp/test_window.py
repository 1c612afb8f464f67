"""What waits while the socket takes nothing."""

import contextlib
import socket
from datetime import UTC, datetime

import pytest

from yesword.channels import HandOver, OutcomeStatus
from yesword.channels.smpp import SmppAccount, pdu
from yesword.channels.smpp.pdu import Frames
from yesword.channels.smpp.session import Session
from yesword.channels.smpp.submits import Submits
from yesword.channels.smpp.window import Window
from yesword.domain.decisions import Decision, Verdict

APPROVED = Decision(verdict=Verdict.SEND, at=datetime(2026, 3, 1, 9, tzinfo=UTC))
ACCOUNT = SmppAccount(name="main", host="localhost", system_id="linde", password="secret", window=100)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def handovers(count):
    return [
        HandOver(
            message_id=n, attempt_id=n, sender="800123", number="+46701200001", text="Hej!", decision=APPROVED
        )
        for n in range(1, count + 1)
    ]


def filled(sock):
    """Fill the socket to the last byte that it takes."""
    sent = 0
    for size in (65_536, 1):
        with contextlib.suppress(BlockingIOError):
            while True:
                sent += sock.send(bytes(size))
    return sent


def emptied(sock, count):
    while count:
        count -= len(sock.recv(min(count, 65_536)))


def test_what_a_full_socket_took_no_byte_of_can_still_be_recalled_or_written_later(ends):
    ours, theirs = ends
    window = Window(Session(ACCOUNT, ours), handovers(5), ACCOUNT, Submits(ACCOUNT))
    in_the_way = filled(ours)
    assert window.write(100) == 0
    assert not window.is_owed
    assert not window.may_write, "not before the socket takes something"
    back = window.give_back({2, 4})
    assert [(each.message_id, each.status) for each in back] == [
        (2, OutcomeStatus.UNWRITTEN),
        (4, OutcomeStatus.UNWRITTEN),
    ]
    emptied(theirs, in_the_way)
    assert window.write(100) == 3
    assert window.is_owed
    frames = Frames().feed(theirs.recv(65_536))
    assert [frame[0] for frame in frames] == [pdu.SUBMIT_SM] * 3
    theirs.sendall(b"".join(pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, frame[2], b"x\0") for frame in frames))
    window.read()
    assert [each.message_id for each in window.outcomes()] == [1, 3, 5]
    assert window.is_done


def test_a_sequence_number_is_never_used_beyond_the_last_one(ends):
    session = Session(ACCOUNT, ends[0])
    session._sequence = pdu.LAST_SEQUENCE - 5
    assert session.sequences(4) == pdu.LAST_SEQUENCE - 4
    assert session.sequences(4) == 1
    assert session.sequences(1) == 5


def test_the_rest_of_a_frame_goes_out_before_anything_else(ends):
    ours, theirs = ends
    session = Session(ACCOUNT, ours)
    in_the_way = filled(ours)
    session.control(pdu.pdu(pdu.ENQUIRE_LINK, 7))
    assert session.is_blocked
    assert not session.begin(pdu.pdu(pdu.SUBMIT_SM, 8)), "nothing new is begun meanwhile"
    session.control(pdu.pdu(pdu.UNBIND, 9))
    emptied(theirs, in_the_way)
    session.flush()
    assert [frame[::2] for frame in Frames().feed(theirs.recv(65_536))] == [
        (pdu.ENQUIRE_LINK, 7),
        (pdu.UNBIND, 9),
    ]


def test_a_carrier_that_reads_none_of_our_answers_is_left(ends):
    session = Session(ACCOUNT, ends[0])
    filled(ends[0])
    while session.lost is None:
        session.control(bytes(100_000))
    assert session.lost == "connection_lost"
