"""Several machines on one PostgreSQL, some of whose clocks are wrong by more than a minute: it decides nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from factories.worlds import World, world
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.domain.times import to_micros
from yesword.sending import recovery
from yesword.store.database import Database, Row, Session
from yesword.store.opening import Store
from yesword.store.shared_clock import ASK_EVERY_S, SharedClock
from yesword.worker import dispatcher

SKEW = timedelta(seconds=90)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=[-SKEW, SKEW], ids=["its clock is behind", "its clock is ahead"])
def skew(request: pytest.FixtureRequest) -> timedelta:
    return request.param


@pytest.fixture
def here(postgresql_store: Store, skew: timedelta, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A worker on a machine with a wrong clock, at the true time of the day."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime.now(tz) + skew

    with world(postgresql_store) as made:
        made.now[0] = datetime.now(UTC)
        monkeypatch.setattr(dispatcher, "datetime", Wrong)
        monkeypatch.setattr("yesword.store.shared_clock.datetime", Wrong)
        assert abs(dispatcher.utc_now() - made.at - skew) < SKEW / 2
        made.dispatcher.clock = SharedClock(postgresql_store)
        yield made


def test_a_stale_text_is_not_sent_a_fresh_one_is_and_none_before_its_time(here: World) -> None:
    stale, fresh, early = (
        here.plan(
            here.members(1)[0],
            kind=MessageKind.CODE,
            message_class=MessageClass.SERVICE,
            trigger=f"signin-{number}",
            due_at=here.at + due,
            send_by=here.at + due + timedelta(minutes=1),
        )
        for number, due in enumerate([timedelta(seconds=-105), timedelta(0), timedelta(seconds=45)])
    )
    here.settle()
    assert here.message(fresh)[0] is MessageState.SENT
    assert here.message(stale)[0] is MessageState.EXPIRED
    assert here.message(early)[0] is MessageState.QUEUED
    assert here.carrier.counts()["accepted"] == 1


def test_the_lease_of_another_machine_is_not_taken_while_it_runs(here: World, skew: timedelta) -> None:
    recovery.enrol(here.store, "far", here.at + skew)
    message = here.plan(
        here.members(1)[0], kind=MessageKind.CODE, message_class=MessageClass.SERVICE, trigger="signin-1"
    )
    here.claim_all()
    here.sql("UPDATE message SET owner = 'far' WHERE state = 2")
    here.sql("UPDATE worker SET locality = 'another host' WHERE owner = 'far'")
    for at in (here.at - SKEW, here.at, here.at + SKEW):
        recovery.reap(here.store, at, keep=here.dispatcher.owner)
    assert here.message(message)[0] is MessageState.SENDING
    here.sql("UPDATE worker SET lease_until = lease_until - 60000000 WHERE owner = 'far'")
    recovery.renew(here.store, "far", here.at + skew)
    recovery.reap(here.store, here.at + skew, keep=here.dispatcher.owner)
    assert here.message(message)[0] is MessageState.SENDING
    here.sql("UPDATE worker SET lease_until = lease_until - 60000000 WHERE owner = 'far'")
    recovery.reap(here.store, here.at + skew, keep=here.dispatcher.owner)
    assert here.message(message)[0] is MessageState.QUEUED  # a code: it is tried again
    assert here.sql("SELECT count(*) FROM worker WHERE owner = 'far'") == [(0,)]


def test_between_two_looks_at_the_database_time_goes_on_by_a_count(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = [100.0]
    clock = SharedClock(postgresql_store, count=lambda: count[0])
    first = clock()
    count[0] += ASK_EVERY_S / 2
    assert clock() - first == timedelta(seconds=ASK_EVERY_S / 2)
    count[0] += ASK_EVERY_S
    assert clock() - first < timedelta(seconds=ASK_EVERY_S)  # asked again: hardly any time has passed

    def gone(database: Database) -> None:
        raise OperationalError

    monkeypatch.setattr(Database, "read", gone)
    count[0] += 2 * ASK_EVERY_S
    assert clock() - first > timedelta(seconds=2 * ASK_EVERY_S) - timedelta(seconds=1)


@pytest.mark.parametrize("times", [1, 9], ids=["once", "whenever it asks"])
def test_who_is_stopped_while_asking_learns_no_wrong_time(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Of an answer that took eight seconds nobody knows when in between it was given."""
    count, stops = [100.0], [0]
    ask = Session.first

    def slowly(session: Session, name: str) -> Row | None:
        count[0] += 8.0 if stops[0] else 0.0
        stops[0] = max(0, stops[0] - 1)
        return ask(session, name)

    monkeypatch.setattr(Session, "first", slowly)
    clock = SharedClock(postgresql_store, count=lambda: count[0])
    first = clock()
    count[0] += ASK_EVERY_S + 1
    stops[0] = times
    passed = (clock() - first).total_seconds()
    by_count = count[0] - 100.0
    assert passed == pytest.approx(by_count if times > 1 else 0.0, abs=1.0), (
        "the database's, or else counted on"
    )


def test_the_time_is_never_ahead_of_the_databases(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a decision would be dated after its text was written. The question is long on its way, and the answer is not."""
    count = [100.0]

    def by_the_database() -> datetime:
        return NOON + timedelta(seconds=count[0])

    def long_on_its_way(_session: Session, _name: str) -> Row:
        count[0] += 0.1
        return (to_micros(by_the_database()),)

    monkeypatch.setattr(Session, "first", long_on_its_way)
    assert SharedClock(postgresql_store, count=lambda: count[0])() <= by_the_database()


def test_on_sqlite_there_is_one_machine_and_its_clock(sqlite_store: Store) -> None:
    before = datetime.now(UTC)
    assert before <= SharedClock(sqlite_store)() <= datetime.now(UTC)
