"""Numbers of which carriers say that nobody has them: who, since when, and after how many days consent ends by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from yesword.channels.errors import CarrierError
from yesword.domain.ids import BrandId
from yesword.sending import dead_numbers
from yesword.sending.dead_numbers import Finding
from yesword.store import contacts, models
from yesword.store.contacts import Contact
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, may_act
from yesword.web.console.addresses import person_url
from yesword.web.formats import count, masked
from yesword.web.installation import store
from yesword.web.telling import plain_moment

_SHOWN: Final = 100
_LISTS: Final = 10
CHOICES: Final = (0, 1, 2, 3, 4, 5, 7, 10)
_SAID: Final[Mapping[CarrierError, Promise]] = {
    CarrierError.UNKNOWN_SUBSCRIBER: gettext_lazy("Nobody has this number"),
    CarrierError.DEACTIVATED: gettext_lazy("The number was given up"),
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Row:
    who: str
    number: str
    url: str
    said: Promise
    days: str
    last_at: datetime
    is_over: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ListRow:
    """One list of numbers that were given up."""

    at: datetime
    told: str
    is_whole: bool


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return redirect("console:people")
    found = dead_numbers.lines(store(), brand.id, datetime.now(UTC), _SHOWN + 1)
    with store().database.read() as session:
        people = contacts.read_many(store(), session, [each.contact for each in found])
    limit = models.Brand.objects.values_list("gone_after", flat=True).get(pk=brand.id)
    return render(
        request,
        "console/dead_numbers.html",
        {
            "rows": [_row(people[each.contact], each.finding) for each in found[:_SHOWN]],
            "has_more": len(found) > _SHOWN,
            "zone": zone_of(brand.country),
            "limit": _limit(limit),
            "choices": [(each, _choice(each), each == limit) for each in sorted({*CHOICES, limit})],
            "lists": [_list(row) for row in models.GoneFile.objects.order_by("-pk")[:_LISTS]],
            "may_act": may_act(request),
            "crumbs": [(_("People"), reverse("console:people"))],
        },
    )


@require_POST
@for_actors
def keep_limit(request: HttpRequest) -> HttpResponse:
    """After how many days it ends consent by itself."""
    brand = brand_of(request)
    written = request.POST.get("days", "")
    if brand is None or not written.isdecimal() or int(written) not in CHOICES:
        raise Http404
    with store().database.write():
        dead_numbers.keep_limit(BrandId(brand.id), int(written), actor(request).pk)
    messages.success(request, _limit(int(written)))
    return redirect("console:dead-numbers")


def notice(person: Contact, zone: str) -> parts.Notice | None:
    """For a person's page: what carriers said of their number, while it still is theirs."""
    found = dead_numbers.found_of(store(), person.id, person.brand)
    if found is None or found.is_over:
        return None
    title = ngettext(
        "On %(days)s day a carrier said: %(said)s.",
        "On %(days)s days a carrier said: %(said)s.",
        found.days,
    ) % {"days": count(found.days), "said": _SAID[found.meaning]}
    last = _("The last time was on %(at)s.") % {"at": plain_moment(found.last_at, zone)}
    return parts.Notice(
        tone="amber",
        title=title,
        text=f"{last} {_limit(found.limit)}",
        url=reverse("console:dead-numbers"),
        url_label=_("All numbers that nobody has"),
    )


def _row(person: Contact, finding: Finding) -> Row:
    is_gone = person.erased_at is not None
    return Row(
        who=_("Erased person") if is_gone else _name(person),
        number="" if is_gone else masked(person.number),
        url=person_url(person.id),
        said=_SAID[finding.meaning],
        days=count(finding.days),
        last_at=finding.last_at,
        is_over=finding.is_over,
    )


def _list(row: models.GoneFile) -> ListRow:
    lines = ngettext("%(lines)s line was read.", "%(lines)s lines were read.", row.lines)
    ended = int(row.counts.get("ended", 0))
    came = ngettext(
        "The consents of %(people)s person ended.", "The consents of %(people)s people ended.", ended
    )
    told = f"{lines % {'lines': count(row.lines)}} {came % {'people': count(ended)}}"
    return ListRow(at=row.began_at, told=told, is_whole=row.ended_at is not None)


def _name(person: Contact) -> str:
    if person.hidden_since is not None:
        return _("Former owner's name hidden")
    return person.name or _("Nameless so far")


def _choice(days: int) -> str:
    if not days:
        return _("Never by itself")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": count(days)}


def _limit(days: int) -> str:
    if not days:
        return _("Consent never ends by it.")
    return ngettext(
        "Consent ends when it was said on %(days)s day.",
        "Consent ends when it was said on %(days)s different days.",
        days,
    ) % {"days": count(days)}
