"""`yesword top`: how it runs now, in a terminal; and `yesword metrics`, the same figures as Prometheus reads them."""

import contextlib
import json
import os
import select
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from yesword.cli.options import opened, using, with_store

if TYPE_CHECKING:
    from yesword.store.opening import Store

_CLEAR: Final = "\x1b[H\x1b[J"
_OTHER_SCREEN, _OWN_SCREEN = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


@click.command("top")
@click.option("--once", is_flag=True, help="Print one frame, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print one JSON object.")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(0.2, 60),
    default=1.0,
    show_default=True,
    help="Seconds between two frames, over which rates are counted.",
)
@with_store
def command(data: Path, database_url: str | None, every_s: float, *, once: bool, as_json: bool) -> None:
    """Watch it run: queues, accounts and their rates, ledgers, holds and workers. Ends with q.

    Where nobody sits at a terminal, one frame is printed.
    """
    if as_json and not once:
        raise click.UsageError("--json goes with --once.")
    store = opened(data, database_url, needs_keys=False)
    try:
        if once or not (sys.stdout.isatty() and sys.stdin.isatty()):
            click.echo(_once(store, every_s, as_json=as_json))
        else:
            _watch(store, every_s)
    finally:
        store.close()


@click.command("metrics")
@with_store
def metrics_command(data: Path, database_url: str | None) -> None:
    """Print the figures of this machine and of its store as Prometheus reads them: for a file that it collects."""
    with using(data, database_url, needs_keys=False) as store:
        from yesword.reporting import metrics, running
        from yesword.telemetry import snapshots

        found = running.count(store, datetime.now(UTC))
        click.echo(metrics.exposition(found, snapshots.read(store.run)).decode(), nl=False)


def _once(store: "Store", every_s: float, *, as_json: bool) -> str:
    from yesword.reporting import watched

    before = watched.look(store, datetime.now(UTC))
    time.sleep(every_s)
    after = watched.look(store, datetime.now(UTC))
    if as_json:
        return json.dumps(watched.as_json(before, after), ensure_ascii=False, indent=2)
    return "\n".join(watched.frame(before, after))


def _watch(store: "Store", every_s: float) -> None:
    from yesword.reporting import watched

    before = watched.look(store, datetime.now(UTC))
    with _one_key_at_a_time():
        while not _asked_to_end(every_s):
            after = watched.look(store, datetime.now(UTC))
            size = shutil.get_terminal_size()
            lines = watched.frame(before, after, width=min(size.columns, watched.WIDTH))
            shown = [_coloured(line) for line in lines[: size.lines - 1]]
            sys.stdout.write(_CLEAR + "\r\n".join(shown))
            sys.stdout.flush()
            before = after


def _coloured(line: str) -> str:
    """What needs somebody is bold and red; it begins with a mark of its own, so that nobody needs the colour."""
    if line.startswith("!") and "NO_COLOR" not in os.environ:
        return f"\x1b[1;31m{line}\x1b[0m"
    return f"\x1b[1m{line}\x1b[0m" if line.isupper() else line


@contextlib.contextmanager
def _one_key_at_a_time() -> Iterator[None]:
    """A screen of its own, on which a key counts without Enter. The terminal is given back as it was."""
    import termios
    import tty

    own = sys.stdin.fileno()
    was = termios.tcgetattr(own)
    try:
        tty.setcbreak(own)
        sys.stdout.write(_OTHER_SCREEN)
        yield
    except KeyboardInterrupt:
        pass
    finally:
        termios.tcsetattr(own, termios.TCSADRAIN, was)
        sys.stdout.write(_OWN_SCREEN)
        sys.stdout.flush()


def _asked_to_end(wait_s: float) -> bool:
    """Wait for so long, or until q is pressed. A terminal that went away ends it too."""
    until = time.monotonic() + wait_s
    while (left := until - time.monotonic()) > 0:
        if select.select([sys.stdin], [], [], left)[0]:
            key = os.read(sys.stdin.fileno(), 1)
            if key in (b"q", b"Q", b""):
                return True
    return False
