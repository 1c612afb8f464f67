"""The page about privacy: who waits for an answer, who was erased, what went wrong, and what goes by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yesword.domain.ids import BadIdError, BrandId, ContactId, RequestId, from_text, to_text
from yesword.privacy import breaches
from yesword.reporting.replies import user_names
from yesword.sending import privacy_requests
from yesword.sending.privacy_requests import NoSuchRequestError, PrivacyRequest
from yesword.store import contacts, erasures
from yesword.store.contacts import Contact
from yesword.store.erasures import DONE, HELD, ErasureRow
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import for_actors, may_act
from yesword.web.console.addresses import person_url
from yesword.web.console.breaches import line_of
from yesword.web.console.person_erased import WISHES, kept
from yesword.web.console.retention import DryRun, last_run, would_go
from yesword.web.formats import masked
from yesword.web.installation import store
from yesword.web.queued_replies import RIGHTS, Clock
from yesword.web.queued_replies import clock as clock_of

PAGE: Final = 50
_ERASURES: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRow:
    url: str
    who: str
    number: str
    asks: str
    asked_at: datetime
    clock: Clock | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedRow:
    url: str  # empty: a store that was put back from a backup never had them
    asked_at: datetime
    why: str
    by: str
    tone: str
    icon: str
    state: str
    kept: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _show(request)


@require_POST
@for_actors
def dry_run(request: HttpRequest) -> HttpResponse:
    """The page, with what the retention job would let go now."""
    return _show(request, would_go(datetime.now(UTC)))


def _show(request: HttpRequest, found: DryRun | None = None) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/privacy.html", {"empty": _no_brand()})
    zone, at = zone_of(brand.country), datetime.now(UTC)
    after = _after(request.GET.get("after", ""), brand.id)
    requests, people, following = _requests(brand.id, after)
    return render(
        request,
        "console/privacy.html",
        {
            "brand": brand,
            "zone": zone,
            "requests": [_request(each, people.get(each.contact), at, zone) for each in requests],
            "older_url": _page_url(following) if following is not None else "",
            "first_url": reverse("console:privacy") if after is not None else "",
            "breaches": [line_of(each, at) for each in breaches.register(brand.id)],
            "erasures": _erasures(brand.id),
            "erasures_shown": _ERASURES,
            "last_run": last_run(at),
            "dry_run": found,
            "may_act": may_act(request),
        },
    )


# --- requests --------------------------------------------------------------------------------------------------


def _requests(
    brand: BrandId, after: PrivacyRequest | None
) -> tuple[list[PrivacyRequest], Mapping[ContactId, Contact], PrivacyRequest | None]:
    """A page of those that wait, who asks, and the last one where more follow."""
    place = None if after is None else (after.due_at, after.id)
    here = store()
    with here.database.read() as session:
        found = privacy_requests.open_requests(here, session, brand, place, PAGE + 1)
        shown = found[:PAGE]
        people = contacts.read_many(here, session, [each.contact for each in shown])
    return shown, people, shown[-1] if len(found) > PAGE else None


def _after(text: str, brand: BrandId) -> PrivacyRequest | None:
    """Behind which request the page begins; a name that means nothing means the start."""
    if not text:
        return None
    try:
        with store().database.read() as session:
            found = privacy_requests.read(store(), session, RequestId(from_text("prq", text)))
    except (BadIdError, NoSuchRequestError):
        return None
    return found if found.brand == brand else None


def _page_url(last: PrivacyRequest) -> str:
    return f"{reverse('console:privacy')}?{urlencode({'after': to_text('prq', last.id)})}"


def _request(asked: PrivacyRequest, person: Contact | None, at: datetime, zone: str) -> RequestRow:
    is_erased = person is None or person.erased_at is not None
    number = "" if person is None or is_erased else masked(person.number)
    name = "" if person is None else person.name
    return RequestRow(
        url=f"{person_url(asked.contact)}#requests",
        who=_("Erased person") if is_erased else name or number or _("Nameless so far"),
        number=number,
        asks=str(RIGHTS[asked.right]),
        asked_at=asked.asked_at,
        clock=clock_of(asked.due_at, at, zone),
    )


# --- erasures --------------------------------------------------------------------------------------------------


def _erasures(brand: BrandId) -> list[ErasedRow]:
    with store().database.read() as session:
        rows = erasures.of_brand(session, brand, _ERASURES)
        here = set(contacts.standings(session, [each.contact for each in rows]))
    users = user_names([each.asked_by for each in rows])
    return [_erased(each, users, is_here=each.contact in here) for each in rows]


def _erased(row: ErasureRow, users: Mapping[int, str], *, is_here: bool) -> ErasedRow:
    tone, icon, state = _stage(row)
    held = kept(row)
    return ErasedRow(
        url=person_url(row.contact) if is_here else "",
        asked_at=row.asked_at,
        why=str(WISHES.get(row.ground, row.ground)),
        by=users.get(row.asked_by, "") if row.asked_by is not None else "",
        tone=tone,
        icon=icon,
        state=state,
        kept=_("Proof until %(day)s: %(ground)s (%(citation)s)")
        % {"day": held.until, "ground": held.ground, "citation": held.citation}
        if held
        else "",
    )


def _stage(row: ErasureRow) -> tuple[str, str, str]:
    if row.stage == DONE:
        return "slate", "erase", _("All erased")
    if row.stage == HELD:
        return "slate", "key", _("Erased, the proof locked away")
    return "amber", "clock", _("Begun, not at its end")


def _no_brand() -> parts.Empty:
    return parts.Empty(
        icon="lock",
        title=_("No brand yet"),
        text=_("What people ask about their data stands here, with the time that there is for the answer."),
    )
