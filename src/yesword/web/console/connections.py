"""Connections: other systems that tell us of answers, and those that we tell. Set up by command, looked after here.

No secret is shown, and no number: who sees this page may see figures, addresses and what goes wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from yesword.collect import sources
from yesword.reporting import early_leavers
from yesword.sending import webhooks
from yesword.store import models
from yesword.store.models import HookSource, WebhookEndpoint
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console import opt_outs
from yesword.web.console.acting import for_actors, leave_trace, may_act
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.telling import plain_moment

Row = TypeVar("Row", HookSource, WebhookEndpoint)

_OVER: Final = timedelta(days=90)
_REPLAYED: Final = timedelta(days=30)
_PROVIDERS: Final = {
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "meta": "Meta",
    "google": "Google",
    "tiktok": "TikTok",
    "greenhouse": "Greenhouse",
}
_REFUSALS: Final[dict[str, Promise]] = {
    "hook_bad_signature": gettext_lazy("the signature did not fit: the secret may be another"),
    "hook_stale": gettext_lazy("it was signed for another time: a clock may be wrong"),
    "hook_unreadable": gettext_lazy("it could not be read"),
    "hook_too_large": gettext_lazy("it was too long"),
    "lead_not_fetched": gettext_lazy("a lead could not be fetched"),
    "lead_gone": gettext_lazy("a lead was gone, or the token may not see it"),
}
_OFF: Final[dict[str, Promise]] = {
    "by_hand": gettext_lazy("Somebody switched it off."),
    "failed_for_days": gettext_lazy("It failed for days, so it was switched off."),
    "gone": gettext_lazy("It said that it is gone, so it was switched off."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceView:
    """Another system that tells us."""

    id: int
    name: str
    provider: str
    point: str  # its key
    is_open: bool
    told: str  # how much came, and when last
    trouble: str
    forms: Sequence[str]  # of which nobody has said what they show
    leavers: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointView:
    """One that we tell."""

    id: int
    url: str
    kinds: str
    with_number: bool
    is_on: bool
    told: str
    trouble: str
    failed: int


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return render(request, "console/connections.html", {"may_act": False})
    zone, now = zone_of(brand.country), datetime.now(UTC)
    return render(
        request,
        "console/connections.html",
        {
            "sources": [_source(row, zone, now) for row in sources.rows_of(brand.id)],
            "endpoints": [_endpoint(row, zone) for row in webhooks.endpoints_of(brand.id)],
            "accounts": opt_outs.account_lines(),
            "may_act": may_act(request),
            "add_source": parts.Code(
                text="yesword hook add shopify --name … --point …",
                label=_("On the machine that runs Yesword"),
            ),
            "add_endpoint": parts.Code(
                text="yesword webhook add https://…", label=_("On the machine that runs Yesword")
            ),
        },
    )


@for_actors
@require_POST
def switch_source(request: HttpRequest, source: int) -> HttpResponse:
    """Take calls from it, or none any more."""
    row = _own(request, models.HookSource.objects.filter(pk=source).first())
    row.is_open = not row.is_open
    with transaction.atomic():
        row.save(update_fields=["is_open"])
        leave_trace(request, "hook.opened" if row.is_open else "hook.closed", f"hook {row.pk}")
    return redirect("console:connections")


@for_actors
@require_POST
def switch_endpoint(request: HttpRequest, endpoint: int) -> HttpResponse:
    """Tell it, or nothing any more."""
    row = _own(request, models.WebhookEndpoint.objects.filter(pk=endpoint).first())
    with transaction.atomic():
        webhooks.switch(row.pk, is_on=not row.is_on)
        action = "webhook.off" if row.is_on else "webhook.on"
        leave_trace(request, action, f"webhook {row.pk}")
    return redirect("console:connections")


@for_actors
@require_POST
def replay(request: HttpRequest, endpoint: int) -> HttpResponse:
    """Tell it again what it did not get."""
    row = _own(request, models.WebhookEndpoint.objects.filter(pk=endpoint).first())
    now = datetime.now(UTC)
    with transaction.atomic():
        again = webhooks.replay_failed(store(), row.pk, now - _REPLAYED, now)
        leave_trace(request, "webhook.replayed", f"webhook {row.pk}", deliveries=again)
    return redirect("console:connections")


def _own(request: HttpRequest, row: Row | None) -> Row:
    brand = brand_of(request)
    if row is None or brand is None or row.brand_id != brand.id:
        raise Http404
    return row


def _source(row: HookSource, zone: str, now: datetime) -> SourceView:
    with store().database.read() as session:
        forms = sources.unknown_forms(session, row.pk)
        waiting, why = sources.leads_waiting(session, row.pk)
        found = early_leavers.of_source(session, row.pk, since=now - _OVER, until=now)
    return SourceView(
        id=row.pk,
        name=row.name,
        provider=_PROVIDERS.get(row.provider) or _("System for applications"),
        point=row.point.key,
        is_open=row.is_open,
        told=_received(row, zone),
        trouble=_refused(row, zone) or _waiting(waiting, why),
        forms=[_form(each.form, each.waiting) for each in forms],
        leavers=[_left(each) for each in found],
    )


def _received(row: HookSource, zone: str) -> str:
    if row.last_received_at is None:
        return _("Nothing came so far.")
    said = ngettext("%(count)s call, on %(at)s.", "%(count)s calls, the last on %(at)s.", row.received)
    return said % {"count": count(row.received), "at": plain_moment(row.last_received_at, zone)}


def _refused(row: HookSource, zone: str) -> str:
    if row.last_refused_at is None:
        return ""
    why = _REFUSALS.get(row.last_refusal, row.last_refusal)
    said = ngettext(
        "%(count)s call was refused, on %(at)s: %(why)s.",
        "%(count)s calls were refused, the last on %(at)s: %(why)s.",
        row.refused,
    )
    return said % {"count": count(row.refused), "at": plain_moment(row.last_refused_at, zone), "why": why}


def _waiting(waiting: int, why: str) -> str:
    if not waiting or not why:
        return ""
    return ngettext(
        "%(count)s lead is still to be fetched.", "%(count)s leads are still to be fetched.", waiting
    ) % {"count": count(waiting)}


def _form(form: str, waiting: int) -> str:
    said = ngettext(
        "Nobody has said what form %(form)s shows: %(count)s answer grants nothing.",
        "Nobody has said what form %(form)s shows: %(count)s answers grant nothing.",
        waiting,
    )
    return said % {"form": form or "–", "count": count(waiting)}


def _left(found: early_leavers.EarlyLeavers) -> str:
    said = ngettext(
        "%(form)s: %(joined)s joined, %(left)s left within a week.",
        "%(form)s: %(joined)s joined, %(left)s left within a week.",
        found.joined,
    )
    return said % {
        "form": found.form or _("Without a form"),
        "joined": count(found.joined),
        "left": count(found.left),
    }


def _endpoint(row: WebhookEndpoint, zone: str) -> EndpointView:
    waiting, told, failed = webhooks.counts(store(), row.pk)
    said = _("%(told)s told in the last month, %(waiting)s waiting, %(failed)s given up.") % {
        "told": count(told),
        "waiting": count(waiting),
        "failed": count(failed),
    }
    trouble = ""
    if not row.is_on:
        trouble = str(_OFF.get(row.off_because, ""))
    elif row.failing_since is not None:
        trouble = _("It has failed since %(at)s.") % {"at": plain_moment(row.failing_since, zone)}
    return EndpointView(
        id=row.pk,
        url=row.url,
        kinds=row.kinds.replace(",", ", "),
        with_number=row.with_number,
        is_on=row.is_on,
        told=said,
        trouble=trouble,
        failed=failed,
    )
