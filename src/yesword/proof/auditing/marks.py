"""Signed heads of a log, to be held against its tree: those that are stored, and the one that the journal remembers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.ledger.checkpoint import (
    BadKeyError,
    Checkpoint,
    UnsignedCheckpointError,
    VerifierKey,
    read_checkpoint,
    read_note,
    read_vkey,
    verify_checkpoint,
)
from yesword.store.database import Session
from yesword.store.forms import as_moment
from yesword.store.misfits import Fault, Misfit, Misfits, misfit

# Between machines, and where a clock was set back a little: a head is not out of time for that.
_SLACK_US: Final = 600_000_000
_PAGE: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A head that was signed over the first `size` records."""

    log: str
    where: str  # the table, or the file
    size: int
    root: bytes

    def against(self, root: bytes) -> Misfit | None:
        """Hold it against the root of the tree at its size."""
        if root == self.root:
            return None
        fault = Fault.CHECKPOINT_OF_OTHER_TREE if self._is_row else Fault.HEAD_OF_OTHER_TREE
        return misfit(
            fault,
            self.where,
            log=self.log,
            index=self.size,
            expected=root.hex(),
            found=self.root.hex(),
        )

    def beyond(self, size: int) -> Misfit:
        """What there is to say when the log ends before it."""
        fault = Fault.CHECKPOINT_BEYOND if self._is_row else Fault.HEAD_BEYOND
        return misfit(fault, self.where, log=self.log, index=self.size, expected=size)

    @property
    def _is_row(self) -> bool:
        return self.where == CHECKPOINTS


CHECKPOINTS: Final = "ledger_checkpoint"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogKeys:
    """The keys of a log, by number; each signs from its size on."""

    keys: Mapping[int, tuple[VerifierKey, int]]
    newest: int  # number, whether it can be read or not; 0: there is none

    def read(self, note: str) -> Checkpoint:
        """What the note says, signed by a key that was in use then, and by nobody who is unknown.

        Where a key takes over from another, both may sign. Raises MalformedCheckpointError, UnsignedCheckpointError,
        ForgedCheckpointError, OtherLogError, StrangeSignatureError.
        """
        head = read_checkpoint(note)
        signers = []
        for item in read_note(note).signatures:
            number = next((number for number, (key, _) in self.keys.items() if item.is_by(key)), None)
            if number is None:
                raise StrangeSignatureError(name=item.name)
            verify_checkpoint(note, self.keys[number][0])
            signers.append(number)
        if not self._in_use(head.size) & set(signers):
            raise UnsignedCheckpointError(name=head.origin)
        return head

    def _in_use(self, size: int) -> set[int]:
        begun = [number for number, (_, since) in sorted(self.keys.items()) if since <= size]
        if not begun:
            return set()
        newest = begun[-1]
        # The head at which a key takes over may be the old key's still.
        return set(begun[-2:]) if self.keys[newest][1] == size else {newest}


class StrangeSignatureError(YeswordError):
    """It bears a signature of {name} by a key that was never the log's."""

    code = "ledger_checkpoint_strange_signature"


def keys_of(session: Session, log_id: int, origin: str, misfits: Misfits) -> LogKeys:
    """The log's keys as they are stored; what is wrong with them is told."""
    found: dict[int, tuple[VerifierKey, int]] = {}
    rows = session.rows("ledger_keys", log_id=log_id)
    before = -1
    for expected, (number, vkey, since, _) in enumerate(rows, 1):
        reason = ""
        try:
            key = read_vkey(vkey)
            found[number] = (key, since)
            if key.name != origin:
                reason = f"it is a key of {key.name}."
        except BadKeyError as error:
            reason = error.message
        if number != expected:
            reason = f"key {expected} is missing."
        elif since < before or (number == 1 and since):
            reason = f"it cannot have been in use from record {since} on."
        before = since
        if reason:
            misfits.add(misfit(Fault.LOG_KEY_UNFIT, "ledger_key", log=origin, number=number, reason=reason))
    return LogKeys(keys=found, newest=rows[-1][0] if rows else 0)


def stored_heads(
    session: Session, log_id: int, origin: str, keys: LogKeys, misfits: Misfits
) -> Iterator[Mark]:
    """The stored checkpoints, smallest first. Those that cannot be read or are not signed are told, and left out."""
    for size, note, _ in _checkpoints(session, log_id):
        try:
            head = keys.read(note)
        except YeswordError as error:
            misfits.add(_unfit(origin, size, error.message))
            continue
        if head.origin != origin or head.size != size:
            misfits.add(_unfit(origin, size, f"its note is that of {head.origin} at {head.size} records."))
            continue
        yield Mark(log=origin, where=CHECKPOINTS, size=head.size, root=head.root)


def look_at_times(session: Session, log_id: int, origin: str, misfits: Misfits) -> None:
    """That each checkpoint is later than the one before, and than its own last record: its time is in no signature."""
    before, latest = 0, 0
    for size, _, signed_at in _checkpoints(session, log_id):
        row = session.first("recorded_at_place", log_id=log_id, idx=size - 1)
        recorded_at = row[0] if row and row[0] is not None else 0
        if signed_at < latest - _SLACK_US:
            reason = f"that of the one before, of {before} records, is"
            misfits.add(_out_of_time(origin, size, signed_at, latest, reason))
        elif signed_at < recorded_at - _SLACK_US:
            misfits.add(_out_of_time(origin, size, signed_at, recorded_at, "its last record is of"))
        before, latest = size, max(latest, signed_at)


def _checkpoints(session: Session, log_id: int) -> Iterator[tuple[int, str, int]]:
    cursor = -1
    while rows := session.rows("audited_checkpoints", log_id=log_id, cursor=cursor, count=_PAGE):
        for cursor, note, signed_at in rows:
            yield cursor, note, signed_at


def _unfit(origin: str, size: int, reason: str) -> Misfit:
    return misfit(Fault.CHECKPOINT_UNFIT, CHECKPOINTS, log=origin, index=size, reason=reason)


def _out_of_time(origin: str, size: int, found: int, expected: int, reason: str) -> Misfit:
    return misfit(
        Fault.CHECKPOINT_OUT_OF_TIME,
        CHECKPOINTS,
        log=origin,
        index=size,
        found=as_moment(found),
        expected=as_moment(expected),
        reason=reason,
    )
