"""The processes of an installation, one command each. `yesword serve` starts them all on one machine.

A store is opened before what works on it is imported: its models need to know where they live.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.options import opened, pass_on, with_store
from yesword.cli.serve import welcome

if TYPE_CHECKING:
    from yesword.store.opening import Store


@contextlib.contextmanager
def watched(store: "Store", role: str) -> Iterator[None]:
    """It lives as a whole or not at all. What it counts is kept where others find it, and traced if somebody asked for that."""
    from yesword.store.garbage import seldom_collected
    from yesword.telemetry import snapshots, tracing
    from yesword.worker.as_one import as_one

    tracing.set_up(role)
    with as_one(), snapshots.keeping(store.run, role), seldom_collected():
        yield


@click.command()
@with_store
def dispatch(data: Path, database_url: str | None) -> None:
    """Send what is due, through the gate, until stopped."""
    store = opened(data, database_url)

    from yesword.domain.rules import RuleBook
    from yesword.store.shared_clock import SharedClock
    from yesword.worker.channels import channels
    from yesword.worker.dispatcher import keep_dispatching
    from yesword.worker.one_bind import listening_besides
    from yesword.worker.supervisor import stop_on_signals

    stop = stop_on_signals()
    with watched(store, "dispatch"), listening_besides(store, channels, stop) as all_channels:
        keep_dispatching(store, all_channels, RuleBook.load(), stop.wait, SharedClock(store))
    store.close()


@click.command()
@with_store
def receive(data: Path, database_url: str | None) -> None:
    """Take in texts and delivery reports from the carriers, until stopped.

    Without its keys it keeps them sealed, acknowledges them, and acts on them when the keys are back.
    """
    store = opened(data, database_url, needs_keys=False)

    from yesword.worker import receiver
    from yesword.worker.channels import receivers
    from yesword.worker.supervisor import stop_on_signals

    with watched(store, "receive"):
        receiver.run(store, receivers, stop_on_signals())
    store.close()


@click.command()
@with_store
def sequence(data: Path, database_url: str | None) -> None:
    """Enter what was recorded into the ledgers, sign their heads and have them vouched for, until stopped.

    A ledger has one sequencer; without it everything else goes on, and what is recorded waits.
    """
    store = opened(data, database_url)

    from yesword.worker import sequencing
    from yesword.worker.supervisor import stop_on_signals

    with watched(store, "sequence"):
        sequencing.run(store, stop_on_signals().is_set)
    store.close()


@click.command()
@with_store
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--no-welcome", "is_silent", is_flag=True, help="Say nothing and make no link, since somebody else did."
)
def web(data: Path, database_url: str | None, host: str, port: int, *, is_silent: bool) -> None:
    """Serve the console and the public pages.

    As long as there is no owner, a one-time link is printed that creates the owner's account.
    """
    from granian import Granian
    from granian.constants import Interfaces

    from yesword.web.paths import STATIC_FOLDER
    from yesword.worker.supervisor import SERVED

    pass_on(data, database_url)
    store = opened(data, database_url)
    for line in () if is_silent else welcome(store, host, port):
        click.echo(line)
    store.close()
    server = Granian(
        "yesword.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        static_path_route=["/static"],
        static_path_mount=[STATIC_FOLDER],
        log_enabled=False,
    )
    os.environ[SERVED] = "1"
    try:
        server.serve()
    finally:
        del os.environ[SERVED]
    sys.exit(0)


@click.command()
@with_store
@click.option("--port", default=0, help="Port on the loopback; 0 takes any free one.")
@click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), help="Write what was submitted, a line a text."
)
def carrier(data: Path, database_url: str | None, port: int, log: Path | None) -> None:
    """The simulated carrier: takes texts, reports on them, and has handsets that can be typed on."""
    store = opened(data, database_url, needs_keys=False)

    from yesword.channels.simulator.carrier import CarrierSettings, run_carrier
    from yesword.store.keyfiles import shared_token
    from yesword.worker.channels import CARRIER_PORT, TOKEN, simulated_behaviour

    settings = CarrierSettings(
        token=shared_token(store.folder, TOKEN),
        port=port,
        behaviour=simulated_behaviour(),
        log_path=log,
        ready_path=store.run / CARRIER_PORT,
    )
    store.close()
    run_carrier(settings)
