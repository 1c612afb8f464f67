"""Bringing people from a file: the upload, how far it is, and the report that accounts for every row."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.collect.imports.claims import Note
from yesword.collect.imports.report import Outcome
from yesword.domain.ids import ProgramId
from yesword.domain.phone import PhoneError, parse
from yesword.reporting.messages import program_names
from yesword.store import models, programs
from yesword.web import parts
from yesword.web.brands import zone_of
from yesword.web.console.acting import actor, leave_trace, may_act
from yesword.web.console.campaigns import brand_zone_of
from yesword.web.console.uploads import LARGEST, StreamedUpload, Upload, Uploads
from yesword.web.formats import count as shown_count
from yesword.web.installation import store

_PAGE: Final = 25
_OVERHEAD: Final = 64 * 1024  # bytes of a form around its file
_OUTCOMES: Final[dict[Outcome, tuple[str, Promise]]] = {
    Outcome.CREATED: ("leaf", gettext_lazy("New people")),
    Outcome.UPDATED: ("leaf", gettext_lazy("Known already, with something new")),
    Outcome.UNCHANGED: ("slate", gettext_lazy("Known already, nothing new")),
    Outcome.STOPPED: ("brick", gettext_lazy("Opted out, recorded now")),
    Outcome.ALREADY_STOPPED: ("slate", gettext_lazy("Opted out, known already")),
    Outcome.CAME_BACK: (
        "slate",
        gettext_lazy("Opted out in the file, but joined again from the phone since: left as they are"),
    ),
    Outcome.KEPT_STOPPED: ("amber", gettext_lazy("Had stopped or said no: not revived")),
    Outcome.DUPLICATE: ("slate", gettext_lazy("The same number as another row that counts for more")),
    Outcome.REJECTED: ("brick", gettext_lazy("Rejected")),
}
_NOTES: Final[dict[str, Promise]] = {
    Note.LANGUAGE_UNKNOWN: gettext_lazy(
        "The language is not one that we know, so the one of the number's country is used."
    ),
    Note.REGION_UNKNOWN: gettext_lazy(
        "The state or province is not understood, so the number alone says where the person may be."
    ),
    Note.NUMBER_LEFT_OUT: gettext_lazy(
        "A telephone number or address stood in another column; it is only kept sealed, with the evidence."
    ),
    Note.VALUE_TOO_LONG: gettext_lazy(
        "A value was too long to keep beside the person; it is only kept sealed, with the evidence."
    ),
    Note.STOP_NOT_READ: gettext_lazy(
        "A rejected row seems to be an opt-out. Correct these first: the stop is not recorded."
    ),
    Note.ON_ITS_WAY: gettext_lazy(
        "A text was being handed over when the stop was recorded; nothing after it goes out."
    ),
}
_LACKS: Final[dict[str, Promise]] = {
    "source": gettext_lazy("Where the consent was given is missing"),
    "date": gettext_lazy("When it was given is missing"),
    "wording": gettext_lazy("The wording that they agreed to is missing"),
    "confirmation": gettext_lazy("The confirmation is missing"),
}
# Why rows are rejected, in a few words; the file of rejected rows says it in full beside each.
_REJECTED: Final[dict[str, Promise]] = {
    "fields_missing": gettext_lazy("Fields are missing"),
    "fields_extra": gettext_lazy("There are more fields than columns"),
    "quote_not_closed": gettext_lazy("A quote is opened and never closed"),
    "row_too_long": gettext_lazy("The row is too long"),
    "phone_landline": gettext_lazy("A landline or service number, which cannot receive texts"),
    "country_unclear": gettext_lazy("A national number, and the row's country is not understood"),
    "consent_date_unreadable": gettext_lazy("The consent date is not understood"),
    "consent_date_impossible": gettext_lazy("There is no such day as the consent date"),
    "consent_date_ambiguous": gettext_lazy("The consent date can be read as two different days"),
    "consent_date_future": gettext_lazy("The consent date lies in the future"),
    "consent_date_too_old": gettext_lazy("The consent date lies before there was consent to texts"),
    "consent_bought": gettext_lazy("The list was bought, rented or exchanged: consent cannot be"),
    "status_unclear": gettext_lazy("The status may or may not be an opt-out"),
    "phone_none": gettext_lazy("There is no telephone number"),
    "phone_too_short": gettext_lazy("The number has too few digits"),
    "phone_too_long": gettext_lazy("The number has too many digits"),
    "phone_letters": gettext_lazy("The number contains letters"),
    "phone_extension": gettext_lazy("The number has an extension, so it is a switchboard"),
    "phone_lost_digits": gettext_lazy("A spreadsheet has rounded the number"),
    "phone_several": gettext_lazy("There is more than one number in the field"),
    "phone_needs_country": gettext_lazy("A national number, and no country is known"),
    "phone_unknown_country": gettext_lazy("The country of the number is not known"),
    "phone_unknown_calling_code": gettext_lazy("No country has the code that the number starts with"),
    "phone_not_assigned": gettext_lazy("No such number can be in use"),
    "phone_premium": gettext_lazy("A premium-rate number"),
    "phone_short_code": gettext_lazy("A short code, which is not a person's number"),
}
# Why a whole file could not be taken.
_FAILED: Final[dict[str, Promise]] = {
    "import_spreadsheet": gettext_lazy(
        "The file is a spreadsheet, not a text file. Save the sheet as CSV (UTF-8) and import that."
    ),
    "import_not_text": gettext_lazy(
        "The file holds bytes that no text file has. Save it as CSV (UTF-8) and import that."
    ),
    "import_empty": gettext_lazy("There is nothing in the file: no line of column names, no rows."),
    "import_no_header": gettext_lazy(
        "The first line looks like a person, not like column names. Put a line above it such as: phone,name,consent date."
    ),
    "import_no_phone_column": gettext_lazy(
        "No column is known to hold telephone numbers. Call one of them “phone”."
    ),
    "cut_off": gettext_lazy(
        "The server was stopped in the middle. What was written stays; import the same file again to go on, nothing is done twice."
    ),
    "unreadable": gettext_lazy("The file could not be read or written. Is the disk full?"),
    "broken": gettext_lazy(
        "Something broke on our side. What was written stays; the server's log says what happened."
    ),
}


class ImportForm(forms.Form):
    program = forms.ChoiceField(
        label=gettext_lazy("Program"), help_text=gettext_lazy("The program that these people joined.")
    )
    file = forms.FileField(
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV with a line of column names: phone, name, language, consent date, source, wording … Up to 100 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    country = forms.CharField(
        required=False,
        max_length=2,
        label=gettext_lazy("Country"),
        help_text=gettext_lazy(
            "Two letters, such as NL: of national numbers, and whether 03/04/2024 is in March or in April. By default the brand's own."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "size": 4}),
    )
    is_opt_outs = forms.BooleanField(
        required=False,
        label=gettext_lazy("Everybody in this file has opted out"),
        help_text=gettext_lazy("Every row is recorded as a stop, whatever its columns say."),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(pk), name) for pk, name in program_names().items()]

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if country:
            try:
                parse("0", country=country)
            except PhoneError as error:
                if error.code == "phone_unknown_country":
                    raise forms.ValidationError(
                        _("There is no such country. Use its two letters, such as NL.")
                    ) from error
        return country


@dataclass(frozen=True, kw_only=True, slots=True)
class CountLine:
    label: str
    count: int
    tone: str = "slate"
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GradeBar:
    grade: str
    count: int
    width: int  # percent


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def list_page(request: HttpRequest) -> HttpResponse:
    """The imports so far, and the form for a new one. Exempt only until the file's way is laid: see `_receive`."""
    if request.method == "POST":
        return _receive(request)
    return _list(request, ImportForm(), status=200)


def _list(request: HttpRequest, form: ImportForm, *, status: int) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = models.ImportRun.objects.order_by("-pk")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: _PAGE + 1])
    names = program_names()
    here = reverse("console:imports")
    table = parts.Table(
        caption=_("Imports"),
        columns=[
            parts.Column(label=_("File")),
            parts.Column(label=_("State"), kind=parts.Kind.STATE),
            parts.Column(label=_("Program")),
            parts.Column(label=_("Rows"), kind=parts.Kind.NUMBER),
            parts.Column(label=_("Begun"), kind=parts.Kind.TIME),
        ],
        rows=[
            parts.Row(
                cells=[row.file_name, _state(row), names.get(row.program_id, ""), row.rows, row.created_at],
                url=reverse("console:import", args=[row.pk]),
            )
            for row in found[:_PAGE]
        ],
        zone=brand_zone_of(request),
        first_url=here if before else "",
        older_url=f"{here}?before={found[_PAGE - 1].pk}" if len(found) > _PAGE else "",
    )
    context = {
        "form": form,
        "table": table,
        "has_any": bool(found),
        "may_act": may_act(request),
        "empty": parts.Empty(
            icon="import",
            title=_("No imports yet"),
            text=_(
                "An import takes people from a file and keeps with each the consent that you can show. Nobody who has stopped is brought back, and nobody is texted on a mere claim."
            ),
        ),
    }
    return render(request, "console/imports.html", context, status=status)


def _state(row: models.ImportRun) -> str:
    return "finished" if row.state == models.ImportRun.State.DONE else row.state


def _receive(request: HttpRequest) -> HttpResponse:
    """Lay the way of the file before anything of the request is read; only then can its form be checked."""
    actor(request)
    if int(request.headers.get("Content-Length") or 0) > LARGEST + _OVERHEAD:
        messages.error(request, _too_large())
        return redirect("console:imports")
    receiver = Uploads(store()).receiver(request)
    request.upload_handlers = [receiver]
    try:
        return _begin(request, receiver)
    finally:
        if not receiver.is_taken:
            receiver.drop()


@csrf_protect
def _begin(request: HttpRequest, receiver: StreamedUpload) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if receiver.is_too_large:
        form.errors.pop("file", None)
        form.add_error("file", _too_large())
    if not form.is_valid():
        return _list(request, form, status=422)
    wanted = form.cleaned_data
    program = programs.current(ProgramId(int(wanted["program"])))
    here = store()
    with here.database.write():
        leave_trace(request, "import", f"program {program.id}", upload=receiver.token)
    upload = Uploads(here).begin(
        receiver, program, actor(request).pk, wanted["country"], is_opt_outs=wanted["is_opt_outs"]
    )
    return redirect("console:import-upload", upload.token)


def _too_large() -> str:
    return _(
        "The file is larger than %(most)s MB. Divide it; running parts one after the other is the same."
    ) % {"most": LARGEST // (1024 * 1024)}


@require_safe
def upload_page(request: HttpRequest, token: str) -> HttpResponse:
    """How far an upload is; where it is done, its report."""
    upload = Uploads(store()).read(token)
    if upload is None:
        raise Http404
    if upload.state == "done" and upload.run is not None:
        target = reverse("console:import", args=[upload.run])
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)
    error = ""
    if upload.state != "running":
        known = _FAILED.get(upload.error_code)
        error = str(known) if known else upload.error
    context = {
        "upload": upload,
        "program": programs.current(ProgramId(upload.program)),
        "error": error,
        "progress": _progress(upload),
        "is_live": upload.state == "running",
        "url": reverse("console:import-upload", args=[token]),
        "crumbs": [(_("Imports"), reverse("console:imports"))],
    }
    return render(request, "console/import_upload.html", context)


def _progress(upload: Upload) -> parts.Progress:
    return parts.Progress(
        label=_("Writing people and their consent") if upload.is_writing else _("Reading the file"),
        done=upload.done,
        total=upload.total or upload.done,
        state="running" if upload.state == "running" else "failed",
        per_second=upload.per_second,
        left_s=None if upload.left_s is None else round(upload.left_s),
    )


@require_safe
def page(request: HttpRequest, run: int) -> HttpResponse:
    """The report of one import: every row accounted for."""
    row = get_object_or_404(models.ImportRun, pk=run)
    program = programs.current(ProgramId(row.program_id))
    report: dict[str, Any] = row.report
    outcomes = report.get("outcomes", {})
    grades = report.get("grades", {})
    context = {
        "run": row,
        "state": _state(row),
        "program": program,
        "zone": zone_of(program.brand_country),
        "report": report,
        "outcomes": [
            CountLine(label=str(label), count=outcomes[outcome], tone=tone)
            for outcome, (tone, label) in _OUTCOMES.items()
            if outcomes.get(outcome)
        ],
        "accounted": sum(outcomes.values()),
        "grades": _grade_bars(grades),
        "unproved": grades.get("E", 0),
        "lacks": _counted(report.get("lacks", {}), _LACKS),
        "rejected": [
            CountLine(label=str(_REJECTED.get(each["code"], each["sentence"])), count=each["count"])
            for each in report.get("rejected", [])
        ],
        "notes": [
            CountLine(label=str(_NOTES.get(each["code"], each["sentence"])), count=each["count"])
            for each in report.get("notes", [])
        ],
        "rejected_url": reverse("console:import-rejected", args=[row.pk])
        if Uploads(store()).rejected(row.pk)
        else "",
        "speed": shown_count(round(row.rows / report["seconds"])) if report.get("seconds") else "",
        "may_act": may_act(request),
        "crumbs": [(_("Imports"), reverse("console:imports"))],
    }
    return render(request, "console/import.html", context)


def _grade_bars(grades: dict[str, int]) -> list[GradeBar]:
    """How many people there are of each grade, as long as the largest is whole."""
    most = max(grades.values(), default=0)
    return [
        GradeBar(grade=grade, count=grades[grade], width=round(grades[grade] * 100 / most))
        for grade in sorted(grades)
        if most
    ]


def _counted(found: dict[str, int], words: dict[str, Promise]) -> list[CountLine]:
    return [CountLine(label=str(words.get(key, key)), count=count) for key, count in found.items()]


@require_safe
def rejected(request: HttpRequest, run: int) -> HttpResponseBase:
    """The rejected rows as they were given, with reasons. It holds numbers, so it leaves a trace."""
    row = get_object_or_404(models.ImportRun, pk=run)
    actor(request)
    path = Uploads(store()).rejected(row.pk)
    if path is None:
        raise Http404
    with store().database.write():
        leave_trace(request, "import.rejected", f"import {row.pk}")
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejected-{row.pk}.csv")


@require_POST
def forget_rejected(request: HttpRequest, run: int) -> HttpResponse:
    """Delete the rejected rows, which hold numbers in the clear."""
    row = get_object_or_404(models.ImportRun, pk=run)
    actor(request)
    path = Uploads(store()).rejected(row.pk)
    if path is not None:
        with store().database.write():
            leave_trace(request, "import.forget", f"import {row.pk}")
        path.unlink()
        messages.success(request, _("The rejected rows are deleted. The report stays."))
    return redirect("console:import", row.pk)
