"""What an error says in the language of the page. Its own message is English, for terminals and logs.

The wording here is the error's docstring to the letter, as a message id with its placeholders; a test holds the two
together. An error that is not here is told in English.
"""

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


def told(error: YeswordError) -> str:
    """For a page. What an error names of another one is told alike."""
    words = WORDS.get(type(error))
    if words is None:
        return error.message
    fields = {
        name: told(each) if isinstance(each, YeswordError) else each for name, each in error.fields.items()
    }
    return str(words).format(**fields)
