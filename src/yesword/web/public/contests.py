"""The page of a contest: how to enter, until when, what a yes means, and how the winners are drawn. No account, no script.

Nobody can see here who entered.
"""

from datetime import UTC, datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yesword.collect import contest_draws, contest_refusals, contests
from yesword.collect.contest_refusals import NoSuchContestError
from yesword.collect.contests import Contest
from yesword.domain.collecting import contest_words, draw_files
from yesword.domain.collecting.contests import Answering, State
from yesword.domain.collecting.wordings import consent_text
from yesword.store import contests as rows
from yesword.web import languages, qr, votes
from yesword.web.access import open_to_all
from yesword.web.brands import zone_of
from yesword.web.installation import store
from yesword.web.limiting import AddressLimit, limited
from yesword.web.public.form_pages import whole

_PAGES: Final = AddressLimit(per_second=10, burst=200)
_FILES: Final = AddressLimit(per_second=1, burst=20)
_NAMES: Final = dict(languages.NAMES)


@open_to_all
@require_safe
@limited(_PAGES)
def page(request: HttpRequest, key: str) -> HttpResponse:
    contest = _announced(key)
    known = contest.definition.languages
    wanted = request.GET.get("lang") or get_language_from_request(request)[:2]
    language = wanted if wanted in known else known[0]
    with translation.override(language if language in languages.CODES else "en"):
        answer = render(request, "public/contest.html", context_of(contest, language, datetime.now(UTC)))
    answer["Content-Language"] = language
    return answer


@open_to_all
@require_safe
@limited(_FILES)
def file(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """What anybody needs to draw again: digests, and nothing about anybody."""
    contest = _announced(key)
    try:
        with store().database.read() as session:
            text = draw_files.write(contest_draws.exported(session, contest))
    except contest_refusals.NotClosedError as error:
        raise Http404 from error
    headers = {"Content-Disposition": f'attachment; filename="contest-{contest.key}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


def context_of(contest: Contest, language: str, at: datetime) -> dict[str, Any]:
    """All that the page shows. Call it with the language of the page active."""
    definition, program = contest.definition, contest.program
    with store().database.read() as session:
        state = contests.standing(session, contest, at)
        fixed, drawn = rows.commitment(session, contest.id), rows.drawn(session, contest.id)
        counts = contest_draws.results(session, contest).counts if definition.shows_results else None
    words = definition.wording_in(language)
    example = contest_words.example(definition)
    body = example.removesuffix("…") if definition.answering is Answering.FREE else example
    keyword, options = definition.keywords[0].upper(), definition.options_in(language)
    choices = [(f"{keyword} {each.word}", each.label) for each in options]
    spelled = program.texts_in(language)[1].confirm_words
    yes = spelled[0].upper() if definition.takes_yes else ""
    terms = consent_text(contest.point.definition, program, language) if contest.point else ""
    return {
        "contest": contest,
        "key": contest.key,
        "brand": program.brand_name,
        "program": program,
        "language": language,
        "words": words,
        "state": state.value,
        "is_open": state is State.OPEN,
        "zone": zone_of(program.brand_country),
        "closes_at": contest.closes_at,
        "choices": [(text, label, qr.text_link(program.sender, text)) for text, label in choices],
        "example": example,
        "link": qr.text_link(program.sender, body),
        "drawing": qr.drawing(
            qr.text_code(program.sender, "" if choices else body),
            _("A code for a camera, that opens a text to %(sender)s") % {"sender": program.sender},
        ),
        "entry": f"{keyword} …",
        "terms": terms,
        "yes_entry": f"{example} {yes}" if yes else "",
        "chart": None if counts is None else votes.chart(options, counts),
        "fixed": fixed,
        "drawn": drawn,
        "terms_url": whole(program.terms_url),
        "privacy_url": whole(program.privacy_url),
        "support": program.support,
        "languages": [
            (code, _NAMES.get(code, code), code == language, f"?lang={code}") for code in definition.languages
        ],
    }


def _announced(key: str) -> Contest:
    try:
        contest = contests.find(key)
    except NoSuchContestError as error:
        raise Http404 from error
    if not contest.is_announced:
        raise Http404
    return contest
