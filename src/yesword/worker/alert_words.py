"""What an alert says, in the language of whoever is told: what is wrong, and what to do. No number, no name, no figure of people."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yesword.reporting.alerts import AlertKind, News

# What is wrong, and what to do about it.
WORDS: Final[Mapping[AlertKind, tuple[Promise, Promise]]] = {
    AlertKind.HALTED: (
        gettext_lazy("Somebody has stopped all sending, or a part of it"),
        gettext_lazy(
            "Texts are taken in as ever. “yesword resume”, or the page “Stop sending”, lets it go on."
        ),
    ),
    AlertKind.HELD: (
        gettext_lazy("Nothing is sent: a key is missing, or the store was put back"),
        gettext_lazy("“yesword store check” says why, and what to do."),
    ),
    AlertKind.GAP: (
        gettext_lazy("Nobody listened to a carrier for a while"),
        gettext_lazy(
            "Texts over that account wait until what came in meanwhile is known. It ends by itself when the carrier is reached; if it does not, look at “yesword status”."
        ),
    ),
    AlertKind.PAUSED: (
        gettext_lazy("A campaign, a program or a number was paused by itself"),
        gettext_lazy(
            "Too many people left or complained, or texts did not arrive. “yesword pause list” says which."
        ),
    ),
    AlertKind.DISK_FULL: (
        gettext_lazy("The disk is full, or almost"),
        gettext_lazy(
            "When it is full nothing is sent, and nothing that comes in is acknowledged. Make room."
        ),
    ),
    AlertKind.WITNESS_REFUSES: (
        gettext_lazy("A witness or time-stamp authority does not vouch for a log"),
        gettext_lazy("“yesword ledger status” says why. Texts go on, and stops are obeyed."),
    ),
    AlertKind.LEDGER_TROUBLE: (
        gettext_lazy("A log is not signed any more"),
        gettext_lazy(
            "“yesword ledger status” says what does not fit, and whether texts go on. Stops are obeyed."
        ),
    ),
    AlertKind.SEQUENCER_BEHIND: (
        gettext_lazy("What was recorded does not get into the log"),
        gettext_lazy("Look whether “yesword sequence” runs. Nothing is lost by it."),
    ),
    AlertKind.CARRIER_AWAY: (
        gettext_lazy("A carrier cannot be reached"),
        gettext_lazy("Texts over that account wait. Ask the carrier, and look at the account’s settings."),
    ),
    AlertKind.STRAY_TEXTS: (
        gettext_lazy("Texts came in that could be given to nobody"),
        gettext_lazy(
            "Nobody can say who sent them, or for which program they are, so a stop among them stops nothing yet. “yesword triage strays”, or the page “Texts for nobody”, shows them."
        ),
    ),
    AlertKind.DRIFT: (
        gettext_lazy("A provider’s list of opt-outs is not the same as ours"),
        gettext_lazy("Compare them, and repair what differs."),
    ),
}


def title_of(news: News) -> str:
    what = str(WORDS[news.kind][0])
    return _("Over: %(what)s") % {"what": what} if news.is_over else what


def text_of(news: News) -> str:
    """A few lines, for a letter or for whoever reads what a webhook was told."""
    _what, remedy = WORDS[news.kind]
    since = f"{news.since:%Y-%m-%d %H:%M} UTC"
    lines = [f"{title_of(news)}."]
    if news.subjects:
        lines.append(_("It is about: %(subjects)s.") % {"subjects": ", ".join(news.subjects)})
    lines.append(_("Since %(since)s.") % {"since": since})
    if not news.is_over:
        lines += ["", str(remedy)]
    return "\n".join(lines)


def trial() -> tuple[str, str]:
    """What a test says: a subject and a text."""
    return _("A test of alerts"), _("This is how an alert of Yesword reaches you. Nothing is wrong.")
