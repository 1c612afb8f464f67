"""What outlives an erasure: that a number is suppressed, and what the journal is told before anything is lost.

Neither says whose number it was. Whoever has the pepper and guesses a number learns that it is suppressed, since which
month, and nothing else: no row and no line leads from there to the person's.
"""

from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import BrandId, ContactId
from yesword.domain.times import month_of
from yesword.store import asked_numbers, contacts, erasures, invitees, suppressions
from yesword.store.contacts import PHONE, Contact
from yesword.store.database import Session
from yesword.store.erasures import ErasureRow
from yesword.store.journal import Erased, Gone
from yesword.store.opening import Store
from yesword.store.suppressions import MAIL

LAPSED: Final = "lapsed"  # the ground of an erasure: they were asked, and never answered
_LOOKED_AT: Final = 500  # lines of the journal, from its end: is an erasure that broke off among them?
_EARLIER: Final = timedelta(
    days=31
)  # than the contact was made, a stop that it began with may have been received


def own_mail(store: Store, session: Session, contact: ContactId) -> str | None:
    """The address of one who was found to be somebody else is that contact's now."""
    owner = invitees.merged(session, [contact]).get(contact, contact)
    return invitees.mails(store, session, [contact]).get(contact) if owner == contact else None


def suppress(
    store: Store, session: Session, brand: BrandId, number: str | None, mail: str | None, at: datetime
) -> list[Gone]:
    """Suppress whoever is erased, as of the month. What the journal is to keep of it."""
    gone = []
    for kind, value in ((PHONE, number), (MAIL, mail)):
        if value is None:
            continue
        digest, pepper, month = store.look_up.digest(brand, kind, value), store.look_up.newest, month_of(at)
        suppressions.insert(session, brand, kind, digest, pepper, suppressions.ERASED, month)
        suppressions.blur(session, brand, kind, store.look_up.digests(brand, kind, value))
        gone.append(Gone(brand=brand, kind=kind, digest=digest, pepper=pepper, month=month))
    return gone


def line_of(row: ErasureRow) -> Erased:
    return Erased(
        contact=row.contact,
        brand=row.brand,
        at=row.asked_at,
        ground=row.ground,
        policy=row.policy,
        by=row.asked_by,
        retain_until=row.retain_until,
    )


def remember(store: Store, row: ErasureRow) -> None:
    """Tell the journal what a crash kept from it. Nothing is lost yet, so the number is still known."""
    newest = store.journal.newest_erased(_LOOKED_AT)
    is_told = any((each.contact, each.retain_until) == (row.contact, row.retain_until) for each in newest)
    if row.stage != erasures.STOPPED or is_told:
        return
    with store.database.write() as session:  # the pepper may be another one by now
        contact = contacts.read(store, session, row.contact)
        mail = own_mail(store, session, row.contact)
        # Of a question that lapsed, whoever is to be suppressed was so when it began.
        number = None if contact is None else contact.number
        is_suppressed = row.ground != LAPSED or _is_suppressed(store, session, row.brand, number)
        gone = suppress(store, session, row.brand, number if is_suppressed else None, mail, row.asked_at)
    store.journal.write_erased(line_of(row), gone)


def _is_suppressed(store: Store, session: Session, brand: BrandId, number: str | None) -> bool:
    return number is not None and bool(suppressions.find(store, session, brand, [number]))


def digests_of(store: Store, session: Session, contact: Contact) -> list[bytes]:
    """Of the number and of the address, under every pepper."""
    mail = own_mail(store, session, contact.id)
    return [
        digest
        for kind, value in ((PHONE, contact.number), (MAIL, mail))
        if value is not None
        for digest in store.look_up.digests(contact.brand, kind, value)
    ]


def first_month(session: Session, contact: Contact, digests: list[bytes], at: datetime) -> datetime:
    """Before which the journal has no stop of theirs. What suppressed them earlier is blurred, too."""
    known = [suppressions.blur(session, contact.brand, kind, digests) for kind in (PHONE, MAIL)]
    return min(each for each in (contact.created_at - _EARLIER, *known, at) if each is not None)


def forget_asked(session: Session, row: ErasureRow) -> None:
    if row.ground == LAPSED:
        asked_numbers.blur(session, row.contact)
    else:
        asked_numbers.forget(session, row.contact)
