"""How states, grades and roles read on a page: a colour, an icon and always a word. Loaded in every template.

The one home of these words; the enums themselves live in the domain and know nothing of people's languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    tone: str  # leaf, amber, brick, slate
    icon: str
    word: Promise


def _state(tone: str, icon: str, word: Promise) -> State:
    return State(tone=tone, icon=icon, word=word)


# Words of domain enums (verdicts, event kinds, message states, campaign states) as a person reads them. A word that is
# missing here shows as it is written, in slate.
STATES: Final[Mapping[str, State]] = {
    # verdicts
    "send": _state("leaf", "send", gettext_lazy("May go")),
    "wait": _state("amber", "clock", gettext_lazy("Waits")),
    "refuse": _state("brick", "stop", gettext_lazy("Refused")),
    # permission and consent events
    "requested": _state("amber", "question", pgettext_lazy("consent event", "Asked")),
    "pending": _state("amber", "clock", gettext_lazy("Waiting for a yes")),
    "granted": _state("leaf", "check", gettext_lazy("Granted")),
    "claimed": _state("slate", "info", gettext_lazy("Claimed only")),
    "confirmed": _state("leaf", "check", gettext_lazy("Confirmed")),
    "renewed": _state("leaf", "check", gettext_lazy("Renewed")),
    "refused": _state("brick", "cross", gettext_lazy("Refused")),
    "preferred": _state("slate", "sliders", gettext_lazy("Preferences")),
    "withdrawn": _state("brick", "stop", gettext_lazy("Withdrawn")),
    "corrected": _state("slate", "undo", gettext_lazy("Corrected")),
    "lapsed": _state("slate", "clock", gettext_lazy("Lapsed")),
    "invalidated": _state("brick", "cross", gettext_lazy("Number changed hands")),
    "erased": _state("slate", "erase", gettext_lazy("Erased")),
    "unknown": _state("slate", "question", gettext_lazy("Unknown")),
    "none": _state("slate", "question", gettext_lazy("No consent")),
    # messages
    "queued": _state("amber", "clock", gettext_lazy("Queued")),
    "held": _state("amber", "clock", gettext_lazy("Held back")),
    "sending": _state("amber", "send", gettext_lazy("On its way")),
    "sent": _state("leaf", "send", gettext_lazy("Sent")),
    "delivered": _state("leaf", "check", gettext_lazy("Delivered")),
    "undelivered": _state("brick", "cross", gettext_lazy("Not delivered")),
    "failed": _state("brick", "cross", gettext_lazy("Failed")),
    "uncertain": _state("amber", "question", gettext_lazy("Uncertain")),
    "cancelled": _state("slate", "cross", gettext_lazy("Cancelled")),
    "expired": _state("slate", "clock", gettext_lazy("Expired")),
    "received": _state("leaf", "message", gettext_lazy("Received")),
    # long work
    "draft": _state("slate", "edit", gettext_lazy("Draft")),
    "scheduled": _state("amber", "clock", gettext_lazy("Scheduled")),
    "counting": _state("amber", "clock", gettext_lazy("Counting")),
    "running": _state("leaf", "send", gettext_lazy("Running")),
    "paused": _state("amber", "pause", gettext_lazy("Paused")),
    "finished": _state("leaf", "check", pgettext_lazy("long work", "Finished")),
    "active": _state("leaf", "check", gettext_lazy("Active")),
    # rules of law
    "in_force": _state("leaf", "check", gettext_lazy("In force")),
    "contested": _state("amber", "warning", gettext_lazy("Contested")),
    "stayed": _state("amber", "pause", gettext_lazy("Stayed")),
    "proposed": _state("slate", "edit", gettext_lazy("Proposed")),
    "vacated": _state("slate", "cross", gettext_lazy("Vacated")),
    "ahead": _state("amber", "clock", gettext_lazy("Not yet in force")),
    "ended": _state("slate", "clock", gettext_lazy("No longer in force")),
    "found": _state("leaf", "proof", gettext_lazy("Found in a source")),
    "known": _state("slate", "info", gettext_lazy("Known, not found in a source")),
    "unverified": _state("amber", "question", gettext_lazy("Unverified")),
    "noted": _state("slate", "info", gettext_lazy("Noted only")),
    # lawful hours
    "closed": _state("slate", "lock", gettext_lazy("Closed")),
    "open": _state("leaf", "check", gettext_lazy("Open")),
    "partly": _state("amber", "warning", gettext_lazy("Open in some places")),
    "shut": _state("slate", "clock", gettext_lazy("Closed")),
}

GRADES: Final[Mapping[str, Promise]] = {
    "A": gettext_lazy("Confirmed from the handset"),
    "B": gettext_lazy("Express, with the wording shown"),
    "C": gettext_lazy("Attested by somebody else"),
    "D": gettext_lazy("Imported with source, date and wording"),
    "E": gettext_lazy("Claimed only: never enough to text"),
}

ROLES: Final[Mapping[str, Promise]] = {
    "owner": gettext_lazy("Owner"),
    "manager": gettext_lazy("Manager"),
    "viewer": gettext_lazy("Viewer"),
}


@register.inclusion_tag("parts/chip.html")
def chip(state: str, word: str | Promise = "", *, tone: str = "", picture: str = "") -> dict[str, object]:
    """A state as colour, icon and word. `{% chip "granted" %}`, or another word: `{% chip "wait" word %}`."""
    known = STATES.get(str(state))
    return {
        "tone": tone or (known.tone if known else "slate"),
        "icon": picture or (known.icon if known else "question"),
        "word": word or (known.word if known else state),
    }


@register.filter
def tone_class(state: str) -> str:
    """`tone-leaf` …: gives the element and what is in it the colour of the state."""
    known = STATES.get(str(state))
    return f"tone-{known.tone if known else 'slate'}"


@register.filter
def state_icon(state: str) -> str:
    known = STATES.get(str(state))
    return known.icon if known else "question"


@register.filter
def state_word(state: str) -> str | Promise:
    known = STATES.get(str(state))
    return known.word if known else state


@register.filter
def tone_icon(tone: str) -> str:
    """For a notice, whose sentence says what it is about."""
    return {"leaf": "check", "amber": "warning", "brick": "warning"}.get(tone, "info")


@register.filter
def message_tone(level: str) -> str:
    """The colour of one of Django's messages."""
    return {"success": "leaf", "warning": "amber", "error": "brick"}.get(level, "slate")


@register.filter
def grade_word(grade: str) -> str | Promise:
    """What evidence of this grade is, and so what it is not."""
    return GRADES.get(str(grade), grade)


@register.filter
def role_word(role: str) -> str | Promise:
    return ROLES.get(str(role), role)
