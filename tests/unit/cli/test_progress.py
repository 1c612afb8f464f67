"""A command that takes long says on one line how far it is, to whoever looks."""

import io
import sys

import pytest

from yesword.cli.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(monkeypatch, to, line, *calls):
    monkeypatch.setattr(sys, "stderr", to)
    for call in calls:
        line(*call)
    return to.getvalue()


@pytest.mark.parametrize(
    ("line", "calls", "expected"),
    [
        pytest.param(
            ProgressLine(words="{done} of {total} people", total=1200),
            [(1000,), (1200,)],
            "\r\x1b[K1,000 of 1,200 people\r\x1b[K1,200 of 1,200 people\n",
            id="a total that was known before",
        ),
        pytest.param(
            ProgressLine(words="{done} of {total}"),
            [(1, 2), (2, 3), (3, 3)],
            "\r\x1b[K1 of 2\r\x1b[K2 of 3\r\x1b[K3 of 3\n",
            id="a total that grows",
        ),
        pytest.param(
            ProgressLine(words="{done} lines"), [(1,), (2,)], "\r\x1b[K1 lines\r\x1b[K2 lines", id="no total"
        ),
        pytest.param(ProgressLine(words="{done} of {total}", total=1), [(1,)], "", id="a single one"),
        pytest.param(ProgressLine(words="{done} of {total}"), [(0, 0)], "", id="nothing"),
    ],
)
def test_the_line_is_written_anew_and_ends_with_the_last(monkeypatch, line, calls, expected):
    assert told(monkeypatch, Terminal(), line, *calls) == expected


def test_in_a_file_there_is_no_such_line(monkeypatch):
    assert told(monkeypatch, io.StringIO(), ProgressLine(words="{done} lines"), (1,)) == ""
