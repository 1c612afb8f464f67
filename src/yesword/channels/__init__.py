"""Ways to hand texts to a network and to take what comes back. Never sees the store."""

from yesword.channels.errors import CarrierError
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
    "CarrierError",
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
