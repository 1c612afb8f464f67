"""What a dead worker left behind, and who may say that it is dead."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from factories.worlds import ANNA, World, world
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.sending import draining, inbound, recovery
from yesword.sending.fates import LEASE
from yesword.store.locality import owner_lock
from yesword.store.opening import Store

OTHER_WORKER = """
import sys, time
from datetime import datetime
from pathlib import Path
from yesword.store.opening import open_store
folder, url, owner, at = sys.argv[1:]
store = open_store(Path(folder), url or None)
from yesword.domain.rules import RuleBook
from yesword.sending import recovery
from yesword.sending.claiming import claim
from yesword.sending.fates import Claimant
from yesword.sending.weighing import Scales
from yesword.store.locality import owner_lock
now = datetime.fromisoformat(at)
with owner_lock(store.run, owner):
    recovery.enrol(store, owner, now)
    scales = Scales(RuleBook.load())
    print(sum(len(claim(store, scales, Claimant(owner=owner, token=token), now, 100).claimed) for token in range(20)), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def test_what_a_killed_worker_was_sending_is_uncertain_and_not_before_it_is_gone(on_both: World) -> None:
    here = on_both
    here.join()
    anna, *others = here.contact().id, *here.members(1)
    offer = here.plan(anna)
    code = here.plan(*others, kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1")
    store = here.store
    command = [
        sys.executable,
        "-c",
        OTHER_WORKER,
        str(store.folder),
        store.url or "",
        "other",
        here.at.isoformat(),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "2\n"
            assert recovery.reap(store, here.at + timedelta(days=1)) == 0
            assert here.message(offer)[0] is here.message(code)[0] is MessageState.SENDING
            handled = here.receive(ANNA, "STOP")
            ((contact, stop),) = handled.withdrawn
            assert not draining.drain(store, contact, stop, 0.02)
        finally:
            process.send_signal(signal.SIGKILL)
    assert recovery.reap(store, here.at, keep=here.dispatcher.owner) == 1
    assert here.message(offer) == (MessageState.UNCERTAIN, "owner_gone")
    assert here.message(code)[0] is MessageState.QUEUED
    assert inbound.may_acknowledge(store, handled)
    accepted = here.carrier.counts()["accepted"]
    here.settle()
    assert here.message(offer)[0] is MessageState.UNCERTAIN  # nobody knows, so nobody sends it again
    assert here.message(code)[0] is MessageState.SENT
    assert here.carrier.counts()["accepted"] == accepted + 2  # the code, and the confirmation
    assert recovery.reap(store, here.at, keep=here.dispatcher.owner) == 0


def sending(here: World, owner: str, where: str | None = None) -> None:
    """A worker of that name, perhaps on another host, that is in the middle of a hand-over."""
    recovery.enrol(here.store, owner, here.at)
    here.plan(*here.members(1))
    here.claim_all()
    here.sql("UPDATE message SET owner = %s WHERE state = 2", owner)
    if where is not None:
        here.sql("UPDATE worker SET locality = %s WHERE owner = %s", where, owner)


def test_a_free_owner_lock_is_what_counts_on_this_host(here: World) -> None:
    with owner_lock(here.store.run, "slow"):
        sending(here, "slow")
        assert recovery.reap(here.store, here.at + timedelta(days=1), keep=here.dispatcher.owner) == 0
    assert recovery.reap(here.store, here.at, keep=here.dispatcher.owner) == 1


def test_a_worker_on_another_host_is_dead_when_its_lease_and_a_margin_are_over(here: World) -> None:
    sending(here, "far", where="another host")
    keep = here.dispatcher.owner
    assert recovery.reap(here.store, here.at + LEASE + timedelta(seconds=15), keep=keep) == 0
    recovery.renew(here.store, "far", here.at + timedelta(seconds=5))
    assert recovery.reap(here.store, here.at + LEASE + timedelta(seconds=16), keep=keep) == 0
    assert recovery.reap(here.store, here.at + LEASE + timedelta(seconds=21), keep=keep) == 1


def test_a_worker_that_was_taken_for_dead_makes_itself_known_again(on_both: World) -> None:
    here = on_both
    sending(here, "frozen", where="another host")
    recovery.reap(here.store, here.at + timedelta(hours=1), keep=here.dispatcher.owner)
    recovery.renew(here.store, "frozen", here.at)
    assert here.sql("SELECT count(*) FROM worker WHERE owner = 'frozen'") == [(1,)]
    recovery.renew(here.store, "frozen", here.at)


def test_a_worker_that_leaves_with_something_unrecorded_stays_known_to_the_reaper(here: World) -> None:
    sending(here, "careless")
    recovery.leave(here.store, "careless")
    assert recovery.reap(here.store, here.at, keep=here.dispatcher.owner) == 1
    assert here.sql("SELECT count(*) FROM worker WHERE owner = 'careless'") == [(0,)]


def test_a_dispatcher_that_ends_in_order_leaves_nothing_behind(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        here.plan(*here.members(1))
        here.settle()
        assert here.sql("SELECT count(*) FROM worker") == [(1,)]
    assert here.sql("SELECT count(*) FROM worker") == [(0,)]
    assert list(sqlite_store.run.glob("owner-*")) in ([], [sqlite_store.run / "owner-dispatcher"])
