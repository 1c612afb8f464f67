"""A log's row, its keys and what the journal remembers of it: what is known of a log before its tree is walked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.ledger.merkle import Frontier, FrontierError
from yesword.ledger.tiles import hashes_of
from yesword.proof import logs
from yesword.proof.auditing.marks import LogKeys, Mark
from yesword.proof.auditing.patience import looks
from yesword.proof.auditing.tree import Claimed
from yesword.store.checking import EVERY_BRAND
from yesword.store.database import Row, Session
from yesword.store.forms import as_bytes, as_text
from yesword.store.keyfiles import named_key
from yesword.store.misfits import Fault, Misfits, misfit
from yesword.store.opening import Store

_LOGS: Final = "ledger_log"
_GENERATIONS: Final = 1 << 16  # as many as a log's id can tell


@dataclass(frozen=True, kw_only=True, slots=True)
class LogState:
    """A log as its row has it, with the ends of its places and checkpoints, all read in one look."""

    id: int
    brand: int
    generation: int
    origin: str
    size: int
    hashes: bytes
    key_number: int
    published_size: int
    trouble: str
    placed: int
    newest_checkpoint: int
    is_published: bool  # whether what is shown is a checkpoint
    note: str | None  # the journal's, read before the others: it never runs ahead of them

    @property
    def journal_file(self) -> str:
        return journal_file(self.id)

    @property
    def length(self) -> int:
        """Of the log to be walked: what its row says, unless places and checkpoints agree on another size.

        Never more than either of them knows: a walk through what is nowhere would not end.
        """
        if self.placed == self.newest_checkpoint:
            return self.placed
        return min(self.size, max(self.placed, self.newest_checkpoint))

    @property
    def frontier(self) -> Frontier | None:
        try:
            return Frontier(size=self.size, hashes=tuple(hashes_of(self.hashes)))
        except FrontierError:
            return None

    @property
    def claimed(self) -> Claimed:
        frontier = self.frontier if self.length == self.size else None
        return Claimed(
            id=self.id,
            brand=BrandId(self.brand),
            origin=self.origin,
            size=self.length,
            frontier=frontier,
        )


def read_logs(store: Store, session: Session, brand: int) -> list[LogState]:
    """Of a brand or all, older generations first."""
    known = [row[0] for row in session.rows("audited_logs", brand_id=brand)]
    notes = {each: _note(store, each) for each in known}
    rows = session.rows("audited_logs", brand_id=brand)
    return [_state(row, notes.get(row[0])) for row in rows]


def _note(store: Store, log_id: int) -> str | None:
    try:
        return store.journal.head(log_id)
    except UnicodeDecodeError:
        return ""  # no note is empty, and so it cannot be read as one


def _state(row: Row, note: str | None) -> LogState:
    return LogState(
        id=row[0],
        brand=row[1],
        generation=row[2],
        origin=as_text(row[3]),
        size=row[4],
        hashes=as_bytes(row[5]),
        key_number=row[6],
        published_size=row[7],
        trouble=row[8],
        placed=row[9] or 0,
        newest_checkpoint=row[10] or 0,
        is_published=bool(row[11]),
        note=note,
    )


def look_at_row(state: LogState, brand_origin: str | None, keys: LogKeys, misfits: Misfits) -> None:
    brand, number = state.id >> 16, state.id & 0xFFFF
    generation = "" if number == 1 else f"/{number}"
    wanted = {
        "brand_id": (brand, state.brand),
        "generation": (number, state.generation),
        "origin": (f"{brand_origin}{generation}" if brand_origin is not None else "none", state.origin),
        "size": (state.length, state.size),
        "key_number": (keys.newest, state.key_number),
    }
    for member, (expected, found) in wanted.items():
        if expected != found:
            _tell(misfits, state, Fault.LOG_DIFFERS, member=member, expected=expected, found=found)
    if not 0 <= state.published_size <= state.length:
        _tell(
            misfits,
            state,
            Fault.LOG_DIFFERS,
            member="published_size",
            expected=f"from 0 to {state.length}",
            found=state.published_size,
        )
    if state.frontier is None:
        _tell(
            misfits,
            state,
            Fault.LOG_DIFFERS,
            member="frontier",
            expected=f"{state.size.bit_count()} hashes of 32 bytes",
            found=f"{len(state.hashes)} bytes",
        )
    if state.length and state.newest_checkpoint != state.length:
        misfits.add(
            misfit(
                Fault.CHECKPOINT_MISSING,
                "ledger_checkpoint",
                log=state.origin,
                index=state.length,
                reason=f"The newest that is stored is of {state.newest_checkpoint} records.",
            )
        )
    elif 0 < state.published_size <= state.length and not state.is_published:
        _tell(
            misfits,
            state,
            Fault.LOG_DIFFERS,
            member="published_size",
            expected="the size of a checkpoint",
            found=state.published_size,
        )
    if state.trouble:
        _tell(misfits, state, Fault.LOG_IN_TROUBLE, reason=state.trouble)


def look_at_key_file(store: Store, state: LogState, keys: LogKeys, misfits: Misfits) -> None:
    """That this machine could sign, and with the key that the log is known by."""
    name = logs.key_name(state.brand, state.generation, state.key_number)
    try:
        private = Ed25519PrivateKey.from_private_bytes(named_key(store.folder, name, may_create=False))
        reason = ""
    except YeswordError as error:
        reason = error.message
    else:
        key = keys.keys.get(state.key_number)
        if key is not None and private.public_key().public_bytes_raw() != key[0].public:
            reason = "the key file is not the one that the log is signed with."
    if reason:
        misfits.add(
            misfit(
                Fault.LOG_KEY_UNFIT,
                f"keys/{name}",
                log=state.origin,
                number=state.key_number,
                reason=reason,
            )
        )


def remembered_head(state: LogState, keys: LogKeys, misfits: Misfits) -> Iterator[Mark]:
    """What the journal has, if it is a head of this log at all."""
    if state.note is None:
        if state.length:
            misfits.add(misfit(Fault.HEAD_MISSING, state.journal_file, log=state.origin))
        return
    try:
        head = keys.read(state.note)
    except YeswordError as error:
        _tell_head(misfits, state, error.message)
        return
    if head.origin != state.origin:
        _tell_head(misfits, state, f"it is a head of the log {head.origin}.")
        return
    if head.size < state.published_size:
        misfits.add(
            misfit(
                Fault.HEAD_BEHIND,
                state.journal_file,
                log=state.origin,
                index=head.size,
                found=state.published_size,
            )
        )
    yield Mark(log=state.origin, where=state.journal_file, size=head.size, root=head.root)


def look_for_lost_logs(store: Store, brand: int, given_up: set[int], misfits: Misfits) -> None:
    """Logs whose row is gone, and of which something is left. Those that were given up as lost are known."""
    try:
        remembered = set(store.journal.heads())
    except UnicodeDecodeError:
        remembered = set()  # told with the log whose head it is
    with store.database.read() as session:
        left = {row[0] for row in session.rows("log_ids_left")}
        generations = {log_id: (one, number) for log_id, one, number in session.rows("log_generations")}
    # Whatever the rows say: a log's id tells its brand and its generation.
    known = set(generations)
    passed_over = {
        (one << 16) | number
        for one, newest in generations.values()
        for number in range(1, min(newest, _GENERATIONS))
        if (one << 16) | number not in known
    }
    known |= _begun_meanwhile(store, remembered - known - given_up)
    gone = left | passed_over
    for log_id in sorted((gone | remembered) - known - given_up):
        if brand not in (EVERY_BRAND, log_id >> 16):
            continue
        name = f"generation {log_id & 0xFFFF} of brand {log_id >> 16}"
        if log_id in gone:
            reason = (
                "places, tiles or checkpoints of it are left." if log_id in left else "a later one is there."
            )
            misfits.add(misfit(Fault.LOG_MISSING, _LOGS, log=name, reason=reason))
        else:
            misfits.add(misfit(Fault.HEAD_OF_NO_LOG, journal_file(log_id), log=name))


def _begun_meanwhile(store: Store, wanted: set[int]) -> set[int]:
    """A log is in the journal a moment before its row is committed: one that is being made is waited for."""
    for _ in looks() if wanted else ():
        with store.database.read() as session:
            found = {row[0] for row in session.rows("log_generations")}
        if wanted <= found:
            return found
    return set()


def journal_file(log_id: int) -> str:
    return f"journal/log-{log_id}.checkpoint"


def _tell(misfits: Misfits, state: LogState, fault: Fault, **fields: object) -> None:
    misfits.add(misfit(fault, _LOGS, log=state.origin, **fields))


def _tell_head(misfits: Misfits, state: LogState, reason: str) -> None:
    misfits.add(misfit(Fault.HEAD_UNFIT, state.journal_file, log=state.origin, reason=reason))
