"""What a process counts: never lost between threads, never falling over a restart, never without bounds."""

import threading

import pytest

from yesword.telemetry.catalogue import (
    CLAIMS,
    FIGURES,
    INBOUND,
    OUTCOMES,
    PACE,
    STOP_SECONDS,
    Kind,
    Of,
)
from yesword.telemetry.tally import MOST_SERIES, OTHER, Tally


def test_counts_of_many_threads_add_up() -> None:
    tally = Tally()

    def work() -> None:
        for _ in range(500):
            tally.add(OUTCOMES, "1", "accepted", by=2)
            tally.observe(STOP_SECONDS, 0.004, "1")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = tally.counted()
    assert found.values[OUTCOMES.name, ("1", "accepted")] == 4000
    assert found.histograms[STOP_SECONDS.name, ("1",)].count == 2000


@pytest.mark.parametrize(
    ("seconds", "place"),
    [
        pytest.param(0.0, 0, id="at once"),
        pytest.param(STOP_SECONDS.steps[0], 0, id="just at a border"),
        pytest.param(STOP_SECONDS.steps[0] * 1.01, 1, id="just above it"),
        pytest.param(99.0, len(STOP_SECONDS.steps), id="longer than the last"),
    ],
)
def test_a_time_falls_into_the_first_step_that_it_does_not_exceed(seconds: float, place: int) -> None:
    tally = Tally()
    tally.observe(STOP_SECONDS, seconds, "1")
    counts = tally.counted().histograms[STOP_SECONDS.name, ("1",)].counts
    assert counts.index(1) == place


def test_more_labels_than_there_may_be_count_together() -> None:
    tally = Tally()
    for each in range(MOST_SERIES + 10):
        tally.add(INBOUND, str(each), "acknowledged")
    values = tally.counted().values
    assert len(values) == MOST_SERIES + 1
    assert values[INBOUND.name, (OTHER, OTHER)] == 10


def test_whoever_comes_after_goes_on_from_the_counts_and_not_from_the_levels() -> None:
    before, after = Tally(), Tally()
    for tally in (before, after):
        tally.add(CLAIMS, by=3)
        tally.observe(STOP_SECONDS, 0.5, "1")
    before.put(PACE, 100.0, "1")
    after.go_on_from(before.counted())
    found = after.counted()
    assert found.values == {(CLAIMS.name, ()): 6}
    assert found.histograms[STOP_SECONDS.name, ("1",)].count == 2
    assert found.histograms[STOP_SECONDS.name, ("1",)].total == 1.0


def test_no_label_is_of_a_person_or_without_bounds() -> None:
    allowed = {
        *("account", "answer", "class", "code", "folder", "lease", "meaning", "of", "outcome", "process"),
        *("reason", "slot", "state", "status", "step", "verdict"),
    }
    assert {label for each in FIGURES.values() for label in each.labels} <= allowed


def test_every_figure_is_named_and_told_as_prometheus_wants_it() -> None:
    for name, each in FIGURES.items():
        assert name == each.name
        assert name.startswith("yesword_")
        assert not name.endswith("_total"), "a counter gets it by itself"
        assert each.says.endswith(".")
        assert bool(each.steps) == (each.kind is Kind.HISTOGRAM)
        assert list(each.steps) == sorted(each.steps)
        assert each.of is Of.PROCESS or each.kind is Kind.GAUGE
