"""The central verbs. Each changes permission in one transaction: lock, event, fold, entry, and the text that follows."""

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.asking import ask, confirm, decline, grant
from yesword.consent.record import Draft, Recorded, append, append_many
from yesword.consent.renewing import Reminder, keep, lapse, renew
from yesword.consent.withdrawing import Withdrawn, restart, withdraw

__all__ = [
    "Act",
    "Answer",
    "Draft",
    "Recorded",
    "Reminder",
    "Withdrawn",
    "answer",
    "append",
    "append_many",
    "ask",
    "confirm",
    "decline",
    "grant",
    "keep",
    "lapse",
    "renew",
    "restart",
    "withdraw",
]
