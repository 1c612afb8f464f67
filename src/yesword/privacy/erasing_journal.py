"""What the journal is told of an erasure, before anything is lost: who, and the keyed digest of the number, and no number."""

from typing import Final

from yesword.store import contacts, erasures, suppressions
from yesword.store.contacts import PHONE
from yesword.store.erasures import ErasureRow
from yesword.store.journal import Erased
from yesword.store.opening import Store

_LOOKED_AT: Final = 500  # lines of the journal, from its end: is an erasure that broke off among them?


def line_of(store: Store, row: ErasureRow, number: str | None) -> Erased:
    return Erased(
        contact=row.contact,
        brand=row.brand,
        digest=None if number is None else store.look_up.digest(row.brand, PHONE, number),
        pepper=store.look_up.newest,
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
    with store.database.read() as session:
        contact = contacts.read(store, session, row.contact)
    line = line_of(store, row, None if contact is None else contact.number)
    if line.digest is not None:  # the pepper may be another one by now
        with store.database.write() as session:
            suppressions.enter(
                session, line.brand, line.digest, line.pepper, suppressions.ERASED, row.asked_at
            )
    store.journal.write_erased(line)
