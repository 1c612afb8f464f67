"""The stops of the journal against the record. That the journal has every stop of the record is looked at with each."""

from collections.abc import Iterator
from typing import Final

from yesword.domain.ids import bucket_of, to_text
from yesword.domain.times import to_micros
from yesword.proof.auditing.report import AuditReport
from yesword.store.checking import PAGE
from yesword.store.database import Session
from yesword.store.journal import DamagedJournalError, Stop
from yesword.store.misfits import Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.stop_index import StopIndex

_JOURNAL: Final = "journal"


def look_at_stops(store: Store, index: StopIndex, report: AuditReport, brand: int | None) -> None:
    """Fill the index with the journal's stops, and hold each against its event."""
    page: list[Stop] = []
    try:
        for stop in store.journal.stops():
            page.append(stop)
            if len(page) == PAGE:
                _look_at_page(store, index, report, brand, page)
                page = []
    except DamagedJournalError as error:
        report.misfits.add(
            misfit(Fault.JOURNAL_UNREADABLE, f"journal/{error.fields['file']}", reason=error.message)
        )
    _look_at_page(store, index, report, brand, page)


def _look_at_page(
    store: Store, index: StopIndex, report: AuditReport, brand: int | None, page: list[Stop]
) -> None:
    report.stops += len(page)
    index.add(page)
    ours = [stop for stop in page if brand is None or stop.brand == brand]
    with store.database.read() as session:
        for found in _misfits(session, ours):
            report.misfits.add(found)


def _misfits(session: Session, page: list[Stop]) -> Iterator[Misfit]:
    ids = [stop.event for stop in page]
    wanted = {
        "ids": session.ids(ids),
        "buckets": sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0,
    }
    events = {row[0]: row[1:] for row in session.rows("journalled_events", **wanted)}
    known = {
        row[0] for row in session.rows("known_events", **wanted)
    }  # with those that only left a suppression
    for stop in page:
        name = to_text("evt", stop.event)
        if stop.event not in known:
            yield misfit(Fault.STOP_UNKNOWN, _JOURNAL, event=name)
        if stop.event not in events:
            continue
        brand, kind, program, received_at = events[stop.event]
        for member, expected, found in (
            ("brand", brand, stop.brand),
            ("kind", kind, stop.kind),
            ("program", program, stop.program),
            ("time", received_at, to_micros(stop.at)),
        ):
            if expected != found:
                yield misfit(
                    Fault.STOP_DIFFERS,
                    _JOURNAL,
                    event=name,
                    member=member,
                    expected=expected,
                    found=found,
                )
