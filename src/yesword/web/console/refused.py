"""What carriers refuse: filtered texts and violations of their rules, by sender, program and day, each with its table."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from yesword.channels.errors import CarrierError
from yesword.domain.programs import Program
from yesword.reporting import refused
from yesword.reporting.refused import CAUSES, GRAVE, Cause, Line, Refused
from yesword.store import programs
from yesword.web import parts
from yesword.web.brands import brand_of, zone_of
from yesword.web.console.leaving import SPANS, Cell, Table
from yesword.web.console.leaving import Line as TableLine
from yesword.web.formats import count
from yesword.web.installation import store
from yesword.web.pausing import percent
from yesword.web.telling import plain_day

_USUAL: Final = 30
_MOST_BARS: Final = 31

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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Chosen:
    days: int
    program: Program | None
    since: datetime
    until: datetime

    def query(self) -> str:
        chosen = {"days": self.days, "program": self.program.key if self.program else ""}
        return urlencode({name: value for name, value in chosen.items() if value})


def _chosen(request: HttpRequest, running: Sequence[Program]) -> _Chosen:
    typed = request.GET.get("days", "")
    days = int(typed) if typed in map(str, SPANS) else _USUAL
    now = datetime.now(UTC)
    program = next((each for each in running if each.key == request.GET.get("program")), None)
    return _Chosen(days=days, program=program, since=now - timedelta(days=days), until=now)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    brand = brand_of(request)
    if brand is None:
        return redirect("console:home")
    running = programs.of_brand(brand.id)
    chosen = _chosen(request, running)
    found = refused.count(
        store(), brand.id, chosen.since, chosen.until, chosen.program.id if chosen.program else None
    )
    zone = zone_of(brand.country)
    return render(
        request,
        "console/refused.html",
        {
            "lead": _lead(found, chosen.days),
            "days": [(each, _days_word(each), each == chosen.days) for each in SPANS],
            "choices": [(each.key, each.name, each == chosen.program) for each in running],
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
    chosen = _chosen(request, programs.of_brand(brand.id))
    program = chosen.program.id if chosen.program else None
    found = refused.count(store(), brand.id, chosen.since, chosen.until, program)
    text = io.StringIO()
    rows = csv.DictWriter(text, refused.COLUMNS, lineterminator="\r\n")
    rows.writeheader()
    rows.writerows({name: _cell(value) for name, value in each.items()} for each in refused.as_rows(found))
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"refused-{brand.key}-{chosen.until:%Y-%m-%d}-{chosen.days}-days.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _cell(value: str | int | None) -> str | int | None:
    """A code that begins like a formula must not become one where the file is opened."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _lead(found: Refused, days: int) -> str:
    span = _days_word(days)
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


def _days_word(days: int) -> str:
    return ngettext("%(shown)s day", "%(shown)s days", days) % {"shown": count(days)}


def _figures(found: Refused, zone: str) -> list[parts.Figure]:
    of_texts = _("of %(texts)s") % {"texts": count(found.texts)} if found.texts else ""
    return [
        parts.Figure(
            title=_("Filtered or against a carrier’s rules"),
            value=found.grave,
            points=_bars(found) if found.grave else (),
            note=_bar_note(found) if found.grave else of_texts,
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


def _bars(found: Refused) -> list[tuple[str, int]]:
    """A bar a day; of a long span each bar is several days."""
    width = _width(found)
    return [
        (plain_day(found.since + first * refused.A_DAY), sum(found.grave_by_day[first : first + width]))
        for first in range(0, len(found.grave_by_day), width)
    ]


def _bar_note(found: Refused) -> str:
    width = _width(found)
    if width == 1:
        return _("A bar is 24 hours; the last one ends now.")
    return _("A bar is %(days)s; the last one ends now.") % {"days": _days_word(width)}


def _width(found: Refused) -> int:
    return -(-len(found.grave_by_day) // _MOST_BARS)


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
