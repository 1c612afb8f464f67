"""The hour there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yesword.domain.phone import parse
from yesword.domain.places import (
    places_for,
)


def hours_there(raw, at, **known):
    """Hours from UTC at every place of the number."""
    found = places_for(parse(raw, country=None), **known)
    return {at.astimezone(ZoneInfo(place.zone)).utcoffset() / timedelta(hours=1) for place in found}


JANUARY, JULY = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "january", "july"),
    [
        pytest.param("+919812345678", {5.5}, {5.5}, id="India: half an hour"),
        pytest.param("+989123456789", {3.5}, {3.5}, id="Iran: half an hour, summer time given up"),
        pytest.param("+9779841234567", {5.75}, {5.75}, id="Nepal: three quarters"),
        pytest.param("+64211234567", {13, 13.75}, {12, 12.75}, id="New Zealand and the Chathams"),
        pytest.param("+17095550123", {-4, -3.5}, {-3, -2.5}, id="Newfoundland and Labrador"),
        pytest.param(
            "+61412345678",
            {8, 8.75, 9.5, 10, 10.5, 11},
            {8, 8.75, 9.5, 10, 10.5},
            id="Australia: half of it changes",
        ),
        pytest.param("+12085550123", {-7, -8}, {-6, -7}, id="Idaho"),
        pytest.param(
            "+5511961234567", {-5, -4, -3, -2}, {-5, -4, -3, -2}, id="Brazil: four zones, no summer time"
        ),
        pytest.param("+16025550123", {-7}, {-7}, id="Phoenix"),
        pytest.param("+31612345678", {1}, {2}, id="north of the line summer is in July"),
        pytest.param("+56961234567", {-3, -5}, {-3, -4, -6}, id="and south of it in January"),
        pytest.param("+353851234567", {0}, {1}, id="Ireland, whose law calls winter the exception"),
    ],
)
def test_every_clock_of_a_country_counts_in_winter_and_summer(raw, january, july):
    assert hours_there(raw, JANUARY) == january
    assert hours_there(raw, JULY) == july


@pytest.mark.parametrize(
    ("raw", "change", "before", "after"),
    [
        pytest.param("+13055550123", datetime(2026, 3, 8, 7, tzinfo=UTC), -5, -4, id="Miami forward"),
        pytest.param("+13055550123", datetime(2026, 11, 1, 6, tzinfo=UTC), -4, -5, id="Miami back"),
        pytest.param("+31612345678", datetime(2026, 3, 29, 1, tzinfo=UTC), 1, 2, id="Amsterdam forward"),
        pytest.param("+31612345678", datetime(2026, 10, 25, 1, tzinfo=UTC), 2, 1, id="Amsterdam back"),
    ],
)
def test_a_place_follows_the_change_of_its_clock_to_the_second(raw, change, before, after):
    assert hours_there(raw, change - timedelta(seconds=1)) == {before}
    assert hours_there(raw, change) == {after}
