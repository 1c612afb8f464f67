"""What somebody reads whose network asks for a form too often: by their own act or by a neighbour's, which nobody can tell."""

import functools
import math
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _

from yesword.collect.points import Point
from yesword.domain import composing
from yesword.domain.collecting.points import PointKind
from yesword.store import programs
from yesword.web import languages, qr
from yesword.web.public.form_pages import gate_of


def bare_page(request: HttpRequest, wait_s: float) -> HttpResponse:
    """Without a look at what was asked for: as cheap as a line of text, and a page all the same."""
    wanted = request.GET.get("lang") or get_language_from_request(request)[:2]
    language = wanted if wanted in languages.CODES else "en"
    answer = HttpResponse(_drawn(language, is_sent=request.method == "POST"), status=429)
    answer["Content-Language"] = language
    return told_to_wait(answer, wait_s)


def told_to_wait(answer: HttpResponse, wait_s: float) -> HttpResponse:
    if answer.status_code == 429:
        answer["Retry-After"] = str(math.ceil(wait_s))
    return answer


def notice() -> str:
    return _(
        "Many people use this form from your network just now: try again in a few minutes, everything that you "
        "filled in is still here."
    )


def by_text(point: Point, language: str) -> dict[str, Any]:
    """The way in that needs no form, with what it asks; empty where the program has none, or the form asks for more."""
    program = point.program
    is_other = point.definition.kind is PointKind.APPLICATION or gate_of(point.definition, program)
    if is_other or not program.keywords or not programs.sender_of(program).facts.can_receive:
        return {}
    word, sender = program.keywords[0], program.sender
    label = _("Text %(text)s to %(sender)s") % {"text": word, "sender": sender}
    return {
        "by_text": {
            "label": label,
            "link": qr.text_link(sender, word),
            "drawing": qr.drawing(qr.text_code(sender, word), label),
            "wording": composing.disclosure(program, language),
        }
    }


@functools.cache
def _drawn(language: str, *, is_sent: bool) -> bytes:
    with translation.override(language):
        return render_to_string("public/form_crowded.html", {"is_sent": is_sent}).encode()
