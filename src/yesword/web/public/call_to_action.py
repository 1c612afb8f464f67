"""How people are asked to join a program, for carriers and for anybody: where, in which words, and what they get then."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, get_language_from_request
from django.views.decorators.http import require_safe

from yesword.collect import points
from yesword.domain import composing
from yesword.domain.collecting.points import Confirming, PointKind
from yesword.domain.collecting.wordings import consent_text
from yesword.domain.ids import BrandId
from yesword.domain.programs import OptIn, Program
from yesword.store import models, programs
from yesword.web import languages
from yesword.web.access import open_to_all
from yesword.web.limiting import AddressLimit, limited
from yesword.web.public.addresses import origin
from yesword.web.public.form_pages import whole

_PAGES = AddressLimit(per_second=5, burst=100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One way in which consent is asked: what a place is called is for colleagues, and how many there are is theirs, too."""

    kind: PointKind
    confirming: Confirming
    wording: str
    urls: tuple[str, ...]  # whole, of the pages of ours among them


@open_to_all
@require_safe
@limited(_PAGES)
def page(request: HttpRequest, brand: str, program: str) -> HttpResponse:
    row = models.Brand.objects.filter(key=brand).first()
    found = None if row is None else programs.by_key(BrandId(row.pk), program)
    if row is None or found is None:
        raise Http404
    wanted = request.GET.get("lang") or get_language_from_request(request)[:2]
    language, texts = found.texts_in(wanted)
    with translation.override(language if language in languages.CODES else "en"):
        context = {
            "brand": found.brand_name,
            "address": row.address,
            "program": found,
            # Nobody can text a name.
            "keyword": found.keywords[0] if found.keywords and not composing.is_one_way(found) else "",
            "language": language,
            "frequency": composing.compose(texts.frequency, found, texts),
            "wording": composing.disclosure(found, language),
            "is_double": found.opt_in is OptIn.DOUBLE,
            "places": _places(request, found, language),
            "samples": [
                composing.compose(each, found, texts)
                for each in (texts.consent_request, texts.welcome, texts.help, texts.stop)
            ],
            "terms_url": whole(found.terms_url),
            "privacy_url": whole(found.privacy_url),
            "languages": [
                (code, dict(languages.NAMES).get(code, code), code == language) for code in found.languages
            ],
        }
        answer = render(request, "public/call_to_action.html", context)
        answer["Content-Language"] = get_language() or "en"
    return answer


def _places(request: HttpRequest, program: Program, language: str) -> list[Place]:
    rows = models.CollectionPoint.objects.filter(program_id=program.id, is_open=True, version__gt=0)
    found = [points.newest(row.pk) for row in rows.order_by("pk")]
    ways: dict[tuple[PointKind, Confirming, str], list[str]] = {}
    for point in found:
        if point is None:
            continue
        asked = point.definition
        # In a language that it does not speak nobody was shown anything there.
        shown_in = language if language in asked.languages else asked.languages[0]
        urls = ways.setdefault(
            (asked.kind, asked.confirming, consent_text(asked, point.program, shown_in)), []
        )
        if asked.kind in (PointKind.FORM, PointKind.APPLICATION):
            urls.append(_url(request, point.key))
    return [
        Place(kind=kind, confirming=confirming, wording=wording, urls=tuple(urls))
        for (kind, confirming, wording), urls in ways.items()
    ]


def _url(request: HttpRequest, key: str) -> str:
    return origin(request) + reverse("public:form", args=[key])
