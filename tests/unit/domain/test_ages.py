"""How old somebody said to be: it grows with the years, and a youth is never taken for an adult."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.ages import YEAR, SaidAge

ON = datetime(2026, 3, 2, tzinfo=UTC)
MOMENTS = st.integers(min_value=0, max_value=20_000).map(lambda days: ON + timedelta(days=days))


@pytest.mark.parametrize(
    ("years", "since"),
    [
        pytest.param(13, None, id="a youth"),
        pytest.param(17, None, id="a year too young"),
        pytest.param(18, ON, id="of age on that day"),
        pytest.param(21, ON - 3 * YEAR, id="of age for years"),
    ],
)
def test_since_when_somebody_is_of_age_follows_from_an_adults_word_only(years, since):
    assert SaidAge(years=years, on=ON).adult_since == since


@pytest.mark.parametrize(
    ("years", "minimum", "after", "is_old_enough"),
    [
        pytest.param(16, 16, timedelta(0), True, id="as old as is asked"),
        pytest.param(16, 13, timedelta(0), True, id="older than is asked"),
        pytest.param(16, 17, timedelta(0), False, id="a year too young"),
        pytest.param(16, 17, YEAR, True, id="a year later"),
        pytest.param(16, 18, 10 * YEAR, False, id="never of age by that word"),
        pytest.param(18, 21, timedelta(0), False, id="18, where 21 is asked"),
        pytest.param(18, 21, 3 * YEAR, True, id="18, three years on"),
    ],
)
def test_whether_somebody_is_old_enough(years, minimum, after, is_old_enough):
    assert SaidAge(years=years, on=ON).is_at_least(minimum, ON + after) is is_old_enough


@given(st.integers(min_value=13, max_value=17), st.integers(min_value=18, max_value=99), MOMENTS)
def test_no_time_makes_an_adult_of_a_youths_word(years, minimum, at):
    assert not SaidAge(years=years, on=ON).is_at_least(minimum, at)


@given(st.integers(min_value=13, max_value=99), st.integers(min_value=13, max_value=99), MOMENTS)
def test_who_is_old_enough_stays_so(years, minimum, at):
    said = SaidAge(years=years, on=ON)
    assert not said.is_at_least(minimum, at) or said.is_at_least(minimum, at + YEAR)
