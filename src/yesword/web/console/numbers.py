"""Checking a file of numbers: what of it can be texted at all. Nothing of it is stored."""

from io import StringIO
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from yesword.collect.checking import Checked, check_numbers
from yesword.collect.imports.errors import ImportFileError
from yesword.web.console.acting import actor
from yesword.web.console.import_forms import NumbersForm
from yesword.web.console.import_words import FAILED, REJECTED
from yesword.web.console.imports import CountLine
from yesword.web.console.uploads import LARGEST, StreamedUpload, Uploads
from yesword.web.error_words import told
from yesword.web.installation import store

_OVERHEAD: Final = 64 * 1024  # bytes of a form around its file


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form, and what a file holds. Exempt only until the file's way is laid, as for imports."""
    actor(request)
    if request.method != "POST":
        return _shown(request, NumbersForm())
    receiver = Uploads(store()).receiver(request)
    request.upload_handlers = [receiver]
    try:
        return _check(request, receiver)
    finally:
        receiver.drop()


@csrf_protect
def _check(request: HttpRequest, receiver: StreamedUpload) -> HttpResponse:
    form = NumbersForm(request.POST, request.FILES)
    if receiver.is_too_large:
        form.errors.pop("file", None)
        form.add_error("file", _("The file is larger than %(most)s MB.") % {"most": LARGEST // (1024 * 1024)})
    if not form.is_valid():
        return _shown(request, form, status=422)
    country = form.cleaned_data["country"] or None
    cleaned = StringIO() if "cleaned" in request.POST else None
    try:
        found = check_numbers(receiver.path, country, cleaned)
    except ImportFileError as error:
        known = FAILED.get(error.code)
        form.add_error("file", str(known) if known else told(error))
        return _shown(request, form, status=422)
    if cleaned is None:
        return _shown(request, form, found)
    answer = HttpResponse(cleaned.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="cleaned-numbers.csv"'
    return answer


def _shown(
    request: HttpRequest, form: NumbersForm, found: Checked | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"form": form, "crumbs": [(_("Imports"), reverse("console:imports"))]}
    if found is not None:
        context |= {
            "found": found,
            "countries": [CountLine(label=key, count=count) for key, count in found.countries.items()],
            "kinds": [CountLine(label=_kind(key), count=count) for key, count in found.kinds.items()],
            "wrong": [
                CountLine(label=str(REJECTED.get(code, sentence)), count=count)
                for code, (count, sentence) in found.wrong.items()
            ],
        }
    return render(request, "console/numbers.html", context, status=status)


def _kind(kind: str) -> str:
    return {
        "mobile": _("Mobile numbers"),
        "fixed_or_mobile": _("Mobile or landline: the digits do not tell"),
        "voip": _("Internet telephony"),
    }.get(kind, _("Others"))
