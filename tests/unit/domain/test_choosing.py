"""Less in place of nothing: what is chosen on the page of a link never widens what was chosen before."""

from datetime import UTC, datetime, timedelta

import pytest

from yesword.domain.choosing import fewer, paused, without
from yesword.domain.events import Preferences

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_pause_is_thirty_days():
    assert paused(Preferences(), NOW).paused_until == NOW + timedelta(days=30)


def test_a_longer_pause_of_before_stays():
    until = NOW + timedelta(days=90)
    assert paused(Preferences(paused_until=until), NOW).paused_until == until


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param((None, None), (1, 30), id="nothing was chosen"),
        pytest.param((4, 30), (1, 30), id="more was"),
        pytest.param((1, 90), (1, 90), id="even fewer were"),
    ],
)
def test_fewer_are_never_more(before, after):
    found = fewer(Preferences(count=before[0], window_days=before[1]))
    assert (found.count, found.window_days) == after


def test_topics_left_out_before_stay_out():
    assert without(Preferences(without_categories=("hats",)), ("coats",)).without_categories == (
        "coats",
        "hats",
    )
