"""Whether a number has changed hands, as far as the record of whoever had it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yesword.domain.events import OTHER_OWNER, ConsentEvent, EventKind
from yesword.domain.state import ConsentState
from yesword.store.contacts import Contact


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenure:
    """The time in which one and the same person had the number, as far as is known. A sign is its owner's last moment."""

    after: datetime | None = None  # the sign that it came to them
    until: datetime | None = None  # the sign that it went to somebody else

    def covers(self, moment: datetime) -> bool:
        return (self.after is None or moment > self.after) and (self.until is None or moment <= self.until)


def reassigned_at(contact: Contact, events: Sequence[ConsentEvent]) -> datetime | None:
    """The newest sign that somebody else has the number; one that was a misreading is none."""
    return max(_signs(contact, events), default=None)


def tenure_at(contact: Contact, events: Sequence[ConsentEvent], at: datetime) -> Tenure:
    """That of whoever had the number then."""
    signs = _signs(contact, events)
    return Tenure(
        after=max((each for each in signs if each < at), default=None),
        until=min((each for each in signs if each >= at), default=None),
    )


def name_for(contact: Contact, event: ConsentEvent, state: ConsentState) -> str | None:
    """The name that an event may carry: from a sign on none, until one is given anew. `state`: right after the event."""
    if contact.hidden_since is not None or _is_sign(event) or _is_doubted(state):
        return None
    return contact.name or None


def _signs(contact: Contact, events: Sequence[ConsentEvent]) -> list[datetime]:
    undone = {event.answers for event in events if event.kind is EventKind.CORRECTED}
    signs = [event.received_at for event in events if _is_sign(event) and event.id not in undone]
    return signs if contact.hidden_since is None else [*signs, contact.hidden_since]


def _is_sign(event: ConsentEvent) -> bool:
    is_said = event.kind is EventKind.WITHDRAWN and event.route == OTHER_OWNER
    return is_said or event.kind is EventKind.INVALIDATED


def _is_doubted(state: ConsentState) -> bool:
    """Whether the newest sign is one that nobody has confirmed, and that hid no name."""
    signs = [
        each for each in state.withdrawals if each.route == OTHER_OWNER or each.kind is EventKind.INVALIDATED
    ]
    newest = max(signs, key=lambda each: each.seq, default=None)
    return newest is not None and newest.kind is not EventKind.INVALIDATED
