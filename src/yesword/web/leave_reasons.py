"""Why people leave, in the words of whoever leaves."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.store.leave_answers import LeaveReason

REASONS: Final[tuple[tuple[LeaveReason, Promise], ...]] = (
    (LeaveReason.TOO_OFTEN, gettext_lazy("Too many texts")),
    (LeaveReason.IRRELEVANT, gettext_lazy("Not relevant to me")),
    (LeaveReason.CHANGED, gettext_lazy("My taste or my work has changed")),
    (LeaveReason.LOST_INTEREST, gettext_lazy("I have lost interest")),
    (LeaveReason.COMPETITOR, gettext_lazy("I buy elsewhere now")),
    (LeaveReason.OTHER, gettext_lazy("Something else")),
)
