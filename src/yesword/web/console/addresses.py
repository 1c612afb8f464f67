"""The addresses of the pages that many pages lead to. None holds a number or a name."""

from django.http import Http404
from django.urls import reverse

from yesword.domain.ids import BadIdError, ContactId, MessageId, from_text, to_text
from yesword.domain.rules import UnknownRuleError
from yesword.reporting.people import PersonLine, read_person
from yesword.web.installation import rules, store


def person_url(contact: ContactId) -> str:
    return reverse("console:person", args=[to_text("con", contact)])


def message_url(message: MessageId) -> str:
    return reverse("console:message", args=[to_text("msg", message)])


def campaign_url(campaign: int) -> str:
    return reverse("console:campaign", args=[campaign])


def hours_url(contact: ContactId) -> str:
    return reverse("console:person-hours", args=[to_text("con", contact)])


def pack_url(pack: str) -> str:
    return reverse("console:law-pack", args=[pack])


def pack_link(pack: str) -> tuple[str, str]:
    """Name and address of a pack that a decision names; one that is no longer here has no page."""
    try:
        return rules().pack(pack).name, pack_url(pack)
    except UnknownRuleError:
        return pack, ""


def rule_url(rule: str) -> str:
    """The card of a rule. A reason that no pack gave has none, and neither has a rule that is no longer here."""
    try:
        return f"{pack_url(rules().rule(rule).pack)}#{rule}"
    except UnknownRuleError:
        return ""


def person_at(text: str) -> PersonLine:
    """Whom an address names. Raises `Http404`."""
    try:
        found = read_person(store(), ContactId(from_text("con", text)))
    except BadIdError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


def living_person_at(text: str) -> PersonLine:
    """The same, but for whom was erased: what is kept of them is locked away. Raises `Http404`."""
    found = person_at(text)
    if found.contact.erased_at is not None:
        raise Http404
    return found
