"""Times are hours of one day; a log grows through it, and others look at it now and then."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.ledger.bracketing import Bracket, Sighting, bracket

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def seen(size, hour, by="witness") -> Sighting:
    return Sighting(size=size, at=MIDNIGHT + timedelta(hours=hour), by=by)


@pytest.mark.parametrize(
    ("index", "not_before", "not_after"),
    [
        pytest.param(0, None, seen(3, 1), id="the first record was there at the first look"),
        pytest.param(2, None, seen(3, 1), id="the last record that the first look covers"),
        pytest.param(3, seen(3, 1), seen(7, 4), id="the first record that the first look does not cover"),
        pytest.param(6, seen(3, 1), seen(7, 4), id="the last record that the second look covers"),
        pytest.param(7, seen(7, 9), None, id="a record that nobody has seen yet"),
    ],
)
def test_a_record_lies_between_the_newest_log_without_it_and_the_oldest_with_it(index, not_before, not_after):
    looks = (seen(7, 9), seen(3, 1), seen(7, 4))
    assert bracket(index, looks) == Bracket(not_before=not_before, not_after=not_after)


def test_nothing_is_known_of_a_log_that_nobody_saw():
    assert bracket(0, ()) == Bracket(not_before=None, not_after=None)


def test_an_empty_log_that_was_seen_bounds_its_first_record():
    assert bracket(0, (seen(0, 1),)).not_before == seen(0, 1)


def test_each_end_says_who_vouches_for_it():
    around = bracket(5, (seen(5, 1, by="authority"), seen(6, 2, by="witness")))
    assert around.not_before is not None
    assert around.not_after is not None
    assert (around.not_before.by, around.not_after.by) == ("authority", "witness")


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(seen(5, 12), id="after a log that held the record"),
        pytest.param(seen(2, 8), id="after a larger log that did not hold it yet"),
    ],
)
def test_an_old_checkpoint_that_is_stamped_late_moves_nothing(late):
    looks = (seen(5, 3), seen(6, 7), seen(10, 11))
    assert bracket(9, (*looks, late)) == bracket(9, looks)


def test_two_sizes_seen_in_the_same_second_may_both_count():
    assert bracket(6, (seen(9, 5), seen(6, 5))) == Bracket(not_before=seen(6, 5), not_after=seen(9, 5))


def test_the_order_in_which_sightings_are_given_does_not_matter():
    looks = (seen(6, 5, by="a"), seen(6, 5, by="b"), seen(9, 6, by="b"), seen(9, 6, by="a"))
    assert bracket(7, looks) == bracket(7, looks[::-1])


@st.composite
def days(draw):
    """A log that grew: the hour in which each record was added, and looks at what it then was."""
    added = sorted(draw(st.lists(st.integers(0, 100), min_size=1, max_size=30)))
    looks = draw(st.lists(st.integers(0, 100), max_size=10))
    return added, [seen(sum(hour <= look for hour in added), look) for look in looks]


@given(days())
def test_the_hour_in_which_a_record_was_added_is_never_outside(day):
    added, looks = day
    for index, hour in enumerate(added):
        around = bracket(index, looks)
        at = MIDNIGHT + timedelta(hours=hour)
        assert around.not_before is None or around.not_before.at < at
        assert around.not_after is None or at <= around.not_after.at


@given(days())
def test_no_look_between_the_two_ends_is_left_unused(day):
    added, looks = day
    for index in range(len(added)):
        around = bracket(index, looks)
        with_it = [look.at for look in looks if look.size > index]
        without_it = [look.at for look in looks if look.size <= index]
        assert (around.not_after and around.not_after.at) == min(with_it, default=None)
        assert (around.not_before and around.not_before.at) == max(without_it, default=None)


@given(st.lists(st.builds(seen, st.integers(0, 20), st.integers(0, 20))), st.integers(0, 20))
def test_the_ends_are_never_the_wrong_way_round(looks, index):
    around = bracket(index, looks)
    if around.not_before and around.not_after:
        assert around.not_before.at <= around.not_after.at
        assert around.not_before.size <= index < around.not_after.size
