"""The page behind the link of a question: what was asked for, in full, one button that says yes, and one that says never.

To look answers nothing, so neither previews nor scanners that follow every link can. The word in the address is the
secret, so the buttons work without cookies. A link answers its one question once, and opens nothing else.
"""

from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yesword.sending import link_answers
from yesword.sending.link_answers import Answered, Question
from yesword.web.access import open_to_all
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.languages import CODES, NAMES, direction_of
from yesword.web.limiting import TokenBuckets, address_key, too_often
from yesword.web.public.leave import AFTER_WORDS, POLICY

# Whoever has a link is counted by the link alone, for whole towns come from one address of a mobile carrier.
_ONE_LINK: Final = TokenBuckets(per_second=1, burst=30)
_MISSES: Final = TokenBuckets(per_second=0.2, burst=30)


@csrf_exempt
@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, word: str) -> HttpResponse:
    word = word.rstrip(AFTER_WORDS)
    now = datetime.now(UTC)
    found = link_answers.find(store(), word, now)
    with translation.override(_language(request, found)):
        if found is None:
            wait_s = _MISSES.take(address_key(request))
            answer = too_often(wait_s) if wait_s else render(request, "public/confirm_none.html", status=404)
        else:
            wait_s = _ONE_LINK.take(found.link.digest.hex())
            answer = too_often(wait_s) if wait_s else _page(request, word, found, now)
        answer["Content-Language"] = get_language() or "en"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = POLICY
    return answer


def _page(request: HttpRequest, word: str, question: Question, at: datetime) -> HttpResponse:
    said = request.POST.get("answer", "") if request.method == "POST" else ""
    if question.is_over or said not in set(Answered):
        return _shown(request, word, question)
    answer = link_answers.say_yes if said == Answered.YES else link_answers.say_never
    if not answer(store(), question, at):  # somebody was faster by a moment
        return render(request, "public/confirm_over.html", _frame(word, question), status=410)
    return render(request, "public/confirm_done.html", {**_frame(word, question), "said": said})


def _shown(request: HttpRequest, word: str, question: Question) -> HttpResponse:
    if question.is_over:
        return render(request, "public/confirm_over.html", _frame(word, question), status=410)
    return render(request, "public/confirm.html", _frame(word, question))


def _frame(word: str, question: Question) -> dict[str, object]:
    language = get_language()
    program = question.program
    return {
        "word": word,
        "here": f"?lang={language}",
        "brand": program.brand_name,
        "program": program,
        "number": masked(question.contact.number),
        "words": question.words,
        "words_language": question.language,
        "words_direction": direction_of(question.language),
        "languages": [(code, name, code == language) for code, name in NAMES],
    }


def _language(request: HttpRequest, found: Question | None) -> str:
    """The one that was asked for, or else that of the question, or else the browser's."""
    theirs = found.language[:2] if found else ""
    return next(
        (each for each in (request.GET.get("lang", ""), theirs) if each in CODES), get_language() or "en"
    )
