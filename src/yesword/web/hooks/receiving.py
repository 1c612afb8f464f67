"""`/hooks/<key>`: calls of shops, advertisers' networks and systems for applications.

First the size, then the signature over the raw body, and only then is anything read. A call that is refused leaves a
count and the code of the error, and nothing of what it said; the ping of a new webhook, which WooCommerce does not sign,
leaves nothing at all. An end of consent, and of what texts inform about, is drained before it is acknowledged.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, assert_never

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.collect import calls, lead_ads, sources, told_applications
from yesword.collect.hearsay import NOTHING, Heard
from yesword.collect.sources import NoSuchSourceError, Source
from yesword.domain import standard_webhooks
from yesword.domain.collecting.hooks import MOST_BYTES, Provider, UnreadableHookError
from yesword.domain.collecting.providers import (
    ats,
    google,
    greenhouse,
    meta,
    shopify,
    tiktok,
    woocommerce,
)
from yesword.domain.errors import YeswordError
from yesword.domain.standard_webhooks import BadSignatureError, StaleError
from yesword.sending.draining import drain_all, drain_closed
from yesword.web.access import open_to_all
from yesword.web.hooks.problems import problem, told
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, limited

_CALLS: Final = AddressLimit(per_second=50, burst=1000)  # networks call from few addresses
_TAKEN: Final = '{"taken":true}'


class TooLargeError(YeswordError):
    """What was sent is longer than {most} bytes. Send less at once."""

    code = "hook_too_large"


class TryAgainError(YeswordError):
    """It stands, and a text to this person is still being handed over. Call again in a few seconds."""

    code = "hook_try_again"


@csrf_exempt  # it is signed, and no browser sends it
@open_to_all
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@limited(_CALLS)
def receive(request: HttpRequest, key: str) -> HttpResponse:
    here, now = store(), datetime.now(UTC)
    try:
        source = sources.find(here, key)
    except NoSuchSourceError as error:
        return problem(404, error)
    try:
        if request.method == "GET":
            return _challenge(source, request)
        headers, body = _headers(request), body_of(request, MOST_BYTES)
        if source.provider is Provider.WOOCOMMERCE and woocommerce.is_ping(headers, body):
            return told(_TAKEN)
        heard = _take(source, headers, body, now)
    except (BadSignatureError, StaleError) as error:
        return _refused(source, 401, error, now)
    except UnreadableHookError as error:
        return _refused(source, 400, error, now)
    except TooLargeError as error:
        return _refused(source, 413, error, now)
    sources.note_received(source.id, now)
    if not (drain_all(here, heard.ended) and drain_closed(here, heard.closed)):
        answer = problem(503, TryAgainError())
        answer["Retry-After"] = "5"
        return answer
    return told(_TAKEN)


def _challenge(source: Source, request: HttpRequest) -> HttpResponse:
    """Meta proves an address by a GET. Of the others nobody asks so."""
    if source.provider is not Provider.META:
        raise UnreadableHookError(what="it is no POST")
    answer = meta.challenge({name: str(value) for name, value in request.GET.items()}, source.secrets.verify)
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


def body_of(request: HttpRequest, most: int) -> bytes:
    """Its bytes as they came. Raises TooLargeError, before anything is read where the length says so."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most:
        raise TooLargeError(most=most)
    try:
        body = request.body
    except RequestDataTooBig:
        raise TooLargeError(most=most) from None
    if len(body) > most:
        raise TooLargeError(most=most)
    return body


def _headers(request: HttpRequest) -> Mapping[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _take(source: Source, headers: Mapping[str, str], body: bytes, at: datetime) -> Heard:
    """Prove who calls, read what they say, and take it. Raises BadSignatureError, StaleError, UnreadableHookError."""
    here, secret, fields = store(), source.secrets.secret, source.fields
    match source.provider:
        case Provider.SHOPIFY:
            shopify.SIGNATURE.check(secret, headers, body)
            people = shopify.read(headers, body, fields)
            return calls.take(here, source, people, headers.get(shopify.DELIVERY, ""), at)
        case Provider.WOOCOMMERCE:
            woocommerce.SIGNATURE.check(secret, headers, body)
            people = woocommerce.read(headers, body, fields)
            return calls.take(here, source, people, headers.get(woocommerce.DELIVERY, ""), at)
        case Provider.META:
            meta.SIGNATURE.check(secret, headers, body)
            with here.database.write() as session:
                lead_ads.note(session, source, meta.read(body), at)
            return NOTHING
        case Provider.GOOGLE:
            google.check(secret, body)
            return lead_ads.take(here, source, google.read(body, fields), at)
        case Provider.TIKTOK:
            tiktok.check(secret, headers, body, at)
            return lead_ads.take(here, source, tiktok.read(body, fields), at)
        case Provider.GREENHOUSE:
            greenhouse.SIGNATURE.check(secret, headers, body)
            people = greenhouse.read(headers, body, fields)
            return told_applications.take(here, source, people, headers.get(greenhouse.DELIVERY, ""), at)
        case Provider.ATS:
            delivery = standard_webhooks.check(secret, headers, body, at)
            return told_applications.take(here, source, ats.read(headers, body, fields), delivery, at)
    assert_never(source.provider)


def _refused(source: Source, status: int, error: YeswordError, at: datetime) -> HttpResponse:
    sources.note_refused(source.id, error.code, at)
    return problem(status, error)
