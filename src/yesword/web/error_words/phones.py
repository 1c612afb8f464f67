"""Telephone numbers that cannot be read."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.domain.errors import YeswordError
from yesword.domain.phone import (
    NoNumberError,
    NumberHasExtensionError,
    NumberHasLettersError,
    NumberLostDigitsError,
    NumberNeedsCountryError,
    NumberNotAssignedError,
    NumberTooLongError,
    NumberTooShortError,
    PremiumNumberError,
    SeveralNumbersError,
    ShortCodeGivenError,
    UnknownCallingCodeError,
    UnknownCountryError,
)

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    NoNumberError: gettext_lazy("There is no telephone number here. Give one such as +31 6 1234 5678."),
    NumberTooShortError: gettext_lazy(
        "The number has too few digits ({digits}). Check whether some are missing, an area code for instance."
    ),
    NumberTooLongError: gettext_lazy(
        "The number has too many digits ({digits}). Check for a digit typed twice or a second number."
    ),
    NumberHasLettersError: gettext_lazy("The number contains letters. Write it in digits."),
    NumberHasExtensionError: gettext_lazy(
        "The number has an extension, so it is a switchboard. Give the person's own mobile number."
    ),
    NumberLostDigitsError: gettext_lazy(
        "A spreadsheet has rounded this number (such as 3.16E+10). Export the column again as text."
    ),
    SeveralNumbersError: gettext_lazy("There is more than one number here. Give one number in each field."),
    NumberNeedsCountryError: gettext_lazy(
        "The number is national, and no country is known. Start it with + and the country code, or name a country."
    ),
    UnknownCountryError: gettext_lazy(
        'No country with telephone numbers is called "{country}". Use its two-letter ISO code, such as NL.'
    ),
    UnknownCallingCodeError: gettext_lazy(
        "No country has the code that this number starts with. Check the digits after the +."
    ),
    NumberNotAssignedError: gettext_lazy(
        "No such number can be in use in {country}. Check it for a digit that is missing, too many or mistyped."
    ),
    PremiumNumberError: gettext_lazy(
        "The number is charged at a premium rate. Give the person's own mobile number."
    ),
    ShortCodeGivenError: gettext_lazy(
        "A short code is not a person's number. Give the number in full, with its country."
    ),
}
