"""The page behind the link of a text: one button that ends the texts, and what may follow, all of it optional.

To look ends nothing, so neither previews nor scanners that follow every link can. The word in the address is the secret, so
the button works without cookies, and no form here takes a token against forgery. The link can only leave: preferences and
all that is held of the person take a code to the handset, see `leave_code`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yesword.consent.correcting import NoSuchStopError
from yesword.consent.taking_back import Instead, TooLateError
from yesword.domain import choosing
from yesword.domain.composing import is_one_way
from yesword.domain.events import SLIP, Preferences
from yesword.domain.ids import EventId, from_text, to_text
from yesword.domain.programs import Program
from yesword.sending import own_pages
from yesword.sending.leaving import (
    Door,
    GoneError,
    Holder,
    Left,
    holder,
    leave,
    offers_program_only,
    undo,
)
from yesword.store import contacts, leave_answers
from yesword.store.leave_answers import MOST_WORDS, LeaveAnswer, LeaveReason
from yesword.web.access import open_to_all
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.languages import CODES, NAMES
from yesword.web.leave_reasons import REASONS
from yesword.web.limiting import TokenBuckets, address_key, too_often

LOOKING: Final = ("GET", "HEAD")
SENDING: Final = ("POST",)

_ONE_CLICK: Final = "List-Unsubscribe"  # RFC 8058, section 3.1: the body that a program sends for the person
AFTER_WORDS: Final = ".,;:!?)'\"»”"  # what the sentence around a link may have left on it
POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_SAID: Final = "yesword.web.public.leave.said"
_SLIP: Final = "yesword.web.public.leave.slip"
_SAID_LASTS: Final = timedelta(hours=1)

# Whole towns come from one address of a mobile carrier, so whoever has a link is counted by the link alone.
_ONE_LINK: Final = TokenBuckets(per_second=1, burst=60)
_MISSES: Final = TokenBuckets(per_second=0.2, burst=30)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Reached:
    """What a link leads to."""

    word: str
    who: Holder

    @property
    def program(self) -> Program:
        return self.who.program


Page = Callable[[HttpRequest, Reached], HttpResponse]


def behind_a_word(page: Page, methods: Sequence[str]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open it to whoever holds a link that still works, in the person's language; all other words are answered alike."""

    @csrf_exempt
    @open_to_all
    @require_http_methods(methods)
    def opened(request: HttpRequest, word: str) -> HttpResponse:
        word = word.rstrip(AFTER_WORDS)
        found = holder(store(), word)
        with translation.override(_language(request, found)):
            if found is None:
                wait_s = _MISSES.take(address_key(request))
                answer = (
                    too_often(wait_s) if wait_s else render(request, "public/leave_none.html", status=404)
                )
            else:
                wait_s = _ONE_LINK.take(found.link.digest.hex())
                answer = too_often(wait_s) if wait_s else page(request, Reached(word=word, who=found))
            answer["Content-Language"] = get_language() or "en"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        answer["Referrer-Policy"] = "no-referrer"
        answer["Content-Security-Policy"] = POLICY
        return answer

    return opened


def _language(request: HttpRequest, found: Holder | None) -> str:
    """The one that was asked for, or else the person's, or else the browser's."""
    theirs = found.contact.language[:2] if found else ""
    return next(
        (each for each in (request.GET.get("lang", ""), theirs) if each in CODES), get_language() or "en"
    )


def frame(reached: Reached) -> dict[str, Any]:
    """What every page behind the link is given."""
    language = get_language()
    return {
        "word": reached.word,
        "here": f"?lang={language}",
        "brand": reached.program.brand_name,
        "program": reached.program,
        "number": masked(reached.who.contact.number),
        "languages": [(code, name, code == language) for code, name in NAMES],
    }


# --- leaving -------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, reached: Reached) -> HttpResponse:
    if request.method == "POST":
        return _leave(request, reached)
    now = datetime.now(UTC)
    elsewhere = own_pages.address(store(), reached.who, get_language() or "en", now)
    if elsewhere is not None:
        return HttpResponse(status=302, headers={"Location": elsewhere})
    return _asked(request, reached, "public/leave.html", now)


def _asked(
    request: HttpRequest, reached: Reached, template: str, at: datetime, status: int = 200
) -> HttpResponse:
    context = {**frame(reached), "offers_less": offers_program_only(reached.who, at)}
    return render(request, template, context, status=status)


def _leave(request: HttpRequest, reached: Reached) -> HttpResponse:
    now = datetime.now(UTC)
    is_one_click = _ONE_CLICK in request.POST
    is_program_only = request.POST.get("what") == "program" and offers_program_only(reached.who, now)
    try:
        left = leave(
            store(),
            reached.who,
            now,
            door=Door.ONE_CLICK if is_one_click else Door.PAGE,
            language=get_language() or "en",
            is_program_only=is_program_only,
        )
    except GoneError:
        return render(request, "public/leave_none.html", status=404)
    if not left.is_drained:
        answer = _asked(request, reached, "public/leave_again.html", now, status=503)
        answer["Retry-After"] = "3"
        return answer
    may_undo = left.may_undo and not is_one_click
    done = _done(request, reached, left, may_undo=may_undo)
    if may_undo:
        _remember_slip(done, reached, left.event)
    return done


def _done(request: HttpRequest, reached: Reached, left: Left, *, may_undo: bool) -> HttpResponse:
    context = {
        **frame(reached),
        "is_program_only": left.program is not None,
        "may_undo": may_undo,
        "minutes": int(SLIP.total_seconds()) // 60,
        "categories": reached.program.categories if len(reached.program.categories) > 1 else (),
        "reasons": REASONS,
        "most_words": MOST_WORDS,
        "said": signing.dumps([reached.who.link.digest.hex(), to_text("evt", left.event)], salt=_SAID),
    }
    return render(request, "public/leave_done.html", context)


page = behind_a_word(_page, (*LOOKING, *SENDING))


# --- a slip of the finger ------------------------------------------------------------------------------------


def _remember_slip(answer: HttpResponse, reached: Reached, event: EventId) -> None:
    """Let this browser, and no other, take it back once."""
    said = [reached.who.link.digest.hex(), to_text("evt", event)]
    answer.set_cookie(
        _cookie(),
        signing.dumps(said, salt=_SLIP),
        max_age=int(SLIP.total_seconds()),
        path=reverse("public:leave", args=[reached.word]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _undo(request: HttpRequest, reached: Reached) -> HttpResponse:
    now = datetime.now(UTC)
    event = _slip(request, reached)
    if event is None:
        return _refused(request, reached)
    try:
        undo(store(), reached.who, event, now, _instead(request, reached.program, now))
    except (NoSuchStopError, TooLateError):  # what was undone once is no stop any more
        return _refused(request, reached)
    chosen = request.POST.get("instead", "")
    program = reached.program
    context = {
        **frame(reached),
        "chosen": chosen if chosen in _CHOICES else "",
        "is_still_stopped": _is_stopped(reached),
        "start_at": "" if is_one_way(program) else program.sender,
    }
    answer = render(request, "public/leave_undone.html", context)
    answer.delete_cookie(_cookie(), path=reverse("public:leave", args=[reached.word]), samesite="Strict")
    return answer


def _is_stopped(reached: Reached) -> bool:
    """Whether another stop than the one that was taken back still stands: a STOP by text, say."""
    who = reached.who.contact.id
    with store().database.read() as session:
        state = contacts.standings(session, [who])[who].state
    return state.withdrawal_for(reached.program.id) is not None


def _refused(request: HttpRequest, reached: Reached) -> HttpResponse:
    """Used before, too late, or another browser: which it is, is nobody's business."""
    keyword = reached.program.keywords[0] if reached.program.keywords else ""
    context = {**frame(reached), "keyword": keyword, "can_be_texted": not is_one_way(reached.program)}
    return render(request, "public/leave_refused.html", context, status=403)


def _slip(request: HttpRequest, reached: Reached) -> EventId | None:
    try:
        link, event = signing.loads(request.COOKIES.get(_cookie(), ""), salt=_SLIP, max_age=SLIP)
    except (signing.BadSignature, ValueError):
        return None
    return _event(event) if link == reached.who.link.digest.hex() else None


_CHOICES: Final = ("fewer", "pause", "topics")


def _instead(request: HttpRequest, program: Program, at: datetime) -> Instead | None:
    """What was chosen in place of leaving. Nothing: all is as it was."""
    chosen = request.POST.get("instead", "")
    left_out = tuple(each for each in request.POST.getlist("without") if each in program.categories)

    def applied(before: Preferences) -> Preferences:
        if chosen == "pause":
            return choosing.paused(before, at)
        return choosing.fewer(before) if chosen == "fewer" else choosing.without(before, left_out)

    return applied if chosen in _CHOICES else None


def _cookie() -> str:
    return f"{'__Secure-' if settings.SESSION_COOKIE_SECURE else ''}yesword-slip"


take_back = behind_a_word(_undo, SENDING)


# --- why -----------------------------------------------------------------------------------------------------


def _why(request: HttpRequest, reached: Reached) -> HttpResponse:
    """Keep what they say. It changes nothing about what has ended, and no text follows from it."""
    event = _said_of(request, reached)
    if event is not None:
        reason = request.POST.get("reason", "")
        answer = LeaveAnswer(
            event=event,
            program=reached.program.id,
            campaign=reached.who.link.campaign,
            said_at=datetime.now(UTC),
            reason=LeaveReason(reason) if reason in set(LeaveReason) else None,
            words=request.POST.get("words", "").replace("\r\n", "\n"),
            wants_mail=bool(request.POST.get("mail")),
        )
        with store().database.write() as session:
            leave_answers.keep(store(), session, reached.who.contact.brand, reached.who.contact.id, answer)
    return render(request, "public/leave_thanks.html", frame(reached))


def _said_of(request: HttpRequest, reached: Reached) -> EventId | None:
    try:
        link, event = signing.loads(request.POST.get("said", ""), salt=_SAID, max_age=_SAID_LASTS)
    except (signing.BadSignature, ValueError):
        return None
    return _event(event) if link == reached.who.link.digest.hex() else None


def _event(written: str) -> EventId:
    return EventId(from_text("evt", written))


why = behind_a_word(sensitive_post_parameters("words")(_why), SENDING)
