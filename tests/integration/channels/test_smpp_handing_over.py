"""Handing over to a carrier that answers oddly, late, in part or not at all."""

import contextlib
import socket
import threading
import time

import pytest

from yesword.channels import OutcomeStatus
from yesword.channels.ports import HandOverOpenError
from yesword.channels.smpp import Binding, IdForm, ReportDialect, pdu

ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
THROTTLE, QUEUE_FULL, SYSTEM_ERROR, BAD_SENDER = 0x58, 0x14, 0x08, 0x0A


def hand_over(channel, texts, recall=None):
    return list(channel.submit(texts, recall=recall))


def standing():
    """A clock on which no rest is ever over."""
    return 0.0


def wait_until(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)


def test_a_carrier_that_keeps_answering_one_by_one_does_not_hold_a_hand_over_for_ever(
    door, account, channels, threads, handovers, monkeypatch
):
    monkeypatch.setattr("yesword.channels.smpp.channel.LONGEST_ANSWER_S", 1.2)
    channel = channels(account(window=10))
    outcomes = threads.submit(hand_over, channel, handovers(5))
    peer = door.accept()
    submits = [peer.next(pdu.SUBMIT_SM) for _ in range(5)]
    for frame in submits:
        with contextlib.suppress(OSError):
            peer.answer(frame, message_id="a")
        time.sleep(0.4)
    got = [(each.status, each.error_code) for each in outcomes.result(10)]
    assert got[:1] == [(ACCEPTED, None)]
    assert got[-1:] == [(UNKNOWN, "no_answer")]


def test_what_a_slow_carrier_takes_while_its_first_answer_comes_can_be_under_way_at_once(
    door, account, channels, threads, handovers
):
    channel = channels(account(window=2))
    outcomes = threads.submit(hand_over, channel, handovers(4))
    peer = door.accept()
    for _ in range(2):
        pair = [peer.next(pdu.SUBMIT_SM) for _ in range(2)]
        time.sleep(0.5)
        peer.send(*(pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, frame[2], b"a\0") for frame in pair))
    assert len(outcomes.result()) == 4
    assert 0.5 <= channel.answers_in_s < 2
    assert 1 <= channel.takes_per_second * channel.answers_in_s <= 4, (
        "as many as the window is wide, or nearly"
    )


def test_answers_in_any_order_find_their_texts(door, account, channels, threads, handovers):
    channel = channels(account())
    outcomes = threads.submit(hand_over, channel, handovers(5))
    peer = door.accept()
    assert peer.asked[0] == pdu.BIND_TRANSCEIVER
    assert (peer.asked[1].system_id, peer.asked[1].password) == ("linde", "secret")
    submits = [peer.next(pdu.SUBMIT_SM) for _ in range(5)]
    for frame in reversed(submits):
        peer.answer(frame, message_id=f"id-{pdu.read_short_message(frame[3]).destination}")
    got = {outcome.message_id: outcome.provider_id for outcome in outcomes.result()}
    assert got == {index + 1: f"id-467012{index:05d}" for index in range(5)}


def test_no_more_is_written_than_the_window_allows(door, account, channels, threads, handovers):
    channel = channels(account(window=3))
    outcomes = threads.submit(hand_over, channel, handovers(7))
    peer = door.accept()
    while not outcomes.done():
        first = peer.next(pdu.SUBMIT_SM)
        assert len(peer.got) <= 2
        peer.answer(first, message_id="x")
        if pdu.read_short_message(first[3]).destination.endswith("6"):
            break
    assert {outcome.status for outcome in outcomes.result()} == {ACCEPTED}


@pytest.mark.parametrize("told", [THROTTLE, QUEUE_FULL], ids=["throttled", "queue full"])
def test_too_fast_is_given_back_with_all_that_waits_and_the_channel_rests(
    told, door, account, channels, threads, handovers
):
    channel = channels(account(window=2), clock=standing)
    outcomes = threads.submit(hand_over, channel, handovers(10))
    peer = door.accept()
    first, second = peer.next(pdu.SUBMIT_SM), peer.next(pdu.SUBMIT_SM)
    peer.send(
        pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, first[2], status=told),
        pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, second[2], b"a\0"),
    )
    got = outcomes.result()
    assert [outcome.status for outcome in got].count(ACCEPTED) == 1
    assert [outcome.status for outcome in got].count(THROTTLED) == 9
    assert channel.rests_s > 0


def test_a_fault_over_one_text_gives_back_that_text_and_holds_up_no_other(
    door, account, channels, threads, handovers
):
    channel = channels(account(window=1))
    outcomes = threads.submit(hand_over, channel, handovers(3))
    peer = door.accept()
    for told in (0, SYSTEM_ERROR, 0):
        peer.answer(peer.next(pdu.SUBMIT_SM), status=told, message_id="a")
    assert [outcome.status for outcome in outcomes.result()] == [ACCEPTED, THROTTLED, ACCEPTED]
    assert channel.rests_s == 0


def test_a_carrier_that_takes_nothing_for_faults_of_its_own_is_left_alone(
    door, account, channels, threads, handovers
):
    channel = channels(account(), clock=standing)
    outcomes = threads.submit(hand_over, channel, handovers(2))
    peer = door.accept()
    for _ in range(2):
        peer.answer(peer.next(pdu.SUBMIT_SM), status=SYSTEM_ERROR)
    assert [(o.status, o.error_code) for o in outcomes.result()] == [(THROTTLED, "carrier_error")] * 2
    assert channel.rests_s > 0


def test_a_refusal_has_our_code_and_the_carriers_words(door, account, channels, threads, handovers):
    channel = channels(account(own_codes={0x477: "opted_out"}))
    outcomes = threads.submit(hand_over, channel, handovers(2))
    peer = door.accept()
    told = pdu.tlv(pdu.ADDITIONAL_STATUS_INFO_TEXT, b"not registered\0")
    first, second = peer.next(pdu.SUBMIT_SM), peer.next(pdu.SUBMIT_SM)
    peer.send(
        pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, first[2], told, status=BAD_SENDER),
        pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, second[2], status=0x477),
    )
    sender, person = outcomes.result()
    assert (sender.status, sender.error_code) == (REFUSED, "invalid_sender")
    assert "ESME_RINVSRCADR" in sender.error_text
    assert "not registered" in sender.error_text
    assert (person.status, person.error_code) == (REFUSED, "opted_out")


def test_a_nack_of_one_text_refuses_it_and_one_of_nobody_knows_which_leaves_all_unknown(
    door, account, channels, threads, handovers
):
    channel = channels(account())
    outcomes = threads.submit(hand_over, channel, handovers(2))
    peer = door.accept()
    first = peer.next(pdu.SUBMIT_SM)
    peer.send(pdu.pdu(pdu.GENERIC_NACK, first[2], status=2), pdu.pdu(pdu.GENERIC_NACK, 0, status=2))
    assert [outcome.status for outcome in outcomes.result()] == [REFUSED, UNKNOWN]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="another protocol"),
        pytest.param(bytes(16), id="a length of nothing"),
        pytest.param(pdu.pdu(pdu.UNBIND, 9), id="goodbye"),
        pytest.param(b"", id="nothing, and it hangs up"),
    ],
)
def test_whatever_ends_a_bind_leaves_what_was_written_unknown_and_the_rest_unwritten(
    said, door, account, channels, threads, handovers
):
    channel = channels(account(window=4))
    outcomes = threads.submit(hand_over, channel, handovers(10))
    peer = door.accept()
    frames = [peer.next(pdu.SUBMIT_SM) for _ in range(4)]
    peer.send(pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, frames[0][2], b"a\0") + said)
    if not said:
        peer.close()
    assert {outcome.error_code for outcome in outcomes.result()} == {None, "connection_lost"}
    by_id = {outcome.message_id: outcome.status for outcome in outcomes.result()}
    assert by_id[1] is ACCEPTED
    assert [by_id[index] for index in (2, 3, 4)] == [UNKNOWN] * 3
    assert set(by_id.values()) == {ACCEPTED, UNKNOWN, UNWRITTEN}


def test_a_carrier_that_stops_answering_is_given_up(door, account, channels, threads, handovers):
    channel = channels(account(window=2, answer_timeout_s=1.0))
    outcomes = threads.submit(hand_over, channel, handovers(3))
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    got = outcomes.result()
    assert [(o.status, o.error_code) for o in got] == [
        (ACCEPTED, None),
        (UNKNOWN, "no_answer"),
        (UNKNOWN, "no_answer"),
    ]
    peer.last_words()


def test_a_carrier_that_reads_nothing_holds_up_no_recall(door, account, channels, threads, handovers):
    channel = channels(account(window=100_000, chunk=1_000, max_per_second=10_000_000, answer_timeout_s=1.5))
    sent = handovers(60_000, text="x" * 160)
    everything, may_recall = {each.message_id for each in sent}, threading.Event()

    def recall():
        return everything if may_recall.is_set() else frozenset()

    outcomes = threads.submit(hand_over, channel, sent, recall)
    door.accept()  # and then it never reads
    wait_until(lambda: any(session.is_blocked for session in channel._binds.live()))
    may_recall.set()
    got = outcomes.result()
    recalled = [each for each in got if each.error_code == "recalled"]
    assert len(recalled) > 10_000
    assert {each.status for each in got} == {UNWRITTEN, UNKNOWN}
    assert {each.message_id for each in got} == everything


# Long texts


def test_a_long_text_is_taken_when_all_its_parts_are_and_has_the_id_of_the_last(
    door, account, channels, threads, handovers
):
    channel = channels(account(window=2))  # smaller than the text
    outcomes = threads.submit(hand_over, channel, handovers(1, text="x" * 600))
    peer = door.accept()
    for number in range(1, 5):
        frame = peer.next(pdu.SUBMIT_SM)
        assert pdu.read_short_message(frame[3]).content[:6] == bytes((5, 0, 3, 1, 4, number))
        peer.answer(frame, message_id=f"part-{number}")
    (outcome,) = outcomes.result()
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "part-4")


def test_the_parts_that_were_too_fast_follow_and_the_others_are_not_sent_again(
    door, account, channels, threads, handovers
):
    channel = channels(account())
    outcomes = threads.submit(hand_over, channel, handovers(1, text="x" * 400))
    peer = door.accept()
    parts = [peer.next(pdu.SUBMIT_SM) for _ in range(3)]
    for frame, told in zip(parts, [0, THROTTLE, 0], strict=True):
        peer.answer(frame, status=told, message_id="a")
    again = peer.next(pdu.SUBMIT_SM)
    assert again[3] == parts[1][3]
    peer.answer(again, message_id="b")
    (outcome,) = outcomes.result()
    assert (outcome.status, outcome.provider_id) == (ACCEPTED, "a"), (
        "the last part's id, not the last answer's"
    )


def test_a_long_text_of_which_no_part_was_taken_may_be_given_back(
    door, account, channels, threads, handovers
):
    channel = channels(account(window=2))
    outcomes = threads.submit(hand_over, channel, handovers(1, text="x" * 400))
    peer = door.accept()
    for _ in range(2):
        peer.answer(peer.next(pdu.SUBMIT_SM), status=THROTTLE)
    (outcome,) = outcomes.result()
    assert outcome.status is THROTTLED


def test_a_long_text_of_which_a_part_was_refused_is_never_sent_again(
    door, account, channels, threads, handovers
):
    channel = channels(account(window=2))
    outcomes = threads.submit(hand_over, channel, handovers(1, text="x" * 400))
    peer = door.accept()
    first, second = peer.next(pdu.SUBMIT_SM), peer.next(pdu.SUBMIT_SM)
    peer.send(
        pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, first[2], b"a\0"),
        pdu.pdu(pdu.SUBMIT_SM | pdu.RESPONSE, second[2], status=BAD_SENDER),
    )
    (outcome,) = outcomes.result()
    assert (outcome.status, outcome.error_code) == (REFUSED, "partly_taken")
    assert peer.got == []


def test_a_long_text_of_which_one_part_was_written_is_unknown_when_the_bind_breaks(
    door, account, channels, threads, handovers
):
    channel = channels(account(window=1))
    outcomes = threads.submit(hand_over, channel, [*handovers(1, text="x" * 400), *handovers(1, first=9)])
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    peer.next(pdu.SUBMIT_SM)
    peer.close()
    assert [(o.message_id, o.status) for o in outcomes.result()] == [(1, UNKNOWN), (9, UNWRITTEN)]


def test_a_text_too_long_for_any_carrier_is_refused_alone(door, account, channels, threads, handovers):
    channel = channels(account())
    texts = [*handovers(1, text="x" * 153 * 256), *handovers(1, first=9)]
    outcomes = threads.submit(hand_over, channel, texts)
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    by_id = {outcome.message_id: outcome for outcome in outcomes.result()}
    assert (by_id[1].status, by_id[1].error_code) == (REFUSED, "too_long")
    assert by_id[9].status is ACCEPTED


# Binds


def test_several_binds_share_the_texts_and_one_phones_texts_stay_on_one(
    door, account, channels, threads, handovers
):
    channel = channels(account(binds=2, binding=Binding.PAIRS))
    first = threads.submit(hand_over, channel, handovers(1))
    one = door.accept()
    assert one.asked[0] == pdu.BIND_TRANSMITTER
    one.answer(one.next(pdu.SUBMIT_SM), message_id="a")
    first.result()
    two = door.accept()  # opened while nothing was on
    wait_until(lambda: len(channel._binds.live()) == 2)
    sent = [each for n in range(3) for each in handovers(40, first=101 * (n + 1), text=f"text {n}")]

    def serve(peer):
        got = {}
        with contextlib.suppress(ConnectionResetError):  # nothing more comes
            while True:
                frame = peer.next(pdu.SUBMIT_SM)
                message = pdu.read_short_message(frame[3])
                got.setdefault(message.destination, []).append(message.content.decode())
                peer.answer(frame, message_id="x")
        return got

    served = [threads.submit(serve, peer) for peer in (one, two)]
    assert {outcome.status for outcome in hand_over(channel, sent)} == {ACCEPTED}
    for peer in (one, two):
        peer.sock.shutdown(socket.SHUT_RD)
    ones, twos = (each.result() for each in served)
    assert ones
    assert twos
    assert not set(ones) & set(twos)
    assert all(texts == ["text 0", "text 1", "text 2"] for texts in [*ones.values(), *twos.values()])


def test_an_idle_bind_answers_the_carrier_and_asks_it_in_turn(door, account, channels, threads, handovers):
    channel = channels(account(enquire_every_s=1.0))
    outcomes = threads.submit(hand_over, channel, handovers(1))
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    outcomes.result()
    peer.send(pdu.pdu(pdu.ENQUIRE_LINK, 77))
    assert peer.next()[::2] == (pdu.ENQUIRE_LINK | pdu.RESPONSE, 77)
    asked = peer.next(pdu.ENQUIRE_LINK)
    peer.send(pdu.pdu(pdu.ENQUIRE_LINK | pdu.RESPONSE, asked[2]))
    peer.send(pdu.pdu(0x77, 5))
    assert peer.next(pdu.GENERIC_NACK)[1:3] == (0x03, 5)


def test_an_idle_carrier_that_does_not_answer_is_left_and_another_bind_is_opened(
    door, account, channels, threads, handovers
):
    channel = channels(account(enquire_every_s=0.1, answer_timeout_s=0.2))
    outcomes = threads.submit(hand_over, channel, handovers(1))
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    outcomes.result()
    assert door.accept() is not peer


def test_a_channel_that_is_closed_says_goodbye(door, account, channels, threads, handovers):
    channel = channels(account())
    outcomes = threads.submit(hand_over, channel, handovers(1))
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    outcomes.result()
    closing = threads.submit(channel.close)
    goodbye = peer.next(pdu.UNBIND)
    peer.send(pdu.pdu(pdu.UNBIND | pdu.RESPONSE, goodbye[2]))
    closing.result()


def test_a_refused_sign_in_gives_everything_back_with_the_reason_and_is_not_hammered(
    door, account, channels, threads, handovers
):
    channel = channels(account())
    outcomes = threads.submit(hand_over, channel, handovers(2))
    door.accept(status=0x0E)
    for outcome in outcomes.result():
        assert (outcome.status, outcome.error_code) == (UNWRITTEN, "unreachable")
        assert "ESME_RINVPASWD" in outcome.error_text
        assert "secret" not in outcome.error_text
    again = hand_over(channel, handovers(2))
    assert {outcome.status for outcome in again} == {UNWRITTEN}


def test_a_carrier_that_is_away_is_an_outcome_and_a_rest(door, account, channels, handovers):
    channel = channels(account(port=1))
    assert [o.error_code for o in hand_over(channel, handovers(3))] == ["unreachable"] * 3


def test_one_hand_over_at_a_time(door, account, channels, threads, handovers):
    channel = channels(account())
    reading = channel.submit(handovers(2))
    first = threads.submit(next, reading)
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    first.result()
    with pytest.raises(HandOverOpenError):
        next(channel.submit(handovers(1)))
    reading.close()


def test_ids_are_told_in_the_form_that_reports_will_have(door, account, channels, threads, handovers):
    channel = channels(account(dialect=ReportDialect(id_form=IdForm.HEX_THEN_DECIMAL)))
    outcomes = threads.submit(hand_over, channel, handovers(1))
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), message_id="00FF")
    (outcome,) = outcomes.result()
    assert outcome.provider_id == "255"


def test_while_the_carrier_rests_nothing_is_written_and_nothing_waits(
    door, account, channels, threads, handovers
):
    channel = channels(account(), clock=standing)
    outcomes = threads.submit(hand_over, channel, handovers(1))
    peer = door.accept()
    peer.answer(peer.next(pdu.SUBMIT_SM), status=THROTTLE)
    outcomes.result()
    assert channel.rests_s > 0
    again = hand_over(channel, handovers(3, first=5))
    assert [outcome.status for outcome in again] == [THROTTLED] * 3
    assert peer.got == []


def test_more_than_the_account_may_send_is_given_back_and_not_waited_for(
    door, account, channels, threads, handovers
):
    channel = channels(account(max_per_second=10))
    outcomes = threads.submit(hand_over, channel, handovers(500))
    peer = door.accept()
    for _ in range(20):
        peer.answer(peer.next(pdu.SUBMIT_SM), message_id="a")
    got = [outcome.status for outcome in outcomes.result()]
    assert (got.count(ACCEPTED), got.count(UNWRITTEN)) == (20, 480)
