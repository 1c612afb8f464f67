"""The list of campaigns, and one campaign from its draft to its end: start, pause, resume, cancel, and how far it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yesword.domain.ids import ProgramId
from yesword.domain.messages import MessageState
from yesword.domain.thresholds import Watched
from yesword.reporting import campaigns as reporting
from yesword.reporting import holding
from yesword.reporting.holding import Holding
from yesword.sending import campaigns
from yesword.store import models, pauses, programs
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.acting import actor, for_actors, leave_trace, may_act
from yesword.web.console.addresses import campaign_url, rule_url
from yesword.web.console.filters import conditions_of, rows_of, sentence
from yesword.web.console.holding import notices, shown_state
from yesword.web.console.verdicts import brand_zone, start_confirm, verdict_context
from yesword.web.formats import count as shown_count
from yesword.web.installation import store
from yesword.web.sentences import say

_CANCEL: Final = (
    "CANCEL"  # the typed word; the same in every language, so that it can be told over the telephone
)
_REMEMBERED_S: Final = 15.0  # of how many texts were done when, to tell the speed
_ORDER: Final = (
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
    MessageState.SENDING,
    MessageState.QUEUED,
    MessageState.HELD,
    MessageState.REFUSED,
    MessageState.EXPIRED,
    MessageState.CANCELLED,
    MessageState.FAILED,
    MessageState.UNCERTAIN,
)
# Why a text ended where it did, for reasons that are no rule's.
_OWN_REASONS: Final[dict[str, Promise]] = {
    "campaign_cancelled": gettext_lazy("The campaign was cancelled before it went."),
    "cancelled": gettext_lazy("The campaign was cancelled before it went."),
    "withdrawn": gettext_lazy("The person has stopped these texts."),
    "owner_gone": gettext_lazy("The process that was sending it ended in the middle."),
    "opted_out": gettext_lazy("The carrier says that the person has stopped."),
    "rejected": gettext_lazy("The carrier refused it."),
}


def brand_zone_of(request: HttpRequest) -> str:
    """The zone of lists: that of the brand that the console is about."""
    brand = brand_of(request)
    return zone_of(brand.country) if brand else "UTC"


@require_safe
def list_page(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    lines = reporting.campaign_lines(store(), int(before) if before.isdecimal() else None)
    shown = lines[: reporting.PAGE]
    here = reverse("console:campaigns")
    table = parts.Table(
        caption=_("Campaigns"),
        columns=[
            parts.Column(label=_("Name")),
            parts.Column(label=_("State"), kind=parts.Kind.STATE),
            parts.Column(label=_("Program")),
            parts.Column(label=_("Done")),
            parts.Column(label=_("Started"), kind=parts.Kind.TIME),
        ],
        rows=[_row(line) for line in shown],
        zone=brand_zone_of(request),
        first_url=here if before else "",
        older_url=f"{here}?before={shown[-1].id}" if len(lines) > reporting.PAGE else "",
    )
    empty = parts.Empty(
        icon="send",
        title=_("No campaigns yet"),
        text=_(
            "A campaign sends one text to many people. Before it goes you see who gets it now, who waits until when, and who is refused and why."
        ),
        action_url=reverse("console:campaign-new") if may_act(request) else "",
        action_label=_("Write a campaign"),
    )
    context = {
        "table": table,
        "empty": empty,
        "has_any": bool(shown),
        "held": notices(line.holding for line in shown),
        "may_act": may_act(request),
    }
    return render(request, "console/campaigns.html", context)


def _row(line: reporting.CampaignLine) -> parts.Row:
    progress = "–"
    if line.done is not None and line.total is not None:
        progress = _("%(done)s of %(total)s") % {
            "done": shown_count(line.done),
            "total": shown_count(line.total),
        }
    return parts.Row(
        cells=[line.name, shown_state(line.state, line.holding), line.program, progress, line.started_at],
        url=campaign_url(line.id),
        id=f"campaign-{line.id}",
    )


@require_safe
def page(request: HttpRequest, campaign: int) -> HttpResponse:
    """A draft with its verdict, or a campaign on its way."""
    row = get_object_or_404(models.Campaign.objects.select_related("program__sender"), pk=campaign)
    if row.state == models.Campaign.State.DRAFT:
        context = verdict_context(request, row)
        context["discard"] = cancel_confirm(row, 0)
        return render(request, "console/verdict.html", context)
    held, seen = holding.of(store(), row), request.GET.get("seen")
    if seen is not None and seen != shown_state(row.state, held):
        # What the page lets one do has changed with the state, not only its numbers.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "console/campaign.html", _running_context(request, row, held))


@dataclass(frozen=True, kw_only=True, slots=True)
class StateLine:
    state: str
    count: int
    url: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CauseLine:
    state: str
    sentence: str
    rule: str
    citation: str
    remedy: str
    count: int
    until: datetime | None = None

    @property
    def rule_url(self) -> str:
        return rule_url(self.rule)


def _running_context(request: HttpRequest, row: models.Campaign, held: Holding) -> dict[str, Any]:
    now, state = timezone.now(), shown_state(row.state, held)
    found = reporting.overview(store(), row, now)
    zone = brand_zone(row)
    left = max(0, found.total - found.done - found.waiting)
    pace = _pace(row, found.done, left)
    is_open = row.state in {"running", "paused"}
    url = campaign_url(row.pk)
    return {
        "campaign": row,
        "program": programs.current(ProgramId(row.program_id)),
        "zone": zone,
        "counted_at": now,
        "sentence": sentence(conditions_of(rows_of(row))),
        "held": notices([held]),
        "is_by_hand": row.state == "paused" and all(each.watched != Watched.CAMPAIGN for each in held.pauses),
        "is_live": row.state == "running" or (row.state == "cancelled" and not row.is_fed),
        "poll_url": f"{url}?seen={state}",
        "progress": parts.Progress(
            label=_("Sending “%(name)s”") % {"name": row.name},
            done=found.done,
            total=found.total,
            state=state,
            per_second=pace.per_second if state == "running" else 0.0,
            left_s=pace.left_s if state == "running" and left else None,
        ),
        "overview": found,
        "states": _state_lines(row, found),
        "waits": [
            CauseLine(
                state="wait",
                sentence=say(each.example.sentence) if each.example else own_reason(each.code),
                rule=each.example.rule if each.example else "",
                citation=each.example.citation if each.example else "",
                remedy=say(each.example.remedy) if each.example else "",
                count=each.count,
                until=each.until,
            )
            for each in found.waits
        ],
        "causes": [
            CauseLine(
                state=each.state.name.lower(),
                sentence=say(each.example.sentence) if each.example else own_reason(each.code),
                rule=each.example.rule if each.example else "",
                citation=each.example.citation if each.example else "",
                remedy=say(each.example.remedy) if each.example else "",
                count=each.count,
            )
            for each in found.causes
        ],
        "uncertain": _uncertain(row, found.states.get(MessageState.UNCERTAIN, 0)),
        "summary": "" if is_open else _summary(row, found),
        "has_verdict": reporting.newest_verdict(row) is not None,
        "may_act": may_act(request),
        "cancel": cancel_confirm(row, found.total - found.done) if is_open else None,
        "crumbs": [(_("Campaigns"), reverse("console:campaigns"))],
    }


def own_reason(code: str) -> str:
    known = _OWN_REASONS.get(code)
    return str(known) if known else _("The carrier gave the code %(code)s.") % {"code": code}


def _state_lines(row: models.Campaign, found: reporting.Overview) -> list[StateLine]:
    listed = reverse("console:messages")
    notes = {
        MessageState.SENT: _("The carrier took it and has not yet reported."),
        MessageState.DELIVERED: _("The carrier reports that it arrived."),
        MessageState.UNDELIVERED: _("The carrier reports that it did not arrive."),
        MessageState.SENDING: _("Being handed to the carrier."),
        MessageState.QUEUED: _("Waits for its turn or its hour."),
        MessageState.REFUSED: _("The rules do not allow it; below stands why."),
        MessageState.EXPIRED: _("It would have come too late."),
        MessageState.CANCELLED: _("Taken back before it went."),
        MessageState.FAILED: _("The carrier did not take it."),
        MessageState.UNCERTAIN: _("Handed over or not: nobody knows yet."),
    }
    return [
        StateLine(
            state=state.name.lower(),
            count=found.states[state],
            url=f"{listed}?campaign={row.pk}&state={state.name.lower()}",
            note=notes.get(state, ""),
        )
        for state in _ORDER
        if found.states.get(state)
    ]


def _uncertain(row: models.Campaign, count: int) -> parts.Notice | None:
    if not count:
        return None
    return parts.Notice(
        tone="amber",
        title=ngettext("%(count)s text is uncertain.", "%(count)s texts are uncertain.", count)
        % {"count": shown_count(count)},
        text=_(
            "The sending process ended between handing a text to the carrier and writing that down, so it went or it did not. It is not sent again: nobody gets it twice. A report of the carrier settles it."
        ),
        url=f"{reverse('console:messages')}?campaign={row.pk}&state=uncertain",
        url_label=_("See which"),
    )


def _summary(row: models.Campaign, found: reporting.Overview) -> str:
    """What came of it, in a sentence."""
    sentences = [
        ngettext("%(count)s text went to the carrier.", "%(count)s texts went to the carrier.", found.handed)
        % {"count": shown_count(found.handed)}
    ]
    refused = found.states.get(MessageState.REFUSED, 0)
    if refused:
        sentences.append(
            ngettext("%(count)s was refused by the rules.", "%(count)s were refused by the rules.", refused)
            % {"count": shown_count(refused)}
        )
    expired = found.states.get(MessageState.EXPIRED, 0)
    if expired:
        sentences.append(
            ngettext("%(count)s would have come too late.", "%(count)s would have come too late.", expired)
            % {"count": shown_count(expired)}
        )
    cancelled = found.states.get(MessageState.CANCELLED, 0)
    if cancelled:
        sentences.append(
            ngettext("%(count)s was taken back.", "%(count)s were taken back.", cancelled)
            % {"count": shown_count(cancelled)}
        )
    if row.state == models.Campaign.State.CANCELLED:
        sentences.insert(0, _("It was cancelled."))
    return " ".join(sentences)


def _pace(row: models.Campaign, done: int, left: int) -> reporting.Pace:
    """The speed over the last seconds in which somebody looked. Each process remembers its own."""
    key = f"campaign-pace-{row.pk}"
    now = time.monotonic()
    seen: list[tuple[float, int]] = [
        each for each in cache.get(key, []) if now - each[0] < _REMEMBERED_S and each[1] <= done
    ]
    seen.append((now, done))
    cache.set(key, seen, timeout=_REMEMBERED_S)
    return reporting.pace(seen, left)


# --- what can be done


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, campaign: int) -> HttpResponse:
    """Send it, as it was counted. Asked for without a script, the question stands on a page of its own."""
    row = get_object_or_404(models.Campaign, pk=campaign)
    verdict = reporting.newest_verdict(row)
    if verdict is None or not verdict.is_done or row.state != models.Campaign.State.DRAFT:
        return redirect(campaign_url(row.pk))
    if request.method != "POST":
        return _question(request, row, start_confirm(row, verdict), [("verdict", verdict.pk)])
    if request.POST.get("verdict") != str(verdict.pk):
        messages.warning(
            request, _("It was counted again since you looked. Look at the new numbers, then send.")
        )
        return redirect(campaign_url(row.pk))
    return _move(
        request,
        row,
        "start",
        lambda: campaigns.start(row.pk, timezone.now()),
        _("“%(name)s” is on its way.") % {"name": row.name},
    )


@require_POST
def pause(request: HttpRequest, campaign: int) -> HttpResponse:
    row = get_object_or_404(models.Campaign, pk=campaign)
    done = _("“%(name)s” is paused. Nothing more of it goes until you resume it.") % {"name": row.name}
    return _move(request, row, "pause", lambda: campaigns.pause(row.pk), done)


@require_POST
def resume(request: HttpRequest, campaign: int) -> HttpResponse:
    row = get_object_or_404(models.Campaign, pk=campaign)
    held = pauses.standing().get((Watched.CAMPAIGN, row.pk))
    if held is not None:  # it was paused by itself, which wants a reason
        return redirect("console:pause-resume", held.id)
    done = _("“%(name)s” goes on.") % {"name": row.name}
    return _move(request, row, "resume", lambda: campaigns.resume(row.pk), done)


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, campaign: int) -> HttpResponse:
    """Take back what has not gone. The word is typed where texts are already on their way."""
    row = get_object_or_404(models.Campaign, pk=campaign)
    found = reporting.overview(store(), row, timezone.now())
    confirm = cancel_confirm(row, found.total - found.done)
    if request.method != "POST":
        return _question(request, row, confirm)
    if request.POST.get("typed", "").strip() != confirm.word:
        error = _("That is not the word. Type %(word)s to cancel, or go back.") % {"word": confirm.word}
        return _question(request, row, confirm, error=error)
    done = _("“%(name)s” is cancelled. What was still to go does not go.") % {"name": row.name}
    return _move(request, row, "cancel", lambda: campaigns.cancel(row.pk, timezone.now()), done)


def cancel_confirm(row: models.Campaign, left: int) -> parts.Confirm:
    url = reverse("console:campaign-cancel", args=[row.pk])
    if row.state == models.Campaign.State.DRAFT:
        return parts.Confirm(
            id="discard",
            title=_("Discard “%(name)s”?") % {"name": row.name},
            text=_(
                "The draft stays in the list as cancelled and cannot be sent any more. You can write a new one from it."
            ),
            button=_("Discard the draft"),
            action_url=url,
            page_url=url,
            back_url=campaign_url(row.pk),
        )
    return parts.Confirm(
        id="cancel",
        title=_("Cancel “%(name)s”?") % {"name": row.name},
        text=ngettext(
            "%(count)s text that is still to go will not go. Texts that went cannot be called back, and a cancelled campaign cannot be resumed.",
            "%(count)s texts that are still to go will not go. Texts that went cannot be called back, and a cancelled campaign cannot be resumed.",
            left,
        )
        % {"count": shown_count(left)},
        button=_("Cancel the rest"),
        action_url=url,
        page_url=url,
        word=_CANCEL,
        back_url=campaign_url(row.pk),
    )


def _question(
    request: HttpRequest,
    row: models.Campaign,
    confirm: parts.Confirm,
    extra: list[tuple[str, int]] | None = None,
    error: str = "",
) -> HttpResponse:
    context = {
        "confirm": confirm,
        "extra": extra or [],
        "error": error,
        "crumbs": [(_("Campaigns"), reverse("console:campaigns")), (row.name, campaign_url(row.pk))],
    }
    return render(request, "console/campaign_question.html", context, status=422 if error else 200)


def _move(
    request: HttpRequest, row: models.Campaign, verb: str, act: Callable[[], None], done: str
) -> HttpResponse:
    """Do it with its audit row, in one transaction; somebody else may have been faster."""
    actor(request)
    try:
        with store().database.write():
            act()
            leave_trace(request, f"campaign.{verb}", f"campaign {row.pk}")
    except campaigns.CampaignStateError:
        messages.warning(request, _("Nothing was changed: the campaign had moved on since you looked."))
    else:
        messages.success(request, done)
    return redirect(campaign_url(row.pk))
