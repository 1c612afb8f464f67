"""Which of the ten consent states of DPV 2.3 each event brings about.

One rule holds throughout: a state that is valid for processing is never claimed where no grant stood. Whether one stood is
the fold's to say (`RecordedEvent.rests_on`); here it is only given a name. Event by event:

- requested: ConsentRequested.
- granted, confirmed: ConsentGiven. A grant that permits nothing by itself is ConsentUnknown: one without evidence (grade
  E, as of an import that only claims), or one that could not count (bought). Neither covers up an end: after a stop or a
  no, the state stays what it was.
- renewed: RenewedConsentGiven when the person said yes anew. A reminder that nobody answered was no act of the person,
  so what stood goes on.
- refused: ConsentRefused, even where another grant stands: it is what the person said last.
- preferred: what stood goes on. Topics, frequency and pauses narrow a consent and neither give nor end it.
- withdrawn: ConsentWithdrawn; ConsentRevoked when the system ended it, since DPV keeps the former for the person's own.
- corrected: a misread stop never was one, so the state is what it would be without it.
- expired: of a request, ConsentRequestDeferred (asked, and no answer came); of a grant, ConsentExpired, unless another
  grant still stands, which then goes on.
- invalidated: ConsentExpired when the number changed hands, as consent ends with its context; otherwise
  ConsentInvalidated.
- erased: erasing implies a stop, so as withdrawn; a consent that had ended before keeps the state it ended in.
"""

import enum
from collections.abc import Sequence
from typing import Final

from yesword.domain.events import (
    DEACTIVATED,
    OTHER_OWNER,
    REASSIGNED,
    UNKNOWN_SUBSCRIBER,
    Actor,
    EventKind,
)
from yesword.domain.understanding.intent import Kind
from yesword.proof.records.model import RecordedEvent


class Status(enum.StrEnum):
    """The names of the ten states in DPV."""

    UNKNOWN = "ConsentUnknown"
    REQUESTED = "ConsentRequested"
    DEFERRED = "ConsentRequestDeferred"
    REFUSED = "ConsentRefused"
    GIVEN = "ConsentGiven"
    RENEWED = "RenewedConsentGiven"
    EXPIRED = "ConsentExpired"
    INVALIDATED = "ConsentInvalidated"
    REVOKED = "ConsentRevoked"
    WITHDRAWN = "ConsentWithdrawn"

    @property
    def is_valid(self) -> bool:
        """Whether DPV counts it as valid for processing."""
        return self in (Status.GIVEN, Status.RENEWED)

    @property
    def is_over(self) -> bool:
        """Whether something was said or done against sending, which a mere claim does not cover up."""
        return self in _OVER


_OVER: Final = frozenset(
    (Status.REFUSED, Status.EXPIRED, Status.INVALIDATED, Status.REVOKED, Status.WITHDRAWN)
)


def statuses(events: Sequence[RecordedEvent]) -> tuple[Status, ...]:
    """The state that each event brought about, in the order of the events."""
    found: list[Status] = []
    left: list[RecordedEvent] = []  # without stops that were undone, and what undid them
    requests = frozenset(event.id for event in events if event.kind is EventKind.REQUESTED)
    now = Status.UNKNOWN
    for event in events:
        if event.kind is EventKind.CORRECTED:
            left = [each for each in left if each.id != event.answers]
            without = Status.UNKNOWN
            for each in left:
                without = _after(each, without, requests)
            now = _corrected(event, now, without)
        else:
            left.append(event)
            now = _after(event, now, requests)
        found.append(now)
    return tuple(found)


def _after(event: RecordedEvent, now: Status, requests: frozenset[str]) -> Status:
    match event.kind:
        case EventKind.REQUESTED:
            return Status.REQUESTED
        case EventKind.GRANTED | EventKind.CONFIRMED:
            return _granted(event, now, Status.GIVEN)
        case EventKind.RENEWED:
            return _granted(event, now, Status.RENEWED)
        case EventKind.REFUSED:
            return Status.REFUSED
        case EventKind.WITHDRAWN:
            return _ended(event)
        case EventKind.EXPIRED if not event.is_permitted:
            lapsed = Status.DEFERRED if event.answers in requests else Status.EXPIRED
            return now if now.is_over else lapsed  # a lapse that comes after a stop leaves the stop in sight
        case EventKind.INVALIDATED:
            return Status.EXPIRED if _changed_hands(event) else Status.INVALIDATED
        case EventKind.ERASED:
            return now if now.is_over else _ended(event)
        case _:  # preferred, or the end of one grant among others
            return _goes_on(event, now)


def _granted(event: RecordedEvent, now: Status, granted: Status) -> Status:
    if event.is_permitted:  # a claim or a reminder adds nothing to what stands
        return granted if event.is_grant else _goes_on(event, now)
    return now if now.is_over else Status.UNKNOWN


def _goes_on(event: RecordedEvent, now: Status) -> Status:
    """What stood before, unless a limit of the grant ran out in between, or a grant of the whole brand came unseen."""
    if event.is_permitted:
        return now if now.is_valid else Status.GIVEN
    return Status.EXPIRED if now.is_valid else now


def _ended(event: RecordedEvent) -> Status:
    return Status.REVOKED if event.actor is Actor.SYSTEM else Status.WITHDRAWN


def _corrected(event: RecordedEvent, now: Status, without: Status) -> Status:
    """`without` is the state if the misread stop had never been."""
    if event.is_permitted:
        return without if without.is_valid else Status.GIVEN
    if without.is_valid:
        return now if now.is_over else Status.EXPIRED
    return without


def _changed_hands(event: RecordedEvent) -> bool:
    return event.method == OTHER_OWNER or event.reason in _NOT_THEIRS


_NOT_THEIRS: Final = frozenset({Kind.WRONG_NUMBER.value, UNKNOWN_SUBSCRIBER, DEACTIVATED, REASSIGNED})
