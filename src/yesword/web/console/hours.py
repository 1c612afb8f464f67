"""Lawful hours for one person: where they may be, when texts may go there, and the earliest lawful minute.

Only hours are looked at. Whether the person may be texted at all is asked on their own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yesword.domain.gate.plan import Waiting
from yesword.domain.messages import MessageClass
from yesword.domain.programs import Program
from yesword.sending.explaining import check
from yesword.store import programs
from yesword.store.contacts import Contact
from yesword.web import parts
from yesword.web.bands import Bands, HourRule, bands, earliest, window
from yesword.web.brands import zone_of
from yesword.web.console.addresses import hours_url, person_at, person_url, rule_url
from yesword.web.console.days import read_day
from yesword.web.formats import masked, moment
from yesword.web.installation import rules, scales, store
from yesword.web.lawful import DAYS, chart, local, places_word
from yesword.web.legal import asks
from yesword.web.legal_terms import term
from yesword.web.sentences import reason_line
from yesword.web.telling import name_of, texts_of

CLASSES: Final = (MessageClass.PROMOTIONAL, MessageClass.INFORMATIONAL, MessageClass.TRANSACTIONAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleLine:
    """A rule about hours beside the chart."""

    asks: str
    names: str
    citation: str
    rule: str
    url: str
    state: str  # decides, noted, lifted
    word: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursView:
    verdict: str  # send, wait, refuse: by the hours alone
    sentence: str
    also: str  # the same moment on another clock
    reason: parts.ReasonLine | None  # what decides the moment
    where: str
    chart: parts.HoursChart
    rules: Sequence[RuleLine]


@require_safe
def page(request: HttpRequest, contact: str) -> HttpResponse:
    person = person_at(contact).contact
    at = datetime.now(UTC)
    zone = person.places[0].zone if person.places else "UTC"
    running = programs.of_brand(person.brand)
    program = next((each for each in running if each.key == request.GET.get("program")), None) or next(
        iter(running), None
    )
    message_class = _class(request.GET.get("class", ""), program)
    today = local(at, zone).date()
    day, problem = read_day(request.GET.get("on", ""), today)
    return render(
        request,
        "console/hours.html",
        {
            "name": person.name or _("Nameless so far"),
            "number": "" if person.erased_at else masked(person.number),
            "here_url": hours_url(person.id),
            "check_url": f"{person_url(person.id)}?check={program.key}#check" if program else "",
            "zone": zone,
            "day": day,
            "is_today": day == today,
            "problem": problem,
            "programs": [(each.key, texts_of(each), each == program) for each in running],
            "classes": [(each.value, term(each), each is message_class) for each in CLASSES],
            "view": hours_of(person, program, message_class, day, zone, at) if program else None,
            "empty": parts.Empty(
                icon="clock",
                title=_("No program yet"),
                text=_("Hours depend on what is sent. Publish a program, and they stand here."),
            ),
            "crumbs": [
                (_("People"), reverse("console:people")),
                (person.name or _("Nameless so far"), person_url(person.id)),
            ],
        },
    )


def _class(asked: str, program: Program | None) -> MessageClass:
    known = {each.value: each for each in CLASSES}
    usual = program.message_class if program else MessageClass.PROMOTIONAL
    return known.get(asked) or (usual if usual in CLASSES else MessageClass.PROMOTIONAL)


def hours_of(
    person: Contact, program: Program, message_class: MessageClass, day: date, zone: str, at: datetime
) -> HoursView:
    """Two days from this one on, on the person's clock; and the earliest lawful minute from now, or from that day."""
    weighed = check(store(), scales(), person, program, at, message_class=message_class)
    book = rules()
    since, until = window(day, DAYS, zone)
    found = bands(weighed.facts, book, since, until)
    start = at if since <= at < until else since
    first = earliest(weighed.facts, book, start)
    return HoursView(
        verdict=_verdict(first, start),
        sentence=_sentence(
            first, start, found, zone, what=term(message_class), name=name_of(person.name), at=at
        ),
        also=_also(first, start, zone, zone_of(programs.brand(person.brand).country)),
        reason=reason_line(first.reasons[0], zone) if first.reasons else None,
        where=places_word(found),
        chart=chart(found, day, zone, at, _("Lawful hours")),
        rules=[_rule(each) for each in found.rules],
    )


def _verdict(first: Waiting, start: datetime) -> str:
    if first.until is None:
        return "refuse"
    return "send" if first.until <= start else "wait"


def _sentence(
    first: Waiting, start: datetime, found: Bands, zone: str, *, what: str, name: str, at: datetime
) -> str:
    """The answer. What is asked about stands in it, for it may be read alone."""
    if first.until is None:
        return _("In the next two weeks there is no hour at which {what} may lawfully reach {name}.").format(
            what=what, name=name
        )
    if first.until > start or start > at:
        return format_html(
            _("The earliest lawful minute for {what} to {name} is {moment}."),
            what=what,
            name=name,
            moment=moment(max(first.until, start), zone),
        )
    ends = next((each.until for each in found.everywhere if each.since <= start < each.until), None)
    if ends is None or ends >= found.until:
        return _("The hours let {what} go to {name} now.").format(what=what, name=name)
    return format_html(
        _("The hours let {what} go to {name} now, until {moment}."),
        what=what,
        name=name,
        moment=moment(ends, zone),
    )


def _also(first: Waiting, start: datetime, zone: str, own_zone: str) -> str:
    """The moment on the brand's own clock, where that differs."""
    if first.until is None or first.until <= start:
        return ""
    there, here = local(first.until, zone), local(first.until, own_zone)
    if there.utcoffset() == here.utcoffset():
        return ""
    return format_html(_("Where the brand is, that is {moment}."), moment=moment(first.until, own_zone))


def _rule(held: HourRule) -> RuleLine:
    rule = held.rule
    state, word = "decides", ""
    if held.is_lifted:
        state, word = "lifted", _("Lifted by what they agreed to")
    elif not rule.is_enforced:
        state = "noted"
    return RuleLine(
        asks=" ".join(asks(rule.parameter)),
        names=", ".join(held.names) if len(held.names) == 1 else "",
        citation=rule.citation,
        rule=rule.id,
        url=rule_url(rule.id),
        state=state,
        word=word,
    )


def usual_view(person: Contact, running: Sequence[Program], zone: str, at: datetime) -> HoursView | None:
    """For the page of the person: promotion, or whatever the first program sends, today and tomorrow."""
    if not running:
        return None
    program = running[0]
    return hours_of(person, program, _class("", program), local(at, zone).date(), zone, at)
