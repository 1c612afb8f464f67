"""Invitations by e-mail: their words, their lists, and how they stand."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from yesword.collect.invitation_errors import (
    BrokenSubjectError,
    EmptyLetterError,
    ForeignFormError,
    LetterFieldError,
    LongLetterError,
    NoPageError,
    NotCancellableError,
    NotChangeableError,
    NotPausableError,
    NotResumableError,
    NotStartableError,
    SilentInvitationError,
    TakesNobodyError,
    UnpermittedError,
)
from yesword.collect.invitee_lists import (
    BadHeadError,
    BadLineError,
    EmptyListError,
    NoMailColumnError,
    NotUtf8Error,
)
from yesword.domain.errors import YeswordError
from yesword.store.models import InvitationCampaign

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    EmptyLetterError: gettext_lazy("The invitation cannot be sent: subject or text is empty in {language}."),
    LongLetterError: gettext_lazy(
        "The invitation cannot be sent: in {language} the subject has at most {subject} characters, the text {body}."
    ),
    BrokenSubjectError: gettext_lazy(
        "The invitation cannot be sent: the subject in {language} has a line break."
    ),
    LetterFieldError: gettext_lazy("The invitation cannot be sent: in {language}: {why}"),
    SilentInvitationError: gettext_lazy("The invitation cannot be sent: it says nothing in any language."),
    ForeignFormError: gettext_lazy("The invitation cannot be sent: the form belongs to another brand."),
    NoPageError: gettext_lazy(
        "The invitation cannot be sent: {point} has no page that a letter could lead to."
    ),
    UnpermittedError: gettext_lazy(
        "The invitation cannot be sent: say why these people may be written to by e-mail."
    ),
    NotChangeableError: gettext_lazy("The invitation is {state}, so it cannot be changed now."),
    TakesNobodyError: gettext_lazy("The invitation is {state}, so it cannot be added to now."),
    NotStartableError: gettext_lazy("The invitation is {state}, so it cannot be started now."),
    NotPausableError: gettext_lazy("The invitation is {state}, so it cannot be paused now."),
    NotResumableError: gettext_lazy("The invitation is {state}, so it cannot be resumed now."),
    NotCancellableError: gettext_lazy("The invitation is {state}, so it cannot be cancelled now."),
    BadLineError: gettext_lazy("The list cannot be read: line {line} is no line of a CSV file."),
    NotUtf8Error: gettext_lazy("The list cannot be read: it is no text in UTF-8; save it as CSV (UTF-8)."),
    EmptyListError: gettext_lazy("The list cannot be read: there is nothing in it."),
    BadHeadError: gettext_lazy("The list cannot be read: its first line is no line of a CSV file."),
    NoMailColumnError: gettext_lazy("The list cannot be read: no column is called e-mail."),
}
# How an invitation stands, within a sentence.
STATES: Final[Mapping[InvitationCampaign.State, Promise]] = {
    InvitationCampaign.State.DRAFT: pgettext_lazy("state within a sentence", "draft"),
    InvitationCampaign.State.RUNNING: pgettext_lazy("state within a sentence", "running"),
    InvitationCampaign.State.PAUSED: pgettext_lazy("state within a sentence", "paused"),
    InvitationCampaign.State.CANCELLED: pgettext_lazy("state within a sentence", "cancelled"),
    InvitationCampaign.State.DONE: pgettext_lazy("state within a sentence", "done"),
}
