from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yesword.domain.hours import UnknownZoneError, Week, is_open, next_open, open_until, tz_version, zone

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


# --- holidays -------------------------------------------------------------------------------------------------

NEW_YORK = "America/New_York"
FEDERAL = Week(days=EVENING.days, calendar="us-federal", holiday=((660, 720),))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-12-25T09:00-05:00", "2026-12-25T11:00-05:00", id="the hours of holidays hold"),
        pytest.param("2026-12-25T11:30-05:00", "2026-12-25T11:30-05:00", id="within them"),
        pytest.param("2026-12-25T12:00-05:00", "2026-12-26T08:00-05:00", id="after them"),
        pytest.param("2026-12-24T23:59-05:00", "2026-12-25T11:00-05:00", id="the night before"),
        pytest.param(
            "2026-07-03T09:00-04:00", "2026-07-03T11:00-04:00", id="a holiday that is observed early"
        ),
    ],
)
def test_on_a_holiday_the_windows_of_holidays_hold_instead(now, expected):
    assert next_open([(FEDERAL, NEW_YORK)], at(now)) == at(expected)


def test_a_holiday_is_one_by_the_local_date():
    late = at("2026-12-24T22:00-05:00")  # the 25th in UTC
    assert is_open(Week(days=((((0, 1440),),) * 7), calendar="us-federal"), NEW_YORK, late)
    assert not is_open(Week(days=((((0, 1440),),) * 7), calendar="us-federal"), "Etc/UTC", late)


def test_a_row_of_holidays_and_a_weekend_is_passed_over():
    week = Week(days=(((480, 1200),),) * 5 + ((), ()), calendar="gb")
    assert next_open([(week, "Europe/London")], at("2026-12-24T20:00+00:00")) == at("2026-12-29T08:00+00:00")


def test_a_row_of_holidays_longer_than_the_first_week_is_passed_over():
    proclaimed = tuple(date(2026, 11, 22) + timedelta(days=each) for each in range(12))
    week = Week(days=EVENING.days, calendar="us-federal", proclaimed=proclaimed)
    assert next_open([(week, "Etc/UTC")], at("2026-11-22T09:00+00:00")) == at("2026-12-04T08:00+00:00")


def test_without_a_calendar_nothing_is_a_holiday_nor_proclaimed_one():
    week = Week(days=EVENING.days, proclaimed=(date(2026, 12, 25),))
    assert not week.is_holiday(date(2026, 12, 25))
    assert week.windows_on(date(2026, 12, 25)) == ((480, 1200),)


def test_a_moment_asks_for_its_day_and_not_for_itself():
    week = Week(days=EVENING.days, calendar="us-federal", proclaimed=(date(2026, 11, 23),))
    assert week.is_holiday(datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert week.is_holiday(datetime(2026, 12, 25, 15, tzinfo=UTC))


# --- until when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2026-11-22T19:30-05:00", "2026-11-22T20:00-05:00", id="until the end of the window"),
        pytest.param("2026-11-22T19:59:59-05:00", "2026-11-22T20:00-05:00", id="in its last minute"),
        pytest.param("2026-11-22T08:00-05:00", "2026-11-22T20:00-05:00", id="from its beginning"),
    ],
)
def test_what_is_open_stays_open_until_its_window_ends(now, until):
    assert open_until([(EVENING, NEW_YORK)], at(now)) == at(until)


def test_of_several_clocks_the_first_to_close_counts():
    clocks = [(EVENING, NEW_YORK), (EVENING, "America/Los_Angeles")]
    assert open_until(clocks, at("2026-11-22T13:00-05:00")) == at("2026-11-22T20:00-05:00")


def test_what_no_clock_limits_is_looked_at_again_after_a_day():
    now = at("2026-11-22T13:00-05:00")
    assert open_until([], now) == now + timedelta(days=1)


windows = st.tuples(st.integers(0, 1380), st.integers(30, 900)).map(
    lambda pair: (pair[0], min(1440, sum(pair)))
)
# Days of one window, of two that may touch or overlap, of the whole day, or of none.
days = st.one_of(
    windows.map(lambda each: (each,)), st.tuples(windows, windows), st.just(((0, 1440),)), st.just(())
)
weeks = st.builds(
    lambda days, calendar, holiday, proclaimed: Week(
        days=tuple(days), calendar=calendar, holiday=holiday, proclaimed=tuple(proclaimed)
    ),
    st.lists(days, min_size=7, max_size=7),
    st.sampled_from([None, None, "us-federal", "gb"]),
    days,
    st.lists(st.dates(date(2026, 10, 24), date(2027, 4, 6)), max_size=3),
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


@settings(max_examples=300)
@given(
    clocks=st.lists(st.tuples(weeks, st.sampled_from(ODD_ZONES)), max_size=3),
    now=moments,
    step=st.integers(29, 977),
)
def test_what_is_open_is_open_at_every_moment_until_then(clocks, now, step):
    if not all(is_open(week, name, now) for week, name in clocks):
        return
    until = open_until(clocks, now)
    moment = now
    while moment < until:
        assert all(is_open(week, name, moment) for week, name in clocks), moment
        moment += timedelta(seconds=step)
    last = until - timedelta(microseconds=1)
    assert last < now or all(is_open(week, name, last) for week, name in clocks)
