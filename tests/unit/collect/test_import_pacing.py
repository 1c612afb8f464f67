"""How many rows an import puts into one transaction."""

import pytest

from yesword.collect.imports.pacing import HOLD_S, MOST, Pace


def settled(seconds_a_row: float, hold_s: float) -> int:
    pace = Pace(hold_s)
    for _ in range(30):
        pace.learn(pace.size, pace.size * seconds_a_row)
    return pace.size


@pytest.mark.parametrize("vendor", sorted(HOLD_S))
def test_a_transaction_comes_to_last_as_long_as_it_may(vendor):
    hold_s = HOLD_S[vendor]
    assert settled(hold_s / 300, hold_s) == pytest.approx(300, abs=2)


def test_on_a_slow_machine_some_rows_go_through_all_the_same():
    assert settled(1.0, 0.012) == 20


def test_no_transaction_takes_more_than_a_batch():
    assert settled(1e-9, 0.012) == MOST


def test_a_last_handful_teaches_nothing():
    pace = Pace(0.012)
    before = pace.size
    pace.learn(1, 5.0)
    assert pace.size == before


def test_on_sqlite_every_other_writer_waits_less_than_20_milliseconds_for_the_work():
    assert HOLD_S["sqlite"] < 0.020
