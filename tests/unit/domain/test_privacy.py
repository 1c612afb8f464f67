"""The clock of a privacy request: one calendar month, whatever the month."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.privacy import due_at

moments = st.integers(0, 80 * 365 * 86_400).map(
    lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T14:30:00+00:00")


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        pytest.param("2026-03-15", "2026-04-15", id="the same day of the next month"),
        pytest.param("2026-01-31", "2026-02-28", id="from the end of January to the end of February"),
        pytest.param("2028-01-31", "2028-02-29", id="in a leap year"),
        pytest.param("2026-02-28", "2026-03-28", id="from the end of February, not to the end of March"),
        pytest.param("2026-08-31", "2026-09-30", id="from a month of 31 days to one of 30"),
        pytest.param("2026-12-10", "2027-01-10", id="over the end of the year"),
        pytest.param("2026-12-31", "2027-01-31", id="from the last day of the year"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_one(asked: str, due: str) -> None:
    assert due_at(day(asked)) == day(due)


@given(moments)
def test_it_is_always_the_next_month_and_never_more_than_31_days(asked: datetime) -> None:
    due = due_at(asked)
    assert (due.year * 12 + due.month) - (asked.year * 12 + asked.month) == 1
    assert timedelta(days=28) <= due - asked <= timedelta(days=31)
    assert due.timetz() == asked.timetz()
    is_last_day = (due + timedelta(days=1)).month != due.month
    assert due.day == asked.day or is_last_day


@given(moments, moments)
def test_who_asks_later_is_never_due_earlier_but_within_a_day_of_a_month_end(
    one: datetime, other: datetime
) -> None:
    first, second = sorted((one, other))
    assert due_at(first).date() <= due_at(second).date()
