"""Pages that belong to no subject: the language switch, and what is shown when something fails."""

import sys
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from yesword.store.fullness import is_full
from yesword.store.sealing import ErasedSinceError
from yesword.web.access import open_to_all

_TRY_AGAIN_S: Final = "60"  # for programs that read it, such as a carrier's


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    answer = set_language(request)
    assert isinstance(answer, HttpResponse)
    return answer


@open_to_all
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    return render(request, "404.html", status=404)


@open_to_all
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return render(request, "403.html", status=403)


@open_to_all
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - for developers, not for people
    return render(request, "403_csrf.html", status=403)


@open_to_all
def broken(request: HttpRequest) -> HttpResponse:
    """Without the request in its context: whatever broke may be what the context needs."""
    error = sys.exc_info()[1]
    if error is not None and is_full(error):
        answer = render(None, "503.html", {"path": request.path}, status=503)
        answer["Retry-After"] = _TRY_AGAIN_S
        return answer
    if _is_erased_since(error):
        return render(None, "503_erased.html", {"path": request.path}, status=503)
    return render(None, "500.html", {"path": request.path}, status=500)


def _is_erased_since(error: BaseException | None) -> bool:
    """Whether this store, put back from a backup, still has somebody who was erased since: also where a template asked."""
    while error is not None:
        if isinstance(error, ErasedSinceError):
            return True
        error = error.__cause__
    return False
