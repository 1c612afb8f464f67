"""Each request has an id, which stands in every line that is logged meanwhile and in the answer; and it is counted.

The id is made here and holds no digit, so that it is never taken for a number. One that comes with a request is not used:
whoever asks could put anything into the logs.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yesword.telemetry.catalogue import REQUEST_SECONDS, REQUESTS
from yesword.telemetry.tally import TALLY
from yesword.telemetry.tracing import span

HEADER: Final = "X-Request-ID"
_LETTERS: Final = "bcdfghjkmnpqrstvwxyz"
_LENGTH: Final = 16


class Requests:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        word = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        began = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(request=word),
            span("web_request", method=_method(request), request=word) as told,
        ):
            response = self._get_response(request)
            told.tell(status=response.status_code, route=_route(request))
        response.headers[HEADER] = word
        TALLY.add(REQUESTS, f"{response.status_code // 100}xx")
        TALLY.observe(REQUEST_SECONDS, time.perf_counter() - began)
        return response


def _method(request: HttpRequest) -> str:
    return request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other"


def _route(request: HttpRequest) -> str:
    """What the address is called: the address itself may hold a private word."""
    match = request.resolver_match
    return "" if match is None else match.view_name
