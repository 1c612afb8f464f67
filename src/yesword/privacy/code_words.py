"""The words for the codes in what is held of a person, as the page to read says them. The file for programs has the codes.

Of an event's route and reason they stand in the domain's `code_words`. The English wording is the gettext msgid.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yesword.domain import code_words
from yesword.domain.catalogue import gettext_noop

_ = gettext_noop

_WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "event": {
            "requested": _("Consent was asked for"),
            "granted": _("Consent was given"),
            "confirmed": _("Consent was confirmed"),
            "renewed": _("Consent was renewed"),
            "refused": _("You said no"),
            "preferred": _("Choices were made"),
            "withdrawn": _("Consent was withdrawn"),
            "corrected": _("A misread stop was undone"),
            "expired": _("Something came to its end"),
            "invalidated": _("The number was reported as somebody else's"),
            "erased": _("You were erased"),
        },
        "basis": {
            "express_written": _("In writing"),
            "express": _("Expressly"),
            "customer": _("As a customer"),
            "conversation": _("In a conversation that you began"),
            "trigger": _("For something that was under way, such as an order"),
        },
        "grade": {
            "A": _("Confirmed from the handset"),
            "B": _("Express, with the wording shown"),
            "C": _("Attested by somebody else"),
            "D": _("Imported with source, date and wording"),
            "E": _("Claimed only: never enough to text"),
        },
        "actor": {
            "handset": _("your telephone"),
            "person": _("you, not provably from your telephone"),
            "agent": _("somebody of the brand"),
            "import": _("an import"),
            "api": _("another system"),
            "carrier": _("the carrier"),
            "system": _("our system"),
        },
        "route": code_words.ROUTES,
        "reason": code_words.REASONS,
        "message": {
            "campaign": _("A campaign"),
            "reminder": _("A reminder"),
            "survey": _("A survey"),
            "code": _("A code"),
            "consent_request": _("The question whether you agree"),
            "invitation": _("An invitation"),
            "renewal": _("A reminder of what you agreed to"),
            "welcome": _("A welcome"),
            "stop_reply": _("The answer to a stop"),
            "help_reply": _("The answer to a call for help"),
            "reply": _("An answer"),
        },
        "state": {
            "queued": _("Queued"),
            "held": _("Held back"),
            "sending": _("On its way"),
            "sent": _("Sent"),
            "failed": _("Failed"),
            "uncertain": _("Uncertain"),
            "refused": _("Refused"),
            "cancelled": _("Cancelled"),
            "expired": _("Expired"),
            "delivered": _("Delivered"),
            "undelivered": _("Not delivered"),
        },
        "right": {
            "access": _("To see what is held about you"),
            "erasure": _("To be erased"),
        },
        "number_kind": {
            "mobile": _("Mobile"),
            "fixed": _("Fixed line"),
            "fixed_or_mobile": _("Mobile or fixed line"),
            "toll_free": _("Free of charge to call"),
            "voip": _("By way of the internet"),
            "other": _("Another kind"),
            "unknown": _("Unknown"),
        },
        "recipient": {
            "person": _("A person"),
            "sole_trader": _("A sole trader"),
            "company": _("A company"),
            "public_body": _("A public body"),
        },
        "language": {
            "en": _("English"),
            "nl": _("Dutch"),
            "sv": _("Swedish"),
            "de": _("German"),
            "da": _("Danish"),
        },
        "source": {
            "inbound_text": _("A text of your own"),
            "import": _("An import"),
            "shop": _("The shop"),
        },
        "place": {
            "stated_zone": _("the time zone that was stated"),
            "stated_address": _("the address that was stated"),
            "postcode": _("the postcode"),
            "stated_country": _("the country that was stated"),
            "area_code": _("the area code of the number"),
            "country": _("the country code of the number"),
            "network": _("the network of the number"),
            "toll_free": _("a number that belongs to no place"),
        },
        "evidence": {
            "disclosure": _("The wording that was shown"),
            "inbound_text": _("Your text"),
            "form_version": _("The form as published"),
            "page_render": _("A picture of the form"),
            "presentation_probe": _("How the wording stood on the screen"),
            "scan": _("A scan of the paper"),
            "recording": _("A recording"),
            "attestation": _("A statement by somebody who was there"),
            "import_row": _("The imported row"),
            "email": _("An e-mail"),
            "replay": _("What was done on the form"),
        },
        # names of what stands beside an event
        "detail": {
            "account_message": _("The carrier's number of the text"),
            "age": _("Age"),
            "cells": _("What stood in it"),
            "file": _("File"),
            "file_digest": _("Digest of the file"),
            "form": _("Form"),
            "geo": _("Place"),
            "inbound": _("Our number of the text"),
            "ip": _("IP address"),
            "kind": _("Evidence"),
            "lacks": _("What it lacks"),
            "media_type": _("Type of the file"),
            "note": _("Note"),
            "read": _("How it was read"),
            "reason": _("Reason"),
            "ref": _("Our number of it"),
            "reminder": _("Our number of the reminder"),
            "row": _("Row"),
            "sha256": _("Digest (SHA-256)"),
            "size": _("Size in bytes"),
            "source": _("Source"),
            "stop": _("Our number of the stop"),
            "to": _("Texted to"),
            "ua": _("Browser"),
            "url": _("Page"),
            # of how it was read
            "rule": _("Rule"),
            "confidence": _("How sure, in percent"),
            "span": _("Which letters decided"),
        },
    }
)


def word(family: str, code: str) -> str:
    """The English words for a code. What has none, such as the name of a column in a file, is shown as it is."""
    return _WORDS[family].get(code, code)
