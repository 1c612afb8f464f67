"""Stopping all sending: one button that asks nothing, for a phone at three in the morning; and letting it go on with a reason.

What it shows it reads from the store, and every console page says at its head what is held.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.sending import gaps, halting
from yesword.sending.halting import NotHeldError
from yesword.store import holds
from yesword.store.holds import EVERYTHING, GAP, Scope
from yesword.store.models import Account, Brand, SendingHold
from yesword.web.brands import brand_of, zone_of
from yesword.web.console import alarms
from yesword.web.console.acting import actor, for_actors, may_act
from yesword.web.formats import count
from yesword.web.installation import store

_QUIET_S: Final = 3.0  # of somebody who waits for a page
_HISTORY: Final = 5
_FRESH_S: Final = 15.0
_LONGEST_KEY: Final = 18
_CAUGHT_UP: Final[Mapping[str, Promise]] = {
    gaps.PULLED: gettext_lazy("What came in meanwhile was fetched from the carrier."),
    gaps.SETTLED: gettext_lazy("The carrier was reached again, and brought what was missed."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldLine:
    """One time that sending was held, or is."""

    title: str
    note: str
    began_at: datetime
    by: str
    resume_url: str
    is_gap: bool
    ended_at: datetime | None = None
    ended_by: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    key: str
    heard_at: datetime | None
    is_fresh: bool


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["reason"].label = _("Why it may go on")
        self.fields["reason"].help_text = _(
            "What was wrong, and what is different now. It stays in the trail, beside your name."
        )


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    at = datetime.now(UTC)
    stands = halting.standing(store(), at)
    return render(
        request,
        "console/halt.html",
        {
            "lines": [line_of(row) for row in stands.holds],
            "is_halted": any(halting.scope_of(row) == EVERYTHING for row in stands.holds),
            "others": [alarms.hold_notice(each) for each in sorted(stands.reasons - {holds.HALTED})],
            "queued": _queued(stands.queued),
            "under_way": _under_way(stands.under_way),
            "is_quiet": not stands.under_way,
            "accounts": _accounts(at),
            "scopes": _scopes(),
            "history": [line_of(row) for row in halting.history(_HISTORY)],
            "zone": _zone(request),
            "may_act": may_act(request),
        },
    )


@require_POST
@for_actors
def halt(request: HttpRequest) -> HttpResponse:
    """No question, no reason: those who press it are in a hurry. Pressing it twice does no harm."""
    scope = _chosen(request.POST.get("of", ""))
    halting.halt(store(), datetime.now(UTC), scope=scope, user=actor(request).pk)
    if holds.is_quiet(store(), _QUIET_S, scope):
        messages.success(request, _("It is halted, and all is quiet: nothing is on its way to a carrier."))
    else:
        messages.warning(
            request,
            _(
                "It is halted. Some texts still are with a carrier that does not answer; nothing follows them."
            ),
        )
    return redirect("console:halt")


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def resume(request: HttpRequest, hold: int) -> HttpResponse:
    row = get_object_or_404(SendingHold.objects.select_related("account", "brand", "began_by"), pk=hold)
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    if row.ended_at is None and request.method == "POST" and form.is_valid():
        try:
            halting.resume(
                store(),
                datetime.now(UTC),
                scope=halting.scope_of(row),
                reason=form.cleaned_data["reason"],
                user=actor(request).pk,
            )
        except NotHeldError:
            row.refresh_from_db()
        else:
            messages.success(request, _("It goes on. What was queued is sent in the next minutes."))
            return redirect("console:halt")
    if row.ended_at is not None:
        messages.warning(request, _("It goes on already: somebody let it."))
        return redirect("console:halt")
    stands = halting.standing(store(), datetime.now(UTC))
    return render(
        request,
        "console/halt_resume.html",
        {
            "form": form,
            "line": line_of(row),
            "queued": _queued(stands.queued),
            "back_url": reverse("console:halt"),
            "zone": _zone(request),
            "crumbs": [(_("Stop sending"), reverse("console:halt"))],
        },
        status=422 if form.errors else 200,
    )


# --- in words ------------------------------------------------------------------------------------------------


def line_of(row: SendingHold) -> HoldLine:
    return HoldLine(
        title=_title(row),
        note=row.note,
        began_at=row.began_at,
        by=str(row.began_by) if row.began_by else "",
        resume_url=reverse("console:hold-resume", args=[row.pk]),
        is_gap=row.why == GAP,
        ended_at=row.ended_at,
        ended_by=str(row.ended_by) if row.ended_by else "",
        reason=row.reason or str(_CAUGHT_UP.get(row.caught_up, "")),
    )


def standing_lines() -> Sequence[HoldLine]:
    """For the head of every page: what is held by hand or by a gap."""
    with store().database.read() as session:
        if not holds.held(session):
            return ()
    rows = SendingHold.objects.filter(ended_at=None).select_related("account", "brand", "began_by")
    return [line_of(row) for row in rows.order_by("pk")]


def _title(row: SendingHold) -> str:
    if row.why == GAP and row.account is not None:
        return _("Texts over %(account)s wait: nobody listened to the carrier.") % {
            "account": row.account.key
        }
    if row.account is not None:
        return _("Sending over %(account)s is halted.") % {"account": row.account.key}
    if row.brand is not None:
        return _("Sending of %(brand)s is halted.") % {"brand": row.brand.name}
    return _("All sending is halted.")


def _queued(number: int) -> str:
    return ngettext("%(shown)s text is queued.", "%(shown)s texts are queued.", number) % {
        "shown": count(number)
    }


def _under_way(number: int) -> str:
    if not number:
        return _("All is quiet: nothing is on its way to a carrier.")
    return ngettext(
        "%(shown)s text is being handed to a carrier.",
        "%(shown)s texts are being handed to a carrier.",
        number,
    ) % {"shown": count(number)}


def _accounts(at: datetime) -> list[AccountLine]:
    with store().database.read() as session:
        heard = gaps.listening(session)
    found = []
    for key, name in Account.objects.order_by("key").values_list("pk", "key"):
        heard_at = heard[key].heard_at if key in heard else None
        is_fresh = heard_at is not None and (at - heard_at).total_seconds() < _FRESH_S
        found.append(AccountLine(key=name, heard_at=heard_at, is_fresh=is_fresh))
    return found


def _scopes() -> list[tuple[str, str]]:
    accounts = Account.objects.order_by("key").values_list("pk", "key")
    brands = Brand.objects.order_by("name").values_list("pk", "name")
    return [
        *((f"account:{key}", _("Only over the account %(name)s") % {"name": name}) for key, name in accounts),
        *((f"brand:{key}", _("Only of the brand %(name)s") % {"name": name}) for key, name in brands),
    ]


def _chosen(written: str) -> Scope:
    if not written:
        return EVERYTHING
    kind, _colon, key = written.partition(":")
    number = int(key) if key.isdecimal() and len(key) < _LONGEST_KEY else 0
    if kind == "account" and Account.objects.filter(pk=number).exists():
        return Scope(account=number)
    if kind == "brand" and Brand.objects.filter(pk=number).exists():
        return Scope(brand=number)
    raise Http404


def _zone(request: HttpRequest) -> str:
    brand = brand_of(request)
    return zone_of(brand.country) if brand else "UTC"
