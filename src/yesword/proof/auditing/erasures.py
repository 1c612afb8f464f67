"""Who was erased: what the journal says of it, what their events say, and what the store has been left with.

Whose number a suppression is that an erasure has left, nothing tells: the two are held against the journal apart.
"""

import itertools
from collections.abc import Iterator
from typing import Any, Final

from yesword.domain.ids import to_text
from yesword.domain.times import from_micros
from yesword.proof.auditing.report import AuditReport
from yesword.store import erasures, suppressions
from yesword.store.checking import PAGE
from yesword.store.database import Row, Session
from yesword.store.erasures import DONE, HELD, KEYLESS, STOPPED, WIPED
from yesword.store.journal import DamagedJournalError, Erased, Gone
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store
from yesword.store.stop_index import StopIndex, said_in

_NEWEST: Final = 10_000  # lines of the journal that may have come since it was read


def look_at_erased(store: Store, index: StopIndex, report: AuditReport, brand: int | None) -> None:
    """Each erasure of the journal has its row, and each number that is gone since its suppression."""
    lines, gone = store.journal.erased(), store.journal.gone()
    try:
        while missed := list(itertools.islice(gone, PAGE)):
            index.add_gone(missed)
            with store.database.read() as session:
                for found in _not_suppressed(
                    session, [each for each in missed if brand in (None, each.brand)]
                ):
                    report.misfits.add(found)
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
    for line in erasures.unknown(session, page):
        name = to_text("con", line.contact)
        yield misfit(Fault.ERASURE_MISSING, "erasure", contact=name, reason="the journal says")


def _not_suppressed(session: Session, page: list[Gone]) -> Iterator[Misfit]:
    there = {
        brand: suppressions.among(session, brand, [each.digest for each in page if each.brand == brand])
        for brand in {each.brand for each in page}
    }
    for line in page:
        if line.digest not in there[line.brand]:
            yield misfit(
                Fault.SUPPRESSION_MISSING,
                "suppression",
                what=f"An erasure in {line.month:%Y-%m}, digest",
                event=line.digest.hex(),
            )


def look_at_suppressions(store: Store, index: StopIndex, report: AuditReport, brand: int) -> None:
    """Each suppression that an erasure has left is in the journal, as of the same month."""
    kind = digest = ""
    lost: set[tuple[str, bytes]] = set()
    while True:
        with store.database.read() as session:
            rows = suppressions.of_erased(session, brand, kind, digest, PAGE)
        if not rows:
            break
        for kind, digest, since in rows:
            month = index.gone_since(brand, kind, suppressions.bytes_of(digest))
            if month is None and len(lost) < _NEWEST:
                lost.add((kind, suppressions.bytes_of(digest)))
            if month is not None and month != since:
                report.misfits.add(
                    misfit(
                        Fault.SUPPRESSION_DIFFERS,
                        "suppression",
                        digest=digest,
                        member="since",
                        expected=_moment(month),
                        found=_moment(since),
                    )
                )
    for found in _suppressed_unsaid(store, brand, lost):
        report.misfits.add(found)


def _suppressed_unsaid(store: Store, brand: int, lost: set[tuple[str, bytes]]) -> Iterator[Misfit]:
    """A line comes at once after its row: what has come since the journal was read, is there now."""
    try:
        since = (
            {(each.kind, each.digest) for each in store.journal.gone() if each.brand == brand}
            if lost
            else set()
        )
    except DamagedJournalError:
        since = set()
    for _, digest in sorted(lost - since):
        yield misfit(Fault.SUPPRESSION_NOT_IN_JOURNAL, "journal", digest=digest.hex())


def look_at_erasures(store: Store, index: StopIndex, report: AuditReport, brand: int) -> None:
    """Each erasure of the record has its row and its line in the journal, and the contact's row says when it was."""
    bucket, cursor = 0, -1  # as they stand there: a row may lie in another's bucket
    lost: dict[int, int] = {}
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "audited_erasures",
                cursor=cursor,
                cursor_bucket=bucket,
                brand_id=brand,
                count=PAGE,
            )
        if not rows:
            break
        cursor, bucket = rows[-1][0], rows[-1][-1]
        for *told, _ in rows:
            row = tuple(told)
            for found in (*_misfits(row), *_misfits_of_row(store, index, row)):
                report.misfits.add(found)
            if not index.has_erased(row[0]) and len(lost) < _NEWEST:
                lost[row[0]] = row[1]
    for found in _not_in_journal(store, lost):
        report.misfits.add(found)
    with store.database.read() as session:
        for contact, erased_at in session.rows("erased_without_event", brand_id=brand, count=MOST_TOLD):
            report.misfits.add(_differs(contact, None, erased_at))
        for contact, stage in session.rows("erasures_without_event", brand_id=brand, count=MOST_TOLD):
            # Of somebody whom a store that was put back never knew, and before an event is made, only the journal tells.
            if not index.has_erased(contact):
                name = to_text("con", contact)
                report.misfits.add(misfit(Fault.ERASURE_INVENTED, "erasure", contact=name, found=stage))


def _misfits(row: Row) -> Iterator[Misfit]:
    contact, event, received_at, is_there, erased_at, erasure = row[:6]
    if erasure is None:
        reason = f"event {to_text('evt', event)} says"
        yield misfit(Fault.ERASURE_MISSING, "erasure", contact=to_text("con", contact), reason=reason)
    if is_there is not None and erased_at != received_at:
        yield _differs(contact, received_at, erased_at)


def _misfits_of_row(store: Store, index: StopIndex, row: Row) -> Iterator[Misfit]:
    """The row of an erasure against the lines of the journal. When it was asked for, the first says; the rest, the last."""
    contact, _, _, _, _, erasure, *values, stage, done_at = row
    if erasure is None:
        return
    found = dict(zip(_MEMBERS, values, strict=True))
    ended = HELD if found["retain_until"] is not None else DONE
    wanted = (STOPPED, KEYLESS, WIPED, ended)
    if stage not in wanted:
        yield _other(contact, "stage", ended, stage)
    if (done_at is not None) != (stage == ended) or (done_at is not None and done_at < found["asked_at"]):
        yield _other(contact, "done_at", "nothing" if stage != ended else "a later moment", done_at)
    lines = index.erased_lines(contact)
    if not lines or _fits(found, lines):
        return
    # It may have been asked for anew since the journal was read.
    since = [said_in(line) for line in store.journal.newest_erased(_NEWEST) if line.contact == contact]
    lines = since or lines
    if not _fits(found, lines):
        for member in _MEMBERS:
            expected = lines[-1][member]
            if found[member] != expected and not (
                member in _FIRST and found[member] in [each[member] for each in lines]
            ):
                yield _other(contact, member, expected, found[member])


_MEMBERS: Final = ("brand", "asked_at", "asked_by", "ground", "policy", "retain_until")
_FIRST: Final = ("asked_at", "asked_by")


def _fits(found: dict[str, Any], lines: list[dict[str, Any]]) -> bool:
    return all(
        found[member] in [each[member] for each in lines]
        if member in _FIRST
        else found[member] == lines[-1][member]
        for member in _MEMBERS
    )


def _other(contact: int, member: str, expected: object, found: object) -> Misfit:
    return misfit(
        Fault.ERASURE_DIFFERS,
        "erasure",
        contact=to_text("con", contact),
        member=member,
        expected="nothing" if expected is None else expected,
        found="nothing" if found is None else found,
    )


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
