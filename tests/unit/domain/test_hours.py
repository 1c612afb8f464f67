from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.hours import UnknownZoneError, Week, is_open, next_open, tz_version, zone

MINUTE = timedelta(minutes=1)
EVENING = Week.daily(8 * 60, 20 * 60)
SUNDAYS_CLOSED = Week(days=(((540, 1200),),) * 6 + ((),))
ODD_ZONES = [
    "America/New_York",
    "Europe/Amsterdam",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Pago_Pago",
    "Africa/Casablanca",
    "Etc/UTC",
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def scan(clocks, start: datetime, days: int = 14) -> datetime | None:
    """The oracle: every minute, one by one."""
    if all(is_open(week, name, start) for week, name in clocks):
        return start
    minute = start.replace(second=0, microsecond=0) + MINUTE
    while minute <= start + timedelta(days=days):
        if all(is_open(week, name, minute) for week, name in clocks):
            return minute
        minute += MINUTE
    return None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-22T07:59-05:00", "2026-11-22T08:00-05:00", id="a minute before it opens"),
        pytest.param("2026-11-22T08:00-05:00", "2026-11-22T08:00-05:00", id="the first minute is open"),
        pytest.param("2026-11-22T19:59-05:00", "2026-11-22T19:59-05:00", id="the last minute is open"),
        pytest.param("2026-11-22T20:00-05:00", "2026-11-23T08:00-05:00", id="the end itself is closed"),
        pytest.param("2027-03-13T20:00-05:00", "2027-03-14T08:00-04:00", id="the night that loses an hour"),
        pytest.param("2026-10-31T20:00-04:00", "2026-11-01T08:00-05:00", id="the night that gains an hour"),
    ],
)
def test_a_daily_window_opens_and_closes_by_the_local_clock(now, expected):
    assert next_open([(EVENING, "America/New_York")], at(now)) == at(expected)


def test_a_window_that_starts_in_the_hour_that_is_skipped_opens_with_the_jump():
    week = Week.daily(2 * 60 + 30, 20 * 60)
    assert next_open([(week, "America/New_York")], at("2027-03-14T01:00-05:00")) == at(
        "2027-03-14T03:00-04:00"
    )


def test_an_hour_that_comes_twice_opens_a_closed_window_again():
    week = Week.daily(0, 90)  # until 01:30
    late = at("2026-11-01T01:45-04:00")
    assert next_open([(week, "America/New_York")], late) == at("2026-11-01T01:00-05:00")


def test_a_window_within_an_hour_that_comes_twice_opens_twice():
    week = Week.daily(70, 80)  # 01:10 to 01:20
    between = at("2026-11-01T01:25-04:00")
    assert next_open([(week, "America/New_York")], between) == at("2026-11-01T01:10-05:00")


def test_a_closed_weekday_is_passed_over():
    saturday_night = at("2026-11-21T21:00+01:00")
    assert next_open([(SUNDAYS_CLOSED, "Europe/Amsterdam")], saturday_night) == at("2026-11-23T09:00+01:00")


def test_the_moment_must_be_lawful_in_every_zone():
    clocks = [(EVENING, "America/New_York"), (EVENING, "America/Los_Angeles")]
    assert next_open(clocks, at("2026-11-22T08:00-05:00")) == at("2026-11-22T08:00-08:00")


def test_windows_that_never_overlap_have_no_moment():
    clocks = [(Week.daily(480, 540), "Europe/Amsterdam"), (Week.daily(480, 540), "Asia/Tokyo")]
    assert next_open(clocks, at("2026-11-22T08:00+00:00")) is None


def test_no_clocks_at_all_forbid_nothing():
    now = at("2026-11-22T03:00+00:00")
    assert next_open([], now) == now


def test_an_open_moment_is_kept_to_the_microsecond():
    now = datetime(2026, 11, 22, 12, 0, 30, 5, tzinfo=UTC)
    assert next_open([(EVENING, "Etc/UTC")], now) == now


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(UnknownZoneError, match="Mars/Olympus"):
        zone("Mars/Olympus")


def test_zones_come_from_the_pinned_package():
    assert tz_version().startswith("tzdata 20")
    assert zone("Europe/Amsterdam").key == "Europe/Amsterdam"


windows = st.tuples(st.integers(0, 1380), st.integers(30, 900)).map(
    lambda pair: (pair[0], min(1440, sum(pair)))
)
weeks = st.lists(windows.map(lambda each: (each,)) | st.just(()), min_size=7, max_size=7).map(
    lambda days: Week(days=tuple(days))
)
# Around the changes of the clock, where mistakes live, and anywhere else.
moments = st.sampled_from(
    [
        at("2027-03-13T12:00+00:00"),
        at("2026-10-24T12:00+00:00"),
        at("2026-10-31T12:00+00:00"),
        at("2027-04-03T06:00+00:00"),
    ]
).flatmap(lambda start: st.integers(0, 3 * 24 * 3600).map(lambda seconds: start + timedelta(seconds=seconds)))


@given(clocks=st.lists(st.tuples(weeks, st.sampled_from(ODD_ZONES)), min_size=1, max_size=3), now=moments)
def test_the_next_opening_is_the_first_open_minute_by_scan(clocks, now):
    found = next_open(clocks, now)
    expected = scan(clocks, now, days=4)
    if expected is not None:
        assert found == expected
    else:
        assert found is None or found > now + timedelta(days=4)
