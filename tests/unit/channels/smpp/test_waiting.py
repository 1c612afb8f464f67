"""What a carrier has brought and nobody has taken yet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.smpp.waiting import MOST, TEXTS, Waiting


@pytest.fixture
def waiting():
    """Of pairs of number and words; a report has no number."""
    return Waiting(lambda each: each[0], lambda each: each[1] == "STOP")


def drawn(waiting):
    while waiting:
        yield waiting.next()


def test_a_stop_goes_before_whatever_came_earlier(waiting):
    waiting.add((f"+{place}", "hello") for place in range(3 * TEXTS))
    assert len(waiting.next()) == TEXTS
    waiting.add([("+999", "STOP")])
    assert waiting.next() == [("+999", "STOP")]
    assert waiting.next()[0] == (f"+{TEXTS}", "hello")


def test_what_the_same_number_wrote_before_goes_with_it_and_first(waiting):
    waiting.add([("+1", "hello"), ("+2", "JOIN"), ("+3", "hello"), ("+2", "STOP"), ("+2", "START")])
    assert waiting.next() == [("+2", "JOIN"), ("+2", "STOP"), ("+2", "START")]
    assert waiting.next() == [("+1", "hello"), ("+3", "hello")]


def test_reports_are_many_at_once_and_wait_for_stops(waiting):
    waiting.add([(None, place) for place in range(2 * MOST)])
    waiting.add([("+1", "STOP")])
    assert waiting.next() == [("+1", "STOP")]
    assert len(waiting.next()) == MOST


def test_all_who_stop_are_taken_at_once(waiting):
    """None of them waits until the others are drained."""
    waiting.add((f"+{place}", "STOP") for place in range(3 * TEXTS))
    assert waiting.has_urgent
    assert len(waiting.next()) == 3 * TEXTS
    assert not waiting.has_urgent


BROUGHT = st.lists(
    st.tuples(st.sampled_from(["+1", "+2", "+3", None]), st.sampled_from(["STOP", "START", "hello"])),
    max_size=4 * TEXTS,
)


@given(rounds=st.lists(BROUGHT, max_size=4))
def test_nothing_is_lost_or_doubled_and_of_each_number_the_order_stays(rounds):
    waiting = Waiting(lambda each: each[0], lambda each: each[0] is not None and each[1] == "STOP")
    taken, came = [], []
    for place, some in enumerate(rounds):
        told = [(number, word, place, index) for index, (number, word) in enumerate(some)]
        waiting.add(told)
        came += told
        taken += waiting.next()
    for some in drawn(waiting):
        assert some, "it always goes on"
        taken += some
    assert sorted(taken, key=lambda each: each[2:]) == came
    for number in ("+1", "+2", "+3", None):
        own = [each for each in taken if each[0] == number]
        assert own == [each for each in came if each[0] == number]
