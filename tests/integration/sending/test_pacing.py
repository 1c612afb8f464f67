"""What a claim takes under limits, what it leaves untouched, and how it looks for it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from factories.worlds import CLUB, NOON, World, at_once, next_token, world
from yesword.domain.lanes import Lane
from yesword.domain.messages import MessageClass, MessageKind, MessageState
from yesword.domain.pacing import Limit
from yesword.sending import claiming, due, recovery
from yesword.sending.claiming import Claim
from yesword.sending.fates import Claimant
from yesword.sending.pacing import Pacer
from yesword.sending.weighing import Scales
from yesword.store import limits, models
from yesword.store.limits import BadLimitError
from yesword.store.opening import Store

ON_POSTGRESQL = pytest.mark.parametrize(
    "store", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
UNTOUCHED = "SELECT id, due_at, reason, decision_id, attempt FROM message WHERE state = 0 ORDER BY id"


@pytest.fixture
def here(sqlite_store: Store) -> Iterator[World]:
    with world(sqlite_store) as made:
        yield made


@pytest.fixture
def on_both(store: Store) -> Iterator[World]:
    with world(store) as made:
        yield made


def sender_of(here: World, address: str = CLUB) -> int:
    return models.Sender.objects.get(address=address).pk


def take(here: World, pacer: Pacer, limit: int = 1000, rooms: dict[int, int] | None = None) -> list[Claim]:
    """Every claim that takes something at this moment: on PostgreSQL one looks at one group of buckets."""
    found = []
    for _ in range(200):
        claimant = Claimant(owner=here.dispatcher.owner, token=next_token())
        one = claiming.claim(
            here.store, here.scales, claimant, here.at, limit, pacer=pacer, rooms=rooms or {}
        )
        if not one.seen:
            break
        found.append(one)
    return found


def kinds(claims: list[Claim]) -> Counter[MessageKind]:
    return Counter(each.judged.queued.kind for one in claims for each in one.claimed)


def warm(here: World) -> Pacer:
    """A pacer that knows the limits, and whose tokens have grown for a minute."""
    pacer = Pacer()
    with here.store.database.read() as session:
        pacer.round(session, [], {}, here.at - timedelta(minutes=1))
    return pacer


def test_what_may_not_go_now_stays_as_it_is(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(sender=sender_of(here), per_second=10, burst=10))
    for each in here.members(60):
        here.plan(each)
    before = here.sql(UNTOUCHED)
    taken = take(here, warm(here))
    assert sum(len(one.claimed) for one in taken) == 9  # one of the burst waits for something urgent
    assert set(here.sql(UNTOUCHED)) <= set(before)
    assert sum(one.seen for one in taken) == 9


def test_as_time_goes_by_the_next_ones_go(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(account=here.account.pk, per_second=5, burst=5))
    for each in here.members(30):
        here.plan(each)
    pacer = warm(here)
    went = []
    for _ in range(9):
        went.append(sum(len(one.claimed) for one in take(here, pacer)))
        here.wait(milliseconds=500)
    assert went[0] == 4
    assert set(went[1:]) == {2, 3}
    assert sum(went) == 24


def test_a_country_is_limited_and_the_others_are_not(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(country="SE", per_second=2, burst=2))
    people = here.members(20)
    for each in people:
        here.plan(each, country="SE")
        here.plan(each, country="NL")
    taken = take(here, warm(here))
    assert Counter(each.lane.country for one in taken for each in one.claimed) == {"NL": 20, "SE": 1}


def test_a_code_overtakes_a_campaign_in_the_same_claim(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(sender=sender_of(here), per_second=1, burst=2))
    for each in here.members(40):
        here.plan(each)
    pacer = warm(here)
    assert kinds(take(here, pacer)) == {MessageKind.CAMPAIGN: 1}
    here.plan(
        here.members(1)[0],
        kind=MessageKind.CODE,
        message_class=MessageClass.TRANSACTIONAL,
        trigger="order 7",
        body="Linde & Loom: your code is 123456.",
    )
    (one,) = take(here, pacer, limit=5)
    assert kinds([one]) == {MessageKind.CODE: 1}


def test_a_campaign_of_one_program_does_not_hold_back_that_of_another(here: World) -> None:
    for each in here.members(100):
        here.plan(each)
    here.wait(seconds=1)
    for each in here.members(100, here.events):
        here.plan(each, program=here.events)
    (first, *_) = take(here, Pacer(), limit=40)
    by_program = Counter(each.judged.queued.program for each in first.claimed)
    assert by_program == {here.club.id: 20, here.events.id: 20}


def test_a_program_with_more_weight_gets_more(here: World) -> None:
    models.Program.objects.filter(pk=here.events.id).update(weight=3)
    for each in here.members(100):
        here.plan(each)
    for each in here.members(100, here.events):
        here.plan(each, program=here.events)
    (first, *_) = take(here, Pacer(), limit=40)
    by_program = Counter(each.judged.queued.program for each in first.claimed)
    assert by_program[here.events.id] == pytest.approx(30, abs=2)


def test_a_day_has_an_end_that_a_restart_does_not_move(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(sender=sender_of(here), day_cap=12, day_zone="Europe/Amsterdam"))
    for each in here.members(30):
        here.plan(each)
    assert sum(kinds(take(here, Pacer())).values()) == 12
    here.wait(hours=1)
    assert take(here, Pacer()) == []
    here.wait(hours=10)  # midnight in Amsterdam is 23:00 UTC
    assert here.sql("SELECT day, texts FROM paced_day") == [("2026-03-02", 12)]
    with here.store.database.read() as session:
        lanes = due.due_lanes(session, here.at)
        assert all(Pacer().round(session, lanes, {}, here.at).room(each) == 12 for each in lanes)


def test_a_text_that_was_not_written_is_given_back_to_its_day(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(account=here.account.pk, day_cap=5))
    here.carrier.configure(throttle_per_s=1)
    for each in here.members(3):
        here.plan(each)
    (told, *more) = [here.hand_over(each) for each in take(here, Pacer())]
    given_back = told.given_back + sum(each.given_back for each in more)
    assert given_back
    assert here.sql("SELECT texts FROM paced_day") == [(3 - given_back,)]


@ON_POSTGRESQL
def test_workers_together_never_pass_a_day(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(account=here.account.pk, day_cap=37))
    for each in here.members(120):
        here.plan(each)
    taken: list[int] = []

    def work() -> None:
        scales, pacer = Scales(here.scales.rules), Pacer()
        idle = 0
        while idle < 3:
            claimant = Claimant(owner="worker", token=next_token())
            one = claiming.claim(here.store, scales, claimant, here.at, 10, pacer=pacer)
            taken.extend([1] * len(one.claimed))
            idle = 0 if one.seen else idle + 1

    at_once(here.store, [work] * 3)
    assert len(taken) == 37 - 37 // 20


@ON_POSTGRESQL
def test_workers_share_a_rate(on_both: World) -> None:
    here = on_both
    limits.keep(Limit(account=here.account.pk, per_second=40, burst=40))
    recovery.enrol(here.store, "another", here.at)
    for each in here.members(60):
        here.plan(each)
    with here.store.database.read() as session:
        assert limits.rules(session, here.at).workers == 2
    assert sum(kinds(take(here, warm(here))).values()) == 19  # half of it, and one kept for what is urgent


def test_nothing_is_claimed_for_an_account_that_rests(on_both: World) -> None:
    here = on_both
    other = models.Account.objects.create(key="other", channel="simulator")
    sender = models.Sender.objects.create(account=other, address="900900", kind="short_code")
    one, two = here.members(2)
    stays = here.plan(one)
    here.plan(two, sender=sender.pk)
    taken = take(here, Pacer(), rooms={here.account.pk: 0})
    assert [each.judged.account for claim in taken for each in claim.claimed] == [other.pk]
    assert here.message(stays) == (MessageState.QUEUED, "")


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        (Limit(), "neither"),
        (Limit(per_second=0), "more than 0"),
        (Limit(day_cap=1, day_zone="Mars/Olympus"), "no time zone"),
        (Limit(per_second=1, burst=0), "at least one"),
    ],
    ids=["says nothing", "no rate at all", "no zone", "no burst"],
)
def test_a_limit_that_cannot_be_held_is_refused(here: World, limit: Limit, why: str) -> None:
    with pytest.raises(BadLimitError, match=why):
        limits.keep(limit)


def test_a_limit_is_changed_in_place_and_dropped(here: World) -> None:
    limits.keep(Limit(country="NL", per_second=3))
    limits.keep(Limit(country="NL", per_second=4, day_cap=9))
    assert limits.all_limits() == [Limit(country="NL", per_second=4, day_cap=9)]
    assert limits.drop(Limit(country="NL"))
    assert not limits.drop(Limit(country="NL"))


def _crowd_the_queue(here: World, count: int) -> None:
    """So many campaign texts as copies of one, each in a lane of its kind, and half of them of a far country."""
    (message,) = here.sql("SELECT id FROM message")[0]
    row = "bucket, brand_id, contact_id, program_id, program_version, campaign_id, sender_id, class, kind, subject, categories, language, state, priority, planned_seq, created_at"
    lane = here.sql("SELECT lane FROM message")[0][0]
    far = Lane(**{**_fields(Lane.of_number(lane)), "country": "US"}).number
    here.sql(
        f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        f"INSERT INTO message (id, {row}, due_at, lane) "
        f"SELECT {message} + i, {row}, due_at - i, CASE WHEN i & 1 = 0 THEN {lane} ELSE {far} END "
        f"FROM message, n WHERE id = {message}"
    )


def _fields(lane: Lane) -> dict[str, object]:
    names = ("group", "priority", "country", "program", "sender")
    return {name: getattr(lane, name) for name in names}


@pytest.mark.parametrize(
    "query", ["due_lanes", "queued_lanes", "due_messages", "take_due_messages", "count_apart"]
)
def test_however_much_is_queued_a_claim_looks_into_one_range_of_the_index(on_both: World, query: str) -> None:
    here = on_both
    vendor = here.store.database.vendor
    if query == "take_due_messages" and vendor == "sqlite":
        pytest.skip("SQLite has one writer, and takes no locks on rows")
    here.plan(*here.members(1))
    _crowd_the_queue(here, 20_000)
    here.sql("ANALYZE message" if vendor == "postgresql" else "ANALYZE")
    values = {
        "now": 1 << 60,
        "held": 1 << 60,
        "lane": here.sql("SELECT lane FROM message")[0][0],
        "after_due_at": -(1 << 62),
        "after_id": 0,
        "count": 10,
        "first": 0,
        "last": 1023,
    }
    with here.store.database.read() as session:
        sql = session._sql(query)
        for name, value in values.items():
            sql = sql.replace(f"%({name})s" if vendor == "postgresql" else f":{name}", str(value))
        said = here.sql(f"{'EXPLAIN' if vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
    plan = "\n".join(str(row[-1]) for row in said)
    assert "message_due" in plan
    assert "Seq Scan on message" not in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    for line in plan.splitlines():
        if "message" in line and "Scan" in line.title() and vendor == "sqlite":
            assert "SEARCH" in line or "COVERING INDEX message_due" in line, line


def test_lanes_are_found_whatever_waits_in_them(on_both: World) -> None:
    here = on_both
    here.plan(*here.members(1))
    _crowd_the_queue(here, 5_000)
    here.sql("UPDATE message SET due_at = %s WHERE lane = (SELECT max(lane) FROM message)", 1 << 60)
    with here.store.database.read() as session:
        lanes = due.due_lanes(session, NOON)
        queued = [Lane.of_number(row[0]) for row in session.rows("queued_lanes")]
    assert len(lanes) == 1
    assert len(queued) == 2


def test_an_urgent_group_is_claimed_before_the_others() -> None:
    def lane(group: int, priority: int) -> Lane:
        return Lane(group=group, priority=priority, country="", program=1, sender=1)

    by_group = {3: [lane(3, 3)], 9: [lane(9, 3), lane(9, 0)], 12: [lane(12, 2)]}
    for token in range(16):
        assert due.in_turn(by_group, token)[0] == 9
    assert {due.in_turn(by_group, token)[1] for token in range(16)} == {3, 12}


def test_a_person_who_is_erased_leaves_no_country_in_the_queue(here: World) -> None:
    (anna,) = here.members(1)
    here.plan(anna)
    with here.store.database.write() as session:
        session.run("wipe_bodies", bucket=anna >> 53, contact_id=anna)
    assert Lane.of_number(here.sql("SELECT lane FROM message")[0][0]).country == ""
