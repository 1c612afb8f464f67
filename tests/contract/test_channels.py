"""What every channel and receiver must do, whatever network is behind it. Run against memory, simulator, SMPP and HTTP."""

import multiprocessing
import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from factories.carriers import TOKEN, Http, Memory, Simulator, Smpp
from yesword.channels import DeliveryReport, HandOver, InboundText, OutcomeStatus, ReportState
from yesword.channels.ports import RepeatedMessageError
from yesword.channels.simulator import Endpoint
from yesword.channels.simulator.carrier import CarrierSettings, run_carrier
from yesword.channels.simulator.smsc import SmscSettings
from yesword.domain.decisions import Decision, NotApprovedError, Verdict

ACCEPTED, REFUSED, THROTTLED, UNKNOWN, UNWRITTEN = OutcomeStatus
APPROVED = Decision(verdict=Verdict.SEND, at=datetime(2026, 3, 1, 9, tzinfo=UTC))
CODE = "800123"
PATIENCE_S = 20


def number_of(index):
    return f"+467012{index:05d}"


def handovers(count, *, first=1, text="Hej!"):
    return [
        HandOver(
            message_id=first + index,
            attempt_id=10_000_000 + first + index,
            sender=CODE,
            number=number_of(index),
            text=text,
            decision=APPROVED,
        )
        for index in range(count)
    ]


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    return tmp_path_factory.mktemp("carrier") / "port"


@pytest.fixture(scope="module")
def endpoint(ready):
    smsc = SmscSettings(ready_path=ready.with_suffix(".smpp"))
    settings = CarrierSettings(token=TOKEN, ready_path=ready, smsc=smsc)
    process = multiprocessing.get_context("spawn").Process(target=run_carrier, args=(settings,))
    process.start()
    deadline = time.monotonic() + PATIENCE_S
    while not ready.exists():
        assert process.is_alive(), "the simulated carrier did not start"
        assert time.monotonic() < deadline, "the simulated carrier did not get ready"
        time.sleep(0.01)
    yield Endpoint(port=int(ready.read_text()), token=TOKEN)
    process.terminate()
    process.join()


@pytest.fixture(params=["memory", "simulator", "smpp", "http"])
def carrier(request):
    if request.param == "memory":
        carrier = Memory()
    elif request.param == "http":
        carrier = Http()
    else:
        endpoint = request.getfixturevalue("endpoint")
        port = int(request.getfixturevalue("ready").with_suffix(".smpp").read_text())
        carrier = Simulator(endpoint) if request.param == "simulator" else Smpp(endpoint, port)
    yield carrier
    carrier.close()


def be_silent(carrier, **more):
    """Take what is handed over and never answer; whoever waits does not wait long."""
    carrier.patience_s = 1.0
    carrier.network.configure(silent=True, **more)


def statuses(outcomes):
    return Counter(outcome.status for outcome in outcomes)


def receive_until(receiver, handler, is_done):
    """Run a receiver in this thread until the handler has seen enough."""
    stop = threading.Event()
    deadline = time.monotonic() + PATIENCE_S

    def handle(items):
        answers = handler(items)
        if is_done() or time.monotonic() > deadline:
            stop.set()
        return answers

    timer = threading.Timer(PATIENCE_S, stop.set)  # only so that a failing test ends
    timer.start()
    try:
        receiver.run(handle, stop)
    finally:
        timer.cancel()
    assert is_done(), "the carrier brought less than expected"


def drain(carrier, account="main"):
    """Take everything that the carrier still has for an account, until it says that nothing waits."""
    got, stop = [], threading.Event()

    def handle(items):
        got.extend(items)
        return [True] * len(items)

    receiving = threading.Thread(target=carrier.receiver(account).run, args=(handle, stop))
    receiving.start()
    try:
        wait_until(lambda: carrier.network.waiting(account) == 0)
    finally:
        stop.set()
        receiving.join()
    return got


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)


# Handing over


@pytest.mark.parametrize("verdict", [Verdict.WAIT, Verdict.REFUSE])
def test_a_text_without_an_approval_cannot_even_be_put_into_a_hand_over(verdict):
    with pytest.raises(NotApprovedError):
        HandOver(
            message_id=1,
            attempt_id=1,
            sender=CODE,
            number=number_of(1),
            text="Hej!",
            decision=Decision(verdict=verdict, at=APPROVED.at),
        )


def test_every_text_arrives_once_and_has_one_outcome_with_an_id_of_its_own(carrier):
    sent = handovers(250)
    outcomes = list(carrier.channel(window=50, chunk=20).submit(sent))
    assert statuses(outcomes) == {ACCEPTED: 250}
    assert {(o.message_id, o.attempt_id) for o in outcomes} == {(h.message_id, h.attempt_id) for h in sent}
    assert len({o.provider_id for o in outcomes}) == 250
    for handover in sent:
        assert [text.text for text in carrier.network.handset(handover.number)] == ["Hej!"]


def test_texts_are_written_in_the_order_given(carrier):
    one_phone = [
        HandOver(
            message_id=i, attempt_id=i, sender=CODE, number=number_of(1), text=f"text {i}", decision=APPROVED
        )
        for i in range(100)
    ]
    list(carrier.channel(window=30, chunk=7).submit(one_phone))
    assert [text.text for text in carrier.network.handset(number_of(1))] == [f"text {i}" for i in range(100)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Grüße – 20 % på allt, één dag!", id="letters of five languages"),
        pytest.param("👩‍👩‍👧 🎉 ja ♥️", id="emoji with joiners"),
        pytest.param(
            'line one\nline two\r\n"quoted" \\ {"submit":[]}', id="newlines, quotes and a frame inside"
        ),
        pytest.param("\u2028\x00\u200b\ufeff", id="separators, a null, zero width"),
        pytest.param("half an emoji \ud83c", id="half a surrogate pair"),
        pytest.param("x" * 20_000, id="a very long text"),
    ],
)
def test_a_text_arrives_as_it_was_written_and_comes_back_so(carrier, text):
    assert statuses(carrier.channel().submit(handovers(1, text=text))) == {ACCEPTED: 1}
    assert [got.text for got in carrier.network.handset(number_of(0))] == [text]
    carrier.network.from_handset(number_of(0), CODE, text)
    assert [item.text for item in drain(carrier)] == [text]


def test_ten_thousand_texts_in_one_hand_over(carrier):
    outcomes = list(carrier.channel().submit(handovers(10_000), recall=frozenset))
    assert statuses(outcomes) == {ACCEPTED: 10_000}
    assert len({o.provider_id for o in outcomes}) == 10_000
    assert carrier.network.counts()["accepted"] == 10_000


def test_nothing_to_hand_over_gives_no_outcome(carrier):
    assert list(carrier.channel().submit([])) == []


def test_a_message_that_stands_twice_is_not_sent_at_all(carrier):
    twice = [*handovers(3), *handovers(1)]
    with pytest.raises(RepeatedMessageError):
        list(carrier.channel().submit(twice))
    assert carrier.network.counts().get("accepted", 0) == 0


def test_one_channel_takes_one_hand_over_after_another(carrier):
    channel = carrier.channel()
    for first in (1, 1001, 2001):
        assert statuses(channel.submit(handovers(50, first=first))) == {ACCEPTED: 50}
    channel.close()
    assert statuses(channel.submit(handovers(50, first=3001))) == {ACCEPTED: 50}


def test_the_channel_says_how_much_it_takes(carrier):
    channel = carrier.channel(takes_per_second=500)
    assert channel.takes_per_second == 500
    list(channel.submit(handovers(100)))
    assert 0 < channel.takes_per_second <= 500
    assert channel.rests_s == 0


# Refused and throttled


def test_a_refusal_names_the_carriers_code_and_the_rest_goes_out(carrier):
    carrier.network.configure(errors={"unknown_subscriber": 0.3, "spam": 0.1}, seed=7)
    outcomes = list(carrier.channel().submit(handovers(500)))
    codes = Counter(o.error_code for o in outcomes if o.status is REFUSED)
    assert set(codes) == {"unknown_subscriber", "spam"}
    assert codes["unknown_subscriber"] > codes["spam"] > 0
    assert statuses(outcomes)[ACCEPTED] == 500 - codes.total()
    assert all((o.provider_id is not None) == (o.status is ACCEPTED) for o in outcomes)
    assert carrier.network.counts()["accepted"] == 500 - codes.total()


def test_the_same_seed_refuses_the_same_texts(carrier):
    refused = []
    for _ in range(2):
        carrier.network.configure(errors={"spam": 0.2}, seed=11)
        outcomes = carrier.channel().submit(handovers(200))
        refused.append({o.message_id for o in outcomes if o.status is REFUSED})
    assert refused[0] == refused[1]
    assert refused[0]


def test_a_number_that_is_no_number_is_refused_alone(carrier):
    good, bad = handovers(2)
    bad = HandOver(
        message_id=bad.message_id, attempt_id=1, sender=CODE, number="0701", text="x", decision=APPROVED
    )
    outcomes = {o.message_id: o for o in carrier.channel().submit([good, bad])}
    assert outcomes[good.message_id].status is ACCEPTED
    assert outcomes[bad.message_id].error_code == "invalid_number"


def test_a_throttled_text_was_not_taken_and_slows_the_channel(carrier):
    carrier.network.configure(throttle_per_s=20)
    channel = carrier.channel()
    before = channel.takes_per_second
    outcomes = list(channel.submit(handovers(500)))
    counted = statuses(outcomes)
    assert counted[THROTTLED] > 0
    assert counted[ACCEPTED] + counted[THROTTLED] + counted[UNWRITTEN] == 500, "what was not even tried, too"
    assert carrier.network.counts()["accepted"] == counted[ACCEPTED]
    assert channel.takes_per_second < before


# Recall


def test_what_is_recalled_from_the_start_is_never_written(carrier):
    sent = handovers(100)
    recalled = {h.message_id for h in sent[10:20]}
    outcomes = {o.message_id: o for o in carrier.channel().submit(sent, recall=lambda: recalled)}
    assert {i for i, o in outcomes.items() if o.status is UNWRITTEN} == recalled
    assert all(outcomes[i].error_code == "recalled" for i in recalled)
    assert carrier.network.counts()["accepted"] == 90


def test_recall_is_asked_before_each_chunk(carrier):
    asked = []

    def recall():
        asked.append(carrier.network.counts().get("accepted", 0))
        return frozenset()

    list(carrier.channel(window=10, chunk=10).submit(handovers(50), recall=recall))
    assert {0, 10, 20, 30, 40} <= set(asked)


def test_a_recall_in_the_middle_gives_back_only_what_was_not_written(carrier):
    sent = handovers(100)
    calls = 0

    def recall():
        nonlocal calls
        calls += 1
        return frozenset() if calls == 1 else {h.message_id for h in sent}

    outcomes = list(carrier.channel(window=10, chunk=10).submit(sent, recall=recall))
    assert statuses(outcomes) == {ACCEPTED: 10, UNWRITTEN: 90}
    assert {o.message_id for o in outcomes if o.status is ACCEPTED} == {h.message_id for h in sent[:10]}
    assert carrier.network.counts()["accepted"] == 10


def test_a_silent_carrier_does_not_hold_up_what_is_recalled(carrier):
    be_silent(carrier)
    sent = handovers(40)
    last = sent[-1].message_id
    calls = 0

    def recall():
        nonlocal calls
        calls += 1
        return {last} if calls >= 2 else frozenset()

    outcomes = list(carrier.channel(window=10, chunk=10).submit(sent, recall=recall))
    assert (outcomes[0].message_id, outcomes[0].status) == (last, UNWRITTEN), (
        "it comes back before the rest is known"
    )
    assert statuses(outcomes) == {UNKNOWN: 10, UNWRITTEN: 30}


def test_a_stop_that_comes_while_the_outcomes_are_read_holds_for_the_next_chunk(carrier):
    sent = handovers(30)
    recalled = set()
    written_after = []
    for outcome in carrier.channel(window=10, chunk=10).submit(sent, recall=lambda: recalled):
        if outcome.status is ACCEPTED:
            if recalled:
                written_after.append(outcome.message_id)
            recalled.update(h.message_id for h in sent[10:])
    # The answers to the first chunk may come in two reads; none of the later texts may go out.
    assert set(written_after) <= {h.message_id for h in sent[:10]}
    assert carrier.network.counts()["accepted"] == 10


def test_a_stop_that_comes_while_a_recalled_one_is_read_holds_before_the_first_byte(carrier):
    sent = handovers(30)
    recalled = {sent[-1].message_id}
    outcomes = []
    for outcome in carrier.channel(window=10, chunk=10).submit(sent, recall=lambda: recalled):
        outcomes.append(outcome)
        recalled.update(h.message_id for h in sent)
    assert statuses(outcomes) == {UNWRITTEN: 30}
    assert carrier.network.counts().get("accepted", 0) == 0


# Connections that break


def test_a_lost_connection_leaves_what_was_written_unknown_and_the_rest_unwritten(carrier):
    carrier.network.configure(disconnect_after=25)
    sent = handovers(100)
    outcomes = {o.message_id: o.status for o in carrier.channel(window=10, chunk=10).submit(sent)}
    in_order = [outcomes[h.message_id] for h in sent]
    assert in_order == [ACCEPTED] * 20 + [UNKNOWN] * 10 + [UNWRITTEN] * 70
    assert carrier.network.counts()["accepted"] == 25, "five of the unknown were taken"


def test_after_a_lost_connection_the_next_hand_over_opens_another(carrier):
    carrier.network.configure(disconnect_after=5)
    channel = carrier.channel()
    assert statuses(channel.submit(handovers(10))) == {UNKNOWN: 10}
    carrier.network.configure(disconnect_after=None)
    assert statuses(channel.submit(handovers(10, first=100))) == {ACCEPTED: 10}


def test_a_reader_who_goes_away_does_not_mix_up_the_next_hand_over(carrier):
    channel = carrier.channel(window=10, chunk=10)
    reading = channel.submit(handovers(100))
    assert next(reading).status is ACCEPTED
    reading.close()
    outcomes = list(channel.submit(handovers(20, first=500)))
    assert statuses(outcomes) == {ACCEPTED: 20}
    assert {o.message_id for o in outcomes} == set(range(500, 520))


# Texts and reports that come in


def test_inbound_texts_arrive_whole_and_in_order(carrier):
    ids = [carrier.network.from_handset(number_of(i % 3), CODE, f"text {i}") for i in range(30)]
    got = drain(carrier)
    assert all(isinstance(item, InboundText) and item.account == "main" for item in got)
    assert [item.provider_id for item in got] == ids
    assert [item.text for item in got] == [f"text {i}" for i in range(30)]
    assert (got[1].sender_number, got[1].to_address) == (number_of(1), CODE)
    assert got[0].received_at.tzinfo is not None
    assert len(set(ids)) == 30


def test_what_is_not_taken_comes_again_with_the_same_id_and_what_is_taken_does_not(carrier):
    carrier.network.configure(redeliver_ms=10)
    ids = [carrier.network.from_handset(number_of(i), CODE, "STOP") for i in range(4)]
    seen, taken = Counter(), []

    def handle(items):
        answers = []
        for item in items:
            seen[item.provider_id] += 1
            is_taken = item.provider_id != ids[1] or seen[item.provider_id] == 3
            answers.append(is_taken)
            if is_taken:
                taken.append(item.provider_id)
        return answers

    receive_until(carrier.receiver(), handle, lambda: len(taken) == 4)
    assert seen == {ids[0]: 1, ids[1]: 3, ids[2]: 1, ids[3]: 1}
    assert drain(carrier) == []


def test_a_handler_that_breaks_acknowledges_nothing(carrier):
    carrier.network.configure(
        ack_timeout_ms=10 * PATIENCE_S * 1000
    )  # it comes again because we left, not later
    sent = carrier.network.from_handset(number_of(1), CODE, "STOP")

    def broken(_items):
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        carrier.receiver().run(broken, threading.Event())
    assert [item.provider_id for item in drain(carrier)] == [sent]


def test_texts_that_nobody_listens_to_wait_for_a_receiver(carrier):
    for index in range(1_200):
        carrier.network.from_handset(number_of(index), CODE, "JA")
    assert len({item.provider_id for item in drain(carrier)}) == 1_200


def test_a_text_to_an_address_with_an_owner_reaches_only_that_account(carrier):
    carrier.network.configure(owners={"555888": "other"})
    carrier.network.from_handset(number_of(1), "555888", "for the other")
    carrier.network.from_handset(number_of(1), CODE, "for anyone")
    assert [item.text for item in drain(carrier, "main")] == ["for anyone"]
    got = drain(carrier, "other")
    assert [(item.text, item.account) for item in got] == [("for the other", "other")]


def test_delivery_reports_name_the_message_they_are_about(carrier):
    carrier.network.configure(reports=1.0, report_failures=0.25, seed=3)
    sent = {o.provider_id for o in carrier.channel().submit(handovers(200))}
    wait_until(lambda: carrier.network.counts().get("reports") == 200)
    reports = drain(carrier)
    assert all(isinstance(item, DeliveryReport) for item in reports)
    assert {item.provider_id for item in reports} == sent
    failed = [item for item in reports if item.state is ReportState.FAILED]
    assert 20 < len(failed) < 90
    assert {item.error_code for item in failed} == {"absent_subscriber"}
    assert {item.state for item in reports} == {ReportState.DELIVERED, ReportState.FAILED}


def test_a_delivery_report_echoes_our_own_reference(carrier):
    carrier.network.configure(reports=1.0, report_failures=0.25, seed=3)
    sent = {o.provider_id: o.message_id for o in carrier.channel().submit(handovers(200, first=1 << 53))}
    wait_until(lambda: carrier.network.counts().get("reports") == 200)
    assert {item.provider_id: item.message_id for item in drain(carrier)} == sent


def test_a_text_that_was_taken_without_an_answer_is_still_reported_by_our_reference(carrier):
    be_silent(carrier, reports=1.0)
    assert statuses(carrier.channel(window=10).submit(handovers(3))) == {UNKNOWN: 3}
    wait_until(lambda: carrier.network.counts().get("reports") == 3)
    assert [item.message_id for item in drain(carrier)] == [1, 2, 3]


# Carriers that answer by themselves


def test_where_the_carrier_answers_stop_it_blocks_that_number_for_that_sender_only(carrier):
    carrier.network.configure(answers_stop=[CODE], answers_start=[CODE])
    carrier.network.from_handset(number_of(0), CODE, " stop ")
    carrier.network.from_handset(number_of(0), CODE, "STOP")
    answers = [text for text in carrier.network.handset(number_of(0)) if text.by == "carrier"]
    assert len(answers) == 1, "a carrier confirms once"
    assert len(drain(carrier)) == 2, "and still passes both on"

    outcomes = {o.message_id: o for o in carrier.channel().submit(handovers(2))}
    blocked, other = outcomes[1], outcomes[2]
    assert (blocked.status, blocked.error_code) == (REFUSED, "opted_out")
    assert other.status is ACCEPTED

    carrier.network.from_handset(number_of(0), CODE, "START")
    assert statuses(carrier.channel().submit(handovers(1))) == {ACCEPTED: 1}


def test_where_the_carrier_does_not_answer_stop_it_leaves_it_to_us(carrier):
    carrier.network.from_handset(number_of(0), CODE, "STOP")
    assert [text.by for text in carrier.network.handset(number_of(0))] == ["person"]
    assert statuses(carrier.channel().submit(handovers(1))) == {ACCEPTED: 1}
