"""The trail of who did what against the statements that name its rows."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from yesword.domain.ids import to_text
from yesword.ledger.entry import JsonObject
from yesword.proof.auditing.report import AuditReport
from yesword.store import trails
from yesword.store.database import Session
from yesword.store.misfits import MOST_TOLD, Fault, Misfit, misfit
from yesword.store.opening import Store

_TRAIL: Final = "store_auditentry"
_BETWEEN_CLOCKS: Final = timedelta(minutes=10)
_LONGEST: Final = timedelta(hours=1)  # that what is done may take, from its row to its end


def look_at_trail(store: Store, report: AuditReport) -> None:
    """How long it is, and rows whose statement is gone. What a statement names is looked at with the statement."""
    with store.database.read() as session:
        report.trail, report.trail_waiting = trails.counts(session)
        orphans = trails.of_no_statement(session, MOST_TOLD)
    for row, name in orphans:
        report.misfits.add(_differs(row, f"the statement {name} that it says names it is not there."))


def misfits_of_trail(session: Session, statement: int, said: JsonObject) -> Iterator[Misfit]:
    """Each row that it names, as it was then, and no other."""
    name = to_text("sta", statement)
    named = _named(said)
    if named is None:
        yield misfit(
            Fault.STATEMENT_DIFFERS,
            "ledger_statement",
            event=name,
            reason="it does not say which rows of the trail it names.",
        )
        return
    nonce, digests, made_at = named
    before = trails.stated_before(session, made_at)
    rows = trails.of_statement(session, statement)
    for row, digest in digests.items():
        found = rows.get(row)
        if found is None:
            yield _differs(row, f"{name} names it, and it is gone, or says that another names it.")
        elif found.digest(nonce) != digest:
            yield _differs(row, f"it is not as it was when {name} named it.")
        elif found.at is None:
            yield _differs(row, "its time is none.")
        elif found.at > made_at + _BETWEEN_CLOCKS:
            yield _differs(row, f"its time is {found.at}, which is after {name}, which names it.")
        elif before is not None and found.at < before - _LONGEST:
            yield _differs(
                row, f"its time is {found.at}, and it was not there when the trail was named at {before}."
            )
    for row in rows.keys() - digests.keys():
        yield _differs(row, f"it says that {name} names it, and that does not.")


def _named(said: JsonObject) -> tuple[bytes, Mapping[int, str], datetime] | None:
    """Nonce, digests by row, and when it was made."""
    try:
        rows = said["rows"]
        if not isinstance(rows, list):
            return None
        digests = {int(row): str(digest) for row, digest in rows}
        return bytes.fromhex(str(said["nonce"])), digests, datetime.fromisoformat(str(said["at"]))
    except (KeyError, TypeError, ValueError):
        return None


def _differs(row: int, reason: str) -> Misfit:
    return misfit(Fault.TRAIL_DIFFERS, _TRAIL, row=row, reason=reason)
