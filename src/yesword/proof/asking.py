"""Asking witnesses and timestamp authorities about the heads of logs. Who is due, and what answers do, is `attesting`'s.

Each is asked in a lane of its own, outside any transaction, so that one that hangs holds up the others not at all, and
the round for no longer than its time-out. They are shown only what is published, and of that only the newest: a witness
that is ahead of what it is shown raises an alarm, and a late stamp on an old head would claim that newer records did not
exist yet (see `ledger.bracketing`).
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.ledger.cosignature import read_witness_vkey
from yesword.ledger.tile_proofs import consistency_path_from
from yesword.proof import timestamps, witnessing
from yesword.proof.timestamps import Authority, AuthorityUnreachableError
from yesword.proof.witnessing import Witness, WitnessUnreachableError
from yesword.store import attesters, ledgers
from yesword.store.attesters import AuthorityRow, WitnessRow
from yesword.store.ledgers import STAMP, WITNESS, LogRow, StoredCheckpoint
from yesword.store.opening import Store

log = structlog.get_logger("yesword.attesting")

_LANES_AT_ONCE: Final = 16
_LOOK_EVERY_S: Final = 0.1
_SILENT: Final = (WitnessUnreachableError, AuthorityUnreachableError)


class AttestingFailedError(YeswordError):
    """Asking {name} failed for a reason that was not foreseen ({kind}). The log of the process tells more. It is asked again later."""

    code = "attesting_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What came of asking about one head."""

    body: bytes = b""  # as an `Attestation` holds it
    at: datetime | None = None
    failure: YeswordError | None = None
    witness_size: int = 0  # where a witness told what it cosigned last


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    kind: str  # WITNESS or STAMP
    name: str
    log: LogRow
    head: StoredCheckpoint
    said: Said


Ask = Callable[[LogRow, StoredCheckpoint, int], Said]
"""About a head of a log, to somebody who last vouched for that size of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attester:
    """A witness or a timestamp authority, ready to be asked."""

    kind: str
    name: str
    brand: BrandId | None  # None: about the logs of all brands
    every: timedelta  # what it vouched for last is that old before it is asked again
    ask: Ask


def attesters_on(store: Store, post: witnessing.Post, post_stamp: timestamps.Post) -> Iterator[Attester]:
    for witness in attesters.witnesses():
        if witness.is_on:
            yield Attester(
                kind=WITNESS,
                name=witness.name,
                brand=witness.brand,
                every=timedelta(),
                ask=_cosigning(store, witness, post),
            )
    for authority in attesters.authorities():
        if authority.is_on:
            every = timedelta(seconds=authority.every_s)
            ask = _stamping(authority, post_stamp)
            yield Attester(kind=STAMP, name=authority.name, brand=None, every=every, ask=ask)


def at_once(
    store: Store, lanes: Sequence[Iterator[Outcome]], is_over: Callable[[], bool]
) -> Iterator[Outcome]:
    """What comes of all lanes, in the order in which it comes. Threads that hang do not keep the process alive."""
    todo: queue.SimpleQueue[Iterator[Outcome]] = queue.SimpleQueue()
    done: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
    for each in lanes:
        todo.put(each)

    def work() -> None:
        try:
            for taken in _taken(todo):
                for outcome in taken:
                    done.put(outcome)
        except Exception:
            log.exception("lane_broke_off")
        finally:
            store.database.close()
            done.put(None)

    running = min(_LANES_AT_ONCE, len(lanes))
    for _ in range(running):
        threading.Thread(target=work, name="attest-lane", daemon=True).start()
    while running and not is_over():
        try:
            outcome = done.get(timeout=_LOOK_EVERY_S)
        except queue.Empty:
            continue
        if outcome is None:
            running -= 1
        else:
            yield outcome


def _taken(todo: "queue.SimpleQueue[Iterator[Outcome]]") -> Iterator[Iterator[Outcome]]:
    while True:
        try:
            yield todo.get_nowait()
        except queue.Empty:
            return


def lane(store: Store, asked: Attester, due: Sequence[tuple[LogRow, int]]) -> Iterator[Outcome]:
    """One of them, about one log after the other. Once it gave no answer, it is not waited for again."""
    silent: YeswordError | None = None
    for row, known in due:
        head = _published(store, row)
        if head is None:
            continue
        said = Said(failure=silent) if silent else _guarded(asked, row, head, known)
        if isinstance(said.failure, _SILENT):
            silent = said.failure
        yield Outcome(kind=asked.kind, name=asked.name, log=row, head=head, said=said)


def _published(store: Store, row: LogRow) -> StoredCheckpoint | None:
    """The head as it is now. None while the sequencer is between signing the next one and publishing it."""
    with store.database.read() as session:
        now = ledgers.logs(session, row.brand)[-1]
        if now.id != row.id or now.trouble:
            return None
        return ledgers.checkpoint(session, now.id, now.published_size)


def _guarded(asked: Attester, row: LogRow, head: StoredCheckpoint, known: int) -> Said:
    try:
        return asked.ask(row, head, known)
    except YeswordError as error:
        return Said(failure=error)
    except Exception as error:
        log.exception("asking_failed", name=asked.name, origin=row.origin)
        return Said(failure=AttestingFailedError(name=asked.name, kind=type(error).__name__))


def _cosigning(store: Store, row: WitnessRow, post: witnessing.Post) -> Ask:
    def ask(log_row: LogRow, head: StoredCheckpoint, known: int) -> Said:
        def consistency(old_size: int) -> tuple[bytes, ...]:
            with store.database.read() as session:
                return consistency_path_from(ledgers.tile_reader(session, log_row.id), old_size, head.size)

        witness = Witness(key=read_witness_vkey(row.vkey), url=row.url)
        asked = witnessing.ask(witness, head.note, consistency, known, post)
        return Said(
            body=asked.lines.encode(),
            at=asked.at,
            failure=asked.failure,
            witness_size=asked.witness_size or 0,
        )

    return ask


def _stamping(row: AuthorityRow, post: timestamps.Post) -> Ask:
    def ask(log_row: LogRow, head: StoredCheckpoint, known: int) -> Said:
        del log_row, known
        authority = Authority(name=row.name, url=row.url, roots=row.roots)
        note = head.note.encode()
        token = timestamps.request_token(authority, note, post)
        return Said(body=token, at=timestamps.verify_token(token, note, authority.roots))

    return ask
