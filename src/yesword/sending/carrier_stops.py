"""A carrier that blocks a number knows of a stop that we do not: news, recorded as a withdrawal and not dropped."""

from collections.abc import Iterable
from datetime import datetime

from yesword.consent import Act, withdraw
from yesword.domain.events import Actor
from yesword.domain.ids import ContactId
from yesword.store import contacts, programs
from yesword.store.database import Session
from yesword.store.opening import Store


def note(store: Store, session: Session, stopped: Iterable[ContactId], at: datetime) -> None:
    """Withdraw for the brand, in the transaction that records the block, without a confirmation: the carrier has
    already answered.
    """
    for contact_id in sorted(set(stopped)):
        person = contacts.read(store, session, contact_id)
        if person is None:
            continue
        act = Act(
            actor=Actor.CARRIER,
            route="carrier_block",
            occurred_at=at,
            received_at=at,
            language=person.language,
        )
        brand = programs.brand(person.brand)
        withdraw(store, session, brand, person, act, at, reason="carrier_block")
