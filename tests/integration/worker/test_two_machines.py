"""Two machines that share a PostgreSQL and nothing else: each has a data folder with the keys, as the guide has it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import connections

from yesword.bench.scratch import carrier_process, program_with_crowd, speak_simulator, start_campaign
from yesword.domain.messages import MessageState
from yesword.store import models, programs
from yesword.store.locality import run_folder
from yesword.store.opening import Store
from yesword.worker.channels import CARRIER_PORT

TEXTS = 1_000
PATIENCE_S = 120


@contextmanager
def worker(store: Store, folder: Path, numbers: str) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "yesword",
        "dispatch",
        "--data",
        str(folder),
        "--database-url",
        store.url or "",
    ]
    process = subprocess.Popen(command, env=os.environ | {"YESWORD_MAKERS": numbers})
    try:
        yield
    finally:
        process.terminate()
        assert process.wait() == 0


def until(store: Store, query: str, expected: object) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while rows(query) != [(expected,)]:
        assert time.monotonic() < deadline, query
        time.sleep(0.05)


def rows(query: str) -> list[tuple[object, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@pytest.mark.postgres
def test_both_send_none_twice_and_their_ids_are_told_apart(postgresql_store: Store, tmp_path: Path) -> None:
    store = postgresql_store
    program = program_with_crowd(store, TEXTS)
    speak_simulator()
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    shutil.copy(store.folder / "store", other)
    with ExitStack() as stack:
        control = stack.enter_context(carrier_process(store))
        shutil.copytree(store.folder / "keys", other / "keys")  # with the word by which the carrier knows us
        shutil.copy(store.run / CARRIER_PORT, run_folder(other))
        stack.enter_context(worker(store, store.folder, "0-7"))
        stack.enter_context(worker(store, other, "8-15"))
        until(store, "SELECT count(DISTINCT locality) FROM worker", 2)
        campaign = start_campaign(programs.current(program.id))  # type: ignore[arg-type]
        until(
            store, f"SELECT state FROM store_campaign WHERE id = {campaign}", models.Campaign.State.DONE.value
        )
        assert control.counts()["accepted"] == TEXTS
    assert rows("SELECT state, count(*) FROM message GROUP BY state") == [(MessageState.SENT.value, TEXTS)]
    makers = rows("SELECT DISTINCT owner, (id >> 8) & 15 < 8 FROM attempt WHERE outcome = 'accepted'")
    assert sorted(is_here for _, is_here in makers) == [False, True]
