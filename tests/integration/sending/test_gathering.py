"""Calls that each bring a little, stored together."""

import threading
import time

import pytest

from yesword.sending import gathering
from yesword.sending.gathering import Gatherer


class Closed:
    """Of a store, which is never looked into, only this is asked: to close its connections."""

    def __init__(self):
        self.closed = threading.Event()
        self.database = self.vault = self

    def close(self):
        self.closed.set()


@pytest.fixture
def store():
    return Closed()


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


@pytest.fixture
def told(work, store):
    """Each call in a thread of its own, all waiting when the first one ends: what each was told."""

    def told_by(gatherer, calls):
        told = {}

        def call(account, items):
            try:
                told[items] = gatherer(store, account, items)
            except ValueError as error:
                told[items] = error

        threads = [threading.Thread(target=call, args=each) for each in [(1, ("first",)), *calls]]
        threads[0].start()
        assert work.has_begun.wait(10)
        for each in threads[1:]:
            each.start()
        while sum(len(lane.waiting) for lane in gatherer._lanes.values()) < len(calls):
            time.sleep(0.001)
        work.may_end.set()
        for each in threads:
            each.join(10)
            assert not each.is_alive()
        return told

    return told_by


def test_whoever_comes_meanwhile_is_taken_in_one_turn_and_told_of_their_own(work, told):
    assert told(Gatherer(work), [(1, ("a", "b")), (1, ("c",))]) == {
        ("first",): ["1:first"],
        ("a", "b"): ["1:a", "1:b"],
        ("c",): ["1:c"],
    }
    assert [sorted(items) for _, items in work.turns] == [["first"], ["a", "b", "c"]]


def test_accounts_are_not_mixed(work, told):
    found = told(Gatherer(work), [(1, ("a",)), (2, ("b",))])
    assert found[("a",)] == ["1:a"]
    assert found[("b",)] == ["2:b"]
    assert sorted(work.turns[1:]) == [(1, ["a"]), (2, ["b"])]


def test_what_fails_reaches_all_whose_items_it_had_and_nobody_else(work, told, store):
    gatherer = Gatherer(work)
    found = told(gatherer, [(1, ("bad",)), (1, ("a",)), (2, ("c",))])
    assert isinstance(found[("bad",)], ValueError)
    assert found[("a",)] is found[("bad",)]
    assert found[("first",)] == ["1:first"]
    assert found[("c",)] == ["2:c"]
    assert gatherer(store, 1, ["again"]) == ["1:again"], "and it goes on"


def test_when_nobody_comes_any_more_its_thread_ends_and_closes_its_connections(work, store, monkeypatch):
    monkeypatch.setattr(gathering, "_IDLE_S", 0.01)
    work.may_end.set()
    gatherer = Gatherer(work)
    assert gatherer(store, 1, ["a"]) == ["1:a"]
    assert store.closed.wait(10)
    assert gatherer(store, 1, ["b"]) == ["1:b"], "and another begins"


def test_where_no_thread_can_be_started_nobody_waits_for_one(work, store, monkeypatch):
    work.may_end.set()
    gatherer = Gatherer(work)

    def none(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none)
        with pytest.raises(RuntimeError):
            gatherer(store, 1, ["a"])
    assert gatherer(store, 1, ["b"]) == ["1:b"]
