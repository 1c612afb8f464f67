"""`/api/collect/<point>`: a shop's own server tells of the box at its checkout, with a key for that one point."""

from datetime import UTC, datetime
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from yesword.collect import checkout
from yesword.collect.checkout import (
    BadCallError,
    FixedLineError,
    OtherWordingError,
    ReusedKeyError,
    UnknownKeyError,
)
from yesword.collect.reversing import NoCodeLeftError
from yesword.domain.collecting.hooks import UnreadableHookError, parse
from yesword.web.access import open_to_all
from yesword.web.hooks.problems import problem, told
from yesword.web.hooks.receiving import TooLargeError
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, limited

_MOST_BYTES: Final = 10_000
_MOST_KEY: Final = 255
_CALLS: Final = AddressLimit(per_second=50, burst=500)


@csrf_exempt  # a server calls, with a key
@open_to_all
@require_POST
@sensitive_post_parameters()
@limited(_CALLS)
def collect(request: HttpRequest, key: str) -> HttpResponse:
    now = datetime.now(UTC)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    try:
        point = checkout.point_of(key, secret.strip() if scheme.lower() == "bearer" else "")
        raw = request.body
        if len(raw) > _MOST_BYTES:
            return problem(413, TooLargeError(most=_MOST_BYTES))
        call = checkout.read(point, parse(raw), now)
        answer = checkout.take(
            store(), call, request.headers.get("Idempotency-Key", "")[:_MOST_KEY], raw, now
        )
    except UnknownKeyError as error:
        wrong = problem(401, error)
        wrong["WWW-Authenticate"] = "Bearer"
        return wrong
    except RequestDataTooBig:
        return problem(413, TooLargeError(most=_MOST_BYTES))
    except UnreadableHookError as error:
        return problem(400, error)
    except (BadCallError, FixedLineError, OtherWordingError, ReusedKeyError) as error:
        return problem(422, error)
    except NoCodeLeftError as error:
        busy = problem(503, error)
        busy["Retry-After"] = "300"
        return busy
    return told(answer)
