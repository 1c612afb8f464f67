"""Whether a number has changed hands, as far as the record of whoever had it shows."""

from collections.abc import Sequence
from datetime import datetime

from yesword.domain.events import OTHER_OWNER, ConsentEvent, EventKind
from yesword.store.contacts import Contact


def reassigned_at(contact: Contact, events: Sequence[ConsentEvent]) -> datetime | None:
    """The newest sign that somebody else has the number; one that was a misreading is none."""
    undone = {event.answers for event in events if event.kind is EventKind.CORRECTED}
    signs = [event.received_at for event in events if _is_sign(event) and event.id not in undone]
    if contact.hidden_since is not None:
        signs.append(contact.hidden_since)
    return max(signs, default=None)


def _is_sign(event: ConsentEvent) -> bool:
    is_said = event.kind is EventKind.WITHDRAWN and event.route == OTHER_OWNER
    return is_said or event.kind is EventKind.INVALIDATED
