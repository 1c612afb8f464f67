"""The central verbs. Each changes permission in one transaction: lock, event, fold, entry, and the text that follows."""

from yesword.consent.answering import Act, Answer, answer
from yesword.consent.asking import ask, confirm, decline, grant, note_request, refuse_for_good
from yesword.consent.capping import may_answer
from yesword.consent.correcting import correct
from yesword.consent.meeting import meet, stranger
from yesword.consent.record import Composed, Draft, Recorded, append, append_many, append_ready, compose_first
from yesword.consent.renewing import Reminder, keep, lapse, renew
from yesword.consent.withdrawing import Confirmation, Withdrawn, invalidate, restart, withdraw, withdraw_each

__all__ = [
    "Act",
    "Answer",
    "Composed",
    "Confirmation",
    "Draft",
    "Recorded",
    "Reminder",
    "Withdrawn",
    "answer",
    "append",
    "append_many",
    "append_ready",
    "ask",
    "compose_first",
    "confirm",
    "correct",
    "decline",
    "grant",
    "invalidate",
    "keep",
    "lapse",
    "may_answer",
    "meet",
    "note_request",
    "refuse_for_good",
    "renew",
    "restart",
    "stranger",
    "withdraw",
    "withdraw_each",
]
