"""Pop-ups, and boxes on pages of others."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.collect.popups import NoFormError, OneWaySenderError
from yesword.domain.collecting.popups import (
    BadClosesError,
    BadDelayError,
    BadRestError,
    BadSiteError,
    NoSiteError,
    UnsafeSiteError,
)
from yesword.domain.collecting.snippets import SilentBoxError
from yesword.domain.errors import YeswordError

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    NoSiteError: gettext_lazy(
        "The collection point cannot be published: it says on which site it stands nowhere; give one, such as https://shop.example."
    ),
    BadSiteError: gettext_lazy(
        "The collection point cannot be published: {site} is no address of a site, such as https://shop.example."
    ),
    UnsafeSiteError: gettext_lazy(
        "The collection point cannot be published: {site} is not safe; a number is typed there, so it has to be https."
    ),
    BadDelayError: gettext_lazy(
        "The collection point cannot be published: it comes after 0 to {most}, and not after {after}."
    ),
    BadRestError: gettext_lazy(
        "The collection point cannot be published: it comes once in 1 to {most} days."
    ),
    BadClosesError: gettext_lazy(
        "The collection point cannot be published: it stays away after it was closed 1 to {most} times."
    ),
    NoFormError: gettext_lazy("The collection point cannot be published: a pop-up is made of a form."),
    OneWaySenderError: gettext_lazy(
        "The collection point cannot be published: nobody can text {sender}, so a link to write a text is no way in."
    ),
    SilentBoxError: gettext_lazy("The collection point cannot be published: it says nothing in {language}."),
}
