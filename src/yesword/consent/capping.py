"""How many automatic texts one number gets, of all kinds together: two machines must never talk all night.

Not counted are campaigns and reminders, which have caps of their own, and what a colleague writes.
"""

from datetime import datetime, timedelta
from typing import Final

from yesword.domain.times import to_micros
from yesword.store.contacts import Contact
from yesword.store.database import Session

AN_HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
HOUR_CAP: Final = 6
DAY_CAP: Final = 15


def may_answer(session: Session, contact: Contact, at: datetime, *, is_stop: bool = False) -> bool:
    """Whether one more automatic text may be queued now: help, welcome, a question, the confirmation of a stop.

    The last is held to the cap of a day alone: whoever leaves should know that it worked, however much they had asked.
    """
    row = session.first(
        "automatic_texts_since",
        bucket=contact.bucket,
        contact_id=contact.id,
        since=to_micros(at - A_DAY),
        lately=to_micros(at - AN_HOUR),
    )
    assert row is not None
    today, lately = row
    return bool(today < DAY_CAP and (is_stop or lately < HOUR_CAP))
