"""A contest as a file: whoever has it draws again, and sees what was touched."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yesword.domain.collecting import draw_files, drawing
from yesword.domain.collecting.draw_files import BadDrawFileError, Commitment, DrawFile, Drawn, Trouble

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEAVES = tuple(sorted(hashlib.sha256(bytes([each])).hexdigest() for each in range(5)))
COMMITTED = Commitment(
    list_digest=drawing.list_digest("colour", LEAVES),
    entries=5,
    committed_at=AT,
    source="the lottery",
    seed_due_at=AT + HOUR,
)
DRAWN = Drawn(
    seed="3 14 15",
    source="the lottery",
    seed_at=AT + HOUR,
    drawn_at=AT + 2 * HOUR,
    winners=drawing.winners("colour", LEAVES, "3 14 15", 2),
)
FILE = DrawFile(
    contest="colour",
    name="Colour of the year",
    brand="Linde & Loom",
    opens_at=AT - 9 * HOUR,
    closes_at=AT,
    places=2,
    entries=LEAVES,
    commitment=COMMITTED,
    drawn=DRAWN,
)


def test_it_reads_as_it_was_written_and_fits():
    assert draw_files.read(draw_files.write(FILE)) == FILE
    assert draw_files.verify(FILE) == ()


def test_a_list_without_a_draw_can_be_checked_too():
    assert draw_files.verify(replace(FILE, drawn=None)) == ()


@pytest.mark.parametrize(
    ("file", "trouble"),
    [
        pytest.param(replace(FILE, entries=LEAVES[1:]), Trouble.LIST, id="an-entry-gone"),
        pytest.param(replace(FILE, contest="other"), Trouble.LIST, id="another-contest"),
        pytest.param(
            replace(FILE, commitment=replace(COMMITTED, entries=6)), Trouble.COUNT, id="another-count"
        ),
        pytest.param(
            replace(FILE, drawn=replace(DRAWN, seed_at=AT)), Trouble.SEED_TOO_EARLY, id="seed-of-before"
        ),
        pytest.param(
            replace(FILE, drawn=replace(DRAWN, drawn_at=AT)),
            Trouble.SEED_TOO_LATE,
            id="drawn-before-its-seed",
        ),
        pytest.param(
            replace(FILE, drawn=replace(DRAWN, source="a friend")), Trouble.OTHER_SOURCE, id="another-source"
        ),
        pytest.param(
            replace(FILE, drawn=replace(DRAWN, winners=DRAWN.winners[::-1])),
            Trouble.WINNERS,
            id="another-order",
        ),
        pytest.param(replace(FILE, drawn=replace(DRAWN, seed="3 14 16")), Trouble.WINNERS, id="another-seed"),
        pytest.param(replace(FILE, places=1), Trouble.WINNERS, id="fewer-places"),
    ],
)
def test_whatever_was_touched_shows(file, trouble):
    assert trouble in draw_files.verify(file)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"format": "other"}, id="format"),
        pytest.param({"algorithm": "other"}, id="rule"),
        pytest.param({"commitment": None}, id="no-commitment"),
        pytest.param({"entries": "all"}, id="no-list"),
        pytest.param({"closes_at": "2026-03-02T12:00:00"}, id="time-without-zone"),
    ],
)
def test_what_is_no_contest_is_refused_in_a_sentence(change):
    with pytest.raises(BadDrawFileError, match="is no contest that can be checked"):
        draw_files.read(json.dumps({**json.loads(draw_files.write(FILE)), **change}))


def test_what_is_no_json_is_refused():
    with pytest.raises(BadDrawFileError):
        draw_files.read("{")
