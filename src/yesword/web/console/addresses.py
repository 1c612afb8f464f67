"""The addresses of the pages that many pages lead to. None holds a number or a name."""

from django.urls import reverse

from yesword.domain.ids import ContactId, MessageId, to_text


def person_url(contact: ContactId) -> str:
    return reverse("console:person", args=[to_text("con", contact)])


def message_url(message: MessageId) -> str:
    return reverse("console:message", args=[to_text("msg", message)])


def campaign_url(campaign: int) -> str:
    return reverse("console:campaign", args=[campaign])
