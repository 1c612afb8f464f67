"""A brand's log, ready to be grown: its rows, its signing key, and whether it may be signed at all.

A log must never be signed twice in two ways. Whoever opens one compares the tree in the store with the head that the
journal remembers; where they differ, the store was put back or changed, and nothing is signed until somebody decides.
"""

from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yesword.domain.errors import YeswordError
from yesword.domain.times import to_micros
from yesword.ledger.checkpoint import (
    Checkpoint,
    Signer,
    VerifierKey,
    read_checkpoint,
    read_vkey,
    sign_checkpoint,
)
from yesword.ledger.merkle import EMPTY_ROOT
from yesword.ledger.tile_proofs import root_from
from yesword.proof.statements import make_statement
from yesword.store import holds, ledgers, log_troubles
from yesword.store.database import Session
from yesword.store.keyfiles import KeyMissingError, named_key
from yesword.store.ledgers import LogRow
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

FIRST_KEY: Final = 1
KEY_ROTATED: Final = "key_rotated"  # a statement in the log


class LogTroubleError(YeswordError):
    """The log {origin} is not signed: {reason} Intake goes on; `yesword ledger status` says what to do."""

    code = "ledger_in_trouble"


class OtherLogKeyError(YeswordError):
    """The key file {name} is not the one with which the log {origin} was signed. Restore it from its backup, or rotate the key with `yesword keys rotate ledger`."""

    code = "ledger_other_key"


def open_log(store: Store, brand: BrandRow, at: datetime) -> LogRow:
    """The newest log of a brand, made with its key where there is none yet."""
    with store.database.read() as session:
        known = ledgers.logs(session, brand.id)
    if known:
        return known[-1]
    return start_log(store, brand, 1, at)


def start_log(store: Store, brand: BrandRow, generation: int, at: datetime) -> LogRow:
    """A new log of the brand, under the brand's origin, with its generation where it is not the first."""
    origin = brand.origin if generation == 1 else f"{brand.origin}/{generation}"
    signer = Signer(name=origin, private=_private(store, brand.id, generation, FIRST_KEY, may_create=True))
    # The journal knows the log from before its first entry: a log that it does not know has lost its journal.
    nothing = sign_checkpoint(Checkpoint(origin=origin, size=0, root=EMPTY_ROOT), signer)
    store.journal.begin(ledgers.log_id(brand.id, generation), nothing)
    with store.database.write() as session:
        log_id = ledgers.insert_log(session, brand.id, generation, origin, FIRST_KEY)
        enter_key(session, log_id, FIRST_KEY, signer.verifier_key, 0, at)
        found = ledgers.logs(session, brand.id)
    return found[-1]


def signer_of(store: Store, log: LogRow) -> Signer:
    """The log's key as it is now. Raises KeyMissingError, OtherLogKeyError."""
    private = _private(store, log.brand, log.generation, log.key_number, may_create=False)
    signer = Signer(name=log.origin, private=private)
    if signer.verifier_key != verifier_keys(store, log)[log.key_number]:
        raise OtherLogKeyError(name=key_name(log.brand, log.generation, log.key_number), origin=log.origin)
    return signer


def key_before(store: Store, log: LogRow) -> Signer | None:
    """The key before the present one, while the log has not grown since it was changed, and its file is still here."""
    if log.key_number == FIRST_KEY:
        return None
    with store.database.read() as session:
        since = {row[0]: row[2] for row in session.rows("ledger_keys", log_id=log.id)}
    if since.get(log.key_number) != log.size:
        return None
    try:
        number = log.key_number - 1
        return Signer(
            name=log.origin,
            private=_private(store, log.brand, log.generation, number, may_create=False),
        )
    except KeyMissingError:
        return None  # it was lost: the log goes on under the new one, and says so by this


def change_key(store: Store, log: LogRow, at: datetime) -> VerifierKey:
    """Make the log's next key. The first head that it signs is signed by the old one too, if that is still here."""
    number = log.key_number + 1
    old = verifier_keys(store, log)[log.key_number]
    signer = Signer(
        name=log.origin, private=_private(store, log.brand, log.generation, number, may_create=True)
    )
    with store.database.write() as session:
        enter_key(session, log.id, number, signer.verifier_key, log.size, at)
        session.run("rekey_log", id=log.id, key_number=number)
        says = {"log": log.origin, "from": str(old), "to": str(signer.verifier_key)}
        make_statement(store, session, log.brand, KEY_ROTATED, says, at)
    return signer.verifier_key


def verifier_keys(store: Store, log: LogRow) -> dict[int, VerifierKey]:
    """Every key that the log was ever signed with, by number."""
    with store.database.read() as session:
        rows = session.rows("ledger_keys", log_id=log.id)
    return {number: read_vkey(vkey) for number, vkey, _, _ in rows}


def enter_key(
    session: Session, log_id: int, number: int, vkey: VerifierKey, since: int, at: datetime
) -> None:
    session.run(
        "insert_ledger_key",
        log_id=log_id,
        number=number,
        vkey=str(vkey),
        since_size=since,
        made_at=to_micros(at),
    )


def key_name(brand: int, generation: int, number: int) -> str:
    return f"ledger-{brand}-{generation}-{number}.key"


def check_head(store: Store, log: LogRow, at: datetime) -> None:
    """That the tree in the store continues what was signed last. Raises LogTroubleError, and marks the log."""
    reason = _trouble(store, log)
    if reason:
        with store.database.write() as session:
            mark(session, log, reason, at)
        raise LogTroubleError(origin=log.origin, reason=reason)


def mark(session: Session, log: LogRow, trouble: str, at: datetime) -> None:
    """Sign the log no more. Where it means that stops may be missing, send nothing either."""
    session.run("trouble_log", id=log.id, trouble=trouble)
    if trouble in log_troubles.STOPS_UNKNOWN:
        holds.hold(session, holds.RESTORED, at)


def _trouble(store: Store, log: LogRow) -> str:
    if log.trouble:
        return log.trouble
    note = store.journal.head(log.id)
    if note is None:
        return log_troubles.NO_HEAD
    head = read_checkpoint(note)
    if head.origin != log.origin:
        return log_troubles.FOREIGN_HEAD
    if head.size > log.size:
        return log_troubles.ROLLED_BACK
    if head.size == log.size:
        return "" if head.root == log.frontier.root() else log_troubles.REWRITTEN
    with store.database.read() as session:
        try:
            root = root_from(ledgers.tile_reader(session, log.id), head.size)
        except YeswordError:
            return log_troubles.DAMAGED
    return "" if root == head.root else log_troubles.REWRITTEN


def _private(
    store: Store, brand: int, generation: int, number: int, *, may_create: bool
) -> Ed25519PrivateKey:
    key = named_key(store.folder, key_name(brand, generation, number), may_create=may_create)
    return Ed25519PrivateKey.from_private_bytes(key)
