"""How often a number was asked to confirm something, over all brands of the installation.

The digest is of no brand, so that nobody is asked by ten brands in one day; it tells nothing else across them.
"""

import secrets
from datetime import datetime

from yesword.domain.collecting.asking import A_DAY, A_MONTH, Asked
from yesword.domain.ids import ContactId, EventId, bucket_of, random_bucket
from yesword.domain.times import EPOCH, to_micros
from yesword.store.contacts import PHONE
from yesword.store.database import Session
from yesword.store.opening import Store

ALL_BRANDS = 0
_ID_BITS = 62


def read(store: Store, session: Session, number: str, at: datetime) -> Asked:
    digests = [each.hex() for each in store.look_up.digests(ALL_BRANDS, PHONE, number)]
    row = session.first(
        "asked_number",
        digests=session.texts(digests),
        day=to_micros(at - A_DAY),
        month=to_micros(at - A_MONTH),
    )
    assert row is not None, "a count has a row"
    return Asked(today=row[0], unanswered=row[1])


def note(
    store: Store,
    session: Session,
    number: str,
    request: EventId,
    point: int | None,
    at: datetime,
    *,
    source: str = "",
) -> None:
    session.run(
        "insert_asked_number",
        digest=store.look_up.digest(ALL_BRANDS, PHONE, number).hex(),
        asked_at=to_micros(at),
        event_id=request,
        point_id=point,
        source=source,
        bucket=bucket_of(request),
    )


def answered(session: Session, request: EventId, at: datetime) -> None:
    """A yes or a no: either way nobody was pestered."""
    session.run("answer_asked_number", event_id=request, answered_at=to_micros(at))


def asked_where(session: Session, request: EventId) -> tuple[int | None, str]:
    """The point that asked this, and the tag of the link by which the person came there."""
    row = session.first("point_that_asked", event_id=request)
    return (None, "") if row is None else (row[0], row[1])


def by_point(session: Session, point: int, since: datetime) -> tuple[int, int]:
    """How many numbers a point has asked since then, and how many of them answered."""
    row = session.first("asked_by_point", point_id=point, since=to_micros(since))
    assert row is not None, "a count has a row"
    return row[0], row[1]


def forget(session: Session, contact: ContactId) -> None:
    """Of somebody who is erased, and suppressed since: nobody asks them anything."""
    session.run("forget_asked_number", bucket=bucket_of(contact), contact_id=contact)


def blur(session: Session, contact: ContactId) -> None:
    """Of somebody who never answered and is erased: that the number was asked that day still counts, and nothing tells whose it was."""
    place = {"bucket": bucket_of(contact), "contact_id": contact}
    for digest, event, asked_at in session.rows("asked_numbers_of", **place):
        session.run(
            "blur_asked_number",
            digest=digest,
            event_id=event,
            nobodys=-1 - secrets.randbits(_ID_BITS),
            nowhere=random_bucket(),
            day=asked_at - asked_at % to_micros(EPOCH + A_DAY),
        )


def purge(session: Session, at: datetime) -> int:
    """Forget what no cap looks at any more."""
    return session.run("purge_asked_numbers", before=to_micros(at - 2 * A_MONTH))
