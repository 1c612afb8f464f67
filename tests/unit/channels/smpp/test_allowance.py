"""The speed that an account allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.channels.smpp.allowance import Allowance


def test_a_tenth_of_a_second_may_be_caught_up_and_no_more():
    allowance = Allowance(100, now=0.0)
    assert allowance.room(0.0) == 10
    assert allowance.room(60.0) == 10
    allowance.spend(10)
    assert allowance.room(60.0) == 0
    assert allowance.next_in_s == pytest.approx(0.01)
    assert allowance.room(60.055) == 5


def test_the_slowest_account_still_sends():
    allowance = Allowance(0.5, now=0.0)
    assert allowance.room(0.0) == 1
    allowance.spend(1)
    assert allowance.room(1.0) == 0
    assert allowance.room(2.0) == 1


@given(st.floats(0.5, 5_000), st.lists(st.floats(0, 0.5), min_size=1, max_size=60))
def test_never_more_than_allowed_and_one_burst(per_second, pauses):
    allowance, now, written = Allowance(per_second, now=0.0), 0.0, 0
    for pause in pauses:
        now += pause
        room = allowance.room(now)
        allowance.spend(room)
        written += room
    assert written <= now * per_second + max(1.0, per_second * 0.1) + 1e-6
