"""The queue of replies: texts that ask for somebody, those that ended texts on an unsure reading before all others.

What is done with a row is in `replies_settling`; how it reads, in `queued_replies`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yesword.accounts import rights
from yesword.domain.decisions import Decision, Verdict
from yesword.domain.ids import InboundId, to_text
from yesword.domain.text import Measure
from yesword.domain.triage import Verb
from yesword.reporting.replies import queue_page
from yesword.sending import inviting
from yesword.sending.triage import BadPlaceError, Item, Place
from yesword.store import programs
from yesword.store.models import User
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import may_act
from yesword.web.installation import store
from yesword.web.queued_replies import Telling, sections
from yesword.web.sentences import say

PAGE: Final = 25
_SETTLED: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """`console/reply_weight.html`: how long an answer is, and what the gate says of it."""

    measured: Measure
    verdict: str = ""
    reason: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A form of a row that is shown again, with what was typed and what was wrong with it."""

    item: Item
    verb: Verb
    typed: str
    error: str = ""
    weight: Weight | None = None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return show(request, after_of(request.GET.get("after", "")))


def show(request: HttpRequest, after: Place | None, opened: Opened | None = None) -> HttpResponse:
    """The queue from a place on; with the form that somebody has to look at again."""
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/replies.html", {"empty": _empty(is_start=True)})
    at, zone = datetime.now(UTC), zone_of(brand.country)
    found = queue_page(store(), brand.id, after, PAGE, _SETTLED)
    if opened is not None and all(each.item.id != opened.item.id for each in found.rows):
        # More urgent ones came in between and pushed it to the next page: begin with it.
        after = replace(opened.item.place, id=InboundId(opened.item.id - 1))
        found = queue_page(store(), brand.id, after, PAGE, _SETTLED)
    telling = Telling(
        brand=brand.name,
        programs={each.id: each for each in programs.of_brand(brand.id)},
        zone=zone,
        at=at,
    )
    offered = _offered(request, [each.item for each in found.rows])
    rows = [
        (each.item.kind, replace(telling.row(each), invites=offered.get(each.item.id, ())))
        for each in found.rows
    ]
    return render(
        request,
        "console/replies.html",
        {
            "brand": brand,
            "zone": zone,
            "counted_at": at,
            "sections": sections(rows, found.counts),
            "settled": [telling.settled(each, found.users) for each in found.settled],
            "after": after.to_text() if after else "",
            "first_url": reverse("console:replies") if after else "",
            "next_url": page_url(found.next_after) if found.next_after else "",
            "shown": len(rows),
            "total": sum(found.counts.values()),
            "may_act": may_act(request),
            "may_correct": may_correct(request),
            "empty": None if rows else _empty(is_start=after is None),
            "opened_ref": to_text("inb", opened.item.id) if opened else "",
            "opened": opened,
        },
        status=422 if opened is not None and opened.error else 200,
    )


def _offered(request: HttpRequest, items: Sequence[Item]) -> dict[InboundId, Sequence[tuple[str, str, str]]]:
    """The programs that each of these people may be invited to, with the text that would go."""
    if not may_act(request):
        return {}
    with store().database.read() as session:
        return {
            item.id: [
                (str(each.program.id), each.program.name, each.text)
                for each in inviting.offers(store(), session, item)
            ]
            for item in items
        }


def may_correct(request: HttpRequest) -> bool:
    """Whether whoever is signed in may call a reading mistaken: a right of its own."""
    return (
        isinstance(request.user, User) and may_act(request) and rights.has(request.user, rights.Right.CORRECT)
    )


def after_of(text: str) -> Place | None:
    try:
        return Place.from_text(text) if text else None
    except BadPlaceError:
        return None


def page_url(after: Place | None) -> str:
    here = reverse("console:replies")
    return f"{here}?{urlencode({'after': after.to_text()})}" if after is not None else here


def weight(measured: Measure, decision: Decision | None) -> Weight:
    if decision is None or decision.verdict is Verdict.SEND or not decision.reasons:
        return Weight(measured=measured)
    first = decision.reasons[0]
    return Weight(
        measured=measured,
        verdict=decision.verdict.value,
        reason=say(first.sentence),
        not_before=first.not_before,
    )


def _empty(*, is_start: bool) -> parts.Empty:
    return parts.Empty(
        icon="reply",
        title=_("Nothing waits for you") if is_start else _("Nothing more on this page"),
        text=_(
            "Texts that ask for a person come here: stops that were not certain, privacy requests, complaints, questions."
        ),
        action_url=reverse("console:replies-try") if is_start else reverse("console:replies"),
        action_label=_("Try a text") if is_start else _("Back to the first"),
    )
