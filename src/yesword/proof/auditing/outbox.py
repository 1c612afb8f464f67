"""What waits for its place in a log: each row is that of an event or statement, and says the same."""

from collections.abc import Iterator
from typing import Final

from yesword.domain.ids import to_text
from yesword.proof.auditing.report import AuditReport
from yesword.store.checking import PAGE
from yesword.store.database import Row
from yesword.store.forms import as_bytes
from yesword.store.misfits import Fault, Misfit, misfit
from yesword.store.opening import Store

_OUTBOX: Final = "ledger_outbox"


def look_at_outbox(store: Store, report: AuditReport, brand: int) -> None:
    bucket, cursor = 0, -1  # as they stand there: a row may lie in another's bucket
    while True:
        with store.database.read() as session:
            rows = session.rows(
                "audited_outbox",
                cursor=cursor,
                cursor_bucket=bucket,
                brand_id=brand,
                count=PAGE,
            )
        if not rows:
            return
        bucket, cursor = rows[-1][:2]
        for row in rows:
            report.waiting += 1
            for found in _misfits(row):
                report.misfits.add(found)


def _misfits(row: Row) -> Iterator[Misfit]:
    _, event, brand, leaf, created_at, *owners, index = row
    of_event, of_statement = owners[:3], owners[3:]
    is_statement = of_event[1] is None and of_statement[1] is not None
    name = to_text("sta" if is_statement else "evt", max(event, 0))
    owner = of_statement if is_statement else of_event
    if owner[1] is None:
        yield misfit(Fault.WAITS_FOR_NOTHING, _OUTBOX, event=name)
        return
    if index is not None:
        yield misfit(Fault.WAITS_AGAIN, _OUTBOX, event=name, index=index)
    for member, expected, found in (
        ("brand", owner[0], brand),
        ("leaf hash", as_bytes(owner[1]).hex(), as_bytes(leaf).hex()),
        ("time", owner[2], created_at),
    ):
        if expected != found:
            yield misfit(
                Fault.WAITS_OTHERWISE, _OUTBOX, event=name, member=member, expected=expected, found=found
            )
