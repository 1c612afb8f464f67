"""The parts of the simulated carrier that need no socket: its network, its behaviour, its frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.ports import masked
from yesword.channels.simulator.behaviour import BadBehaviourError, CarrierBehaviour
from yesword.channels.simulator.network import PASSIVE_PHONES_KEPT, TEXTS_A_PHONE, Mailbox, Network
from yesword.channels.simulator.protocol import FrameError, Lines, decode, encode, to_item

PHONE = "+46701234567"


@given(
    st.lists(st.dictionaries(st.text(), st.text(st.characters(exclude_categories=()))), max_size=5), st.data()
)
def test_frames_survive_any_cutting_of_the_stream(frames, data):
    stream = b"".join(encode(frame) for frame in frames)
    lines, got, place = Lines(), [], 0
    while place < len(stream):
        size = data.draw(st.integers(1, len(stream) - place))
        got += lines.feed(stream[place : place + size])
        place += size
    assert [decode(line) for line in got] == frames


def test_a_line_past_the_limit_is_not_collected_for_ever():
    lines = Lines(longest=10)
    lines.feed(b"x" * 10)
    with pytest.raises(FrameError):
        lines.feed(b"x")


@pytest.mark.parametrize("line", [b"", b"[1]", b"{", b"\xff", b"null", b"[" * 100_000])
def test_a_line_that_is_no_object_is_refused(line):
    with pytest.raises(FrameError):
        decode(line)


@pytest.mark.parametrize(
    "raw",
    [
        [],
        [1, "text", "id"],
        [1, "call", "id", "a", "b", "c", 1],
        [1, "report", 2, "x", None, 1, 1],
        [1, "report", "id", "delivered", None, 1, "no number"],
    ],
)
def test_an_item_of_an_unknown_kind_is_refused(raw):
    with pytest.raises(FrameError):
        to_item("main", raw)


@pytest.mark.parametrize(
    "changes",
    [
        {"spede": 3},
        {"speed": 0},
        {"speed": True},
        {"delay_ms": -1},
        {"errors": {"a": 0.6, "b": 0.6}},
        {"errors": {"a": "often"}},
        {"reports": 1.1},
        {"disconnect_after": 0},
    ],
    ids=str,
)
def test_a_behaviour_that_makes_no_sense_is_refused_by_name(changes):
    with pytest.raises(BadBehaviourError) as caught:
        CarrierBehaviour().changed(changes)
    assert caught.value.fields["name"] in {*changes, *changes.get("errors", ())}


def test_a_behaviour_goes_through_json_and_back():
    behaviour = CarrierBehaviour(speed=5, errors={"spam": 0.5}, answers_stop=frozenset(("1", "2")))
    assert CarrierBehaviour().changed(behaviour.to_json()) == behaviour


def test_a_phone_keeps_its_last_texts():
    network = Network()
    network.submit([(i, "800123", PHONE, str(i)) for i in range(TEXTS_A_PHONE + 50)])
    assert [text.text for text in network.handset(PHONE)] == [str(i) for i in range(50, TEXTS_A_PHONE + 50)]


def test_a_phone_that_somebody_typed_on_outlives_a_campaign():
    network = Network()
    network.submit([(0, "800123", PHONE, "Welcome")])
    network.from_handset(PHONE, "800123", "JA")
    network.submit([(i, "800123", f"+4670{i:07d}", "Sale") for i in range(PASSIVE_PHONES_KEPT + 1)])
    assert [text.text for text in network.handset(PHONE)] == ["Welcome", "JA"]
    assert network.handset("+46700000000") == [], "the phone that was quiet longest is forgotten"
    assert network.handsets()[0].number == PHONE
    assert len(network.handsets(most=10)) == 10


def test_events_go_on_where_they_ended():
    network = Network()
    network.submit([(i, "800123", PHONE, str(i)) for i in range(5)])
    first, since = network.events(0, most=3)
    rest, end = network.events(since)
    assert [text.text for text in (*first, *rest)] == list("01234")
    assert network.events(end) == ([], end)
    network.from_handset("+4670999999", "800123", "hi")
    assert [text.text for text in network.events(end, number="+4670999999")[0]] == ["hi"]
    assert network.events(end, number=PHONE)[0] == []


def test_throttling_counts_by_the_second():
    now = 100.0
    network = Network(CarrierBehaviour(throttle_per_s=10), clock=lambda: now)
    rows = [(i, "800123", PHONE, "x") for i in range(8)]
    assert [len(network.submit(rows).accepted) for _ in range(3)] == [8, 2, 0]
    now = 101.0
    assert len(network.submit(rows).accepted) == 8


def test_what_was_not_taken_is_brought_first_and_in_order():
    mailbox = Mailbox()
    mailbox.put([[key] for key in range(5)])
    taken = [item[0] for item in mailbox.take(3)]
    mailbox.acknowledge([1])
    mailbox.bring_again(taken)
    assert [item[0] for item in mailbox.take(10)] == [0, 2, 3, 4]
    assert len(mailbox) == 4


@pytest.mark.parametrize(("number", "shown"), [("+46701234567", "+46…67"), ("+123456", "…"), ("", "…")])
def test_a_masked_number_cannot_be_texted(number, shown):
    assert masked(number) == shown
