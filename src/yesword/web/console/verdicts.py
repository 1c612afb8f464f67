"""The verdict before a campaign goes: its numbers, the reasons behind each, and the people behind those."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from yesword.domain.decisions import Verdict
from yesword.domain.ids import ProgramId
from yesword.domain.times import from_micros
from yesword.reporting import campaigns as reporting
from yesword.sending import verdicts
from yesword.store import models, programs
from yesword.web import parts
from yesword.web.brands import zone_of
from yesword.web.console.acting import actor, leave_trace, may_act
from yesword.web.console.addresses import campaign_url, person_url, rule_url
from yesword.web.console.filters import conditions_of, rows_of, sentence
from yesword.web.console.previews import cost
from yesword.web.formats import count as shown_count
from yesword.web.formats import masked
from yesword.web.installation import scales, store
from yesword.web.sentences import decided, say, until

PAGE: Final = 50
_FRESH: Final = timedelta(minutes=15)  # after which a page says how old its count is
_OUTCOMES: Final = ("send", "wait", "refuse")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One reason behind a number, in words."""

    sentence: str
    remedy: str
    rule: str
    rule_url: str
    citation: str
    code: str
    until: str
    count: int
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    name: str
    number: str
    language: str
    sentence: str
    fact: str
    until: datetime | None
    zone: str
    url: str


def brand_zone(campaign: models.Campaign) -> str:
    return zone_of(programs.brand(campaign.brand_id).country)


def verdict_bar(campaign: models.Campaign, verdict: models.CampaignVerdict, zone: str) -> parts.VerdictBar:
    """Its numbers, each a link to who and why."""
    lines = {outcome: [each for each in verdict.reasons if each[0] == outcome] for outcome in _OUTCOMES}
    untils = sorted(each[3] for each in lines["wait"] if each[3] is not None)
    return parts.VerdictBar(
        now=parts.Share(
            count=verdict.now,
            url=people_url(campaign, "send"),
            detail=cost(verdict.segments) if verdict.now else "",
        ),
        waiting=parts.Share(
            count=verdict.waiting,
            url=people_url(campaign, "wait") if verdict.waiting else "",
            detail=until(from_micros(untils[0]), from_micros(untils[-1]), zone) if untils else "",
        ),
        refused=parts.Share(
            count=verdict.refused,
            url=people_url(campaign, "refuse") if verdict.refused else "",
            detail=_reasons_counted(len({(each[1], each[2]) for each in lines["refuse"]})),
        ),
        counted_at=verdict.created_at,
        zone=zone,
    )


def _reasons_counted(count: int) -> str:
    if not count:
        return ""
    return ngettext("for %(count)s reason", "for %(count)s reasons", count) % {"count": count}


def people_url(campaign: models.Campaign, outcome: str) -> str:
    return reverse("console:verdict-people", args=[campaign.pk, outcome])


def lines_of(
    campaign: models.Campaign, verdict: models.CampaignVerdict, outcome: str, zone: str
) -> list[Line]:
    """The reasons of one part of a verdict, most people first."""
    found = reporting.reason_lines(store(), scales(), verdict, outcome)
    return [
        Line(
            sentence=say(each.example.sentence) if each.example else _fallback(outcome),
            remedy=say(each.example.remedy) if each.example else "",
            rule=each.rule,
            rule_url=rule_url(each.rule),
            citation=each.example.citation if each.example else "",
            code=each.code,
            until=until(each.first_until, each.last_until, zone),
            count=each.count,
            url=f"{people_url(campaign, outcome)}?{urlencode({'reason': each.code, 'rule': each.rule})}"
            if each.code
            else "",
        )
        for each in found
    ]


def _fallback(outcome: str) -> str:
    return {
        "send": _("Every rule that speaks lets the text go."),
        "wait": _("The text waits."),
        "refuse": _("The text may not go."),
    }[outcome]


def is_old(verdict: models.CampaignVerdict) -> bool:
    return timezone.now() - verdict.created_at > _FRESH


@require_safe
def verdict_page(request: HttpRequest, campaign: int) -> HttpResponse:
    """The newest verdict on its own: while a campaign runs, what had been forecast."""
    row = get_object_or_404(models.Campaign.objects.select_related("program"), pk=campaign)
    if row.state == models.Campaign.State.DRAFT:
        return redirect(campaign_url(row.pk))
    return render(request, "console/verdict.html", verdict_context(request, row))


def verdict_context(request: HttpRequest, campaign: models.Campaign) -> dict[str, Any]:
    """All that the page of a draft shows."""
    verdict = reporting.newest_verdict(campaign)
    zone = brand_zone(campaign)
    program = programs.current(ProgramId(campaign.program_id))
    context: dict[str, Any] = {
        "campaign": campaign,
        "program": program,
        "zone": zone,
        "sentence": sentence(conditions_of(rows_of(campaign))),
        "may_act": may_act(request),
        "is_draft": campaign.state == models.Campaign.State.DRAFT,
        "verdict": verdict,
        "crumbs": [(_("Campaigns"), reverse("console:campaigns"))],
    }
    if verdict is None:
        return context
    if not verdict.is_done:
        context["progress"] = parts.Progress(
            label=_("Asking the gate about each person"),
            done=verdict.looked_at,
            total=verdict.total,
            state="counting",
            id="counting",
        )
        return context
    groups = [(outcome, lines_of(campaign, verdict, outcome, zone)) for outcome in ("wait", "refuse")]
    context |= {
        "bar": verdict_bar(campaign, verdict, zone),
        "groups": [(outcome, lines) for outcome, lines in groups if lines],
        "is_old": is_old(verdict),
        "start": start_confirm(campaign, verdict) if campaign.state == models.Campaign.State.DRAFT else None,
        "start_extra": [("verdict", verdict.pk)],
    }
    return context


def start_confirm(campaign: models.Campaign, verdict: models.CampaignVerdict) -> parts.Confirm:
    """The last question before it goes."""
    if verdict.now:
        button = ngettext("Send to %(count)s person", "Send to %(count)s people", verdict.now) % {
            "count": shown_count(verdict.now)
        }
    else:
        button = _("Start the campaign")
    sentences = [
        _("Each text is asked about once more just before it goes. What went cannot be called back.")
    ]
    if verdict.waiting:
        sentences.insert(
            0,
            ngettext(
                "%(count)s more person gets it later, as soon as they may.",
                "%(count)s more people get it later, as soon as they may.",
                verdict.waiting,
            )
            % {"count": shown_count(verdict.waiting)},
        )
    url = reverse("console:campaign-start", args=[campaign.pk])
    return parts.Confirm(
        id="start",
        title=_("Send “%(name)s” now?") % {"name": campaign.name},
        text=" ".join(sentences),
        button=button,
        action_url=url,
        page_url=url,
        is_dangerous=False,
        back_url=campaign_url(campaign.pk),
    )


@require_POST
def count_again(request: HttpRequest, campaign: int) -> HttpResponse:
    """Ask the gate anew about everybody, for this moment."""
    actor(request)
    row = get_object_or_404(models.Campaign, pk=campaign)
    here = store()
    with here.database.write():
        verdict = verdicts.begin(here, row, timezone.now())
        leave_trace(request, "campaign.count", f"campaign {row.pk}", verdict=verdict.pk)
    return redirect(campaign_url(row.pk))


@require_safe
def people_page(request: HttpRequest, campaign: int, outcome: str) -> HttpResponse:
    """One number opened: its reasons, and some of its people."""
    if outcome not in _OUTCOMES:
        raise Http404
    row = get_object_or_404(models.Campaign, pk=campaign)
    verdict = reporting.newest_verdict(row)
    if verdict is None or not verdict.is_done:
        return redirect(campaign_url(row.pk))
    code, rule = request.GET.get("reason"), request.GET.get("rule")
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() else 0
    zone = brand_zone(row)
    found = reporting.verdict_people(store(), scales(), verdict, outcome, code, rule, start, PAGE)
    lines = lines_of(row, verdict, outcome, zone)
    chosen = next(
        (each for each in lines if code is not None and (each.code, each.rule) == (code, rule)), None
    )
    count = {"send": verdict.now, "wait": verdict.waiting, "refuse": verdict.refused}[outcome]
    asked = request.GET.copy()
    older = ""
    if len(found) > PAGE:
        asked["after"] = str(found[PAGE - 1].key)
        older = f"{request.path}?{asked.urlencode()}"
    asked.pop("after", None)
    context: dict[str, Any] = {
        "campaign": row,
        "outcome": outcome,
        "verdict": verdict,
        "count": count,
        "lines": lines,
        "chosen": chosen,
        "people": [_person_line(each) for each in found[:PAGE]],
        "kept": verdicts.SHOWN,
        "is_cut": (chosen.count if chosen else count) > verdicts.SHOWN,
        "older": older,
        "first": f"{request.path}?{asked.urlencode()}" if start else "",
        "all_url": request.path,
        "zone": zone,
        "crumbs": [(_("Campaigns"), reverse("console:campaigns")), (row.name, campaign_url(row.pk))],
    }
    return render(request, "console/verdict_people.html", context)


def _person_line(line: reporting.VerdictLine) -> PersonLine:
    asked = line.asked
    if asked is None:
        return PersonLine(
            name=_("Erased"), number="", language="", sentence="", fact="", until=None, zone="UTC", url=""
        )
    person, decision = asked.person, asked.decision
    is_erased = person.erased_at is not None
    zone = person.places[0].zone if person.places else "UTC"
    reason = decision.reasons[0] if decision.reasons else None
    return PersonLine(
        name=_("Erased") if is_erased else person.name,
        number="" if is_erased else masked(person.number),
        language=person.language,
        sentence=say(reason.sentence) if reason else decided(decision, zone),
        fact=say(reason.fact) if reason else "",
        until=line.not_before if decision.verdict is Verdict.WAIT else None,
        zone=zone,
        url=person_url(person.id),
    )
