"""The sequencer: takes events from the outbox into their brand's log, and signs the head. One runs at a time.

The steps of one batch, in their order: the rows are taken, the tree is grown and its head signed in memory; then places,
tiles, head and outbox are committed in one transaction; then the journal learns the head, and only then is it published.
A crash between any two of them forks nothing and loses nothing: what was not committed was never shown to anybody, and
what was committed and not published is published by the next run, once the journal knows it.
"""

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.ledger.checkpoint import (
    Checkpoint,
    Signer,
    read_checkpoint,
    read_note,
    sign_checkpoint,
    write_note,
)
from yesword.ledger.tiles import grow
from yesword.proof import logs
from yesword.store import ledgers, programs
from yesword.store.ledgers import LogRow
from yesword.store.opening import Store
from yesword.telemetry.catalogue import ENTERED
from yesword.telemetry.tally import TALLY

log = structlog.get_logger("yesword.sequencer")

BATCH: Final = 1000  # events; on SQLite the write lock is held for some ten milliseconds
IDLE_S: Final = 0.25


class Step(enum.Enum):
    """After what a crash is tried."""

    TAKEN = enum.auto()
    SIGNED = enum.auto()
    ENTERED = enum.auto()  # written, not yet committed
    COMMITTED = enum.auto()
    REMEMBERED = enum.auto()  # by the journal
    PUBLISHED = enum.auto()


Watch = Callable[[Step], None]


def _unwatched(step: Step) -> None:
    del step


@dataclass(kw_only=True)
class Sequencer:
    """Keeps what it need not read twice: which log a brand has, and that its head was looked at."""

    store: Store
    clock: Callable[[], datetime]
    watch: Watch = _unwatched
    _signers: dict[tuple[int, int], Signer] = field(default_factory=dict)
    _troubled: set[int] = field(default_factory=set)

    def round(self) -> int:
        """One batch of every brand that has something waiting. The number of events that got their place."""
        with self.store.database.read() as session:
            waiting = ledgers.brands_waiting(session)
        return sum(self._take(brand) for brand in waiting)

    def recover(self) -> None:
        """Publish what was committed by a process that did not live to publish it."""
        with self.store.database.read() as session:
            known = ledgers.logs(session)
        newest = {each.brand: each for each in known}
        for each in newest.values():
            if each.size:
                self._guarded(each, self._republish)

    def run(self, is_over: Callable[[], bool]) -> None:
        """Work until told to stop."""
        self.recover()
        while not is_over():
            if not self.round():
                time.sleep(IDLE_S)

    def _take(self, brand: BrandId) -> int:
        row = logs.open_log(self.store, programs.brand(brand), self.clock())
        return self._guarded(row, self._sequence)

    def _guarded(self, row: LogRow, act: Callable[[LogRow], int]) -> int:
        """One brand's trouble is told once, and is not the other brands'."""
        if row.id in self._troubled and row.trouble:
            return 0
        try:
            logs.check_head(
                self.store, row, self.clock()
            )  # each time: a store may be put back under a running process
            self._troubled.discard(row.id)
            return act(row)
        except YeswordError as error:
            if row.id not in self._troubled:
                log.warning("log_not_signed", origin=row.origin, code=error.code, reason=error.message)
            self._troubled.add(row.id)
            return 0

    def _republish(self, row: LogRow) -> int:
        with self.store.database.read() as session:
            head = ledgers.checkpoint(session, row.id, row.size)
        if head is not None and row.published_size < row.size:
            self._publish(row, head.note)
        return 0

    def _sequence(self, row: LogRow) -> int:
        with self.store.database.read() as session:
            taken = ledgers.outbox(session, row.brand, BATCH)
            if not taken:
                return 0
            self.watch(Step.TAKEN)
            growth = grow(
                row.frontier, [each.leaf_hash for each in taken], ledgers.tile_reader(session, row.id)
            )
        at = self.clock()
        checkpoint = Checkpoint(origin=row.origin, size=growth.frontier.size, root=growth.frontier.root())
        note = self._signed(row, checkpoint)
        self.watch(Step.SIGNED)
        with self.store.database.write() as session:
            if not ledgers.grow(session, row, growth.frontier):
                return 0  # another sequencer was faster; what we signed is forgotten unseen
            ledgers.enter(session, row, taken, at)
            ledgers.put_tiles(session, row.id, growth.tiles)
            ledgers.insert_checkpoint(session, row, checkpoint.size, note, at)
            self.watch(Step.ENTERED)
        self.watch(Step.COMMITTED)
        TALLY.add(ENTERED, by=len(taken))
        self._publish(row, note)
        return len(taken)

    def _publish(self, row: LogRow, note: str) -> None:
        self.store.journal.raise_head(row.id, note)
        self.watch(Step.REMEMBERED)
        with self.store.database.write() as session:
            ledgers.publish(session, row, read_checkpoint(note).size)
        self.watch(Step.PUBLISHED)

    def _signed(self, row: LogRow, checkpoint: Checkpoint) -> str:
        """By the log's key; the first head after a change of it, by the old one too, so that one trust hands on to the next."""
        note = sign_checkpoint(checkpoint, self._signer(row))
        before = logs.key_before(self.store, row)
        if before is None:
            return note
        ours = read_note(note)
        theirs = read_note(sign_checkpoint(checkpoint, before))
        return write_note(ours.text, [*ours.signatures, *theirs.signatures])

    def _signer(self, row: LogRow) -> Signer:
        key = (row.id, row.key_number)
        if key not in self._signers:
            self._signers[key] = logs.signer_of(self.store, row)
        return self._signers[key]
