from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.times import EPOCH, from_micros, iso_millis, to_micros

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(EPOCH, id="the epoch"),
        pytest.param(NOON, id="with microseconds"),
        pytest.param(EPOCH - timedelta(microseconds=1), id="just before the epoch"),
        pytest.param(datetime.max.replace(tzinfo=UTC), id="the last moment there is"),
    ],
)
def test_no_microsecond_is_lost(moment):
    assert from_micros(to_micros(moment)) == moment


def test_a_moment_is_the_same_whatever_its_zone():
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-5, minutes=-30)))
    assert to_micros(elsewhere) == to_micros(NOON)
    assert iso_millis(elsewhere) == iso_millis(NOON) == "2026-03-02T12:00:00.123Z"


def test_what_is_read_back_says_utc():
    assert from_micros(0).tzinfo is UTC


def test_milliseconds_are_cut_and_always_written():
    assert iso_millis(NOON.replace(microsecond=999_999)) == "2026-03-02T12:00:00.999Z"
    assert iso_millis(NOON.replace(microsecond=0)) == "2026-03-02T12:00:00.000Z"


@pytest.mark.parametrize("write", [to_micros, iso_millis])
def test_a_time_without_a_zone_is_refused(write):
    with pytest.raises(TypeError):
        write(NOON.replace(tzinfo=None))


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_in_utc_is_written_as_it_is_from_elsewhere(moment):
    by_another_name = moment.replace(tzinfo=timezone(timedelta()))
    assert iso_millis(moment) == iso_millis(by_another_name)
