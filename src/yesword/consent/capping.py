"""How many automatic texts one number gets, of all kinds together: two machines must never talk all night.

Not counted are campaigns and reminders, which have caps of their own, and what a colleague writes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import ContactId
from yesword.domain.times import to_micros
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session

AN_HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
HOUR_CAP: Final = 6
DAY_CAP: Final = 15


def may_answer(session: Session, contact: Contact, at: datetime, *, is_stop: bool = False) -> bool:
    """Whether one more automatic text may be queued now: help, welcome, a question, the confirmation of a stop.

    The last is held to the cap of a day alone: whoever leaves should know that it worked, however much they had asked.
    """
    known = session.known or {}
    row = known.pop(_texts_of(contact.id), None)  # of the first answer: the next one counts it, too
    today, lately = row or _counted(session, [contact.id], at)[contact.id]
    return bool(today < DAY_CAP and (is_stop or lately < HOUR_CAP))


def look_up(session: Session, people: Sequence[ContactId], at: datetime) -> None:
    """Of many who are about to be answered, at once, within `together`."""
    if session.known is not None and people:
        session.known.update((_texts_of(each), row) for each, row in _counted(session, people, at).items())


def _counted(session: Session, people: Sequence[ContactId], at: datetime) -> dict[ContactId, Row]:
    """Today's, and of them those of the last hour."""
    rows = session.rows(
        "automatic_texts_since",
        **session.people(people),
        since=to_micros(at - A_DAY),
        lately=to_micros(at - AN_HOUR),
    )
    return {ContactId(row[0]): row[1:] for row in rows}


def _texts_of(contact: ContactId) -> object:
    return "automatic_texts", contact
