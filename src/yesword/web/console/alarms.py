"""What somebody has to know before anything else: nothing is sent, something is paused, or a log is not signed any more;
and what to do.

It speaks of all brands, since whoever reads it may be the only one to.
"""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.proof.standing import LogStatus
from yesword.store import holds, ledgers, log_troubles
from yesword.store.ledgers import LogRow
from yesword.web import parts, pausing
from yesword.web.console import strays
from yesword.web.installation import store

# Why nothing is sent, and what to do about it.
_HOLDS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    holds.KEYS: (
        gettext_lazy("Nothing is sent: a key is missing or wrong."),
        gettext_lazy(
            "Without it nobody can tell who has stopped. What people text is kept, and acted on when the key is back. Put the key files back from their copy and start again; docs/how-to/back-up-keys.md says how."
        ),
    ),
    holds.RESTORED: (
        gettext_lazy("Nothing is sent: the store was put back from a backup, or its journal was lost."),
        gettext_lazy(
            "Stops may have come in that it does not know. “yesword store resume” shows what would be done about that, and does it with --yes; docs/how-to/back-up-keys.md says what to look at first."
        ),
    ),
    holds.LOOK_UPS: (
        gettext_lazy("Nothing is sent: some people are not found by their number."),
        gettext_lazy(
            "Their look-ups are missing from the vault, so a stop of theirs would not be known. If there is a newer copy of the vault, put it back. Otherwise “yesword store resume” shows what would be done about that, and does it with --yes."
        ),
    ),
}
_OTHER_HOLD: Final = (
    gettext_lazy("Nothing is sent: sending is held."),
    gettext_lazy("What people text is taken in as ever. The log of the dispatcher says more."),
)
_WHATS: Final[Mapping[str, Promise]] = {
    log_troubles.NO_HEAD: gettext_lazy("The journal does not know the head that was signed last."),
    log_troubles.FOREIGN_HEAD: gettext_lazy("The head in the journal is that of another log."),
    log_troubles.ROLLED_BACK: gettext_lazy(
        "The store is older than the head that was signed last: it was put back from a backup."
    ),
    log_troubles.DAMAGED: gettext_lazy("A part of its tree is missing."),
    log_troubles.REWRITTEN: gettext_lazy("Its tree is not the one that was signed: it was changed."),
    log_troubles.WITNESS_AHEAD: gettext_lazy(
        "A witness has seen it larger than it is here: the store was put back from a backup, or another one signs with the same key."
    ),
    log_troubles.WITNESS_DISAGREES: gettext_lazy(
        "A witness has seen a past of it that this one does not continue: the store was put back and went on differently, or its past was changed."
    ),
}
_PUT_BACK: Final = gettext_lazy(
    "Change nothing and keep a copy. “yesword ledger audit” names what does not fit. Put the store back from a backup that fits; if there is none, “yesword ledger continue” begins another log that says so."
)
_REMEDIES: Final[Mapping[str, Promise]] = {
    log_troubles.NO_HEAD: gettext_lazy(
        "Put the journal back from its copy. Only if there is none: “yesword ledger accept”, then “yesword store resume”."
    ),
    log_troubles.FOREIGN_HEAD: gettext_lazy(
        "Put the right journal back; then “yesword ledger accept” lifts the mark."
    ),
    log_troubles.ROLLED_BACK: gettext_lazy(
        "If there is a newer copy of the store, put that back; then “yesword ledger accept” lifts the mark. If not: “yesword store resume”, and then “yesword ledger continue”."
    ),
    log_troubles.DAMAGED: _PUT_BACK,
    log_troubles.REWRITTEN: _PUT_BACK,
}
_OTHERWISE: Final = gettext_lazy(
    "Find the store that was signed last, and put that back. If it is lost, “yesword ledger continue” says so in a log of another name."
)


def alarms() -> list[parts.Notice]:
    with store().database.read() as session:
        held = holds.held_for(session)
        known = ledgers.logs(session)
    newest = {each.brand: each for each in known}
    return [
        *(hold_notice(each) for each in sorted(held - {holds.HALTED})),  # every page says that at its head
        *(_trouble(each) for each in newest.values() if each.trouble),
        *strays.notices(),
        *pausing.notices(),
    ]


def hold_notice(reason: str) -> parts.Notice:
    title, text = _HOLDS.get(reason, _OTHER_HOLD)
    return parts.Notice(tone="brick", title=title, text=text)


def _trouble(log: LogRow) -> parts.Notice:
    is_held = log.trouble in log_troubles.STOPS_UNKNOWN
    goes_on = _("Nothing is sent; stops are obeyed.") if is_held else _("Texts go on, and stops are obeyed.")
    return parts.Notice(
        tone="brick",
        title=_("The log %(name)s is not signed any more.") % {"name": log.origin},
        text=f"{what_of(log)} {remedy_of(log)} {goes_on}",
        url=reverse("console:proof"),
        url_label=_("See the log"),
    )


def what_of(log: LogRow | LogStatus) -> str:
    """What is wrong with a log, as far as it is known in the reader's language."""
    return str(_WHATS.get(log.trouble, log.trouble))


def remedy_of(log: LogRow | LogStatus) -> str:
    return str(_REMEDIES.get(log.trouble, _OTHERWISE))
