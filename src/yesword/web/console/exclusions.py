"""Exclusions: one number or many, out with one press; who is excluded, and how one number stands.

A number that is looked for or excluded stands in no address. Nothing here brings anybody back: only their handset does.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from yesword.accounts.rights import Right
from yesword.domain import phone
from yesword.domain.ids import BadIdError, ContactId, EventId, ProgramId, from_text, to_text
from yesword.domain.times import from_micros, to_micros
from yesword.reporting import exclusions
from yesword.reporting.exclusions import Cursor, Route, Stands, Wanted
from yesword.reporting.programs import BrandLine, brands
from yesword.sending import excluding
from yesword.sending.excluding import Door, Excluded, Outcome, Reason
from yesword.store import programs
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, leave_trace, may_act, may_use
from yesword.web.console.addresses import living_person_at, person_url
from yesword.web.console.exclusion_forms import REASONS, ListForm, NumberForm, WishForm
from yesword.web.console.leaving import WAYS
from yesword.web.formats import count, masked
from yesword.web.installation import store

if TYPE_CHECKING:
    from yesword.domain.programs import Program

ROUTES: Final[Mapping[Route, str | Promise]] = {
    Route.HAND: gettext_lazy("By number, by a colleague"),
    Route.IMPORT: gettext_lazy("A list of opt-outs"),
    Route.HOUSE: gettext_lazy("An erasure or an earlier trace"),
    **{Route(way.value): words for way, words in WAYS.items()},
}
_STANDS: Final[Mapping[Stands, tuple[str, str, Promise]]] = {
    Stands.STANDS: ("brick", "stop", gettext_lazy("Excluded")),
    Stands.PARTLY: ("amber", "undo", gettext_lazy("Partly back, from their phone")),
    Stands.OVER: ("leaf", "undo", gettext_lazy("Over")),
    Stands.ERASED: ("slate", "erase", gettext_lazy("Erased")),
}
_OUTCOMES: Final[Mapping[Outcome, tuple[str, str, Promise]]] = {
    Outcome.ENDED: ("leaf", "check", gettext_lazy("Ended")),
    Outcome.KEPT_OUT: ("leaf", "check", gettext_lazy("Kept out")),
    Outcome.TRACE: ("leaf", "check", gettext_lazy("Kept out")),
    Outcome.ALREADY: ("slate", "info", gettext_lazy("Was excluded already")),
}
# Causes of traces, beside the reasons that colleagues give.
_CAUSES: Final[Mapping[str, Promise]] = {
    "imported_opt_out": gettext_lazy("A list of opt-outs"),
    "imported_opt_out_undated": gettext_lazy("A list of opt-outs"),
    "restored": gettext_lazy("A stop from before the store was put back"),
    "erased": gettext_lazy("Erased"),
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ResultLine:
    """What became of one number, or of one line of a list."""

    who: str
    brand: str
    url: str
    tone: str
    icon: str
    word: str | Promise
    sentence: str
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Row:
    contact: str
    who: str
    number: str
    is_shown: bool
    url: str
    at: datetime
    scope: str
    why: str
    route: str | Promise
    tone: str
    icon: str
    word: str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class _Chosen:
    """What the filters say, as they were written."""

    program: str
    reason: str
    route: str
    since: str
    until: str

    def said(self) -> dict[str, str]:
        return {
            "program": self.program,
            "why": self.reason,
            "route": self.route,
            "since": self.since,
            "until": self.until,
        }

    def query(self, **more: str) -> str:
        return urlencode({name: value for name, value in {**self.said(), **more}.items() if value})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _show(request)


@require_POST
@for_actors
@sensitive_post_parameters("number", "words")
def one(request: HttpRequest) -> HttpResponse:
    """Exclude a number, at once. The same once more ends nothing twice, so the answer may be loaded anew."""
    brand = _brand(request)
    form = NumberForm(request.POST, brand)
    if not form.is_valid() or form.phone is None:
        return _show(request, one=form, status=422)
    lines = excluding.exclude(
        store(), [form.phone], form.wish(actor(request), Door.NUMBER), datetime.now(UTC)
    )
    return _show(request, results=[_result(each) for each in lines])


@require_POST
@for_actors
@sensitive_post_parameters("many-numbers", "many-words")
def many(request: HttpRequest) -> HttpResponse:
    """Exclude each number of a list, and say of each line what became of it."""
    brand = _brand(request)
    form = ListForm(request.POST, brand, files=request.FILES)
    if not form.is_valid():
        return _show(request, many=form, status=422)
    numbers = [each.number for each in form.lines if each.number is not None]
    done: dict[str, list[Excluded]] = {}
    for each in excluding.exclude(store(), numbers, form.wish(actor(request), Door.LIST), datetime.now(UTC)):
        done.setdefault(each.number.e164, []).append(each)
    results = []
    for line in form.lines:
        if line.number is None:
            results.append(_unread(line.line, line.wrong))
        else:
            results += [_result(each, line.line) for each in done[line.number.e164]]
    return _show(request, results=results)


@require_POST
@for_actors
@sensitive_post_parameters("words")
def of_person(request: HttpRequest, contact: str) -> HttpResponse:
    """The same from a person's own page."""
    person = living_person_at(contact).contact
    brand = next((each for each in brands() if each.id == person.brand), None)
    if brand is None or person.number is None:
        raise Http404
    form = WishForm(request.POST, brand, is_for_one_brand=True)
    if not form.is_valid():
        wrong = next(iter(form.errors.values()))[0]
        messages.warning(request, _("Nothing was changed: %(why)s") % {"why": wrong})
        return redirect(f"{person_url(person.id)}#exclude")
    number = phone.parse(person.number, country=None)
    for each in excluding.exclude(
        store(), [number], form.wish(actor(request), Door.PERSON), datetime.now(UTC)
    ):
        (messages.success if each.is_drained else messages.warning)(request, _sentence(each))
    return redirect(person_url(person.id))


@require_POST
@sensitive_post_parameters("find")
def find(request: HttpRequest) -> HttpResponse:
    """How one number stands. What is typed stands in no address."""
    brand = _brand(request)
    typed = request.POST.get("find", "").strip()[:80]
    try:
        number = phone.parse(typed, country=brand.country)
    except phone.PhoneError:
        return _show(request, problem=_("That is no telephone number."), asked=typed, status=422)
    return _show(request, asked=typed, found=_found(brand, number))


@require_POST
@for_actors
def reveal(request: HttpRequest, contact: str) -> HttpResponse:
    """The list with one number in full, once; the trace says who looked."""
    person = living_person_at(contact).contact
    with store().database.write():
        leave_trace(request, "number.shown", to_text("con", person.id))
    return _show(request, shown=person.id)


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """All that the filters choose, with numbers in the clear."""
    if not may_use(request, Right.NUMBERS):
        raise PermissionDenied
    brand = _brand(request)
    zone, chosen = zone_of(brand.country), _chosen(request)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("number", "since", "scope", "reason", "route", "state"))
    keys = {each.id: each.key for each in programs.of_brand(brand.id)}
    written = 0
    for line in exclusions.every(store(), brand.id, _wanted(chosen, brand, zone)):
        number = "" if line.person.erased_at is not None else line.person.number or ""
        scope = "brand" if line.program is None else keys.get(line.program, "program")
        row = (number, line.at.isoformat(), scope, line.reason, line.route.value, line.stands.value)
        writer.writerow(row)
        written += 1
    with store().database.write():
        leave_trace(request, "exclusions.taken_out", f"brand {brand.id}", rows=written)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="exclusions-{brand.key}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _brand(request: HttpRequest) -> BrandLine:
    brand = brand_of(request)
    if brand is None:
        raise Http404
    return brand


# --- what became of it -----------------------------------------------------------------------------------------


def _result(done: Excluded, line: int = 0) -> ResultLine:
    tone, icon, word = _OUTCOMES[done.outcome]
    return ResultLine(
        who=masked(done.number),
        brand=done.brand.name,
        url=person_url(done.contact) if done.contact is not None else "",
        tone=tone if done.is_drained else "amber",
        icon=icon,
        word=word,
        sentence=_sentence(done),
        line=line,
    )


def _unread(line: int, wrong: str) -> ResultLine:
    return ResultLine(
        who="–",
        brand="",
        url="",
        tone="brick",
        icon="warning",
        word=_("Not read"),
        sentence=wrong,
        line=line,
    )


def _sentence(done: Excluded) -> str:
    brand = done.brand.name
    if not done.is_drained:
        return _(
            "It is over, but a text that was with the carrier already is still being handed over. No more will follow."
        )
    if done.outcome is Outcome.ENDED and done.ended:
        known = {each.id: each.name for each in programs.of_brand(done.brand.id)}
        names = ", ".join(known.get(each, "–") for each in done.ended)
        return _("Ended at %(brand)s: %(programs)s. What waited to be sent is cancelled.") % {
            "brand": brand,
            "programs": names,
        }
    return {
        Outcome.ENDED: _("The open question of %(brand)s has ended. Nothing more goes to this number."),
        Outcome.KEPT_OUT: _(
            "This person got nothing of it, and will not: no list, form or colleague of %(brand)s brings it back."
        ),
        Outcome.TRACE: _(
            "Nobody at %(brand)s has this number. A scrambled trace keeps it out of every list and form."
        ),
        Outcome.ALREADY: _("It was excluded at %(brand)s before. Nothing changed."),
    }[done.outcome] % {"brand": brand}


# --- one number ------------------------------------------------------------------------------------------------


def _found(brand: BrandLine, number: phone.PhoneNumber) -> parts.Notice:
    known = exclusions.look_up(store(), brand.id, number.e164)
    words = {"number": number.masked(), "brand": brand.name}
    url = person_url(known.contact) if known.contact is not None else ""
    label = _("See this person") if url else ""
    if known.stands:
        names = {each.id: each.name for each in programs.of_brand(brand.id)}
        scopes = [_scope(each.scope.program, names, brand.name) for each in known.stands]
        said = _("%(scope)s, since %(day)s.") % {
            "scope": ", ".join(dict.fromkeys(scopes)),
            "day": known.stands[0].at.astimezone(ZoneInfo(zone_of(brand.country))).date().isoformat(),
        }
        title = _("%(number)s is excluded.") % words
        return parts.Notice(tone="brick", title=title, text=said, url=url, url_label=label)
    if known.contact is None and known.trace is not None:
        return parts.Notice(
            tone="brick",
            title=_("%(number)s is excluded.") % words,
            text=_("Nobody at %(brand)s has the number; its trace keeps it out. Why: %(why)s.")
            % {**words, "why": _why(known.trace.cause)},
        )
    if known.contact is not None:
        return parts.Notice(
            tone="leaf", title=_("%(number)s is not excluded.") % words, url=url, url_label=label
        )
    return parts.Notice(
        tone="slate", title=_("Nobody at %(brand)s has %(number)s, and it is not excluded.") % words
    )


def _why(reason: str) -> str:
    try:
        return str(REASONS[Reason(reason)])
    except ValueError:
        return str(_CAUSES.get(reason, ""))


def _scope(program: ProgramId | None, names: Mapping[ProgramId, str], brand: str) -> str:
    if program is None:
        return _("Everything of %(brand)s") % {"brand": brand}
    return names.get(program, "–")


# --- the list --------------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest) -> _Chosen:
    said = request.POST if request.method == "POST" and "route" in request.POST else request.GET
    return _Chosen(
        program=said.get("program", ""),
        reason=said.get("why", ""),
        route=said.get("route", ""),
        since=said.get("since", ""),
        until=said.get("until", ""),
    )


def _wanted(chosen: _Chosen, brand: BrandLine, zone: str) -> Wanted:
    """A filter that means nothing chooses nothing away."""
    running: Sequence[Program] = programs.of_brand(brand.id)
    until = _day(chosen.until, zone)
    return Wanted(
        program=next((each.id for each in running if each.key == chosen.program), None),
        reason=chosen.reason if chosen.reason in {each.value for each in Reason} else "",
        route=Route(chosen.route) if chosen.route in {each.value for each in Route} else None,
        since=_day(chosen.since, zone),
        until=None if until is None else until + timedelta(days=1),
    )


def _day(text: str, zone: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _after(request: HttpRequest) -> Cursor | None:
    """Behind which stop the page begins; one that means nothing means the start."""
    said, _dot, event = request.GET.get("after", "").partition(".")
    try:
        return Cursor(at=from_micros(int(said)), event=EventId(from_text("evt", event)))
    except (ValueError, OverflowError, BadIdError):
        return None


def _show(
    request: HttpRequest,
    *,
    one: NumberForm | None = None,
    many: ListForm | None = None,
    results: Sequence[ResultLine] = (),
    found: parts.Notice | None = None,
    problem: str = "",
    asked: str = "",
    shown: ContactId | None = None,
    status: int = 200,
) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return redirect("console:home")
    zone, chosen = zone_of(brand.country), _chosen(request)
    names = {each.id: each.name for each in programs.of_brand(brand.id)}
    listed = exclusions.page(store(), brand.id, _wanted(chosen, brand, zone), after=_after(request))
    acts = may_act(request)
    return render(
        request,
        "console/exclusions.html",
        {
            "brand": brand,
            "zone": zone,
            "may_act": acts,
            "one": (one or NumberForm(None, brand)) if acts else None,
            "many": (many or ListForm(None, brand)) if acts else None,
            "is_many_open": many is not None,
            "form": one or many,
            "results": results,
            "has_lines": any(each.line for each in results),
            "found": found,
            "problem": problem,
            "asked": asked,
            "rows": [_row(each, names, brand.name, shown) for each in listed.lines],
            "next_url": _next_url(chosen, listed.after),
            "first_url": f"{reverse('console:exclusions')}?{chosen.query()}"
            if "after" in request.GET
            else "",
            "cut_short": _("%(count)s stops were looked at for this page. The next page looks further.")
            % {"count": count(exclusions.LOOKED_AT)}
            if listed.is_cut_short
            else "",
            "traces": [
                (_why(cause) or _("Another reason"), count(number))
                for cause, number in exclusions.traces(store(), brand.id).items()
            ],
            "chosen": chosen,
            "here_query": chosen.query(after=request.GET.get("after", "")),
            "kept": [*chosen.said().items()],
            "programs": [(each.key, each.name) for each in programs.of_brand(brand.id)],
            "reasons": [(each.value, words) for each, words in REASONS.items()],
            "routes": [(each.value, words) for each, words in ROUTES.items()],
            "is_filtered": bool(chosen.query()),
            "may_take_out": may_use(request, Right.NUMBERS),
        },
        status=status,
    )


def _next_url(chosen: _Chosen, after: Cursor | None) -> str:
    if after is None:
        return ""
    place = f"{to_micros(after.at)}.{to_text('evt', after.event)}"
    return f"{reverse('console:exclusions')}?{chosen.query(after=place)}"


def _row(line: exclusions.Line, names: Mapping[ProgramId, str], brand: str, shown: ContactId | None) -> Row:
    tone, icon, word = _STANDS[line.stands]
    person = line.person
    is_gone = person.erased_at is not None
    is_shown = shown == person.id and not is_gone
    number = "" if is_gone else (person.number or "") if is_shown else masked(person.number)
    return Row(
        contact=to_text("con", person.id),
        who=_("Erased person") if is_gone else person.name or _("Nameless so far"),
        number=number,
        is_shown=is_shown,
        url=person_url(person.id),
        at=line.at,
        scope=_scope(line.program, names, brand),
        why=_why(line.reason),
        route=ROUTES[line.route],
        tone=tone,
        icon=icon,
        word=word,
    )
