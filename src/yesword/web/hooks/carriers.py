"""`/carriers/<account>/<word>`: HTTP providers bring texts and delivery reports.

First the size, then the provider's proof over the raw body and the public address, and only then is anything read. A
success is answered once everything in the call is stored, and every stop in it drained: till then the provider calls
again, and what it brings twice is the same item. Of a call that brings several, each that can be read is stored, whatever
the others are.
"""

from datetime import UTC, datetime
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.channels.http import Call, take
from yesword.channels.http.provider import (
    BadCallError,
    StaleCallError,
    UnprovenCallError,
    UnreadableCallError,
)
from yesword.domain.errors import YeswordError
from yesword.sending import carriers, taking
from yesword.sending.carriers import NoSuchCarrierAddressError
from yesword.web.access import open_to_all
from yesword.web.hooks.problems import problem
from yesword.web.hooks.receiving import TooLargeError, body_of
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, TokenBuckets, address_key, limited, too_often

log = structlog.get_logger("yesword.carriers")

MOST_BYTES: Final = 256 * 1024
_CALLS: Final = AddressLimit(per_second=3000, burst=20_000)  # a provider calls from few addresses
_STRANGERS: Final = TokenBuckets(per_second=5, burst=100)  # calls that prove nothing
_AGAIN_S: Final = "5"


class NotStoredError(YeswordError):
    """What the call brings is not stored yet, or a text that it stops is still being handed over. Call again."""

    code = "carrier_call_again"


@csrf_exempt  # it is proven, and no browser sends it
@open_to_all
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@limited(_CALLS)
def receive(request: HttpRequest, account: str, word: str) -> HttpResponse:
    here, now = store(), datetime.now(UTC)
    try:
        body = body_of(request, MOST_BYTES)
        carrier = carriers.called(here, account, word)
        query = request.META.get("QUERY_STRING", "")
        call = Call(
            method=request.method or "",
            url=carrier.setup.callback_url + (f"?{query}" if query else ""),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            at=now,
        )
        taken = take(carrier.provider, call)
    except TooLargeError as error:
        return problem(413, error)
    except NoSuchCarrierAddressError as error:
        return _refused(request, 404, error, account)
    except (UnprovenCallError, StaleCallError) as error:
        return _refused(request, 401, error, account)
    except BadCallError as error:
        log.warning("carrier_call_refused", account=account, code=error.code)
        return problem(400, error)
    except (YeswordError, OSError) as error:
        # The account is set up wrongly. The provider keeps what it has, and brings it once that is mended.
        code = error.code if isinstance(error, YeswordError) else type(error).__name__
        log.error("carrier_account_broken", account=account, code=code)  # noqa: TRY400 - told, no traceback
        return _again()
    if not all(taking.take_called(here, carrier.account, taken.items)):
        return _again()
    if taken.unread:
        log.warning("carrier_items_refused", account=account, count=len(taken.unread))
        return problem(400, UnreadableCallError(what=taken.unread[0]))
    return HttpResponse(taken.answer.body, status=taken.answer.status, content_type=taken.answer.content_type)


def _refused(request: HttpRequest, status: int, error: YeswordError, account: str) -> HttpResponse:
    """The same for every stranger; one that knocks on and on is asked to wait."""
    if wait_s := _STRANGERS.take(address_key(request)):
        return too_often(wait_s)
    if status == 401:
        log.warning("carrier_call_refused", account=account, code=error.code)
    return problem(status, error)


def _again() -> HttpResponse:
    answer = problem(503, NotStoredError())
    answer["Retry-After"] = _AGAIN_S
    return answer
