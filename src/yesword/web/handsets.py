"""Telephones to try things on: one texts to the programs as a person would, and sees what comes back and what is recorded.

Only where the carrier is simulated. Which telephones a session has is in `phones`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from yesword.channels.ports import ChannelError
from yesword.channels.simulator import SimulatorControl
from yesword.channels.simulator.network import Text
from yesword.domain.ids import to_text
from yesword.domain.phone import PhoneNumber
from yesword.domain.places import places_for
from yesword.domain.programs import Program
from yesword.domain.text import measure
from yesword.domain.understanding import Kind
from yesword.reporting.people import (
    PersonLine,
    TextLine,
    Wanted,
    people_page,
    read_events,
    read_texts,
)
from yesword.reporting.programs import BrandLine
from yesword.store import programs
from yesword.store.opening import Store
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of_person
from yesword.web.console.acting import for_actors, may_act
from yesword.web.console.person import bubble, why_url
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.phones import (
    COUNTRIES,
    Phone,
    contact_of,
    has_desk,
    keep,
    kept,
    new_phone,
    number_of,
)
from yesword.web.readings import MEANINGS
from yesword.web.telling import event_sentence, permission, state_of
from yesword.worker.channels import simulator_control

MOST_PHONES: Final = 4
_LISTED: Final = 12  # people of the demo to choose from
_SHOWN: Final = 40  # texts in a handset
_NEWEST: Final = 4  # events beside it
_ANSWER_WITHIN_S: Final = 1.5  # for a browser without script: most answers are there by then
_OVERLAP: Final = timedelta(seconds=5)  # between what the store and what the carrier say of one text


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Happened:
    """What stands beside a handset."""

    permission: parts.Permission | None
    understood: str
    events: tuple[tuple[str, str, datetime], ...]  # state, sentence, when
    person_url: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Desk:
    """A phone with all that the page shows of it."""

    phone: Phone
    handset: parts.Handset
    happened: Happened
    codes: tuple[tuple[str, str, str, bool], ...]  # program key, keyword, code, is chosen
    zone: str
    digest: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    running = programs.of_brand(brand.id) if brand else []
    with _control() as control:
        if control is None or brand is None or not running:
            return _closed(request)
        phones = _phones(request, brand, running)
        try:
            desks = [_desk(request, control, brand, running, each) for each in phones]
        except ChannelError:
            return _unreachable(request)
    return render(
        request,
        "handsets.html",
        {
            "brand": brand,
            "desks": desks,
            "choices": _choices(brand, running, phones),
            "countries": COUNTRIES.items(),
            "may_add": len(phones) < MOST_PHONES,
            "may_act": may_act(request),
        },
    )


@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One phone as a part of the page; 204 when nothing is new since `seen`, so that nothing is read out again."""
    with _control() as control:
        brand, running, phone_here = _place(request, control, ref)
        assert control is not None
        try:
            desk = _desk(request, control, brand, running, phone_here)
        except ChannelError:
            return _unreachable(request)
    if request.GET.get("seen") == desk.digest:
        return HttpResponse(status=204)
    return render(request, "parts/desk.html", {"desk": desk, "is_part": True, "may_act": may_act(request)})


@require_POST
@for_actors
@sensitive_post_parameters("text")
def text(request: HttpRequest, ref: str) -> HttpResponse:
    """Text to the chosen code from this phone."""
    with _control() as control:
        brand, running, phone_here = _place(request, control, ref)
        assert control is not None
        said = request.POST.get("text", "").strip()[:1600]
        program = _program(running, phone_here.program)
        try:
            if said:
                control.from_handset(number_of(brand, phone_here).e164, program.sender, said)
            if not _is_part(request):
                _await_answer(control, number_of(brand, phone_here).e164, program.sender)
                return HttpResponseRedirect(f"{reverse('handsets:page')}#{phone_here.ref}")
            desk = _desk(request, control, brand, running, phone_here)
        except ChannelError:
            return _unreachable(request)
    return render(request, "parts/desk.html", {"desk": desk, "is_part": True, "may_act": True})


@require_POST
def choose_code(request: HttpRequest, ref: str) -> HttpResponse:
    """Which program's code this phone texts to."""
    wanted = request.POST.get("program", "")
    phones = kept(request)
    keep(request, [replace(each, program=wanted) if each.ref == ref else each for each in phones])
    return HttpResponseRedirect(f"{reverse('handsets:page')}#{ref}")


@require_POST
@for_actors
def add(request: HttpRequest) -> HttpResponse:
    """One more phone: a person's, or a new one in a country."""
    brand = brand_of(request)
    running = programs.of_brand(brand.id) if brand else []
    phones = kept(request)
    wanted = request.POST.get("phone", "")
    if brand is None or not running or len(phones) >= MOST_PHONES:
        return HttpResponseRedirect(reverse("handsets:page"))
    new = new_phone(brand, running, wanted)
    if new is not None and not any(new.contact and each.contact == new.contact for each in phones):
        keep(request, [*phones, new])
    return HttpResponseRedirect(f"{reverse('handsets:page')}{f'#{new.ref}' if new else ''}")


@require_POST
def put_away(request: HttpRequest, ref: str) -> HttpResponse:
    keep(request, [each for each in kept(request) if each.ref != ref])
    return HttpResponseRedirect(reverse("handsets:page"))


urlpatterns = [
    path("", page, name="page"),
    path("/add", add, name="add"),
    path("/<slug:ref>", one, name="one"),
    path("/<slug:ref>/text", text, name="text"),
    path("/<slug:ref>/code", choose_code, name="code"),
    path("/<slug:ref>/away", put_away, name="away"),
]


# The carrier


@contextmanager
def _control() -> Iterator[SimulatorControl | None]:
    control = simulator_control(store())
    try:
        yield control
    finally:
        if control is not None:
            control.close()


def _await_answer(control: SimulatorControl, number: str, address: str) -> None:
    ends_at = monotonic() + _ANSWER_WITHIN_S
    while monotonic() < ends_at:
        thread = [each for each in control.handset(number) if each.address == address]
        if thread and thread[-1].by != "person":
            return
        sleep(0.05)


def _closed(request: HttpRequest) -> HttpResponse:
    """Nothing to text to, or a real carrier: then one's own telephone is the better handset."""
    empty = parts.Empty(
        icon="handset",
        title=_("There are no handsets here"),
        text=_(
            "They belong to the simulated carrier, and this installation has no program on it. “yesword demo” starts one; with a real carrier, take your own telephone."
        ),
    )
    return render(request, "handsets.html", {"empty": empty}, status=404)


def _unreachable(request: HttpRequest) -> HttpResponse:
    notice = parts.Notice(
        tone="amber",
        title=_("The simulated carrier does not answer."),
        text=_(
            "Nothing was sent and nothing was lost. It starts with “yesword demo” or “yesword serve”; when it runs again, load this page again."
        ),
    )
    return render(request, "handsets.html", {"notice": notice}, status=503)


# The phones of this session


def _phones(request: HttpRequest, brand: BrandLine, running: Sequence[Program]) -> list[Phone]:
    """Those of the session; at first a new one, and that of somebody who has a past."""
    if not has_desk(request):
        first = _people(brand, running)[:1]
        new = [new_phone(brand, running, wanted) for wanted in (brand.country, *(c for c, _n in first))]
        keep(request, [each for each in new if each is not None])
    usable = [each for each in kept(request) if each.country or contact_of(brand, each) is not None]
    keys = {program.key for program in running}
    return [each if each.program in keys else replace(each, program=running[0].key) for each in usable]


def _people(brand: BrandLine, running: Sequence[Program]) -> list[tuple[str, PersonLine]]:
    found = people_page(
        store(), brand.id, Wanted(), [each.id for each in running], datetime.now(UTC), count=4 * _LISTED
    )
    named = [each for each in found.people if each.contact.name and each.contact.number]
    return [(to_text("con", each.contact.id), each) for each in named[:_LISTED]]


def _choices(
    brand: BrandLine, running: Sequence[Program], phones: Sequence[Phone]
) -> list[tuple[str, str, str]]:
    """People whose phone is not on the page yet: id, name and masked number."""
    here = {each.contact for each in phones}
    return [
        (key, line.contact.name, masked(line.contact.number))
        for key, line in _people(brand, running)
        if key not in here
    ]


def _place(
    request: HttpRequest, control: SimulatorControl | None, ref: str
) -> tuple[BrandLine, list[Program], Phone]:
    brand = brand_of(request)
    running = programs.of_brand(brand.id) if brand else []
    if control is None or brand is None or not running:
        raise Http404
    found = next((each for each in _phones(request, brand, running) if each.ref == ref), None)
    if found is None:
        raise Http404
    return brand, running, found


def _program(running: Sequence[Program], key: str) -> Program:
    return next((each for each in running if each.key == key), running[0])


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


# What is shown


def _desk(
    request: HttpRequest,
    control: SimulatorControl,
    brand: BrandLine,
    running: Sequence[Program],
    chosen: Phone,
) -> Desk:
    here, program = store(), _program(running, chosen.program)
    number, line = number_of(brand, chosen), contact_of(brand, chosen)
    zone = _zone(number, line)
    texts = [each for each in control.handset(number.e164) if each.address == program.sender]
    earlier = _earlier(here, line, program, texts)
    bubbles = [*earlier, *(_bubble(here, program, each) for each in texts)][-_SHOWN:]
    name = line.contact.name if line is not None else ""
    handset = parts.Handset(
        id=f"handset-{chosen.ref}",
        title=name or _("A new phone"),
        subtitle=number.masked(),
        correspondent=program.sender,
        zone=zone,
        bubbles=bubbles,
        reply_url=reverse("handsets:text", args=[chosen.ref]) if may_act(request) else "",
        poll_url=reverse("handsets:one", args=[chosen.ref]),
        empty=_("Text %(keyword)s to join, as a person would.") % {"keyword": (*program.keywords, "")[0]},
    )
    desk = Desk(
        phone=chosen,
        handset=handset,
        happened=_happened(here, line, program, brand, running, zone),
        codes=tuple(
            (each.key, (*each.keywords, each.name)[0], each.sender, each == program) for each in running
        ),
        zone=zone,
        digest="",
    )
    return replace(desk, digest=_digest(desk))


def _zone(number: PhoneNumber, line: PersonLine | None) -> str:
    if line is not None:
        return zone_of_person(line.contact)
    return next((each.zone for each in places_for(number)), "UTC")


def _earlier(
    here: Store, line: PersonLine | None, program: Program, texts: Sequence[Text]
) -> list[parts.Bubble]:
    """What went before the carrier began to remember: it forgets when it stops, the store does not."""
    if line is None:
        return []
    first = datetime.fromtimestamp(texts[0].at_ms / 1000, UTC) if texts else datetime.max.replace(tzinfo=UTC)
    sender = programs.sender_of(program).id
    return [
        bubble(each)
        for each in read_texts(here, line.contact, _SHOWN)
        if each.sender == sender and each.at < first - _OVERLAP and each.text and _was_seen(each)
    ]


def _was_seen(line: TextLine) -> bool:
    return line.is_from_person or (line.state is not None and line.state.name in ("SENT", "DELIVERED"))


def _bubble(here: Store, program: Program, said: Text) -> parts.Bubble:
    at = datetime.fromtimestamp(said.at_ms / 1000, UTC)
    if said.by == "person":
        return parts.Bubble(text=said.text, at=at, is_from_person=True)
    measured = measure(said.text)
    return parts.Bubble(
        text=said.text,
        at=at,
        segments=measured.segments,
        encoding=measured.encoding.value,
        url=_why(here, program, said) if said.by == "sender" else "",
    )


def _why(here: Store, program: Program, said: Text) -> str:
    account = programs.sender_of(program).account
    with here.database.read() as session:
        row = session.first("message_of_provider", account_id=account, provider_id=said.id)
    return why_url(row[0]) if row else ""


def _happened(
    here: Store,
    line: PersonLine | None,
    program: Program,
    brand: BrandLine,
    running: Sequence[Program],
    zone: str,
) -> Happened:
    if line is None:
        return Happened(permission=None, understood="", events=(), person_url="")
    person, at = line.contact, datetime.now(UTC)
    known = {each.id: each for each in running}
    newest = read_events(here, person, _NEWEST)
    said = [each for each in read_texts(here, person, _SHOWN) if each.is_from_person]
    return Happened(
        permission=permission(person.name, program, line.state, at, zone, brand=brand.name, evidence=False),
        understood=_understood(said[-1]) if said else "",
        events=tuple(
            (
                state_of(each.event),
                event_sentence(each.event, person.name, brand.name, known),
                each.event.occurred_at,
            )
            for each in newest
        ),
        person_url=reverse("console:person", args=[to_text("con", person.id)]),
    )


def _understood(line: TextLine) -> str:
    words = {"text": line.text, "meaning": MEANINGS[Kind(line.intent)]}
    return _("“%(text)s” was understood as %(meaning)s.") % words


def _digest(desk: Desk) -> str:
    """Of what the page shows, so that it can say what it has seen."""
    shown = render_to_string("parts/happened.html", {"desk": desk})
    words = "\n".join(f"{each.text}|{each.state}|{each.url}" for each in desk.handset.bubbles)
    return hashlib.sha256(f"{shown}\n{words}".encode()).hexdigest()[:16]
