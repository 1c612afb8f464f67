"""Every command reads days and times in one way."""

from datetime import UTC, date, datetime

import pytest

from yesword.cli.misuse import NOT_UNDERSTOOD, exit_code
from yesword.cli.moments import FarTimeError, NotATimeError, TimeWithoutZoneError, read_day, read_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC), id="a day begins in UTC"),
        pytest.param("2026-11-22T20:30-05:00", datetime(2026, 11, 23, 1, 30, tzinfo=UTC), id="an offset"),
        pytest.param("2026-11-22 20:30Z", datetime(2026, 11, 22, 20, 30, tzinfo=UTC), id="a space and Z"),
        pytest.param(" 2026-11-22 ", datetime(2026, 11, 22, tzinfo=UTC), id="with spaces around it"),
    ],
)
def test_a_moment_is_read_in_utc(text, expected):
    assert read_time(text) == expected


def test_until_a_day_is_until_its_end():
    assert read_time("2026-11-22", is_until=True) == datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=UTC)


def test_a_time_means_itself_with_until_too():
    assert read_time("2026-11-22T10:00Z", is_until=True) == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_the_day_of_a_time_is_that_of_its_own_clock():
    assert read_day("2026-11-22T23:30-05:00") == date(2026, 11, 22)


@pytest.mark.parametrize("read", [read_time, read_day])
@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("soon", NotATimeError, id="a word"),
        pytest.param("22-11-2026", NotATimeError, id="the other way round"),
        pytest.param("2026-02-30", NotATimeError, id="a day that is not there"),
        pytest.param("2026-11-22T20:30", TimeWithoutZoneError, id="nobody's time"),
        pytest.param("0001-01-01", FarTimeError, id="the first day of all"),
        pytest.param("2999-01-01T00:00Z", FarTimeError, id="a time far ahead"),
    ],
)
def test_what_cannot_be_read_is_told_and_is_a_command_that_was_not_understood(read, text, error):
    with pytest.raises(error) as raised:
        read(text)
    assert text in str(raised.value)
    assert exit_code(raised.value) == NOT_UNDERSTOOD
