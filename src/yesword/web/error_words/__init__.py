"""What an error says in the language of the page. Its own message is English, for terminals and logs.

The wording is the error's docstring to the letter, as a message id with its placeholders; a test holds the two together,
and another one that every error which a page shows is here. One that is not is told in English.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise

from yesword.domain.errors import YeswordError
from yesword.domain.linting.sentences import Said
from yesword.store.models import InvitationCampaign
from yesword.web.error_words import (
    alerts,
    contests,
    files,
    invitations,
    opt_outs,
    phones,
    points,
    popups,
    templates,
)
from yesword.web.sentences import remark

WORDS: Final[Mapping[type[YeswordError], Promise]] = MappingProxyType(
    {
        error: words
        for each in (alerts, contests, files, invitations, opt_outs, phones, points, popups, templates)
        for error, words in each.WORDS.items()
    }
)


def told(error: YeswordError) -> str:
    """For a page. What an error names is told alike: another error, a sentence of the linter, a state."""
    words = WORDS.get(type(error))
    if words is None:
        return error.message
    return str(words).format(**{name: _told(each) for name, each in error.fields.items()})


def _told(field: object) -> object:
    if isinstance(field, YeswordError):
        return told(field)
    if isinstance(field, Said):
        return remark(field.sentence)
    return invitations.STATES[field] if isinstance(field, InvitationCampaign.State) else field
