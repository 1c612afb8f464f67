"""Ways to hand texts to a network and to take what comes back. Never sees the store."""

from yesword.channels.errors import CarrierError
from yesword.channels.ports import (
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
