"""Who leaves, why, from where and how soon: figures with their tables, and what was paused by them."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from yesword.domain.thresholds import WHOLE, Thresholds
from yesword.reporting import leaving, thresholds, watching
from yesword.reporting.leaving import Leaving, SentLine, SourceKind, SourceLine, Stay
from yesword.reporting.programs import BrandLine
from yesword.store import programs
from yesword.store.departures import Way
from yesword.store.leave_answers import LeaveReason
from yesword.web import parts, pausing
from yesword.web.brands import brand_of, zone_of
from yesword.web.console import spans
from yesword.web.console.acting import may_act
from yesword.web.console.spans import Cell, Line, Span, Table, bar_note, bars
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.pausing import percent
from yesword.web.telling import route_word

_PAST_PAUSES: Final = 10
_QUICK_S: Final = 0.5

REASONS: Final[Mapping[LeaveReason | None, Promise]] = {
    LeaveReason.TOO_OFTEN: gettext_lazy("Too many texts"),
    LeaveReason.IRRELEVANT: gettext_lazy("Not relevant"),
    LeaveReason.CHANGED: gettext_lazy("Taste or work has changed"),
    LeaveReason.LOST_INTEREST: gettext_lazy("Lost interest"),
    LeaveReason.COMPETITOR: gettext_lazy("Buys elsewhere now"),
    LeaveReason.OTHER: gettext_lazy("Something else"),
    None: gettext_lazy("Did not say"),
}
WAYS: Final[Mapping[Way, Promise]] = {
    Way.KEYWORD: gettext_lazy("STOP or its like"),
    Way.FREE_TEXT: gettext_lazy("In their own words"),
    Way.LINK: gettext_lazy("The link in a text"),
    Way.PAGE: gettext_lazy("The preference page"),
    Way.AGENT: gettext_lazy("Told a colleague"),
    Way.CARRIER: gettext_lazy("Told the carrier"),
    Way.API: gettext_lazy("Another system"),
    Way.OTHER: gettext_lazy("Otherwise"),
}
STAYS: Final[Mapping[Stay, Promise]] = {
    Stay.SAME_DAY: gettext_lazy("The same day"),
    Stay.A_WEEK: gettext_lazy("2 to 7 days"),
    Stay.A_MONTH: gettext_lazy("8 to 30 days"),
    Stay.THREE_MONTHS: gettext_lazy("31 to 90 days"),
    Stay.LONGER: gettext_lazy("Later"),
}


def _counted(brand: BrandLine, chosen: Span) -> Leaving:
    """What took long to count is shown again for ten times as long; the page says when it was counted."""
    here = store()
    key = f"leaving:{here.folder}:{brand.id}:{chosen.query()}"
    kept = cache.get(key)
    if isinstance(kept, Leaving):
        return kept
    started = monotonic()
    found = leaving.count(
        here, brand.id, chosen.since, chosen.until, chosen.program.id if chosen.program else None
    )
    took = monotonic() - started
    if took > _QUICK_S:
        cache.set(key, found, timeout=took * 10)
    return found


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return redirect("console:home")
    running = programs.of_brand(brand.id)
    chosen = spans.chosen(request, running)
    found = _counted(brand, chosen)
    zone = zone_of(brand.country)
    standing, past = watching.standing(), watching.history(_PAST_PAUSES)
    names = pausing.names_of([*standing, *past])
    known: dict[int, str] = {each.id: each.name for each in running}
    return render(
        request,
        "console/leaving.html",
        {
            "brand": brand,
            "zone": zone,
            "lead": _lead(found, chosen),
            **chosen.choices(running),
            "csv_url": f"{reverse('console:leaving-csv')}?{chosen.query()}",
            "counted_at": found.until,
            "figures": _figures(found, zone),
            "tables": _tables(found, known, thresholds.of_brand(brand.id)),
            "pauses": [pausing.line_of(each, names) for each in standing],
            "past": [pausing.line_of(each, names) for each in past],
            "may_act": may_act(request),
        },
    )


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The same figures as a file. Nobody is named in it."""
    brand = brand_of(request)
    if brand is None:
        return redirect("console:home")
    span = spans.chosen(request, programs.of_brand(brand.id))
    return spans.as_file("leaving", brand.key, span, leaving.COLUMNS, leaving.as_rows(_counted(brand, span)))


def _lead(found: Leaving, chosen: Span) -> str:
    if not found.left:
        return _("Nobody left in the last %(days)s.") % {"days": chosen.word}
    said = ngettext(
        "%(shown)s person left in the last %(days)s.",
        "%(shown)s people left in the last %(days)s.",
        found.left,
    ) % {"shown": count(found.left), "days": chosen.word}
    if found.after_share is None:
        return said
    rate = ngettext(
        "%(after)s of them left after the %(texts)s text of these days: %(share)s %%.",
        "%(after)s of them left after one of the %(texts)s texts of these days: %(share)s %%.",
        found.texts,
    ) % {"after": count(found.after), "texts": count(found.texts), "share": percent(found.after_share * 100)}
    if not found.untexted:
        return f"{said} {rate}"
    apart = ngettext(
        "%(shown)s left without such a text, and counts in no share.",
        "%(shown)s left without such a text, and count in no share.",
        found.untexted,
    ) % {"shown": count(found.untexted)}
    return f"{said} {rate} {apart}"


# --- figures -------------------------------------------------------------------------------------------------


def _figures(found: Leaving, zone: str) -> list[parts.Figure]:
    stays = [(STAYS[each], found.stays.get(each, 0)) for each in STAYS if each in found.stays]
    early = sum(found.stays.get(each, 0) for each in leaving.EARLY)
    return [
        parts.Figure(
            title=_("People who left"),
            value=found.left,
            points=bars(found.since, found.by_day) if found.left else (),
            note=bar_note(found.by_day) if found.left else "",
            tone="brick",
            zone=zone,
        ),
        parts.Figure(
            title=_("Left within a week of joining"),
            value=early,
            points=stays,
            note=_("By how long they had been in.") if stays else "",
            tone="brick",
            zone=zone,
        ),
        _reasons(found, zone),
        _listed(_("How they left"), [(WAYS[way], number) for way, number in found.ways.items()], "", zone),
        parts.Figure(title=_("People who complained"), value=found.complaints),
        parts.Figure(
            title=_("Texts that did not arrive"),
            value=found.errors,
            note=_("of %(texts)s") % {"texts": count(found.texts)} if found.texts else "",
        ),
    ]


def _reasons(found: Leaving, zone: str) -> parts.Figure:
    """Those that were given come first; most people say nothing."""
    given = [(REASONS[reason], number) for reason, number in found.reasons.items() if reason is not None]
    silent = [(REASONS[None], found.reasons[None])] if None in found.reasons else []
    if not given:
        return parts.Figure(title=_("Why they left"), value=_("Nobody said"))
    return parts.Figure(
        title=_("Why they left"),
        value=_("%(said)s of %(left)s said why")
        % {"said": count(sum(number for _reason, number in given)), "left": count(found.left)},
        points=[*given, *silent],
        note=f"{_most_said(given)} {_('Asked after leaving; nobody has to answer.')}".strip(),
        tone="brick",
        zone=zone,
    )


def _most_said(given: Sequence[tuple[Promise, int]]) -> str:
    """Empty where two were said as often."""
    (reason, number), *others = given
    if others and others[0][1] == number:
        return ""
    return _("Most often: %(reason)s (%(shown)s).") % {"reason": reason, "shown": count(number)}


def _listed(title: str, points: Sequence[tuple[Promise, int]], note: str, zone: str) -> parts.Figure:
    """The value is what most said."""
    if not points:
        return parts.Figure(title=title, value=_("Nobody yet"))
    return parts.Figure(title=title, value=points[0][0], points=points, note=note, tone="brick", zone=zone)


# --- tables --------------------------------------------------------------------------------------------------


def _tables(found: Leaving, names: Mapping[int, str], limits: Thresholds) -> list[Table]:
    tables = [
        Table(
            id="programs",
            caption=_("By program"),
            first=_("Program"),
            lines=[
                _sent_line(each, names[each.key], "console:program", each.name) for each in found.programs
            ],
            note=f"{_share_note()} {_thresholds(limits)}",
        ),
        Table(
            id="campaigns",
            caption=_("By campaign"),
            first=_("Campaign"),
            lines=[_sent_line(each, each.name, "console:campaign", each.key) for each in found.campaigns],
            note=_share_note(),
        ),
        Table(
            id="sources",
            caption=_("Where they had come from"),
            first=_("Source"),
            lines=[_source_line(each) for each in found.sources],
            note=_("A source from which many leave within a week brings people who did not mean to join."),
        ),
    ]
    return [each for each in tables if each.lines]


def _share_note() -> str:
    return _(
        "A share is of those who left after a text of these days; whoever left without one stands under “Left” only."
    )


def _thresholds(limits: Thresholds) -> str:
    limit = limits.opt_outs
    return _(
        "Where people leave after %(warn)s %% of the texts of a day, you are warned; at %(pause)s %% the campaign or program is paused by itself, and a number by its last seven days. Below %(least)s texts no share counts."
    ) % {
        "warn": percent(limit.warn * 100 / WHOLE),
        "pause": percent(limit.pause * 100 / WHOLE),
        "least": count(limits.minimum),
    }


def _sent_line(line: SentLine, name: str, route: str, key: str | int) -> Line:
    return Line(
        name=name,
        url=reverse(route, args=[key]),
        cells=(
            Cell(label=_("Texts"), text=count(line.texts)),
            Cell(label=_("Left"), text=count(line.left)),
            Cell(label=_("After a text"), text=count(line.after)),
            Cell(
                label=_("Of its texts"),
                text="–" if line.after_share is None else f"{percent(line.after_share * 100)} %",
            ),
            Cell(label=_("Complained"), text=count(line.complaints)),
            Cell(label=_("Did not arrive"), text=count(line.errors)),
        ),
    )


def _source_line(line: SourceLine) -> Line:
    return Line(
        name=_source_word(line),
        url="",
        cells=(
            Cell(label=_("Left"), text=count(line.left)),
            Cell(label=_("Of them within a week"), text=count(line.early)),
            Cell(label=_("Joined in these days"), text=_joined_word(line), is_number=False),
        ),
    )


def _source_word(line: SourceLine) -> str:
    source = line.source
    if source.kind is SourceKind.IMPORT:
        return _("Import %(name)s") % {"name": source.name}
    if source.kind is SourceKind.ROUTE:
        return route_word(source.name) if source.name else _("Not known")
    return source.name


def _joined_word(line: SourceLine) -> str:
    if line.joined is None:
        return _("not counted")
    share = line.early_share
    if share is None:
        return count(line.joined)
    return _("%(count)s, of whom %(share)s %% left within a week") % {
        "count": count(line.joined),
        "share": percent(share * 100),
    }
