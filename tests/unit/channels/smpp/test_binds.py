"""When a carrier that is away is tried again."""

import pytest

from yesword.channels.smpp import BindKind, Binds, SmppAccount
from yesword.channels.smpp.binds import _full_jitter

NOBODY = SmppAccount(name="main", host="127.0.0.1", port=1, system_id="linde", password="secret")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def pauses(jitter, tries=10):
    clock = Clock()
    binds = Binds(NOBODY, BindKind.TRANSMITTER, clock=clock, jitter=jitter)
    found = []
    for _ in range(tries):
        assert binds.live() == []
        found.append(binds.rests_s)
        clock.now += binds.rests_s
    return found


def test_pauses_double_up_to_half_a_minute():
    assert pauses(lambda: 1.0) == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])


def test_chance_cuts_a_pause_anywhere_between_nothing_and_its_whole():
    assert pauses(lambda: -1.0) == [0.0] * 10
    drawn = [_full_jitter() for _ in range(1_000)]
    assert -1 <= min(drawn) < -0.9
    assert 0.9 < max(drawn) <= 1


def test_within_a_pause_the_carrier_is_not_tried():
    clock = Clock()
    binds = Binds(NOBODY, BindKind.TRANSMITTER, clock=clock, jitter=lambda: 1.0)
    binds.live()
    first = binds.failure
    binds.live()
    assert binds.failure is first
    clock.now = 0.3
    binds.live()
    assert binds.failure is not first
    assert binds.failure.code == "carrier_unreachable"
    assert "secret" not in binds.failure.message
