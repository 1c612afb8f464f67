"""What every page's template is given: where one can go, who is signed in, which languages there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

from yesword.web import languages

PHONE_BAR_PLACES: Final = 4  # and "More": five fit at 320 px


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One entry of the navigation. It shows when its route exists."""

    route: str
    icon: str
    label: Promise
    about: Promise
    belongs: tuple[str, ...] = ()  # routes of pages within it


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    url: str
    icon: str
    label: Promise
    about: Promise
    is_current: bool


PLACES: Final = (
    Place(
        route="console:home", icon="home", label=_("Home"), about=_("What happens now, and what needs you.")
    ),
    Place(
        route="console:people",
        icon="people",
        label=_("People"),
        about=_("Who may be texted what, and the proof of it."),
        belongs=("console:person", "console:person-hours"),
    ),
    Place(
        route="console:messages",
        icon="message",
        label=_("Messages"),
        about=_("Every text, what became of it, and why."),
        belongs=("console:message",),
    ),
    Place(
        route="console:campaigns",
        icon="send",
        label=_("Campaigns"),
        about=_("One text to many people, each decided on its own."),
        belongs=(
            "console:campaign",
            "console:campaign-new",
            "console:campaign-edit",
            "console:campaign-start",
            "console:campaign-cancel",
            "console:verdict",
            "console:verdict-people",
        ),
    ),
    Place(
        route="console:programs",
        icon="program",
        label=_("Programs"),
        about=_("What people can join: purpose, promise, keywords and wording."),
        belongs=("console:program",),
    ),
    Place(
        route="console:law",
        icon="law",
        label=_("Law"),
        about=_("What each text is held against, country by country."),
        belongs=("console:law-pack", "console:law-changes"),
    ),
    Place(
        route="console:imports",
        icon="import",
        label=_("Imports"),
        about=_("Bring people with the consent that you can show."),
        belongs=("console:import", "console:import-upload"),
    ),
    Place(
        route="handsets:page",
        icon="handset",
        label=_("Handsets"),
        about=_("Text to your programs as a person would, and see the answers."),
    ),
)


def entries(current: str) -> list[Entry]:
    """The places that exist, with the one that the route `current` belongs to marked."""
    found = []
    for place in PLACES:
        try:
            url = reverse(place.route)
        except NoReverseMatch:
            continue
        found.append(
            Entry(
                url=url,
                icon=place.icon,
                label=place.label,
                about=place.about,
                is_current=current == place.route or current in place.belongs,
            )
        )
    return found


def shell(request: HttpRequest) -> Mapping[str, Any]:
    match = request.resolver_match
    places = entries(match.view_name if match else "")
    return {
        "places": places,
        "places_bar": places[:PHONE_BAR_PLACES],
        "places_more": places[PHONE_BAR_PLACES:],
        "languages": languages.NAMES,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "debug": settings.DEBUG,
        "is_fragment": request.headers.get("HX-Request") == "true",
    }
