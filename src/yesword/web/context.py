"""What every page's template is given: where one can go, who is signed in, which languages there are."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _

from yesword.domain.triage import TriageKind
from yesword.sending import triage
from yesword.web import languages
from yesword.web.brands import brand_of
from yesword.web.console.acting import may_act
from yesword.web.console.halting import HoldLine, standing_lines
from yesword.web.installation import store

PHONE_BAR_PLACES: Final = 4  # and "More": five fit at 320 px


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One entry of the navigation. It shows when its route exists, or one of its tabs, and leads to the first that does."""

    route: str
    icon: str
    label: Promise
    about: Promise
    belongs: tuple[str, ...] = ()  # routes of pages within it
    tabs: tuple[tuple[str, Promise], ...] = ()  # route and word of the pages that share it
    counts_stops: bool = False  # shows how many stops wait for somebody to look at them
    is_for_actors: bool = False  # not for those who only look


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    url: str
    label: Promise
    is_current: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    url: str
    icon: str
    label: Promise
    about: Promise
    is_current: bool
    tabs: Sequence[Tab] = ()
    counts_stops: bool = False


PLACES: Final = (
    Place(
        route="console:home", icon="home", label=_("Home"), about=_("What happens now, and what needs you.")
    ),
    Place(
        route="console:people",
        icon="people",
        label=_("People"),
        about=_("Who may be texted what, and the proof of it."),
        belongs=(
            "console:person",
            "console:dead-numbers",
            "console:person-hours",
            "console:person-rectify",
            "console:person-restrict",
            "console:person-lift",
            "console:person-erase",
        ),
    ),
    Place(
        route="console:messages",
        icon="message",
        label=_("Messages"),
        about=_("Every text, what became of it, and why."),
        belongs=("console:message",),
        tabs=(("console:messages", _("Texts")), ("console:refused", _("What carriers refuse"))),
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
        route="console:replies",
        icon="reply",
        label=_("Replies"),
        about=_("What people text back, how it is read, and what is put before you."),
        tabs=(
            ("console:replies", _("Queue")),
            ("console:replies-try", _("Try a text")),
            ("console:replies-words", _("Known words")),
            ("console:strays", _("Texts for nobody")),
        ),
        counts_stops=True,
    ),
    Place(
        route="console:points",
        icon="plus",
        label=_("Collect"),
        about=_("Where people are asked, in which words, and how many say yes."),
        belongs=(
            "console:point",
            "console:point-new",
            "console:point-edit",
            "console:invitation",
            "console:invitation-new",
            "console:invitation-edit",
            "console:invitation-cancel",
            "console:contest",
            "console:contest-new",
            "console:contest-edit",
            "console:contest-announce",
            "console:contest-close",
            "console:contest-draw",
            "console:contest-number",
        ),
        tabs=(
            ("console:points", _("Places")),
            ("console:tablets", _("Tablets")),
            ("console:paper", _("Paper list")),
            ("console:spoken", _("Spoken")),
            ("console:invitations", _("By e-mail")),
            ("console:contests", _("Contests")),
        ),
    ),
    Place(
        route="console:connections",
        icon="sliders",
        label=_("Connections"),
        about=_("Shops, lead ads and other systems that tell us of answers, and those that we tell."),
        belongs=("console:opt-outs",),
    ),
    Place(
        route="console:programs",
        icon="program",
        label=_("Programs"),
        about=_("What people can join: purpose, promise, keywords and wording."),
        belongs=("console:program",),
    ),
    Place(
        route="console:leaving",
        icon="stop",
        label=_("Leaving"),
        about=_("Who leaves, why and from where; and what is paused because of it."),
        belongs=(
            "console:pause-resume",
            "console:exclude",
            "console:exclude-many",
            "console:exclusion-find",
            "console:exclusion-number",
        ),
        tabs=(("console:leaving", _("Figures")), ("console:exclusions", _("Exclusions"))),
    ),
    Place(
        route="console:halt",
        icon="pause",
        label=_("Stop sending"),
        about=_("Stop everything at once, see what is held, and who is told when something is wrong."),
        belongs=("console:hold-resume",),
        tabs=(("console:halt", _("Stop sending")), ("console:alerts", _("Alerts"))),
    ),
    Place(
        route="console:law",
        icon="law",
        label=_("Law"),
        about=_("What each text is held against, country by country."),
        belongs=("console:law-pack", "console:law-changes"),
    ),
    Place(
        route="console:proof",
        icon="proof",
        label=_("Proof"),
        about=_("The log of every yes and stop, and who outside vouches for it."),
    ),
    Place(
        route="console:audits",
        icon="audit",
        label=_("Carrier audits"),
        about=_("Answer a carrier that asks how people opted in, within its 24 hours."),
        belongs=("console:audit", "console:audit-close"),
        is_for_actors=True,
    ),
    Place(
        route="console:privacy",
        icon="lock",
        label=_("Privacy"),
        about=_("What people ask about their data, and by when."),
        belongs=(
            "console:retention",
            "console:breach-new",
            "console:breach",
            "console:breach-amend",
            "console:breach-people",
        ),
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


def entries(current: str, *, may_act: bool = True) -> list[Entry]:
    """The places that exist and are for this reader, with the one that the route `current` belongs to marked."""
    found = []
    for place in PLACES:
        if place.is_for_actors and not may_act:
            continue
        tabs = [
            Tab(url=url, label=label, is_current=current == route)
            for route, label in place.tabs
            if (url := _url_of(route)) is not None
        ]
        url = tabs[0].url if tabs else _url_of(place.route)
        if url is None:
            continue
        found.append(
            Entry(
                url=url,
                icon=place.icon,
                label=place.label,
                about=place.about,
                is_current=current == place.route
                or current in place.belongs
                or any(each.is_current for each in tabs),
                tabs=tabs,
                counts_stops=place.counts_stops,
            )
        )
    return found


def _url_of(route: str) -> str | None:
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def probable_stops(request: HttpRequest) -> int:
    """How many stops of the brand rest on a reading that nobody has looked at yet."""
    brand = brand_of(request) if request.user.is_authenticated else None
    if brand is None:
        return 0
    with store().database.read() as session:
        return triage.counts(session, brand.id).get(TriageKind.PROBABLE_STOP, 0)


def _held_lines(request: HttpRequest) -> Sequence[HoldLine]:
    """What is held, at the head of every page of the console; strangers are told nothing."""
    return standing_lines() if request.user.is_authenticated else ()


def shell(request: HttpRequest) -> Mapping[str, Any]:
    match = request.resolver_match

    @functools.cache
    def places() -> Sequence[Entry]:
        """Found out only where they are shown: open pages ask for nobody's session."""
        return entries(match.view_name if match else "", may_act=may_act(request))

    return {
        "places": places,
        "places_bar": lambda: places()[:PHONE_BAR_PLACES],
        "places_more": lambda: places()[PHONE_BAR_PLACES:],
        "place_tabs": lambda: next((each.tabs for each in places() if each.is_current), ()),
        # Asked only by templates that show it, and once a page.
        "stops_to_look_at": functools.cache(lambda: probable_stops(request)),
        "held_lines": functools.cache(lambda: _held_lines(request)),
        "languages": languages.NAMES,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "debug": settings.DEBUG,
        "is_fragment": request.headers.get("HX-Request") == "true",
    }
