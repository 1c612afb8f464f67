"""Keys that were prepared for people who were never made: a number was typed on a page, and nothing came of it.

A key is in the vault before the row that it seals, so whoever lets go of one has to be sure that nobody is about to use
it. Each time that somebody asks for a key it is dated anew, and the rows that follow take seconds: a day is plenty.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import ContactId, bucket_of
from yesword.domain.times import to_micros
from yesword.store import contacts
from yesword.store.database import Session
from yesword.store.opening import Store

KEPT_FOR: Final = timedelta(days=1)
_PAGE: Final = 500


def let_go(store: Store, at: datetime) -> int:
    """Destroy the keys and the digests of numbers and addresses of those who are nobody; how many people."""
    before = to_micros(at - KEPT_FOR)
    rows, gone = store.vault.rows, 0
    while ids := rows.prepared_before(before, _PAGE):
        with store.database.read() as session:
            made = contacts.among(session, [ContactId(each) for each in ids])
            needed = _with_parts(session, ids)
        rows.settle([each for each in ids if each in made])
        nobody = [each for each in ids if each not in made | needed]
        if needed and len(needed) == len(ids):
            break  # texts of which the rest never came, while nothing ran: they are handed on first
        dropped = rows.drop(nobody, before)
        gone += dropped
        if nobody and dropped:
            store.vault.forget_opened()
    return gone


def _with_parts(session: Session, ids: Sequence[int]) -> set[int]:
    """Numbers of which a part of a long text is kept: its key opens it."""
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    return {row[0] for row in session.rows("with_parts", ids=session.ids(ids), buckets=buckets)}
