"""What somebody chooses of a program who has shown that the handset is theirs: topics, how often, a pause."""

from datetime import datetime
from typing import Final

from yesword.consent.record import Draft, Recorded, append
from yesword.domain.events import Actor, EventKind, Preferences, Scope
from yesword.domain.ids import ProgramId
from yesword.store.contacts import Contact
from yesword.store.database import Session
from yesword.store.opening import Store
from yesword.store.programs import BrandRow

BY_CODE: Final = "code"  # to the handset, typed in on a page


def prefer(
    store: Store,
    session: Session,
    brand: BrandRow,
    contact: Contact,
    program: ProgramId,
    chosen: Preferences,
    at: datetime,
) -> Recorded:
    """From now on this counts, in place of what was chosen of the program before. It grants nothing."""
    draft = Draft(
        kind=EventKind.PREFERRED,
        scope=Scope(program=program),
        actor=Actor.HANDSET,
        route=BY_CODE,
        occurred_at=at,
        received_at=at,
        preferences=chosen,
        language=contact.language,
    )
    return append(store, session, brand, contact, [draft], at)
