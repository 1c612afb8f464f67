"""Texts that could be given to nobody: what they say, why they wait, and two ways to see to them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from yesword.channels.ports import masked
from yesword.domain.ids import BadIdError, StrayId, from_text, to_text
from yesword.sending import rereading, strays
from yesword.sending.strays import NoSuchStrayError, Stray, Why
from yesword.store import strays as rows_of_strays
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import for_actors, leave_trace, may_act
from yesword.web.formats import count
from yesword.web.installation import store

_LEAD = gettext_lazy(
    "Nobody can say who sent these, or for which program they are. A stop among them stops nothing yet."
)
_WHYS = {
    Why.NUMBER: gettext_lazy("Nobody can read a number in what it came from."),
    Why.ADDRESS: gettext_lazy("No program is there where it went to."),
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Row:
    """One that waits. `text` None: its key is gone."""

    ref: str
    why: Promise
    is_stop: bool
    text: str | None
    sender: str = ""
    address: str = ""
    account: str = ""
    at: datetime | None = None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    rows = [_row(each) for each in strays.waiting(store())]
    return render(
        request,
        "console/strays.html",
        {
            "lead": _LEAD,
            "rows": rows,
            "zone": "UTC" if brand is None else zone_of(brand.country),
            "may_act": may_act(request),
            "empty": None if rows else _empty(),
        },
    )


@require_POST
@for_actors
def read_again(request: HttpRequest) -> HttpResponse:
    """Take them in once more: what was wrong may have been set right."""
    given = rereading.read_again(store(), datetime.now(UTC))
    if given:
        said = ngettext(
            "%(shown)s text was given to whom it is from.",
            "%(shown)s texts were given to whom they are from.",
            given,
        )
        messages.success(request, said % {"shown": count(given)})
    else:
        messages.warning(request, _("None of them can be given to anybody yet."))
    return redirect("console:strays")


@require_POST
@for_actors
def put_away(request: HttpRequest, stray: str) -> HttpResponse:
    """Somebody has seen to it: it is deleted."""
    try:
        row_id = StrayId(from_text("str", stray))
    except BadIdError:
        raise Http404 from None
    try:
        with store().database.write() as session:
            strays.drop(session, row_id)
            leave_trace(request, "stray.put_away", to_text("str", row_id))
    except NoSuchStrayError:
        messages.warning(request, _("It waits no more: somebody has seen to it."))
    else:
        messages.success(request, _("Put away. It ended nobody’s texts."))
    return redirect("console:strays")


def notices() -> list[parts.Notice]:
    """For whoever opens the console. Of all brands, since nobody can say for which they are."""
    with store().database.read() as session:
        waiting = sum(rows_of_strays.counts(session).values())
    if not waiting:
        return []
    title = ngettext(
        "%(shown)s text could be given to nobody.", "%(shown)s texts could be given to nobody.", waiting
    )
    return [
        parts.Notice(
            tone="brick",
            title=title % {"shown": count(waiting)},
            text=_LEAD,
            url=reverse("console:strays"),
            url_label=_("Look at them"),
        )
    ]


def _row(stray: Stray) -> Row:
    ref, text = to_text("str", stray.id), stray.text
    if text is None:
        return Row(ref=ref, why=_WHYS[stray.why], is_stop=stray.is_stop, text=None)
    return Row(
        ref=ref,
        why=_WHYS[stray.why],
        is_stop=stray.is_stop,
        text=text.text,
        sender=masked(text.sender_number),
        address=text.to_address,
        account=text.account,
        at=text.received_at,
    )


def _empty() -> parts.Empty:
    return parts.Empty(
        icon="check",
        title=_("None wait"),
        text=_("Texts that can be given to nobody would stand here."),
        action_url=reverse("console:replies"),
        action_label=_("Queue"),
    )
