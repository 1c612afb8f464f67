"""A brand's own page tells us that somebody left there: `POST /api/leave` with the token that the link brought along.

The answer is 200 only once nothing that has ended is on its way any more.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.domain.errors import YeswordError
from yesword.domain.ids import to_text
from yesword.domain.leave_tokens import BadTokenError
from yesword.sending.leaving import Door, GoneError, leave, offers_program_only
from yesword.sending.own_pages import believed
from yesword.store import leave_answers
from yesword.store.leave_answers import LeaveAnswer, LeaveReason
from yesword.web.access import open_to_all
from yesword.web.installation import store
from yesword.web.limiting import TokenBuckets, address_key, too_often

_LONGEST: Final = (
    1_000_000  # bytes: a page may hand on all that somebody wrote, of which the beginning is kept
)
_MISSES: Final = TokenBuckets(per_second=0.2, burst=30)
_TRY_AGAIN_S: Final = 3


class BadRequestError(YeswordError):
    """The body is no JSON object with a "token" in it. Send {{"token": "…"}}."""

    code = "bad_request"


class BadScopeError(YeswordError):
    """The scope is neither "brand" nor "program". Leave it out to end everything of the brand. Nothing was changed."""

    code = "bad_leave_scope"


class NotDrainedError(YeswordError):
    """The stop stands, but a text is on its way at this moment. Ask again, and tell the person only then."""

    code = "try_again"


@csrf_exempt
@open_to_all
@require_http_methods(["POST"])
@sensitive_post_parameters()
def told(request: HttpRequest) -> HttpResponse:
    now = datetime.now(UTC)
    try:
        said = _body(request)
        who, language = believed(store(), str(said.get("token", "")), now)
        is_program_only = _is_program_only(said) and offers_program_only(who, now)
        left = leave(
            store(), who, now, door=Door.OWN_PAGE, language=language, is_program_only=is_program_only
        )
    except (BadRequestError, BadScopeError, BadTokenError) as error:
        wait_s = _MISSES.take(address_key(request))
        return too_often(wait_s) if wait_s else _problem(error, 400)
    except GoneError as error:
        return _problem(error, 410)
    if not left.is_drained:
        answer = _problem(NotDrainedError(), 503)
        answer["Retry-After"] = str(_TRY_AGAIN_S)
        return answer
    reason = _reason(said.get("reason"))
    if reason is not None or said.get("words"):
        kept = LeaveAnswer(
            event=left.event,
            program=who.program.id,
            campaign=who.link.campaign,
            said_at=now,
            reason=reason,
            words=str(said.get("words") or ""),
        )
        with store().database.write() as session:
            leave_answers.keep(store(), session, who.contact.brand, who.contact.id, kept)
    return JsonResponse(
        {
            "ended": "brand" if left.program is None else "program",
            "event": to_text("evt", left.event),
            "is_new": left.is_new,
        }
    )


def _is_program_only(said: Mapping[str, object]) -> bool:
    """`scope` names it; `program_only` is the older way. Anything else than these would end something that nobody meant."""
    scope = said.get("scope")
    if scope not in (None, "brand", "program"):
        raise BadScopeError
    return scope == "program" or (scope is None and said.get("program_only") is True)


def _reason(said: object) -> LeaveReason | None:
    return next((each for each in LeaveReason if each.value == said), None)


def _body(request: HttpRequest) -> Mapping[str, object]:
    if len(request.body) > _LONGEST:
        raise BadRequestError
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError from error
    if not isinstance(said, dict):
        raise BadRequestError
    return said


def _problem(error: YeswordError, status: int) -> HttpResponse:
    body = {"type": "about:blank", "title": error.message, "status": status, "code": error.code}
    return JsonResponse(body, status=status, content_type="application/problem+json")
