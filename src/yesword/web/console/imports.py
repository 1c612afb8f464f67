"""Bringing people from a file: the upload, how far it is, and the report that accounts for every row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.collect.imports import undoing
from yesword.collect.imports.errors import ImportFileError
from yesword.collect.imports.headings import CHOICES, Column
from yesword.collect.imports.remedies import Remedy
from yesword.domain.ids import ProgramId
from yesword.reporting.messages import program_names
from yesword.store import models, programs
from yesword.web import parts
from yesword.web.brands import zone_of
from yesword.web.console.acting import actor, leave_trace, may_act
from yesword.web.console.campaigns import brand_zone_of
from yesword.web.console.import_followups import lists_to_ask
from yesword.web.console.import_forms import ImportForm
from yesword.web.console.import_words import COLUMNS, FAILED, LACKS, NOTES, OUTCOMES, REJECTED, REMEDIES
from yesword.web.console.uploads import LARGEST, StreamedUpload, Upload, Uploads
from yesword.web.formats import count as shown_count
from yesword.web.installation import store

_PAGE: Final = 25
_OVERHEAD: Final = 64 * 1024  # bytes of a form around its file


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
    uploads = Uploads(store())
    upload = uploads.keep(receiver, program, actor(request).pk, form.wanted())
    if "look" not in request.POST:
        _trace(request, upload)
        uploads.start(upload, program)
    return redirect("console:import-upload", upload.token)


def _trace(request: HttpRequest, upload: Upload) -> None:
    with store().database.write():
        leave_trace(request, "import", f"program {upload.program}", upload=upload.token)


def _too_large() -> str:
    return _(
        "The file is larger than %(most)s MB. Divide it; running parts one after the other is the same."
    ) % {"most": LARGEST // (1024 * 1024)}


@require_safe
def upload_page(request: HttpRequest, token: str) -> HttpResponse:
    """Where an upload is: to be looked at, tried, running; where it is done, its report."""
    upload = _upload(token)
    if upload.state == "done" and upload.run is not None:
        target = reverse("console:import", args=[upload.run])
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)
    if upload.state == "tried" and "columns" not in request.GET:
        return render(request, "console/import_tried.html", _tried(request, upload))
    if upload.state in ("waiting", "tried"):
        return _look(request, upload)
    error = ""
    if upload.state != "running":
        known = FAILED.get(upload.error_code)
        error = str(known or FAILED["broken"])
    uploads = Uploads(store())
    context = {
        **_heading(upload),
        "error": error,
        "progress": _progress(upload),
        "is_live": upload.state == "running",
        "may_stop": upload.state == "running" and may_act(request),
        "may_go_on": upload.state != "running" and may_act(request) and uploads.has_file(upload),
    }
    return render(request, "console/import_upload.html", context)


def _upload(token: str) -> Upload:
    upload = Uploads(store()).read(token)
    if upload is None:
        raise Http404
    return upload


def _heading(upload: Upload) -> dict[str, object]:
    return {
        "upload": upload,
        "program": programs.current(ProgramId(upload.program)),
        "url": reverse("console:import-upload", args=[upload.token]),
        "crumbs": [(_("Imports"), reverse("console:imports"))],
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnChoice:
    """One column of the file, what it is taken for, and its first cells, masked."""

    place: int
    name: str
    chosen: str
    cells: tuple[str, ...]


def _look(request: HttpRequest, upload: Upload, error: str = "", *, status: int = 200) -> HttpResponse:
    """The columns with a guess of what each is, beside the first rows, of which no cell is shown in full."""
    actor(request)
    try:
        found = Uploads(store()).preview(upload)
    except (ImportFileError, OSError) as broken:
        known = FAILED.get(broken.code) if isinstance(broken, ImportFileError) else FAILED["unreadable"]
        why = str(known or FAILED["broken"])
        context = {**_heading(upload), "error": why, "progress": _progress(upload)}
        return render(request, "console/import_upload.html", context)
    chosen = upload.columns or list(found.guess)
    context = {
        **_heading(upload),
        "columns": [
            ColumnChoice(
                place=place,
                name=name,
                chosen=chosen[place],
                cells=tuple(row[place] for row in found.rows if place < len(row)),
            )
            for place, name in enumerate(found.names)
        ],
        "choices": [(choice, COLUMNS[choice]) for choice in CHOICES],
        "system": found.system,
        "seems_opt_outs": found.seems_opt_outs and not upload.wanted.get("is_opt_outs"),
        "error": error,
    }
    return render(request, "console/import_columns.html", context, status=status)


def _tried(request: HttpRequest, upload: Upload) -> dict[str, object]:
    return {
        **_heading(upload),
        **_account(upload.trial),
        "rows": upload.trial.get("rows", 0),
        "may_act": may_act(request),
    }


@require_POST
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Try a file with the columns as they were chosen, or import it."""
    actor(request)
    upload = _upload(token)
    uploads = Uploads(store())
    if upload.state == "running" or not uploads.has_file(upload):
        return redirect("console:import-upload", token)
    program = programs.current(ProgramId(upload.program))
    columns = None
    if "column-0" in request.POST:
        columns = [value for key, value in _in_order(request) if value in CHOICES]
        if not {Column.PHONE.value, Column.MOBILE.value} & set(columns):
            return _look(request, upload, _("Say which column holds the telephone numbers."), status=422)
    is_trial = "try" in request.POST
    if not is_trial:
        _trace(request, upload)
    uploads.start(upload, program, columns, is_trial=is_trial)
    return redirect("console:import-upload", token)


def _in_order(request: HttpRequest) -> list[tuple[int, str]]:
    given = [
        (key.removeprefix("column-"), request.POST[key]) for key in request.POST if key.startswith("column-")
    ]
    return sorted((int(place), value) for place, value in given if place.isdecimal())


@require_POST
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End a running import after the rows that it writes just now; it can go on later."""
    actor(request)
    with store().database.write():
        leave_trace(request, "import.stop", f"upload {token}"[:60])
    Uploads(store()).stop(token)
    return redirect("console:import-upload", token)


@require_POST
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Forget a file that was only looked at."""
    actor(request)
    _upload(token)
    Uploads(store()).drop(token)
    messages.success(request, _("The file is deleted, and nobody of it was imported."))
    return redirect("console:imports")


def _progress(upload: Upload) -> parts.Progress:
    return parts.Progress(
        label=_progress_label(upload),
        done=upload.done,
        total=upload.total or upload.done,
        state="running" if upload.state == "running" else "failed",
        per_second=upload.per_second,
        left_s=None if upload.left_s is None else round(upload.left_s),
    )


def _progress_label(upload: Upload) -> str:
    if not upload.is_writing:
        return _("Reading the file")
    return _("Trying what would happen") if upload.is_trial else _("Writing people and their consent")


@require_safe
def page(request: HttpRequest, run: int) -> HttpResponse:
    """The report of one import: every row accounted for."""
    row = get_object_or_404(models.ImportRun, pk=run)
    program = programs.current(ProgramId(row.program_id))
    report: dict[str, Any] = row.report
    context = {
        "run": row,
        "state": _state(row),
        "program": program,
        "zone": zone_of(program.brand_country),
        "report": report,
        **_account(report),
        "to_ask": lists_to_ask(row) if may_act(request) and report.get("remedies") else [],
        "undone": report.get("undone"),
        "may_undo": may_act(request) and bool(report) and not undoing.may_undo(row, _now()),
        "rejected_url": reverse("console:import-rejected", args=[row.pk])
        if Uploads(store()).rejected(row.pk)
        else "",
        "speed": shown_count(round(row.rows / report["seconds"])) if report.get("seconds") else "",
        "may_act": may_act(request),
        "crumbs": [(_("Imports"), reverse("console:imports"))],
    }
    return render(request, "console/import.html", context)


def _now() -> datetime:
    return datetime.now(UTC)


def _account(report: dict[str, Any]) -> dict[str, Any]:
    """What a report says, of an import and of a dry run alike."""
    outcomes = report.get("outcomes", {})
    grades = report.get("grades", {})
    return {
        "report": report,
        "outcomes": [
            CountLine(label=str(label), count=outcomes[outcome], tone=tone)
            for outcome, (tone, label) in OUTCOMES.items()
            if outcomes.get(outcome)
        ],
        "accounted": sum(outcomes.values()),
        "grades": _grade_bars(grades),
        "unproved": grades.get("E", 0),
        "lacks": _counted(report.get("lacks", {}), LACKS),
        "remedies": [
            CountLine(label=str(REMEDIES[Remedy(remedy)]), count=count)
            for remedy, count in report.get("remedies", {}).items()
        ],
        "rejected": [
            CountLine(label=str(REJECTED.get(each["code"], each["sentence"])), count=each["count"])
            for each in report.get("rejected", [])
        ],
        "notes": [
            CountLine(label=str(NOTES.get(each["code"], each["sentence"])), count=each["count"])
            for each in report.get("notes", [])
        ],
    }


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
