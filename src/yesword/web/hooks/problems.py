"""Answers to programs that something is wrong: RFC 9457, with a code that stays."""

import json
from http import HTTPStatus

from django.http import HttpResponse

from yesword.domain.errors import YeswordError


def problem(status: int, error: YeswordError) -> HttpResponse:
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "code": error.code,
    }
    return HttpResponse(json.dumps(said), status=status, content_type="application/problem+json")


def told(body: str) -> HttpResponse:
    return HttpResponse(body, content_type="application/json")
