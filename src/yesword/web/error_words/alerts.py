"""Alerts that did not arrive, and the mail server that they need."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.domain.errors import YeswordError
from yesword.mail.sending import BadLetterError, NoServerError
from yesword.mail.servers import BadServerError, BareServerError
from yesword.mail.settings import BadSenderError, NoMailError
from yesword.worker.alerting import (
    LetterRefusedError,
    LetterUnansweredError,
    WebhookRefusedError,
    WebhookUnreachedError,
)

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    LetterRefusedError: gettext_lazy("The alert did not arrive by letter: the mail server says {said}."),
    LetterUnansweredError: gettext_lazy("The alert did not arrive by letter: the mail server says nothing."),
    WebhookRefusedError: gettext_lazy("The alert did not arrive by webhook: it answers {status}."),
    WebhookUnreachedError: gettext_lazy("The alert did not arrive by webhook: {trouble}."),
    NoMailError: gettext_lazy(
        "No e-mail can be sent: {name} is not set. docs/how-to/turn-e-mail-readers-into-members.md says how."
    ),
    BadSenderError: gettext_lazy(
        "{name} is no address that letters can come from. Set one such as club@example.org, with at most 31 characters before the @."
    ),
    BadServerError: gettext_lazy("{name} is no address of a mail server. Write {example}."),
    BareServerError: gettext_lazy(
        "{name} would send letters and the password in the clear over a network. Write {example}; only a server on this machine may go without."
    ),
    NoServerError: gettext_lazy(
        "The mail server {host} takes no letters now: {why}. Nothing was sent; it is tried again."
    ),
    BadLetterError: gettext_lazy(
        "The letter cannot be sent: its {part} has a line break or another character that no header may have."
    ),
}
