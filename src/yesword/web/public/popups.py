"""Pop-ups on other sites: the script they load, when it may come, what it shows, and what is sent from it.

Answers to another site carry no cookie and read none. Whether somebody is known here is told only by a token that the
site's own server signed, and then only as whether anything is shown; what is sent is answered alike for everybody.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from yesword.collect import forms, points, popups
from yesword.collect.forms import Next, Submission, Taken
from yesword.collect.points import NoSuchPointError, Point
from yesword.collect.reversing import NoCodeLeftError
from yesword.collect.tickets import UsedTicketError
from yesword.domain.collecting.points import PointKind
from yesword.domain.collecting.popups import Audience, PopupOptions, Way, page_address, read_options
from yesword.web import languages
from yesword.web.access import open_to_all
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, TokenBuckets, too_often
from yesword.web.public import asking_hours, form_fields, popup_pages
from yesword.web.public.addresses import origin as own_origin
from yesword.web.public.form_pages import (
    NOTHING,
    BadTicketError,
    Typed,
    give_ticket,
    read_ticket,
    spoken,
)
from yesword.web.public.forms import LEAST_S, source_of

_FOREVER: Final = "public, max-age=31536000, immutable"
_AN_HOUR: Final = "public, max-age=3600"
_MINUTES: Final = "public, max-age=300"

_SCRIPTS: Final = AddressLimit(per_second=20, burst=400)
_LOOKS: Final = AddressLimit(per_second=1, burst=60)
_SUBMISSIONS: Final = AddressLimit(per_second=1 / 20, burst=20)
# Fewer a day than it takes to trip a point's breaker, so that no network stops a pop-up for the others, and no address
# for its network.
_ASKS: Final = AddressLimit(per_second=1 / 5400, burst=8, network=TokenBuckets(per_second=1 / 3600, burst=12))

View = Callable[[HttpRequest, Point, PopupOptions, str], HttpResponse]


@open_to_all
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """One file. Asked for by its digest it stays for good; else it is looked at again after an hour."""
    if wait_s := _SCRIPTS.take(request):
        return too_often(wait_s)
    made = popup_pages.script()
    is_pinned = request.GET.get("v") == made.digest[:16]
    headers = {
        "Cache-Control": _FOREVER if is_pinned else _AN_HOUR,
        "ETag": f'"{made.digest[:16]}"',
        "Vary": "Accept-Encoding",
        **_SHARED,
    }
    if f'"{made.digest[:16]}"' in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(
        made.packed if is_packed else made.body,
        content_type="text/javascript; charset=utf-8",
        headers=headers,
    )
    if is_packed:
        answer["Content-Encoding"] = "gzip"
    return answer


@open_to_all
@require_safe
def options(request: HttpRequest, key: str) -> HttpResponse:
    """When it comes, and how often at most: the same for everybody, so that caches keep it."""
    if wait_s := _SCRIPTS.take(request):
        return too_often(wait_s)
    point = _point(key)
    told: dict[str, Any] = {"open": point is not None}
    if point is not None:
        chosen = read_options(point.definition)
        told |= {
            "trigger": chosen.trigger.value,
            "after": chosen.after,
            "every_days": chosen.every_days,
            "most_closes": chosen.most_closes,
        }
    return JsonResponse(told, headers={"Cache-Control": _MINUTES, **_SHARED})


# Nothing in it is about anybody, and any page may load it.
_SHARED: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def _for_sites(limit: AddressLimit) -> Callable[[View], Callable[[HttpRequest, str], HttpResponse]]:
    """Answer the pages that may show the pop-up, and no other, in the language that they ask for."""

    def mark(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, key: str) -> HttpResponse:
            wait_s = limit.take(request)
            if wait_s:
                return _told_to(request, too_often(wait_s))
            point = _point(key)
            if point is None:
                return _told_to(request, JsonResponse({"show": False}))
            chosen = read_options(point.definition)
            if not _may_stand(request, chosen):
                return JsonResponse({"show": False}, status=403)
            language = _language(request, point)
            with translation.override(language if language in languages.CODES else "en"):
                answer = view(request, point, chosen, language)
            answer["Content-Language"] = language
            return _told_to(request, answer)

        return answered

    return mark


@csrf_exempt  # nobody is signed in, and no cookie is looked at
@open_to_all
@require_POST
@sensitive_post_parameters()
@_for_sites(_LOOKS)
def ask(request: HttpRequest, point: Point, chosen: PopupOptions, language: str) -> HttpResponse:
    """What to show, if anything: the trigger has come, or somebody asked for it."""
    now = datetime.now(UTC)
    audience = _audience(request, point, now)
    if audience is Audience.MEMBER:
        return JsonResponse({"show": False})
    try:
        html = _drawn(request, point, chosen, language, audience, now)
    except NoCodeLeftError:
        return JsonResponse({"show": False})
    look = popup_pages.look_of(chosen, point.definition, language)
    return JsonResponse({"show": True, "html": html, "who": audience.value, **look})


@csrf_exempt  # nobody is signed in, and the ticket in the page is used up by what is sent
@open_to_all
@require_POST
@sensitive_post_parameters()
@_for_sites(_SUBMISSIONS)
def send(request: HttpRequest, point: Point, chosen: PopupOptions, language: str) -> HttpResponse:
    if chosen.way is Way.TEXT:  # nothing is typed there
        return JsonResponse({"show": False}, status=404)
    now = datetime.now(UTC)
    read = form_fields.read(request.POST, point.definition, point.program, now)
    try:
        ticket = read_ticket(request.POST.get("ticket", ""))
    except BadTicketError:
        notice = _("This page was open for long. Send it again.")
        return _again(request, point, language, read.typed.unticked(), notice)
    shown = points.by_digest(ticket.digest)
    if shown is None or (shown.id, ticket.language) != (point.id, language):
        notice = _("This page has changed since you opened it. Read it once more, and send it again.")
        return _again(request, point, language, read.typed.unticked(), notice)
    if request.POST.get(form_fields.TRAP):
        notice = _("Something filled in a field that people do not see. Send it again.")
        return _again(request, point, language, read.typed, notice)
    if (now - ticket.given_at).total_seconds() < LEAST_S:
        notice = _("That went very fast. Send it again.")
        return _again(request, point, language, read.typed, notice, since=ticket.given_at)
    if read.typed.errors or read.number is None:
        return _again(request, point, language, read.typed, since=ticket.given_at)
    page = page_address(request.POST.get("page", ""), _sites(request, chosen))
    probe = forms.fitting_probe(request.POST.get("probe", ""), nonce=ticket.nonce, point=shown)
    submission = Submission(
        point=shown,
        language=language,
        number=read.number,
        nonce=ticket.nonce,
        source=source_of(request),
        name=read.typed.name,
        categories=read.categories,
        said_age=read.said_age,
        probe=replace(probe, url=page) if probe is not None and page else None,
        route=popups.ROUTE,
        page=page,
    )
    return _take(request, submission, read.typed, now)


def _take(request: HttpRequest, sent: Submission, typed: Typed, now: datetime) -> HttpResponse:
    here = store()
    when = asking_hours.asking_time_of(sent.point, sent.number, now)
    is_lawful = when is None or when.at is not None
    may_ask = is_lawful and (when is None or not _ASKS.take(request))
    try:
        taken = forms.take(here, sent, now, may_ask=may_ask)
    except UsedTicketError:
        notice = _("This page was sent before. Look at it once more, and send it again.")
        return _again(request, sent.point, sent.language, typed.unticked(), notice)
    except NoCodeLeftError:
        taken = Taken(next=Next.BUSY)
    if taken.next is Next.BUSY:
        busy = _("So many people are signing up just now that we cannot text you. Try again in an hour.")
        notice = busy if is_lawful else asking_hours.not_now()
        return _again(request, sent.point, sent.language, typed, notice)
    context = popup_pages.context_of(
        sent.point.definition, sent.point.program, sent.language, Audience.NOBODY
    )
    context |= {"next": taken.next.value}
    if taken.next is Next.ASKED and when is not None:
        context |= asking_hours.context_of(asking_hours.written(when, now).get("t", ""))
    if taken.code is not None:
        context |= popup_pages.code_context(taken.code)
    return JsonResponse({"done": True, "html": render_to_string("public/popup_answered.html", context)})


def _again(
    request: HttpRequest,
    point: Point,
    language: str,
    typed: Typed,
    notice: str = "",
    *,
    since: datetime | None = None,
) -> HttpResponse:
    """The same once more, with what is wrong. `since`: as on a form's page."""
    chosen, typed = read_options(point.definition), replace(typed, notice=notice)
    is_reader = request.POST.get("who") == Audience.READER.value
    audience = Audience.READER if is_reader else Audience.NOBODY
    html = _drawn(request, point, chosen, language, audience, since or datetime.now(UTC), typed)
    return JsonResponse({"done": False, "html": html}, status=422)


def _drawn(
    request: HttpRequest,
    point: Point,
    chosen: PopupOptions,
    language: str,
    audience: Audience,
    now: datetime,
    typed: Typed = NOTHING,
) -> str:
    """What stands in the dialog, with a ticket or a code of its own. Raises NoCodeLeftError."""
    ticket, nonce = give_ticket(point.digest, language, now)
    context = popup_pages.context_of(point.definition, point.program, language, audience, typed)
    if chosen.way is Way.TEXT:
        page = page_address(request.POST.get("page", ""), _sites(request, chosen))
        code = popups.show_text(store(), point, language, nonce, now, source=source_of(request), page=page)
        context |= popup_pages.code_context(code)
    else:
        context |= {
            "ticket": ticket,
            "nonce": nonce,
            "digest": point.digest,
            "source": source_of(request),
        }
    return render_to_string("public/popup.html", context)


def _audience(request: HttpRequest, point: Point, now: datetime) -> Audience:
    """By a token of the site's server; or by the page's own word, which is about its words and about nobody."""
    who = request.POST.get("who", "")
    if who in tuple(Audience):
        return Audience(who)
    return popups.audience_of(store(), point, who, now)


def _point(key: str) -> Point | None:
    try:
        point = points.find(key)
    except NoSuchPointError:
        return None
    return point if point.definition.kind is PointKind.POPUP else None


def _sites(request: HttpRequest, chosen: PopupOptions) -> tuple[str, ...]:
    return (*chosen.origins, own_origin(request))


def _may_stand(request: HttpRequest, chosen: PopupOptions) -> bool:
    return request.headers.get("Origin", "") in _sites(request, chosen)


def _told_to(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let the page read it, without cookies. Whose page that is was looked at before anything is told."""
    answer["Access-Control-Allow-Origin"] = request.headers.get("Origin", "null")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Vary"] = "Origin"
    return answer


def _language(request: HttpRequest, point: Point) -> str:
    """The page's, where the point speaks it; or else the program's own."""
    known = spoken(point.definition, point.program)
    wanted = request.POST.get("lang", "").lower()[:2]
    own = point.program.default_language
    return next((each for each in (wanted, own) if each in known), known[0])
