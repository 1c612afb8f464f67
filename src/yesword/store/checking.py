"""Checking the store against itself: state is the fold of the events, each event hangs on the one before, and the guards
are in place.
"""

from dataclasses import dataclass, field
from typing import Final

from yesword.domain import codec
from yesword.domain.events import ConsentEvent
from yesword.domain.ids import ContactId, bucket_of, to_text
from yesword.domain.state import fold
from yesword.ledger.leaf import leaf_hash
from yesword.store.database import Row, Session
from yesword.store.opening import Store, missing_guards

_PAGE: Final = 1000
_MOST: Final = 100  # findings told one by one


@dataclass(kw_only=True)
class StoreReport:
    contacts: int = 0
    events: int = 0
    findings: list[str] = field(default_factory=list)

    def find(self, finding: str) -> None:
        if len(self.findings) < _MOST:
            self.findings.append(finding)

    def as_json(self) -> dict[str, object]:
        return {"contacts": self.contacts, "events": self.events, "findings": self.findings}


def check_store(store: Store) -> StoreReport:
    report = StoreReport()
    for guard in sorted(missing_guards()):
        report.find(
            f"The guard {guard} is missing; the next start puts it back, but rows may have changed meanwhile."
        )
    cursor = -1
    with store.database.read() as session:
        while rows := _page(session, cursor):
            cursor = rows[-1][0]
            _check_page(store, session, rows, report)
        row = session.first("outbox_missing")
    if row and row[0]:
        report.find(f"{row[0]} events are not in the outbox of the ledger.")
    return report


def _page(session: Session, cursor: int) -> list[Row]:
    start = max(cursor, 0)
    return session.rows("standings_after", cursor=cursor, cursor_bucket=bucket_of(start), count=_PAGE)


def _check_page(store: Store, session: Session, standings: list[Row], report: StoreReport) -> None:
    ids = [row[0] for row in standings]
    events: dict[int, list[tuple[ConsentEvent, bytes]]] = {}
    buckets = sorted({bucket_of(each) for each in ids}) if session.vendor == "postgresql" else 0
    for contact, body, leaf, entry in session.rows(
        "events_of_contacts", ids=session.ids(ids), buckets=buckets
    ):
        event = codec.loads(ConsentEvent, bytes(body))
        if leaf_hash(bytes(entry)) != bytes(leaf):
            report.find(f"Event {to_text('evt', event.id)}: its leaf hash is not that of its entry.")
        events.setdefault(contact, []).append((event, bytes(leaf)))
    seals = store.vault.seals(ContactId(each) for each in ids)
    for contact, seq, stop_seq, state, last_leaf in standings:
        record = events.get(contact, [])
        report.contacts += 1
        report.events += len(record)
        name = to_text("con", contact)
        folded = fold(event for event, _ in record)
        if [event.seq for event, _ in record] != list(range(1, seq + 1)):
            report.find(f"Contact {name}: its events are not numbered 1 to {seq}.")
        if folded.to_bytes() != bytes(state):
            report.find(f"Contact {name}: its stored state is not the fold of its events.")
        if folded.stop_seq_for(None) != stop_seq:
            report.find(f"Contact {name}: its stored stop is not the newest of its events.")
        if (record[-1][1] if record else None) != (None if last_leaf is None else bytes(last_leaf)):
            report.find(f"Contact {name}: its record does not end with its newest event.")
        if ContactId(contact) not in seals and not folded.is_erased:
            report.find(f"Contact {name}: its key is not in the vault.")
