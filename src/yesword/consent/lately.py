"""What links have done to somebody's consent since their handset itself last said yes: whoever holds one may be anybody.

A link that was forwarded could else leave and come back without end, each time with a text to a stranger.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yesword.domain import codec
from yesword.domain.events import LINK, Actor, ConsentEvent, EventKind
from yesword.domain.times import to_micros
from yesword.store.contacts import Contact
from yesword.store.database import Session

A_DAY: Final = timedelta(days=1)
_YES: Final = frozenset({EventKind.GRANTED, EventKind.CONFIRMED, EventKind.RENEWED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Lately:
    was_undone: bool  # a link has taken back a stop: the next time takes the handset
    has_left: bool  # by a link, or on the page behind a code


def by_links(session: Session, contact: Contact, routes: frozenset[str] = frozenset({LINK})) -> Lately:
    """`routes`: of stops that count as left by one's own hand on a page. Call it with the standing locked."""
    has_left = False
    for (body,) in session.rows("turns_of_contact", bucket=contact.bucket, contact_id=contact.id):
        event = codec.loads(ConsentEvent, bytes(body))
        if event.kind in _YES:
            if event.actor is Actor.HANDSET:
                break
        elif event.route not in routes:
            continue
        elif event.kind is EventKind.CORRECTED:
            return Lately(was_undone=True, has_left=True)
        else:
            has_left = True
    return Lately(was_undone=False, has_left=has_left)


def was_told(session: Session, contact: Contact, at: datetime) -> bool:
    """Whether a confirmation of a stop has gone to them within a day: by links one is enough."""
    found = session.first(
        "stop_was_confirmed",
        bucket=contact.bucket,
        contact_id=contact.id,
        since=to_micros(at - A_DAY),
    )
    return found is not None
