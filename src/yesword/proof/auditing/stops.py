"""The stops of the journal against the record. That the journal has every stop of the record is looked at with each.

A stop that was replayed into a store which was put back is an event of its own there; of a number which that store did
not know, there is a suppression.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from yesword.domain.events import EventKind
from yesword.domain.ids import bucket_of, to_text
from yesword.domain.times import to_micros
from yesword.proof.auditing.report import AuditReport
from yesword.store import suppressions
from yesword.store.checking import PAGE
from yesword.store.database import Row, Session
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
    events = _events(session, ids)
    replayed = {row[0]: row[1] for row in session.rows("replayed_stops", ids=session.ids(ids))}
    instead = _events(session, [each for each in replayed.values() if each is not None])
    left = [stop for stop in page if stop.event not in events and replayed.get(stop.event, 0) is None]
    for stop in page:
        name = to_text("evt", stop.event)
        if stop.event in events:
            yield from _differences(stop, events[stop.event])
        elif stop.event not in replayed or not _is_fit(stop, replayed[stop.event], instead):
            yield misfit(Fault.STOP_UNKNOWN, _JOURNAL, event=name)
    for stop in _not_suppressed(session, left):
        name = to_text("evt", stop.event)
        yield misfit(Fault.SUPPRESSION_MISSING, "suppression", what="The stop", event=name)


def _events(session: Session, ids: Iterable[int]) -> dict[int, Row]:
    wanted = sorted(set(ids))
    buckets = sorted({bucket_of(each) for each in wanted}) if session.vendor == "postgresql" else 0
    rows = session.rows("journalled_events", ids=session.ids(wanted), buckets=buckets)
    return {row[0]: row[1:] for row in rows}


def _differences(stop: Stop, event: Row) -> Iterator[Misfit]:
    brand, kind, program, received_at = event
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
                event=to_text("evt", stop.event),
                member=member,
                expected=expected,
                found=found,
            )


def _is_fit(stop: Stop, became: int | None, instead: Mapping[int, Row]) -> bool:
    """Whether what a replayed stop became says the same. Of a suppression, that is told apart."""
    if became is None:
        return True
    wanted: tuple[Any, ...] = (stop.brand, EventKind.WITHDRAWN.value, stop.program, to_micros(stop.at))
    return became in instead and tuple(instead[became]) == wanted


def _not_suppressed(session: Session, stops: list[Stop]) -> Iterator[Stop]:
    there = {
        brand: suppressions.among(session, brand, [stop.digest for stop in stops if stop.brand == brand])
        for brand in {stop.brand for stop in stops}
    }
    return (stop for stop in stops if stop.digest not in there[stop.brand])
