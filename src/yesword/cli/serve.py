"""`yesword serve`: everything on one machine, under one supervisor."""

import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yesword.cli.options import opened, pass_on, with_store

if TYPE_CHECKING:
    from yesword.store.opening import Store
    from yesword.worker.supervisor import Child

_READY_WITHIN_S = 60.0


@click.command()
@with_store
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of the console.")
@click.option(
    "--port", default=8000, show_default=True, help="Port of the console; the next free one is taken."
)
def command(data: Path, database_url: str | None, host: str, port: int) -> None:
    """Run the console, the dispatcher and the receiver on this machine.

    At the first start a one-time link is printed that creates the owner's account.
    """
    store = opened(data, database_url, may_create=True, needs_keys=False)
    port = free_port(host, port)
    lines = welcome(store, host, port)
    run(store, database_url, host, port, lambda: lines)


def welcome(store: "Store", host: str, port: int) -> list[str]:
    """Where the console is, and as long as there is no owner the link by which they make their account."""
    from yesword.accounts import owner

    address = f"http://{_shown(host)}:{port}"
    lines = [f"Yesword runs at {address}/"]
    if not owner.owner_exists():
        token = owner.make_owner_link(store.folder)
        lines.append(f"Create the owner account, once: {address}/welcome/{token}")
    return lines


def run(
    store: "Store",
    database_url: str | None,
    host: str,
    port: int,
    greeting: Callable[[], Sequence[str]],
    *,
    check_only: bool = False,
) -> None:
    """Start the processes of the store, greet when the front page answers, and stay until Ctrl-C."""
    from yesword.store import models
    from yesword.store.locality import is_gone
    from yesword.web.public.addresses import note_console
    from yesword.worker.channels import SIMULATOR
    from yesword.worker.dispatcher import AlreadyDispatchingError
    from yesword.worker.supervisor import stop_on_signals, supervise

    if store.database.vendor == "sqlite" and not is_gone(store.run, "dispatcher"):
        raise AlreadyDispatchingError(folder=store.folder)
    pass_on(store.folder, database_url)
    trouble = store.keys_trouble
    has_carrier = models.Account.objects.filter(channel=SIMULATOR).exists()
    children = _children(has_carrier=has_carrier, host=host, port=port)
    if trouble is not None:
        # Nothing can be looked up, so nothing is sent and no page is shown; what people send is kept.
        children = [child for child in children if child.name in ("carrier", "receive")]
        click.echo(f"yesword: {trouble}", err=True)
        click.echo(
            "Texts that come in are kept until the keys are back. Nothing is sent. Then start again.",
            err=True,
        )
    folder = store.folder
    note_console(store.run, f"http://{_shown(host)}:{port}")
    store.close()
    stop = stop_on_signals()
    is_ready: list[bool] = []

    def greet_when_ready() -> None:
        is_ready.append(_wait_until_ready(f"http://{_shown(host)}:{port}/"))
        if not is_ready[0]:
            click.echo(
                f"The console did not answer within {_READY_WITHIN_S:.0f} seconds. Is its port free?",
                err=True,
            )
            stop.set()
            return
        try:
            for line in greeting():
                click.echo(line)
            click.echo(f"Data: {folder}. Ctrl-C stops everything; nothing is lost.")
            sys.stdout.flush()
        except OSError:
            stop.set()  # nobody reads what we say
        if check_only:
            stop.set()

    import threading

    if trouble is None:
        threading.Thread(target=greet_when_ready, daemon=True).start()
    supervise(children, stop)
    if not is_ready or not is_ready[0]:
        sys.exit(1)


def _children(*, has_carrier: bool, host: str, port: int) -> list["Child"]:
    from yesword.worker.supervisor import Child

    me = [sys.executable, "-m", "yesword"]
    children = [Child(name="carrier", command=[*me, "carrier"])] if has_carrier else []
    return [
        *children,
        Child(name="web", command=[*me, "web", "--host", host, "--port", str(port), "--no-welcome"]),
        Child(name="sequence", command=[*me, "sequence"]),
        Child(name="dispatch", command=[*me, "dispatch"]),
        Child(name="receive", command=[*me, "receive"]),
    ]


def free_port(host: str, first: int) -> int:
    """The first free port from `first` on."""
    for port in range(first, first + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise click.ClickException(
        f"No port from {first} to {first + 49} is free on {host}; name another with --port."
    )


def _wait_until_ready(url: str) -> bool:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104 - compared, not bound
