"""Thresholds: when a share counts, and what it leads to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.domain.thresholds import (
    USUAL,
    BadThresholdError,
    Counts,
    Finding,
    Level,
    Measure,
    Threshold,
    Thresholds,
    judge,
    strictest,
)

SOME = st.integers(0, 5_000)


@pytest.mark.parametrize(
    ("counts", "measure", "level"),
    [
        pytest.param(Counts(texts=1_000, opt_outs=19), None, None, id="fewer leave than two in a hundred"),
        pytest.param(
            Counts(texts=1_000, opt_outs=20), Measure.OPT_OUTS, Level.WARN, id="two in a hundred leave"
        ),
        pytest.param(
            Counts(texts=1_000, opt_outs=30), Measure.OPT_OUTS, Level.PAUSE, id="three in a hundred leave"
        ),
        pytest.param(
            Counts(texts=200, opt_outs=6),
            Measure.OPT_OUTS,
            Level.PAUSE,
            id="three in a hundred of just enough",
        ),
        pytest.param(Counts(texts=199, opt_outs=199), None, None, id="all leave, of too few to tell"),
        pytest.param(
            Counts(texts=1_000, errors=80), Measure.ERRORS, Level.WARN, id="eight in a hundred go astray"
        ),
        pytest.param(
            Counts(texts=1_000, errors=125), Measure.ERRORS, Level.PAUSE, id="one in eight goes astray"
        ),
        pytest.param(
            Counts(texts=999, complaints=9), None, None, id="complaints, of too few texts for so rare a thing"
        ),
        pytest.param(
            Counts(texts=1_000, complaints=1),
            Measure.COMPLAINTS,
            Level.WARN,
            id="one in a thousand complains",
        ),
        pytest.param(
            Counts(texts=1_000, complaints=3),
            Measure.COMPLAINTS,
            Level.PAUSE,
            id="three in a thousand complain",
        ),
        pytest.param(
            Counts(texts=1_000, complaints=1, errors=200),
            Measure.ERRORS,
            Level.PAUSE,
            id="a pause weighs more than the warning of a graver thing",
        ),
    ],
)
def test_the_usual_thresholds_are_those_of_the_trade(
    counts: Counts, measure: Measure | None, level: Level | None
) -> None:
    found = judge(counts, USUAL)
    assert (found and found.measure, found and found.level) == (measure, level)


@given(texts=st.integers(0, 199), opt_outs=SOME, errors=SOME, complaints=SOME)
def test_nothing_is_ever_said_below_the_minimum_sample(
    texts: int, opt_outs: int, errors: int, complaints: int
) -> None:
    assert judge(Counts(texts=texts, opt_outs=opt_outs, errors=errors, complaints=complaints), USUAL) is None


@given(texts=st.integers(200, 100_000), opt_outs=SOME, more=SOME)
def test_more_who_leave_never_make_it_better(texts: int, opt_outs: int, more: int) -> None:
    severity = {None: 0, Level.WARN: 1, Level.PAUSE: 2}
    fewer, all_of_them = (
        judge(Counts(texts=texts, opt_outs=count), USUAL) for count in (opt_outs, opt_outs + more)
    )
    assert severity[fewer and fewer.level] <= severity[all_of_them and all_of_them.level]


@given(texts=st.integers(200, 1_000_000), threshold=st.integers(1, 10_000))
def test_a_share_that_is_just_reached_is_reached(texts: int, threshold: int) -> None:
    needed = -(-threshold * texts // 10_000)
    limits = Thresholds(opt_outs=Threshold(warn=threshold, pause=threshold))
    found = Finding(measure=Measure.OPT_OUTS, level=Level.PAUSE, threshold=threshold)
    assert judge(Counts(texts=texts, opt_outs=needed), limits) == found
    assert judge(Counts(texts=texts, opt_outs=needed - 1), limits) is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"opt_outs": Threshold(warn=300, pause=200)}, id="a warning after the pause"),
        pytest.param({"errors": Threshold(warn=0, pause=200)}, id="a warning at nothing"),
        pytest.param({"complaints": Threshold(warn=10, pause=10_001)}, id="more than all"),
        pytest.param({"minimum": 0}, id="no minimum"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(wrong: dict[str, int | Threshold]) -> None:
    with pytest.raises(BadThresholdError):
        Thresholds(**wrong)


def test_of_a_number_that_brands_share_whoever_wants_to_stop_first_is_heard() -> None:
    careful = Thresholds(opt_outs=Threshold(warn=50, pause=400), minimum=500)
    assert strictest(USUAL, careful) == Thresholds(opt_outs=Threshold(warn=50, pause=300))
