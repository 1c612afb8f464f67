"""Taking in: acknowledged only when it is safe, put together across binds and restarts, and never lost for its form."""

import threading

import pytest

from yesword.channels import DeliveryReport, InboundText, ReportState
from yesword.channels.smpp import (
    Binding,
    BindKind,
    Binds,
    IdForm,
    KeptInMemory,
    ReportDialect,
    SmppChannel,
    SmppReceiver,
    pdu,
)
from yesword.channels.smpp.alphabets import Alphabet, encode_gsm7, encode_ucs2
from yesword.channels.smpp.parts import LongTexts, parts_of

OK, TEMPORARY = 0, 0x64
NUMBER = "31612345678"


def deliver(sequence, content, *, coding=0, esm_class=0, tlvs=b"", number=NUMBER):
    body = (
        b"\0\x01\x01"
        + number.encode()
        + b"\0\x03\x00"
        + b"800123\0"
        + bytes((esm_class, 0, 0, 0, 0, 0, 0, coding, 0, len(content)))
        + content
        + tlvs
    )
    return pdu.pdu(pdu.DELIVER_SM, sequence, body)


def parts(text, *, long_texts=LongTexts.UDH_8, reference=7, first=1):
    made = parts_of(text, alphabet=Alphabet.GSM_7, long_texts=long_texts, reference=reference)
    return [
        deliver(n, part.content, coding=part.data_coding, esm_class=part.esm_class, tlvs=part.tlvs)
        for n, part in enumerate(made, start=first)
    ]


def answers(peer, count):
    """Status by sequence number."""
    frames = [peer.next(pdu.DELIVER_SM | pdu.RESPONSE) for _ in range(count)]
    return {frame[2]: frame[1] for frame in frames}


class Inbox:
    """A handler that remembers, and takes what it is told to."""

    def __init__(self, takes=lambda _: True):
        self.items = []
        self.takes = takes

    def __call__(self, items):
        self.items += items
        return [self.takes(item) for item in items]


@pytest.fixture
def pairs(account):
    return lambda **settings: account(binding=Binding.PAIRS, **settings)


def test_a_text_is_acknowledged_after_the_handler_has_it(door, pairs, in_background):
    handling, may_return = threading.Event(), threading.Event()

    def slow(items):
        handling.set()
        assert may_return.wait(10)
        return [True] * len(items)

    with in_background(SmppReceiver(pairs(), keeping=KeptInMemory()), slow):
        peer = door.accept()
        assert peer.asked[0] == pdu.BIND_RECEIVER
        peer.send(deliver(1, b"STOP"))
        assert handling.wait(10)
        peer.sock.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.sock.recv(1)
        peer.sock.settimeout(10)
        may_return.set()
        assert answers(peer, 1) == {1: OK}


def test_what_cannot_be_stored_is_asked_for_again_and_the_rest_of_the_batch_is_not(
    door, pairs, in_background
):
    inbox = Inbox(lambda item: "full" not in item.text)
    with in_background(SmppReceiver(pairs(), keeping=KeptInMemory()), inbox):
        peer = door.accept()
        peer.send(deliver(1, b"STOP"), deliver(2, b"disk full"), deliver(3, b"JA"))
        assert answers(peer, 3) == {1: OK, 2: TEMPORARY, 3: OK}
        inbox.takes = lambda _: True
        peer.send(deliver(4, b"disk full"))
        assert answers(peer, 1) == {4: OK}
        peer.send(deliver(5, b"STOP"), deliver(6, b"STOP"))
        assert answers(peer, 2) == {5: OK, 6: OK}
    texts = [(item.text, item.provider_id) for item in inbox.items]
    assert texts[1] == texts[3], "brought again, it is the same text"
    stops = {text_id for text, text_id in texts if text == "STOP"}
    assert len(stops) == 3, "said again, it is another"


def test_a_handler_that_breaks_acknowledges_nothing(door, pairs, threads):
    def broken(_items):
        raise RuntimeError("disk full")

    running = threads.submit(SmppReceiver(pairs(), keeping=KeptInMemory()).run, broken, threading.Event())
    peer = door.accept()
    peer.send(deliver(1, b"STOP"))
    with pytest.raises(RuntimeError, match="disk full"):
        running.result()
    assert pdu.DELIVER_SM | pdu.RESPONSE not in peer.last_words()


@pytest.mark.parametrize("long_texts", [LongTexts.UDH_8, LongTexts.UDH_16, LongTexts.SAR])
def test_a_long_text_arrives_whole_over_two_binds_and_a_restart(long_texts, door, pairs, in_background):
    text = "Please stop sending me these texts. " * 10
    first, second, third = parts(text, long_texts=long_texts)
    keeping, inbox = KeptInMemory(), Inbox()
    with in_background(SmppReceiver(pairs(binds=2), keeping=keeping), inbox):
        one, two = door.accept(), door.accept()
        one.send(third)
        assert answers(one, 1) == {3: OK}, "a part is acknowledged when it is kept"
        two.send(first)
        assert answers(two, 1) == {1: OK}
        assert inbox.items == []
    with in_background(SmppReceiver(pairs(), keeping=keeping), inbox):
        peer = door.accept()
        peer.send(second)
        assert answers(peer, 1) == {2: OK}
    (item,) = inbox.items
    assert (item.text, item.sender_number, item.to_address) == (text, f"+{NUMBER}", "800123")


def test_a_whole_text_that_is_not_taken_keeps_its_id_when_its_last_part_comes_again(
    door, pairs, in_background
):
    inbox, keeping = Inbox(lambda _: False), KeptInMemory()
    with in_background(SmppReceiver(pairs(), keeping=keeping), inbox):
        peer = door.accept()
        frames = parts("x" * 200)
        peer.send(*frames)
        assert answers(peer, 2) == {1: OK, 2: TEMPORARY}
        inbox.takes = lambda _: True
        peer.send(frames[1])
        assert answers(peer, 1) == {2: OK}
        peer.send(*parts("y" * 200, first=5))
        assert answers(peer, 2) == {5: OK, 6: OK}
    assert keeping._texts == {}, "what is done is forgotten"
    first, again, other = inbox.items
    assert (first.text, first.provider_id) == (again.text, again.provider_id)
    assert other.text == "y" * 200, "the same reference again, after the first text was done"


def test_a_part_that_cannot_be_kept_is_asked_for_again(door, pairs, in_background):
    class Full(KeptInMemory):
        def keep(self, parts):
            raise OSError("no space left")

    with in_background(SmppReceiver(pairs(), keeping=Full()), Inbox()):
        peer = door.accept()
        peer.send(parts("x" * 200)[0], deliver(9, b"STOP"))
        assert answers(peer, 2) == {1: TEMPORARY, 9: OK}


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        pytest.param(deliver(1, encode_gsm7("één [x]")), "één [x]", id="gsm-7"),
        pytest.param(deliver(1, encode_ucs2("ja 👍"), coding=8), "ja 👍", id="ucs-2"),
        pytest.param(deliver(1, "één".encode("latin-1"), coding=3), "één", id="latin-1"),
        pytest.param(
            deliver(1, b"", tlvs=pdu.tlv(pdu.MESSAGE_PAYLOAD, b"x" * 700)), "x" * 700, id="as payload"
        ),
        pytest.param(deliver(1, b""), "", id="empty"),
        pytest.param(
            pdu.pdu(
                pdu.DATA_SM,
                1,
                b"\0\x01\x01"
                + NUMBER.encode()
                + b"\0\x03\x00800123\0\0\0\0"
                + pdu.tlv(pdu.MESSAGE_PAYLOAD, b"JA"),
            ),
            "JA",
            id="in a data_sm",
        ),
    ],
)
def test_every_form_of_a_text(frame, text, door, pairs, in_background):
    inbox = Inbox()
    with in_background(SmppReceiver(pairs(), keeping=KeptInMemory()), inbox):
        peer = door.accept()
        peer.send(frame)
        answer = peer.next()
        assert answer[0] in {pdu.DELIVER_SM | pdu.RESPONSE, pdu.DATA_SM | pdu.RESPONSE}
        assert answer[1:] == (OK, 1, b"\0")
    (item,) = inbox.items
    assert isinstance(item, InboundText)
    assert item.text == text


def test_a_text_that_cannot_be_read_is_never_acknowledged_and_takes_no_other_with_it(
    door, pairs, in_background
):
    inbox = Inbox()
    with in_background(SmppReceiver(pairs(), keeping=KeptInMemory()), inbox):
        peer = door.accept()
        peer.send(pdu.pdu(pdu.DELIVER_SM, 1, b"\xff" * 40), deliver(2, b"STOP"))
        got = answers(peer, 2)
        assert got[1] != OK
        assert got[2] == OK
    assert [item.text for item in inbox.items] == ["STOP"]


def test_reports_are_brought_with_ids_as_the_channel_tells_them(door, pairs, in_background):
    settings = pairs(
        dialect=ReportDialect(id_form=IdForm.HEX_THEN_DECIMAL, errors={"027": "absent_subscriber"}),
        reference_tag=0x1400,
    )
    inbox = Inbox()
    report = "id:{} sub:001 dlvrd:000 submit date:2611231000 done date:2611231001 stat:{} err:{} text:"
    with in_background(SmppReceiver(settings, keeping=KeptInMemory()), inbox):
        peer = door.accept()
        peer.send(
            deliver(1, report.format("0255", "UNDELIV", "027").encode(), esm_class=4),
            deliver(2, report.format("0255", "ENROUTE", "000").encode(), esm_class=4),
            deliver(3, b"what is this", esm_class=4),
            deliver(
                4,
                b"",
                esm_class=4,
                tlvs=pdu.tlv(pdu.RECEIPTED_MESSAGE_ID, b"256\0")
                + pdu.tlv(pdu.MESSAGE_STATE, b"\x02")
                + pdu.tlv(0x1400, b"42"),
            ),
        )
        assert set(answers(peer, 4).values()) == {OK}, "what changes nothing is not brought for ever"
    assert all(isinstance(item, DeliveryReport) for item in inbox.items)
    assert [(item.provider_id, item.message_id, item.state, item.error_code) for item in inbox.items] == [
        ("255", None, ReportState.FAILED, "absent_subscriber"),
        ("256", 42, ReportState.DELIVERED, None),
    ]


def test_a_receiver_finds_its_carrier_again(door, pairs, in_background):
    inbox = Inbox()
    with in_background(SmppReceiver(pairs(), keeping=KeptInMemory()), inbox):
        door.accept().close()
        peer = door.accept()
        peer.send(deliver(1, b"STOP"))
        assert answers(peer, 1) == {1: OK}


def test_a_sign_in_that_is_refused_is_tried_again(door, pairs, in_background):
    with in_background(SmppReceiver(pairs(), keeping=KeptInMemory()), Inbox()):
        door.accept(status=0x0D)
        peer = door.accept()
        peer.send(deliver(1, b"STOP"))
        assert answers(peer, 1) == {1: OK}


def test_one_transceiver_carries_both_ways_at_once(door, account, threads, handovers, in_background):
    settings = account()
    binds = Binds(settings, BindKind.TRANSCEIVER)
    channel, inbox = SmppChannel(settings, binds=binds), Inbox()
    with in_background(SmppReceiver(settings, binds=binds, keeping=KeptInMemory()), inbox):
        peer = door.accept()
        assert peer.asked[0] == pdu.BIND_TRANSCEIVER
        outcomes = threads.submit(lambda: list(channel.submit(handovers(50))))
        for number in range(50):
            peer.answer(peer.next(pdu.SUBMIT_SM), message_id=f"m{number}")
            peer.send(deliver(1000 + number, b"text %d" % number))
        assert len({outcome.provider_id for outcome in outcomes.result()}) == 50
        got = {}
        while len(got) < 50:
            got |= answers(peer, 1)
        assert set(got.values()) == {OK}
        assert [item.text for item in inbox.items] == [f"text {number}" for number in range(50)]


def test_a_transceiver_that_nobody_listens_on_asks_for_texts_again(
    door, account, channels, threads, handovers
):
    channel = channels(account())
    outcomes = threads.submit(lambda: list(channel.submit(handovers(1))))
    peer = door.accept()
    frame = peer.next(pdu.SUBMIT_SM)
    peer.send(deliver(1, b"STOP"))
    assert answers(peer, 1) == {1: TEMPORARY}
    peer.answer(frame, message_id="a")
    outcomes.result()
