"""A receipt: one event's entry with what opens it, and the proof that it is in the log, once that is published.

Before that it is a promise: its leaf hash is fixed, and the receipt can be asked for again. Proofs are made in `proofs`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from yesword.consent.record import open_sections
from yesword.domain import codec
from yesword.domain.errors import YeswordError
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import EventId, to_text
from yesword.domain.programs import Program
from yesword.ledger.checkpoint import VerifierKey, read_vkey
from yesword.ledger.entry import open_disclosure
from yesword.ledger.proof import format_proof, read_proof, verify_path
from yesword.ledger.receipt import Receipt
from yesword.proof.evidence import losses
from yesword.proof.evidence.opening import items_in
from yesword.proof.proofs import Proven, UnfitTreeError, prove, signing_key
from yesword.store import contacts, ledgers, programs
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
from yesword.store.opening import Store
from yesword.store.sealing import UnreadableError

_LOOK_AGAIN_S: Final = 0.05


class NoReceiptError(YeswordError):
    """There is no event of this person in {program} that can be read: none was recorded, or the record was erased."""

    code = "no_receipt"


class NoReceiptOfEventError(NoReceiptError):
    """There is no event {event} of this person that can be read. `yesword receipt NUMBER --program P --list` names those that there are."""

    code = "no_receipt_of_event"


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """An event of which there may be a receipt."""

    event: ConsentEvent
    is_in_force: bool  # the consent of today rests on it


def receipt_for(store: Store, person: Contact, program: Program) -> Receipt:
    """The receipt of the consent that is in force; where there is none, of the newest event that can be read.

    Raises NoReceiptError, UnfitTreeError.
    """
    recorded = events_about(store, person, program)
    first = [each.event.id for each in recorded if each.is_in_force]
    for event in (*first, *(each.event.id for each in reversed(recorded) if not each.is_in_force)):
        try:
            return receipt_of(store, person, event)
        except NoReceiptOfEventError:
            continue
    raise NoReceiptError(program=program.key)


def receipt_of(store: Store, person: Contact, event: EventId) -> Receipt:
    """The receipt of one event of this person. Raises NoReceiptOfEventError, UnfitTreeError."""
    with store.database.read() as session:
        for row in session.rows("events_of_contact", bucket=person.bucket, contact_id=person.id):
            opened = _opened(store, person, row) if row[0] == event else ()
            if opened:
                return _receipt(store, session, person, row, opened)
    raise NoReceiptOfEventError(event=to_text("evt", event))


def events_about(store: Store, person: Contact, program: Program) -> list[Recorded]:
    """The events that speak of the program, or of the whole brand, as they were recorded."""
    with store.database.read() as session:
        rows = session.rows("events_of_contact", bucket=person.bucket, contact_id=person.id)
        standing = contacts.standings(session, [person.id]).get(person.id)
    grant = standing.state.grant_for(program.id) if standing else None
    events = [codec.loads(ConsentEvent, bytes(row[1])) for row in rows]
    return [
        Recorded(event=each, is_in_force=grant is not None and each.id == grant.event)
        for each in events
        if each.scope.program in (None, program.id)
    ]


def await_proof(make: Callable[[], Receipt], wait_s: float) -> Receipt:
    """A receipt with its proof, or, where the log takes longer than this to publish it, the promise."""
    until = time.monotonic() + wait_s
    while (made := make()).proof is None and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN_S)
    return made


def lost_evidence(store: Store, person: Contact, receipt: Receipt) -> Mapping[str, str]:
    """Of the files and texts that the event names, those that the store has lost: by digest, what is the matter with each."""
    sections = dict(open_disclosure(each) for each in receipt.disclosures)
    with store.database.read() as session:
        return losses.lost(
            session, person, store.vault.seal(person.id), items_in(sections), datetime.now(UTC)
        )


def keys_of(store: Store, person: Contact, receipt: Receipt) -> tuple[VerifierKey, ...]:
    """Every key that the log of the receipt has had, newest first; none for a receipt without a proof.

    All of them, and not the one that signed alone: whoever gets a later receipt checks that with the same keys.
    """
    if receipt.proof is None:
        return ()
    with store.database.read() as session:
        log = next(each for each in ledgers.logs(session, person.brand) if each.origin == receipt.origin)
        signing_key(
            session, log, read_proof(receipt.proof).checkpoint
        )  # or it would fail in the reader's hands
        return tuple(read_vkey(row[1]) for row in reversed(session.rows("ledger_keys", log_id=log.id)))


def _opened(store: Store, person: Contact, row: Row) -> tuple[str, ...]:
    """The disclosures of an event; none where it was erased. Sections that were erased alone are left out of it."""
    seal = store.vault.seal(person.id)
    if seal is None or row[2] is None:
        return ()
    try:
        return tuple(open_sections(seal, bytes(row[2]), programs.brand(person.brand).origin, row[0]))
    except UnreadableError:  # by the key that was put in the place of the one that sealed it
        return ()


def _receipt(
    store: Store, session: Session, person: Contact, row: Row, disclosures: tuple[str, ...]
) -> Receipt:
    event, leaf, entry = row[0], bytes(row[3]), bytes(row[4])
    place = ledgers.places(session, [event]).get(event)
    proven = None if place is None else prove(store, session, place)
    if proven is not None:
        _check(proven, entry)
    return Receipt(
        origin=_origin(session, person, proven),
        event_id=to_text("evt", event),
        entry=entry,
        leaf_hash=leaf,
        disclosures=disclosures,
        proof=None if proven is None else format_proof(proven.proof),
    )


def _check(proven: Proven, entry: bytes) -> None:
    """That the place in the tree is the entry's own. Raises UnfitTreeError."""
    try:
        verify_path(proven.proof, proven.checkpoint, entry)
    except YeswordError as error:
        size = proven.checkpoint.size
        raise UnfitTreeError(origin=proven.log.origin, size=size, reason=error.message) from error


def _origin(session: Session, person: Contact, proven: Proven | None) -> str:
    """Of the log that holds the event, or else of the one that is to take it up."""
    if proven is not None:
        return proven.log.origin
    known = ledgers.logs(session, person.brand)
    return known[-1].origin if known else programs.brand(person.brand).origin
