"""Every suppression against what the journal says of the same digest: that it does, which pepper made it, and since when at the latest.

A suppression under a pepper that did not make it would not be found any more once that pepper is thought to be unused.
"""

import contextlib
from typing import Final

from yesword.domain.times import from_micros, month_of, to_micros
from yesword.proof.auditing.patience import looks
from yesword.proof.auditing.report import AuditReport
from yesword.store import suppressions
from yesword.store.checking import PAGE
from yesword.store.journal import DamagedJournalError
from yesword.store.misfits import Fault, misfit
from yesword.store.opening import Store
from yesword.store.stop_index import StopIndex

_SLACK_US: Final = 600_000_000  # between clocks
_MOST: Final = 10_000


def look_at_traces(store: Store, index: StopIndex, report: AuditReport, brand: int) -> None:
    place = (-1, "", "")
    lost: set[bytes] = set()
    while True:
        with store.database.read() as session:
            rows = suppressions.after(session, brand, place, PAGE)
        if not rows:
            break
        place = rows[-1][:3]
        for of_brand, kind, digest, pepper, cause, since in rows:
            lines = index.lines_of(of_brand, suppressions.bytes_of(digest))
            peppers, latest = {each for each, _ in lines}, max((at for _, at in lines), default=0)
            if peppers and pepper not in peppers:
                expected = ", ".join(map(str, sorted(peppers)))
                _tell(report, digest, "pepper", expected, str(pepper))
            is_month = since == to_micros(month_of(from_micros(since)))
            # The lines of whoever was erased are gone, and what is left of theirs says no more than the month.
            if not lines and cause != suppressions.ERASED and not is_month and len(lost) < _MOST:
                lost.add(suppressions.bytes_of(digest))
            month = index.gone_since(of_brand, kind, suppressions.bytes_of(digest))
            if month is not None and since > month:
                continue  # told where the erasures are looked at
            if month is not None and not is_month:
                _tell(report, digest, "since", "a month, and nothing closer", str(from_micros(since)))
            elif lines and month is None and since > latest + _SLACK_US:
                _tell(report, digest, "since", str(from_micros(latest)), str(from_micros(since)))

    for each in sorted(_still_lost(store, lost)):
        report.misfits.add(misfit(Fault.SUPPRESSION_NOT_IN_JOURNAL, "journal", digest=each.hex()))


def _still_lost(store: Store, lost: set[bytes]) -> set[bytes]:
    """A line comes at once after its row: what has come since the journal was read, is there now."""
    for _ in looks() if lost else ():
        with contextlib.suppress(DamagedJournalError):
            lost = lost - {stop.digest for stop in store.journal.newest(_MOST)}
        if not lost:
            break
    return lost


def _tell(report: AuditReport, digest: str, member: str, expected: str, found: str) -> None:
    report.misfits.add(
        misfit(
            Fault.SUPPRESSION_DIFFERS,
            "suppression",
            digest=digest,
            member=member,
            expected=expected,
            found=found,
        )
    )
