"""Pacing never passes what is allowed, starves nobody, and leaves nothing unused."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.lanes import Lane
from yesword.domain.pacing import Bucket, Limit, Pacing, Rules

CAMPAIGN, REMINDER, CODE = 3, 2, 0
ACCOUNTS = {1: 1, 2: 1, 3: 2}  # of senders


def lane(program: int = 1, sender: int = 1, priority: int = CAMPAIGN, country: str = "NL") -> Lane:
    return Lane(group=0, priority=priority, country=country, program=program, sender=sender)


def pacing(*limits: Limit, workers: int = 1, **weights: int) -> Pacing:
    made = Pacing()
    by_program = {int(key[1:]): weight for key, weight in weights.items()}
    made.follow(Rules(limits=limits, accounts=ACCOUNTS, weights=by_program, workers=workers), 0.0)
    return made


def claim(
    pacing: Pacing, queued: Counter[Lane], count: int, now: float, used: dict[str, int] | None = None
) -> Counter[Lane]:
    """What one claim takes of queues of this length, as `sending.due` does it."""
    sharing = pacing.round(now, used or {}, {})
    taken: Counter[Lane] = Counter()
    used_up: set[Lane] = set()
    while taken.total() < count:
        shares = sharing.share(
            [each for each in queued if each not in used_up and queued[each]], count - taken.total()
        )
        if not shares:
            break
        for each, share in shares.items():
            found = min(share, queued[each] - taken[each])
            taken[each] += found
            if found < share:
                used_up.add(each)
                sharing.give_back(each, share - found)
    pacing.spend(taken, now)
    queued.subtract(taken)
    return taken


STEPS = st.lists(st.tuples(st.floats(0, 30), st.integers(0, 200)), min_size=1, max_size=40)


@given(rate=st.floats(0.05, 500), burst=st.integers(1, 50), steps=STEPS, is_urgent=st.booleans())
def test_over_any_span_at_most_the_burst_and_the_rate_go(
    rate: float, burst: int, steps: list[tuple[float, int]], *, is_urgent: bool
) -> None:
    paced = pacing(Limit(sender=1, per_second=rate, burst=burst))
    here = lane(priority=CODE if is_urgent else CAMPAIGN)
    queued, now, went = Counter({here: 10**9}), 0.0, []
    for wait, count in steps:
        now += wait
        went.append((now, claim(paced, queued, count, now).total()))
    for first in range(len(went)):
        for last in range(first, len(went)):
            span = went[last][0] - went[first][0]
            total = sum(count for _, count in went[first : last + 1])
            assert total <= burst + rate * span + 1e-6


@given(st.integers(2, 20), st.integers(2, 400))
def test_a_campaign_alone_gets_the_whole_rate(rate: int, seconds: int) -> None:
    paced = pacing(Limit(sender=1, per_second=rate, burst=rate))
    queued = Counter({lane(): 10**9})
    went = sum(claim(paced, queued, 1000, tick / 10).total() for tick in range(1, seconds * 10 + 1))
    assert went >= rate * seconds - rate


@given(st.lists(st.sampled_from([1.0, 0.5, 2.0]), min_size=1, max_size=8), st.integers(1, 8))
def test_workers_that_share_a_rate_stay_below_it_together(waits: list[float], workers: int) -> None:
    limit = Limit(account=1, per_second=7, burst=10)
    parts = [pacing(limit, workers=workers) for _ in range(workers)]
    queued, now, went = Counter({lane(): 10**9}), 0.0, 0
    for wait in waits:
        now += wait
        went += sum(claim(each, queued, 1000, now).total() for each in parts)
    # A worker whose part of a burst is less than one text may save up one.
    assert went <= max(10, workers) + 7 * now + 1e-6


@given(
    st.dictionaries(
        st.builds(
            lane,
            program=st.integers(1, 4),
            sender=st.integers(1, 3),
            priority=st.integers(0, 3),
            country=st.sampled_from(["NL", "US"]),
        ),
        st.integers(1, 300),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 500),
)
def test_a_claim_is_full_unless_nothing_more_may_go(queues: dict[Lane, int], count: int) -> None:
    paced = pacing(
        Limit(sender=1, per_second=50, burst=50), Limit(account=1, country="US", per_second=20, burst=20)
    )
    queued = Counter(queues)
    taken = claim(paced, queued, count, 100.0)
    assert all(taken[each] <= queues[each] for each in taken)
    if taken.total() < count:
        again = paced.round(100.0, {}, {})
        assert all(again.room(each) < 1 for each in queued if queued[each])


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 5))
def test_programs_share_by_weight_whatever_the_size_of_a_claim(size: int, one: int, other: int) -> None:
    paced = pacing(p1=one, p2=other)
    # The first has its people in two countries: that earns it nothing.
    queued = Counter({lane(1): 10**6, lane(1, country="US"): 10**6, lane(2): 10**6})
    went: Counter[int] = Counter()
    for step in range(400):
        for each, count in claim(paced, queued, size, float(step)).items():
            went[each.program] += count
    share = went[1] / went.total()
    assert share == pytest.approx(one / (one + other), abs=0.05)


@given(st.integers(1, 30))
def test_nobody_starves_among_many(size: int) -> None:
    paced = pacing()
    queued = Counter({lane(program): 10**6 for program in range(1, 21)})
    went: Counter[Lane] = Counter()
    for step in range(60):
        went += claim(paced, queued, size, float(step))
    if size * 60 >= 40:
        assert len(went) == 20


def test_whoever_could_not_send_for_long_saves_nothing_up() -> None:
    paced = pacing()
    queued = Counter({lane(1): 10**6})
    for step in range(100):
        claim(paced, queued, 10, float(step))
    queued[lane(2)] = 10**6
    assert claim(paced, queued, 100, 100.0)[lane(2)] == pytest.approx(50, abs=8)


def test_what_is_urgent_goes_first_and_a_token_waits_for_it() -> None:
    paced = pacing(Limit(sender=1, per_second=10, burst=10))
    queued = Counter({lane(): 10**6, lane(priority=CODE): 0})
    assert claim(paced, queued, 1000, 10.0).total() == 9
    queued[lane(priority=CODE)] = 3
    assert claim(paced, queued, 1000, 10.0) == {lane(priority=CODE): 1}
    taken = claim(paced, queued, 1000, 10.5)
    assert taken[lane(priority=CODE)] == 2
    assert taken[lane()] == 2


def test_reminders_go_before_campaigns_but_do_not_stop_them() -> None:
    queued = Counter({lane(): 10**6, lane(priority=REMINDER): 10**6})
    taken = claim(pacing(), queued, 900, 0.0)
    assert taken[lane(priority=REMINDER)] > 5 * taken[lane()] > 0


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_day_is_never_passed_and_a_part_of_it_is_kept_for_what_is_urgent(cap: int, used: int) -> None:
    limit = Limit(sender=1, day_cap=cap)
    paced = pacing(limit)
    plain = claim(paced, Counter({lane(): 10**6}), 1000, 0.0, {limit.key: used}).total()
    urgent = claim(paced, Counter({lane(priority=CODE): 10**6}), 1000, 0.0, {limit.key: used}).total()
    assert urgent == max(0, cap - used)
    assert plain == max(0, cap - cap // 20 - used)


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    limit = Limit(day_cap=1, day_zone="America/New_York")
    assert limit.day(datetime(2026, 3, 2, 4, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert limit.day(datetime(2026, 3, 2, 5, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_every_limit_that_covers_a_lane_counts() -> None:
    paced = pacing(
        Limit(account=1, per_second=100, burst=100),
        Limit(sender=1, per_second=10, burst=10),
        Limit(country="US", per_second=5, burst=5),
        Limit(account=2, country="US", per_second=2, burst=2),
    )
    sharing = paced.round(1000.0, {}, {})
    asked = {
        "NL from 1": lane(priority=CODE),
        "US from 1": lane(priority=CODE, country="US"),
        "NL from 2": lane(priority=CODE, sender=2),
        "US from 3": lane(priority=CODE, sender=3, country="US"),
    }
    assert {name: sharing.room(each) for name, each in asked.items()} == {
        "NL from 1": 10,
        "US from 1": 5,
        "NL from 2": 100,
        "US from 3": 2,
    }


def test_an_account_that_takes_nothing_holds_back_no_other() -> None:
    paced = pacing()
    sharing = paced.round(0.0, {}, {1: 0, 2: 30})
    assert sharing.share([lane(1), lane(2, sender=3)], 100) == {lane(2, sender=3): 30}


def test_after_a_throttle_it_goes_slower_and_slowly_as_fast_as_before() -> None:
    bucket = Bucket(10, 10, 0.0)
    bucket.slow_down(0.0)
    assert bucket.has(1.0, is_urgent=True) == 5
    bucket.take(5, 1.0)
    for now in range(2, 40):
        bucket.take(bucket.has(float(now), is_urgent=True), float(now))
    assert bucket.has(40.0, is_urgent=True) == 10


def test_a_clock_that_is_put_back_gives_nothing() -> None:
    bucket = Bucket(10, 10, 100.0)
    assert bucket.has(50.0, is_urgent=True) == 0
    assert bucket.has(50.5, is_urgent=True) == 5


def test_a_changed_limit_keeps_what_was_spent() -> None:
    paced = pacing(Limit(sender=1, per_second=10, burst=10))
    claim(paced, Counter({lane(priority=CODE): 100}), 100, 10.0)
    changed = Limit(sender=1, per_second=20, burst=20)
    paced.follow(Rules(limits=(changed,), accounts=ACCOUNTS, weights={}), 10.0)
    assert paced.round(10.0, {}, {}).room(lane(priority=CODE)) == 0


def _limits() -> Iterator[Limit]:
    yield from (Limit(), Limit(account=1), Limit(sender=1), Limit(country="NL"), Limit(account=1, sender=1))


def test_each_limit_has_a_key_of_its_own() -> None:
    assert len({each.key for each in _limits()}) == len(list(_limits()))
