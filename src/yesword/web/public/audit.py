"""An auditor's page, behind a random link: what a brand answers to a carrier, in sums, and the answer to take away.

Nothing on the page is about anyone; the file that it gives out holds the numbers that the carrier named. To take it is
to have the answer, so that stops the brand's clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from yesword.reporting.audit_answers import keeping
from yesword.reporting.audit_answers.keeping import NoAnswerError, NoSuchAuditError
from yesword.store import links
from yesword.store.links import Link, LinkKind
from yesword.store.models import AuditEntry, CarrierAudit
from yesword.web import audit_words
from yesword.web.access import open_to_all
from yesword.web.brands import zone_of
from yesword.web.installation import store
from yesword.web.languages import CODES, NAMES
from yesword.web.limiting import AddressLimit, TokenBuckets, address_key, limited, too_often

_PAGES: Final = AddressLimit(per_second=1, burst=60)
_MISSES: Final = TokenBuckets(per_second=0.2, burst=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a link leads to."""

    word: str
    link: Link
    audit: CarrierAudit


Page = Callable[[HttpRequest, Opened], HttpResponse]
View = Callable[[HttpRequest, str], HttpResponse]


def link_path(word: str) -> str:
    return reverse("public:audit", args=[word])


def _behind_a_link(page: Page) -> View:
    """For whoever holds a word that still works. All other words are answered alike, and not often."""

    @open_to_all
    @limited(_PAGES)
    def opened(request: HttpRequest, word: str) -> HttpResponse:
        found = _find(word)
        with translation.override(_language(request)):
            if found is not None:
                answer = page(request, found)
            else:
                wait_s = _MISSES.take(address_key(request))
                answer = too_often(wait_s) if wait_s else render(request, "public/no_link.html", status=404)
            answer["Content-Language"] = get_language() or "en"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return opened


def _find(word: str) -> Opened | None:
    with store().database.read() as session:
        link = links.find(session, word, LinkKind.AUDIT, datetime.now(UTC))
    if link is None or link.pack is None:
        return None
    try:
        return Opened(word=word, link=link, audit=keeping.find(link.pack))
    except NoSuchAuditError:
        return None


def _language(request: HttpRequest) -> str:
    """The one that was asked for, or else the browser's."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in CODES else get_language() or "en"


@require_safe
@_behind_a_link
def page(request: HttpRequest, opened: Opened) -> HttpResponse:
    here, audit, at = store(), opened.audit, datetime.now(UTC)
    if request.method == "GET":
        with here.database.write() as session:
            links.count_opening(session, opened.link)
    return render(
        request,
        "public/audit.html",
        {
            "audit": audit,
            "brand": audit.brand.name,
            "zone": zone_of(audit.brand.country),
            "counts": audit_words.counted(audit),
            "lines": sum(audit.counts.values()),
            "is_made": keeping.is_kept(here, audit, at),
            "file_url": reverse("public:audit-file", args=[opened.word]),
            "expires_at": opened.link.expires_at,
            "ledger_url": reverse("public:ledger", args=[audit.brand.key]),
            "languages": [
                {"code": code, "name": name, "is_current": code == get_language()} for code, name in NAMES
            ],
        },
    )


# Whoever has the word may: no cookie of theirs says more, so there is none to forge.
@csrf_exempt
@require_POST
@_behind_a_link
def download(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The answer itself. Asked for by a button, so that nothing that merely follows links takes it."""
    here, audit, at = store(), opened.audit, datetime.now(UTC)
    try:
        data = keeping.read_answer(here, audit, at)
    except NoAnswerError:
        return render(request, "public/no_link.html", status=404)
    with here.database.write():
        AuditEntry.objects.create(
            action="audit.taken_by_link",
            subject=f"audit {audit.pk}",
            detail={"link": opened.link.digest.hex()[:12]},
        )
    keeping.mark_answered(here, audit, None, at)
    return HttpResponse(
        data,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{keeping.name_of(audit)}"'},
    )
