"""Ways to hand texts to a network and to take what comes back. Never sees the store."""

from yesword.channels.ports import (
    AccountFacts,
    Channel,
    DeliveryReport,
    HandOver,
    InboundItem,
    InboundText,
    Outcome,
    OutcomeStatus,
    Receiver,
    ReportState,
)

__all__ = [
    "AccountFacts",
    "Channel",
    "DeliveryReport",
    "HandOver",
    "InboundItem",
    "InboundText",
    "Outcome",
    "OutcomeStatus",
    "Receiver",
    "ReportState",
]
