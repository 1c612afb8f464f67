"""A log that may not be signed any more: accepted as it is, or given up and continued under another origin.

Nothing is ever made to look as if it had always been so. Accepting is for a machine that never knew the head; giving a log
up is a statement in the log that follows it, with what was signed before and what was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId
from yesword.ledger.checkpoint import Checkpoint, read_checkpoint, verify_checkpoint
from yesword.ledger.entry import JsonObject, JsonValue, matches
from yesword.ledger.tile_proofs import root_from
from yesword.proof import logs
from yesword.proof.statements import make_statement
from yesword.store import ledgers, log_troubles, programs
from yesword.store.ledgers import LogRow
from yesword.store.opening import Store

KIND: Final = "continued"

# What can mend itself: the journal or a tile was put back. What a witness has seen cannot be unseen.
_MENDABLE: Final = frozenset(
    (
        log_troubles.NO_HEAD,
        log_troubles.FOREIGN_HEAD,
        log_troubles.ROLLED_BACK,
        log_troubles.DAMAGED,
        log_troubles.REWRITTEN,
    )
)


class NoLogError(YeswordError):
    """The brand {brand} has no log with anything in it. It is made when the first event is recorded and a sequencer runs."""

    code = "ledger_no_log"


class HeadKnownError(YeswordError):
    """The journal knows the head of {origin}, and the store fits it: there is nothing to accept."""

    code = "ledger_head_known"


class HeadUnfitError(YeswordError):
    """The head of {origin} in the store cannot be accepted: {reason} Put the store back from a copy that fits, or see `yesword ledger continue`."""

    code = "ledger_head_unfit"


class NothingToContinueError(YeswordError):
    """The log {origin} is signed as ever: there is nothing to continue. To give it up all the same, say why with --reason."""

    code = "ledger_nothing_to_continue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Acceptable:
    """The head of the store that would become the head of the journal; `is_mended`: the journal has one, and it fits."""

    log: LogRow
    note: str
    size: int
    root: bytes
    is_mended: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A head that was signed, and that nothing continues."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Continued:
    """What a log says of the one that it follows."""

    origin: str  # of the one that was given up
    size: int  # of its tree in the store
    root: bytes | None  # None: its tiles are damaged
    heads: tuple[Given, ...]  # that the journal knew: of this log, and of later ones that the store has lost
    reason: str
    generation: int  # of the log that follows
    events: int = 0  # to be entered anew, as far as was counted


def acceptable(store: Store, brand: BrandId, at: datetime) -> Acceptable:
    """What accepting would do. Changes nothing but a mark on a log that turns out not to fit.

    Raises NoLogError, HeadKnownError, HeadUnfitError, LogTroubleError.
    """
    log = _newest(store, brand)
    note = store.journal.head(log.id)
    if note is not None:
        if not log.trouble:
            raise HeadKnownError(origin=log.origin)
        if log.trouble not in _MENDABLE:
            raise logs.LogTroubleError(origin=log.origin, reason=log.trouble)
        logs.check_head(store, replace(log, trouble=""), at)
        head = read_checkpoint(note)
        return Acceptable(log=log, note=note, size=head.size, root=head.root, is_mended=True)
    with store.database.read() as session:
        stored = ledgers.checkpoint(session, log.id, log.size)
    if stored is None:
        raise HeadUnfitError(origin=log.origin, reason="there is no checkpoint of it.")
    try:
        head = verify_checkpoint(stored.note, logs.verifier_keys(store, log)[log.key_number])
        root = _root(store, log)
    except (YeswordError, KeyError) as error:
        raise HeadUnfitError(origin=log.origin, reason=str(error)) from error
    if (head.size, head.root) != (log.size, root) or log.frontier.root() != root:
        raise HeadUnfitError(origin=log.origin, reason="its checkpoint is not that of its tree.")
    return Acceptable(log=log, note=stored.note, size=head.size, root=head.root, is_mended=False)


def accept(store: Store, found: Acceptable) -> None:
    """From now on the log is never signed below this head."""
    if not found.is_mended:
        store.journal.raise_head(found.log.id, found.note)
    with store.database.write() as session:
        session.run("trouble_log", id=found.log.id, trouble="")


def plan(store: Store, brand: BrandId, reason: str | None, at: datetime) -> Continued:
    """What continuing the brand's newest log would do. Raises NoLogError, NothingToContinueError."""
    log = _newest(store, brand)
    found = log.trouble
    if not found:
        try:
            logs.check_head(store, log, at)
        except logs.LogTroubleError as error:
            found = str(error.fields["reason"])
    if not (found or reason):
        raise NothingToContinueError(origin=log.origin)
    try:
        root = _root(store, log)
    except YeswordError:
        root = None
    with store.database.read() as session:
        row = session.first("count_of_brand", brand_id=brand)
        known = {each.id for each in ledgers.logs(session, brand)}
    heads = [_head(store, log.id), *(_head(store, each) for each in _journalled(store, brand) - known)]
    return Continued(
        origin=log.origin,
        size=log.size,
        root=root,
        heads=tuple(Given(origin=each.origin, size=each.size, root=each.root) for each in heads if each),
        reason=reason or found,
        generation=_next_generation(store, brand, log),
        events=row[0] if row else 0,
    )


def continue_log(store: Store, brand: BrandId, planned: Continued, at: datetime) -> LogRow:
    """Begin the next generation: everything of the brand gets a place in it, and so does the reason why it was begun."""
    old = _newest(store, brand)
    says: JsonObject = {
        "origin": planned.origin,
        "size": planned.size,
        "root": None if planned.root is None else planned.root.hex(),
        "heads": [
            {"origin": each.origin, "size": each.size, "root": each.root.hex()} for each in planned.heads
        ],
        "reason": planned.reason,
        "generation": planned.generation,
    }
    with store.database.write() as session:
        # A sequencer that has just taken events must not enter them into the log that is given up.
        session.run("trouble_log", id=old.id, trouble=old.trouble or planned.reason)
        new = logs.start_log(store, programs.brand(brand), planned.generation, at)
        make_statement(store, session, brand, KIND, says, at)
        session.run("reenter_events", brand_id=brand)
        session.run("reenter_statements", brand_id=brand)
    return new


def continued(store: Store, brand: BrandId) -> list[Continued]:
    """What the brand's logs say of those that they follow, oldest first. What cannot be read is left out."""
    with store.database.read() as session:
        ids = [row[0] for row in session.rows("statements_of_kind", brand_id=brand, kind=KIND)]
        statements = {each.id: each for each in ledgers.statements(session, ids)}
    found = []
    for each in ids:
        try:
            told = matches(statements[each].entry, statements[each].disclosures).get("event")
            if isinstance(told, Mapping):
                found.append(_read(told))
        except (YeswordError, KeyError, TypeError, ValueError):
            continue
    return found


def _read(told: JsonObject) -> Continued:
    heads = told["heads"]
    root = told["root"]
    if not isinstance(heads, list):
        raise TypeError("not a list of heads")
    return Continued(
        origin=str(told["origin"]),
        size=_count(told["size"]),
        root=None if root is None else bytes.fromhex(str(root)),
        heads=tuple(
            Given(
                origin=str(each["origin"]), size=_count(each["size"]), root=bytes.fromhex(str(each["root"]))
            )
            for each in heads
        ),
        reason=str(told["reason"]),
        generation=_count(told["generation"]),
    )


def _count(value: JsonValue) -> int:
    if not isinstance(value, int):
        raise TypeError("not a count")
    return value


def _newest(store: Store, brand: BrandId) -> LogRow:
    with store.database.read() as session:
        known = ledgers.logs(session, brand)
    if not known or not known[-1].size:
        raise NoLogError(brand=programs.brand(brand).name)
    return known[-1]


def _root(store: Store, log: LogRow) -> bytes:
    with store.database.read() as session:
        return root_from(ledgers.tile_reader(session, log.id), log.size)


def _head(store: Store, log_id: int) -> Checkpoint | None:
    note = store.journal.head(log_id)
    try:
        return None if note is None else read_checkpoint(note)
    except YeswordError:
        return None


def _journalled(store: Store, brand: BrandId) -> set[int]:
    """Logs of the brand of which the journal has a head, also those that the store has lost."""
    return {each for each in store.journal.heads() if each >> 16 == brand}


def _next_generation(store: Store, brand: BrandId, log: LogRow) -> int:
    """One that was never signed: a store that is put back twice must not begin the same one twice."""
    return max(log.generation, *(each & 0xFFFF for each in _journalled(store, brand)), 0) + 1
