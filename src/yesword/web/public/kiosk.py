"""The form on a tablet in the shop: large, one person after the other, and never a trace of the one before.

It begins at a page that asks nothing, and goes back to it: after a while in which nobody touched it, and after the thanks.
Nothing of an answer can be loaded again: every page but the start says so, and no field is filled in by the browser.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from yesword.collect import forms, points
from yesword.collect.forms import Next, Submission
from yesword.collect.points import NoSuchPointError, Point
from yesword.collect.reversing import Code, NoCodeLeftError
from yesword.collect.tickets import UsedTicketError
from yesword.domain.collecting.points import PointKind
from yesword.web import languages, qr
from yesword.web.access import open_to_all
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, TokenBuckets, limited, too_often
from yesword.web.public import asking_hours, form_fields
from yesword.web.public.form_pages import (
    NOTHING,
    BadTicketError,
    Typed,
    context_of,
    give_ticket,
    read_ticket,
    spoken,
)

ROUTE: Final = "kiosk"
IDLE_S: Final = 30  # after which the tablet goes back to its start, told by a script that sees touches
TYPING_S: Final = 120  # the same without a script, which cannot tell typing from nobody
THANKS_S: Final = 10
CODE_S: Final = 60  # to write down, or to point a camera
_OWN_NAMES: Final = dict(languages.NAMES)
_CODE_SALT: Final = "yesword.web.public.kiosk.code"

_PAGES: Final = AddressLimit(per_second=2, burst=200)
# A queue of people at one tablet comes from one address; the point's own limits and breaker hold besides.
_SUBMISSIONS: Final = AddressLimit(per_second=1 / 5, burst=60)
_ASKS: Final = AddressLimit(per_second=1 / 90, burst=40, network=TokenBuckets(per_second=1 / 60, burst=60))


def _forgetful(view: Any) -> Any:
    """Nothing of it is kept by the browser, so that "back" shows nobody's number."""

    @wraps(view)
    def forgotten(*args: Any, **more: Any) -> HttpResponse:
        answer: HttpResponse = view(*args, **more)
        patch_cache_control(answer, no_store=True)
        return answer

    return forgotten


@open_to_all
@require_safe
@limited(_PAGES)
@_forgetful
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Where it stands when nobody is there: what one gets, and a button for each language."""
    point = _point(key)
    language = _language(request, point)
    with translation.override(_spoken_here(language)):
        context = {
            **context_of(point.definition, point.program, language),
            "key": key,
            "source": _source(request),
            "choices_of_language": [
                (each, _OWN_NAMES.get(each, each)) for each in spoken(point.definition, point.program)
            ],
        }
        return _in(language, render(request, "public/kiosk_start.html", context))


@csrf_exempt  # nobody is signed in, and the ticket in the page is used up by what is sent
@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@_forgetful
def page(request: HttpRequest, key: str) -> HttpResponse:
    wait_s = (_SUBMISSIONS if request.method == "POST" else _PAGES).take(request)
    if wait_s:
        return too_often(wait_s)
    point = _point(key)
    language = _language(request, point)
    with translation.override(_spoken_here(language)):
        answer = (_send if request.method == "POST" else _show)(request, point, language)
    return _in(language, answer)


@open_to_all
@require_safe
@limited(_PAGES)
@_forgetful
def answered(request: HttpRequest, key: str) -> HttpResponse:
    """What comes next. It holds no number, and goes back to the start by itself."""
    point = _point(key)
    language = _language(request, point)
    with translation.override(_spoken_here(language)):
        context = context_of(point.definition, point.program, language)
        code = _code(request.GET.get("c", ""))
        following = Next.CODE if code else Next.ASKED
        if code is None and request.GET.get("next") == Next.DONE.value:
            following = Next.DONE
        context |= {"key": key, "next": following.value, "code": code, "source": _source(request)}
        context |= asking_hours.context_of(request.GET.get("t", "")) if following is Next.ASKED else {}
        context["again_s"] = CODE_S if code else THANKS_S
        if code is not None:
            label = _("Text %(text)s to %(sender)s") % {"text": code.text, "sender": code.sender}
            context["drawing"] = qr.drawing(qr.text_code(code.sender, code.text), label)
        return _in(language, render(request, "public/kiosk_answered.html", context))


def _show(
    request: HttpRequest, point: Point, language: str, typed: Typed = NOTHING, status: int = 200
) -> HttpResponse:
    ticket, nonce = give_ticket(point.digest, language, datetime.now(UTC))
    context = {
        **context_of(point.definition, point.program, language, typed),
        "key": point.key,
        "digest": point.digest,
        "ticket": ticket,
        "nonce": nonce,
        "source": _source(request),
        "idle_s": IDLE_S,
        "typing_s": TYPING_S,
    }
    return render(request, "public/kiosk.html", context, status=status)


def _send(request: HttpRequest, point: Point, language: str) -> HttpResponse:
    now = datetime.now(UTC)
    read = form_fields.read(request.POST, point.definition, point.program, now)
    try:
        ticket = read_ticket(request.POST.get("ticket", ""))
    except BadTicketError:
        return _again(request, point, language, NOTHING, _("This page was open for long. Fill it in anew."))
    shown = points.by_digest(ticket.digest)
    if shown is None or (shown.id, ticket.language) != (point.id, language):
        notice = _("This page has changed since you opened it. Read it once more, and send it again.")
        return _again(request, point, language, read.typed, notice)
    if read.typed.errors or read.number is None or request.POST.get(form_fields.TRAP):
        return _again(request, point, language, read.typed, "")
    submission = Submission(
        point=shown,
        language=language,
        number=read.number,
        nonce=ticket.nonce,
        source=_source(request),
        name=read.typed.name,
        categories=read.categories,
        said_age=read.said_age,
        probe=forms.fitting_probe(request.POST.get("probe", ""), nonce=ticket.nonce, point=shown),
        route=ROUTE,
    )
    here, when = store(), asking_hours.asking_time_of(shown, read.number, now)
    is_lawful = when is None or when.at is not None
    may_ask = is_lawful and (when is None or not _ASKS.take(request))
    try:
        taken = forms.take(here, submission, now, may_ask=may_ask)
    except UsedTicketError:
        # Sent twice by "back": whoever stands there now must not see what the one before typed.
        return _again(request, shown, language, NOTHING, _("This page was sent before. Fill it in anew."))
    except NoCodeLeftError:
        taken = forms.Taken(next=Next.BUSY)
    if taken.next is Next.BUSY:
        return _again(
            request,
            shown,
            language,
            NOTHING,
            _("Too many people are signing up just now. Ask us.") if is_lawful else asking_hours.not_now(),
        )
    asked = {"lang": language, "s": submission.source}
    asked |= {"c": _written(taken.code)} if taken.code is not None else {"next": taken.next.value}
    asked |= asking_hours.written(when, now) if when is not None and taken.next is Next.ASKED else {}
    answer = HttpResponse(status=303)
    answer["Location"] = f"{reverse('public:kiosk-answered', args=[point.key])}?{urlencode(asked)}"
    return answer


def _again(request: HttpRequest, point: Point, language: str, typed: Typed, notice: str) -> HttpResponse:
    # Somebody else may stand there by now: no tick is shown that was not made by whoever sees it.
    return _show(request, point, language, replace(typed.unticked(), notice=notice), status=422)


def _point(key: str) -> Point:
    try:
        point = points.find(key)
    except NoSuchPointError:
        raise Http404 from None
    if point.definition.kind is not PointKind.KIOSK:
        raise Http404
    return point


def _language(request: HttpRequest, point: Point) -> str:
    """The one that was chosen, or else the program's own: the browser's is the shop's, not the person's."""
    known = spoken(point.definition, point.program)
    wanted = request.GET.get("lang", "")
    own = point.program.default_language
    return next((each for each in (wanted, own) if each in known), known[0])


def _spoken_here(language: str) -> str:
    return language if language in languages.CODES else "en"


def _in(language: str, answer: HttpResponse) -> HttpResponse:
    answer["Content-Language"] = language
    return answer


def _source(request: HttpRequest) -> str:
    """The tag of the tablet's link, so that each of several is counted by itself."""
    tag = request.POST.get("s") or request.GET.get("s") or ""
    return tag if tag.replace("-", "").isalnum() and len(tag) <= 12 and tag.isascii() else ""


def _written(code: Code) -> str:
    """The code in the address: whoever has it can text it, and join with their own number."""
    return signing.dumps([code.word, code.digits, code.sender, code.expires_at.timestamp()], salt=_CODE_SALT)


def _code(word: str) -> Code | None:
    try:
        said: list[Any] = signing.loads(word, salt=_CODE_SALT, max_age=3600)
    except signing.BadSignature:
        return None
    return Code(word=said[0], digits=said[1], sender=said[2], expires_at=datetime.fromtimestamp(said[3], UTC))
