"""What pages say of a carrier's audit, in the reader's language: how the clock stands, and what lines of an answer say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yesword.reporting.audit_answers import Status, clock
from yesword.store.models import CarrierAudit
from yesword.web.formats import duration

_SOON_S: Final = 6 * 3600

# Tone and words of a line's status.
STATUSES: Final[Mapping[str, tuple[str, Promise]]] = {
    Status.OPTED_IN: ("leaf", pgettext_lazy("carrier audit", "Opted in")),
    Status.OTHER_GROUND: ("amber", gettext_lazy("No opt-in: texted as a customer or in a conversation")),
    Status.OPTED_OUT: ("brick", pgettext_lazy("carrier audit", "Opted out")),
    Status.ASKED: ("amber", gettext_lazy("Asked to confirm, not confirmed yet")),
    Status.DECLINED: ("brick", gettext_lazy("Asked to confirm, and said no")),
    Status.LAPSED: ("slate", pgettext_lazy("carrier audit", "Lapsed")),
    Status.CLAIMED: ("amber", gettext_lazy("Claimed by a list without proof")),
    Status.OTHER_OWNER: ("brick", gettext_lazy("The number has another owner now")),
    Status.ERASED_KEPT: ("slate", gettext_lazy("Erased, proof kept")),
    Status.ERASED_LOCKED: ("slate", gettext_lazy("Erased, proof kept under a key that is not here")),
    Status.ERASED: ("slate", gettext_lazy("Erased, proof not kept")),
    Status.UNKNOWN: ("brick", gettext_lazy("No consent on record")),
    Status.UNREADABLE: ("amber", gettext_lazy("Not a telephone number")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CountLine:
    label: str
    count: int
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A chip: how an audit stands."""

    tone: str
    icon: str
    words: str


def counted(audit: CarrierAudit) -> Sequence[CountLine]:
    """What the answer's lines say, each with how many say so."""
    return [
        CountLine(label=str(words), count=audit.counts[status], tone=tone)
        for status, (tone, words) in STATUSES.items()
        if audit.counts.get(status)
    ]


def standing(audit: CarrierAudit, at: datetime) -> Shown:
    """The clock while it runs, in words; afterwards what became of it."""
    if audit.state == CarrierAudit.State.CLOSED:
        return Shown(tone="slate", icon="check", words=pgettext("carrier audit", "Closed"))
    if audit.answered_at is not None:
        if audit.answered_at > audit.due_at:
            late = duration(audit.answered_at - audit.due_at)
            return Shown(tone="amber", icon="check", words=_("Answered %(time)s late") % {"time": late})
        return Shown(tone="leaf", icon="check", words=_("Answered in time"))
    left = clock(audit.due_at, at)
    if left.is_overdue:
        return Shown(
            tone="brick", icon="warning", words=_("Overdue by %(time)s") % {"time": duration(-left.left)}
        )
    is_soon = left.left.total_seconds() < _SOON_S
    return Shown(
        tone="brick" if is_soon else "amber",
        icon="clock",
        words=_("%(time)s left") % {"time": duration(left.left)},
    )
