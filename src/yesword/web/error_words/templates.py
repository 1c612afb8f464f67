"""Templates that cannot be filled in."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.domain.errors import YeswordError
from yesword.domain.templates import (
    FieldNeedsFallbackError,
    MissingValueError,
    UnclosedFieldError,
    UnknownFieldError,
)

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    UnclosedFieldError: gettext_lazy(
        "The bracket at character {position} is not closed. Close it with ], or write [[ for a plain bracket."
    ),
    UnknownFieldError: gettext_lazy(
        'There is no field "{field}" (character {position}). Use one of: {known}; or write [[ for a plain bracket.'
    ),
    FieldNeedsFallbackError: gettext_lazy(
        'The field "{field}" (character {position}) is not known of everybody. Say what to write instead: [{field}|…].'
    ),
    MissingValueError: gettext_lazy(
        'There is no value for "{field}" (character {position}). Give it one, or a fallback: [{field}|…].'
    ),
}
