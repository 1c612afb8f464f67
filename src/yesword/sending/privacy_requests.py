"""What people asked to see or to have erased, and by when that has to be done.

Nothing is shown or erased here: what counts is that the request is kept, once, and its clock.
"""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yesword.domain.errors import YeswordError
from yesword.domain.ids import BrandId, ContactId, InboundId, RequestId, bucket_of
from yesword.domain.privacy import due_at
from yesword.domain.times import from_micros, to_micros
from yesword.domain.understanding import Right
from yesword.store import people, triage
from yesword.store.contacts import Contact
from yesword.store.database import Row, Session
from yesword.store.opening import Store
from yesword.store.triage import open_note, seal_note


class State(enum.StrEnum):
    OPEN = "open"
    DONE = "done"


class NoSuchRequestError(YeswordError):
    """There is no such privacy request. Take its id from the list of open ones."""

    code = "no_such_request"


class AlreadyClosedError(YeswordError):
    """{who} closed this privacy request already, on {when}."""

    code = "already_closed"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PrivacyRequest:
    id: RequestId
    brand: BrandId
    contact: ContactId
    right: Right
    inbound: InboundId | None  # the text that asks; None: asked on the person's own page
    asked_at: datetime
    due_at: datetime
    state: State
    done_at: datetime | None
    done_by: int | None
    note: str  # empty, too, where the person's key is gone


_FIRST: Final = -1


def keep(
    store: Store,
    session: Session,
    contact: Contact,
    right: Right,
    inbound: InboundId | None,
    asked_at: datetime,
) -> tuple[PrivacyRequest, bool]:
    """Keep a request, and whether it is new: who asks twice has asked once, and the first clock runs.

    Called under the standing's lock, so that two texts at once make one request.
    """
    known = session.first(
        "open_privacy_request", bucket=contact.bucket, contact_id=contact.id, asks_for=right.value
    )
    if known is not None:
        return _request(store, known), False
    made = RequestId(store.ids.make(contact.bucket))
    session.run(
        "insert_privacy_request",
        bucket=contact.bucket,
        id=made,
        brand_id=contact.brand,
        contact_id=contact.id,
        asks_for=right.value,
        inbound_id=inbound,
        asked_at=to_micros(asked_at),
        due_at=to_micros(due_at(asked_at)),
    )
    return read(store, session, made), True


def read(store: Store, session: Session, request: RequestId) -> PrivacyRequest:
    row = session.first("privacy_request", bucket=bucket_of(request), id=request)
    if row is None:
        raise NoSuchRequestError
    return _request(store, row)


def open_requests(
    store: Store,
    session: Session,
    brand: BrandId,
    after: tuple[datetime, RequestId] | None = None,
    limit: int = 50,
) -> list[PrivacyRequest]:
    """Those that wait, the first to be due first; `after` is the last one of the page before."""
    due, last = (_FIRST, _FIRST) if after is None else (to_micros(after[0]), after[1])
    rows = session.rows("open_privacy_requests", brand_id=brand, due_at=due, after=last, count=limit)
    return [_request(store, row) for row in rows]


def of_contact(store: Store, session: Session, contact: ContactId) -> list[PrivacyRequest]:
    """All that one person asked for, the newest first."""
    rows = session.rows("privacy_requests_of_contact", bucket=bucket_of(contact), contact_id=contact)
    return [_request(store, row) for row in rows]


def close(
    store: Store, session: Session, request: RequestId, user: int | None, at: datetime, note: str = ""
) -> PrivacyRequest:
    """Somebody has done what was asked, and no text that asks for it waits any more. `user` None: the person did, on
    their own page.

    To close it twice changes nothing, unless somebody else was faster.
    """
    contact = read(store, session, request).contact
    # Locked before it is looked at, as for all that is done about texts.
    session.first("raise_standing", events=0, bucket=bucket_of(contact), contact_id=contact)
    found = read(store, session, request)
    if found.state is State.OPEN:
        is_ours = session.run(
            "close_privacy_request",
            bucket=bucket_of(request),
            id=request,
            done_at=to_micros(at),
            done_by=user,
            sealed_note=seal_note(store.vault.seal(found.contact), note, request),
        )
        found = read(store, session, request)
        if is_ours:
            triage.settle_request(store, session, contact, request, user, note, at)
            return found
    if found.done_by == user:
        return found
    raise AlreadyClosedError(
        who=people.called(found.done_by), when=f"{found.done_at:%Y-%m-%d %H:%M} UTC" if found.done_at else "?"
    )


def _request(store: Store, row: Row) -> PrivacyRequest:
    contact = ContactId(row[2])
    return PrivacyRequest(
        id=RequestId(row[0]),
        brand=BrandId(row[1]),
        contact=contact,
        right=Right(row[3]),
        inbound=None if row[4] is None else InboundId(row[4]),
        asked_at=from_micros(row[5]),
        due_at=from_micros(row[6]),
        state=State(row[7]),
        done_at=None if row[8] is None else from_micros(row[8]),
        done_by=row[9],
        note=open_note(None if row[10] is None else store.vault.seal(contact), row[10], row[0]),
    )
