"""A pop-up of a form, for other sites: when it comes, how it looks and what readers of e-mail are told; tried on a plain page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.collect import points, popups
from yesword.collect.points import Point
from yesword.domain.collecting.points import BadPointError, PointDefinition, PointKind
from yesword.domain.collecting.popups import (
    MOST_DAYS,
    Audience,
    PopupOptions,
    Position,
    ReaderWords,
    Theme,
    Trigger,
    Way,
    origin_of,
    read_options,
)
from yesword.store import models
from yesword.web import parts, point_publishing
from yesword.web.brands import brand_of
from yesword.web.console import embedding
from yesword.web.console.acting import actor, for_actors, leave_trace, may_act
from yesword.web.error_words import told
from yesword.web.installation import store
from yesword.web.public import popup_pages
from yesword.web.public.addresses import origin
from yesword.web.telling import language_word

_WAYS: Final = (
    (Way.FORM.value, gettext_lazy("They type their number and tick the box")),
    (Way.TEXT.value, gettext_lazy("They type nothing: a link writes the text, or a camera does")),
)
_TRIGGERS: Final = (
    (Trigger.DELAY.value, gettext_lazy("After some seconds")),
    (Trigger.SCROLL.value, gettext_lazy("When so many percent of the page were scrolled")),
    (Trigger.EXIT.value, gettext_lazy("When the pointer leaves the page by the top")),
    (Trigger.CLICK.value, gettext_lazy("Only when something on the page is clicked")),
)
_POSITIONS: Final = (
    (Position.CORNER.value, gettext_lazy("Slides into the corner")),
    (Position.CENTRE.value, gettext_lazy("In the centre, before the page")),
    (Position.BOTTOM.value, gettext_lazy("At the bottom")),
)
_THEMES: Final = (
    (Theme.AUTO.value, gettext_lazy("As the visitor's device is")),
    (Theme.LIGHT.value, gettext_lazy("Light")),
    (Theme.DARK.value, gettext_lazy("Dark")),
)


class PopupForm(forms.Form):
    origins = forms.CharField(
        label=gettext_lazy("Sites that may show it"),
        help_text=gettext_lazy("One a line, such as https://shop.example. No other page gets it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    way = forms.ChoiceField(label=gettext_lazy("What people do"), choices=_WAYS)
    trigger = forms.ChoiceField(label=gettext_lazy("When it comes"), choices=_TRIGGERS)
    after = forms.IntegerField(
        label=gettext_lazy("Seconds or percent"),
        help_text=gettext_lazy(
            "On a phone no pointer can leave the page: there it comes after so many seconds."
        ),
        min_value=0,
        max_value=3600,
    )
    position = forms.ChoiceField(
        label=gettext_lazy("Where it stands"),
        help_text=gettext_lazy("On a phone it always comes from below."),
        choices=_POSITIONS,
    )
    theme = forms.ChoiceField(label=gettext_lazy("Light or dark"), choices=_THEMES)
    every_days = forms.IntegerField(
        label=gettext_lazy("Once in so many days"), min_value=1, max_value=MOST_DAYS
    )
    most_closes = forms.IntegerField(
        label=gettext_lazy("Never again after it was closed so often"), min_value=1, max_value=10
    )

    def __init__(self, data: QueryDict | None, form_point: Point, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.form_point = form_point
        for language in self.languages:
            attrs = {"lang": language, "dir": "auto"}
            self.fields[f"reader_title_{language}"] = forms.CharField(
                required=False,
                label=_("Heading"),
                max_length=80,
                widget=forms.TextInput(attrs=attrs),
            )
            self.fields[f"reader_benefit_{language}"] = forms.CharField(
                required=False,
                label=_("Why one would join"),
                max_length=240,
                widget=forms.Textarea(attrs={**attrs, "rows": 2}),
            )

    @property
    def languages(self) -> tuple[str, ...]:
        return self.form_point.definition.languages

    @property
    def readers(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Name of the language, and the fields of what readers of e-mail are told in it."""
        return [
            (str(language_word(each)), [self[f"reader_title_{each}"], self[f"reader_benefit_{each}"]])
            for each in self.languages
        ]

    def clean_after(self) -> int:
        """What is not asked for counts as nothing, so that a number left over from another choice is no mistake."""
        return (
            0 if self.cleaned_data.get("trigger") == Trigger.CLICK.value else int(self.cleaned_data["after"])
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                popups.definition_of(self.form_point, self.options)
            except BadPointError as error:
                raise forms.ValidationError(told(error)) from error
        return cleaned

    @property
    def options(self) -> PopupOptions:
        """Of fields that are valid each."""
        given = self.cleaned_data
        readers = (
            (
                each,
                ReaderWords(title=given[f"reader_title_{each}"], benefit=given[f"reader_benefit_{each}"]),
            )
            for each in self.languages
        )
        return PopupOptions(
            form=self.form_point.key,
            origins=tuple(dict.fromkeys(origin_of(each) for each in given["origins"].split())),
            way=Way(given["way"]),
            trigger=Trigger(given["trigger"]),
            after=given["after"],
            every_days=given["every_days"],
            most_closes=given["most_closes"],
            theme=Theme(given["theme"]),
            position=Position(given["position"]),
            readers=tuple((each, words) for each, words in readers if words != ReaderWords()),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    language: str
    named: str
    page: str


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    form_point, popup = _points(request, key)
    if form_point.key != key:
        return redirect("console:point-popup", key=form_point.key)
    data = request.POST if request.method == "POST" else None
    form = PopupForm(data, form_point, _first_values(popup))
    if data is not None and form.is_valid():
        return _publish(request, form, form_point)
    return _page(request, form, form_point, popup, 200 if data is None else 422)


@for_actors
@require_POST
def preview_part(request: HttpRequest, key: str) -> HttpResponse:
    """The preview alone, as it is typed."""
    form_point, popup = _points(request, key)
    form = PopupForm(request.POST, form_point, _first_values(popup))
    return render(request, "console/popup_preview.html", {"previews": _previews(form)})


@require_safe
def plain(request: HttpRequest, key: str) -> HttpResponse:
    """A page with nothing on it but the pop-up, as it was published, which sends nothing from here."""
    form_point, popup = _points(request, key)
    if popup is None:
        raise Http404
    asked = {name: request.GET.get(name, "") for name in ("lang", "audience")}
    context = {
        "point": popup,
        "form_point": form_point,
        "language": _language(popup, asked["lang"]),
        "audience": asked["audience"],
    }
    return render(request, "console/popup_plain.html", context)


@require_safe
def look(request: HttpRequest, key: str) -> HttpResponse:
    """What the script on the plain page is answered."""
    _form_point, popup = _points(request, key)
    if popup is None:
        raise Http404
    language = _language(popup, request.GET.get("lang", ""))
    is_reader = request.GET.get("audience") == Audience.READER.value
    audience = Audience.READER if is_reader else Audience.NOBODY
    html = popup_pages.sample(popup.definition, popup.program, language, audience)
    options = read_options(popup.definition)
    return JsonResponse(
        {"show": True, "html": html, **popup_pages.look_of(options, popup.definition, language)}
    )


@for_actors
@require_POST
def make_key(request: HttpRequest, key: str) -> HttpResponse:
    """A key with which the site's server signs its visitors; shown on the page that answers, and never again."""
    form_point, popup = _points(request, key)
    if popup is None:
        raise Http404
    made = popups.make_key(store(), popup)
    with store().database.write():
        leave_trace(request, "point.visitor_key", f"point {popup.id}", hint=made[:9])
    form = PopupForm(None, form_point, _first_values(popup))
    return _page(request, form, form_point, popup, 200, made)


def _publish(request: HttpRequest, form: PopupForm, form_point: Point) -> HttpResponse:
    definition = popups.definition_of(form_point, form.options)
    key = popups.key_for(form_point.key)
    try:
        point = point_publishing.publish(
            store(), form_point.brand, key, definition, timezone.now(), by=actor(request).pk
        )
    except (BadPointError, points.KeyTakenError) as error:
        form.add_error(None, told(error))
        return _page(request, form, form_point, None, 422)
    point_publishing.begin_pictures(store(), point)
    messages.success(request, _("Version %(version)s is what people see now.") % {"version": point.version})
    return redirect("console:point-popup", key=form_point.key)


def _page(
    request: HttpRequest,
    form: PopupForm,
    form_point: Point,
    popup: Point | None,
    status: int,
    made_key: str = "",
) -> HttpResponse:
    newest = popup and popups.definition_of(form_point, read_options(popup.definition))
    context = {
        "form": form,
        "form_point": form_point,
        "popup": popup,
        "may_act": may_act(request),
        "is_behind": popup is not None and newest is not None and newest.digest != popup.digest,
        "embed": embedding.of_form(request, form_point),
        "previews": _previews(form),
        "keys": popups.keys_of(popup) if popup else (),
        "made_key": parts.Code(text=made_key, label=_("Copy it now: it is not shown again")),
        "has_made_key": bool(made_key),
        "form_url": f"{origin(request)}{reverse('public:form', args=[form_point.key])}",
        "crumbs": [
            (_("Collect"), reverse("console:points")),
            (form_point.definition.name, reverse("console:point", args=[form_point.key])),
        ],
    }
    return render(request, "console/popup.html", context, status=status)


def _previews(form: PopupForm) -> Sequence[Preview]:
    """In each language, as far as it is typed; of a form that was not sent, what it begins with."""
    if form.is_bound:
        if not form.is_valid():
            return []
        options = form.options
    else:
        sample_data = QueryDict(mutable=True)
        sample_data.update({name: str(value) for name, value in form.initial.items()})
        sample_data["origins"] = sample_data.get("origins") or "https://shop.example"
        filled = PopupForm(sample_data, form.form_point, {})
        if not filled.is_valid():
            return []
        options = filled.options
    definition: PointDefinition = popups.definition_of(form.form_point, options)
    return [
        Preview(
            language=each,
            named=str(language_word(each)),
            page=popup_pages.preview_page(definition, form.form_point.program, each),
        )
        for each in form.languages
    ]


def _first_values(popup: Point | None) -> dict[str, Any]:
    options = PopupOptions(form="", origins=()) if popup is None else read_options(popup.definition)
    values: dict[str, Any] = {
        "origins": "\n".join(options.origins),
        "way": options.way.value,
        "trigger": options.trigger.value,
        "after": options.after,
        "every_days": options.every_days,
        "most_closes": options.most_closes,
        "theme": options.theme.value,
        "position": options.position.value,
    }
    for language, words in options.readers:
        values |= {f"reader_title_{language}": words.title, f"reader_benefit_{language}": words.benefit}
    return values


def _language(popup: Point, wanted: str) -> str:
    known = popup.definition.languages
    return wanted if wanted in known else known[0]


def _points(request: HttpRequest, key: str) -> tuple[Point, Point | None]:
    """The form, and its pop-up where it has one. The key may be of either."""
    form_point = _own(request, key)
    if form_point is not None and form_point.definition.kind is PointKind.POPUP:
        form_point = _own(request, read_options(form_point.definition).form)
    if form_point is None or form_point.definition.kind is not PointKind.FORM:
        raise Http404
    return form_point, _own(request, popups.key_for(form_point.key))


def _own(request: HttpRequest, key: str) -> Point | None:
    brand = brand_of(request)
    row = brand and models.CollectionPoint.objects.filter(brand_id=brand.id, key=key).first()
    return points.newest(row.pk) if row else None
