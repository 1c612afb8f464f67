"""A carrier that blocks a number knows of a stop that we do not: news, recorded as a withdrawal and not dropped."""

from collections.abc import Iterable
from datetime import datetime

from yesword.consent import Act, withdraw
from yesword.domain.events import Actor
from yesword.domain.ids import ContactId
from yesword.store import contacts, programs
from yesword.store.opening import Store


def note(store: Store, stopped: Iterable[ContactId], at: datetime) -> None:
    """Withdraw for the brand, without a confirmation: the carrier has already answered."""
    for contact_id in set(stopped):
        with store.database.write() as session:
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
