"""What the gate was asked, as a page lists it: the text, the person and the sender, without a number or a name."""

from django.utils.translation import gettext as _

from yesword.domain.facts import GateFacts
from yesword.web.formats import zone_name
from yesword.web.installation import rules
from yesword.web.law_names import named
from yesword.web.legal_terms import categories, term

Facts = list[tuple[str, str]]


def question_facts(facts: GateFacts) -> Facts:
    """The facts that choose the rules."""
    message, sender = facts.message, facts.sender
    told = [
        (_("Text"), f"{term(message.message_class)}, {term(message.kind)}"),
        (_("About"), categories(message.categories)),
        (_("Where they may be"), _places(facts)),
        (_("From"), f"{sender.address} ({_kind(sender.kind)})" if sender is not None else ""),
        (_("Texts before"), str(len(facts.contact.recent)) if facts.contact.recent else ""),
    ]
    return [(label, value) for label, value in told if value]


def _places(facts: GateFacts) -> str:
    """Each place once, with its zone and how we know of it."""
    book = rules()
    told = {
        f"{named(book.place_name(each.country, each.region))} ({zone_name(each.zone)}, {term(each.evidence)})": None
        for each in facts.contact.places
    }
    return "; ".join(told) or _("nobody knows")


def _kind(kind: str) -> str:
    words = {
        "short_code": _("short code"),
        "long_code": _("long code"),
        "toll_free": _("toll-free number"),
        "alphanumeric": _("name"),
    }
    return words.get(kind, kind)
