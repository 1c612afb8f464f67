"""Delivery reports: kept when they come, applied when our own record of the hand-over is there."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from yesword.channels.errors import CarrierError
from yesword.channels.ports import DeliveryReport, ReportState
from yesword.domain.messages import MessageState
from yesword.domain.times import to_micros
from yesword.sending import carrier_stops, dead_numbers
from yesword.store.opening import Store

_MEANS: Final = {
    ReportState.DELIVERED: MessageState.DELIVERED,
    ReportState.FAILED: MessageState.UNDELIVERED,
    ReportState.EXPIRED: MessageState.UNDELIVERED,
    ReportState.REJECTED: MessageState.UNDELIVERED,
}


def keep(store: Store, account: int, reports: Sequence[DeliveryReport]) -> None:
    """Store reports; one that comes again is the same report. When this returns they may be acknowledged."""
    with store.database.write() as session:
        session.many(
            "insert_report",
            [
                {
                    "account_id": account,
                    "provider_id": report.provider_id,
                    "state": report.state.value,
                    "error_code": report.error_code,
                    "meaning": None if report.meaning is None else report.meaning.value,
                    "message_id": _possible(report.message_id),
                    "reported_at": to_micros(report.at),
                }
                for report in reports
            ],
        )


def _possible(reference: int | None) -> int | None:
    """A carrier may echo anything; what can be no id of ours would not fit its column."""
    return reference if reference is not None and 0 < reference < 1 << 63 else None


def apply(store: Store, count: int = 1000, *, at: datetime | None = None) -> int:
    """Apply the reports whose message is known by now. A report also settles a message that was uncertain.

    One that says that the person told the carrier to stop is a withdrawal; those that say that nobody has the number
    are weighed together. `at`: now, unless somebody else keeps the time.

    The carrier's id tells which message is meant, as our record of the hand-over has it. Where there is no such
    record, our own reference does, if the carrier echoed it; the carrier's id is then known from here on.
    """
    with store.database.read() as session:
        known = session.rows("reports_to_apply", count=count)
        # Only after the last of the known: those of a backlog would all be looked at again.
        echoed = session.rows("echoed_reports_to_apply", count=count) if len(known) < count else []
    rows = [*known, *(row[:8] for row in echoed)]
    if not rows:
        return 0
    at = at or datetime.now(UTC)
    failed = [row for row in rows if _MEANS.get(ReportState(row[2])) is MessageState.UNDELIVERED]
    stopped = [row[6] for row in failed if row[7] == CarrierError.OPTED_OUT]
    dead = [row[6] for row in failed if row[7] in dead_numbers.PERMANENT]
    learned = [
        {
            "account_id": account,
            "provider_id": provider,
            "bucket": bucket,
            "message_id": message,
            "attempt_id": attempt,
        }
        for account, provider, _, _, _, bucket, message, _, attempt in echoed
    ]
    with store.database.write() as session:
        session.many("insert_provider_ref", learned)
        session.many("name_attempt", learned)
        session.many(
            "apply_report",
            [
                {
                    "state": meant.value,
                    "reason": code or "",
                    "meaning": meaning,
                    "ended_at": reported_at,
                    "bucket": bucket,
                    "id": message,
                }
                for _, _, state, code, reported_at, bucket, message, meaning in rows
                if (meant := _MEANS.get(ReportState(state))) is not None
            ],
        )
        session.many(
            "settle_report",
            [
                {"account_id": account, "provider_id": provider, "state": state}
                for account, provider, state, *_ in rows
            ],
        )
        if stopped:
            carrier_stops.note(store, session, dead_numbers.contacts_of(session, stopped), at)
    if dead:
        with store.database.read() as session:
            people = dead_numbers.contacts_of(session, dead)
        dead_numbers.judge(store, people, at)
    return len(rows)
