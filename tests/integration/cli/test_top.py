"""`yesword top`: a frame for a pipe, one object for a program, and a live view that ends with q."""

import json
import os
import pty
import select
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from factories.worlds import ANNA, world
from yesword.cli import group
from yesword.reporting import watched
from yesword.sending import campaigns
from yesword.store import holds
from yesword.store.opening import Store
from yesword.telemetry import snapshots
from yesword.telemetry.catalogue import HANDED_OVER, OUTCOMES, PACE, RESTS
from yesword.telemetry.tally import Tally


def looked(here, counted, *, at_s):
    """A look at a world, and at a dispatcher that had counted so much by then."""
    tally = Tally()
    for figure, labels, value in counted:
        (tally.put if figure in (PACE, RESTS) else lambda f, v, *ls: tally.add(f, *ls, by=v))(
            figure, value, *labels
        )
    found = watched.look(here.store, here.at)
    snapshot = snapshots.Snapshot(
        role="dispatch", slot=0, is_alive=True, pid=7, at=at_s, counted=tally.counted()
    )
    return watched.Look(running=found.running, snapshots=(snapshot,), accounts=found.accounts)


def test_rates_are_what_rose_between_two_files_by_their_own_clock(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        number = str(here.account.pk)
        before = looked(here, [(HANDED_OVER, (number,), 100)], at_s=10.0)
        after = looked(
            here,
            [
                (HANDED_OVER, (number,), 500),
                (OUTCOMES, (number, "refused"), 4),
                (PACE, (number,), 250),
                (RESTS, (number,), 3),
            ],
            at_s=12.0,
        )
        (line,) = watched.accounts(before, after)
        assert (line.key, line.per_second, line.refused) == (here.account.key, 200.0, 2.0)
        assert (line.takes, line.rests_s) == (250, 3)
        (same,) = watched.accounts(after, after)
        assert same.per_second == 0


def test_a_frame_is_80_wide_and_says_without_colour_what_needs_somebody(store: Store) -> None:
    with world(store) as here:
        here.members(3)
        here.wait(days=1)
        here.campaign()
        campaigns.feed(here.store, here.at)
        here.wait(minutes=5)
        with here.store.database.write() as session:
            holds.hold(session, holds.HALTED, here.at)
            holds.hold(session, holds.GAP, here.at, holds.Scope(account=here.account.pk))
        look = looked(here, [(RESTS, (str(here.account.pk),), 9)], at_s=1.0)
        lines = watched.frame(look, look)
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    marked = [line for line in lines if line.startswith("!")]
    assert "! nothing is sent: halted" in marked
    assert "! held: 1 account (gap)" in marked
    assert any(line.startswith("! campaigns") for line in marked), "its oldest has been due for minutes"
    assert any(line.startswith(f"! {here.account.key[:13]}") for line in marked), "it rests"
    assert any("the sequencer is behind" in line for line in marked)
    assert "lease" in text
    assert "\x1b" not in text


def test_a_quiet_store_needs_nobody(sqlite_store: Store) -> None:
    with world(sqlite_store) as here:
        look = looked(here, [], at_s=1.0)
        lines = watched.frame(look, look)
    assert not [line for line in lines if line.startswith("!") and "left" not in line]


@pytest.fixture
def folder(sqlite_store):
    with world(sqlite_store) as here:
        here.join(ANNA)
        yield str(here.store.folder)


def test_into_a_pipe_one_frame_is_printed(folder):
    done = CliRunner().invoke(group, ["top", "--every", "0.2", "--data", folder], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output.startswith("yesword top")
    assert done.output.count("QUEUE") == 1
    assert ANNA[1:] not in done.output


def test_for_a_program_it_is_one_object(folder):
    arguments = ["top", "--once", "--json", "--every", "0.2", "--data", folder]
    done = CliRunner().invoke(group, arguments, catch_exceptions=False)
    found = json.loads(done.output)
    assert found["queues"].keys() == {"codes", "answers", "reminders", "campaigns"}
    assert found["ledger"]["waiting"] > 0
    assert found["held"] == []
    assert found["workers"][0]["is_gone"] is False


def test_json_is_for_one_frame_only(folder):
    done = CliRunner().invoke(group, ["top", "--json", "--data", folder])
    assert done.exit_code == 2


def test_at_a_terminal_it_goes_on_until_q_and_gives_the_screen_back(folder):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "yesword", "top", "--every", "0.2", "--data", folder],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80", "LINES": "40"},
    )
    os.close(theirs)
    said = b""
    deadline = time.monotonic() + 60
    while said.count(b"yesword top") < 2 and time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            said += os.read(ours, 65536)
    assert said.count(b"yesword top") >= 2, said
    os.write(ours, b"q")
    while select.select([ours], [], [], 20)[0]:
        try:
            more = os.read(ours, 65536)
        except OSError:  # the terminal is gone with its last user
            break
        if not more:
            break
        said += more
    assert process.wait(30) == 0
    os.close(ours)
    assert said.rstrip().endswith(b"\x1b[?1049l")
