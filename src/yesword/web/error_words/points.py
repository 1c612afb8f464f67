"""Collection points, as their authors fill them in."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yesword.collect.points import KeyTakenError, NoSuchPointError
from yesword.domain.collecting import points
from yesword.domain.collecting.applications import SamePurposeError
from yesword.domain.errors import YeswordError

WORDS: Final[Mapping[type[YeswordError], Promise]] = {
    points.ForeignLanguageError: gettext_lazy(
        "The collection point cannot be published: its program has no texts in {languages}."
    ),
    points.ForeignCategoryError: gettext_lazy(
        "The collection point cannot be published: its program is not about {categories}."
    ),
    points.BadColourError: gettext_lazy(
        "The collection point cannot be published: {colour} is no colour of the form #rrggbb."
    ),
    points.BadCountryError: gettext_lazy(
        "The collection point cannot be published: {country} is no country of two letters, such as NL."
    ),
    points.BadWordingError: gettext_lazy(
        "The collection point cannot be published: the wording in {language} cannot be filled in. {why}"
    ),
    points.PersonalWordingError: gettext_lazy(
        "The collection point cannot be published: the wording in {language} has a field of a person, whom nobody knows yet."
    ),
    points.EmptyWordingError: gettext_lazy(
        "The collection point cannot be published: the wording in {language} says nothing."
    ),
    KeyTakenError: gettext_lazy("The name {key} in the address is taken. Choose another."),
    NoSuchPointError: gettext_lazy(
        "There is no open collection point {key}. `yesword point list` shows those that there are."
    ),
    SamePurposeError: gettext_lazy(
        "The two questions of an application are about one program, {program}. Name another one for the second."
    ),
}
