"""Undoing a stop that had been misread: somebody says that the person's words were none, and why.

A text that ended several programs was read once, so all that it ended is undone together. It lifts no stop: exact words,
links and pages stay, whoever asks. No old message comes back with what it restores.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from yesword.consent.record import Draft, Recorded, append
from yesword.domain.errors import YeswordError
from yesword.domain.events import READ, Actor, EventKind
from yesword.domain.ids import EventId, to_text
from yesword.domain.state import ConsentState, Withdrawal
from yesword.domain.triage import TriageState
from yesword.store import triage
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

ROUTE: Final = "correction"
# What the record itself says of the reason. The words may hold anything about the person, so they are sealed.
MISREAD: Final = "misread"


class NoReasonError(YeswordError):
    """Say why this was no stop: the reason stays in the person's record."""

    code = "no_reason"


class NotAReadingError(YeswordError):
    """A stop that came by {route} was not read from free text, so it stands. The person alone can come back, by texting START."""

    code = "not_a_reading"


class NoSuchStopError(YeswordError):
    """There is no such stop to undo: it was undone before, the person has come back since, or the record has ended."""

    code = "no_such_stop"


class StoppedAgainError(YeswordError):
    """The person has sent an exact stop word since, which stands, so there is nothing to undo. Confirm the stop instead."""

    code = "stopped_again"


def correct(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    withdrawal: EventId,
    user: int,
    reason: str,
    at: datetime,
) -> Recorded:
    """Record that a withdrawal had been misread, with all others of the same text, and let what they ended go on.

    What cannot be undone of the others stands: the person has come back since, or has said it exactly. Whoever calls has
    asked whether this user may. Raises `NoReasonError`, `NoSuchStopError`, `NotAReadingError` or `StoppedAgainError`; then
    nothing has changed.
    """
    reason = (
        reason.strip().encode(errors="replace").decode()
    )  # half a surrogate pair has no place in the record
    if not reason:
        raise NoReasonError
    # Locked before it is read: a stop that comes at the same moment is either seen here or comes after.
    row = session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
    assert row is not None, "a contact always has a standing"
    together = _read_together(session, contact, withdrawal)
    drafts = [
        Draft(
            kind=EventKind.CORRECTED,
            scope=undone.scope,
            actor=Actor.AGENT,
            route=ROUTE,
            occurred_at=at,
            received_at=at,
            answers=undone.event,
            language=contact.language,
            reason=MISREAD,
            context={"user": user, "reason": reason, "stop": to_text("evt", undone.event)},
        )
        for undone in _all_undoable(ConsentState.from_bytes(bytes(row[1])), withdrawal, together)
    ]
    recorded = append(store, session, brand, contact, drafts, at)
    session.run("undo_reading", bucket=contact.bucket, contact_id=contact.id, event_id=together[0])
    waiting = triage.of_event(session, contact.id, together[0])
    if waiting is not None:
        triage.settle_stop(store, session, contact.id, waiting, TriageState.UNDONE, user, reason, at)
    return recorded


def _read_together(session: Session, contact: Contact, event: EventId) -> tuple[EventId, ...]:
    """All withdrawals of the text that led to this one; the first is the one that the text's own row names."""
    for first, others in session.rows("ended_together", bucket=contact.bucket, contact_id=contact.id):
        together = (EventId(first), *(EventId(int(each)) for each in others.split()))
        if event in together:
            return together
    return (event,)


def _all_undoable(state: ConsentState, named: EventId, together: Sequence[EventId]) -> list[Withdrawal]:
    """Those that can be undone. Where none can, raises why the one that was named cannot."""
    found, refusals = [], {}
    for event in together:
        try:
            found.append(_undoable(state, event))
        except YeswordError as error:
            refusals[event] = error
    if not found:
        raise refusals[named]
    return found


def _undoable(state: ConsentState, event: EventId) -> Withdrawal:
    found = next((each for each in state.withdrawals if each.event == event), None)
    if found is None or state.is_erased or state.invalid_since is not None:
        raise NoSuchStopError
    if not found.may_be_misread:
        raise NotAReadingError(route=found.route)
    if any(_says_so_exactly(each, found) for each in state.withdrawals):
        raise StoppedAgainError
    return found


def _says_so_exactly(later: Withdrawal, read: Withdrawal) -> bool:
    """Whether a later stop ends as much, and is nobody's reading."""
    return (
        later.seq > read.seq and later.route not in READ and later.scope.program in (None, read.scope.program)
    )
