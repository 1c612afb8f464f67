"""What carriers refuse: filtered texts and violations of their rules, by sender, program and day, each with its table."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from yesword.channels.errors import CarrierError
from yesword.reporting import refused
from yesword.reporting.programs import BrandLine
from yesword.reporting.refused import CAUSES, GRAVE, Cause, Line, Refused
from yesword.store import programs
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console import spans
from yesword.web.console.spans import Cell, Span, Table, bar_note, bars
from yesword.web.console.spans import Line as TableLine
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.pausing import percent

MEANINGS: Final[Mapping[CarrierError, Promise]] = {
    CarrierError.OPTED_OUT: gettext_lazy("The carrier knows of a stop"),
    CarrierError.UNKNOWN_SUBSCRIBER: gettext_lazy("Nobody has this number"),
    CarrierError.DEACTIVATED: gettext_lazy("The number is no longer in use"),
    CarrierError.LANDLINE: gettext_lazy("A number that takes no texts"),
    CarrierError.FILTERED: gettext_lazy("Filtered as spam"),
    CarrierError.CARRIER_VIOLATION: gettext_lazy("Against the carrier’s rules"),
    CarrierError.SPAM_REPORT: gettext_lazy("Reported as spam by the person"),
    CarrierError.INVALID_SENDER: gettext_lazy("The sender may not send there"),
    CarrierError.NOT_REGISTERED: gettext_lazy("The sender or its campaign is not registered"),
    CarrierError.INVALID_NUMBER: gettext_lazy("Not a number"),
    CarrierError.INSUFFICIENT_FUNDS: gettext_lazy("No credit with the carrier"),
    CarrierError.THROTTLED: gettext_lazy("Sent too fast"),
    CarrierError.TEMPORARY: gettext_lazy("Switched off or out of reach"),
    CarrierError.CONTENT: gettext_lazy("The carrier cannot carry this text"),
    CarrierError.OTHER: gettext_lazy("For another reason"),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return redirect("console:home")
    running = programs.of_brand(brand.id)
    chosen = spans.chosen(request, running)
    found = _counted(brand, chosen)
    zone = zone_of(brand.country)
    return render(
        request,
        "console/refused.html",
        {
            "lead": _lead(found, chosen.word),
            **chosen.choices(running),
            "csv_url": f"{reverse('console:refused-csv')}?{chosen.query()}",
            "counted_at": found.until,
            "zone": zone,
            "figures": _figures(found, zone),
            "tables": _tables(found, {each.id: each.name for each in running}),
        },
    )


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The same figures as a file. Nobody is named in it."""
    brand = brand_of(request)
    if brand is None:
        return redirect("console:home")
    span = spans.chosen(request, programs.of_brand(brand.id))
    return spans.as_file("refused", brand.key, span, refused.COLUMNS, refused.as_rows(_counted(brand, span)))


def _counted(brand: BrandLine, span: Span) -> Refused:
    program = span.program.id if span.program else None
    return refused.count(store(), brand.id, span.since, span.until, program)


def _lead(found: Refused, span: str) -> str:
    if not found.refused:
        return _("Carriers refused nothing in the last %(days)s.") % {"days": span}
    said = ngettext(
        "%(shown)s text was refused or not delivered in the last %(days)s.",
        "%(shown)s texts were refused or not delivered in the last %(days)s.",
        found.refused,
    ) % {"shown": count(found.refused), "days": span}
    if not found.grave:
        return f"{said} {_('None of them was filtered or broke a rule of a carrier.')}"
    grave = ngettext(
        "%(shown)s of them was filtered or broke a rule of a carrier.",
        "%(shown)s of them were filtered or broke a rule of a carrier.",
        found.grave,
    ) % {"shown": count(found.grave)}
    return f"{said} {grave}"


def _figures(found: Refused, zone: str) -> list[parts.Figure]:
    of_texts = _("of %(texts)s") % {"texts": count(found.texts)} if found.texts else ""
    return [
        parts.Figure(
            title=_("Filtered or against a carrier’s rules"),
            value=found.grave,
            points=bars(found.since, found.grave_by_day) if found.grave else (),
            note=bar_note(found.grave_by_day) if found.grave else of_texts,
            tone="brick",
            zone=zone,
        ),
        parts.Figure(
            title=_("What carriers said"),
            value=found.refused,
            points=[(MEANINGS[each], number) for each, number in found.meanings.items()],
            note=of_texts,
            tone="brick",
            zone=zone,
        ),
        parts.Figure(title=_("Numbers that nobody can be reached at"), value=found.of(Cause.NUMBER)),
        parts.Figure(title=_("Senders that may not send"), value=found.of(Cause.SENDER)),
    ]


def _tables(found: Refused, names: Mapping[int, str]) -> list[Table]:
    tables = [
        Table(
            id="senders",
            caption=_("By sender"),
            first=_("Sender"),
            lines=[_line(each, each.name, "") for each in found.senders],
            note=_(
                "A carrier that filters one text of a sender soon filters more of it. Stop and look at the wording and at who was asked before you send on."
            )
            if found.grave
            else "",
        ),
        Table(
            id="programs",
            caption=_("By program"),
            first=_("Program"),
            lines=[
                _line(
                    each,
                    names.get(each.key, each.name),
                    reverse("console:program", args=[each.name]) if each.key in names else "",
                )
                for each in found.programs
            ],
        ),
        Table(
            id="codes",
            caption=_("The carriers’ own codes"),
            first=_("Code"),
            lines=[
                TableLine(
                    name=each.code or _("none given"),
                    url="",
                    cells=(
                        Cell(label=_("Meaning"), text=str(MEANINGS[each.meaning]), is_number=False),
                        Cell(
                            label=_("Filtered or against rules"),
                            text=_yes_or_no(each.meaning),
                            is_number=False,
                        ),
                        Cell(label=_("Texts"), text=count(each.count)),
                    ),
                )
                for each in found.codes
            ],
        ),
    ]
    return [each for each in tables if each.lines]


def _yes_or_no(meaning: CarrierError) -> str:
    return _("yes") if CAUSES[meaning] in GRAVE else _("no")


def _line(line: Line, name: str, url: str) -> TableLine:
    def of(*causes: Cause) -> str:
        return count(sum(line.causes.get(each, 0) for each in causes))

    share = line.grave_share
    return TableLine(
        name=name,
        url=url,
        cells=(
            Cell(label=_("Texts"), text=count(line.texts)),
            Cell(label=_("Filtered"), text=of(Cause.FILTERED)),
            Cell(label=_("Against rules"), text=of(Cause.VIOLATION)),
            Cell(label=_("Of its texts"), text="–" if share is None else f"{percent(share * 100)} %"),
            Cell(label=_("Dead numbers"), text=of(Cause.NUMBER)),
            Cell(label=_("Otherwise"), text=of(Cause.SENDER, Cause.OPTED_OUT, Cause.OTHER)),
        ),
    )
