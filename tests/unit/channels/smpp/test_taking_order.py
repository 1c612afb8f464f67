"""In which order what a carrier brought is taken, over binds that are played."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from yesword.channels.smpp import pdu
from yesword.channels.smpp.account import Binding, SmppAccount
from yesword.channels.smpp.parts import KeptInMemory
from yesword.channels.smpp.receiver import SmppReceiver

ANNA = "31612345678"


class Bind:
    def __init__(self):
        self.lost = None

    def control(self, frames):
        """Answers go nowhere."""


class Binds:
    """Brings one step after the other, and is at an end a few looks later."""

    is_up = True

    def __init__(self, *steps):
        self.steps, self.is_over, self._looks = list(steps), threading.Event(), 0

    def inbound(self, most):
        if self.steps:
            return self.steps.pop(0)()
        self._looks += 1
        if self._looks > 5:
            self.is_over.set()
        return []

    def round(self, wait_s):
        """Nothing to wait for."""

    def listen(self, *, is_on):
        """They are."""

    def close(self):
        """Nothing is open."""


def text(source, words, esm_class=0):
    head = b"\0\x01\x01" + source.encode() + b"\0\x03\0800123\0"
    body = head + bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, 0, 0, len(words)]) + words
    return (pdu.DELIVER_SM, 0, 1, body)


def part(number, words):
    return text(ANNA, bytes([5, 0, 3, 7, 2, number]) + words, esm_class=0x40)


def somebody(words, count):
    return [text(f"316{place:08d}", words) for place in range(1, count + 1)]


@pytest.fixture
def annas():
    """Runs a receiver over such binds; the texts that Anna is taken to have written, with their ids."""

    def run(binds, clock=lambda: datetime.now(UTC), while_taking=lambda _items: None):
        account = SmppAccount(name="a", host="h", port=1, system_id="x", password="y", binding=Binding.PAIRS)
        found = []

        def handler(items):
            while_taking(items)
            found.extend((each.text, each.provider_id) for each in items if each.sender_number.endswith(ANNA))
            return [True] * len(items)

        receiver = SmppReceiver(account, keeping=KeptInMemory(), binds=binds, clock=clock)
        receiver.run(handler, binds.is_over)
        return found

    return run


def test_what_waits_when_its_session_is_lost_and_is_brought_again_is_the_same_text(annas):
    """Or somebody who joined, and stopped, would be joined once more."""
    one, other = Bind(), Bind()

    def first():
        return [(one, each) for each in [*somebody(b"hello", 60), text(ANNA, b"JOIN")]]

    def again():
        return [(other, text(ANNA, b"STOP")), (other, text(ANNA, b"JOIN"))]

    def lose(_items):
        one.lost = "connection lost"

    joined, stopped, joined_again = annas(Binds(first, again), while_taking=lose)
    assert (joined[0], stopped[0], joined_again[0]) == ("JOIN", "STOP", "JOIN")
    assert joined == joined_again


def test_a_long_text_that_waits_among_stops_is_never_handed_on_in_part(annas):
    """Its first parts are nearly too old to wait for the rest when that comes."""
    now, bind = [datetime(2026, 1, 1, tzinfo=UTC)], Bind()

    def first():
        return [(bind, part(1, b"thanks, but "))]

    def rest():
        now[0] += timedelta(minutes=9, seconds=59)
        return [(bind, each) for each in [*somebody(b"STOP", 600), part(2, b"stop now")]]

    def slow(items):
        now[0] += timedelta(seconds=2)

    taken = annas(Binds(first, rest), clock=lambda: now[0], while_taking=slow)
    assert [words for words, _ in taken] == ["thanks, but stop now"]


def test_a_stop_goes_first_and_after_what_the_same_number_wrote_in_another_way(annas):
    bind, order = Bind(), []

    def some():
        frames = [*somebody(b"hello", 60), text("4407911123456", b"JOIN"), text("447911123456", b"STOP")]
        return [(bind, each) for each in frames]

    annas(Binds(some), while_taking=lambda items: order.append([each.text for each in items]))
    assert order[0] == ["JOIN", "STOP"]
    assert [each for some in order[1:] for each in some] == ["hello"] * 60
