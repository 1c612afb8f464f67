"""Breaches of personal data: one is written down, its 72 hours are watched, and it is closed. Nobody is told from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.accounts.rights import Right
from yesword.privacy import breaches
from yesword.privacy.breaches import BadBreachError, BreachClosedError, BreachUnfinishedError, Risk
from yesword.store import models
from yesword.store.models import Breach
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, may_act, may_use
from yesword.web.console.breach_forms import RISKS, FoundForm, LaterForm, TouchedForm
from yesword.web.formats import duration
from yesword.web.installation import store
from yesword.web.telling import plain_moment

# What has to be there before one is closed, as `privacy.breaches` says it.
_MISSING: Final[Mapping[str, Promise]] = {
    "the authority has not been told, and people are at risk": gettext_lazy(
        "The authority has not been told, and people are at risk."
    ),
    "the authority was told after 72 hours, and nobody says why": gettext_lazy(
        "The authority was told after 72 hours, and nobody says why."
    ),
    "the risk is high, and the people were not told, nor is it said why not": gettext_lazy(
        "The risk is high, and the people were not told, nor is it said why not."
    ),
    "nobody says what was done about it": gettext_lazy("Nobody says what was done about it."),
}

_WAYS: Final[Mapping[str, Promise]] = {
    "program": gettext_lazy("Everybody of a program"),
    "import_run": gettext_lazy("Everybody who came by an import"),
    "span": gettext_lazy("Everybody about whom something came in or went out"),
    "numbers": gettext_lazy("These numbers"),
}
_CLOSED: Final = gettext_lazy("Nothing was changed: the breach is closed. Open another one if there is more.")


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachLine:
    """One in the list, with its clock."""

    url: str
    what: str
    noticed_at: datetime
    is_open: bool
    risk: str
    tone: str
    icon: str
    clock: str


def line_of(row: Breach, at: datetime) -> BreachLine:
    tone, icon, clock = clock_of(row, at)
    return BreachLine(
        url=reverse("console:breach", args=[row.pk]),
        what=row.what,
        noticed_at=row.noticed_at,
        is_open=row.state == Breach.State.OPEN,
        risk=str(RISKS[Risk(row.risk)]),
        tone=tone,
        icon=icon,
        clock=clock,
    )


def clock_of(row: Breach, at: datetime) -> tuple[str, str, str]:
    """Colour, icon and sentence: how much of the 72 hours is left, or what became of them."""
    found = breaches.clock(row, at)
    if found.runs:
        words = {"span": duration(abs(found.due_at - at))}
        if found.is_overdue:
            return "brick", "warning", _("The authority is to be told: overdue by %(span)s") % words
        return "amber", "clock", _("%(span)s left to tell the authority") % words
    if found.was_late:
        return "amber", "warning", _("The authority was told late")
    if row.authority_told_at is not None:
        return "leaf", "check", _("The authority was told in time")
    return "slate", "info", _("No risk, so nobody has to be told")


# --- one of them -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def new(request: HttpRequest) -> HttpResponse:
    """Write one down. The clock has been running since it was noticed."""
    brand = brand_of(request)
    if brand is None:
        raise Http404
    zone = zone_of(brand.country)
    form = FoundForm(request.POST if request.method == "POST" else None, zone=zone)
    if request.method == "POST" and form.is_valid():
        at = datetime.now(UTC)
        try:
            row = breaches.open_breach(store(), brand.id, form.found(), actor(request).pk, at)
        except BadBreachError:  # what the form could not know
            form.add_error(None, _("That cannot be: look at the times again."))
        else:
            messages.success(request, _("It is written down. Say here what is learnt and done about it."))
            return redirect("console:breach", row.pk)
    return render(
        request,
        "console/breach_new.html",
        {
            "form": form,
            "brand": brand,
            "crumbs": [(_("Privacy"), reverse("console:privacy"))],
        },
        status=422 if form.errors else 200,
    )


@require_safe
def page(request: HttpRequest, breach: int) -> HttpResponse:
    return show(request, _row(breach))


@require_POST
@for_actors
def amend(request: HttpRequest, breach: int) -> HttpResponse:
    """What is learnt or done since. It may be told in phases."""
    row = _row(breach)
    form = LaterForm(request.POST, row=row, zone=_zone(row))
    if not form.is_valid():
        return show(request, row, later=form)
    try:
        breaches.amend(store(), row.pk, form.later(), actor(request).pk, datetime.now(UTC))
    except BadBreachError:
        form.add_error(None, _("That cannot be: look at the times again."))
        return show(request, row, later=form)
    except BreachClosedError:
        messages.warning(request, _CLOSED)
    else:
        messages.success(request, _("It is written down."))
    return redirect("console:breach", row.pk)


@require_POST
@for_actors
def close(request: HttpRequest, breach: int) -> HttpResponse:
    """All that has to be told was told; what was written of it stays."""
    row = _row(breach)
    try:
        breaches.close(store(), row.pk, actor(request).pk, datetime.now(UTC))
    except BreachUnfinishedError:
        messages.warning(request, _("It is not closed: something is still missing."))
    except BreachClosedError:
        messages.warning(request, _CLOSED)
    else:
        messages.success(request, _("The breach is closed. What was written of it stays."))
    return redirect("console:breach", row.pk)


def show(
    request: HttpRequest,
    row: Breach,
    *,
    later: LaterForm | None = None,
    touched: TouchedForm | None = None,
) -> HttpResponse:
    """The page; with a form that was not taken, where there is one."""
    zone, at = _zone(row), datetime.now(UTC)
    is_open = row.state == Breach.State.OPEN
    tone, icon, clock = clock_of(row, at)
    wrong = [each for each in (later, touched) if each is not None and each.errors]
    return render(
        request,
        "console/breach.html",
        {
            "breach": row,
            "zone": zone,
            "is_open": is_open,
            "tone": tone,
            "icon": icon,
            "clock": clock,
            "due": plain_moment(breaches.clock(row, at).due_at, zone),
            "facts": _facts(row, zone),
            "missing": _missing(row, at) if is_open else [],
            "later": later or LaterForm(row=row, zone=zone),
            "touched": touched or TouchedForm(brand=row.brand, zone=zone),
            "ways": _WAYS.items(),
            "wrong": wrong[0] if wrong else None,
            "may_act": may_act(request),
            "may_have_numbers": may_use(request, Right.NUMBERS),
            "crumbs": [(_("Privacy"), reverse("console:privacy"))],
        },
        status=422 if wrong else 200,
    )


def _facts(row: Breach, zone: str) -> list[tuple[str, str]]:
    def moment(at: datetime | None) -> str:
        return plain_moment(at, zone) if at is not None else ""

    facts: Sequence[tuple[str, str]] = (
        (_("Noticed"), moment(row.noticed_at)),
        (_("Happened"), moment(row.happened_at)),
        (_("Risk to the people"), str(RISKS[Risk(row.risk)])),
        (_("Kinds of data"), ", ".join(row.data)),
        (_("Kinds of people"), ", ".join(row.people)),
        (_("About how many people"), "" if row.people_count is None else str(row.people_count)),
        (_("What may come of it"), row.consequences),
        (_("What was done about it"), row.measures),
        (_("The authority was told"), moment(row.authority_told_at)),
        (_("Why that was after 72 hours"), row.why_late),
        (_("The people were told"), moment(row.people_told_at)),
        (_("Why the people need not be told"), row.why_people_not_told),
        (_("Written down by"), str(row.opened_by) if row.opened_by else ""),
        (_("Closed"), moment(row.closed_at)),
    )
    return [(label, value) for label, value in facts if value]


def _missing(row: Breach, at: datetime) -> list[str]:
    return [str(_MISSING.get(each, each)) for each in breaches.missing_for_closing(row, at)]


def _zone(row: Breach) -> str:
    return zone_of(row.brand.country)


def _row(breach: int) -> Breach:
    rows = models.Breach.objects.select_related("brand", "opened_by", "closed_by")
    return get_object_or_404(rows, pk=breach)
