"""Taking back a withdrawal that was a slip of the finger: on the page of the link that made it, at once, by the same browser.

It is the one exception to "only the handset lifts a stop", so it undoes that one withdrawal and no other: a stop of before
or since stands. What was queued and cancelled does not come back. That it is the same browser is for whoever calls to know;
that it is a link and not too late is asked here, and once more by the fold; and that no link has done so before, since the
handset itself last said yes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from yesword.consent.correcting import NoSuchStopError
from yesword.consent.lately import by_links
from yesword.consent.record import Draft, Recorded, append
from yesword.domain.errors import YeswordError
from yesword.domain.events import LINK, Actor, EventKind, Preferences, Scope
from yesword.domain.ids import EventId, ProgramId, to_text
from yesword.domain.state import ConsentState
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

SLIPPED: Final = "slip"

# What the person wants of a program instead of leaving it, from what they had chosen of it before.
Instead = Callable[[Preferences], Preferences]


class TooLateError(YeswordError):
    """That can no longer be taken back here. The person can come back by texting START."""

    code = "too_late"


def take_back(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    withdrawal: EventId,
    at: datetime,
    *,
    instead: Instead | None = None,
) -> Recorded:
    """Undo this withdrawal by a link. `instead`: with a choice for each program that goes on by it.

    Raises `NoSuchStopError` or `TooLateError`; then nothing has changed.
    """
    row = session.first("raise_standing", events=0, bucket=contact.bucket, contact_id=contact.id)
    assert row is not None, "a contact always has a standing"
    state = ConsentState.from_bytes(bytes(row[1]))
    found = next((each for each in state.withdrawals if each.event == withdrawal), None)
    if found is None or state.is_erased or state.invalid_since is not None:
        raise NoSuchStopError
    if not found.may_be_slip(at) or by_links(session, contact).was_undone:
        raise TooLateError
    undone = Draft(
        kind=EventKind.CORRECTED,
        scope=found.scope,
        actor=Actor.PERSON,
        route=LINK,
        occurred_at=at,
        received_at=at,
        answers=withdrawal,
        language=contact.language,
        reason=SLIPPED,
        context={"stop": to_text("evt", withdrawal)},
    )
    recorded = append(store, session, brand, contact, [undone], at)
    if instead is None:
        return recorded
    goes_on = sorted({each.scope.program for each in found.ended if each.scope.program is not None})
    choices = [
        _choice(recorded.state, program, instead, contact, at)
        for program in goes_on
        if recorded.state.grant_for(program) is not None
    ]
    return append(store, session, brand, contact, choices, at) if choices else recorded


def _choice(
    state: ConsentState, program: ProgramId, instead: Instead, contact: Contact, at: datetime
) -> Draft:
    return Draft(
        kind=EventKind.PREFERRED,
        scope=Scope(program=program),
        actor=Actor.PERSON,
        route=LINK,
        occurred_at=at,
        received_at=at,
        preferences=instead(state.preferences_for(program) or Preferences()),
        language=contact.language,
    )
