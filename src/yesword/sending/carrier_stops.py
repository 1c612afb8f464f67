"""A carrier that blocks a number knows of a stop that we do not: news, recorded as a withdrawal and not dropped."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from yesword.consent import Act, Withdrawn, withdraw
from yesword.domain.events import Actor
from yesword.domain.ids import ContactId
from yesword.store import contacts, programs
from yesword.store.database import Session
from yesword.store.opening import Store

BLOCK: Final = "carrier_block"
_NOBODY_SAID: Final[Mapping[ContactId, datetime]] = MappingProxyType({})


def note(
    store: Store,
    session: Session,
    stopped: Iterable[ContactId],
    at: datetime,
    *,
    reason: str = BLOCK,
    said_at: Mapping[ContactId, datetime] = _NOBODY_SAID,
) -> list[tuple[ContactId, Withdrawn]]:
    """Withdraw for the brand, in the transaction that records the block, without a confirmation: the carrier has
    already answered. `said_at`: when they told it, where that is known.
    """
    ended = []
    for contact_id in sorted(set(stopped)):
        person = contacts.read(store, session, contact_id)
        if person is None:
            continue
        act = Act(
            actor=Actor.CARRIER,
            route=BLOCK,
            occurred_at=said_at.get(contact_id, at),
            received_at=at,
            language=person.language,
        )
        brand = programs.brand(person.brand)
        ended.append((contact_id, withdraw(store, session, brand, person, act, at, reason=reason)))
    return ended
