"""The central verbs. Each changes permission in one transaction: lock, event, fold, entry, and the text that follows."""

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.asking import ask, confirm, decline, grant
from yesword.consent.capping import may_answer
from yesword.consent.correcting import correct
from yesword.consent.meeting import meet
from yesword.consent.record import Draft, Recorded, append, append_many
from yesword.consent.renewing import Reminder, keep, lapse, renew
from yesword.consent.withdrawing import Confirmation, Withdrawn, invalidate, restart, withdraw, withdraw_each

__all__ = [
    "Act",
    "Answer",
    "Confirmation",
    "Draft",
    "Recorded",
    "Reminder",
    "Withdrawn",
    "answer",
    "append",
    "append_many",
    "ask",
    "confirm",
    "correct",
    "decline",
    "grant",
    "invalidate",
    "keep",
    "lapse",
    "may_answer",
    "meet",
    "renew",
    "restart",
    "withdraw",
    "withdraw_each",
]
