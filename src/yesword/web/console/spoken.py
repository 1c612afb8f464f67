"""Spoken consent: the script to read aloud, and what a colleague attests to when the person said yes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.collect import offline, points, spoken
from yesword.collect.points import Point
from yesword.collect.spoken import Place, Spoken
from yesword.domain.collecting.offline import CONFIRMS, YES
from yesword.domain.collecting.points import BadPointError, PointKind
from yesword.web.console.acting import actor, leave_trace, may_act
from yesword.web.console.shop import ChoosingForm, Chosen, chosen_of, known_programs, local_now, outcome
from yesword.web.error_words import told
from yesword.web.installation import rules, store
from yesword.web.public.form_fields import read_number

if TYPE_CHECKING:
    from yesword.domain.phone import PhoneNumber

_TIME: Final = "%Y-%m-%dT%H:%M"
PLACES: Final[dict[Place, Promise]] = {
    Place.COUNTER: gettext_lazy("At the counter"),
    Place.PHONE: gettext_lazy("On the phone"),
    Place.JOB_FAIR: gettext_lazy("At a job fair"),
    Place.EVENT: gettext_lazy("At an event"),
    Place.DOOR: gettext_lazy("At the door"),
}


class SpokenForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=80,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(
        required=False,
        label=gettext_lazy("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=[(each.value, word) for each, word in PLACES.items()]
    )
    where = forms.CharField(
        required=False,
        label=gettext_lazy("More about the place"),
        help_text=gettext_lazy("Such as “Utrecht job fair, stand 12”."),
        max_length=120,
    )
    said_at = forms.CharField(
        label=gettext_lazy("When they said yes"),
        widget=forms.DateTimeInput(format=_TIME, attrs={"type": "datetime-local"}),
    )
    attests = forms.BooleanField(
        label=gettext_lazy("I read the script to this person as it stands above, and they said yes."),
        error_messages={"required": gettext_lazy("Tick that you read the script and they said yes.")},
    )

    def __init__(self, data: Any, chosen: Chosen, countries: tuple[str, ...]) -> None:
        now = local_now(chosen.zone, datetime.now(UTC))
        super().__init__(data, initial={"said_at": now.strftime(_TIME)})
        self.chosen, self.countries = chosen, countries
        self.phone: PhoneNumber | None = None
        self.at: datetime | None = None

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"])
        self.phone, wrong = read_number(typed, self.countries[0], self.countries)
        if self.phone is None:
            raise forms.ValidationError(wrong)
        return typed

    def clean_said_at(self) -> str:
        typed = str(self.cleaned_data["said_at"])
        try:
            said = datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(self.chosen.zone)).astimezone(UTC)
        except ValueError:
            raise forms.ValidationError(_("Give the day and the time.")) from None
        if said > datetime.now(UTC):
            raise forms.ValidationError(_("That moment is still to come."))
        self.at = said
        return typed


class ScriptForm(forms.Form):
    script = forms.CharField(
        label=gettext_lazy("The script"),
        help_text=gettext_lazy("Every change makes a new version; each yes points at the one that was read."),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    confirms = forms.BooleanField(
        required=False, label=gettext_lazy("Each person confirms by text before anything else is sent")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def page(request: HttpRequest) -> HttpResponse:
    known = known_programs(request)
    chosen = chosen_of(request.POST if request.method == "POST" else request.GET, known)
    if chosen is None:
        return render(request, "console/spoken.html", {"chosen": None, "may_act": False})
    point = _point(chosen)
    if request.method != "POST":
        return _page(request, chosen, point, SpokenForm(None, chosen, offline.countries_of(point)))
    actor(request)
    if "change" in request.POST:
        return _change(request, chosen, point)
    form = SpokenForm(request.POST, chosen, offline.countries_of(point))
    if not form.is_valid():
        return _page(request, chosen, point, form, status=422)
    if request.POST.get("shown", "") != point.digest:
        form.add_error(None, _("The script has changed since you opened this page. Read the new one first."))
        return _page(request, chosen, point, form, status=422)
    return _record(request, chosen, form)


def _record(request: HttpRequest, chosen: Chosen, form: SpokenForm) -> HttpResponse:
    user, now = actor(request), datetime.now(UTC)
    point = _point(chosen)
    if not point.version:
        point = points.publish(chosen.program.brand, point.key, point.definition, by=user.pk)
    typed = form.cleaned_data
    assert form.phone is not None
    assert form.at is not None
    told = Spoken(
        point=point,
        number=form.phone,
        language=chosen.language,
        place=Place(typed["place"]),
        where=typed["where"],
        said_at=form.at,
        agent=user.name,
        confirms=offline.must_confirm(point, rules().packs, now.date()),
        name=typed["name"],
        user=user.pk,
    )
    joined = spoken.record(store(), told, now)
    with store().database.write():
        leave_trace(request, "spoken.record", f"point {point.id}", version=point.version)
    found = outcome(joined.course, chosen.program)
    say = messages.success if joined.event is not None else messages.warning
    say(request, f"{found.word}: {found.sentence}")
    return redirect(f"{request.path}?program={chosen.program.id}&language={chosen.language}")


def _change(request: HttpRequest, chosen: Chosen, point: Point) -> HttpResponse:
    script = ScriptForm(request.POST)
    if script.is_valid():
        typed = script.cleaned_data
        try:
            made = offline.place(
                chosen.program,
                PointKind.SPOKEN,
                chosen.language,
                typed["script"],
                confirms=typed["confirms"],
                by=actor(request).pk,
            )
        except BadPointError as error:
            script.add_error("script", told(error))
        else:
            messages.success(
                request, _("Version %(version)s is what is read aloud now.") % {"version": made.version}
            )
            return redirect(f"{request.path}?program={chosen.program.id}&language={chosen.language}")
    form = SpokenForm(None, chosen, offline.countries_of(point))
    return _page(request, chosen, point, form, script=script, status=422)


def _point(chosen: Chosen) -> Point:
    """The newest version; or as it would be, where nobody has spoken of this program yet."""
    found = offline.find(chosen.program, PointKind.SPOKEN)
    if found is not None and chosen.language in found.definition.languages:
        return found
    definition = offline.drafted(
        chosen.program,
        PointKind.SPOKEN,
        chosen.language,
        "",
        confirms=True if found is None else None,
    )
    return offline.unpublished(chosen.program, definition)


def _page(
    request: HttpRequest,
    chosen: Chosen,
    point: Point,
    form: SpokenForm,
    *,
    script: ScriptForm | None = None,
    status: int = 200,
) -> HttpResponse:
    words = spoken.script(point, chosen.language)
    law_confirms = offline.must_confirm(
        offline.unpublished(chosen.program, replace(point.definition, settings=())),
        rules().packs,
        datetime.now(UTC).date(),
    )
    confirms = point.definition.setting(CONFIRMS) == YES
    context = {
        "chosen": chosen,
        "choosing": ChoosingForm(known_programs(request), chosen),
        "form": form,
        "script": words,
        "point": point,
        "script_form": script or ScriptForm(initial={"script": words, "confirms": confirms}),
        "is_changing": script is not None,
        "confirms": confirms or law_confirms,
        "law_confirms": law_confirms,
        "may_act": may_act(request),
        "zone": chosen.zone,
    }
    return render(request, "console/spoken.html", context, status=status)
