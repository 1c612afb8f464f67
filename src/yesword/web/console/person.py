"""One person: what they permitted, everything that happened to it, and the texts between them and the brand."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from yesword.domain.events import EventKind
from yesword.domain.ids import BadIdError, EventId, ProgramId, from_text, to_text
from yesword.domain.messages import MessageState
from yesword.domain.places import PlaceEvidence
from yesword.domain.programs import Program
from yesword.domain.text import measure
from yesword.ledger.receipt import Receipt, write_receipt, write_tlog_receipt
from yesword.proof.receipts import NoReceiptError, receipt_for, receipt_of
from yesword.reporting.people import EventRecord, PersonLine, TextLine, read_events, read_texts
from yesword.reporting.programs import brands
from yesword.reporting.replies import user_names
from yesword.sending.explaining import check
from yesword.store import links, programs
from yesword.store.contacts import Contact
from yesword.store.links import Link, LinkKind
from yesword.store.programs import sender_by_id
from yesword.web import parts
from yesword.web.brands import zone_of_person
from yesword.web.console import dead_numbers, hours, person_data, person_erased, person_files, person_readings
from yesword.web.console.acting import for_actors, leave_trace, may_act
from yesword.web.console.addresses import hours_url, living_person_at, person_at
from yesword.web.console.exclusion_forms import WishForm
from yesword.web.formats import masked
from yesword.web.installation import scales, store
from yesword.web.questions import question_facts
from yesword.web.queued_replies import Telling
from yesword.web.sentences import reason_tree
from yesword.web.telling import language_word, permission, plain_moment, texts_of, timeline_item

_TEXTS: Final = 20
# What has been on its way to the phone; the rest was never seen there.
_WENT: Final = frozenset(
    {
        MessageState.SENDING,
        MessageState.SENT,
        MessageState.UNCERTAIN,
        MessageState.DELIVERED,
        MessageState.UNDELIVERED,
    }
)


@require_safe
def person_page(request: HttpRequest, contact: str) -> HttpResponse:
    return show(request, person_at(contact))


@require_POST
@for_actors
def show_number(request: HttpRequest, contact: str) -> HttpResponse:
    """The number in full, once, for whoever asked; the trace says who did."""
    line = living_person_at(contact)
    with store().database.write():
        leave_trace(request, "number.shown", to_text("con", line.contact.id))
    return show(request, line, shows_number=True)


@require_POST
@for_actors
def receipt(request: HttpRequest, contact: str, key: str) -> HttpResponse:
    """The proof of the consent that is in force, or of the newest event, as a file that anyone can check."""
    line = living_person_at(contact)
    program = programs.by_key(line.contact.brand, key)
    if program is None:
        raise Http404
    try:
        made = receipt_for(store(), line.contact, program)
    except NoReceiptError as error:
        raise Http404 from error
    return _handed(request, line.contact, made, program=program.key)


@require_POST
@for_actors
def event_receipt(request: HttpRequest, contact: str, event: str) -> HttpResponse:
    """The same of one event, such as a stop, or a consent on paper that was recorded later."""
    line = living_person_at(contact)
    try:
        made = receipt_of(store(), line.contact, EventId(from_text("evt", event)))
    except (BadIdError, NoReceiptError) as error:
        raise Http404 from error
    return _handed(request, line.contact, made, event=event)


def _handed(request: HttpRequest, person: Contact, made: Receipt, **of: str) -> HttpResponse:
    """In the form that other tools read, too; before the log has taken the event up, as a promise in JSON."""
    is_proven = made.proof is not None
    written = write_tlog_receipt(made) if is_proven else write_receipt(made)
    name = to_text("con", person.id)
    file = f"receipt-{'-'.join(of.values())}-{name}.{'tlog-proof' if is_proven else 'json'}"
    with store().database.write():
        leave_trace(request, "receipt.downloaded", name, **of)
    return HttpResponse(
        written,
        content_type="text/plain; charset=utf-8" if is_proven else "application/json",
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def show(
    request: HttpRequest,
    line: PersonLine,
    *,
    shows_number: bool = False,
    link: str = "",
    typed: person_readings.Typed | None = None,
    refused: person_data.Refused | None = None,
) -> HttpResponse:
    """The page; with a link that was just made, or a reason that was not taken, where there is one."""
    if line.contact.erased_at is not None:
        return person_erased.show(request, line)
    person, at, here = line.contact, datetime.now(UTC), store()
    running = programs.of_brand(person.brand)
    brand = programs.brand(person.brand)
    zone = zone_of_person(person)
    records = read_events(here, person)
    users = user_names([each.context.get("user") for each in records])
    known = {program.id: program for program in running}
    telling = Telling(brand=brand.name, programs=known, zone=zone, at=at)
    answers = [
        permission(person.name, program, line.state, at, zone, brand=brand.name, evidence=True)
        for program in running
    ]
    # What was ever said about is told, and once where one stop speaks for all; what never came up fits in a line.
    told = {each.sentence: each for each in answers if each.state != "none"}
    silent = [program for program, each in zip(running, answers, strict=True) if each.state == "none"]
    checked = next((each for each in running if each.key == request.GET.get("check")), None)
    texts = read_texts(here, person, _TEXTS)
    return render(
        request,
        "console/person.html",
        {
            "person": person,
            "name": person.name
            or (_("Former owner's name hidden") if person.hidden_since else _("Nameless so far")),
            "contact": to_text("con", person.id),
            "number": person.number if shows_number else masked(person.number),
            "is_shown": shows_number,
            "may_act": may_act(request),
            "zone": zone,
            "crumbs": [(_("People"), reverse("console:people"))],
            "facts": _facts(person),
            "permissions": list(told.values()) or answers[:1],
            "silent": [texts_of(each) for each in silent] if told else [],
            "receipts": _with_receipt(running, records),
            **_links(person, known, link, at),
            "timeline": [
                timeline_item(
                    each, person.name, brand.name, known, zone, users, _receipt_url(request, person, each)
                )
                for each in records
            ],
            "programs": [(each.key, texts_of(each), each == checked) for each in running],
            "tree": _check(person, checked, at, zone) if checked else None,
            "dead": dead_numbers.notice(person, zone),
            "hours": hours.usual_view(person, running, zone, at),
            "hours_url": hours_url(person.id),
            **_conversation(request, person, texts, running, zone),
            **person_readings.shown(request, line, records, telling, typed),
            "files": person_files.shown(
                request, person, _with_receipt(running, records), _stopped_at(records)
            ),
            "data": person_data.shown(request, person, refused),
            "exclude": _exclude(request, person),
        },
        status=422 if typed is not None or refused is not None else 200,
    )


def _exclude(request: HttpRequest, person: Contact) -> WishForm | None:
    """What ends the texts to this number with one press, for those who may."""
    brand = next((each for each in brands() if each.id == person.brand), None)
    if brand is None or person.number is None or not may_act(request):
        return None
    return WishForm(None, brand, is_for_one_brand=True, auto_id="exclude-%s")


def _receipt_url(request: HttpRequest, person: Contact, record: EventRecord) -> str:
    names = [to_text("con", person.id), to_text("evt", record.event.id)]
    return reverse("console:person-event-receipt", args=names) if may_act(request) else ""


def _stopped_at(records: Sequence[EventRecord]) -> datetime | None:
    """Of the newest stop."""
    stops = [each.event.occurred_at for each in records if each.event.kind is EventKind.WITHDRAWN]
    return max(stops, default=None)


def _with_receipt(running: Sequence[Program], records: Sequence[EventRecord]) -> list[Program]:
    """Programs that the record speaks of by name; of a stop of everything, one receipt is enough."""
    readable = [each.event.scope.program for each in records if each.is_readable]
    named = [each for each in running if each.id in readable]
    return named or (list(running[:1]) if readable else [])


def _links(person: Contact, known: Mapping[ProgramId, Program], made: str, at: datetime) -> dict[str, object]:
    """The links to the person's own page that still open it, and one that was just made."""
    with store().database.read() as session:
        found = links.of_contact(session, person.id, LinkKind.RECEIPT)
    return {
        "link_made": parts.Code(text=made) if made else None,
        "links": [
            (each.digest.hex(), _link_told(each, known, zone_of_person(person)))
            for each in found
            if each.holds(at)
        ],
    }


def _link_told(link: Link, known: Mapping[ProgramId, Program], zone: str) -> str:
    assert link.program is not None
    assert link.expires_at is not None
    return ngettext(
        "%(program)s: made on %(made)s, works until %(until)s, opened once.",
        "%(program)s: made on %(made)s, works until %(until)s, opened %(count)s times.",
        link.opened,
    ) % {
        "program": known[link.program].name if link.program in known else "–",
        "made": plain_moment(link.made_at, zone),
        "until": plain_moment(link.expires_at, zone),
        "count": link.opened,
    }


def _facts(person: Contact) -> list[tuple[str, str]]:
    place = person.places[0] if person.places else None
    facts = [(_("Language"), language_word(person.language))]
    if place is not None:
        is_stated = place.evidence in (PlaceEvidence.STATED_ADDRESS, PlaceEvidence.STATED_ZONE)
        where = place.region or place.country
        told = _("%(place)s, by what they told us") if is_stated else _("%(place)s, by their number")
        facts.append((_("Probably in"), told % {"place": where}))
    facts += sorted(person.attributes.items())
    if person.source:
        facts.append((_("Known from"), _SOURCES.get(person.source, lambda: person.source)()))
    return [(label, value) for label, value in facts if value]


_SOURCES: Final = {
    "inbound_text": lambda: _("A text of their own"),
    "import": lambda: _("An import"),
    "shop": lambda: _("The shop"),
}


def _check(person: Contact, program: Program, at: datetime, zone: str) -> parts.ReasonTree:
    """The question that a campaign would ask, asked now; nothing is sent or kept."""
    weighed = check(store(), scales(), person, program, at)
    words = {"name": person.name, "texts": texts_of(program)}
    asked = (
        _("May %(name)s be texted %(texts)s now?")
        if person.name
        else _("May this person be texted %(texts)s now?")
    ) % words
    return reason_tree(
        weighed.decision,
        asked,
        zone,
        _("Only asked: nothing was sent, and nothing was kept."),
        facts=question_facts(weighed.facts),
    )


def _conversation(
    request: HttpRequest, person: Contact, texts: Sequence[TextLine], running: Sequence[Program], zone: str
) -> dict[str, object]:
    """The newest texts in a handset, one sender at a time, and those that never reached it."""
    senders = list(dict.fromkeys(line.sender for line in reversed(texts)))
    addresses = {each: sender_by_id(each).facts.address for each in senders}
    wanted = request.GET.get("from", "")
    chosen = next((each for each in senders if str(each) == wanted), senders[0] if senders else None)
    if chosen is None:
        return {"handset": None, "threads": [], "unsent": None}
    seen = [
        line
        for line in texts
        if line.sender == chosen and (line.is_from_person or line.state in _WENT) and line.text
    ]
    named = {each.sender: each.name for each in running}
    address = addresses[chosen]
    handset = parts.Handset(
        title=person.name or _("This person"),
        correspondent=address,
        subtitle=named.get(address, ""),
        zone=zone,
        bubbles=[bubble(line) for line in seen],
        empty=_("Nothing reached this phone from %(code)s lately.") % {"code": address},
    )
    threads = [(f"?{urlencode({'from': each})}#texts", addresses[each], each == chosen) for each in senders]
    return {"handset": handset, "threads": threads, "unsent": _unsent(texts, zone)}


def bubble(line: TextLine) -> parts.Bubble:
    if line.is_from_person:
        return parts.Bubble(text=line.text, at=line.at, is_from_person=True)
    measured = measure(line.text)
    return parts.Bubble(
        text=line.text,
        at=line.at,
        segments=measured.segments,
        encoding=measured.encoding.value,
        state=line.state.name.lower() if line.state is not None else "",
        url=why_url(line.message),
    )


def why_url(message: int | None) -> str:
    """The page that says why a text went or did not."""
    try:
        return reverse("console:message", args=[to_text("msg", message)]) if message is not None else ""
    except NoReverseMatch:
        return ""


def _unsent(texts: Sequence[TextLine], zone: str) -> parts.Table | None:
    lines = [line for line in reversed(texts) if not line.is_from_person and line.state not in _WENT]
    if not lines:
        return None
    return parts.Table(
        caption=_("Texts that did not reach the phone"),
        columns=[
            parts.Column(label=_("Text")),
            parts.Column(label=_("State"), kind=parts.Kind.STATE),
            parts.Column(label=_("Planned"), kind=parts.Kind.TIME),
        ],
        rows=[
            parts.Row(
                cells=[
                    line.text or _("Not written yet"),
                    line.state.name.lower() if line.state is not None else "",
                    line.at,
                ],
                url=why_url(line.message),
            )
            for line in lines
        ],
        zone=zone,
    )
