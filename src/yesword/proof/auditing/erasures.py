"""Who was erased: what the journal says of it, what their events say, and what the store has been left with."""

import itertools
from collections.abc import Iterator
from typing import Final

from yesword.domain.ids import bucket_of, to_text
from yesword.domain.times import from_micros
from yesword.proof.auditing.report import AuditReport
from yesword.store import erasures, suppressions
from yesword.store.checking import PAGE
from yesword.store.database import Row, Session
from yesword.store.journal import DamagedJournalError, Erased
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.stop_index import StopIndex

_NEWEST: Final = 10_000  # lines of the journal that may have come since it was read


def look_at_erased(store: Store, index: StopIndex, report: AuditReport, brand: int | None) -> None:
    """Each erasure of the journal has its row and its suppression."""
    lines = store.journal.erased()
    try:
        while page := list(itertools.islice(lines, PAGE)):
            report.erasures += len(page)
            index.add_erased(page)
            with store.database.read() as session:
                for found in _forgotten(session, [each for each in page if brand in (None, each.brand)]):
                    report.misfits.add(found)
    except DamagedJournalError as error:
        where = f"journal/{error.fields['file']}"
        report.misfits.add(misfit(Fault.JOURNAL_UNREADABLE, where, reason=error.message))


def _forgotten(session: Session, page: list[Erased]) -> Iterator[Misfit]:
    unknown = erasures.unknown(session, page)
    there = {
        brand: suppressions.among(
            session, brand, [each.digest for each in page if each.brand == brand and each.digest]
        )
        for brand in {each.brand for each in page}
    }
    for line in page:
        name = to_text("con", line.contact)
        if line.digest is not None and line.digest not in there[line.brand]:
            yield misfit(Fault.SUPPRESSION_MISSING, "suppression", what="The erasure of", event=name)
        if line in unknown:
            yield misfit(Fault.ERASURE_MISSING, "erasure", contact=name, reason="the journal says")


def look_at_erasures(store: Store, index: StopIndex, report: AuditReport, brand: int) -> None:
    """Each erasure of the record has its row and its line in the journal, and the contact's row says when it was."""
    cursor = -1
    lost: dict[int, int] = {}
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "audited_erasures",
                cursor=cursor,
                cursor_bucket=bucket_of(max(cursor, 0)),
                brand_id=brand,
                count=PAGE,
            )
        if not rows:
            break
        cursor = rows[-1][0]
        for row in rows:
            for found in _misfits(row):
                report.misfits.add(found)
            if not index.has_erased(row[0]) and len(lost) < _NEWEST:
                lost[row[0]] = row[1]
    for found in _not_in_journal(store, lost):
        report.misfits.add(found)
    with store.database.read() as session:
        for contact, erased_at in session.rows("erased_without_event", brand_id=brand, count=MOST_TOLD):
            report.misfits.add(_differs(contact, None, erased_at))


def _misfits(row: Row) -> Iterator[Misfit]:
    contact, event, received_at, is_there, erased_at, erasure = row
    if erasure is None:
        reason = f"event {to_text('evt', event)} says"
        yield misfit(Fault.ERASURE_MISSING, "erasure", contact=to_text("con", contact), reason=reason)
    if is_there is not None and erased_at != received_at:
        yield _differs(contact, received_at, erased_at)


def _differs(contact: int, expected: int | None, found: int | None) -> Misfit:
    return misfit(
        Fault.ERASED_AT_DIFFERS,
        "contact",
        contact=to_text("con", contact),
        expected=_moment(expected),
        found=_moment(found),
    )


def _moment(at: int | None) -> str:
    if at is None:
        return "nothing"
    try:
        return f"{from_micros(at):%Y-%m-%d %H:%M:%S.%f} UTC"
    except OverflowError:
        return f"{at} microseconds, which is in no calendar"


def _not_in_journal(store: Store, lost: dict[int, int]) -> Iterator[Misfit]:
    """A line is durable before its event is made, so whatever came since stands at the end."""
    try:
        since = {line.contact for line in store.journal.newest_erased(_NEWEST)} if lost else set()
    except DamagedJournalError:
        since = set()
    for contact, event in lost.items():
        if contact not in since:
            yield misfit(
                Fault.ERASURE_NOT_IN_JOURNAL,
                "journal",
                contact=to_text("con", contact),
                event=to_text("evt", event),
            )
