"""Delivery reports: kept when they come, applied when our own record of the hand-over is there."""

from collections.abc import Sequence
from typing import Final

from yesword.channels.ports import DeliveryReport, ReportState
from yesword.domain.messages import MessageState
from yesword.domain.times import to_micros
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
                    "reported_at": to_micros(report.at),
                }
                for report in reports
            ],
        )


def apply(store: Store, count: int = 1000) -> int:
    """Apply the reports whose message is known by now. A report also settles a message that was uncertain."""
    with store.database.read() as session:
        rows = session.rows("reports_to_apply", count=count)
    if not rows:
        return 0
    with store.database.write() as session:
        session.many(
            "apply_report",
            [
                {
                    "state": meant.value,
                    "reason": code or "",
                    "ended_at": reported_at,
                    "bucket": bucket,
                    "id": message,
                }
                for _, _, state, code, reported_at, bucket, message in rows
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
    return len(rows)
