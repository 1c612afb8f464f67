"""Building a form: its fields, the page as people will see it, and what the linter says of its wording, as one types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yesword.collect import points
from yesword.collect.applications import general_of
from yesword.domain.collecting.points import BOXES, BadPointError, PointDefinition, PointKind
from yesword.domain.collecting.popups import Way, read_options
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.linting.disclosures import FormFacts, lint_disclosure
from yesword.domain.linting.finding import Finding, has_errors
from yesword.domain.programs import Program
from yesword.reporting.programs import BrandLine
from yesword.store import models, programs
from yesword.web import point_publishing
from yesword.web.brands import brand_of
from yesword.web.console.acting import actor, for_actors, leave_trace
from yesword.web.console.application_fields import ApplicationForm, application_values, first_application
from yesword.web.console.box_fields import CheckoutForm, LeadAdForm, preview_box
from yesword.web.console.point_fields import PointForm, first_values, values_of
from yesword.web.console.previews import Remark, remark_lines
from yesword.web.error_words import told
from yesword.web.installation import rules, store
from yesword.web.public.form_pages import countries_of, preview_page
from yesword.web.telling import language_word

_SAVES: Final = "save"  # the button that keeps the draft and publishes nothing
_LOOKS: Final = "preview"
_TICKED: Final = BOXES | {PointKind.FORM, PointKind.EMAIL, PointKind.KIOSK, PointKind.PAPER}
FORMS: Final[Mapping[str, type[PointForm]]] = {
    PointKind.FORM.value: PointForm,
    PointKind.APPLICATION.value: ApplicationForm,
    PointKind.CHECKOUT.value: CheckoutForm,
    PointKind.LEAD_AD.value: LeadAdForm,
}
_NAMES: Final[Mapping[str, Promise]] = {
    PointKind.FORM.value: gettext_lazy("A form"),
    PointKind.APPLICATION.value: gettext_lazy("An application form"),
    PointKind.CHECKOUT.value: gettext_lazy("A box at the checkout"),
    PointKind.LEAD_AD.value: gettext_lazy("A question in an advertisement"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """One language as it stands in the form now."""

    language: str
    named: str
    page: str
    remarks: Sequence[Remark]


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    brand, known = _known(request)
    first, language = next(iter(known.values()), None), (get_language() or "en")[:2]
    if _made_of(request, None) is ApplicationForm:
        return _build(request, brand, known, None, first_application(first, language))
    return _build(request, brand, known, None, first_values(first, language))


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_page(request: HttpRequest, key: str) -> HttpResponse:
    brand, known = _known(request)
    row = models.CollectionPoint.objects.filter(brand_id=brand.id, key=key).first()
    if row is None:
        raise Http404
    if row.kind == PointKind.POPUP.value:  # it says what its form says
        return redirect("console:point-popup", key=row.key)
    if row.kind not in FORMS:
        raise Http404
    newest = points.newest(row.pk)
    initial: Mapping[str, Any] = row.draft or (_values(newest.definition) if newest else {})
    return _build(request, brand, known, row, initial)


@for_actors
@require_POST
def preview_part(request: HttpRequest) -> HttpResponse:
    """The preview alone, as it is typed."""
    _brand, known = _known(request)
    form = _made_of(request, None)(request.POST, known, is_new="key" in request.POST)
    return render(request, "console/point_preview.html", _preview_context(request, form))


def _build(
    request: HttpRequest,
    brand: BrandLine,
    known: Mapping[int, Program],
    row: models.CollectionPoint | None,
    initial: Mapping[str, Any],
) -> HttpResponse:
    made_of = _made_of(request, row)
    if request.method != "POST":
        return _page(request, made_of(None, known, initial=initial, is_new=row is None), row, 200)
    if _LOOKS in request.POST:
        # Not bound: who only looks is not told yet what is missing.
        typed = request.POST.dict()
        return _page(request, made_of(None, known, initial=typed, is_new=row is None), row, 200)
    form = made_of(request.POST, known, is_new=row is None)
    if not form.is_valid():
        return _page(request, form, row, 422)
    if _SAVES in request.POST:
        return _save(request, brand, form, row)
    return _publish(request, brand, form, row)


def _made_of(request: HttpRequest, row: models.CollectionPoint | None) -> type[PointForm]:
    """Which fields it has: by what the point is, or by what the author chose for a new one."""
    asked = request.POST.get("kind") or request.GET.get("kind") or PointKind.FORM.value
    return FORMS.get(row.kind if row is not None else asked, PointForm)


def _values(definition: PointDefinition) -> dict[str, Any]:
    more = application_values(definition) if definition.kind is PointKind.APPLICATION else {}
    return values_of(definition) | more


def _save(
    request: HttpRequest, brand: BrandLine, form: PointForm, row: models.CollectionPoint | None
) -> HttpResponse:
    definition = form.definition
    with store().database.write():
        if row is None:
            row = models.CollectionPoint(
                brand_id=brand.id, key=form.cleaned_data["key"], kind=definition.kind.value
            )
        if row.version == 0:
            row.name, row.program_id = definition.name, definition.program
        row.draft = {name: value for name, value in _values(definition).items() if value not in ("", False)}
        row.save()
        leave_trace(request, "point.save", f"point {row.pk}")
    messages.success(request, _("The draft is kept. People still see what was published last."))
    return redirect("console:point", key=row.key)


def _publish(
    request: HttpRequest, brand: BrandLine, form: PointForm, row: models.CollectionPoint | None
) -> HttpResponse:
    definition, program = form.definition, form.chosen
    assert program is not None
    wrong = [language for language in form.languages if has_errors(findings(definition, program, language))]
    if wrong and request.POST.get("despite") != " ".join(wrong):
        named = ", ".join(str(language_word(each)) for each in wrong)
        form.add_error(
            None,
            _("The wording breaks a rule (%(languages)s). Mend it, or tick that you answer for it.")
            % {"languages": named},
        )
        return _page(request, form, row, 422)
    key = row.key if row is not None else form.cleaned_data["key"]
    try:
        point = point_publishing.publish(
            store(), brand.id, key, definition, timezone.now(), by=actor(request).pk
        )
    except BadPointError as error:
        form.add_error(None, told(error))
        return _page(request, form, row, 422)
    models.CollectionPoint.objects.filter(key=key).update(draft={})
    point_publishing.begin_pictures(store(), point)
    messages.success(request, _("Version %(version)s is what people see now.") % {"version": point.version})
    return redirect("console:point", key=key)


def findings(definition: PointDefinition, program: Program, language: str) -> tuple[Finding, ...]:
    """What the linter says of the wording beside the box, as the page shows it; of an application, of each question."""
    found = _findings(definition, program, language)
    general = general_of(definition, program.brand) if definition.kind is PointKind.APPLICATION else None
    if general is None or language not in general.languages:
        return found
    return (*found, *(each for each in _findings(definition, general, language) if each not in found))


def _findings(definition: PointDefinition, program: Program, language: str) -> tuple[Finding, ...]:
    facts = FormFacts(
        has_box=_has_box(definition),
        is_ticked=False,
        is_separate_from_terms=True,
        has_privacy_link=bool(program.privacy_url),
        has_terms_link=bool(program.terms_url),
    )
    return lint_disclosure(
        consent_text(definition, program, language),
        facts,
        program,
        language,
        countries_of(definition, program),
        rules().packs,
        timezone.now().date(),
    )


def _has_box(definition: PointDefinition) -> bool:
    """Whether one joins there by ticking: a pop-up may have them text a code instead."""
    if definition.kind is PointKind.POPUP:
        return read_options(definition).way is Way.FORM
    return definition.kind in _TICKED


def _page(
    request: HttpRequest, form: PointForm, row: models.CollectionPoint | None, status: int
) -> HttpResponse:
    crumbs = [(_("Collect"), reverse("console:points"))]
    if row is not None:
        crumbs.append((row.name, reverse("console:point", args=[row.key])))
    context = {
        "point": row,
        "crumbs": crumbs,
        "may_key": row is None,
        "kind": form.kind.value,
        "kinds": _NAMES.items(),
        "is_application": form.kind is PointKind.APPLICATION,
        "is_box": form.kind in BOXES,
        **_preview_context(request, form),
    }
    return render(request, "console/point_edit.html", context, status=status)


def _preview_context(request: HttpRequest, form: PointForm) -> dict[str, Any]:
    program, definition = form.chosen, form.typed_definition()
    shown: list[Preview] = []
    wrong: list[str] = []
    draw = preview_box if form.kind in BOXES else preview_page
    if program is not None and definition is not None:
        for language in form.languages:
            found = findings(definition, program, language)
            if has_errors(found):
                wrong.append(language)
            shown.append(
                Preview(
                    language=language,
                    named=str(language_word(language)),
                    page=draw(request, definition, program, language),
                    remarks=remark_lines(found, program),
                )
            )
    return {"form": form, "previews": shown, "to_answer_for": " ".join(wrong)}


def _known(request: HttpRequest) -> tuple[BrandLine, Mapping[int, Program]]:
    brand = brand_of(request)
    if brand is None:
        raise Http404
    return brand, {int(each.id): each for each in programs.of_brand(brand.id)}
