"""Whom a breach may have touched: counted, or as a list with numbers in the clear, so that they can be told."""

import contextlib
import io
import tempfile
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yesword.accounts.rights import Right
from yesword.domain.ids import BrandId
from yesword.privacy import breaches
from yesword.store import models
from yesword.web.brands import zone_of
from yesword.web.console.acting import actor, may_use
from yesword.web.console.breach_forms import TouchedForm
from yesword.web.console.breaches import show
from yesword.web.formats import count
from yesword.web.installation import store

_IN_MEMORY: Final = 16 << 20  # bytes; a longer list goes through a file that has no name


@require_POST
@sensitive_post_parameters("numbers")
def people(request: HttpRequest, breach: int) -> HttpResponseBase:
    if not may_use(request, Right.NUMBERS):
        raise PermissionDenied
    row = get_object_or_404(models.Breach.objects.select_related("brand"), pk=breach)
    form = TouchedForm(request.POST, brand=row.brand, zone=zone_of(row.brand.country))
    if not form.is_valid():
        return show(request, row, touched=form)
    touched = form.touched()
    if "count" in request.POST:
        found = sum(1 for _person in breaches.people(store(), BrandId(row.brand_id), touched))
        messages.success(
            request,
            ngettext("It may have touched %(shown)s person.", "It may have touched %(shown)s people.", found)
            % {"shown": count(found)},
        )
        return show(request, row, touched=form)
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, mode="w+b"))
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        breaches.write_people(store(), row, touched, text, actor(request).pk, datetime.now(UTC))
        text.detach()
        file.seek(0)
        stack.pop_all()  # whoever sends it closes it
    answer = FileResponse(
        file,
        as_attachment=True,
        filename=f"breach-{row.pk}-people.csv",
        content_type="text/csv; charset=utf-8",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
