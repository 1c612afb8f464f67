"""Scratch installations for measuring: a store in a temporary folder and a simulated carrier in another process."""

import contextlib
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from yesword.bench import smpp
from yesword.bench.crowd import make_crowd
from yesword.channels.simulator import Endpoint, SimulatorControl
from yesword.demo.brand import make_brand
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program
from yesword.domain.thresholds import UNWATCHED
from yesword.reporting import thresholds
from yesword.sending import campaigns
from yesword.sending.campaigns import NewCampaign
from yesword.store import account_secrets, models, programs
from yesword.store.keyfiles import shared_token
from yesword.store.locality import run_folder
from yesword.store.opening import Store, open_store
from yesword.worker import smpp_accounts
from yesword.worker.channels import CARRIER_PORT, SIMULATOR, TOKEN

ADDRESS = "800123"  # of the club
# Transactional, as the program is here: it may hold no offer.
TEMPLATE = "[Brand]: [First name|Hi], your order from [Category of interest|our range] is ready. Show this text at the till."


@contextlib.contextmanager
def scratch_store(server_url: str | None = None) -> Iterator[Store]:
    """An empty store of its own, on SQLite or in a database made for it on the PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="yesword-bench-") as folder:
        url = None
        name = f"yesword_bench_{uuid.uuid4().hex[:8]}"
        if server_url is not None:
            with psycopg.connect(server_url, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            url = server_url.rsplit("/", 1)[0] + f"/{name}"
        store = open_store(Path(folder), url, may_create=True)
        try:
            yield store
        finally:
            store.close()
            if server_url is not None:
                with psycopg.connect(server_url, autocommit=True) as connection:
                    connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def carrier_process(store: Store, log: Path | None = None, **behaviour: Any) -> Iterator[SimulatorControl]:
    """A carrier in a process of its own, found by the store's accounts through its port file."""
    command = [*command_of(store, "carrier"), *(["--log", str(log)] if log else [])]
    process = subprocess.Popen(command)  # noqa: S603 - our own command
    try:
        token = shared_token(store.folder, TOKEN)
        port = _port(run_folder(store.folder) / CARRIER_PORT)
        control = SimulatorControl(Endpoint(host="127.0.0.1", port=port, token=token))
        control.configure(**{"delay_ms": 0, "reports": 0.0, **behaviour})
        yield control
        control.close()
    finally:
        process.terminate()
        process.wait()


def _port(ready: Path) -> int:
    deadline = time.monotonic() + 20
    while not ready.exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the simulated carrier did not start within 20 seconds")
        time.sleep(0.01)
    return int(ready.read_text())


def program_with_crowd(store: Store, count: int) -> Program:
    """The demo's club with so many members. Its texts are transactional here, and no share of stops pauses them: every step
    of the way is the same, and what is measured depends neither on the hour of the day nor on how many stops it takes.
    """
    demo = make_brand(store, carrier_settings={})
    thresholds.keep(demo.brand, UNWATCHED, None)
    club = demo.program("club")
    sender = models.Sender.objects.get(program__id=club.id)
    program = programs.publish(replace(club, message_class=MessageClass.TRANSACTIONAL), sender)
    make_crowd(store, program, count, datetime.now(UTC))
    return program


def speak_smpp(store: Store, port: int, token: str) -> None:
    """Have the account of the scratch store speak SMPP with the carrier on this port."""
    account_secrets.set_one(store, smpp.NAME, smpp_accounts.PASSWORD, token)
    models.Account.objects.filter(key=smpp.NAME).update(
        channel=smpp_accounts.SMPP,
        settings={
            "host": "127.0.0.1",
            "port": port,
            "system_id": smpp.NAME,
            "window": 1000,
            "max_per_second": 1_000_000.0,
        },
    )


def speak_simulator() -> None:
    models.Account.objects.filter(key=smpp.NAME).update(channel=SIMULATOR, settings={})


def start_campaign(program: Program, name: str = "bench") -> int:
    campaign = campaigns.create(
        NewCampaign(
            brand=program.brand,
            program=program.id,
            name=name,
            template=TEMPLATE,
            categories=program.categories,
        )
    )
    campaigns.start(campaign.pk, datetime.now(UTC))
    return int(campaign.pk)


def start_dispatcher(store: Store) -> subprocess.Popen[bytes]:
    """The real command, in a process that may be killed."""
    return subprocess.Popen(command_of(store, "dispatch"))  # noqa: S603 - our own command


def start_receiver(store: Store) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command_of(store, "receive"))  # noqa: S603 - our own command


@contextlib.contextmanager
def sequencer_process(store: Store) -> Iterator[None]:
    """The real command that enters what is recorded into the ledgers, beside this process as in an installation."""
    process = subprocess.Popen(command_of(store, "sequence"))  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def command_of(store: Store, name: str) -> list[str]:
    """One of our commands on this store."""
    url = [] if store.url is None else ["--database-url", store.url]
    return [sys.executable, "-m", "yesword", name, "--data", str(store.folder), *url]
