"""Tablets in the shop: made in one step, each with a link to open on it and its own way to confirm a yes."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yesword.collect import points
from yesword.domain.collecting.points import Confirming, PointDefinition, PointKind, Wording
from yesword.domain.collecting.wordings import suggested
from yesword.domain.programs import Program
from yesword.store.models import CollectionPoint
from yesword.web import parts, qr
from yesword.web.brands import brand_of
from yesword.web.console.acting import actor, may_act
from yesword.web.console.point_fields import CONFIRMINGS
from yesword.web.console.points import state_of
from yesword.web.console.shop import known_programs
from yesword.web.installation import store
from yesword.web.public.addresses import origin


class TabletForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Where the tablet stands"), max_length=80)
    program = forms.ChoiceField(label=gettext_lazy("Program"))
    confirming = forms.ChoiceField(
        label=gettext_lazy("How a yes becomes a consent"),
        choices=[
            (each.value, CONFIRMINGS[each]) for each in (Confirming.REVERSE, Confirming.ASK, Confirming.NONE)
        ],
    )
    title = forms.CharField(
        required=False,
        label=gettext_lazy("Heading"),
        help_text=gettext_lazy("Large on the tablet, such as “10% off today”."),
        max_length=80,
    )
    asks_name = forms.BooleanField(
        required=False, label=gettext_lazy("It asks for a name, which may be left out")
    )

    def __init__(self, data: Any, known: Any) -> None:
        super().__init__(data)
        program = self.fields["program"]
        assert isinstance(program, forms.ChoiceField)
        program.choices = [(str(each.id), f"{each.name} · {each.sender}") for each in known.values()]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    known = known_programs(request)
    form = TabletForm(request.POST if request.method == "POST" else None, known)
    if request.method == "POST":
        actor(request)
        if form.is_valid():
            return _make(request, form, known[int(form.cleaned_data["program"])])
    rows = [
        (row, _address(request, row), qr.drawing(_address(request, row), row.name), state_of(row))
        for row in _tablets(request)
    ]
    context = {
        "form": form,
        "tablets": rows,
        "may_act": may_act(request) and bool(known),
        "empty": parts.Empty(
            icon="handset",
            title=_("No tablet yet"),
            text=_(
                "A tablet shows one person after the other a large form, and goes back to its start by itself."
            ),
            action_url="",
            action_label="",
        ),
    }
    return render(request, "console/tablets.html", context, status=422 if form.errors else 200)


def _make(request: HttpRequest, form: TabletForm, program: Program) -> HttpResponse:
    typed = form.cleaned_data
    definition = PointDefinition(
        kind=PointKind.KIOSK,
        name=typed["name"],
        program=program.id,
        program_version=program.version,
        confirming=Confirming(typed["confirming"]),
        wordings=tuple(
            (each, Wording(title=typed["title"], consent=suggested(program, each)))
            for each in program.languages
        ),
        asks_name=typed["asks_name"],
    )
    with store().database.write():
        point = points.publish(
            program.brand, f"tablet-{secrets.token_hex(4)}", definition, by=actor(request).pk
        )
    messages.success(request, _("Open the link on the tablet, or point its camera at the code."))
    return redirect(f"{reverse('console:tablets')}#{point.key}")


def _tablets(request: HttpRequest) -> list[CollectionPoint]:
    brand = brand_of(request)
    return list(points.of_brand(brand.id, PointKind.KIOSK)) if brand else []


def _address(request: HttpRequest, row: CollectionPoint) -> str:
    return origin(request) + reverse("public:kiosk", args=[row.key])
