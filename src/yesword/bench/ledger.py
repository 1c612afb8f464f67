"""The ledger: whole events a second, a proof from a large log by a reader who has nothing in memory, and sizes on disk."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from yesword.bench.rows import Figure, compared
from yesword.bench.scratch import program_with_crowd, scratch_store, sequencer_process
from yesword.consent import Draft, append_many
from yesword.domain.events import Actor, EventKind, Preferences, Scope
from yesword.domain.ids import BrandId
from yesword.ledger.merkle import Frontier, verify_inclusion
from yesword.ledger.tile_proofs import inclusion_path_from, root_from
from yesword.ledger.tiles import grow
from yesword.proof.sequencer import Sequencer
from yesword.store import contacts, ledgers, programs
from yesword.store.garbage import seldom_collected
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

_PEOPLE: Final = 2_000
_BATCH: Final = 500
_ROUNDS: Final = 8  # events a person
_LEAVES: Final = 10_000_000
_CHUNK: Final = 1 << 16
_PROOFS: Final = 2_000
_PATIENCE_S: Final = 120
_LOG: Final = (1 << 16) | 1


def figures(leaves: int = _LEAVES) -> Iterator[Figure]:
    with seldom_collected():  # as imports and the processes of an installation have it
        yield from _whole_events()
    yield from _large_log(leaves)


def _whole_events() -> Iterator[Figure]:
    """Appended in batches, as imports do: first with the sequencer in turns by one process, which is what one core
    carries, and then with the sequencer beside it in a process of its own, which is what an installation runs.
    """
    with scratch_store() as store:
        program = program_with_crowd(store, _PEOPLE)
        brand = programs.brand(program.brand)
        sequencer = Sequencer(store=store, clock=lambda: datetime.now(UTC))
        _drained(sequencer)
        store.database.scrub()
        before = _size(store)
        drafts = _drafts()
        pages = list(_pages(list(_people(store, program.brand))))
        done = _ROUNDS * _PEOPLE
        appending, sequencing = _Watch(), _Watch()
        for page in pages * _ROUNDS:
            with appending:
                _append(store, brand, page, drafts)
            with sequencing:
                _drained(sequencer)
        store.database.scrub()
        size = _size(store) - before
        bare = Figure(
            name="bare rows of that size, batched, SQLite", value=_bare(store.folder, done), unit="1/s"
        )
        yield bare
        alone = Figure(
            name="whole events into the ledger, SQLite, one process",
            value=round(done / (appending.wall + sequencing.wall)),
            unit="1/s",
        )
        yield compared(alone, bare)
        yield Figure(name="of which the sequencer's part", value=round(done / sequencing.wall), unit="1/s")
        yield Figure(
            name="an event's processor time, appended and sequenced",
            value=round((appending.processor + sequencing.processor) / done * 1e6, 1),
            unit="us",
        )
        yield Figure(name="of which appended", value=round(appending.processor / done * 1e6, 1), unit="us")
        yield compared(
            Figure(
                name="whole events, the sequencer in its own process",
                value=round(done / _beside_sequencer(store, brand, pages, drafts)),
                unit="1/s",
            ),
            alone,
        )
        yield Figure(name="on disk, an event with all that belongs to it", value=size / done, unit="bytes")


def _beside_sequencer(
    store: Store, brand: BrandRow, pages: list[list[contacts.Contact]], drafts: list[Draft]
) -> float:
    """Seconds until the last event is under a published head, from the first append; the process is warm by then."""
    with sequencer_process(store):
        for page in pages:
            _append(store, brand, page, drafts)
        _published(store, brand.id)
        started = time.perf_counter()
        for page in pages * _ROUNDS:
            _append(store, brand, page, drafts)
        _published(store, brand.id)
        return time.perf_counter() - started


def _append(store: Store, brand: BrandRow, page: list[contacts.Contact], drafts: list[Draft]) -> None:
    with store.database.write() as session:
        append_many(store, session, brand, [(each, drafts) for each in page], datetime.now(UTC))


def _published(store: Store, brand: BrandId) -> None:
    """Wait until nothing waits for the sequencer, and what it entered is published."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with store.database.read() as session:
            waiting, _ = ledgers.oldest_waiting(session, brand)
            newest = ledgers.logs(session, brand)[-1]
        if not waiting and newest.published_size == newest.size:
            return
        time.sleep(0.005)
    raise TimeoutError(f"the sequencer did not take all events within {_PATIENCE_S} seconds")


class _Watch:
    """Adds up the time spent inside: on the wall clock, and by this process."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._began[0]
        self.processor += time.process_time() - self._began[1]


def _drafts() -> list[Draft]:
    at = datetime.now(UTC)
    return [
        Draft(
            kind=EventKind.PREFERRED,
            scope=Scope(),
            actor=Actor.HANDSET,
            route="reply",
            occurred_at=at,
            received_at=at,
            language="nl",
            preferences=Preferences(count=2, window_days=7),
        )
    ]


def _people(store: Store, brand: BrandId) -> Iterator[contacts.Contact]:
    cursor = -1
    with store.database.read() as session:
        while page := contacts.page_after(session, brand, cursor, 1000):
            cursor = page[-1]
            yield from contacts.read_many(store, session, page).values()


def _pages(people: list[contacts.Contact]) -> Iterator[list[contacts.Contact]]:
    rest = iter(people)
    while page := list(islice(rest, _BATCH)):
        yield page


def _drained(sequencer: Sequencer) -> None:
    while sequencer.round():
        pass


def _size(store: Store) -> int:
    return (store.folder / "yesword.sqlite3").stat().st_size


def _bare(folder: Path, count: int) -> float:
    """As many rows of the size of an event, in as many transactions, with nothing made and nothing hashed."""
    row = (b"x" * 300, b"y" * 320, b"z" * 32, b"s" * 2200)
    with contextlib.closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, a BLOB, b BLOB, c BLOB, d BLOB)")
        started = time.perf_counter()
        for _ in range(0, count, _BATCH):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO bare (a, b, c, d) VALUES (?, ?, ?, ?)", [row] * _BATCH)
            connection.execute("COMMIT")
        return round(count / (time.perf_counter() - started))


def _large_log(leaves: int) -> Iterator[Figure]:
    """A log of made-up leaves, and inclusion proofs by a reader who opens the store anew for each."""
    with scratch_store() as store:
        started = time.perf_counter()
        size = _grown(store, leaves)
        yield Figure(
            name="leaves into tiles alone", value=round(size / (time.perf_counter() - started)), unit="1/s"
        )
        store.database.scrub()
        yield Figure(
            name=f"on disk, a leaf of {size:,}, tiles alone", value=_size(store) / size, unit="bytes"
        )
        with store.database.read() as session:
            root = root_from(ledgers.tile_reader(session, _LOG), size)
        random = Random(1)  # noqa: S311 - which leaves are asked for is no secret
        name = f"proof at {size:,} leaves, cold reader"
        with _held_open(store):
            taken = [_proof(store, random.randrange(size), size, root) for _ in range(_PROOFS)]
        walls, processors = (sorted(column) for column in zip(*taken, strict=True))
        yield Figure(name=f"{name}, p50", value=_share(walls, 50) * 1000, unit="ms")
        yield Figure(name=f"{name}, p99", value=_share(walls, 99) * 1000, unit="ms")
        yield Figure(
            name=f"{name}, p99 of its processor time", value=_share(processors, 99) * 1000, unit="ms"
        )


def _share(ascending: list[float], percent: int) -> float:
    return ascending[len(ascending) * percent // 100]


@contextlib.contextmanager
def _held_open(store: Store) -> Iterator[None]:
    """As by the other processes of an installation: the last to leave a SQLite store clears its journal away."""
    with contextlib.closing(sqlite3.connect(store.folder / "yesword.sqlite3")) as connection:
        connection.execute("SELECT count(*) FROM ledger_log").fetchone()
        yield


def _grown(store: Store, leaves: int) -> int:
    frontier = Frontier()
    while frontier.size < leaves:
        some = range(frontier.size, min(frontier.size + _CHUNK, leaves))
        hashes = [_leaf(index) for index in some]
        with store.database.write() as session:
            growth = grow(frontier, hashes, ledgers.tile_reader(session, _LOG))
            ledgers.put_tiles(session, _LOG, growth.tiles)
        frontier = growth.frontier
    return frontier.size


def _leaf(index: int) -> bytes:
    return sha256(index.to_bytes(8, "big")).digest()


def _proof(store: Store, index: int, size: int, root: bytes) -> tuple[float, float]:
    """Seconds to read and check one, over a connection that was not there before: on the wall, and of the processor."""
    store.database.close()
    watch = _Watch()
    with watch, store.database.read() as session:
        path = inclusion_path_from(ledgers.tile_reader(session, _LOG), index, size)
        verify_inclusion(leaf=_leaf(index), index=index, size=size, path=path, root=root)
    return watch.wall, watch.processor
