"""The front page: how things stand, and what happened last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from yesword.domain.ids import to_text
from yesword.domain.programs import Program
from yesword.reporting.figures import STOP_DAYS, Figures
from yesword.reporting.programs import BrandLine
from yesword.reporting.standings import Standing
from yesword.store import contacts, models, programs
from yesword.store.contacts import Contact
from yesword.store.opening import Store
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.alarms import alarms
from yesword.web.context import probable_stops
from yesword.web.counted import figures_of
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.telling import event_sentence, name_or_number, plain_day, state_of
from yesword.worker.channels import SIMULATOR


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One line of the lane."""

    state: str
    sentence: str
    at: datetime
    url: str
    is_erased: bool  # the person, by now


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/home.html", {"alarms": alarms(), "empty": _no_brand()})
    here = store()
    running = programs.of_brand(brand.id)
    figures = figures_of(here, brand.id)
    zone = zone_of(brand.country)
    lane = _lane(here, brand, running, figures) if figures else []
    return render(
        request,
        "console/home.html",
        {
            "brand": brand,
            "zone": zone,
            "figures": _figures(figures, running, zone) if figures else [],
            "counted_at": figures.at if figures else None,
            "alarms": alarms(),
            "notices": [*_unsure_stops(request), *(_notices(figures) if figures else [])],
            "lane": lane,
            "empty": _nobody(running) if figures and not figures.people else None,
        },
    )


def _figures(figures: Figures, running: Sequence[Program], zone: str) -> list[parts.Figure]:
    days = [figures.at - timedelta(days=back) for back in range(STOP_DAYS - 1, -1, -1)]
    has_stops = any(figures.stops)
    bars = [(plain_day(day), number) for day, number in zip(days, figures.stops, strict=True)]
    messages = _url_of("console:messages")
    return [
        parts.Figure(title=_("People you know"), value=figures.people, url=reverse("console:people")),
        parts.Figure(title=_("Texts that wait to go"), value=figures.waiting, url=messages),
        parts.Figure(
            title=_("Stops in the last 7 days"),
            value=sum(figures.stops),
            points=bars if has_stops else (),
            note=_("A bar is 24 hours; the last one ends now.") if has_stops else "",
            tone="brick",
            zone=zone,
        ),
        *[_figure_of(program, figures) for program in running],
        parts.Figure(title=_("Texts of uncertain fate"), value=figures.uncertain, url=messages),
    ]


def _figure_of(program: Program, figures: Figures) -> parts.Figure:
    found = figures.programs.get(program.id, {})
    return parts.Figure(
        title=_("May be texted by %(program)s") % {"program": program.name},
        value=found.get(Standing.GRANTED, 0),
        note=_("%(pending)s waiting for a yes, %(stopped)s stopped")
        % {
            "pending": count(found.get(Standing.PENDING, 0)),
            "stopped": count(found.get(Standing.WITHDRAWN, 0)),
        },
        url=f"{reverse('console:people')}?program={program.key}&state=granted",
    )


def _unsure_stops(request: HttpRequest) -> list[parts.Notice]:
    """Those come first: whoever did not mean to leave hears nothing until somebody looks."""
    waiting = probable_stops(request)
    if not waiting:
        return []
    return [
        parts.Notice(
            tone="amber",
            title=ngettext(
                "%(shown)s stop rests on an unsure reading.",
                "%(shown)s stops rest on an unsure reading.",
                waiting,
            )
            % {"shown": count(waiting)},
            text=_("Their texts have ended already. Say whether that is what they meant."),
            url=_url_of("console:replies"),
            url_label=_("Look at their texts"),
        )
    ]


def _notices(figures: Figures) -> list[parts.Notice]:
    if not figures.uncertain:
        return []
    return [
        parts.Notice(
            tone="amber",
            title=ngettext(
                "Of %(shown)s text nobody knows yet whether it went.",
                "Of %(shown)s texts nobody knows yet whether they went.",
                figures.uncertain,
            )
            % {"shown": count(figures.uncertain)},
            text=_(
                "A process ended between handing over and writing it down. They are not sent again by themselves; the carrier's reports settle most of them."
            ),
            url=_url_of("console:messages"),
            url_label=_("See the messages"),
        )
    ]


def _lane(here: Store, brand: BrandLine, running: Sequence[Program], figures: Figures) -> list[Happening]:
    with here.database.read() as session:
        people = contacts.read_many(here, session, [each.event.contact for each in figures.newest])
    known = {program.id: program for program in running}
    return [
        Happening(
            state=state_of(each.event),
            sentence=event_sentence(
                each.event,
                name_or_number(people.get(each.event.contact)),
                brand.name,
                known,
            ),
            at=each.recorded_at,
            is_erased=_is_erased(people.get(each.event.contact)),
            url=reverse("console:person", args=[to_text("con", each.event.contact)]),
        )
        for each in figures.newest
    ]


def _is_erased(person: Contact | None) -> bool:
    return person is None or person.erased_at is not None


def _no_brand() -> parts.Empty:
    return parts.Empty(
        icon="program",
        title=_("No brand yet"),
        text=_(
            "A brand is the legal sender that people say yes to; its programs are what they can join. “yesword brand add”, “yesword account add” and “yesword program apply” make yours; “yesword demo” shows one with its programs and people."
        ),
    )


def _nobody(running: Sequence[Program]) -> parts.Empty:
    """The one thing to do first: text oneself where that can be tried, or else bring people."""
    if running and models.Account.objects.filter(channel=SIMULATOR).exists():
        return parts.Empty(
            icon="handset",
            title=_("Nobody has said yes yet"),
            text=_(
                "Be the first: text %(keyword)s to %(code)s from a handset, as a person would, and watch the record begin."
            )
            % {"keyword": (*running[0].keywords, "")[0], "code": running[0].sender},
            action_url=reverse("handsets:page"),
            action_label=_("Open the handsets"),
        )
    return parts.Empty(
        icon="people",
        title=_("Nobody has said yes yet"),
        text=_(
            "People appear here when they text a keyword, or when you import them with the consent that you can show."
        ),
        action_url=_url_of("console:imports"),
        action_label=_("Import people"),
    )


def _url_of(route: str) -> str:
    """The address of a page, or nothing where it is not there."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
