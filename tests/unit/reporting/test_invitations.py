"""The funnel of an invitation: each share says of what it is one (mission I11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yesword.reporting.invitations import Stage, funnel


def test_i11_the_published_case_reconciles():
    """52.2 % of 6,860 opened, 6.7 % of those signed up, which is 3.5 % of all: 240."""
    lines = {
        line.stage: line
        for line in funnel({Stage.SENT: 6860, Stage.OPENED: 3581, Stage.SIGNED_UP: 240, Stage.CONFIRMED: 240})
    }
    assert lines[Stage.OPENED].of_before == pytest.approx(0.522, abs=0.0005)
    assert (lines[Stage.SIGNED_UP].before, lines[Stage.CLICKED].count) == (Stage.OPENED, None)
    assert lines[Stage.SIGNED_UP].of_before == pytest.approx(0.067, abs=0.0005)
    assert lines[Stage.SIGNED_UP].of_sent == pytest.approx(0.035, abs=0.0005)


def test_what_was_not_measured_is_not_nought_and_is_no_ones_denominator():
    lines = {line.stage: line for line in funnel({Stage.SENT: 10, Stage.OPENED: None, Stage.CLICKED: 4})}
    assert (lines[Stage.OPENED].count, lines[Stage.OPENED].of_sent) == (None, None)
    assert (lines[Stage.CLICKED].before, lines[Stage.CLICKED].of_before) == (Stage.SENT, 0.4)


@given(st.dictionaries(st.sampled_from(list(Stage)), st.none() | st.integers(0, 10_000)))
def test_there_is_a_line_for_each_stage_and_never_a_share_of_nobody(counts):
    lines = funnel(counts)
    assert [line.stage for line in lines] == list(Stage)
    for line in lines:
        if line.of_before is not None:
            assert line.before is not None
            assert counts[line.before]
