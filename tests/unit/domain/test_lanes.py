"""A lane's number, and what its order says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.lanes import Lane, UnlanedError

IDS = st.integers(0, (1 << 22) - 1)
COUNTRIES = st.one_of(st.just(""), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2))
LANES = st.builds(
    Lane,
    group=st.integers(0, 15),
    priority=st.integers(0, 7),
    country=COUNTRIES,
    program=IDS,
    sender=IDS,
)


@given(LANES)
def test_a_lane_is_read_back_from_its_number(lane: Lane) -> None:
    assert Lane.of_number(lane.number) == lane
    assert 0 <= lane.number < 1 << 63


@given(LANES, LANES)
def test_in_a_group_what_is_more_urgent_comes_first(one: Lane, other: Lane) -> None:
    if (one.group, one.priority) < (other.group, other.priority):
        assert one.number < other.number


def test_numbers_of_no_country_share_a_lane() -> None:
    lanes = [Lane(group=0, priority=3, country=each, program=1, sender=1) for each in ("001", "", "nl")]
    assert {Lane.of_number(each.number).country for each in lanes} == {""}


@pytest.mark.parametrize("ids", [(1 << 22, 1), (1, 1 << 22), (-1, 1)], ids=["program", "sender", "negative"])
def test_an_id_that_does_not_fit_is_refused(ids: tuple[int, int]) -> None:
    with pytest.raises(UnlanedError):
        _ = Lane(group=0, priority=0, country="NL", program=ids[0], sender=ids[1]).number


def test_the_country_can_be_cut_out_of_a_number_by_its_bits() -> None:
    lane = Lane(group=3, priority=2, country="SE", program=7, sender=9)
    assert (
        lane.number & ~17996806323437568 == Lane(group=3, priority=2, country="", program=7, sender=9).number
    )
