"""Forms: the page that asks, what is sent from it, and what it says then. No account, no cookie, no script needed.

Whether a number is known here can be told from none of these answers.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.collect import application_forms, forms, invitations, points, repeats
from yesword.collect.application_forms import Answers
from yesword.collect.forms import Next, Submission, Taken
from yesword.collect.invitations import Invited, Opens
from yesword.collect.points import NoSuchPointError, Point
from yesword.collect.reversing import Code, NoCodeLeftError
from yesword.collect.tickets import UsedTicketError
from yesword.domain.collecting.points import PointKind
from yesword.store import models
from yesword.store.invitations import Step
from yesword.web import languages, qr
from yesword.web.access import open_to_all
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, TokenBuckets, limited, neighbour_key
from yesword.web.public import asking_hours, crowds, form_fields
from yesword.web.public.form_pages import (
    NOTHING,
    BadTicketError,
    Ticket,
    Typed,
    accent_style,
    context_of,
    countries_of,
    give_ticket,
    other_languages,
    read_ticket,
    spoken,
)

LEAST_S: Final = 2.0  # nobody reads a page and types a number faster
_CODE_SALT: Final = "yesword.web.public.forms.code"
_FOREVER: Final = "public, max-age=31536000, immutable"
_COLOUR: Final = re.compile(r"[0-9a-f]{6}")
_TAG: Final = re.compile(r"[A-Za-z0-9-]{1,12}")

_PAGES: Final = AddressLimit(per_second=10, burst=200)
_CHECKS: Final = AddressLimit(per_second=2, burst=60)
_SUBMISSIONS: Final = AddressLimit(per_second=1 / 20, burst=20)
# What each address gets besides, when it or its network has asked too often: a page, and no submission.
_NEIGHBOURS: Final = TokenBuckets(per_second=1 / 10, burst=10)
# Fewer a day than it takes to trip a point's breaker, so that no network stops a form for the others, and no address for
# its network.
_ASKS: Final = AddressLimit(per_second=1 / 5400, burst=8, network=TokenBuckets(per_second=1 / 3600, burst=12))

Page = Callable[[HttpRequest, Point, str], HttpResponse]


def _of_point(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Find the point, and speak the language of whoever looks."""

    def found(request: HttpRequest, key: str) -> HttpResponse:
        try:
            point = points.find(key)
        except NoSuchPointError:
            return _closed(request, key)
        language = _language(request, point)
        with translation.override(language if language in languages.CODES else "en"):
            answer = page(request, point, language)
        answer["Content-Language"] = language
        return answer

    return found


@csrf_exempt  # nobody is signed in, and the ticket in the page is used up by what is sent
@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def page(request: HttpRequest, key: str) -> HttpResponse:
    # Before anything is looked at: who asks too often costs next to nothing.
    is_sent = request.method == "POST"
    wait_s = (_SUBMISSIONS if is_sent else _PAGES).take(request)
    if wait_s and _NEIGHBOURS.take(neighbour_key(request)):
        return crowds.bare_page(request, wait_s)
    return crowds.told_to_wait(_kept(request, key), wait_s) if wait_s and is_sent else _page(request, key)


@_of_point
def _page(request: HttpRequest, point: Point, language: str) -> HttpResponse:
    _must_be_form(point)
    return (_send if request.method == "POST" else _show)(request, point, language)


@_of_point
def _kept(request: HttpRequest, point: Point, language: str) -> HttpResponse:
    """What was sent is not taken, and stands on the page once more. It is not kept, and nobody is looked up."""
    _must_be_form(point)
    now = datetime.now(UTC)
    typed = form_fields.read(request.POST, point.definition, point.program, now).typed
    try:
        ticket: Ticket | None = read_ticket(request.POST.get("ticket", ""))
    except BadTicketError:
        ticket = None
    if ticket is None or (ticket.digest, ticket.language) != (point.digest, language):
        typed = typed.unticked()
    typed = replace(typed, errors={}, notice=crowds.notice())
    way = crowds.by_text(point, language)
    since = None if ticket is None else ticket.given_at
    return _show(request, point, language, typed, 429, since, way)


@csrf_exempt
@open_to_all
@require_POST
@sensitive_post_parameters()
@limited(_CHECKS)
@_of_point
def number(request: HttpRequest, point: Point, language: str) -> HttpResponse:  # noqa: ARG001 - all pages take one
    """Whether what is being typed is a number, as one line of text. It is not kept, and nobody is looked up."""
    countries = countries_of(point.definition, point.program)
    typed = request.POST.get("country", "")
    country = typed if typed in countries else countries[0]
    found, wrong = form_fields.read_number(request.POST.get("number", ""), country, countries)
    said = wrong if found is None else _("This number can be texted.")
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=422 if found is None else 200)


@open_to_all
@require_safe
def answered(request: HttpRequest, key: str) -> HttpResponse:
    wait_s = _PAGES.take(request)
    is_refused = wait_s and _NEIGHBOURS.take(neighbour_key(request))
    return crowds.bare_page(request, wait_s) if is_refused else _answered(request, key)


@_of_point
def _answered(request: HttpRequest, point: Point, language: str) -> HttpResponse:
    """What comes next, at an address that can be loaded again. It holds no number."""
    code = _code(request.GET.get("c", ""))
    context = context_of(point.definition, point.program, language)
    context |= {"next": (Next.CODE if code else _next(request)).value, "code": code, "key": point.key}
    context |= (
        asking_hours.context_of(request.GET.get("t", "")) if context["next"] == Next.ASKED.value else {}
    )
    if code is not None:
        context["link"] = qr.text_link(code.sender, code.text)
        label = _("Text %(text)s to %(sender)s") % {"text": code.text, "sender": code.sender}
        context["drawing"] = qr.drawing(qr.text_code(code.sender, code.text), label)
        context["is_over"] = code.expires_at < datetime.now(UTC)
    return render(request, "public/form_answered.html", context)


@open_to_all
@require_safe
def accent(request: HttpRequest, colour: str) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """A brand's colour as a style sheet: the pages allow no style within them."""
    if not _COLOUR.fullmatch(colour):
        raise Http404
    return HttpResponse(
        accent_style(f"#{colour}"),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": _FOREVER},
    )


def _must_be_form(point: Point) -> None:
    if point.definition.kind not in (PointKind.FORM, PointKind.EMAIL, PointKind.APPLICATION):
        raise Http404


def _show(
    request: HttpRequest,
    point: Point,
    language: str,
    typed: Typed = NOTHING,
    status: int = 200,
    since: datetime | None = None,
    way: Mapping[str, Any] = MappingProxyType({}),
) -> HttpResponse:
    """`since`: when they got the page that they now correct; nobody has to read it as slowly a second time."""
    ticket, nonce = give_ticket(point.digest, language, since or datetime.now(UTC))
    source, who = source_of(request), _invited(request, point)
    if not typed.country:
        typed = Typed(
            country=_guess(request, point),
            name=who.name if who else "",
            job=request.GET.get("job", "").strip()[: form_fields.LONGEST],
        )
    if who is not None and request.method == "GET":
        invitations.note(store(), _word(request), Opens.PAGE, Step.CLICKED, datetime.now(UTC))
    word = f"&i={_word(request)}" if who else ""
    word += f"&{urlencode({'job': typed.job})}" if typed.job else ""
    query = f"?lang={language}"
    context = {
        **context_of(point.definition, point.program, language, typed),
        **way,
        "key": point.key,
        "digest": point.digest,
        "ticket": ticket,
        "nonce": nonce,
        "source": source,
        "action": reverse("public:form", args=[point.key]) + query,
        "check": reverse("public:form-number", args=[point.key]) + query,
        "languages": [(*each, f"{url}{word}") for *each, url in other_languages(point, language, source)],
        "invited": _word(request) if who else "",
        "known_number": who.masked if who else "",
        "written_to": who.mail if who and not who.masked else "",
    }
    return render(request, "public/form.html", context, status=status)


def _send(request: HttpRequest, point: Point, language: str) -> HttpResponse:
    now = datetime.now(UTC)
    data: QueryDict = request.POST.copy()
    who = _invited(request, point)
    is_known = who is not None and who.number is not None and not data.get("number", "").strip()
    if is_known and who is not None and who.number is not None:
        data["number"] = who.number.e164
    read = form_fields.read(data, point.definition, point.program, now)
    if is_known:  # whoever was passed the letter on must not be shown it
        read = replace(read, typed=replace(read.typed, number=""))
    try:
        ticket = read_ticket(request.POST.get("ticket", ""))
    except BadTicketError:
        return _again(
            request, point, language, read.typed.unticked(), _("This page was open for long. Send it again.")
        )
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
    if read.typed.errors:
        return _again(request, point, language, read.typed, since=ticket.given_at)
    if read.number is None:  # a no without a number: there is nothing to remember it by, and nothing to send
        return _onward(point, {"lang": language, "next": Next.NOTED.value})
    submission = Submission(
        point=shown,
        language=language,
        number=read.number,
        nonce=ticket.nonce,
        source=source_of(request),
        name=read.typed.name,
        categories=read.categories,
        said_age=read.said_age,
        probe=forms.fitting_probe(request.POST.get("probe", ""), nonce=ticket.nonce, point=shown),
        route=invitations.ROUTE if who else "form",
    )
    return _take(request, submission, read.answers, read.typed, ticket, who)


def _take(
    request: HttpRequest,
    sent: Submission,
    answers: Answers | None,
    typed: Typed,
    ticket: Ticket,
    who: Invited | None,
) -> HttpResponse:
    here, now = store(), datetime.now(UTC)
    has_yes = answers is None or answers.has_yes
    when = None if not has_yes else asking_hours.asking_time_of(sent.point, sent.number, now)
    is_lawful = when is None or when.at is not None
    try:
        taken = repeats.taken(here, sent, answers, now)
        if taken is None:
            may_ask = is_lawful and (when is None or not _ASKS.take(request))
            taken = _taken(sent, answers, now, may_ask=may_ask)
    except UsedTicketError:
        notice = _("This page was sent before. Look at it once more, and send it again.")
        return _again(request, sent.point, ticket.language, typed.unticked(), notice)
    except NoCodeLeftError:
        return _busy(request, sent, typed)
    if taken.next is Next.BUSY:
        return _busy(request, sent, typed, "" if is_lawful else asking_hours.not_now())
    if who is not None:
        invitations.note_sign_up(
            here, who, sent.number, now, is_passed_on=bool(request.POST.get("passed_on"))
        )
    asked = {"lang": sent.language}
    if taken.code is not None:
        asked["c"] = _written(taken.code)
    else:
        asked["next"] = taken.next.value
        asked |= asking_hours.written(when, now) if when is not None and taken.next is Next.ASKED else {}
    return _onward(sent.point, asked)


def _taken(sent: Submission, answers: Answers | None, now: datetime, *, may_ask: bool) -> Taken:
    """Raises UsedTicketError, NoCodeLeftError."""
    try:
        if answers is None:
            return forms.take(store(), sent, now, may_ask=may_ask)
        return application_forms.take(store(), sent, answers, now, may_ask=may_ask)
    except UsedTicketError:
        first = repeats.taken(store(), sent, answers, now)  # the two came at once
        if first is None:
            raise
        return first


def _onward(point: Point, asked: dict[str, str]) -> HttpResponse:
    answer = HttpResponse(status=303)
    answer["Location"] = f"{reverse('public:form-answered', args=[point.key])}?{urlencode(asked)}"
    return answer


def _again(
    request: HttpRequest,
    point: Point,
    language: str,
    typed: Typed,
    notice: str = "",
    *,
    since: datetime | None = None,
) -> HttpResponse:
    return _show(request, point, language, replace(typed, notice=notice), status=422, since=since)


def _busy(request: HttpRequest, sent: Submission, typed: Typed, why: str = "") -> HttpResponse:
    notice = why or _("So many people are signing up just now that we cannot text you. Try again in an hour.")
    answer = _again(request, sent.point, sent.language, typed, notice)
    answer.status_code = 503
    answer["Retry-After"] = "3600"
    return answer


def _closed(request: HttpRequest, key: str) -> HttpResponse:
    if not models.CollectionPoint.objects.filter(key=key, version__gt=0).exists():
        raise Http404
    return render(request, "public/form_closed.html", status=410)


def _language(request: HttpRequest, point: Point) -> str:
    """The one that was asked for, or else the browser's, or else the program's own."""
    known = spoken(point.definition, point.program)
    wanted = request.GET.get("lang") or get_language_from_request(request)[:2]
    return wanted if wanted in known else _first(point.program.default_language, known)


def _first(wanted: str, known: tuple[str, ...]) -> str:
    return wanted if wanted in known else known[0]


def _guess(request: HttpRequest, point: Point) -> str:
    """The country of the browser's language where the form serves it, such as BE of nl-BE; or else its first."""
    countries = countries_of(point.definition, point.program)
    asked = re.findall(r"[a-z]{2}-([A-Z]{2})", request.headers.get("Accept-Language", ""))
    return next((each for each in asked if each in countries), countries[0])


def source_of(request: HttpRequest) -> str:
    """The tag of the link, if it is one: anything else would end up in records."""
    tag = request.POST.get("s") or request.GET.get("s") or ""
    return tag if _TAG.fullmatch(tag) else ""


def _word(request: HttpRequest) -> str:
    return request.POST.get("i") or request.GET.get("i") or ""


def _invited(request: HttpRequest, point: Point) -> Invited | None:
    """Whose letter led here, if one did, and to this very page."""
    who = invitations.invited(store(), _word(request), datetime.now(UTC)) if _word(request) else None
    return who if who is not None and who.point == point.key else None


def _next(request: HttpRequest) -> Next:
    said = request.GET.get("next")
    return next((each for each in (Next.DONE, Next.NOTED) if said == each.value), Next.ASKED)


def _written(code: Code) -> str:
    """The code in the address: whoever has it can text it, and join with their own number."""
    said = [code.word, code.digits, code.sender, code.expires_at.timestamp()]
    return signing.dumps(said, salt=_CODE_SALT)


def _code(word: str) -> Code | None:
    try:
        said: list[Any] = signing.loads(word, salt=_CODE_SALT)
    except signing.BadSignature:
        return None
    return Code(word=said[0], digits=said[1], sender=said[2], expires_at=datetime.fromtimestamp(said[3], UTC))
