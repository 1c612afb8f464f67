"""Calls that each bring a little, stored together."""

import threading
import time

import pytest

from yesword.sending.gathering import Gatherer

STORE = object()  # never looked into


class Work:
    """Notes what it is given at once; its first turn lasts until it is let go on."""

    def __init__(self):
        self.turns, self.has_begun, self.may_end = [], threading.Event(), threading.Event()

    def __call__(self, store, account, items):
        self.turns.append((account, list(items)))
        if len(self.turns) == 1:
            self.has_begun.set()
            assert self.may_end.wait(10)
        if "bad" in items:
            raise ValueError("this one")
        return [f"{account}:{each}" for each in items]


@pytest.fixture
def work():
    return Work()


def while_the_first_is_at_work(work, gatherer, calls):
    """Each call in a thread of its own, all waiting when the first one ends. What each was told."""
    told = {}

    def call(account, items):
        try:
            told[items] = gatherer(STORE, account, items)
        except ValueError as error:
            told[items] = error

    threads = [threading.Thread(target=call, args=each) for each in [(1, ("first",)), *calls]]
    threads[0].start()
    assert work.has_begun.wait(10)
    for each in threads[1:]:
        each.start()
    while len(gatherer._waiting) < len(calls):
        time.sleep(0.001)
    work.may_end.set()
    for each in threads:
        each.join(10)
        assert not each.is_alive()
    return told


def test_whoever_comes_meanwhile_is_taken_in_one_turn_and_told_of_their_own(work):
    told = while_the_first_is_at_work(work, Gatherer(work, lost=None), [(1, ("a", "b")), (1, ("c",))])
    assert told == {("first",): ["1:first"], ("a", "b"): ["1:a", "1:b"], ("c",): ["1:c"]}
    assert [sorted(items) for _, items in work.turns] == [["first"], ["a", "b", "c"]]


def test_accounts_are_not_mixed(work):
    told = while_the_first_is_at_work(work, Gatherer(work, lost=None), [(1, ("a",)), (2, ("b",))])
    assert told[("a",)] == ["1:a"]
    assert told[("b",)] == ["2:b"]
    assert sorted(work.turns[1:]) == [(1, ["a"]), (2, ["b"])]


def test_what_fails_is_raised_once_and_the_others_hear_that_nothing_is_known_of_theirs(work):
    gatherer = Gatherer(work, lost="lost")
    told = while_the_first_is_at_work(work, gatherer, [(1, ("bad",)), (1, ("a",)), (1, ("c",))])
    assert [type(each) for each in told.values()].count(ValueError) == 1
    assert sorted(each[0] for each in told.values() if isinstance(each, list)) == ["1:first", "lost", "lost"]
    assert gatherer(STORE, 1, ["again"]) == ["1:again"], "and it goes on"
