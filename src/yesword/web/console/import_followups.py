"""What can be done once an import is there: lists of whom to ask anew, and taking it back within a day."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from yesword.collect.imports import asking_lists, undoing
from yesword.collect.imports.remedies import Remedy
from yesword.store import models
from yesword.web.console.acting import actor, leave_trace
from yesword.web.console.import_words import REMEDIES
from yesword.web.formats import count as shown_count
from yesword.web.installation import store


@dataclass(frozen=True, kw_only=True, slots=True)
class AskLine:
    way: str
    label: str
    count: int


def lists_to_ask(run: models.ImportRun) -> list[AskLine]:
    """Who still has to be asked, by the way to do so: who has joined or left since is not among them."""
    counts = asking_lists.count_to_ask(store(), run)
    return [
        AskLine(way=remedy.value, label=str(label), count=counts[remedy])
        for remedy, label in REMEDIES.items()
        if counts.get(remedy)
    ]


@require_POST
def asking_list(request: HttpRequest, run: int) -> HttpResponseBase:
    """The people of one way to ask, in full, so it leaves a trace. Nobody is texted by it."""
    row = get_object_or_404(models.ImportRun, pk=run)
    actor(request)
    try:
        way = Remedy(request.POST.get("way", ""))
    except ValueError as error:
        raise Http404 from error
    with store().database.write():
        leave_trace(request, "import.list", f"import {row.pk}", way=way.value)
    answer = StreamingHttpResponse(
        asking_lists.lines(store(), row, way), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="ask-{way.value}-{row.pk}.csv"'
    return answer


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, run: int) -> HttpResponse:
    """What undoing would do, and doing it: a page of its own, because it ends people's consent."""
    row = get_object_or_404(models.ImportRun, pk=run)
    user = actor(request)
    reason = request.POST.get("reason", "").strip()
    error = ""
    if request.method == "POST" and not reason:
        error = _("Say why: it is kept with each person whose consent ends.")
    try:
        if request.method == "POST" and reason:
            done = undoing.undo(store(), row.pk, reason, datetime.now(UTC), user=user.pk)
            messages.success(request, _undone_sentence(done.taken_back))
            return redirect("console:import", row.pk)
        would = undoing.undo(store(), row.pk, _DRY, datetime.now(UTC), is_dry_run=True)
    except undoing.CannotUndoError:
        messages.error(
            request, _("This import cannot be undone any more: that is possible for a day, and once.")
        )
        return redirect("console:import", row.pk)
    context = {
        "run": row,
        "would": would,
        "error": error,
        "crumbs": [
            (_("Imports"), reverse("console:imports")),
            (row.file_name, reverse("console:import", args=[row.pk])),
        ],
    }
    return render(request, "console/import_undo.html", context, status=422 if error else 200)


_DRY: Final = "dry run"


def _undone_sentence(count: int) -> str:
    return ngettext(
        "The import is undone: the consent of %(count)s person has ended.",
        "The import is undone: the consent of %(count)s people has ended.",
        count,
    ) % {"count": shown_count(count)}
